"""Buttons and texts, from Home Assistant's action to the car and back."""

from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.tesla_direct.const import CONF_DANGEROUS, DANGEROUS
from simulator.car.car import Car

from .account import Account
from .controls import Controls

FIELDS = ("Gear", "VehicleSpeed", "Location", "HomelinkDeviceCount", "RemoteStartEnabled", "VehicleName")
OFF_BY_DEFAULT = (
    "button.volume_up",
    "button.volume_down",
    "button.next_favorite",
    "button.previous_favorite",
    "text.vehicle_name",
)


@pytest.fixture
async def controls(account: Account, car: Car) -> Controls:
    port = await account.make_port()
    await account.set_up(car, receiver=port, options={CONF_DANGEROUS: list(DANGEROUS)})
    registry = er.async_get(account.hass)
    for entity in OFF_BY_DEFAULT:
        registry.async_update_entity(account.entity_id(car, entity), disabled_by=None)
    await account.reload()
    await account.connect(car, *FIELDS)
    return Controls(account.hass, account, car)


@pytest.mark.parametrize(
    ("entity", "command"),
    [
        ("button.flash_lights", "flash_lights"),
        ("button.honk", "honk_horn"),
        ("button.boombox_ping", "remote_boombox"),
        ("button.boombox_fart", "remote_boombox"),
        ("button.dashcam_save", "dashcam_save_clip"),
        ("button.keyless_driving", "remote_start_drive"),
        ("button.homelink", "trigger_homelink"),
        ("button.cancel_update", "cancel_software_update"),
    ],
)
async def test_a_press_is_carried_out_once(controls: Controls, car: Car, entity: str, command: str) -> None:
    car.body.dashcam = "Recording"
    car.body.remote_start_allowed = True

    await controls.ask(entity, "press")

    assert [name for name, _ in controls.executed] == [command]
    assert controls.shows(entity) not in ("unknown", "unavailable")


async def test_two_presses_are_two(controls: Controls, car: Car) -> None:
    await controls.ask("button.honk", "press")
    await controls.ask("button.honk", "press")

    assert car.body.honks == 2


async def test_the_garage_door_is_told_where_the_car_is(controls: Controls, car: Car) -> None:
    await controls.ask("button.homelink", "press")

    ((_, arguments),) = controls.executed
    assert arguments["lat"] == pytest.approx(car.body.latitude, abs=1e-4)
    assert arguments["lon"] == pytest.approx(car.body.longitude, abs=1e-4)


@pytest.mark.parametrize(
    ("entity", "command"),
    [
        ("button.volume_up", "media_volume_up"),
        ("button.volume_down", "media_volume_down"),
        ("button.next_favorite", "media_next_fav"),
        ("button.previous_favorite", "media_prev_fav"),
    ],
)
async def test_media_keys_want_somebody_inside(
    controls: Controls, car: Car, entity: str, command: str
) -> None:
    assert await controls.told(entity, "press") == "refused_user_not_present"

    car.get_in()
    await controls.ask(entity, "press")
    assert [name for name, _ in controls.executed] == [command]


async def test_nobody_honks_on_the_way(controls: Controls, car: Car) -> None:
    car.drive("work")
    await controls.see("button.honk", 30)

    assert await controls.refused("button.honk", "press") == "cannot_not_parked"
    assert controls.executed == []


async def test_keyless_driving_that_is_switched_off_in_the_car_is_refused_for_nothing(
    controls: Controls, car: Car
) -> None:
    car.body.remote_start_allowed = False
    await controls.see("button.keyless_driving")

    assert await controls.refused("button.keyless_driving", "press") == "cannot_keyless_driving_off"


async def test_a_sleeping_car_is_woken_by_its_button_and_an_awake_one_costs_nothing(
    controls: Controls, car: Car
) -> None:
    before = controls.paid
    await controls.ask("button.wake", "press")
    assert controls.paid == before

    car.sleep()
    await controls.account.pass_time(130)
    await controls.ask("button.wake", "press")
    assert controls.paid.count("wake_up") == 1
    assert car.state == "online"


async def test_data_are_fetched_once_and_a_sleeping_car_is_left_alone(account: Account, car: Car) -> None:
    await account.set_up(car)
    controls = Controls(account.hass, account, car)
    await account.later(60)
    before = controls.paid.count("vehicle_data")

    await controls.ask("button.refresh", "press")
    assert controls.paid.count("vehicle_data") - before == 1

    car.sleep()
    await account.pass_time(130)
    with pytest.raises(HomeAssistantError) as refused:
        await controls.ask("button.refresh", "press")
    assert refused.value.translation_key == "car_unreachable"
    assert controls.paid.count("vehicle_data") - before == 1
    assert "wake_up" not in controls.paid


async def test_a_car_is_told_where_to_go(controls: Controls, car: Car) -> None:
    await controls.ask("text.navigation_destination", "set_value", value="Alexanderplatz, Berlin")

    assert car.body.route is not None
    assert car.body.route.name == "Alexanderplatz, Berlin"
    assert controls.shows("text.navigation_destination") == "unknown"
    assert controls.paid.count("signed_command") == 0


async def test_a_car_is_renamed(controls: Controls, car: Car) -> None:
    await controls.ask("text.vehicle_name", "set_value", value="Toast")
    assert await controls.see("text.vehicle_name") == "Toast"
    assert car.body.name == "Toast"


async def test_nothing_is_no_name_and_no_destination(controls: Controls) -> None:
    for entity in ("text.navigation_destination", "text.vehicle_name"):
        assert await controls.refused(entity, "set_value", value="  ") == "text_empty"


async def test_dangerous_buttons_are_there_only_for_those_who_switched_them_on(
    account: Account, car: Car
) -> None:
    await account.set_up(car)
    registry = er.async_get(account.hass)
    keys = {
        entry.unique_id.partition("-")[2]
        for entry in er.async_entries_for_config_entry(registry, account.entry.entry_id)
    }

    assert "keyless_driving" not in keys
    assert "honk" in keys
