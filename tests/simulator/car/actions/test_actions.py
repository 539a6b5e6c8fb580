"""What each command does to the truth, and when it is refused."""

from typing import Any

import pytest

from simulator.car.actions.refused import Refused
from simulator.car.actions.table import ACTIONS
from simulator.car.car import Car
from simulator.world import World

type Truth = dict[str, Any]

HOME = (51.4779, -0.0015)
SCHEDULE = {
    "id": 7,
    "name": "Night",
    "days_of_week": 127,
    "start_enabled": True,
    "start_time": 30,
    "end_enabled": False,
    "end_time": 0,
    "one_time": False,
    "enabled": True,
    "latitude": HOME[0],
    "longitude": HOME[1],
}
WARM = {"id": 8, "days_of_week": 62, "precondition_time": 450, "latitude": 51.5033, "longitude": -0.0196}
WINDOWS = ("window_driver_front", "window_driver_rear", "window_passenger_front", "window_passenger_rear")
PLUGGED = {"charging_state": "Stopped", "cable": "IEC", "charge_wanted": False}

# Truth before, command, arguments, truth after; within 25 simulated seconds.
DONE: list[tuple[Truth, str, Truth, Truth]] = [
    ({"locked": False}, "door_lock", {}, {"locked": True}),
    ({}, "door_lock", {}, {"locked": True}),
    ({}, "door_unlock", {}, {"locked": False}),
    ({"locked": False}, "auto_secure_vehicle", {}, {"locked": True}),
    ({"trunk_rear_open": True}, "auto_secure_vehicle", {}, {"trunk_rear_open": False, "locked": True}),
    ({}, "actuate_trunk", {"which_trunk": "front"}, {"trunk_front_open": True}),
    ({}, "actuate_trunk", {"which_trunk": "rear"}, {"trunk_rear_open": True}),
    ({"trunk_front_open": True}, "actuate_trunk", {"which_trunk": "front"}, {"trunk_front_open": True}),
    ({"trunk_rear_open": True}, "actuate_trunk", {"which_trunk": "rear"}, {"trunk_rear_open": False}),
    ({"trunk_rear_open": True}, "close_trunk", {}, {"trunk_rear_open": False}),
    ({"tonneau": "Closed"}, "open_tonneau", {}, {"tonneau": "FullyOpen", "tonneau_percent_open": 100.0}),
    ({"tonneau": "FullyOpen"}, "close_tonneau", {}, {"tonneau": "Closed", "tonneau_percent_open": 0.0}),
    ({"tonneau": "FullyOpen"}, "stop_tonneau", {}, {"tonneau": "FullyOpen"}),
    ({}, "window_control", {"command": "vent"}, dict.fromkeys(WINDOWS, "PartiallyOpen")),
    (
        dict.fromkeys(WINDOWS, "Opened"),
        "window_control",
        {"command": "close"},
        dict.fromkeys(WINDOWS, "Closed"),
    ),
    ({}, "trigger_homelink", {"lat": HOME[0], "lon": HOME[1]}, {"garage_moves": 1}),
    ({}, "flash_lights", {}, {"flashes": 1}),
    ({}, "honk_horn", {}, {"honks": 1}),
    ({}, "remote_boombox", {"sound": 2000}, {"boombox_sounds": [2000]}),
    ({}, "remote_start_drive", {}, {"remote_start_on": True}),
    ({}, "wake_vehicle", {}, {}),
    (PLUGGED, "charge_start", {}, {"charging_state": "Charging", "charge_wanted": True}),
    (
        {"charging_state": "Charging"},
        "charge_stop",
        {},
        {"charging_state": "Stopped", "charge_wanted": False},
    ),
    ({"charge_limit_percent": 60}, "charge_standard", {}, {"charge_limit_percent": 80}),
    ({}, "charge_max_range", {}, {"charge_limit_percent": 100}),
    ({}, "set_charge_limit", {"percent": 90}, {"charge_limit_percent": 90}),
    ({}, "set_charge_limit", {"percent": 101}, {"charge_limit_percent": 80}),
    ({}, "set_charge_limit", {"percent": 49}, {"charge_limit_percent": 80}),
    ({}, "set_charging_amps", {"charging_amps": 3}, {"charge_amps_wanted": 3}),
    ({}, "set_charging_amps", {"charging_amps": 99}, {"charge_amps_wanted": 16}),
    ({}, "charge_port_door_open", {}, {"charge_port_open": True, "charge_port_latch": "Disengaged"}),
    (PLUGGED, "charge_port_door_open", {}, {"charge_port_latch": "Disengaged"}),
    ({"charge_port_open": True}, "charge_port_door_close", {}, {"charge_port_open": False}),
    ({}, "set_scheduled_charging", {"enable": True, "time": 90}, {"scheduled_charging": "StartAt"}),
    (
        {"scheduled_charging": "StartAt"},
        "set_scheduled_charging",
        {"enable": False},
        {"scheduled_start": None},
    ),
    (
        {},
        "set_scheduled_departure",
        {"enable": True, "departure_time": 450, "preconditioning": "weekdays", "end_off_peak_time": 300},
        {
            "scheduled_charging": "DepartBy",
            "departure_minutes": 450,
            "departure_preconditioning": True,
            "departure_days": "weekdays",
            "off_peak_charging": False,
            "off_peak_end_minutes": 300,
        },
    ),
    (
        {"departure_preconditioning": True},
        "set_scheduled_departure",
        {"enable": False},
        {"scheduled_charging": "Off", "departure_preconditioning": False, "departure_minutes": 420},
    ),
    ({}, "add_charge_schedule", SCHEDULE, {"charge_schedules": [SCHEDULE]}),
    (
        {"charge_schedules": [SCHEDULE]},
        "add_charge_schedule",
        SCHEDULE | {"name": "", "start_time": 60},
        {"charge_schedules": [SCHEDULE | {"start_time": 60}]},
    ),
    ({"charge_schedules": [SCHEDULE]}, "remove_charge_schedule", {"id": 7}, {"charge_schedules": []}),
    ({}, "remove_charge_schedule", {"id": 7}, {"charge_schedules": []}),
    ({}, "add_precondition_schedule", WARM, {"precondition_schedules": [{"name": "", **WARM}]}),
    (
        {"precondition_schedules": [WARM]},
        "remove_precondition_schedule",
        {"id": 8},
        {"precondition_schedules": []},
    ),
    (
        {"charge_schedules": [SCHEDULE, SCHEDULE | {"latitude": 10.0}]},
        "batch_remove_charge_schedules",
        {"home": True, "work": True, "other": False},
        {"charge_schedules": [SCHEDULE | {"latitude": 10.0}]},
    ),
    (
        {"precondition_schedules": [WARM]},
        "batch_remove_precondition_schedules",
        {"home": False, "work": True, "other": False},
        {"precondition_schedules": []},
    ),
    ({}, "auto_conditioning_start", {}, {"climate_on": True, "preconditioning": True}),
    (
        {"climate_on": True, "seat_heaters": [3, 0, 0, 0, 0], "climate_keeper": "Dog", "defrost": "Max"},
        "auto_conditioning_stop",
        {},
        {"climate_on": False, "seat_heaters": [0] * 5, "climate_keeper": "Off", "defrost": "Off"},
    ),
    (
        {},
        "set_temps",
        {"driver_temp": 22.4, "passenger_temp": 19.0},
        {"driver_temp_c": 22.5, "passenger_temp_c": 19.0},
    ),
    (
        {},
        "set_temps",
        {"driver_temp": 0.0, "passenger_temp": 90.0},
        {"driver_temp_c": 15.0, "passenger_temp_c": 28.0},
    ),
    (
        {},
        "set_preconditioning_max",
        {"on": True},
        {"defrost": "Max", "climate_on": True, "rear_defrost": True},
    ),
    ({"defrost": "Max"}, "set_preconditioning_max", {"on": False}, {"defrost": "Off", "rear_defrost": False}),
    (
        {},
        "set_bioweapon_mode",
        {"on": True, "manual_override": False},
        {"bioweapon": True, "climate_on": True},
    ),
    ({"bioweapon": True}, "set_bioweapon_mode", {"on": False}, {"bioweapon": False}),
    (
        {},
        "set_climate_keeper_mode",
        {"climate_keeper_mode": 2},
        {"climate_keeper": "Dog", "climate_on": True},
    ),
    (
        {"climate_keeper": "Party", "climate_on": True},
        "set_climate_keeper_mode",
        {"climate_keeper_mode": 0},
        {"climate_keeper": "Off", "climate_on": False},
    ),
    ({}, "set_cabin_overheat_protection", {"on": True}, {"overheat_protection": "On"}),
    ({}, "set_cabin_overheat_protection", {"on": True, "fan_only": True}, {"overheat_protection": "FanOnly"}),
    ({}, "set_cabin_overheat_protection", {"on": False}, {"overheat_protection": "Off"}),
    ({}, "set_cop_temp", {"cop_temp": 2}, {"overheat_limit": "High"}),
    ({}, "set_recirculation", {"on": True}, {"recirculation": True}),
    (
        {"climate_on": True},
        "remote_seat_heater_request",
        {"seat_position": 4, "level": 2},
        {"seat_heaters": [0, 0, 0, 2, 0]},
    ),
    (
        {"climate_on": True},
        "remote_seat_heater_request",
        {"seat_position": 0, "level": 1},
        {"seat_heaters": [1, 0, 0, 0, 0], "auto_seats": [False, False]},
    ),
    (
        {"climate_keeper": "On"},
        "remote_seat_cooler_request",
        {"seat_position": 2, "seat_cooler_level": 3},
        {"seat_fans": [0, 3]},
    ),
    (
        {},
        "remote_auto_seat_climate_request",
        {"auto_seat_position": 2, "auto_climate_on": True},
        {"auto_seats": [True, True]},
    ),
    ({"climate_on": True}, "remote_steering_wheel_heater_request", {"on": True}, {"wheel_heat": 3}),
    (
        {"climate_on": True, "wheel_heat": 3},
        "remote_steering_wheel_heater_request",
        {"on": False},
        {"wheel_heat": 0},
    ),
    ({"climate_on": True}, "remote_steering_wheel_heat_level_request", {"level": 1}, {"wheel_heat": 1}),
    ({}, "remote_auto_steering_wheel_heat_climate_request", {"on": True}, {"wheel_heat_auto": True}),
    (
        {"user_present": True},
        "media_toggle_playback",
        {},
        {"media": "Playing", "media_title": "Sample in B minor"},
    ),
    ({"user_present": True, "media": "Playing"}, "media_toggle_playback", {}, {"media": "Paused"}),
    (
        {"user_present": True, "media": "Paused", "media_title": "x"},
        "media_toggle_playback",
        {},
        {"media": "Playing", "media_title": "x"},
    ),
    ({"user_present": True}, "media_next_track", {}, {"media_track": 1, "media": "Playing"}),
    ({"user_present": True}, "media_prev_track", {}, {"media_track": 2}),
    ({"user_present": True}, "media_next_fav", {}, {"media_favourite": 1, "media_station": "Sample Radio"}),
    ({"user_present": True}, "media_prev_fav", {}, {"media_favourite": 2}),
    ({"user_present": True, "volume": 10.2}, "media_volume_up", {}, {"volume": pytest.approx(10.333333)}),
    ({"user_present": True, "volume": 0.2}, "media_volume_down", {}, {"volume": 0.0}),
    ({"user_present": True}, "adjust_volume", {"volume": 0.0}, {"volume": 0.0}),
    ({}, "set_sentry_mode", {"on": True}, {"sentry": "Armed"}),
    ({"sentry": "Armed"}, "set_sentry_mode", {"on": False}, {"sentry": "Off"}),
    ({}, "set_valet_mode", {"on": True, "password": "1234"}, {"valet": True, "valet_pin": "1234"}),
    (
        {"valet": True, "valet_pin": "1234"},
        "set_valet_mode",
        {"on": False},
        {"valet": False, "valet_pin": "1234"},
    ),
    ({"valet_pin": "1234"}, "reset_valet_pin", {}, {"valet_pin": None}),
    ({}, "set_pin_to_drive", {"on": True, "password": "1234"}, {"pin_to_drive": True, "drive_pin": "1234"}),
    ({"drive_pin": "1234"}, "set_pin_to_drive", {"on": True, "password": "9999"}, {"drive_pin": "1234"}),
    ({"drive_pin": "1234"}, "reset_pin_to_drive_pin", {}, {"drive_pin": None}),
    ({"pin_to_drive": True}, "clear_pin_to_drive_admin", {}, {"pin_to_drive": False, "drive_pin": None}),
    ({}, "speed_limit_activate", {"pin": "1234"}, {"speed_limit_on": True, "speed_limit_pin": "1234"}),
    (
        {"speed_limit_on": True, "speed_limit_pin": "1234"},
        "speed_limit_deactivate",
        {"pin": "1234"},
        {"speed_limit_on": False, "speed_limit_pin": "1234"},
    ),
    ({"speed_limit_pin": "1234"}, "speed_limit_clear_pin", {"pin": "1234"}, {"speed_limit_pin": None}),
    ({"speed_limit_on": True}, "speed_limit_clear_pin_admin", {}, {"speed_limit_on": False}),
    ({}, "speed_limit_set_limit", {"limit_mph": 70.0}, {"speed_limit_mph": 70.0}),
    ({}, "parental_controls_activate", {"pin": "1234"}, {"parental": True, "parental_pin": "1234"}),
    (
        {"parental": True, "parental_pin": "1234"},
        "parental_controls_deactivate",
        {"pin": "1234"},
        {"parental": False},
    ),
    (
        {},
        "parental_controls_enable_setting",
        {"setting": "Curfew", "enable": True},
        {"parental_settings": ["Curfew"]},
    ),
    (
        {"parental_settings": ["Curfew"]},
        "parental_controls_enable_setting",
        {"setting": "Curfew", "enable": False},
        {"parental_settings": []},
    ),
    ({}, "parental_controls_set_speed_limit", {"limit_mph": 60.0}, {"parental_limit_mph": 60.0}),
    ({"parental_pin": "1234"}, "parental_controls_clear_pin", {"pin": "1234"}, {"parental_pin": None}),
    ({"parental": True}, "parental_controls_clear_pin_admin", {}, {"parental": False}),
    ({}, "guest_mode", {"enable": True}, {"guest": True}),
    ({"guest": True}, "erase_user_data", {}, {"erased": 1}),
    ({}, "set_vehicle_name", {"vehicle_name": "Toast"}, {"name": "Toast"}),
    (
        {"update_version": "2026.40", "update_status": "available"},
        "schedule_software_update",
        {"offset_sec": 3600},
        {"update_status": "scheduled"},
    ),
    ({}, "cancel_software_update", {}, {"update_status": ""}),
    ({}, "set_low_power_mode", {"enable": True}, {"low_power": True}),
    ({"low_power": True}, "set_low_power_mode", {"enable": False}, {"low_power": False}),
    ({}, "keep_accessory_power_mode", {"enable": True}, {"accessory_power": True}),
    ({}, "upcoming_calendar_entries", {"calendar_data": "lunch"}, {"calendar": "lunch"}),
    ({}, "take_drivenote", {"note": "n" * 90}, {"drive_notes": ["n" * 80]}),
    ({"dashcam": "Recording"}, "dashcam_save_clip", {}, {"clips_saved": 1}),
]

