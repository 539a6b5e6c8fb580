from collections.abc import Callable
from typing import Any

from homeassistant.components.climate.const import ClimateEntityFeature, HVACMode
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
import pytest

from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal
from custom_components.tesla_direct.tesla.vehicle.signals import climate, config
from tests.tesla.vehicle.states import NOW

from .cars import READ_SCOPES, Account

CLIMATE = Platform.CLIMATE
OVERHEAT = "cabin_overheat_protection"


async def added(account: Account, told: dict[AnySignal, Any]) -> Account:
    account.enable(CLIMATE, "passenger")
    await account.tell(told)
    await account.add(CLIMATE)
    return account


@pytest.mark.parametrize("key", ["cabin", "passenger"])
@pytest.mark.parametrize(
    ("power", "expected"),
    [
        ("off", "off"),
        ("on", "heat_cool"),
        ("precondition", "heat_cool"),
        ("overheat_protect", "off"),
        (None, "unknown"),
    ],
)
async def test_climate_is_on_while_it_works_for_people(
    account: Account, key: str, power: str | None, expected: str
) -> None:
    await added(account, {climate.POWER: power})

    assert account.state(CLIMATE, key).state == expected


async def test_each_side_shows_its_own_temperature(account: Account) -> None:
    await added(
        account,
        {
            climate.INSIDE_TEMP: 18.6,
            climate.DRIVER_TEMP_SETTING: 21.5,
            climate.PASSENGER_TEMP_SETTING: 19.0,
        },
    )

    cabin, passenger = account.state(CLIMATE, "cabin"), account.state(CLIMATE, "passenger")
    assert (cabin.attributes["current_temperature"], cabin.attributes["temperature"]) == (18.6, 21.5)
    assert (passenger.attributes["current_temperature"], passenger.attributes["temperature"]) == (18.6, 19.0)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({}, (15.0, 28.0)),
        ({climate.TEMP_MIN: 16.0, climate.TEMP_MAX: 27.0}, (16.0, 27.0)),
        # The command takes no more than this, whatever a car says.
        ({climate.TEMP_MIN: 10.0, climate.TEMP_MAX: 35.0}, (15.0, 28.0)),
    ],
)
async def test_the_range_is_the_cars(
    account: Account, told: dict[AnySignal, Any], expected: tuple[float, float]
) -> None:
    await account.add(CLIMATE)
    await account.tell(told)

    attributes = account.state(CLIMATE, "cabin").attributes
    assert (attributes["min_temp"], attributes["max_temp"]) == expected
    assert attributes["target_temp_step"] == 0.5


async def test_in_fahrenheit_the_steps_are_whole(hass: HomeAssistant, account: Account) -> None:
    hass.config.units = US_CUSTOMARY_SYSTEM
    await added(account, {climate.DRIVER_TEMP_SETTING: 21.0})

    attributes = account.state(CLIMATE, "cabin").attributes
    assert (attributes["temperature"], attributes["target_temp_step"]) == (70, 1.0)


async def test_the_range_costs_a_streaming_car_no_fetch(account: Account) -> None:
    await account.add(CLIMATE)

    polled_only = {signal for signal in account.coordinator.wanted if signal.field is None}
    assert polled_only == {config.OVERHEAT_LIMIT_SUPPORTED}  # built in: asked for once


@pytest.mark.parametrize(
    ("mode", "expected"),
    [(HVACMode.HEAT_COOL, "auto_conditioning_start"), (HVACMode.OFF, "auto_conditioning_stop")],
)
@pytest.mark.parametrize("key", ["cabin", "passenger"])
async def test_climate_is_switched(account: Account, key: str, mode: HVACMode, expected: str) -> None:
    await added(account, {})

    await account.entity(CLIMATE, key).async_set_hvac_mode(mode)

    assert account.commands.said() == [(expected, {})]


async def test_it_can_be_turned_on_and_off(account: Account) -> None:
    await added(account, {})
    cabin = account.entity(CLIMATE, "cabin")

    await cabin.async_turn_on()
    await cabin.async_turn_off()

    assert [name for name, _ in account.commands.said()] == [
        "auto_conditioning_start",
        "auto_conditioning_stop",
    ]


