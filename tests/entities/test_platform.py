from collections.abc import Callable

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant

from custom_components.tesla_direct import binary_sensor, device_tracker, sensor
from custom_components.tesla_direct.tesla.vehicle.signals import climate, config, powertrain

from .cars import Account

CYBERTRUCK = "7G2CEHED0RA000004"
NO_VIN = "00000000000000000"


async def test_a_car_gets_every_row_that_no_capability_decides(account: Account) -> None:
    await account.add(Platform.BINARY_SENSOR)
    await account.add(Platform.DEVICE_TRACKER)

    assert account.keys(Platform.BINARY_SENSOR) == {
        row.key for row in binary_sensor.VEHICLE if not row.twin_of
    }
    assert account.keys(Platform.DEVICE_TRACKER) == {row.key for row in device_tracker.VEHICLE}


async def test_what_needs_the_place_is_left_out_without_the_scope(
    open_account: Callable[..., Account],
) -> None:
    account = open_account(scopes=frozenset({"vehicle_device_data"}))

    await account.add(Platform.DEVICE_TRACKER)
    await account.add(Platform.BINARY_SENSOR)

    assert account.keys(Platform.DEVICE_TRACKER) == set()
    assert "gps_state" not in account.keys(Platform.BINARY_SENSOR)
    assert "located_at_home" in account.keys(Platform.BINARY_SENSOR)


async def test_what_nobody_knows_of_appears_once_it_is_known(account: Account) -> None:
    await account.add(Platform.SENSOR)
    assert "miles_since_reset" not in account.keys(Platform.SENSOR)

    await account.tell({config.DRIVER_ASSIST: "TeslaAP4"})

    assert {"miles_since_reset", "self_driving_miles_since_reset"} <= account.keys(Platform.SENSOR)


async def test_what_is_known_at_the_start_is_there_at_once(account: Account) -> None:
    await account.tell({config.DRIVER_ASSIST: "TeslaAP4"})

    await account.add(Platform.SENSOR)

    assert "miles_since_reset" in account.keys(Platform.SENSOR)


async def test_what_the_car_denies_leaves_and_may_come_back(hass: HomeAssistant, account: Account) -> None:
    account.enable(Platform.SENSOR, "miles_since_reset")
    await account.tell({config.DRIVER_ASSIST: "TeslaAP4"})
    await account.add(Platform.SENSOR)
    entity_id = account.state(Platform.SENSOR, "miles_since_reset").entity_id

    await account.tell({config.DRIVER_ASSIST: "TeslaAP3"}, at=account_time(1))
    assert "miles_since_reset" not in account.keys(Platform.SENSOR)
    assert hass.states.get(entity_id) is None

    await account.tell({config.DRIVER_ASSIST: "TeslaAP4"}, at=account_time(2))
    assert "miles_since_reset" in account.keys(Platform.SENSOR)


async def test_unknown_again_is_not_denied(account: Account) -> None:
    await account.tell({config.DRIVER_ASSIST: "TeslaAP4"})
    await account.add(Platform.SENSOR)

    await account.tell({config.DRIVER_ASSIST: None}, at=account_time(1))

    assert "miles_since_reset" in account.keys(Platform.SENSOR)


async def test_what_the_registry_remembers_is_there_while_nobody_knows(account: Account) -> None:
    account.enable(Platform.SENSOR, "miles_since_reset")

    await account.add(Platform.SENSOR)

    assert account.state(Platform.SENSOR, "miles_since_reset").state == "unknown"


async def test_what_the_registry_remembers_leaves_if_the_car_denies_it_at_the_start(account: Account) -> None:
    account.enable(Platform.SENSOR, "miles_since_reset")
    await account.tell({config.DRIVER_ASSIST: "TeslaAP3"})

    await account.add(Platform.SENSOR)

    assert "miles_since_reset" not in account.keys(Platform.SENSOR)


async def test_what_many_cars_never_tell_appears_if_it_is_told_but_is_not_asked_for(account: Account) -> None:
    await account.add(Platform.SWITCH)
    assert climate.BIOWEAPON_MODE not in account.coordinator.wanted

    await account.tell({climate.BIOWEAPON_MODE: False})

    assert "bioweapon_mode" in account.keys(Platform.SWITCH)


async def test_each_motor_appears_with_its_first_word(account: Account) -> None:
    await account.add(Platform.SENSOR)
    assert powertrain.STATE[1] in account.coordinator.wanted

    await account.tell({powertrain.STATE[1]: "standby", powertrain.STATE[2]: "unavailable"})

    motors = {key for key in account.keys(Platform.SENSOR) if key.startswith("di_state")}
    assert motors == {"di_state_r"}
    assert "di_heatsink_temp_r" in account.keys(Platform.SENSOR)


async def test_once_a_motor_is_there_nobody_asks_for_it_any_more(account: Account) -> None:
    await account.add(Platform.SENSOR)

    await account.tell({powertrain.STATE[1]: "standby"})

    assert powertrain.STATE[1] not in account.coordinator.wanted
    assert powertrain.STATE[0] in account.coordinator.wanted


async def test_a_vin_decides_without_a_word_from_the_car(open_account: Callable[..., Account]) -> None:
    truck, unknown = open_account(vin=CYBERTRUCK), open_account(vin=NO_VIN)

    await truck.add(Platform.SENSOR)
    await unknown.add(Platform.SENSOR)

    assert "tonneau_tent_mode" in truck.keys(Platform.SENSOR)
    assert "tonneau_tent_mode" not in unknown.keys(Platform.SENSOR)
    assert {row.key for row in sensor.VEHICLE} > truck.keys(Platform.SENSOR)


async def test_nobody_watches_after_the_entry_is_unloaded(account: Account) -> None:
    await account.add(Platform.SENSOR)

    await account.close()

    assert account.coordinator.wanted == set()


def account_time(minutes: float) -> float:
    return 1_791_360_000.0 + 60 * minutes
