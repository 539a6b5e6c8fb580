"""What a car is not asked for: what it does not know yet, what was not granted; and what it never sends."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any, Self

from .config import Pace
from .fields import FIELDS
from .profile import HEARTBEAT

DRIVES = 3  # without a word of a field, and the car does not send it: after each start every field is sent

INCLUDE_SINCE = (2026, 26, 6)  # the firmware that sends fields along with others
# What came with a firmware of the next year was brought to the last of the year before, too: from, to.
BROUGHT_BACK: Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "2025.2.6": ((2024, 45, 32, 20), (2025,)),
}

type Version = tuple[int, ...]


def held_back(
    fields: Iterable[str],
    firmware: Version | None,
    seen: Collection[str] = (),
    *,
    hardware4: bool | None = None,
) -> frozenset[str]:
    """Return the fields that a car does not know: they would only bring complaints.

    firmware:  the car's; while nobody knows it nothing is held back for its sake
    seen:      fields of which a value came: they, and what is not newer, are known whatever the firmware says
    hardware4: whether the car has that computer; None while nobody knows
    """
    proven = max((_since(name) for name in seen), default=())
    known = None if firmware is None else max(firmware, proven)
    return frozenset(
        name
        for name in fields
        if name in FIELDS and name not in seen and _is_unknown(name, known, hardware4=hardware4)
    )


def not_granted(fields: Iterable[str], scopes: Collection[str]) -> frozenset[str]:
    """Return the fields that need a scope the user has not granted; one of them spoils a configuration."""
    return frozenset(name for name in fields if name in FIELDS and FIELDS[name].scope not in (None, *scopes))


def understood(paces: Mapping[str, Pace], firmware: Version | None) -> dict[str, Pace]:
    """Return the same without fields sent along, where the firmware is too old for that or unknown."""
    if firmware is not None and firmware >= INCLUDE_SINCE:
        return dict(paces)
    return {name: replace(pace, include=()) for name, pace in paces.items()}


def _since(name: str) -> Version:
    since = FIELDS[name].since if name in FIELDS else None
    return tuple(int(part) for part in since.split(".")) if since else ()


def _is_unknown(name: str, firmware: Version | None, *, hardware4: bool | None) -> bool:
    if FIELDS[name].hardware4 and hardware4 is False:
        return True
    if firmware is None or firmware >= _since(name):
        return False
    first, before = BROUGHT_BACK.get(FIELDS[name].since or "", ((), ()))
    return not first <= firmware < before


class NeverSent:
    """Which fields a car was asked for and has never sent, drive after drive."""

    def __init__(self) -> None:
        """Start out having asked for nothing."""
        self._waited = dict[str, int]()  # drives since it was asked for, of what has not come yet

    @property
    def fields(self) -> frozenset[str]:
        """Return what this car does not send."""
        return frozenset(name for name, drives in self._waited.items() if drives >= DRIVES)

    def asked(self, fields: Iterable[str]) -> None:
        """Learn what the car has been told to send; what it is no longer told is forgotten."""
        self._waited = {name: self._waited.get(name, 0) for name in sorted(set(fields) - {HEARTBEAT})}

    def came(self, seen: Collection[str]) -> None:
        """Learn of which fields a value ever came."""
        self._waited = {name: drives for name, drives in self._waited.items() if name not in seen}

    def drove(self) -> None:
        """Learn that the car was driven while it streamed what it was asked for; `came` is told before."""
        self._waited = {name: drives + 1 for name, drives in self._waited.items()}

    def updated(self) -> None:
        """Learn that the car has another firmware, which may send what the one before did not."""
        self._waited = dict.fromkeys(self._waited, 0)

    def to_json(self) -> dict[str, Any]:
        """Return what has to outlive a restart."""
        return {"waited": dict(self._waited)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Return what `to_json` kept.

        Raises: ValueError if it did not
        """
        one = cls()
        try:
            one._waited = {str(name): int(drives) for name, drives in kept["waited"].items()}
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError("what a car never sends cannot be read") from error
        return one