REFUSED: list[tuple[Truth, str, Truth, str]] = [
    ({"door_driver_rear_open": True}, "door_lock", {}, "closures_open"),
    ({"gear": "D"}, "door_unlock", {}, "vehicle_not_in_park"),
    ({"gear": "D"}, "actuate_trunk", {"which_trunk": "front"}, "vehicle_not_in_park"),
    ({}, "open_tonneau", {}, "unknown"),
    ({}, "stop_tonneau", {}, "unknown"),
    ({"tonneau": "Closed", "gear": "R"}, "open_tonneau", {}, "vehicle_not_in_park"),
    ({"car_wash": True}, "window_control", {"command": "vent"}, "car_wash"),
    ({}, "sun_roof_control", {"state": "vent"}, "not_supported"),
    ({"homelink_devices": 0}, "trigger_homelink", {"lat": HOME[0], "lon": HOME[1]}, "not_supported"),
    ({}, "trigger_homelink", {"lat": 0.0, "lon": 0.0}, "not_supported"),
    ({"gear": "D"}, "flash_lights", {}, "vehicle_not_in_park"),
    ({"gear": "D"}, "honk_horn", {}, "vehicle_not_in_park"),
    ({"gear": "D"}, "remote_boombox", {"sound": 0}, "vehicle_not_in_park"),
    ({"remote_start_allowed": False}, "remote_start_drive", {}, "disabled_for_user_command"),
    ({"user_present": True}, "remote_start_drive", {}, "already_on"),
    ({}, "charge_start", {}, "disconnected"),
    ({"charging_state": "Charging"}, "charge_start", {}, "is_charging"),
    ({"charging_state": "Starting"}, "charge_start", {}, "requested"),
    (PLUGGED | {"wall_has_power": False}, "charge_start", {}, "no_power"),
    (PLUGGED | {"charge_limit_percent": 60}, "charge_start", {}, "complete"),
    (PLUGGED, "charge_stop", {}, "not_charging"),
    ({}, "charge_standard", {}, "already_standard"),
    ({"charge_limit_percent": 100}, "charge_max_range", {}, "already_max_range"),
    ({}, "set_charge_limit", {"percent": 80}, "already_set"),
    ({"car_wash": True}, "charge_port_door_open", {}, "car_wash"),
    ({"charging_state": "Charging"}, "charge_port_door_open", {}, "is_charging"),
    (PLUGGED, "charge_port_door_close", {}, "cable_connected"),
    ({}, "set_scheduled_charging", {"enable": True, "time": 1440}, "invalid_value"),
    ({}, "set_scheduled_departure", {"enable": True, "departure_time": -1}, "invalid_value"),
    ({}, "add_charge_schedule", SCHEDULE | {"days_of_week": 0}, "invalid_value"),
    (
        {"charge_schedules": [{"id": 1000 + n} for n in range(101)]},
        "add_charge_schedule",
        SCHEDULE,
        "max_schedules",
    ),
    ({}, "set_climate_keeper_mode", {"climate_keeper_mode": 4}, "invalid_value"),
    ({"gear": "D"}, "set_climate_keeper_mode", {"climate_keeper_mode": 1}, "vehicle_not_in_park"),
    ({}, "set_cop_temp", {"cop_temp": 3}, "invalid_value"),
    (
        {},
        "remote_seat_heater_request",
        {"seat_position": 0, "level": 1},
        "cabin comfort remote settings not enabled",
    ),
    ({"climate_on": True}, "remote_seat_heater_request", {"seat_position": 0, "level": 4}, "invalid_value"),
    ({"climate_on": True}, "remote_seat_heater_request", {"seat_position": 7, "level": 1}, "not_supported"),
    ({"climate_on": True}, "remote_seat_heater_request", {"seat_position": 3, "level": 1}, "not_supported"),
    (
        {"climate_on": True},
        "remote_seat_cooler_request",
        {"seat_position": 0, "seat_cooler_level": 1},
        "invalid_value",
    ),
    (
        {},
        "remote_auto_seat_climate_request",
        {"auto_seat_position": 0, "auto_climate_on": True},
        "invalid_value",
    ),
    ({}, "remote_steering_wheel_heater_request", {"on": True}, "cabin comfort remote settings not enabled"),
    ({"climate_on": True}, "remote_steering_wheel_heat_level_request", {"level": 2}, "invalid_value"),
    ({}, "media_toggle_playback", {}, "user_not_present"),
    ({}, "adjust_volume", {"volume": 3.0}, "user_not_present"),
    ({"user_present": True}, "adjust_volume", {"volume": 11.1}, "invalid_value"),
    ({"gear": "D"}, "set_sentry_mode", {"on": True}, "vehicle_not_in_park"),
    ({}, "set_valet_mode", {"on": True, "password": "12"}, "invalid_pin"),
    ({"valet_pin": "1111"}, "set_valet_mode", {"on": True, "password": "2222"}, "invalid_pin"),
    ({}, "set_valet_mode", {"on": False}, "already off"),
    ({"valet": True}, "reset_valet_pin", {}, "valet_mode_active"),
    ({}, "set_pin_to_drive", {"on": True}, "invalid_pin"),
    ({"pin_to_drive": True}, "reset_pin_to_drive_pin", {}, "pin_to_drive_active"),
    (
        {"speed_limit_on": True, "speed_limit_pin": "1234"},
        "speed_limit_activate",
        {"pin": "1234"},
        "already_set",
    ),
    ({}, "speed_limit_deactivate", {"pin": "1234"}, "already off"),
    ({"speed_limit_on": True, "speed_limit_pin": "1"}, "speed_limit_deactivate", {"pin": "2"}, "invalid_pin"),
    ({"speed_limit_on": True}, "speed_limit_clear_pin", {"pin": "1"}, "speed_limit_mode_active"),
    ({"speed_limit_pin": "1"}, "speed_limit_clear_pin", {"pin": "2"}, "invalid_pin"),
    ({"speed_limit_on": True}, "speed_limit_set_limit", {"limit_mph": 70.0}, "speed_limit_mode_active"),
    ({}, "speed_limit_set_limit", {"limit_mph": 40.0}, "invalid_value"),
    (
        {"parental": True, "parental_pin": "1234"},
        "parental_controls_activate",
        {"pin": "1234"},
        "already_set",
    ),
    ({}, "parental_controls_deactivate", {"pin": "1234"}, "already off"),
    ({"parental": True, "parental_pin": "1"}, "parental_controls_deactivate", {"pin": "2"}, "invalid_pin"),
    (
        {"parental": True},
        "parental_controls_enable_setting",
        {"setting": "Curfew", "enable": True},
        "parental_controls_active",
    ),
    ({}, "parental_controls_enable_setting", {"setting": "curfew", "enable": True}, "invalid_value"),
    (
        {"parental": True},
        "parental_controls_set_speed_limit",
        {"limit_mph": 60.0},
        "parental_controls_active",
    ),
    ({"parental": True}, "parental_controls_clear_pin", {"pin": "1"}, "parental_controls_active"),
    ({"parental_pin": "1"}, "parental_controls_clear_pin", {"pin": "2"}, "invalid_pin"),
    ({}, "erase_user_data", {}, "guest_mode_required"),
    ({"guest": True, "gear": "D"}, "erase_user_data", {}, "vehicle_not_in_park"),
    ({"guest": True}, "set_vehicle_name", {"vehicle_name": "x"}, "guest_mode_active"),
    ({}, "set_vehicle_name", {"vehicle_name": "x" * 81}, "invalid_value"),
    ({}, "schedule_software_update", {"offset_sec": 0}, "no_update_available"),
    (
        {"update_version": "1", "update_status": "installing"},
        "schedule_software_update",
        {"offset_sec": 0},
        "already_installing",
    ),
    ({"update_version": "1"}, "schedule_software_update", {"offset_sec": -1}, "invalid_value"),
    ({"update_status": "installing"}, "cancel_software_update", {}, "already_installing"),
    ({"battery_percent": 3.0}, "set_low_power_mode", {"enable": False}, "low_power_mode_enforced"),
    ({"low_power": True}, "keep_accessory_power_mode", {"enable": True}, "low_power_mode_enforced"),
    ({}, "dashcam_save_clip", {}, "dashcam_unavailable"),
    ({}, "navigation_request", {"text": ""}, "invalid_value"),
    ({}, "navigation_gps_request", {"lat": 91.0, "lon": 0.0}, "invalid_value"),
    ({}, "navigation_sc_request", {"id": 1, "order": 0}, "invalid_value"),
    ({}, "navigation_waypoints_request", {"waypoints": "somewhere"}, "invalid_value"),
]


