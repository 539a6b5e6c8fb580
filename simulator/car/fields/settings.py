"""Telemetry fields of security, software, configuration, driver aids and display settings."""

from typing import Any

from custom_components.tesla_direct.tesla.proto import vehicle_data_pb2 as pb

from ..configuration import configuration
from ..spelling import FLAG, MOMENT, NUMBER, TEXT, WHOLE, LocalTime, Row, Rows, choice
from ..truth import Truth

CAR = choice("car_type_value", pb.CarTypeValue, "CarType")
CHARGE_UNIT = choice("charge_unit_preference_value", pb.ChargeUnitPreference, "ChargeUnit")
DISPLAY = choice("display_state_value", pb.DisplayState, "DisplayState")
DISTANCE_UNIT = choice("distance_unit_value", pb.DistanceUnit, "DistanceUnit")
FCW = choice(
    "forward_collision_sensitivity_value", pb.ForwardCollisionSensitivity, "ForwardCollisionSensitivity"
)
GUEST = choice("guest_mode_mobile_access_value", pb.GuestModeMobileAccess, "GuestModeMobileAccess")
HVIL = choice("hvil_status_value", pb.HvilStatus, "HvilStatus")
LANE = choice("lane_assist_level_value", pb.LaneAssistLevel, "LaneAssistLevel")
PORT = choice("charge_port_value", pb.ChargePortValue, "ChargePort")
POWERSHARE = choice("powershare_state_value", pb.PowershareState, "PowershareState")
POWERSHARE_STOP = choice(
    "powershare_stop_reason_value", pb.PowershareStopReasonStatus, "PowershareStopReasonStatus"
)
POWERSHARE_TYPE = choice("powershare_type_value", pb.PowershareTypeStatus, "PowershareTypeStatus")
PRESSURE_UNIT = choice("pressure_unit_value", pb.PressureUnit, "PressureUnit")
SENTRY = choice("sentry_mode_state_value", pb.SentryModeState, "SentryModeState", bare=False)
SPEED = choice("speed_assist_level_value", pb.SpeedAssistLevel, "SpeedAssistLevel")
SUNROOF = choice("sunroof_installed_state_value", pb.SunroofInstalledState, "SunroofInstalledState")
TEMPERATURE_UNIT = choice("temperature_unit_value", pb.TemperatureUnit, "TemperatureUnit")

SUNROOFS = {None: "NotInstalled", 0: "NotInstalled", 1: "Gen1Installed", 2: "Gen2Installed"}
FIELD_IS_UPDATE_BEFORE = (2024, 44)


def _config(truth: Truth, key: str) -> Any:
    return configuration(truth.model)[key]


def _version(truth: Truth) -> str:
    """Return the installed version, or the offered one on firmware that mixed the two up."""
    body = truth.body
    if tuple(map(int, truth.model.firmware.split("."))) < FIELD_IS_UPDATE_BEFORE:
        return body.update_version or " "
    return f"{body.firmware} {truth.model.build}"


def _update_at(truth: Truth) -> LocalTime | None:
    at = truth.body.update_at
    return None if at is None else truth.local(at)


