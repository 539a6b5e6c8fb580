from collections.abc import Callable
from typing import Any

from homeassistant.components.cover import CoverEntityFeature
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.tesla_direct.tesla.vehicle.location import Location
from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal
from custom_components.tesla_direct.tesla.vehicle.signals import charge, closures, config, place
from tests.tesla.vehicle.states import NOW

from .cars import READ_SCOPES, Account

COVER = Platform.COVER
OPEN, CLOSE, STOP = CoverEntityFeature.OPEN, CoverEntityFeature.CLOSE, CoverEntityFeature.STOP
CYBERTRUCK = "7G2CEHED0RA000004"
OLD_MODEL_S = "5YJSA7E21HF000003"
CLOSED: dict[AnySignal, Any] = dict.fromkeys(closures.WINDOWS, "closed")
HAS: dict[AnySignal, Any] = {
    config.CAN_ACTUATE_TRUNKS: True,
    config.POWERED_LIFTGATE: True,
    config.MOTORIZED_CHARGE_PORT: True,
    config.SUNROOF: "gen1_installed",
}


async def opened(open_account: Callable[..., Account], told: dict[AnySignal, Any], **more: Any) -> Account:
    account = open_account(dangerous=["front_trunk"], **more)
    await account.tell(HAS | told)
    await account.add(COVER)
    return account


@pytest.mark.parametrize(
    ("key", "told", "expected"),
    [
        ("windows", {}, "unknown"),
        ("windows", CLOSED, "closed"),
        ("windows", CLOSED | {closures.WINDOW_DRIVER_REAR: None}, "unknown"),
        ("windows", CLOSED | {closures.WINDOW_DRIVER_REAR: "partially_open"}, "open"),
        ("windows", {closures.WINDOW_DRIVER_REAR: "opened"}, "open"),
        ("charge_port", {charge.PORT_DOOR_OPEN: True}, "open"),
        ("charge_port", {charge.PORT_DOOR_OPEN: False}, "closed"),
        ("charge_port", {charge.PORT_DOOR_OPEN: None}, "unknown"),
        ("frunk", {closures.TRUNK_FRONT: True}, "open"),
        ("frunk", {closures.TRUNK_FRONT: False}, "closed"),
        ("trunk", {closures.TRUNK_REAR: True}, "open"),
        ("trunk", {closures.TRUNK_REAR: False}, "closed"),
        ("sunroof", {}, "unknown"),
        ("sunroof", {closures.SUNROOF_STATE: "closed"}, "closed"),
        ("sunroof", {closures.SUNROOF_STATE: "vent"}, "open"),
        ("sunroof", {closures.SUNROOF_STATE: "open"}, "open"),
        ("sunroof", {closures.SUNROOF_STATE: "calibrating"}, "unknown"),
    ],
)
async def test_a_cover_shows_what_the_car_says(
    open_account: Callable[..., Account], key: str, told: dict[AnySignal, Any], expected: str
) -> None:
    account = await opened(open_account, told)

    assert account.state(COVER, key).state == expected


@pytest.mark.parametrize(
    ("told", "expected", "percent"),
    [
        ({}, "unknown", None),
        ({closures.TONNEAU_POSITION: "closed", closures.TONNEAU_OPEN_PERCENT: 0.0}, "closed", 0),
        ({closures.TONNEAU_POSITION: "partially_open", closures.TONNEAU_OPEN_PERCENT: 41.6}, "open", 42),
        ({closures.TONNEAU_POSITION: "fully_open"}, "open", None),
    ],
)
async def test_the_tonneau_tells_how_far_it_is_open(
    open_account: Callable[..., Account], told: dict[AnySignal, Any], expected: str, percent: int | None
) -> None:
    account = await opened(open_account, told, vin=CYBERTRUCK)

    assert account.state(COVER, "tonneau").state == expected
    assert account.state(COVER, "tonneau").attributes.get("current_position") == percent


async def test_the_sunroof_tells_how_far_it_is_open(open_account: Callable[..., Account]) -> None:
    account = await opened(open_account, {closures.SUNROOF_PERCENT_OPEN: 15.0})

    assert account.state(COVER, "sunroof").attributes["current_position"] == 15


@pytest.mark.parametrize(
    ("key", "told", "expected"),
    [
        ("windows", {}, OPEN | CLOSE),
        ("charge_port", {}, OPEN | CLOSE),
        ("charge_port", {config.MOTORIZED_CHARGE_PORT: False}, OPEN),
        ("charge_port", {config.MOTORIZED_CHARGE_PORT: None}, OPEN),
        ("frunk", {}, OPEN),
        ("trunk", {}, OPEN | CLOSE),
        ("trunk", {config.POWERED_LIFTGATE: False}, OPEN),
        ("trunk", {config.POWERED_LIFTGATE: None}, OPEN),
        ("sunroof", {}, OPEN | CLOSE | STOP),
    ],
)
async def test_a_cover_offers_what_the_car_can(
    open_account: Callable[..., Account], key: str, told: dict[AnySignal, Any], expected: CoverEntityFeature
) -> None:
    account = await opened(open_account, told)

    assert account.state(COVER, key).attributes["supported_features"] == expected


async def test_what_the_car_can_is_offered_once_it_is_known(open_account: Callable[..., Account]) -> None:
    account = await opened(open_account, {config.MOTORIZED_CHARGE_PORT: None})

    await account.tell({config.MOTORIZED_CHARGE_PORT: True}, at=NOW + 1)

    assert account.state(COVER, "charge_port").attributes["supported_features"] == OPEN | CLOSE