@pytest.mark.parametrize(
    ("before", "name", "arguments", "after"),
    [pytest.param(*row, id=f"{row[1]}-{n}") for n, row in enumerate(DONE)],
)
async def test_a_command_changes_the_truth(  # noqa: PLR0913, PLR0917  # a row of the table
    world: World, car: Car, before: Truth, name: str, arguments: Truth, after: Truth
) -> None:
    if "charging_state" in before:
        car.plug_in()
    car.change(**before)

    car.execute(name, arguments)
    await world.advance(25)

    assert {fact: getattr(car.body, fact) for fact in after} == after
    assert [(one.name, one.arguments) for one in car.executed] == [(name, arguments)]
    assert car.declined == []


@pytest.mark.parametrize(
    ("before", "name", "arguments", "reason"),
    [pytest.param(*row, id=f"{row[1]}-{row[3]}-{n}") for n, row in enumerate(REFUSED)],
)
async def test_a_command_is_refused_and_then_changes_nothing(
    car: Car, before: Truth, name: str, arguments: Truth, reason: str
) -> None:
    if "charging_state" in before:
        car.plug_in()
    car.change(**before)
    truth = car.known()["body"]

    with pytest.raises(Refused) as refused:
        car.execute(name, arguments)

    assert refused.value.reason == reason
    assert car.known()["body"] == truth
    assert (car.executed, car.declined[0].reason) == ([], reason)


