"""Locks and covers, from Home Assistant's action to the car and back."""

import asyncio

from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.tesla_direct.const import CONF_DANGEROUS, DANGEROUS
from simulator.car.car import Car
from simulator.world import World

from .account import Account
from .controls import Controls

FIELDS = (
    "Locked",
    "DoorState",
    "Gear",
    "FdWindow",
    "FpWindow",
    "RdWindow",
    "RpWindow",
    "ChargePortDoorOpen",
    "ChargePortLatch",
    "DetailedChargeState",
    "SpeedLimitMode",
)


async def streaming(account: Account, car: Car, *fields: str, dangerous: bool = True) -> Controls:
    """Return the controls of a car that streams what it opens and locks."""
    port = await account.make_port()
    options = {CONF_DANGEROUS: list(DANGEROUS)} if dangerous else {}
    await account.set_up(car, receiver=port, options=options)
    await account.connect(car, *(fields or FIELDS))
    return Controls(account.hass, account, car)


@pytest.fixture
async def controls(account: Account, car: Car) -> Controls:
    return await streaming(account, car)


async def test_doors_are_unlocked_and_locked(controls: Controls) -> None:
    await controls.ask("lock.doors", "unlock")
    assert controls.shows("lock.doors") == "unlocked"
    assert await controls.see("lock.doors") == "unlocked"

    await controls.ask("lock.doors", "lock")
    assert await controls.see("lock.doors") == "locked"

    assert controls.executed == [("door_unlock", {}), ("door_lock", {})]
    assert controls.car.body.locked


async def test_doors_stay_locked_for_those_who_have_not_switched_unlocking_on(
    account: Account, car: Car
) -> None:
    controls = await streaming(account, car, dangerous=False)

    assert await controls.refused("lock.doors", "unlock") == "unlock_not_allowed"
    assert controls.executed == []


async def test_what_the_car_refuses_is_told_and_the_state_stays_the_cars(
    controls: Controls, car: Car
) -> None:
    car.open_door()
    car.unlock()
    await controls.see("lock.doors")

    with pytest.raises(HomeAssistantError) as caught:
        await controls.ask("lock.doors", "lock")

    assert caught.value.translation_key == "action_refused"
    assert await controls.see("lock.doors") == "unlocked"
    assert [one.name for one in car.declined] == ["door_lock"]


async def test_the_cable_is_let_go_once_charging_has_stopped(controls: Controls, car: Car) -> None:
    car.plug_in()
    await controls.see("lock.charge_cable", 10)
    assert controls.shows("lock.charge_cable") == "locked"

    await controls.ask("lock.charge_cable", "unlock")

    assert controls.executed == [("charge_stop", {}), ("charge_port_door_open", {})]
    assert await controls.see("lock.charge_cable") == "unlocked"
    assert car.body.charging_state == "Stopped"


async def test_the_cable_locks_itself(controls: Controls) -> None:
    assert await controls.refused("lock.charge_cable", "lock") == "charge_cable_locks_itself"


async def test_the_speed_limit_takes_its_pin(account: Account, car: Car) -> None:
    port = await account.make_port()
    await account.set_up(car, receiver=port, options={CONF_DANGEROUS: ["pins"]})
    entity_id = account.entity_id(car, "lock.speed_limit")
    er.async_get(account.hass).async_update_entity(entity_id, disabled_by=None)
    await account.reload()
    await account.connect(car, *FIELDS)
    controls = Controls(account.hass, account, car)

    assert await controls.refused("lock.speed_limit", "lock", code="12", domain="lock") == "add_default_code"
    await controls.ask("lock.speed_limit", "lock", code="1234")
    assert await controls.see("lock.speed_limit") == "locked"
    await controls.ask("lock.speed_limit", "unlock", code="1234")
    assert await controls.see("lock.speed_limit") == "unlocked"

    assert controls.executed == [
        ("speed_limit_activate", {"pin": "1234"}),
        ("speed_limit_deactivate", {"pin": "1234"}),
    ]


async def test_windows_open_by_a_gap_and_close(controls: Controls) -> None:
    await controls.ask("cover.windows", "open_cover")
    assert await controls.see("cover.windows") == "open"
    assert controls.car.body.window_driver_rear == "PartiallyOpen"

    await controls.ask("cover.windows", "close_cover")
    assert await controls.see("cover.windows") == "closed"

    assert [(name, told["command"]) for name, told in controls.executed] == [
        ("window_control", "vent"),
        ("window_control", "close"),
    ]


