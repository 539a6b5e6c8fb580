"""What the free endpoints answer, row by row: cars, their readiness for us, what they are told to stream."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ..errors import AnswerUnreadable
from ..vehicle.connectivity import Power

MILLISECONDS = 1e11  # a time above this is not in seconds: they get there in the year 5138
LATEST = 1e14  # and above this it is no time at all, in milliseconds neither
POWERS = {power.value: power for power in Power}


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    """A row of the list of cars.

    name:            None where the owner gave none
    power:           what the cloud believes; it never asks the car for this
    access_type:     "OWNER" or "DRIVER", None if the row does not say
    hide_private:    the owner withholds the place from us
    command_signing: "off", "allowed" or "required"; only `products` says
    id, vehicle_id:  how Tesla's API and its old stream number the car; None if the row does not say
    """

    vin: str
    name: str | None
    power: Power
    access_type: str | None
    in_service: bool
    hide_private: bool
    command_signing: str | None
    id: int | None
    vehicle_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Products:
    """All that belongs to an account; energy sites as they were sent."""

    vehicles: tuple[Vehicle, ...]
    sites: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetStatus:
    """How ready one car is for our key and its telemetry; None throughout: it does not say.

    paired:            our key is on the car's keychain
    firmware:          as in "2026.26.6"
    wants_signature:   plain commands are refused
    discounted:        pays less for data, because it cannot stream
    telemetry_version: of the car's telemetry client; "unknown" on cars without one
    keys:              how many there are on the keychain, of 20 at most
    streaming_toggle:  the owner's switch on the Safety screen of an old Model S or X
    """

    paired: bool | None
    firmware: str | None
    wants_signature: bool | None
    discounted: bool | None
    telemetry_version: str | None
    keys: int | None
    streaming_toggle: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TelemetryConfigStatus:
    """What the cloud holds of a car's telemetry configuration.

    synced:        the car has what the cloud has; with `config` None it has not accepted it
    config:        as it was sent, and what signing has added; None: there is none
    limit_reached: the car streams to as many applications as it can
    key_paired:    None: it does not say
    """

    synced: bool
    config: Mapping[str, Any] | None
    limit_reached: bool
    key_paired: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """What became of a telemetry configuration that was sent.

    updated: how many cars will get it
    skipped: why one will not: "missing_key", "unsupported_hardware", "unsupported_firmware", "max_configs",
             or another word of Tesla's; by VIN
    """

    updated: int
    skipped: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TelemetryError:
    """Why a car could not do what a telemetry configuration wants, as it has reported.

    name:       of the application (its client id), or of what has failed
    text:       in the car's words
    error_name: of what kind it is, as in "config_manager_error"; None in older answers
    at:         seconds since 1970, None where it is not said
    """

    name: str | None
    text: str
    error_name: str | None
    at: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where an account lives, as `users/region` says; None where it does not, or where we do not trust it."""

    region: str | None
    base: str | None


def vehicle(row: Any) -> Vehicle:
    """Read one row of cars; AnswerUnreadable if a member has another type than documented."""
    if not isinstance(row, dict):
        raise AnswerUnreadable("a car's row that is no object")
    vin = _member(row, "vin", str)
    if not vin:
        raise AnswerUnreadable("a car's row without a VIN")
    access = _member(row, "granular_access", dict) or {}
    return Vehicle(
        vin=vin,
        name=_member(row, "display_name", str) or None,
        power=POWERS.get(_member(row, "state", str) or "", Power.UNKNOWN),
        access_type=_member(row, "access_type", str),
        in_service=bool(_member(row, "in_service", bool)),
        hide_private=bool(_member(access, "hide_private", bool)),
        command_signing=_member(row, "command_signing", str),
        id=_known(row, "id", int),
        vehicle_id=_known(row, "vehicle_id", int),
    )


def products(rows: Iterable[Any]) -> tuple[Products, int]:
    """Read all that belongs to an account; also return how many rows could not be read."""
    vehicles, sites, skipped = list[Vehicle](), list[Mapping[str, Any]](), 0
    for row in rows:
        if isinstance(row, dict) and "vin" not in row and "energy_site_id" in row:
            sites.append(row)
            continue
        try:
            vehicles.append(vehicle(row))
        except AnswerUnreadable:
            skipped += 1
    return Products(vehicles=tuple(vehicles), sites=tuple(sites)), skipped


