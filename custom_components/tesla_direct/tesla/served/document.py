"""What is known of a car as the answers of Tesla's API: its row in a list, and its data.

TeslaMate finds a car again by its VIN, and then asks by number. It wants a time and a place with each piece
of data, and falls over one that comes without: where it is not known where the car is, that part is left out,
and TeslaMate waits.
Source: Fleet API, sections 5.2 and 5.3; providers, section 4
"""

from collections.abc import Mapping
from dataclasses import dataclass
import hashlib
from typing import Any

from ..vehicle import conclusions, model
from ..vehicle.connectivity import Power
from ..vehicle.signals import (
    ALL,
    battery,
    charge,
    config,
    connection,
    place,
    software,
)
from ..vehicle.state import VehicleState
from . import columns
from .spelling import MISSING, spelled

OFFLINE = "vehicle unavailable: vehicle is offline or asleep"
NOT_FOUND = "not_found"
NOT_YET = "upstream timeout"  # as if the car had not answered in time, of which TeslaMate makes nothing
# All of them are in each answer, even if nothing is known: TeslaMate takes no answer without.
PARTS = ("charge_state", "climate_state", "drive_state", "gui_settings", "vehicle_config", "vehicle_state")
API_VERSION = 86  # what cars of our day say
DERIVED = 2**52  # Tesla's own numbers are below that; and above 2**53 some programs round
# At the top of a document, where `row` puts them by other rules.
_OF_ROW = frozenset({connection.API_NUMBER, connection.STREAM_NUMBER, connection.STATE})


@dataclass(frozen=True, slots=True)
class Numbers:
    """How Tesla's API and its old stream number a car."""

    id: int
    vehicle_id: int


def numbers(vin: str, state: VehicleState) -> Numbers:
    """Return the numbers that Tesla has for a car; where nobody has told them, some of our own."""
    own = derived(vin)
    return Numbers(
        state.get(connection.API_NUMBER) or own.id, state.get(connection.STREAM_NUMBER) or own.vehicle_id
    )


def derived(vin: str) -> Numbers:
    """Return numbers that follow from a VIN, the same for ever, and not to be read back."""
    digest = hashlib.sha256(f"served {vin}".encode()).digest()
    first, second = (int.from_bytes(digest[at : at + 6]) for at in (0, 6))
    return Numbers(DERIVED + first, DERIVED + second)


def is_called(vin: str, state: VehicleState, name: str) -> bool:
    """Return whether a car is meant by a name: its VIN, or one of its numbers."""
    known, own = numbers(vin, state), derived(vin)
    return name in {vin, *(str(number) for one in (known, own) for number in (one.id, one.vehicle_id))}


def row(vin: str, state: VehicleState, power: Power) -> dict[str, Any]:
    """Return a car as lists of cars have it."""
    known = numbers(vin, state)
    return {
        "id": known.id,
        "id_s": str(known.id),
        "vehicle_id": known.vehicle_id,
        "vin": vin,
        "display_name": state.get(software.VEHICLE_NAME),
        "access_type": "OWNER",
        "option_codes": None,
        "color": None,
        "tokens": None,
        "state": reachable(state, power).value,
        "in_service": state.get(connection.IN_SERVICE) is True,
        "calendar_enabled": True,
        "api_version": API_VERSION,
    }


def reachable(state: VehicleState, power: Power) -> Power:
    """Return how reachable a car is, as Tesla words it: just after a restart it is as it was before."""
    if power is not Power.UNKNOWN:
        return power
    before = state.get(connection.STATE)
    return Power.OFFLINE if before is None else Power(before)


def vehicle_data(vin: str, state: VehicleState, power: Power, at: float) -> dict[str, Any]:
    """Return all that is known of a car.

    at: the time that its parts have, seconds since 1970, by the car's clock
    """
    timestamp = round(at * 1000)
    parts: dict[str, dict[str, Any]] = {part: {} for part in PARTS}
    for signal in ALL:
        if signal.path is None or signal in _OF_ROW:
            continue
        value = state.get(signal)
        first, *rest = signal.path.split(".")
        if value is None or not (rest or signal.members):
            continue
        if (written := spelled(signal, value)) is not MISSING:
            _put(parts.setdefault(first, {}), rest, written)
    for name, more in _concluded(vin, state).items():
        told = {**parts[name], **more}
        parts[name] = {key: value for key, value in told.items() if value is not None}
    parts["vehicle_state"].setdefault("software_update", {})["status"] = _update_status(state)
    for part in parts.values():
        part["timestamp"] = timestamp
    if state.get(place.LOCATION) is None:
        del parts["drive_state"]
    return row(vin, state, power) | parts


def _put(part: dict[str, Any], keys: list[str], value: Any) -> None:
    """Write a value where its path leads; one of several members stands beside the others."""
    if not keys:
        part |= value
        return
    for key in keys[:-1]:
        part = part.setdefault(key, {})
    part[keys[-1]] = value


def _concluded(vin: str, state: VehicleState) -> Mapping[str, Mapping[str, Any]]:
    """Return what follows from several facts, or stands in for one that the car does not tell."""
    ideal, rated = state.get(battery.RANGE_IDEAL), state.get(battery.RANGE)
    gear, speed, phases = conclusions.gear(state), conclusions.speed(state), state.get(charge.PHASES)
    power = conclusions.charger_power(state)
    car_type = state.get(config.CAR_TYPE)
    return {
        "charge_state": {
            "battery_level": _whole(columns.level(state)),
            # No charge is logged without it; cars of our day tell the same for both.
            "ideal_battery_range": rated if ideal is None else ideal,
            "charger_power": _whole(power),
            "charger_phases": phases or None,
        },
        "climate_state": {"is_climate_on": conclusions.climate_on(state)},
        "drive_state": {
            "native_location_supported": 1,
            "power": columns.power(state),
            "shift_state": None if gear is None else gear.upper(),
            "speed": None if gear == "p" else _whole(speed),
        },
        # Without it TeslaMate forgets which model it has recorded.
        "vehicle_config": {"car_type": car_type or _type_of(vin)},
        "vehicle_state": {
            "api_version": API_VERSION,
            "is_user_present": conclusions.user_present(state),
        },
    }


def _type_of(vin: str) -> str | None:
    """Return a car's type as its VIN tells it: "Model 3" is model3."""
    name = model.read_vin(vin).model
    return None if name is None else name.replace(" ", "").lower()


def _update_status(state: VehicleState) -> str:
    """Return how far an update is; a car that streams tells of it in other words than a poll."""
    told = state.get(software.UPDATE_STATUS)
    if conclusions.installing(state):
        return "installing"
    if told in ("downloading", "downloading_wifi_wait", "scheduled"):
        return told
    return "available" if conclusions.update_ready(state) else ""


def _whole(number: float | None) -> int | None:
    return None if number is None else round(number)
