"""The player, from Home Assistant's action to the car and back."""

import asyncio

from homeassistant.exceptions import HomeAssistantError
import pytest

from simulator.car.car import Car

from .account import Account
from .controls import Controls

PLAYER = "media_player.media"
FIELDS = (
    "MediaPlaybackStatus",
    "MediaPlaybackSource",
    "MediaAudioVolume",
    "MediaAudioVolumeMax",
    "MediaAudioVolumeIncrement",
    "MediaNowPlayingDuration",
    "MediaNowPlayingElapsed",
    "MediaNowPlayingTitle",
    "MediaNowPlayingArtist",
    "MediaNowPlayingAlbum",
    "MediaNowPlayingStation",
    "CenterDisplay",
)


@pytest.fixture
async def controls(account: Account, car: Car) -> Controls:
    """A car with somebody in it, that streams what it plays."""
    car.get_in()
    port = await account.make_port()
    await account.set_up(car, receiver=port)
    await account.connect(car, *FIELDS)
    return Controls(account.hass, account, car)


async def test_it_plays_and_pauses_and_does_neither_twice(controls: Controls) -> None:
    for action, state in (
        ("media_play", "playing"),
        ("media_play", "playing"),
        ("media_pause", "paused"),
        ("media_pause", "paused"),
        ("media_play_pause", "playing"),
    ):
        await controls.ask(PLAYER, action)
        assert await controls.see(PLAYER, 2) == state

    assert controls.executed == [("media_toggle_playback", {})] * 3


async def test_two_who_want_music_at_once_get_it(controls: Controls, car: Car) -> None:
    await asyncio.gather(*(controls.ask(PLAYER, "media_play") for _ in range(2)))

    assert car.body.media == "Playing"


async def test_tracks_follow_one_another(controls: Controls) -> None:
    await controls.ask(PLAYER, "media_play")
    await controls.see(PLAYER)
    first = controls.attributes(PLAYER)["media_title"]

    await controls.ask(PLAYER, "media_next_track")
    await controls.see(PLAYER)
    second = controls.attributes(PLAYER)["media_title"]
    await controls.ask(PLAYER, "media_previous_track")
    await controls.see(PLAYER)

    assert first != second
    assert controls.attributes(PLAYER)["media_title"] == first
    assert controls.attributes(PLAYER)["source"] == "Spotify"


async def test_the_volume_can_be_nothing(controls: Controls, car: Car) -> None:
    await controls.ask(PLAYER, "volume_set", volume_level=0)
    await controls.see(PLAYER)

    assert car.body.volume == 0.0
    assert controls.attributes(PLAYER)["volume_level"] == 0.0


async def test_the_volume_goes_up_and_down_by_steps(controls: Controls, car: Car) -> None:
    before = car.body.volume
    await controls.ask(PLAYER, "volume_up")
    assert car.body.volume > before
    await controls.ask(PLAYER, "volume_down")

    assert car.body.volume == pytest.approx(before, abs=1e-6)
    assert [name for name, _ in controls.executed] == ["media_volume_up", "media_volume_down"]


async def test_without_anybody_in_the_car_it_says_so(controls: Controls, car: Car) -> None:
    car.change(user_present=False)

    with pytest.raises(HomeAssistantError) as caught:
        await controls.ask(PLAYER, "media_play")

    assert caught.value.translation_key == "refused_user_not_present"
    assert await controls.see(PLAYER) != "playing"