def fleet_status(response: Mapping[str, Any]) -> dict[str, FleetStatus]:
    """Read the readiness of cars, by VIN; what is missing or of another type is not known.

    Shape:  {"key_paired_vins": [vin], "unpaired_vins": [vin], "vehicle_info": {vin: {…}}}
    Source: Fleet API, fleet_status
    """
    paired = dict.fromkeys(_vins(response, "unpaired_vins"), False)
    paired |= dict.fromkeys(_vins(response, "key_paired_vins"), True)
    infos = _known(response, "vehicle_info", dict) or {}
    return {
        vin: _status(vin, paired, _known(infos, vin, dict) or {})
        for vin in (*paired, *(infos.keys() - paired))
    }


def telemetry_config(response: Mapping[str, Any]) -> TelemetryConfigStatus:
    """Read what the cloud holds of a car's telemetry configuration.

    Shape:  {"synced": bool, "config": {…} | null, "limit_reached": bool, "key_paired": bool}
    Source: Fleet API, fleet_telemetry_config
    """
    return TelemetryConfigStatus(
        synced=bool(_known(response, "synced", bool)),
        config=_known(response, "config", dict) or None,
        limit_reached=bool(_known(response, "limit_reached", bool)),
        key_paired=_known(response, "key_paired", bool),
    )


def pushed(response: Mapping[str, Any]) -> Pushed:
    """Read what became of a configuration that was sent; what is not said counts as none.

    Shape:  {"updated_vehicles": n, "skipped_vehicles": {reason: [vin]}}, the second only if some were
    Source: Fleet API, fleet_telemetry_config
    """
    skipped = _known(response, "skipped_vehicles", dict) or {}
    return Pushed(
        updated=_number(response.get("updated_vehicles")),
        skipped={vin: str(reason) for reason in skipped for vin in _vins(skipped, reason)},
    )


def telemetry_errors(rows: Iterable[Any]) -> list[TelemetryError]:
    """Read what a car has reported; rows that make no sense are left out.

    Shape:  [{"name": client id, "error": text, "vin": vin}], in newer answers also "error_name" and
            "created_at"
    Source: Fleet API, fleet_telemetry_errors
    """
    return [
        TelemetryError(
            name=_known(row, "name", str),
            text=text,
            error_name=_known(row, "error_name", str),
            at=_moment(row.get("created_at")),
        )
        for row in rows
        if isinstance(row, dict) and (text := _known(row, "error", str)) is not None
    ]


def _number(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _moment(value: Any) -> float | None:
    """Return a time that is written in some way, in seconds since 1970; None if it is none."""
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return None
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < LATEST:
        return None
    return value / 1000 if value > MILLISECONDS else float(value)


def _status(vin: str, paired: Mapping[str, bool], info: Mapping[str, Any]) -> FleetStatus:
    return FleetStatus(
        paired=paired.get(vin),
        firmware=_known(info, "firmware_version", str),
        wants_signature=_known(info, "vehicle_command_protocol_required", bool),
        discounted=_known(info, "discounted_device_data", bool),
        telemetry_version=_known(info, "fleet_telemetry_version", str),
        keys=_known(info, "total_number_of_keys", int),
        streaming_toggle=_known(info, "safety_screen_streaming_toggle_enabled", bool),
    )


def _vins(row: Mapping[str, Any], name: str) -> list[str]:
    return [vin for vin in _known(row, name, list) or () if isinstance(vin, str)]


def _known[T](row: Mapping[str, Any], name: str, kind: type[T]) -> T | None:
    """Return a member, None if it is missing, null or of another type."""
    value = row.get(name)
    return value if isinstance(value, kind) else None


def _member[T](row: Mapping[str, Any], name: str, kind: type[T]) -> T | None:
    """Return a member, None if it is missing or null."""
    value = _known(row, name, kind)
    if value is None and row.get(name) is not None:
        raise AnswerUnreadable(f"a car's row with a {name} of another type")
    return value