def test_every_command_is_tried() -> None:
    elsewhere = {
        "navigation_gps_request",
        "navigation_request",
        "navigation_sc_request",
        "navigation_waypoints_request",
        "sun_roof_control",
    }

    assert set(ACTIONS) == {row[1] for row in DONE} | elsewhere


async def test_what_is_no_command_is_refused(car: Car) -> None:
    with pytest.raises(Refused, match="not_supported"):
        car.execute("fly", {})


async def test_charging_starts_after_a_handshake_with_the_charger(world: World, car: Car) -> None:
    car.plug_in()
    await world.advance(1)
    car.stop_charging()

    car.execute("charge_start", {})
    states = []
    for _ in range(6):
        states.append(car.body.charging_state)
        await world.advance(1)

    assert states[0] == "Starting"
    assert states[-1] == "Charging"


async def test_windows_take_their_time_and_can_be_told_otherwise_meanwhile(world: World, car: Car) -> None:
    car.execute("window_control", {"command": "vent"})
    await world.advance(2)
    assert car.body.window_driver_front == "Closed"

    car.execute("window_control", {"command": "close"})
    await world.advance(10)
    assert car.body.window_driver_front == "Closed"


async def test_a_trunk_can_be_stopped_from_closing(world: World, car: Car) -> None:
    car.open_door("trunk")
    car.execute("actuate_trunk", {"which_trunk": "rear"})
    await world.advance(1)
    car.body.trunk_rear_open = False
    car.execute("actuate_trunk", {"which_trunk": "rear"})
    await world.advance(10)

    assert car.body.trunk_rear_open


