"""Which fields a car is asked for, and how often: derived from what is shown of it, or chosen.

An interval bounds only how soon a second change may follow the first: what has rested for so long is told
at once. So it is short for what somebody waits for, and long for what only drifts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import ceil, isfinite
from typing import Any, Self

from ..vehicle.signal import AnySignal
from ..vehicle.signals import battery, charge, climate, config, journal, place
from .config import Pace, names
from .fields import FIELDS, Field, Tempo, base

HEARTBEAT = "Version"  # every car has it, it hardly ever changes, and to read a car we need it ourselves
HEARTBEAT_RESEND = 600  # seconds
MOST_A_SECOND = 10.0  # updates that Tesla allows, all fields together
SOONEST, LATEST = 1, 86_400  # seconds; what an interval may be
RESEND_SOONEST = 60  # seconds
ROOM = 1.0  # updates a second that what nobody has tuned is to keep

# Of these a delta below 1 is refused, and nothing but each other may be sent along.
MILEAGE = frozenset({"MilesSinceReset", "SelfDrivingMilesSinceReset"})
MILEAGE_DELTA = 1.0
# What we compute from two facts of one record; for cars that send fields along (firmware 2026.26.6).
TOGETHER: Mapping[str, tuple[str, ...]] = {
    "PackCurrent": ("PackVoltage",),
    "BrickVoltageMax": ("BrickVoltageMin",),
    "BrickVoltageMin": ("BrickVoltageMax",),
}
# What else has to be known to tell a fact, beyond what the entities that show it read themselves.
NEEDS: Mapping[AnySignal, tuple[AnySignal, ...]] = {
    journal.PACK_POWER: (battery.VOLTAGE, battery.CURRENT),
    journal.BRICK_IMBALANCE: (battery.BRICK_VOLTAGE_MAX, battery.BRICK_VOLTAGE_MIN),
    journal.ENERGY_INTO_BATTERY: (
        battery.LIFETIME_CHARGED,
        charge.ENERGY_ADDED,
        charge.FAST_CHARGER_PRESENT,
        charge.STATE,
    ),
    journal.ENERGY_FROM_WALL: (charge.ENERGY_FROM_CHARGER, charge.FAST_CHARGER_PRESENT, charge.STATE),
    journal.CHARGE_SESSION_START: (charge.ENERGY_ADDED, charge.STATE),
    # With a fast charger the number means nothing, and must not be remembered.
    journal.CHARGE_CURRENT_MAX: (charge.CURRENT_REQUEST_MAX, charge.FAST_CHARGER_PRESENT, charge.STATE),
    charge.POWER: (charge.FAST_CHARGER_PRESENT, charge.STATE),
    # Cars tell them by the side of the car, and people think of the driver's.
    climate.DRIVER_TEMP_SETTING: (config.RIGHT_HAND_DRIVE,),
    climate.PASSENGER_TEMP_SETTING: (config.RIGHT_HAND_DRIVE,),
}
# Where chargers are told apart by places that the car knows, because nobody may know its coordinates.
PLACES = (place.AT_HOME, place.AT_WORK, place.AT_FAVORITE)


class Profile(StrEnum):
    """How much a user wants to see, and pay."""

    ECONOMICAL = "economical"
    STANDARD = "standard"
    DETAILED = "detailed"
    OWN = "own"


# Seconds: economical, standard, detailed.
_INTERVALS: Mapping[Tempo, tuple[int, int, int]] = {
    Tempo.URGENT: (60, 15, 5),
    Tempo.EVENT: (600, 60, 30),
    Tempo.SETTING: (900, 300, 60),
    Tempo.MEDIA: (900, 60, 30),
    Tempo.MOTION: (180, 10, 2),
    Tempo.FORCE: (900, 30, 5),
    Tempo.MACHINE: (900, 60, 30),
    Tempo.FLOW: (900, 60, 10),
    Tempo.LEVEL: (900, 60, 30),
    Tempo.SLOW: (1800, 300, 60),
}
_COLUMN = {Profile.ECONOMICAL: 0, Profile.STANDARD: 1, Profile.DETAILED: 2, Profile.OWN: 1}
_COARSER = 2.0  # times as large are the deltas of the economical profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """What a user wants otherwise of one field; None where the profile decides.

    off: it is not to be sent at all
    """

    interval: int | None = None
    minimum_delta: float | None = None
    resend: int | None = None
    include: tuple[str, ...] = ()
    off: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return what options keep: what differs from the profile."""
        raw: dict[str, Any] = {
            "interval": self.interval,
            "minimum_delta": self.minimum_delta,
            "resend": self.resend,
            "include": list(self.include) or None,
            "off": self.off or None,
        }
        return {name: value for name, value in raw.items() if value is not None}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        """Return what `to_json` kept.

        Raises: ValueError if it did not
        """
        try:
            interval, delta, resend = (raw.get(name) for name in ("interval", "minimum_delta", "resend"))
            return cls(
                interval=None if interval is None else int(interval),
                minimum_delta=None if delta is None else float(delta),
                resend=None if resend is None else int(resend),
                include=names(raw.get("include")),
                off=bool(raw.get("off", False)),
            )
        except (AttributeError, OverflowError, TypeError) as error:
            raise ValueError("a tuning that cannot be read") from error


