"""Messages to the infotainment computer."""

from collections.abc import Callable, Mapping
from typing import Any

from google.protobuf.message import DecodeError

from custom_components.tesla_direct.tesla.proto import car_server_pb2 as pb
from custom_components.tesla_direct.tesla.proto import universal_message_pb2 as um

from ..actions.refused import INVALID_VALUE, Refused
from ..verifier import Fault
from .ask import Ask, ask

type Reader = Callable[[Any], Ask | list[Ask]]

CHARGING = {
    "start": "charge_start",
    "start_standard": "charge_standard",
    "start_max_range": "charge_max_range",
    "stop": "charge_stop",
}
HEAT = ("SEAT_HEATER_OFF", "SEAT_HEATER_LOW", "SEAT_HEATER_MED", "SEAT_HEATER_HIGH")
SEATS = (
    "CAR_SEAT_FRONT_LEFT",
    "CAR_SEAT_FRONT_RIGHT",
    "CAR_SEAT_REAR_LEFT",
    "CAR_SEAT_REAR_LEFT_BACK",
    "CAR_SEAT_REAR_CENTER",
    "CAR_SEAT_REAR_RIGHT",
    "CAR_SEAT_REAR_RIGHT_BACK",
    "CAR_SEAT_THIRD_ROW_LEFT",
    "CAR_SEAT_THIRD_ROW_RIGHT",
)


def read(payload: bytes) -> tuple[str, list[Ask]]:
    """Return the member that is set, and what it asks for.

    Raises: Fault where it cannot be read or is not known, Refused where it makes no sense
    """
    try:
        action = pb.Action.FromString(payload)
    except DecodeError:
        raise Fault(um.MESSAGEFAULT_ERROR_DECODING) from None
    member = action.vehicleAction.WhichOneof("vehicle_action_msg")
    if member is None or member not in READERS:
        raise Fault(um.MESSAGEFAULT_ERROR_INVALID_COMMAND)
    asks = READERS[member](getattr(action.vehicleAction, member))
    return member, [asks] if isinstance(asks, Ask) else asks


def _plain(name: str, *fields: str, **renamed: str) -> Reader:
    """Read a message whose fields are the parameters, some under another name."""

    def reader(message: Any) -> Ask:
        same = {field: getattr(message, field) for field in fields}
        return Ask(name, same | {ours: getattr(message, field) for ours, field in renamed.items()})

    return reader


def _either(field: str, yes: str, no: str, *also: str) -> Reader:
    """Read a message that is one command or another, by a field that is true or false."""

    def reader(message: Any) -> Ask:
        return Ask(yes if getattr(message, field) else no, {name: getattr(message, name) for name in also})

    return reader


def _member(message: Any, group: str, names: Mapping[str, Any]) -> Any:
    """Return what a member of a oneof stands for.

    Raises: Refused where none is set that means something
    """
    member = message.WhichOneof(group)
    if member not in names:
        raise Refused(INVALID_VALUE)
    return names[member]


def _charging(message: pb.ChargingStartStopAction) -> Ask:
    return ask(_member(message, "charging_action", CHARGING))


def _windows(message: pb.VehicleControlWindowAction) -> Ask:
    names = {"vent": "vent", "close": "close"}
    return ask("window_control", command=_member(message, "action", names))


def _sunroof(message: pb.VehicleControlSunroofOpenCloseAction) -> Ask:
    if message.WhichOneof("sunroof_level") == "absolute_level":
        return ask("sun_roof_control", state="level", percent=message.absolute_level)
    names = {"vent": "vent", "close": "close", "open": "open"}
    return ask("sun_roof_control", state=_member(message, "action", names))


def _homelink(message: pb.VehicleControlTriggerHomelinkAction) -> Ask:
    lat, lon = _place(message.location)
    return ask("trigger_homelink", lat=lat, lon=lon, token=message.token)


def _seat_heaters(message: pb.HvacSeatHeaterActions) -> list[Ask]:
    levels = {name: level for level, name in enumerate(HEAT)}
    seats = {name: seat for seat, name in enumerate(SEATS)}
    return [
        ask(
            "remote_seat_heater_request",
            seat_position=_member(one, "seat_position", seats),
            level=_member(one, "seat_heater_level", levels),
        )
        for one in message.hvacSeatHeaterAction
    ]


def _seat_coolers(message: pb.HvacSeatCoolerActions) -> list[Ask]:
    return [
        ask(
            "remote_seat_cooler_request",
            seat_position=int(one.seat_position),
            seat_cooler_level=one.seat_cooler_level - 1,
        )
        for one in message.hvacSeatCoolerAction
    ]


