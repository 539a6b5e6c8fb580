"""What Fleet API finds wrong with a telemetry configuration before it lets any car see it."""

from collections.abc import Callable, Iterator, Mapping
from math import isfinite
from typing import Any

from ..car.collector import MILEAGE
from ..car.firmware import LOCATED, Firmware
from ..car.stream import DEFAULT_PORT
from .answers import REFUSALS, Answer, refusal

FASTEST = 10.0  # updates a second, of all fields together
LONGEST_S = 365 * 86_400.0  # seconds that a configuration may last
LARGEST_PORT = 65535
POLICIES = (None, "latest", "no_retry")
NEEDS_DELTA = "SelfDrivingMilesSinceReset"
INTERNAL = ("Deprecated_", "Experimental_")  # in Tesla's list of names, and unknown to its API
KEYS = frozenset({"interval_seconds", "minimum_delta", "resend_interval_seconds", "include_fields"})


def refused(claims: Mapping[str, Any], scopes: frozenset[str], now: float) -> Answer | None:
    """Return the refusal of a configuration; one thing at a time, as Tesla does, though more may be wrong.

    scopes: of the user's token
    """
    if wrong := next(faults(claims, now), None):
        return refusal(400, wrong)
    located = sorted(LOCATED.intersection(claims["fields"]))
    if located and "vehicle_location" not in scopes:
        missing: str = REFUSALS["missing_scopes"].body["error"]
        return refusal(403, missing, f"vehicle_location is required for fields: {', '.join(located)}")
    return None


def faults(claims: Mapping[str, Any], now: float) -> Iterator[str]:
    """Say what is wrong, the first thing first; how things go together only once each is right."""
    fields = claims.get("fields")
    if not isinstance(fields, dict) or not fields:
        yield "fields is required"
        return
    wrong = [f"Invalid {name}" for name, is_right in _TOP.items() if not is_right(claims.get(name))]
    for name, row in fields.items():
        wrong += _faults_of(name, row, fields)
    if wrong:
        yield from wrong
        return
    if sum(1 / row["interval_seconds"] for row in fields.values()) > FASTEST + 1e-9:
        yield "total transfer rate too high"
    expires = claims.get("exp")
    if expires is not None and not now < expires <= now + LONGEST_S:
        yield f"expiration should be greater than {now:.0f} and less than {now + LONGEST_S:.0f}"


def _faults_of(name: str, row: object, fields: Mapping[str, Any]) -> Iterator[str]:
    """Say what is wrong with one field."""
    if not _known(name):
        yield f"Unknown field {name}"
    if not isinstance(row, dict) or not row.keys() <= KEYS:
        yield f"Invalid field {name}"
        return
    if not _is_number(row.get("interval_seconds")) or row["interval_seconds"] < 1:
        yield f"Invalid interval_seconds for field {name}"
    for key in ("minimum_delta", "resend_interval_seconds"):
        if key in row and (not _is_number(row[key]) or row[key] <= 0):
            yield f"Invalid {key} for field {name}"
    if name == NEEDS_DELTA and row.get("minimum_delta", 0) < 1:
        yield f"minimum_delta of at least 1 is required for field {name}"
    along = row.get("include_fields", [])
    if not isinstance(along, list) or not all(_goes_along(other, name, fields) for other in along):
        yield f"Invalid include_fields for field {name}"


def _goes_along(other: object, name: str, fields: Mapping[str, Any]) -> bool:
    """Tell whether a field may be sent with another; what counts miles since a reset goes with its like."""
    if not isinstance(other, str) or not _known(other):
        return False
    return other in fields and (name not in MILEAGE or other in MILEAGE)


def _known(name: str) -> bool:
    """Tell whether Tesla has a field and lets others ask for it."""
    return Firmware.exists(name) and not name.startswith(INTERNAL)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _is_port(value: object) -> bool:
    """Take text too, which the car then never connects to."""
    if value is None:
        value = DEFAULT_PORT
    if isinstance(value, str):
        return value.isdecimal()
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= LARGEST_PORT


def _is_list(value: object) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(one, str) for one in value))


_TOP: Mapping[str, Callable[[Any], bool]] = {
    "hostname": _is_text,
    "port": _is_port,
    "ca": _is_text,
    "alert_types": _is_list,
    "prefer_typed": lambda value: value is None or isinstance(value, bool),
    "delivery_policy": lambda value: value in POLICIES,
    "exp": lambda value: value is None or (isinstance(value, int) and not isinstance(value, bool)),
}