async def test_a_cover_stops_where_it_is(world: World, car: Car) -> None:
    car.change(tonneau="Closed", tonneau_percent_open=0.0)
    car.execute("open_tonneau", {})
    await world.advance(3)
    car.execute("stop_tonneau", {})
    await world.advance(30)

    assert (car.body.tonneau, car.body.tonneau_percent_open) == ("PartiallyOpen", 50.0)


async def test_a_trunk_without_a_motor_stays_open(world: World) -> None:
    car = world.add_car(vehicle_config=(("plg", False),))
    car.open_door("trunk")

    car.execute("actuate_trunk", {"which_trunk": "rear"})
    await world.advance(10)
    assert car.body.trunk_rear_open
    with pytest.raises(Refused, match="unknown"):
        car.execute("close_trunk", {})
    car.execute("auto_secure_vehicle", {})
    assert (car.body.trunk_rear_open, car.body.locked) == (True, True)


@pytest.mark.parametrize(
    ("arguments", "percent"),
    [
        ({"state": "vent"}, 25),
        ({"state": "open"}, 100),
        ({"state": "close"}, 0),
        ({"state": "level", "percent": 40}, 40),
    ],
)
async def test_a_sunroof_moves_where_there_is_one(world: World, arguments: Truth, percent: int) -> None:
    car = world.add_car("old")
    car.execute("sun_roof_control", arguments)
    await world.advance(5)

    assert car.body.sunroof_percent_open == percent


