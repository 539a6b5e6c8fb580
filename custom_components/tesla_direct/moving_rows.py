"""What other integrations call what we show, too: tables of their keys and ours.

A row stands here where both mean the same, and count in the same unit or have the same words, so that one can
go on where the other has stopped. Left out is, among others, the energy added while charging: ours says when
it last began at zero and theirs does not, so statistics that change from one to the other count the last
charge twice.

Source: Home Assistant's tesla_fleet, teslemetry and tessie, and alandtse/tesla: unique ids, device classes,
units and states as their code has them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

type Rows = Mapping[tuple[str, str], str]  # platform and the other's key, to our key on the same platform


@dataclass(frozen=True, slots=True, kw_only=True)
class Former:
    """Another integration for cars.

    name:   what users know it by
    joint:  what stands between VIN and key in its unique ids
    lower:  whether it writes VINs in small letters there
    rows:   its keys that we have, too
    """

    name: str
    rows: Rows
    joint: str = "-"
    lower: bool = False

    def start(self, vin: str) -> str:
        """Return what the unique ids of a car's entities begin with."""
        return f"{vin.lower() if self.lower else vin}{self.joint}"


def _rows(platform: str, **keys: str) -> dict[tuple[str, str], str]:
    return {(platform, theirs): ours for theirs, ours in keys.items()}


def _same(platform: str, *keys: str) -> dict[tuple[str, str], str]:
    return {(platform, key): key for key in keys}


WHEELS = ("fl", "fr", "rl", "rr")
MOTORS = ("f", "r", "rel", "rer")

# What the three of Home Assistant have in common.
_CORE: Rows = {
    **_rows(
        "sensor",
        charge_state_battery_range="battery_range",
        charge_state_charge_rate="charge_rate",
        charge_state_charger_actual_current="charger_current",
        charge_state_charger_power="charger_power",
        charge_state_charger_voltage="charger_voltage",
        charge_state_charging_state="charging_state",
        charge_state_est_battery_range="est_battery_range",
        charge_state_ideal_battery_range="ideal_battery_range",
        charge_state_minutes_to_full_charge="time_to_full_charge",
        charge_state_usable_battery_level="usable_battery_level",
        climate_state_driver_temp_setting="driver_temp_setting",
        climate_state_inside_temp="inside_temp",
        climate_state_outside_temp="outside_temp",
        climate_state_passenger_temp_setting="passenger_temp_setting",
        drive_state_active_route_destination="route_destination",
        drive_state_active_route_energy_at_arrival="route_energy_at_arrival",
        drive_state_active_route_miles_to_arrival="route_distance",
        drive_state_active_route_minutes_to_arrival="route_arrival",
        drive_state_active_route_traffic_minutes_delay="route_traffic_delay",
        drive_state_power="power",
        drive_state_shift_state="shift_state",
        drive_state_speed="speed",
        vehicle_state_odometer="odometer",
        **{f"vehicle_state_tpms_pressure_{wheel}": f"tpms_pressure_{wheel}" for wheel in WHEELS},
    ),
    **_rows(
        "binary_sensor",
        charge_state_conn_charge_cable="charge_cable",
        charge_state_preconditioning_enabled="preconditioning_enabled",
        charge_state_scheduled_charging_pending="scheduled_charging_pending",
        charge_state_trip_charging="trip_charging",
        climate_state_cabin_overheat_protection_actively_cooling="cop_active",
        state="online",
        vehicle_state_dashcam_state="dashcam_recording",
        vehicle_state_df="door_driver_front",
        vehicle_state_dr="door_driver_rear",
        vehicle_state_fd_window="window_driver_front",
        vehicle_state_fp_window="window_passenger_front",
        vehicle_state_is_user_present="user_present",
        vehicle_state_pf="door_passenger_front",
        vehicle_state_pr="door_passenger_rear",
        vehicle_state_rd_window="window_driver_rear",
        vehicle_state_rp_window="window_passenger_rear",
        **{f"vehicle_state_tpms_soft_warning_{wheel}": f"tpms_soft_warning_{wheel}" for wheel in WHEELS},
    ),
    **_rows("button", boombox="boombox_fart", enable_keyless_driving="keyless_driving"),
    **_same("button", "flash_lights", "honk", "wake"),
    **_rows("climate", climate_state_cabin_overheat_protection="cabin_overheat_protection"),
    **_rows(
        "cover",
        charge_state_charge_port_door_open="charge_port",
        vehicle_state_ft="frunk",
        vehicle_state_rt="trunk",
        vehicle_state_sun_roof_state="sunroof",
        windows="windows",
    ),
    **_same("device_tracker", "location", "route"),
    **_rows("lock", charge_state_charge_port_latch="charge_cable", vehicle_state_locked="doors"),
    **_same("media_player", "media"),
    **_rows(
        "number",
        charge_state_charge_current_request="charge_current",
        charge_state_charge_limit_soc="charge_limit",
    ),
    **_rows(
        "select",
        climate_state_seat_heater_left="seat_heater_front_left",
        climate_state_seat_heater_right="seat_heater_front_right",
        **{
            f"climate_state_seat_heater_{seat}": f"seat_heater_{seat}"
            for seat in ("rear_left", "rear_center", "rear_right", "third_row_left", "third_row_right")
        },
    ),
    **_rows(
        "switch",
        climate_state_defrost_mode="defrost",
        vehicle_state_sentry_mode="sentry_mode",
    ),
}

