"""What can be streamed, as the service describes it to everybody."""

from collections.abc import Collection
from typing import Any

from custom_components.tesla_direct.tesla.proto import vehicle_data_pb2 as pb

from ..car.firmware import DEFAULT_DELTAS, LOCATED, ROWS, SINCE, SLOWEST_S
from ..car.spelling import number_of

TYPES = {
    "double_value": "number",
    "int_value": "integer",
    "boolean_value": "boolean",
    "string_value": "string",
    "location_value": "location",
    "door_value": "doors",
    "tire_location_value": "tires",
    "long_value": "timestamp",
}
DEFAULT_S = 60
QUICK_S = {"Location": 10, "VehicleSpeed": 10, "Gear": 1, "Locked": 1, "DetailedChargeState": 1}


def default_interval(name: str) -> float:
    """Return the seconds between two values of a field for which none are asked."""
    return max(QUICK_S.get(name, DEFAULT_S), SLOWEST_S.get(name, 0))


def described(unknown: Collection[str]) -> dict[str, Any]:
    """Describe every field but those that the service has not heard of."""
    names = [name for name in pb.Field.keys() if name != "Unknown"]  # noqa: SIM118  # an enum
    return {name: _row(name) for name in names if name not in unknown}


def _row(name: str) -> dict[str, Any]:
    member = ROWS[name].kind.member if name in ROWS else "string_value"
    since = next((since for numbers, since in SINCE if number_of(name) in numbers), ())
    row: dict[str, Any] = {
        "type": TYPES.get(member, "enum"),
        "category": "vehicle",
        "scopes": ["vehicle_location" if name in LOCATED else "vehicle_device_data"],
        "models": ["S", "3", "X", "Y", "C"],
        "version": ".".join(map(str, since)) or "2023.20.6",
        "nullable": True,
        "interval_seconds": {"default": default_interval(name), "min": SLOWEST_S.get(name, 1), "max": 86_400},
        "resend_interval_seconds": {"default": None, "min": 1},
    }
    if TYPES.get(member) == "number":
        row["minimum_delta"] = {"default": DEFAULT_DELTAS.get(name), "min": 0}
    return row
