"""Facts that follow from one record, or from its arrival."""

from collections.abc import Callable
from typing import Any

from ..vehicle.signal import AnySignal, Report
from ..vehicle.signals import battery, journal
from ..vehicle.state import VehicleState

SOURCE = "journal"
OWN_SOURCES = frozenset({SOURCE, "restored"})  # they bring no news
FRESHNESS_STEP = 60.0  # seconds between two states of "last data"; more would only fill the recorder

type Values = dict[AnySignal, Any]


def derived(report: Report) -> Values:
    """Return what follows from two facts of one record; facts of two records were measured apart."""
    values: Values = {}
    for result, first, second, compute in _PAIRS:
        if first not in report.values or second not in report.values:
            continue
        one, other = report.values[first], report.values[second]
        values[result] = None if one is None or other is None else compute(one, other)
    return values


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


_PAIRS: tuple[tuple[AnySignal, AnySignal, AnySignal, Callable[[float, float], float]], ...] = (
    (journal.PACK_POWER, battery.VOLTAGE, battery.CURRENT, _kilowatts),
    (journal.BRICK_IMBALANCE, battery.BRICK_VOLTAGE_MAX, battery.BRICK_VOLTAGE_MIN, _difference),
)