# What Tesla Fleet and Teslemetry have in common beyond that.
_FLEET: Rows = {
    **_CORE,
    **_rows("sensor", charge_state_battery_level="battery_level"),
    **_rows(
        "binary_sensor",
        charge_state_battery_heater_on="battery_heater",
        charge_state_charger_phases="three_phase",
        climate_state_is_preconditioning="is_preconditioning",
    ),
    **_same("button", "homelink"),
    **_rows("climate", driver_temp="cabin"),
    **_rows("select", climate_state_steering_wheel_heat_level="steering_wheel_heater"),
    **_rows(
        "switch",
        charge_state_user_charge_enable_request="charge",
        climate_state_auto_seat_climate_left="auto_seat_climate_left",
        climate_state_auto_seat_climate_right="auto_seat_climate_right",
        climate_state_auto_steering_wheel_heat="auto_steering_wheel_heat",
    ),
    **_rows("update", vehicle_state_software_update_status="software"),
}

# What Tesla calls the fields of a drive unit, and what we do; axles turn in other units.
_DRIVE_UNIT = {
    "heatsink_t": "heatsink_temp",
    "inverter_t": "inverter_temp",
    "motor_current_": "motor_current",
    "stator_temp_": "stator_temp",
    "torque_actual_": "torque",
    "vbat_": "battery_voltage",
}

_TESLEMETRY: Rows = {
    **_FLEET,
    **_rows(
        "sensor",
        charge_rate_mile_per_hour="charge_rate",
        charge_state_conn_charge_cable="charge_cable_type",
        current_limit_mph="speed_limit_mode_limit",
        gps_heading="heading",
        guest_mode_mobile_access_state="guest_mobile_access",
        homelink_device_count="homelink_devices",
        hvac_left_temperature_request="driver_temp_setting",
        hvac_right_temperature_request="passenger_temp_setting",
        lifetime_energy_gained_regen="lifetime_energy_regen",
        lights_turn_signal="turn_signal",
        paired_phone_key_and_key_fob_qty="paired_keys",
        powershare_hours_left="powershare_time_left",
        powershare_instantaneous_power_kw="powershare_power",
        rated_range="battery_range",
        sentry_mode="sentry_state",
        software_update_expected_duration_minutes="software_update_duration",
        **{
            f"di_{theirs}{motor}": f"di_{ours}_{motor}"
            for theirs, ours in _DRIVE_UNIT.items()
            for motor in MOTORS
        },
        di_torquemotor="di_torque_motor",
    ),
    **_same(
        "sensor",
        "brick_voltage_max",
        "brick_voltage_min",
        "cruise_set_speed",
        "dc_charging_power",
        "di_slave_torque_cmd",
        "energy_remaining",
        "isolation_resistance",
        "lane_departure_avoidance",
        "lifetime_energy_used",
        "miles_since_reset",
        "module_temp_max",
        "module_temp_min",
        "pack_current",
        "pack_voltage",
        "pedal_position",
        "powershare_status",
        "powershare_stop_reason",
        "powershare_type",
        "scheduled_charging_mode",
        "self_driving_miles_since_reset",
        "tonneau_tent_mode",
        "tpms_hard_warnings",
        "tpms_soft_warnings",
    ),
    **_rows(
        "binary_sensor",
        automatic_blind_spot_camera="blind_spot_camera",
        automatic_emergency_braking_off="aeb_off",
        blind_spot_collision_warning_chime="blind_spot_chime",
        bms_full_charge_complete="full_charge_complete",
        charge_port_cold_weather_mode="cold_weather_port",
        climate_state_is_rear_defroster_on="rear_defroster",
        dc_dc_enable="dcdc_enabled",
        defrost_for_preconditioning="front_defroster",
        emergency_lane_departure_avoidance="emergency_lane_departure",
        fast_charger_present="fast_charging",
        hvil="hvil_fault",
        lights_hazards_active="hazard_lights",
        lights_high_beams="high_beams",
        offroad_lightbar_present="offroad_lightbar",
        pin_to_drive_enabled="pin_to_drive",
        rear_display_hvac_enabled="rear_display_hvac",
        supercharger_session_trip_planner="supercharger_trip_planner",
        wiper_heat_enabled="wiper_heater",
    ),
    **_same(
        "binary_sensor",
        "brake_pedal",
        "cellular",
        "charge_enable_request",
        "drive_rail",
        "driver_seat_occupied",
        "europe_vehicle",
        "gps_state",
        "homelink_nearby",
        "located_at_favorite",
        "located_at_home",
        "located_at_work",
        "remote_start_enabled",
        "right_hand_drive",
        "seat_vent_enabled",
        "service_mode",
        "speed_limit_mode",
        "wifi",
    ),
    **_same("cover", "tonneau"),
    **_same("device_tracker", "origin"),
    **_rows(
        "select",
        climate_state_seat_fan_front_left="seat_cooling_front_left",
        climate_state_seat_fan_front_right="seat_cooling_front_right",
    ),
    **_rows("switch", guest_mode_enabled="guest_mode", vehicle_state_valet_mode="valet_mode"),
}