async def test_the_charge_port_opens_and_closes(controls: Controls) -> None:
    await controls.ask("cover.charge_port", "open_cover")
    assert await controls.see("cover.charge_port") == "open"

    await controls.ask("cover.charge_port", "close_cover")
    assert await controls.see("cover.charge_port") == "closed"

    assert [name for name, _ in controls.executed] == ["charge_port_door_open", "charge_port_door_close"]


async def test_the_frunk_opens_in_park(controls: Controls, car: Car) -> None:
    await controls.ask("cover.frunk", "open_cover")

    assert await controls.see("cover.frunk") == "open"
    assert controls.executed == [("actuate_trunk", {"which_trunk": "front"})]


async def test_the_frunk_of_a_car_that_drives_stays_closed_for_nothing(controls: Controls, car: Car) -> None:
    car.drive("work")
    await controls.see("cover.frunk")

    assert await controls.refused("cover.frunk", "open_cover") == "cannot_not_parked"
    assert controls.executed == []


async def test_the_trunk_opens_and_closes_and_does_neither_twice(controls: Controls) -> None:
    await controls.ask("cover.trunk", "open_cover")
    assert await controls.see("cover.trunk") == "open"
    await controls.ask("cover.trunk", "open_cover")
    assert await controls.see("cover.trunk") == "open"

    await controls.ask("cover.trunk", "close_cover")
    assert await controls.see("cover.trunk", 8) == "closed"
    await controls.ask("cover.trunk", "close_cover")

    assert controls.executed == [("actuate_trunk", {"which_trunk": "rear"})] * 2
    assert "vehicle_data" not in controls.paid[1:]  # one at the start, for how the car was built


async def test_two_who_open_the_trunk_at_once_do_not_close_it(controls: Controls, car: Car) -> None:
    await asyncio.gather(*(controls.ask("cover.trunk", "open_cover") for _ in range(2)))

    assert controls.executed == [("actuate_trunk", {"which_trunk": "rear"})]
    assert car.body.trunk_rear_open


async def test_a_polled_trunk_is_looked_at_before_it_is_moved(account: Account, car: Car) -> None:
    await account.set_up(car)
    controls = Controls(account.hass, account, car)
    assert controls.shows("cover.trunk") == "closed"
    account.wall.move(300)
    car.open_door("trunk")  # by hand, and nobody has told us

    await controls.ask("cover.trunk", "open_cover")

    assert controls.executed == []
    assert controls.shows("cover.trunk") == "open"
    assert controls.paid.count("vehicle_data") == 2


async def test_a_trunk_that_the_car_would_not_move_for_us_costs_nothing(account: Account, car: Car) -> None:
    await account.set_up(car, paired=False)
    controls = Controls(account.hass, account, car)
    account.wall.move(300)

    assert await controls.refused("cover.trunk", "open_cover") == "not_paired"


async def test_an_old_car_moves_its_sunroof_and_closes_its_windows_with_its_place(
    account: Account, world: World
) -> None:
    car = world.add_car("old")
    await account.set_up(car)
    controls = Controls(account.hass, account, car)

    await controls.ask("cover.sunroof", "open_cover")
    await controls.ask("cover.windows", "close_cover")

    (roof, moved), (windows, closed) = controls.executed
    assert (roof, moved["state"]) == ("sun_roof_control", "vent")
    assert (windows, closed["command"]) == ("window_control", "close")
    assert closed["lat"] == pytest.approx(car.body.latitude, abs=1e-3)
    assert controls.paid.count("signed_command") == 0


async def test_a_cybertruck_moves_its_tonneau(account: Account, world: World) -> None:
    car = world.add_car(vin="7G2CEHED0RA000004", name="Anvil", car_type="Cybertruck")
    car.change(tonneau="Closed", tonneau_percent_open=0.0)
    controls = await streaming(account, car, "TonneauPosition", "TonneauOpenPercent")

    await controls.ask("cover.tonneau", "open_cover")
    assert await controls.see("cover.tonneau", 2) == "open"
    await controls.ask("cover.tonneau", "stop_cover")
    await controls.ask("cover.tonneau", "close_cover")

    assert [name for name, _ in controls.executed] == ["open_tonneau", "stop_tonneau", "close_tonneau"]
    assert await controls.see("cover.tonneau", 20) == "closed"
