"""Media, which need somebody in the car."""

from ..body import VOLUME_MAX, VOLUME_STEP
from ..machine import Machine
from .refused import INVALID_VALUE, refuse_if

# What there is to hear: title, artist, album, milliseconds.
TRACKS = (
    ("Sample in B minor", "The Placeholder Quartet", "Field Recordings", 214_000),
    ("Lorem", "Ipsum & Dolor", "Sit Amet", 187_000),
    ("Test Tone", "Calibrated", "440", 60_000),
)
STATIONS = ("Example FM", "Sample Radio", "Placeholder One")
LOUDEST = 11.0


def media_toggle_playback(car: Machine) -> None:
    """Play, or pause."""
    _needs_listener(car)
    playing = car.body.media == "Playing"
    if not playing and not car.body.media_title:
        _play(car, car.body.media_track)
    car.body.media = "Paused" if playing else "Playing"


def media_next_track(car: Machine) -> None:
    """Play what comes next."""
    _needs_listener(car)
    _play(car, car.body.media_track + 1)


def media_prev_track(car: Machine) -> None:
    """Play what came before."""
    _needs_listener(car)
    _play(car, car.body.media_track - 1)


def media_next_fav(car: Machine) -> None:
    """Play the next favourite station."""
    _needs_listener(car)
    _tune(car, car.body.media_favourite + 1)


def media_prev_fav(car: Machine) -> None:
    """Play the favourite station before this one."""
    _needs_listener(car)
    _tune(car, car.body.media_favourite - 1)


def media_volume_up(car: Machine) -> None:
    """Turn it up a little."""
    _needs_listener(car)
    _volume(car, car.body.volume + VOLUME_STEP)


def media_volume_down(car: Machine) -> None:
    """Turn it down a little."""
    _needs_listener(car)
    _volume(car, car.body.volume - VOLUME_STEP)


def adjust_volume(car: Machine, volume: float) -> None:
    """Set the volume."""
    _needs_listener(car)
    refuse_if(not 0.0 <= volume <= LOUDEST, INVALID_VALUE)
    _volume(car, volume)


def _needs_listener(car: Machine) -> None:
    refuse_if(not car.body.user_present, "user_not_present")


def _volume(car: Machine, volume: float) -> None:
    car.body.volume = max(0.0, min(volume, VOLUME_MAX))


def _play(car: Machine, track: int) -> None:
    body = car.body
    body.media_track = track % len(TRACKS)
    body.media_title, body.media_artist, body.media_album, body.media_ms = TRACKS[body.media_track]
    body.media, body.media_source, body.media_station, body.media_elapsed_ms = "Playing", "Spotify", "", 0


def _tune(car: Machine, favourite: int) -> None:
    body = car.body
    body.media_favourite = favourite % len(STATIONS)
    body.media_station = body.media_title = STATIONS[body.media_favourite]
    body.media, body.media_source, body.media_artist, body.media_album = "Playing", "Radio", "", ""
