"""What plays, and how loud. Most cars want somebody to be in."""

from ...proto.car_server_pb2 import (
    MediaNextFavorite,
    MediaNextTrack,
    MediaPlayAction,
    MediaPreviousFavorite,
    MediaPreviousTrack,
    MediaUpdateVolume,
    VehicleAction,
)
from ...vehicle.expectation import Expectation
from ...vehicle.signals import media
from ..command import Command
from . import check
from .form import action, infotainment

LOUDEST = 11.0  # as documented; each car has a maximum of its own


def media_toggle_playback() -> Command:
    """Play, or pause."""
    return _key("media_toggle_playback", VehicleAction(mediaPlayAction=MediaPlayAction()))


def media_next_track() -> Command:
    """Play what comes next."""
    return _key("media_next_track", VehicleAction(mediaNextTrack=MediaNextTrack()))


def media_prev_track() -> Command:
    """Play what came before."""
    return _key("media_prev_track", VehicleAction(mediaPreviousTrack=MediaPreviousTrack()))


def media_next_fav() -> Command:
    """Play the next favourite station."""
    return _key("media_next_fav", VehicleAction(mediaNextFavorite=MediaNextFavorite()))


def media_prev_fav() -> Command:
    """Play the favourite station before this one."""
    return _key("media_prev_fav", VehicleAction(mediaPreviousFavorite=MediaPreviousFavorite()))


def media_volume_up() -> Command:
    """Turn it up a little."""
    return _key("media_volume_up", VehicleAction(mediaUpdateVolume=MediaUpdateVolume(volume_delta=1)))


def media_volume_down() -> Command:
    """Turn it down a little."""
    return _key("media_volume_down", VehicleAction(mediaUpdateVolume=MediaUpdateVolume(volume_delta=-1)))


def adjust_volume(volume: float) -> Command:
    """Set the volume, 0 to 11."""
    wanted = check.number(volume, "volume", 0, LOUDEST)
    asked = MediaUpdateVolume(volume_absolute_float=wanted)
    return infotainment(
        name="adjust_volume",
        payload=action(VehicleAction(mediaUpdateVolume=asked)),
        body={"volume": wanted},
        expects=(Expectation(media.VOLUME, wanted),),
        setpoint="volume",
    )


def _key(name: str, asked: VehicleAction) -> Command:
    """Return a press of a key, which does something anew each time."""
    return infotainment(name=name, payload=action(asked), repeatable=False, holds=())