@pytest.mark.parametrize(
    ("driver", "passenger", "expected"),
    [
        (21.0, 21.0, (22.5, 22.5)),  # synchronized
        (21.0, 18.0, (22.5, 18.0)),
        (21.0, None, (22.5, 22.5)),
        (None, 18.0, (22.5, 18.0)),
        (None, None, (22.5, 22.5)),
    ],
)
async def test_the_passengers_side_stays_unless_both_are_the_same(
    account: Account, driver: float | None, passenger: float | None, expected: tuple[float, float]
) -> None:
    await added(account, {climate.DRIVER_TEMP_SETTING: driver, climate.PASSENGER_TEMP_SETTING: passenger})

    await account.entity(CLIMATE, "cabin").async_set_temperature(temperature=22.5)

    ((name, body),) = account.commands.said()
    assert (name, body["driver_temp"], body["passenger_temp"]) == ("set_temps", *expected)


async def test_the_passengers_temperature_leaves_the_drivers(account: Account) -> None:
    await added(account, {climate.DRIVER_TEMP_SETTING: 21.0, climate.PASSENGER_TEMP_SETTING: 21.0})

    await account.entity(CLIMATE, "passenger").async_set_temperature(temperature=18.0)

    assert account.commands.said() == [("set_temps", {"driver_temp": 21.0, "passenger_temp": 18.0})]


async def test_the_passengers_temperature_needs_the_drivers(account: Account) -> None:
    await added(account, {climate.PASSENGER_TEMP_SETTING: 21.0})

    with pytest.raises(ServiceValidationError) as refused:
        await account.entity(CLIMATE, "passenger").async_set_temperature(temperature=18.0)

    assert refused.value.translation_key == "driver_temperature_unknown"
    assert account.commands.said() == []


@pytest.mark.parametrize(("told", "sent"), [(0.0, 15.0), (14.5, 15.0), (28.5, 28.0)])
async def test_the_other_side_that_nobody_could_set_like_that_gets_the_nearest(
    account: Account, told: float, sent: float
) -> None:
    await added(account, {climate.DRIVER_TEMP_SETTING: told, climate.PASSENGER_TEMP_SETTING: told + 0.5})
    await account.entity(CLIMATE, "passenger").async_set_temperature(temperature=21.0)
    assert account.commands.said() == [("set_temps", {"driver_temp": sent, "passenger_temp": 21.0})]

    await account.tell({climate.DRIVER_TEMP_SETTING: 20.0, climate.PASSENGER_TEMP_SETTING: told}, NOW + 1)
    await account.entity(CLIMATE, "cabin").async_set_temperature(temperature=21.0)
    assert account.commands.said() == [("set_temps", {"driver_temp": 21.0, "passenger_temp": sent})]


@pytest.mark.parametrize("key", ["cabin", "passenger"])
async def test_a_mode_may_come_with_a_temperature(account: Account, key: str) -> None:
    await added(account, {climate.DRIVER_TEMP_SETTING: 21.0})

    await account.entity(CLIMATE, key).async_set_temperature(temperature=20.0, hvac_mode=HVACMode.HEAT_COOL)

    assert [name for name, _ in account.commands.said()] == ["set_temps", "auto_conditioning_start"]


@pytest.mark.parametrize("key", ["cabin", "passenger", OVERHEAT])
async def test_a_mode_that_is_not_offered_is_refused_before_anything_is_sent(
    account: Account, key: str
) -> None:
    await added(account, {climate.DRIVER_TEMP_SETTING: 21.0, config.OVERHEAT_LIMIT_SUPPORTED: True})

    with pytest.raises(ServiceValidationError):
        await account.entity(CLIMATE, key).async_set_temperature(temperature=20.0, hvac_mode=HVACMode.DRY)

    assert account.commands.said() == []