_TESSIE: Rows = {
    **_CORE,
    **_rows(
        "sensor",
        charge_state_charge_port_latch="charge_port_latch",
        charge_state_energy_remaining="energy_remaining",
    ),
    **_same(
        "sensor", "lifetime_energy_used", "module_temp_max", "module_temp_min", "pack_current", "pack_voltage"
    ),
    **_rows(
        "binary_sensor",
        charge_state_charging_state="charging",
        climate_state_auto_seat_climate_left="auto_seat_climate_left",
        climate_state_auto_seat_climate_right="auto_seat_climate_right",
        climate_state_auto_steering_wheel_heat="auto_steering_wheel_heat",
        climate_state_battery_heater="battery_heater",
    ),
    **_rows("button", trigger_homelink="homelink"),
    **_rows("climate", primary="cabin"),
    **_rows("number", vehicle_state_speed_limit_mode_current_limit_mph="speed_limit"),
    **_rows(
        "select",
        climate_state_seat_fan_front_left="seat_cooling_front_left",
        climate_state_seat_fan_front_right="seat_cooling_front_right",
    ),
    **_rows(
        "switch",
        charge_state_charge_enable_request="charge",
        climate_state_steering_wheel_heater="steering_wheel_heater",
        vehicle_state_valet_mode="valet_mode",
    ),
    **_same("text", "navigation_destination"),
    **_rows("update", update="software"),
}

# Its seats and its gear have other words than ours; its range is rated or ideal, as the car shows it.
_TESLA_CUSTOM: Rows = {
    **_rows(
        "sensor",
        arrival_time="route_arrival",
        battery="usable_battery_level",
        charger_power="charger_power",
        charging_rate="charge_rate",
        distance_to_arrival="route_distance",
        odometer="odometer",
        temperature_inside="inside_temp",
        temperature_outside="outside_temp",
        time_charge_complete="time_to_full_charge",
        tpms_front_left="tpms_pressure_fl",
        tpms_front_right="tpms_pressure_fr",
        tpms_rear_left="tpms_pressure_rl",
        tpms_rear_right="tpms_pressure_rr",
    ),
    **_rows("binary_sensor", charger="charge_cable"),
    **_same("binary_sensor", "charging", "online", "user_present"),
    **_rows(
        "button",
        emissions_test="boombox_fart",
        horn="honk",
        remote_start="keyless_driving",
        wake_up="wake",
    ),
    **_same("button", "flash_lights", "homelink"),
    **_rows("climate", hvac_climate_system="cabin"),
    **_rows("cover", charger_door="charge_port"),
    **_same("cover", "frunk", "trunk", "windows"),
    **_rows("device_tracker", destination_location_tracker="route", location_tracker="location"),
    **_rows("lock", charge_port_latch="charge_cable", doors="doors"),
    **_rows("media_player", media_player="media"),
    **_rows("number", charge_limit="charge_limit", charging_amps="charge_current"),
    **_rows("switch", charger="charge", heated_steering="steering_wheel_heater"),
    **_same("switch", "sentry_mode", "valet_mode"),
    **_rows("update", software_update="software"),
}

# By their domains.
FORMER: Mapping[str, Former] = {
    "tesla_fleet": Former(name="Tesla Fleet", rows=_FLEET),
    "teslemetry": Former(name="Teslemetry", rows=_TESLEMETRY),
    "tessie": Former(name="Tessie", rows=_TESSIE),
    "tesla_custom": Former(name="Tesla Custom Integration", rows=_TESLA_CUSTOM, joint="_", lower=True),
}