def _auto_seats(message: pb.AutoSeatClimateAction) -> list[Ask]:
    return [
        ask(
            "remote_auto_seat_climate_request",
            auto_seat_position=int(one.seat_position),
            auto_climate_on=one.on,
        )
        for one in message.carseat
    ]


def _volume(message: pb.MediaUpdateVolume) -> Ask:
    if message.WhichOneof("media_volume") == "volume_absolute_float":
        return ask("adjust_volume", volume=round(message.volume_absolute_float, 4))
    if not message.volume_delta:
        raise Refused(INVALID_VALUE)
    return ask("media_volume_up" if message.volume_delta > 0 else "media_volume_down")


def _departure(message: pb.ScheduledDepartureAction) -> Ask:
    if not message.enabled:
        return ask("set_scheduled_departure", enable=False)
    return ask(
        "set_scheduled_departure",
        enable=True,
        departure_time=message.departure_time,
        preconditioning=message.preconditioning_times.WhichOneof("times"),
        off_peak_charging=message.off_peak_charging_times.WhichOneof("times"),
        end_off_peak_time=message.off_peak_hours_end_time,
    )


def _schedule(name: str, *fields: str) -> Reader:
    def reader(message: Any) -> Ask:
        lat, lon = _place(message)
        row = {field: getattr(message, field) for field in ("id", "name", "days_of_week", *fields)}
        shared = {"one_time": message.one_time, "enabled": message.enabled, "latitude": lat, "longitude": lon}
        return Ask(name, row | shared)

    return reader


def _wheel_level(message: Any) -> Ask:
    levels = {1: 0, 2: 1, 3: 3}
    if message.stw_heat_level not in levels:
        raise Refused(INVALID_VALUE)
    return ask("remote_steering_wheel_heat_level_request", level=levels[message.stw_heat_level])


def _parental_setting(message: pb.ParentalControlsEnableSettingsAction) -> Ask:
    names = pb.ParentalControlsEnableSettingsAction.ParentalControlsSetting_E
    if message.setting not in names.values():
        raise Refused(INVALID_VALUE)
    return ask("parental_controls_enable_setting", setting=names.Name(message.setting), enable=message.enable)


def _temperatures(message: pb.HvacTemperatureAdjustmentAction) -> Ask:
    return ask(
        "set_temps",
        driver_temp=round(message.driver_temp_celsius, 4),
        passenger_temp=round(message.passenger_temp_celsius, 4),
    )


def _cop_temp(message: pb.SetCopTempAction) -> Ask:
    return ask("set_cop_temp", cop_temp=message.copActivationTemp - 1)


def _batch(name: str) -> Reader:
    return _plain(name, "home", "work", "other")


def _pin_and_state(name: str) -> Reader:
    return _plain(name, "on", "password")


def _place(message: Any) -> tuple[float, float]:
    """Return a place without the noise of its 32 bits."""
    return round(message.latitude, 5), round(message.longitude, 5)