@dataclass(frozen=True, slots=True)
class Selection:
    """A user's choice for a car.

    fields:  what he has chosen himself; counts with a profile of his own only
    tunings: what he wants otherwise, by field
    """

    profile: Profile = Profile.STANDARD
    fields: frozenset[str] = frozenset()
    tunings: Mapping[str, Tuning] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return what options keep."""
        return {
            "profile": self.profile.value,
            "fields": sorted(self.fields),
            "tunings": {name: tuning.to_json() for name, tuning in sorted(self.tunings.items())},
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        """Return what `to_json` kept.

        Raises: ValueError if it did not
        """
        try:
            return cls(
                Profile(raw["profile"]),
                frozenset(names(raw.get("fields"))),
                {str(name): Tuning.from_json(tuning) for name, tuning in raw.get("tunings", {}).items()},
            )
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError("a selection of fields that cannot be read") from error


def fields_for(signals: Iterable[AnySignal]) -> frozenset[str]:
    """Return the fields that tell some facts, with what is needed to compute and to understand them."""
    shown = set(signals)
    needed = shown | {other for signal in shown for other in NEEDS.get(signal, ())}
    if journal.CHARGE_CURRENT_MAX in shown and place.LOCATION not in shown:
        needed.update(PLACES)
    told = {other for signal in needed for other in (signal, *signal.pushed_as)}
    return frozenset(base(signal.field) for signal in told if signal.field is not None)


def paces(selection: Selection, wished: Iterable[str]) -> dict[str, Pace]:
    """Return how often each field is to be sent, at most `MOST_A_SECOND` together, and the heartbeat.

    wished: the fields that the profile is about; one of the user's own has fields of its own
    """
    asked = _asked(selection, wished)
    tuned = {name for name in asked if _tuning(selection, name).interval is not None}
    return _fitting(asked, tuned)


def is_crowded(selection: Selection, wished: Iterable[str]) -> bool:
    """Return whether `paces` had to slow fields down, so many are they or so fast."""
    return per_second(_asked(selection, wished)) > MOST_A_SECOND


def per_second(asked: Mapping[str, Pace]) -> float:
    """Return how many updates there are at most in a second."""
    return sum(1 / pace.interval for pace in asked.values()) + _resent(asked)


def slowed(asked: Mapping[str, Pace]) -> dict[str, Pace]:
    """Return the same fields, each as the economical profile has it where that is slower or coarser."""
    return {
        name: _slower(pace, _usual(FIELDS[name], Profile.ECONOMICAL)) if name in FIELDS else pace
        for name, pace in asked.items()
    }


def _asked(selection: Selection, wished: Iterable[str]) -> dict[str, Pace]:
    chosen = selection.fields if selection.profile is Profile.OWN else frozenset(wished)
    kept = {name for name in chosen & FIELDS.keys() if not _tuning(selection, name).off} | {HEARTBEAT}
    asked = {}
    for name in sorted(kept):
        usual = _usual(FIELDS[name], selection.profile)
        pace = _tuned(usual, _tuning(selection, name))
        include = dict.fromkeys((*TOGETHER.get(name, ()), *pace.include))
        asked[name] = replace(pace, include=tuple(one for one in include if _may_go_along(one, name, kept)))
        if name in MILEAGE:
            delta = asked[name].minimum_delta or MILEAGE_DELTA
            asked[name] = replace(asked[name], minimum_delta=max(delta, MILEAGE_DELTA))
        if name == HEARTBEAT:
            resend = min(asked[name].resend or HEARTBEAT_RESEND, HEARTBEAT_RESEND)
            asked[name] = replace(asked[name], resend=resend)
    return asked


def _tuning(selection: Selection, name: str) -> Tuning:
    return selection.tunings.get(name, _AS_IT_IS)


_AS_IT_IS = Tuning()


def _usual(row: Field, profile: Profile) -> Pace:
    """Return a field's pace in a profile."""
    delta = row.delta
    if delta is not None and profile is Profile.ECONOMICAL:
        delta *= _COARSER
    return Pace(_INTERVALS[row.tempo][_COLUMN[profile]], delta)


def _tuned(usual: Pace, tuning: Tuning) -> Pace:
    interval, delta, resend = tuning.interval, tuning.minimum_delta, tuning.resend
    return Pace(
        usual.interval if interval is None else min(max(interval, SOONEST), LATEST),
        delta if delta is not None and isfinite(delta) and delta >= 0 else usual.minimum_delta,
        None if resend is None else min(max(resend, RESEND_SOONEST), LATEST),
        tuning.include,
    )


def _may_go_along(other: str, name: str, kept: set[str]) -> bool:
    return other != name and other in kept and (name not in MILEAGE or other in MILEAGE)


def _slower(one: Pace, other: Pace) -> Pace:
    deltas = [pace.minimum_delta for pace in (one, other) if pace.minimum_delta is not None]
    return replace(
        one,
        interval=max(one.interval, other.interval),
        minimum_delta=max(deltas, default=None),
        resend=None if one.resend is None else max(one.resend, HEARTBEAT_RESEND),
    )


def _fitting(asked: Mapping[str, Pace], tuned: set[str]) -> dict[str, Pace]:
    """Return the same, slowed down until it is allowed: what nobody has tuned first."""
    excess = per_second(asked) - MOST_A_SECOND
    if excess <= 0:
        return dict(asked)
    fixed = _resent(asked)
    untuned = {name: pace for name, pace in asked.items() if name not in tuned}
    flowing = per_second(untuned) - _resent(untuned)
    slow = untuned if flowing - excess >= ROOM else asked
    flow = per_second(slow) - _resent(slow)
    rest = per_second(asked) - fixed - flow
    factor = flow / (MOST_A_SECOND - fixed - rest)
    return {
        name: replace(pace, interval=ceil(pace.interval * factor)) if name in slow else pace
        for name, pace in asked.items()
    }


def _resent(asked: Mapping[str, Pace]) -> float:
    return sum(1 / pace.resend for pace in asked.values() if pace.resend is not None)