@pytest.mark.parametrize(
    ("key", "method", "expected"),
    [
        ("windows", "async_open_cover", ("window_control", {"command": "vent"})),
        ("windows", "async_close_cover", ("window_control", {"command": "close"})),
        ("charge_port", "async_open_cover", ("charge_port_door_open", {})),
        ("charge_port", "async_close_cover", ("charge_port_door_close", {})),
        ("frunk", "async_open_cover", ("actuate_trunk", {"which_trunk": "front"})),
        ("sunroof", "async_open_cover", ("sun_roof_control", {"state": "vent"})),
        ("sunroof", "async_close_cover", ("sun_roof_control", {"state": "close"})),
        ("sunroof", "async_stop_cover", ("sun_roof_control", {"state": "stop"})),
    ],
)
async def test_a_cover_moves(
    open_account: Callable[..., Account], key: str, method: str, expected: tuple[str, dict[str, object]]
) -> None:
    account = await opened(open_account, {})

    await getattr(account.entity(COVER, key), method)()

    assert account.commands.said() == [expected]


async def test_the_tonneau_moves(open_account: Callable[..., Account]) -> None:
    account = await opened(open_account, {}, vin=CYBERTRUCK)
    tonneau = account.entity(COVER, "tonneau")

    await tonneau.async_open_cover()
    await tonneau.async_stop_cover()
    await tonneau.async_close_cover()

    said = [name for name, _ in account.commands.said()]
    assert said == ["open_tonneau", "stop_tonneau", "close_tonneau"]


async def test_what_has_no_motor_sends_nothing(open_account: Callable[..., Account]) -> None:
    account = await opened(open_account, {})
    frunk = account.entity(COVER, "frunk")

    await frunk.async_close_cover()
    await frunk.async_stop_cover()

    assert account.commands.said() == []


async def test_windows_are_closed_with_the_place_where_it_is_known(
    open_account: Callable[..., Account],
) -> None:
    account = await opened(open_account, {place.LOCATION: Location(51.5, -0.25)})

    await account.entity(COVER, "windows").async_close_cover()

    assert account.commands.said() == [("window_control", {"command": "close", "lat": 51.5, "lon": -0.25})]


async def test_an_old_car_whose_place_is_not_known_cannot_close_its_windows(
    open_account: Callable[..., Account],
) -> None:
    account = await opened(open_account, {}, vin=OLD_MODEL_S)

    with pytest.raises(ServiceValidationError) as refused:
        await account.entity(COVER, "windows").async_close_cover()

    assert refused.value.translation_key == "place_unknown"
    assert account.commands.said() == []


@pytest.mark.parametrize(("method", "opens"), [("async_open_cover", True), ("async_close_cover", False)])
async def test_the_trunk_is_asked_to_change_over_only_where_that_does_what_is_wished(
    open_account: Callable[..., Account],
    method: str,
    opens: bool,  # noqa: FBT001  # a value of the table
) -> None:
    account = await opened(open_account, {})

    await getattr(account.entity(COVER, "trunk"), method)()

    (move,) = account.commands.commands
    assert move.body == {"which_trunk": "rear"}
    assert move.toggles
    assert [(one.signal, one.value) for one in move.expects] == [(closures.TRUNK_REAR, opens)]


async def keys(hass: HomeAssistant, account: Account, platform: Platform) -> set[str]:
    entries = er.async_entries_for_config_entry(er.async_get(hass), account.entry.entry_id)
    return {one.unique_id.partition("-")[2] for one in entries if one.domain == platform}


async def test_a_car_has_the_covers_that_it_was_built_with(
    hass: HomeAssistant, open_account: Callable[..., Account]
) -> None:
    plain = {config.CAN_ACTUATE_TRUNKS: False, config.SUNROOF: "not_installed"}
    account = await opened(open_account, plain)
    truck = await opened(open_account, plain, vin=CYBERTRUCK)

    assert await keys(hass, account, COVER) == {"windows", "charge_port"}
    assert await keys(hass, truck, COVER) == {"windows", "charge_port", "tonneau"}


async def test_the_frunk_is_there_only_for_those_who_have_switched_it_on(
    hass: HomeAssistant, account: Account
) -> None:
    await account.tell(HAS)
    await account.add(COVER)

    assert await keys(hass, account, COVER) == {"windows", "charge_port", "trunk", "sunroof"}


async def test_who_may_only_charge_has_the_charge_port(
    hass: HomeAssistant, open_account: Callable[..., Account]
) -> None:
    account = await opened(open_account, {}, scopes=READ_SCOPES | {"vehicle_charging_cmds"})

    assert await keys(hass, account, COVER) == {"charge_port"}


@pytest.mark.parametrize(
    ("key", "told", "expected"),
    [
        ("charge_port", {charge.PORT_DOOR_OPEN: True}, "on"),
        ("sunroof", {closures.SUNROOF_STATE: "vent"}, "on"),
        ("sunroof", {closures.SUNROOF_STATE: "closed"}, "off"),
        ("tonneau", {closures.TONNEAU_POSITION: "closed"}, "off"),
        ("tonneau", {closures.TONNEAU_POSITION: "partially_open"}, "on"),
    ],
)
async def test_who_may_not_send_commands_still_sees_what_is_open(
    open_account: Callable[..., Account], key: str, told: dict[AnySignal, Any], expected: str
) -> None:
    account = open_account(scopes=READ_SCOPES, vin=CYBERTRUCK)
    await account.tell(HAS | told)
    await account.add(Platform.BINARY_SENSOR)
    await account.add(COVER)

    assert account.entity_id(COVER, key) is None
    assert account.state(Platform.BINARY_SENSOR, key).state == expected