READERS: Mapping[str, Reader] = {
    "getVehicleData": _plain("get_vehicle_data"),
    "chargingSetLimitAction": _plain("set_charge_limit", "percent"),
    "chargingStartStopAction": _charging,
    "drivingClearSpeedLimitPinAction": _plain("speed_limit_clear_pin", "pin"),
    "drivingSetSpeedLimitAction": _plain("speed_limit_set_limit", "limit_mph"),
    "drivingSpeedLimitAction": _either("activate", "speed_limit_activate", "speed_limit_deactivate", "pin"),
    "hvacAutoAction": _either("power_on", "auto_conditioning_start", "auto_conditioning_stop"),
    "hvacSetPreconditioningMaxAction": _plain("set_preconditioning_max", "on", "manual_override"),
    "hvacSteeringWheelHeaterAction": _plain("remote_steering_wheel_heater_request", on="power_on"),
    "hvacTemperatureAdjustmentAction": _temperatures,
    "mediaPlayAction": _plain("media_toggle_playback"),
    "mediaUpdateVolume": _volume,
    "mediaNextFavorite": _plain("media_next_fav"),
    "mediaPreviousFavorite": _plain("media_prev_fav"),
    "mediaNextTrack": _plain("media_next_track"),
    "mediaPreviousTrack": _plain("media_prev_track"),
    "navigationRequest": _plain("navigation_request", text="destination"),
    "navigationSuperchargerRequest": _plain("navigation_sc_request", "id", order="remote_nav_trip_order"),
    "getNearbyChargingSites": _plain("nearby_charging_sites"),
    "uiSetUpcomingCalendarEntries": _plain("upcoming_calendar_entries", "calendar_data"),
    "vehicleControlCancelSoftwareUpdateAction": _plain("cancel_software_update"),
    "vehicleControlFlashLightsAction": _plain("flash_lights"),
    "vehicleControlHonkHornAction": _plain("honk_horn"),
    "vehicleControlResetValetPinAction": _plain("reset_valet_pin"),
    "vehicleControlScheduleSoftwareUpdateAction": _plain("schedule_software_update", "offset_sec"),
    "vehicleControlSetSentryModeAction": _plain("set_sentry_mode", "on"),
    "vehicleControlSetValetModeAction": _pin_and_state("set_valet_mode"),
    "vehicleControlSunroofOpenCloseAction": _sunroof,
    "vehicleControlTriggerHomelinkAction": _homelink,
    "vehicleControlWindowAction": _windows,
    "hvacBioweaponModeAction": _plain("set_bioweapon_mode", "on", "manual_override"),
    "hvacSeatHeaterActions": _seat_heaters,
    "scheduledChargingAction": _plain("set_scheduled_charging", enable="enabled", time="charging_time"),
    "scheduledDepartureAction": _departure,
    "setChargingAmpsAction": _plain("set_charging_amps", "charging_amps"),
    "hvacClimateKeeperAction": _plain(
        "set_climate_keeper_mode", "manual_override", climate_keeper_mode="ClimateKeeperAction"
    ),
    "hvacRecirculationAction": _plain("set_recirculation", "on"),
    "ping": _plain("ping"),
    "dashcamSaveClipAction": _plain("dashcam_save_clip"),
    "autoSeatClimateAction": _auto_seats,
    "hvacSeatCoolerActions": _seat_coolers,
    "setCabinOverheatProtectionAction": _plain("set_cabin_overheat_protection", "on", "fan_only"),
    "navigationGpsRequest": _plain("navigation_gps_request", "lat", "lon", "order"),
    "setVehicleNameAction": _plain("set_vehicle_name", vehicle_name="vehicleName"),
    "takeDrivenoteAction": _plain("take_drivenote", "note"),
    "chargePortDoorClose": _plain("charge_port_door_close"),
    "chargePortDoorOpen": _plain("charge_port_door_open"),
    "boomboxAction": _plain("remote_boombox", "sound"),
    "guestModeAction": _plain("guest_mode", enable="GuestModeActive"),
    "setCopTempAction": _cop_temp,
    "autoStwHeatAction": _plain("remote_auto_steering_wheel_heat_climate_request", "on"),
    "stwHeatLevelAction": _wheel_level,
    "eraseUserDataAction": _plain("erase_user_data"),
    "vehicleControlSetPinToDriveAction": _pin_and_state("set_pin_to_drive"),
    "vehicleControlResetPinToDriveAction": _plain("reset_pin_to_drive_pin"),
    "drivingClearSpeedLimitPinAdminAction": _plain("speed_limit_clear_pin_admin"),
    "vehicleControlResetPinToDriveAdminAction": _plain("clear_pin_to_drive_admin"),
    "navigationWaypointsRequest": _plain("navigation_waypoints_request", "waypoints"),
    "addChargeScheduleAction": _schedule(
        "add_charge_schedule", "start_enabled", "start_time", "end_enabled", "end_time"
    ),
    "removeChargeScheduleAction": _plain("remove_charge_schedule", "id"),
    "addPreconditionScheduleAction": _schedule("add_precondition_schedule", "precondition_time"),
    "removePreconditionScheduleAction": _plain("remove_precondition_schedule", "id"),
    "batchRemovePreconditionSchedulesAction": _batch("batch_remove_precondition_schedules"),
    "batchRemoveChargeSchedulesAction": _batch("batch_remove_charge_schedules"),
    "parentalControlsClearPinAction": _plain("parental_controls_clear_pin", "pin"),
    "parentalControlsClearPinAdminAction": _plain("parental_controls_clear_pin_admin"),
    "parentalControlsAction": _either(
        "activate", "parental_controls_activate", "parental_controls_deactivate", "pin"
    ),
    "parentalControlsEnableSettingsAction": _parental_setting,
    "parentalControlsSetSpeedLimitAction": _plain("parental_controls_set_speed_limit", "limit_mph"),
    "setLowPowerModeAction": _plain("set_low_power_mode", enable="low_power_mode"),
    "setKeepAccessoryPowerModeAction": _plain(
        "keep_accessory_power_mode", enable="keep_accessory_power_mode"
    ),
}