async def test_a_sunroof_can_be_stopped(world: World) -> None:
    car = world.add_car("old")
    car.execute("sun_roof_control", {"state": "open"})
    car.execute("sun_roof_control", {"state": "stop"})
    await world.advance(5)

    assert car.body.sunroof_percent_open is None


async def test_an_old_car_wants_to_know_where_somebody_stands_before_it_closes(world: World) -> None:
    car = world.add_car("old")

    with pytest.raises(Refused, match="invalid_value"):
        car.execute("window_control", {"command": "close"})
    car.execute("window_control", {"command": "close", "lat": 51.4, "lon": 0.0})
    car.execute("window_control", {"command": "vent"})


async def test_keyless_driving_ends_after_two_minutes_and_begins_anew(world: World, car: Car) -> None:
    car.execute("remote_start_drive", {})
    await world.advance(90)
    car.execute("remote_start_drive", {})
    await world.advance(90)
    assert car.body.remote_start_on

    await world.advance(60)
    assert not car.body.remote_start_on


async def test_a_released_connector_is_locked_again(world: World, car: Car) -> None:
    car.plug_in()
    await world.advance(6)
    car.stop_charging()

    car.execute("charge_port_door_open", {})
    await world.advance(2)
    assert car.body.charge_port_latch == "Disengaged"
    await world.advance(60)
    assert car.body.charge_port_latch == "Engaged"


