from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from homeassistant.components.media_player.const import MediaPlayerEntityFeature
from homeassistant.const import EVENT_STATE_CHANGED, Platform
from homeassistant.core import Event, HomeAssistant
import pytest

from custom_components.tesla_direct.media_player import CONTROLS
from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal
from custom_components.tesla_direct.tesla.vehicle.signals import media, software
from tests.tesla.vehicle.states import NOW

from .cars import READ_SCOPES, Account

MEDIA_PLAYER = Platform.MEDIA_PLAYER
SONG: dict[AnySignal, Any] = {
    media.STATUS: "playing",
    media.SOURCE: "Spotify",
    media.TITLE: "Sample in B minor",
    media.ARTIST: "The Placeholder Quartet",
    media.ALBUM: "Field Recordings",
    media.STATION: "Daily Mix",
    media.DURATION: 214_000.0,
    media.ELAPSED: 61_000.0,
}


async def added(account: Account, told: dict[AnySignal, Any]) -> Account:
    await account.tell(told)
    await account.add(MEDIA_PLAYER)
    return account


def attributes(account: Account) -> dict[str, Any]:
    return dict(account.state(MEDIA_PLAYER, "media").attributes)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({}, "unknown"),
        ({media.STATUS: "playing"}, "playing"),
        ({media.STATUS: "paused"}, "paused"),
        ({media.STATUS: "idle"}, "idle"),
        ({media.STATUS: "idle", software.CENTER_DISPLAY: "off"}, "off"),
        ({software.CENTER_DISPLAY: "off"}, "off"),
        ({media.STATUS: "playing", software.CENTER_DISPLAY: "off"}, "playing"),
        ({media.STATUS: "idle", software.CENTER_DISPLAY: "on"}, "idle"),
    ],
)
async def test_the_player_shows_whether_it_plays(
    account: Account, told: dict[AnySignal, Any], expected: str
) -> None:
    await added(account, told)

    assert account.state(MEDIA_PLAYER, "media").state == expected


async def test_the_player_shows_what_it_plays(account: Account) -> None:
    await added(account, SONG)

    shown = attributes(account)
    assert shown["source"] == "Spotify"
    assert shown["media_content_type"] == "music"
    assert shown["media_title"] == "Sample in B minor"
    assert shown["media_artist"] == "The Placeholder Quartet"
    assert shown["media_album_name"] == "Field Recordings"
    assert shown["media_channel"] == "Daily Mix"
    assert (shown["media_duration"], shown["media_position"]) == (214, 61)
    assert shown["media_position_updated_at"] == datetime.fromtimestamp(NOW, UTC)


@pytest.mark.parametrize(
    "told",
    [
        {media.DURATION: 18_000_000.0, media.ELAPSED: 17_940_123.0},  # a radio station
        {media.DURATION: 0.0, media.ELAPSED: 0.0},
        {media.DURATION: None, media.ELAPSED: 5_000.0},
        {},
    ],
)
async def test_what_has_no_end_has_no_position(account: Account, told: dict[AnySignal, Any]) -> None:
    await added(account, {media.STATUS: "playing", **told})

    assert not {"media_duration", "media_position", "media_position_updated_at"} & attributes(account).keys()


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({media.VOLUME: 0.0, media.VOLUME_MAX: 10.333333}, 0.0),
        ({media.VOLUME: 10.333333, media.VOLUME_MAX: 10.333333}, 1.0),
        ({media.VOLUME: 5.5}, 0.5),
        ({media.VOLUME: 11.0, media.VOLUME_MAX: 10.333333}, 1.0),
        ({media.VOLUME: None}, None),
        ({}, None),
    ],
)
async def test_silence_is_a_volume(
    account: Account, told: dict[AnySignal, Any], expected: float | None
) -> None:
    await added(account, {media.STATUS: "playing", **told})

    assert attributes(account).get("volume_level") == expected