ROWS: Rows = {
    "AutomaticBlindSpotCamera": Row(FLAG, lambda car: car.body.blind_spot_camera),
    "AutomaticEmergencyBrakingOff": Row(FLAG, lambda car: car.body.emergency_braking_off),
    "BlindSpotCollisionWarningChime": Row(FLAG, lambda car: car.body.blind_spot_chime),
    "CarType": Row(CAR, lambda car: car.model.car_type),
    "CenterDisplay": Row(DISPLAY, lambda car: car.body.display),
    "ChargePort": Row(PORT, lambda car: _config(car, "charge_port_type")),
    "CurrentLimitMph": Row(NUMBER, lambda car: car.body.speed_limit_mph),
    "DCDCEnable": Row(FLAG, lambda car: car.body.dcdc_on),
    "EfficiencyPackage": Row(TEXT, lambda car: _config(car, "efficiency_package")),
    "EmergencyLaneDepartureAvoidance": Row(FLAG, lambda car: car.body.emergency_lane_departure),
    "EuropeVehicle": Row(FLAG, lambda car: _config(car, "eu_vehicle")),
    "ExteriorColor": Row(TEXT, lambda car: _config(car, "exterior_color")),
    "ForwardCollisionWarning": Row(FCW, lambda car: car.body.collision_warning),
    "GuestModeEnabled": Row(FLAG, lambda car: car.body.guest),
    "GuestModeMobileAccessState": Row(GUEST, lambda car: "Init" if car.body.guest else "NotAuthenticated"),
    "HomelinkDeviceCount": Row(WHOLE, lambda car: car.body.homelink_devices),
    "HomelinkNearby": Row(FLAG, lambda car: car.body.homelink_devices > 0 and car.body.near(car.body.home)),
    "Hvil": Row(HVIL, lambda car: car.body.interlock),
    "LaneDepartureAvoidance": Row(LANE, lambda car: car.body.lane_departure),
    "Locked": Row(FLAG, lambda car: car.body.locked),
    "OffroadLightbarPresent": Row(FLAG, lambda car: car.body.light_bar),
    "PairedPhoneKeyAndKeyFobQty": Row(WHOLE, lambda car: car.model.keys - 1),
    "PinToDriveEnabled": Row(FLAG, lambda car: car.body.pin_to_drive),
    "PowershareHoursLeft": Row(WHOLE, lambda car: car.body.powershare_hours),
    "PowershareInstantaneousPowerKW": Row(NUMBER, lambda car: car.body.powershare_kw),
    "PowershareStatus": Row(POWERSHARE, lambda car: car.body.powershare),
    "PowershareStopReason": Row(POWERSHARE_STOP, lambda car: car.body.powershare_stop),
    "PowershareType": Row(POWERSHARE_TYPE, lambda car: car.body.powershare_type),
    "RearSeatHeaters": Row(TEXT, lambda car: _config(car, "rear_seat_heaters")),
    "RemoteStartActive": Row(FLAG, lambda car: car.body.remote_start_on),
    "RemoteStartEnabled": Row(FLAG, lambda car: car.body.remote_start_allowed),
    "RightHandDrive": Row(FLAG, lambda car: _config(car, "rhd")),
    "RoofColor": Row(TEXT, lambda car: _config(car, "roof_color")),
    "SentryMode": Row(SENTRY, lambda car: car.body.sentry),
    "ServiceMode": Row(FLAG, lambda car: car.body.service_mode),
    "Setting24HourTime": Row(FLAG, lambda car: car.body.clock_24h),
    "SettingChargeUnit": Row(CHARGE_UNIT, lambda car: car.body.charge_unit),
    "SettingDistanceUnit": Row(DISTANCE_UNIT, lambda car: car.body.distance_unit),
    "SettingTemperatureUnit": Row(TEMPERATURE_UNIT, lambda car: car.body.temperature_unit),
    "SettingTirePressureUnit": Row(PRESSURE_UNIT, lambda car: car.body.pressure_unit),
    "SoftwareUpdateAvailable": Row(FLAG, lambda car: car.body.update_version is not None),
    "SoftwareUpdateDownloadPercentComplete": Row(WHOLE, lambda car: car.body.update_download_percent),
    "SoftwareUpdateExpectedDurationMinutes": Row(WHOLE, lambda car: car.body.update_minutes),
    "SoftwareUpdateInProgress": Row(FLAG, lambda car: car.body.update_status == "installing"),
    "SoftwareUpdateInstallationPercentComplete": Row(WHOLE, lambda car: car.body.update_install_percent),
    "SoftwareUpdateScheduledStartTime": Row(MOMENT, _update_at),
    "SoftwareUpdateVersion": Row(TEXT, lambda car: car.body.update_version or " "),
    "SpeedLimitMode": Row(FLAG, lambda car: car.body.speed_limit_on),
    "SpeedLimitWarning": Row(SPEED, lambda car: car.body.speed_warning),
    "SunroofInstalled": Row(SUNROOF, lambda car: SUNROOFS[_config(car, "sun_roof_installed")]),
    "Trim": Row(TEXT, lambda car: _config(car, "trim_badging")),
    "ValetModeEnabled": Row(FLAG, lambda car: car.body.valet),
    "VehicleName": Row(TEXT, lambda car: car.name),
    "Version": Row(TEXT, _version),
    "WheelType": Row(TEXT, lambda car: _config(car, "wheel_type")),
}
