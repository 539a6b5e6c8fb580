"""Sub-documents of `getVehicleData`: the same truth as `vehicle_data`, in messages instead of JSON."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from custom_components.tesla_direct.tesla.proto import vehicle_pb2 as pb

from ..snapshot.charge import charge_state
from ..snapshot.climate import climate_state
from ..snapshot.drive import drive_state
from ..snapshot.vehicle import vehicle_state
from ..truth import Truth

WHOLE = (
    FieldDescriptor.CPPTYPE_INT32,
    FieldDescriptor.CPPTYPE_INT64,
    FieldDescriptor.CPPTYPE_UINT32,
    FieldDescriptor.CPPTYPE_UINT64,
)
FRACTION = (FieldDescriptor.CPPTYPE_FLOAT, FieldDescriptor.CPPTYPE_DOUBLE)
DOORS = {
    "door_open_driver_front": "df",
    "door_open_driver_rear": "dr",
    "door_open_passenger_front": "pf",
    "door_open_passenger_rear": "pr",
    "door_open_trunk_front": "ft",
    "door_open_trunk_rear": "rt",
    "window_open_driver_front": "fd_window",
    "window_open_passenger_front": "fp_window",
    "window_open_driver_rear": "rd_window",
    "window_open_passenger_rear": "rp_window",
}
DEFROST = {"Off": "Off", "Normal": "Normal", "Max": "Max", "AutoDefog": "Normal"}
UPDATES = {
    "installing": "Installing",
    "scheduled": "Scheduled",
    "available": "Available",
    "downloading": "Downloading",
    "downloading_wifi_wait": "DownloadingWifiWait",
}
SOURCES = {"": "None", "Radio": "FM", "Spotify": "Spotify"}

type Writer = Callable[[Truth, pb.VehicleData, Timestamp], None]


def fill(message: Message, values: Mapping[str, Any], **renamed: str) -> None:
    """Set the plain fields that have a value of their name, or of the name that `renamed` gives."""
    for field in message.DESCRIPTOR.fields:
        value = values.get(renamed.get(field.name, field.name))
        if value is None or field.is_repeated:
            continue
        if field.cpp_type in WHOLE and isinstance(value, int | float):
            setattr(message, field.name, int(value))
        elif field.cpp_type in FRACTION and isinstance(value, int | float):
            setattr(message, field.name, float(value))
        elif field.cpp_type == FieldDescriptor.CPPTYPE_BOOL and isinstance(value, int):
            setattr(message, field.name, bool(value))
        elif field.cpp_type == FieldDescriptor.CPPTYPE_STRING and isinstance(value, str):
            setattr(message, field.name, value)


def choose(message: Any, member: str) -> None:
    """Set the member of a message that stands for a choice."""
    known = member in message.DESCRIPTOR.fields_by_name
    getattr(message, member if known else "Unknown").SetInParent()


def _charge(truth: Truth, data: pb.VehicleData, at: Timestamp) -> None:
    state, body = data.charge_state, truth.body
    fill(state, charge_state(truth) | {"timestamp": None}, charging_amps="charge_current_request")
    choose(state.charging_state, body.charging_state)
    choose(state.conn_charge_cable, body.cable or "SNA")
    choose(state.charge_port_latch, body.charge_port_latch)
    choose(state.fast_charger_type, body.fast_charger or "SNA")
    state.timestamp.CopyFrom(at)


def _climate(truth: Truth, data: pb.VehicleData, at: Timestamp) -> None:
    state, body = data.climate_state, truth.body
    fill(
        state,
        climate_state(truth) | {"cabin_overheat_protection": None, "cop_activation_temperature": None},
        inside_temp_celsius="inside_temp",
        outside_temp_celsius="outside_temp",
        min_avail_temp_celsius="min_avail_temp",
        max_avail_temp_celsius="max_avail_temp",
        bioweapon_mode_on="bioweapon_mode",
    )
    choose(state.climate_keeper_mode, body.climate_keeper)
    choose(state.defrost_mode, DEFROST[body.defrost])
    state.MergeFrom(
        pb.ClimateState(
            cabin_overheat_protection=f"CabinOverheatProtection{body.overheat_protection}",
            cop_activation_temperature=f"CopActivationTemp{body.overheat_limit}",
        )
    )
    state.timestamp.CopyFrom(at)


def _drive(truth: Truth, data: pb.VehicleData, at: Timestamp) -> None:
    state, body = data.drive_state, truth.body
    fill(state, drive_state(truth, located=True), speed_float="speed")
    choose(state.shift_state, body.gear)
    state.odometer_in_hundredths_of_a_mile = int(body.odometer_miles * 100)
    state.timestamp.CopyFrom(at)


def _location(truth: Truth, data: pb.VehicleData, at: Timestamp) -> None:
    fill(data.location_state, drive_state(truth, located=True))
    choose(data.location_state.native_type, "WGS")
    data.location_state.timestamp.CopyFrom(at)


def _closures(truth: Truth, data: pb.VehicleData, at: Timestamp) -> None:
    state, body = data.closures_state, truth.body
    fill(state, vehicle_state(truth), **DOORS)
    choose(state.sentry_mode_state, body.sentry)
    fill(state.speed_limit_mode, vehicle_state(truth)["speed_limit_mode"])
    state.timestamp.CopyFrom(at)


def _schedules(rows: Iterable[Mapping[str, Any]], message: Any) -> None:
    for row in rows:
        fill(message.add(), row)


def _charge_schedules(truth: Truth, data: pb.VehicleData, at: Timestamp) -> None:
    _schedules(truth.body.charge_schedules, data.charge_schedule_state.charge_schedules)
    data.charge_schedule_state.timestamp.CopyFrom(at)


def _precondition_schedules(truth: Truth, data: pb.VehicleData, at: Timestamp) -> None:
    state = data.preconditioning_schedule_state
    _schedules(truth.body.precondition_schedules, state.precondition_schedules)
    state.timestamp.CopyFrom(at)


def _tyres(truth: Truth, data: pb.VehicleData, at: Timestamp) -> None:
    fill(data.tire_pressure_state, vehicle_state(truth))
    data.tire_pressure_state.timestamp.CopyFrom(at)


def _media(truth: Truth, data: pb.VehicleData, at: Timestamp) -> None:
    state = data.media_state
    fill(state, vehicle_state(truth)["media_info"] | {"remote_control_enabled": True})
    source = SOURCES.get(truth.body.media_source, "None")
    state.MergeFrom(
        pb.MediaState(media_playback_status=truth.body.media, now_playing_source=f"MediaSourceType_{source}")
    )
    state.timestamp.CopyFrom(at)


def _media_detail(truth: Truth, data: pb.VehicleData, at: Timestamp) -> None:
    fill(
        data.media_detail_state,
        vehicle_state(truth)["media_info"],
        now_playing_source_string="now_playing_source",
    )
    data.media_detail_state.timestamp.CopyFrom(at)


def _software(truth: Truth, data: pb.VehicleData, at: Timestamp) -> None:
    state = data.software_update_state
    fill(state, vehicle_state(truth)["software_update"])
    choose(state.status, UPDATES.get(truth.body.update_status, "Unknown"))
    state.timestamp.CopyFrom(at)


def _parental(truth: Truth, data: pb.VehicleData, at: Timestamp) -> None:
    state, body = data.parental_controls_state, truth.body
    state.parental_controls_active = body.parental
    state.parental_controls_pin_set = body.parental_pin is not None
    settings = state.parental_controls_settings
    settings.speed_limit_enabled = "SpeedLimit" in body.parental_settings
    settings.current_limit_mph = body.parental_limit_mph
    settings.chill_acceleration_enabled = "Acceleration" in body.parental_settings
    settings.require_safety_settings_enabled = "SafetyFeatures" in body.parental_settings
    settings.curfew_enabled = "Curfew" in body.parental_settings
    state.timestamp.CopyFrom(at)


DOCUMENTS: Mapping[str, Writer] = {
    "getChargeState": _charge,
    "getClimateState": _climate,
    "getDriveState": _drive,
    "getLocationState": _location,
    "getClosuresState": _closures,
    "getChargeScheduleState": _charge_schedules,
    "getPreconditioningScheduleState": _precondition_schedules,
    "getTirePressureState": _tyres,
    "getMediaState": _media,
    "getMediaDetailState": _media_detail,
    "getSoftwareUpdateState": _software,
    "getParentalControlsState": _parental,
}