@pytest.mark.parametrize(
    ("keeper", "defrost", "expected"),
    [
        (None, None, None),
        ("off", None, "none"),
        ("off", "off", "none"),
        ("off", "auto_defog", "none"),
        ("off", "normal", "defrost"),
        ("off", "max", "defrost"),
        (None, "max", "defrost"),
        (None, "off", None),
        ("keep", "off", "keep"),
        ("dog", "max", "dog"),
        ("camp", None, "camp"),
    ],
)
async def test_a_preset_is_what_keeps_the_climate_on_or_defrosts(
    account: Account, keeper: str | None, defrost: str | None, expected: str | None
) -> None:
    await added(account, {climate.KEEPER_MODE: keeper, climate.DEFROST_MODE: defrost})

    assert account.state(CLIMATE, "cabin").attributes["preset_mode"] == expected


KEEPER, MAX = "set_climate_keeper_mode", "set_preconditioning_max"


@pytest.mark.parametrize(
    ("keeper", "defrost", "wanted", "expected"),
    [
        ("off", "off", "keep", [(KEEPER, 1)]),
        ("off", "off", "dog", [(KEEPER, 2)]),
        ("keep", "off", "camp", [(KEEPER, 3)]),
        ("off", "off", "defrost", [(MAX, True)]),
        ("dog", "off", "defrost", [(KEEPER, 0), (MAX, True)]),
        ("off", "max", "dog", [(MAX, False), (KEEPER, 2)]),
        ("dog", "off", "none", [(KEEPER, 0)]),
        ("off", "max", "none", [(MAX, False)]),
        ("dog", "max", "none", [(MAX, False), (KEEPER, 0)]),
        (None, None, "none", [(KEEPER, 0)]),
        ("off", "off", "none", [(KEEPER, 0)]),
    ],
)
async def test_a_preset_takes_the_place_of_the_one_before(
    account: Account,
    keeper: str | None,
    defrost: str | None,
    wanted: str,
    expected: list[tuple[str, object]],
) -> None:
    await added(account, {climate.KEEPER_MODE: keeper, climate.DEFROST_MODE: defrost})

    await account.entity(CLIMATE, "cabin").async_set_preset_mode(wanted)

    said = [
        (name, body["climate_keeper_mode"] if name == KEEPER else body["on"])
        for name, body in account.commands.said()
    ]
    assert said == expected


async def test_a_car_without_the_filter_has_no_fan_modes(account: Account) -> None:
    await added(account, {})
    attributes = account.state(CLIMATE, "cabin").attributes

    assert not attributes["supported_features"] & ClimateEntityFeature.FAN_MODE
    assert "fan_modes" not in attributes


@pytest.mark.parametrize(("bioweapon", "expected"), [(True, "bioweapon"), (False, "auto"), (None, None)])
async def test_a_car_with_the_filter_has_bioweapon_mode(
    account: Account,
    bioweapon: bool | None,  # noqa: FBT001  # a value of the table
    expected: str | None,
) -> None:
    await added(account, {})
    await account.tell({climate.BIOWEAPON_MODE: bioweapon}, at=NOW + 1)

    attributes = account.state(CLIMATE, "cabin").attributes
    assert attributes["fan_modes"] == ["auto", "bioweapon"]
    assert attributes["fan_mode"] == expected


async def test_bioweapon_mode_is_switched(account: Account) -> None:
    await added(account, {climate.BIOWEAPON_MODE: False})
    cabin = account.entity(CLIMATE, "cabin")

    await cabin.async_set_fan_mode("bioweapon")
    await cabin.async_set_fan_mode("auto")

    assert [(name, body["on"]) for name, body in account.commands.said()] == [
        ("set_bioweapon_mode", True),
        ("set_bioweapon_mode", False),
    ]


@pytest.mark.parametrize(
    ("mode", "power", "expected", "action"),
    [
        (None, None, "unknown", None),
        ("off", "off", "off", "off"),
        ("on", "off", "cool", "idle"),
        ("on", "overheat_protect", "cool", "cooling"),
        ("fan_only", "overheat_protect", "fan_only", "fan"),
        ("fan_only", "on", "fan_only", "idle"),
    ],
)
async def test_overheat_protection_shows_its_mode_and_whether_it_works(
    account: Account, mode: str | None, power: str | None, expected: str, action: str | None
) -> None:
    await added(account, {climate.OVERHEAT_MODE: mode, climate.POWER: power})

    state = account.state(CLIMATE, OVERHEAT)
    assert (state.state, state.attributes.get("hvac_action")) == (expected, action)


