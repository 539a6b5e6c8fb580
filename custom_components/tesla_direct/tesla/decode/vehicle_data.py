"""The snapshot `vehicle_data` into reports.

Any key may be missing (nobody said anything), null (not known just now), or of a type that nobody expects
(unknown too, and counted). Nothing of it raises.
Source: Fleet API, section 5.3; tests/fixtures/
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..vehicle.kind import UNKNOWN, number
from ..vehicle.signal import LOCATION_SCOPE, AnySignal, Report
from ..vehicle.signals import ALL

SOURCE = "poll"
EARLIEST = 1_325_376_000_000  # ms, 2012: before the first car that could be asked
LOCATION_DATA = "location_data"
CONFIG = "vehicle_config"

_MISSING = object()
_NONSENSE = object()  # no kind can make anything of it


@dataclass(frozen=True, slots=True)
class _Step:
    """Where in a sub-document a signal stands; `keys` is empty where it takes the whole of it."""

    signal: AnySignal
    keys: tuple[str, ...]


def _table() -> tuple[tuple[_Step, ...], dict[str, tuple[_Step, ...]]]:
    """Return what stands at the top of a response, and what in each of its sub-documents."""
    top: list[_Step] = []
    # First of all the odometer's: it tells the journal whether a charge belongs to a new plug-in.
    documents: dict[str, list[_Step]] = {"vehicle_state": []}
    for signal in ALL:
        if signal.path is None:
            continue
        first, *rest = signal.path.split(".")
        if rest or signal.members:
            documents.setdefault(first, []).append(_Step(signal, tuple(rest)))
        else:
            top.append(_Step(signal, (first,)))
    return tuple(top), {name: tuple(steps) for name, steps in documents.items()}


_TOP, _DOCUMENTS = _table()


def decode(response: Mapping[str, Any], received: float, skipped: Counter[str]) -> list[Report]:
    """Return what a snapshot says: a report for each of its sub-documents, dated by the car.

    response: the object `response` of the answer
    received: seconds since 1970, by our clock; a time ahead of it is clamped to it
    skipped:  counts the paths whose values nobody understands
    """
    reports = []
    if top := _read(response, _TOP, "", skipped):
        reports.append(Report(top, received, SOURCE, received))
    for name, steps in _DOCUMENTS.items():
        document = response.get(name)
        if isinstance(document, Mapping):
            values = _read(document, steps, f"{name}.", skipped)
            if name == CONFIG:
                # What a car is built of it does not lose: a null is what it has not found out yet.
                values = {signal: value for signal, value in values.items() if value is not None}
            if values:
                reports.append(Report(values, _measured_at(document, received), SOURCE, received))
        elif document is not None:
            skipped[name] += 1
    return reports


def endpoints_for(signals: Iterable[AnySignal]) -> set[str]:
    """Return which parts of `vehicle_data` have to be asked for, as its parameter `endpoints` names them."""
    parts = set[str]()
    for signal in signals:
        first = (signal.path or "").partition(".")[0]
        if first in _DOCUMENTS:
            parts.add(first)
            # Since firmware 2023.38 places are left out of drive_state unless asked for by this name.
            if signal.scope == LOCATION_SCOPE:
                parts.add(LOCATION_DATA)
    return parts


def parts_of(response: Mapping[str, Any]) -> frozenset[str]:
    """Return which parts a snapshot brings, as the parameter `endpoints` names them."""
    parts = frozenset(name for name in _DOCUMENTS if isinstance(response.get(name), Mapping))
    located = "drive_state" in parts and "latitude" in response["drive_state"]
    return parts | {LOCATION_DATA} if located else parts


def _read(
    document: Mapping[str, Any], steps: Iterable[_Step], prefix: str, skipped: Counter[str]
) -> dict[AnySignal, Any]:
    """Return the values of those signals that a document speaks of, and of those that its silence ends."""
    values: dict[AnySignal, Any] = {}
    located = "latitude" in document
    for step in steps:
        signal = step.signal
        raw = _find(document, step)
        if raw is not _MISSING:
            values[signal] = _value(signal, raw, prefix + ".".join(step.keys), skipped)
        # A poll that was not given the place keeps silent about the destination for that reason alone.
        elif signal.clears and (located or signal.scope != LOCATION_SCOPE):
            values[signal] = None
    return values


def _find(document: Mapping[str, Any], step: _Step) -> Any:
    """Return what stands at a signal's place: null below null, and nonsense below nonsense."""
    found: Any = document
    for key in step.keys:
        if not isinstance(found, Mapping):
            return None if found is None else _NONSENSE
        if key not in found:
            return _MISSING
        found = found[key]
    members = step.signal.members
    if members and not (isinstance(found, Mapping) and any(member in found for member in members)):
        return _MISSING
    return found


def _value(signal: AnySignal, raw: Any, path: str, skipped: Counter[str]) -> Any:
    value = signal.kind(raw)
    # A whole document that gives no value has nulls in it; anything else is not understood.
    if value is None and not signal.members and not _says_unknown(raw):
        skipped[path] += 1
    return value


def _says_unknown(raw: Any) -> bool:
    # 0 is how a time says that there is none.
    return raw is None or (isinstance(raw, str) and raw in UNKNOWN) or (type(raw) is int and raw == 0)


def _measured_at(document: Mapping[str, Any], received: float) -> float:
    timestamp = number(document.get("timestamp"))
    if timestamp is None or timestamp < EARLIEST:
        return received
    return min(timestamp / 1000, received)