async def test_what_plays_on_is_not_shown_anew(hass: HomeAssistant, account: Account) -> None:
    await added(account, SONG)
    shown: list[Any] = []

    def note(event: Event[Any]) -> None:
        shown.append(event.data["new_state"].attributes.get("media_position"))

    hass.bus.async_listen(EVENT_STATE_CHANGED, note)
    for seconds in range(1, 6):
        await account.tell({media.ELAPSED: 61_000.0 + seconds * 1_000}, at=NOW + seconds)
    assert shown == []

    await account.tell({media.ELAPSED: 120_000.0}, at=NOW + 6)  # somebody has moved it on
    await account.tell({media.STATUS: "paused"}, at=NOW + 7)
    assert shown == [120, 120]


async def test_what_was_paused_stands_still(account: Account) -> None:
    await added(account, SONG)

    await account.tell({media.STATUS: "paused", media.ELAPSED: 71_000.0}, at=NOW + 10)

    assert attributes(account)["media_position"] == 71


@pytest.mark.parametrize(
    ("method", "arguments", "expected"),
    [
        ("async_media_next_track", (), ("media_next_track", {})),
        ("async_media_previous_track", (), ("media_prev_track", {})),
        ("async_volume_up", (), ("media_volume_up", {})),
        ("async_volume_down", (), ("media_volume_down", {})),
        ("async_set_volume_level", (0.0,), ("adjust_volume", {"volume": 0.0})),
        ("async_set_volume_level", (0.5,), ("adjust_volume", {"volume": 5.0})),
        ("async_set_volume_level", (1.0,), ("adjust_volume", {"volume": 10.0})),
    ],
)
async def test_the_player_takes_wishes(
    account: Account, method: str, arguments: tuple[float, ...], expected: tuple[str, dict[str, object]]
) -> None:
    await added(account, {media.VOLUME_MAX: 10.0})

    await getattr(account.entity(MEDIA_PLAYER, "media"), method)(*arguments)

    assert account.commands.said() == [expected]


@pytest.mark.parametrize(
    ("status", "method", "wished"),
    [
        ("playing", "async_media_play", "playing"),
        ("paused", "async_media_play", "playing"),
        ("playing", "async_media_pause", "paused"),
        ("playing", "async_media_play_pause", "paused"),
        ("paused", "async_media_play_pause", "playing"),
        ("idle", "async_media_play_pause", "playing"),
    ],
)
async def test_the_player_is_asked_to_change_over_only_where_that_does_what_is_wished(
    account: Account, status: str, method: str, wished: str
) -> None:
    await added(account, {media.STATUS: status})

    await getattr(account.entity(MEDIA_PLAYER, "media"), method)()

    (command,) = account.commands.commands
    (expected,) = command.expects
    assert (command.name, command.toggles) == ("media_toggle_playback", True)
    assert (expected.signal, expected.value) == (media.STATUS, wished)
    assert expected.met_by("idle") is (wished == "paused")


async def test_who_may_not_send_commands_sees_the_player_all_the_same(
    open_account: Callable[..., Account],
) -> None:
    account = await added(open_account(scopes=READ_SCOPES), SONG)

    assert attributes(account)["supported_features"] == MediaPlayerEntityFeature(0)
    assert account.state(MEDIA_PLAYER, "media").state == "playing"


@pytest.mark.parametrize(
    ("enabled", "expected"), [(True, CONTROLS), (None, CONTROLS), (False, MediaPlayerEntityFeature(0))]
)
async def test_a_car_that_denies_remote_control_offers_none(
    account: Account,
    enabled: bool | None,  # noqa: FBT001  # a value of the table
    expected: MediaPlayerEntityFeature,
) -> None:
    await added(account, SONG)
    await account.tell({media.REMOTE_CONTROL_ENABLED: enabled}, at=NOW + 1)

    assert attributes(account)["supported_features"] == expected


async def test_a_car_that_goes_louder_than_the_command_gets_what_it_takes(account: Account) -> None:
    await added(account, {media.VOLUME_MAX: 11.5})

    await account.entity(MEDIA_PLAYER, "media").async_set_volume_level(1.0)

    assert account.commands.said() == [("adjust_volume", {"volume": 11.0})]