@pytest.mark.parametrize(
    ("supported", "expected"),
    [(True, ["off", "cool", "fan_only"]), (None, ["off", "cool", "fan_only"]), (False, ["off", "cool"])],
)
async def test_the_fan_alone_is_offered_unless_the_car_denies_it(
    account: Account,
    supported: bool | None,  # noqa: FBT001  # a value of the table
    expected: list[str],
) -> None:
    await added(account, {})
    await account.tell({climate.OVERHEAT_FAN_ONLY_SUPPORTED: supported}, at=NOW + 1)

    assert account.state(CLIMATE, OVERHEAT).attributes["hvac_modes"] == expected


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        (HVACMode.OFF, {"on": False, "fan_only": False}),
        (HVACMode.COOL, {"on": True, "fan_only": False}),
        (HVACMode.FAN_ONLY, {"on": True, "fan_only": True}),
    ],
)
async def test_overheat_protection_is_switched(
    account: Account, mode: HVACMode, expected: dict[str, object]
) -> None:
    await added(account, {})

    await account.entity(CLIMATE, OVERHEAT).async_set_hvac_mode(mode)

    assert account.commands.said() == [("set_cabin_overheat_protection", expected)]


@pytest.mark.parametrize(("limit", "celsius"), [("low", 30), ("medium", 35), ("high", 40), (None, None)])
async def test_the_limit_is_one_of_three_temperatures(
    account: Account, limit: str | None, celsius: float | None
) -> None:
    await added(account, {climate.OVERHEAT_LIMIT: limit, config.OVERHEAT_LIMIT_SUPPORTED: True})

    attributes = account.state(CLIMATE, OVERHEAT).attributes
    assert attributes["temperature"] == celsius
    assert (attributes["min_temp"], attributes["max_temp"], attributes["target_temp_step"]) == (30, 40, 5)


@pytest.mark.parametrize(
    ("celsius", "level"), [(30.0, 0), (32.0, 0), (32.8, 1), (35.0, 1), (37.4, 1), (38.0, 2), (40.0, 2)]
)
async def test_the_nearest_limit_is_set(account: Account, celsius: float, level: int) -> None:
    await added(account, {config.OVERHEAT_LIMIT_SUPPORTED: True})

    await account.entity(CLIMATE, OVERHEAT).async_set_temperature(temperature=celsius)

    assert account.commands.said() == [("set_cop_temp", {"cop_temp": level})]


@pytest.mark.parametrize("supported", [False, None])
async def test_a_car_whose_limit_cannot_be_set_offers_none(
    account: Account,
    supported: bool | None,  # noqa: FBT001  # a value of the table
) -> None:
    await added(account, {config.OVERHEAT_LIMIT_SUPPORTED: supported})

    features = account.state(CLIMATE, OVERHEAT).attributes["supported_features"]
    assert not features & ClimateEntityFeature.TARGET_TEMPERATURE


async def test_who_may_not_send_commands_sees_the_air_as_sensors(
    open_account: Callable[..., Account],
) -> None:
    account = open_account(scopes=READ_SCOPES | {"vehicle_charging_cmds"})
    account.enable(Platform.SENSOR, "cabin_overheat_limit")
    await account.tell({climate.OVERHEAT_MODE: "fan_only", climate.OVERHEAT_LIMIT: "medium"})
    await account.add(CLIMATE)
    await account.add(Platform.SENSOR)

    assert [account.entity_id(CLIMATE, key) for key in ("cabin", "passenger", OVERHEAT)] == [None] * 3
    assert account.state(Platform.SENSOR, "cabin_overheat_protection").state == "fan_only"
    assert account.state(Platform.SENSOR, "cabin_overheat_limit").state == "medium"
