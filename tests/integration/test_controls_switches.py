"""Switches of modes, and the one that pauses our polling."""

from datetime import timedelta
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed  # type: ignore[import-untyped]  # has no types

from custom_components.tesla_direct.const import CONF_DANGEROUS
from simulator.car.car import Car

from .account import Account
from .controls import Controls
from .restart import as_on_disk, restarted

FIELDS = (
    "SentryMode",
    "DefrostMode",
    "ValetModeEnabled",
    "GuestModeEnabled",
    "PinToDriveEnabled",
    "CurrentLimitMph",
)
OFF_BY_DEFAULT = (
    "switch.guest_mode",
    "switch.valet_mode",
    "switch.pin_to_drive",
    "switch.parental_controls",
    "switch.polling",
    "number.speed_limit",
)


@pytest.fixture
async def controls(account: Account, car: Car) -> Controls:
    port = await account.make_port()
    await account.set_up(car, receiver=port, options={CONF_DANGEROUS: ["pins"]})
    registry = er.async_get(account.hass)
    for entity in OFF_BY_DEFAULT:
        registry.async_update_entity(account.entity_id(car, entity), disabled_by=None)
    await account.reload()
    await account.connect(car, *FIELDS)
    return Controls(account.hass, account, car)


@pytest.mark.parametrize(
    ("entity", "command", "truth"),
    [
        ("switch.sentry_mode", "set_sentry_mode", ("sentry", "Armed", "Off")),
        ("switch.guest_mode", "guest_mode", ("guest", True, False)),
    ],
)
async def test_a_mode_is_switched_on_and_off(
    controls: Controls, car: Car, entity: str, command: str, truth: tuple[str, object, object]
) -> None:
    name, on, off = truth
    await controls.ask(entity, "turn_on")
    assert controls.shows(entity) == "on"
    assert await controls.see(entity) == "on"
    assert getattr(car.body, name) == on

    await controls.ask(entity, "turn_off")
    assert await controls.see(entity) == "off"
    assert getattr(car.body, name) == off
    assert [one for one, _ in controls.executed] == [command, command]


async def test_defrosting_is_switched_on_and_off(controls: Controls, car: Car) -> None:
    await controls.ask("switch.defrost", "turn_on")
    assert await controls.see("switch.defrost") == "on"
    assert car.body.defrost == "Max"

    await controls.ask("switch.defrost", "turn_off")
    assert await controls.see("switch.defrost") == "off"


async def test_the_filter_is_switched_on_and_read_once_to_confirm_it(controls: Controls, car: Car) -> None:
    before = controls.paid.count("vehicle_data")

    await controls.ask("switch.bioweapon_mode", "turn_on")
    assert controls.shows("switch.bioweapon_mode") == "on"
    assert await controls.see("switch.bioweapon_mode", 40) == "on"

    assert car.body.bioweapon
    assert controls.paid.count("vehicle_data") - before == 1


@pytest.mark.parametrize(
    ("entity", "truth"),
    [
        ("switch.low_power_mode", "low_power"),
        ("switch.keep_accessory_power", "accessory_power"),
    ],
)
async def test_what_no_car_tells_is_what_was_commanded_last_also_after_a_restart(
    controls: Controls, car: Car, entity: str, truth: str
) -> None:
    assert controls.shows(entity) == "unknown"

    await controls.ask(entity, "turn_on")
    assert await controls.see(entity) == "on"
    assert getattr(car.body, truth)
    assert controls.attributes(entity)["source"] == "journal"
    reads = controls.paid.count("vehicle_data")

    await controls.account.pass_time(7200)
    assert controls.shows(entity) == "on"
    assert controls.paid.count("vehicle_data") == reads
    async with restarted(controls.account) as again:
        assert again.shows(car, entity) == "on"


async def test_what_the_car_refuses_is_not_assumed(controls: Controls, car: Car) -> None:
    await controls.ask("switch.low_power_mode", "turn_on")

    assert await controls.told("switch.keep_accessory_power", "turn_on") == "refused_low_power_mode_enforced"
    assert controls.shows("switch.keep_accessory_power") == "unknown"