async def test_a_session_that_was_complete_goes_on_when_there_is_room_again(world: World, car: Car) -> None:
    car.charge("ac", limit=70)
    await world.advance(10)
    assert car.body.charging_state == "Complete"

    car.execute("set_charge_limit", {"percent": 90})
    await world.advance(10)

    assert car.body.charging_state == "Charging"


async def test_some_cars_want_to_be_asked_twice_for_little_current(car: Car) -> None:
    car.need_low_amps_twice()
    car.execute("set_charging_amps", {"charging_amps": 2})
    assert car.body.charge_amps_wanted == 16
    car.execute("set_charging_amps", {"charging_amps": 2})
    assert car.body.charge_amps_wanted == 2

    car.execute("set_charging_amps", {"charging_amps": 7})
    assert car.body.charge_amps_wanted == 7


async def test_a_car_that_cannot_close_its_port_says_so(world: World) -> None:
    car = world.add_car(vehicle_config=(("motorized_charge_port", False), ("pws", False)))

    with pytest.raises(Refused, match="not_supported"):
        car.execute("charge_port_door_close", {})
    with pytest.raises(Refused, match="not_supported"):
        car.execute("remote_boombox", {"sound": 0})


async def test_a_schedule_without_an_id_gets_one(car: Car) -> None:
    car.execute("add_charge_schedule", SCHEDULE | {"id": 0})

    assert car.body.charge_schedules[0]["id"] == int(car.now)


