"""Facts that follow from one record, or from its arrival."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..vehicle.signal import AnySignal, Report
from ..vehicle.signals import battery, journal
from ..vehicle.state import VehicleState

SOURCE = "journal"
OWN_SOURCES = frozenset({SOURCE, "restored"})  # they bring no news
FRESHNESS_STEP = 60.0  # seconds between two states of "last data"; more would only fill the recorder

MISSING = object()

type Values = dict[AnySignal, Any]


@dataclass(frozen=True, slots=True)
class _Pair:
    """One fact that follows from two.

    apart: seconds by which they may have been measured apart
    """

    result: AnySignal
    first: AnySignal
    second: AnySignal
    compute: Callable[[float, float], float]
    apart: float = 0.0


def derived(report: Report, state: VehicleState) -> Values:
    """Return what follows from two facts of one record, or of two where a car tells only what has changed.

    state: which has just taken the report in
    """
    values: Values = {}
    for pair in _PAIRS:
        if pair.first not in report.values and pair.second not in report.values:
            continue
        one, other = (_value(signal, pair, report, state) for signal in (pair.first, pair.second))
        if MISSING not in (one, other):
            values[pair.result] = None if one is None or other is None else pair.compute(one, other)
    return values


def _value(signal: AnySignal, pair: _Pair, report: Report, state: VehicleState) -> Any:
    """Return what a report says of a fact, or what the same source has said of it shortly before."""
    if signal in report.values:
        return report.values[signal]
    known = state.reading(signal) if pair.apart else None
    if known and known.source == report.source and 0 <= report.at - known.at <= pair.apart:
        return known.value
    return MISSING


def freshness(report: Report, state: VehicleState) -> Values:
    """Return when the newest datum was measured and who told us, at most once a minute, whoever it is."""
    if report.source in OWN_SOURCES:
        return {}
    shown = state.get(journal.DATA_AGE)
    if shown is not None and report.at < shown + FRESHNESS_STEP:
        return {}
    return {journal.DATA_AGE: report.at, journal.DATA_SOURCE: report.source}


def _kilowatts(volts: float, amperes: float) -> float:
    return volts * amperes / 1000


def _difference(highest: float, lowest: float) -> float:
    return highest - lowest


_PAIRS = (
    # Amperes move far more than volts, and are told far more often.
    _Pair(journal.PACK_POWER, battery.VOLTAGE, battery.CURRENT, _kilowatts, apart=300.0),
    # All bricks follow the load, so the highest of now and the lowest of before say nothing.
    _Pair(journal.BRICK_IMBALANCE, battery.BRICK_VOLTAGE_MAX, battery.BRICK_VOLTAGE_MIN, _difference),
)