async def test_a_valet_gives_the_car_back_without_a_pin_and_gets_it_by_an_action(
    controls: Controls, car: Car
) -> None:
    assert await controls.refused("switch.valet_mode", "turn_on") == "pin_needed"
    car.body.valet = True
    assert await controls.see("switch.valet_mode") == "on"

    await controls.ask("switch.valet_mode", "turn_off")

    assert await controls.see("switch.valet_mode") == "off"
    assert [name for name, _ in controls.executed] == ["set_valet_mode"]
    assert not car.body.valet


async def test_a_pin_that_the_car_knows_is_demanded_and_not_demanded(controls: Controls, car: Car) -> None:
    assert await controls.told("switch.pin_to_drive", "turn_on") == "action_refused"
    car.body.drive_pin = "1234"

    await controls.ask("switch.pin_to_drive", "turn_on")
    assert await controls.see("switch.pin_to_drive") == "on"
    await controls.ask("switch.pin_to_drive", "turn_off")
    assert await controls.see("switch.pin_to_drive") == "off"


async def test_parental_controls_refer_to_their_action(controls: Controls) -> None:
    assert await controls.refused("switch.parental_controls", "turn_on") == "pin_needed"
    assert await controls.refused("switch.parental_controls", "turn_off") == "pin_needed"


async def test_the_speed_limit_is_set_within_what_the_car_allows(controls: Controls, car: Car) -> None:
    key = await controls.refused("number.speed_limit", "set_value", domain="number", value=45)
    assert key == "out_of_range"

    await controls.ask("number.speed_limit", "set_value", value=70)
    assert float(await controls.see("number.speed_limit")) == 70
    assert car.body.speed_limit_mph == 70


async def hours_pass(account: Account) -> None:
    for _ in range(8):
        await account.pass_time(3600)


async def a_second_passes(hass: HomeAssistant) -> None:
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=1))
    await hass.async_block_till_done()


async def with_polling(account: Account, car: Car) -> Controls:
    """Have the switch enabled; what was known of it stays."""
    er.async_get(account.hass).async_update_entity(account.entity_id(car, "switch.polling"), disabled_by=None)
    await account.reload()
    return Controls(account.hass, account, car)


async def test_polling_is_paused_while_looks_go_on_and_stays_so_over_a_restart(
    account: Account, car: Car
) -> None:
    car.sentry()  # which keeps it awake
    await account.set_up(car)
    controls = await with_polling(account, car)
    await controls.ask("switch.polling", "turn_off")
    assert controls.shows("switch.polling") == "off"
    fetched = controls.paid.count("vehicle_data")
    looked = len(account.world.cloud.requests("vehicles"))

    await hours_pass(account)
    assert controls.paid.count("vehicle_data") == fetched
    assert len(account.world.cloud.requests("vehicles")) > looked

    async with restarted(account) as again:
        await hours_pass(again)
        assert controls.paid.count("vehicle_data") == fetched
        controls = await with_polling(again, car)
        assert controls.shows("switch.polling") == "off"

        await controls.ask("button.refresh", "press")
        assert controls.paid.count("vehicle_data") == fetched + 1

        await again.pass_time(3600)
        assert controls.paid.count("vehicle_data") == fetched + 1
        await controls.ask("switch.polling", "turn_on")
        await again.quiet()
        assert controls.paid.count("vehicle_data") == fetched + 2


async def test_a_wish_that_nothing_is_polled_outlives_a_power_cut(
    account: Account, car: Car, tmp_path: Path
) -> None:
    car.sentry()  # which keeps it awake
    await account.set_up(car)
    controls = await with_polling(account, car)
    await a_second_passes(account.hass)  # all that was to be saved by now is on disk
    await controls.ask("switch.polling", "turn_off")
    await a_second_passes(account.hass)
    fetched = controls.paid.count("vehicle_data")

    async with restarted(account, folder=await as_on_disk(account, tmp_path / "copy")) as again:
        await hours_pass(again)
        assert controls.paid.count("vehicle_data") == fetched
        assert car.state == "online"
