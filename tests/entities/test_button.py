from collections.abc import Callable
from typing import Any

from homeassistant.const import EVENT_STATE_CHANGED, STATE_UNAVAILABLE, Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest

from custom_components.tesla_direct.tesla.vehicle.location import Location
from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal
from custom_components.tesla_direct.tesla.vehicle.signals import config, place, security
from tests.tesla.vehicle.states import NOW

from .cars import ALL_SCOPES, READ_SCOPES, Account

BUTTON = Platform.BUTTON
HOME = Location(52.5, 13.4)
FOUND: dict[AnySignal, Any] = {
    place.HOMELINK_DEVICES: 1.0,
    config.PEDESTRIAN_WARNING_SPEAKER: True,
    config.DASHCAM_SAVE_SUPPORTED: True,
    security.REMOTE_START_SUPPORTED: True,
}


@pytest.fixture
async def buttons(open_account: Callable[..., Account]) -> Account:
    account = open_account(dangerous=["remote_start"])
    account.enable(BUTTON, "volume_up", "volume_down", "next_favorite", "previous_favorite")
    await account.tell(FOUND)
    await account.add(BUTTON)
    return account


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("flash_lights", ("flash_lights", {})),
        ("honk", ("honk_horn", {})),
        ("keyless_driving", ("remote_start_drive", {})),
        ("boombox_fart", ("remote_boombox", {"sound": 0})),
        ("boombox_ping", ("remote_boombox", {"sound": 2000})),
        ("dashcam_save", ("dashcam_save_clip", {})),
        ("cancel_update", ("cancel_software_update", {})),
        ("volume_up", ("media_volume_up", {})),
        ("volume_down", ("media_volume_down", {})),
        ("next_favorite", ("media_next_fav", {})),
        ("previous_favorite", ("media_prev_fav", {})),
    ],
)
async def test_a_press_asks_the_car_once(
    buttons: Account, key: str, said: tuple[str, dict[str, object]]
) -> None:
    await buttons.entity(BUTTON, key).async_press()

    assert buttons.commands.said() == [said]


async def test_the_garage_door_is_the_one_where_the_car_is(buttons: Account) -> None:
    await buttons.tell({place.LOCATION: HOME}, NOW + 1)

    await buttons.entity(BUTTON, "homelink").async_press()

    assert buttons.commands.said() == [("trigger_homelink", {"lat": 52.5, "lon": 13.4})]


async def test_nobody_opens_a_garage_door_of_a_car_that_is_who_knows_where(buttons: Account) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await buttons.entity(BUTTON, "homelink").async_press()

    assert refused.value.translation_key == "place_unknown"
    assert buttons.commands.said() == []


async def test_waking_and_fetching_are_no_commands(buttons: Account) -> None:
    await buttons.entity(BUTTON, "wake").async_press()
    await buttons.entity(BUTTON, "refresh").async_press()

    assert (buttons.commands.wakes, buttons.commands.refreshes) == (1, 1)
    assert buttons.commands.said() == []


async def test_waking_and_fetching_can_be_tried_while_no_source_works(buttons: Account) -> None:
    buttons.coordinator.async_set_works("poll", works=False)

    assert buttons.state(BUTTON, "wake").state != STATE_UNAVAILABLE
    assert buttons.state(BUTTON, "refresh").state != STATE_UNAVAILABLE
    assert buttons.state(BUTTON, "honk").state == STATE_UNAVAILABLE

    buttons.coordinator.async_set_works("poll", works=True)
    assert buttons.state(BUTTON, "honk").state == "unknown"


async def test_a_button_is_not_written_because_the_car_moves(hass: HomeAssistant, buttons: Account) -> None:
    await buttons.tell({place.LOCATION: HOME}, NOW + 1)
    before = buttons.state(BUTTON, "homelink").last_reported
    written: list[Any] = []
    hass.bus.async_listen(EVENT_STATE_CHANGED, written.append)

    await buttons.tell({place.LOCATION: Location(52.6, 13.4)}, NOW + 2)

    assert written == []
    assert buttons.state(BUTTON, "homelink").last_reported == before
    assert "measured_at" not in buttons.state(BUTTON, "homelink").attributes


async def test_where_the_car_is_has_to_be_told_for_the_garage_door(buttons: Account) -> None:
    assert place.LOCATION in buttons.coordinator.wanted


@pytest.mark.parametrize(
    ("told", "missing"),
    [
        ({place.HOMELINK_DEVICES: 0.0}, {"homelink"}),
        ({config.PEDESTRIAN_WARNING_SPEAKER: False}, {"boombox_fart", "boombox_ping"}),
        ({config.DASHCAM_SAVE_SUPPORTED: False}, {"dashcam_save"}),
        ({security.REMOTE_START_SUPPORTED: False}, {"keyless_driving"}),
    ],
)
async def test_a_car_has_buttons_for_what_it_has(
    buttons: Account, told: dict[AnySignal, Any], missing: set[str]
) -> None:
    assert missing <= buttons.keys(BUTTON)

    await buttons.tell(told, NOW + 1)

    assert buttons.keys(BUTTON).isdisjoint(missing)


async def test_keyless_driving_is_there_only_for_those_who_have_switched_it_on(account: Account) -> None:
    await account.tell(FOUND)

    await account.add(BUTTON)

    assert "keyless_driving" not in account.keys(BUTTON)


@pytest.mark.parametrize(
    ("scopes", "there"),
    [
        (READ_SCOPES, {"refresh"}),
        (READ_SCOPES | {"vehicle_charging_cmds"}, {"refresh"}),
    ],
)
async def test_who_may_only_look_can_only_have_data_fetched(
    open_account: Callable[..., Account], scopes: frozenset[str], there: set[str]
) -> None:
    account = open_account(scopes=scopes)
    await account.tell(FOUND)

    await account.add(BUTTON)

    assert account.keys(BUTTON) == there


async def test_without_the_place_there_is_no_garage_door(open_account: Callable[..., Account]) -> None:
    account = open_account(scopes=ALL_SCOPES - {"vehicle_location"})
    await account.tell(FOUND)

    await account.add(BUTTON)

    assert "homelink" not in account.keys(BUTTON)
    assert "honk" in account.keys(BUTTON)
