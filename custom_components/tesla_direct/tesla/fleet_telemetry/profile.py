"""Which fields a car is asked for, and how often: derived from what is shown of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Self

from ..vehicle.signal import AnySignal
from .config import Pace
from .fields import FIELDS

HEARTBEAT = "Version"  # every car has it, it hardly ever changes, and we need it ourselves
HEARTBEAT_RESEND = 600  # seconds
MOST_A_SECOND = 10.0  # updates that Tesla allows, all fields together


class Profile(StrEnum):
    """How much a user wants to see, and pay."""

    ECONOMICAL = "economical"
    STANDARD = "standard"
    DETAILED = "detailed"
    OWN = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """What a user wants otherwise of one field; None where the profile decides."""

    interval: int | None = None
    minimum_delta: float | None = None
    resend: int | None = None
    include: tuple[str, ...] = ()
    off: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return what options keep."""
        return {
            "interval": self.interval,
            "minimum_delta": self.minimum_delta,
            "resend": self.resend,
            "include": list(self.include),
            "off": self.off,
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        """Return what `to_json` kept."""
        return cls(**{**raw, "include": tuple(raw.get("include", ()))})


@dataclass(frozen=True, slots=True)
class Selection:
    """A user's choice.

    fields: what he has chosen himself; with a profile of his own only
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
        """Return what `to_json` kept."""
        return cls(
            Profile(raw["profile"]),
            frozenset(raw["fields"]),
            {name: Tuning.from_json(tuning) for name, tuning in raw["tunings"].items()},
        )


_INTERVALS = {Profile.ECONOMICAL: 300, Profile.STANDARD: 60, Profile.DETAILED: 30, Profile.OWN: 60}


def fields_for(signals: Iterable[AnySignal]) -> frozenset[str]:
    """Return the fields that tell some facts."""
    names = set[str]()
    for signal in signals:
        for each in (signal, *signal.pushed_as):
            if each.field is not None:
                names.add(each.field.partition(".")[0])
    return frozenset(names & FIELDS.keys())


def paces(selection: Selection, wished: Iterable[str]) -> dict[str, Pace]:
    """Return how often each field is to be sent."""
    names = set(selection.fields if selection.profile is Profile.OWN else wished) | {HEARTBEAT}
    result = {}
    for name in sorted(names & FIELDS.keys()):
        tuning = selection.tunings.get(name, Tuning())
        if tuning.off and name != HEARTBEAT:
            continue
        result[name] = Pace(
            tuning.interval or _INTERVALS[selection.profile],
            tuning.minimum_delta,
            tuning.resend or (HEARTBEAT_RESEND if name == HEARTBEAT else None),
            tuning.include,
        )
    return result


def slowed(wanted: Mapping[str, Pace]) -> dict[str, Pace]:
    """Return the same fields, each at the slower of its own pace and the economical one."""
    slow = _INTERVALS[Profile.ECONOMICAL]
    return {name: replace(pace, interval=max(pace.interval, slow)) for name, pace in wanted.items()}