async def test_a_scheduled_start_is_the_next_of_its_time(car: Car) -> None:
    here = car.truth.local(car.now).wall
    minutes = here.hour * 60 + here.minute
    car.execute("set_scheduled_charging", {"enable": True, "time": (minutes + 60) % 1440})
    soon = car.body.scheduled_start
    car.execute("set_scheduled_charging", {"enable": True, "time": minutes})
    tomorrow = car.body.scheduled_start

    assert soon is not None
    assert tomorrow is not None
    assert 3540 <= soon - car.now <= 3600
    assert 86_340 <= tomorrow - car.now <= 86_400


async def test_seats_are_warmed_where_there_are_any(world: World) -> None:
    seven = world.add_car(vehicle_config=(("third_row_seats", "FuturisFoldFlat"), ("rear_seat_heaters", 0)))
    seven.change(climate_on=True)

    seven.execute("remote_seat_heater_request", {"seat_position": 8, "level": 2})
    assert seven.body.third_row_heaters == [0, 2]
    with pytest.raises(Refused, match="not_supported"):
        seven.execute("remote_seat_heater_request", {"seat_position": 2, "level": 1})

    data = seven.vehicle_data(["climate_state"], may_locate=True)
    assert data is not None
    assert data["climate_state"]["seat_heater_third_row_right"] == 2


async def test_only_some_seats_are_cooled(world: World) -> None:
    car = world.add_car("untyped")
    car.change(climate_on=True)

    with pytest.raises(Refused, match="not_supported"):
        car.execute("remote_seat_cooler_request", {"seat_position": 1, "seat_cooler_level": 1})


async def test_an_update_is_installed_when_its_time_has_come(world: World, car: Car) -> None:
    car.offer_update("2026.40", minutes=1)
    car.execute("schedule_software_update", {"offset_sec": 0})
    assert car.known()["body"]["update_at"] == car.now + 120
    await world.advance(100)
    assert car.body.update_status == "scheduled"

    await world.advance(100)
    assert (car.body.firmware, car.body.update_at) == ("2026.40", None)


async def test_an_update_can_be_put_off(world: World, car: Car) -> None:
    car.offer_update()
    car.execute("schedule_software_update", {"offset_sec": 0})
    car.execute("cancel_software_update", {})
    await world.advance(300)

    assert (car.body.update_status, car.body.update_at) == ("available", None)


@pytest.mark.parametrize(
    ("name", "arguments", "destination"),
    [
        ("navigation_request", {"text": "Greenwich Park"}, "Greenwich Park"),
        ("navigation_gps_request", {"lat": 51.6, "lon": 0.1}, "Dropped pin"),
        ("navigation_sc_request", {"id": 7001}, "Supercharger 7001"),
        ("navigation_waypoints_request", {"waypoints": "refId:a, refId:b"}, "b"),
    ],
)
async def test_a_destination_is_taken_over(car: Car, name: str, arguments: Truth, destination: str) -> None:
    car.execute(name, arguments)

    assert car.body.route is not None
    assert car.body.route.name == destination
    assert car.body.route.miles > 0


async def test_a_stop_on_the_way_leaves_the_destination(car: Car) -> None:
    car.execute("navigation_request", {"text": "Far away"})
    car.execute("navigation_gps_request", {"lat": 51.6, "lon": 0.1, "order": 2})
    assert car.body.route is not None
    assert car.body.route.name == "Far away"


async def test_a_car_that_takes_no_destinations_says_so(world: World) -> None:
    car = world.add_car(vehicle_config=(("can_accept_navigation_requests", False),))

    with pytest.raises(Refused, match="not_supported"):
        car.execute("navigation_request", {"text": "Somewhere"})


async def test_what_was_commanded_is_seen_in_every_view(car: Car) -> None:
    car.execute("set_vehicle_name", {"vehicle_name": "Toast"})
    car.execute("set_charge_limit", {"percent": 65})

    data = car.vehicle_data(["vehicle_state", "charge_state"], may_locate=True)
    assert data is not None
    assert data["vehicle_state"]["vehicle_name"] == "Toast"
    assert data["charge_state"]["charge_limit_soc"] == 65
    assert car.row()["display_name"] == "Toast"
