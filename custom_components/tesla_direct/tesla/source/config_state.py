"""What is known of one car's telemetry configuration: what there is, what is to be there, and why it is not.

Source: telemetry protocol, sections 15, 16 and 18
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from math import isfinite
from typing import Any, Self

NOTHING = "nothing"  # what is to be there, other than a configuration by its mark
STOPPED = "stopped"


class Phase(StrEnum):
    """How a car's configuration stands.

    UNKNOWN:    nobody has asked yet
    ABSENT:     there is none of ours
    SENT:       the cloud has it, and waits for the car
    SYNCED:     the car has it
    SKIPPED:    the cloud did not take it for this car; the reason says why
    REFUSED:    the cloud found fault with it
    REMOVED:    it was there, and is there no more
    STOPPED:    taken away because the budget is used up
    IMPOSSIBLE: this car cannot stream; nothing is tried any more
    """

    UNKNOWN = "unknown"
    ABSENT = "absent"
    SENT = "sent"
    SYNCED = "synced"
    SKIPPED = "skipped"
    REFUSED = "refused"
    REMOVED = "removed"
    STOPPED = "stopped"
    IMPOSSIBLE = "impossible"


class Reason(StrEnum):
    """Why a configuration is not there, in Tesla's words where it has some.

    MAX_CONFIGS:      as many applications stream from the car as can
    BILLING_LIMIT:    Tesla's billing limit was reached
    STREAMING_TOGGLE: the owner has not switched streaming on in the car
    REPLACED:         somebody else has sent another one under the same application
    UNEXPLAINED:      nobody says
    NOT_PASSED_ON:    Tesla has said why it refuses it, and the command proxy kept that to itself
    """

    MISSING_KEY = "missing_key"
    UNSUPPORTED_HARDWARE = "unsupported_hardware"
    UNSUPPORTED_FIRMWARE = "unsupported_firmware"
    MAX_CONFIGS = "max_configs"
    BILLING_LIMIT = "billing_limit"
    STREAMING_TOGGLE = "streaming_toggle"
    REPLACED = "replaced"
    UNEXPLAINED = "unexplained"
    NOT_PASSED_ON = "not_passed_on"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigState:
    """What is known of one car's configuration; times in seconds since 1970, by our clock.

    reason:      why it is not there: one of `Reason`, another word of Tesla's, or a category of fields
    named:       the fields that Tesla found fault with
    since:       when the phase began
    target:      what is to be there: NOTHING, STOPPED or a configuration's mark; None if nobody has said
    target_since: when that was told first
    sent:        the mark of ours that is there as far as we know, None if there is none
    there:       whether any is there, ours or not
    fields:      what it asks for
    ca:          which authority it carries, by a mark
    sent_at, expires: when that was, and when it ends
    pushes:      how many were sent
    tried, tried_at, tried_under: mark, time and circumstances of the last attempt
    attempts:    those in a row that came to nothing, or were undone
    asked_at, asks: the last look at what is there, and how many since something has happened
    synced_at:   since when the car is seen to have it
    limit_reached: the cloud takes none just now
    limited:     requests were refused because of the billing limit since it was last seen there
    failures, not_before: requests in a row that failed, and until when none is sent
    lost:        attempts to send in a row to which there was no answer; each may have arrived
    silent_at:   since when the car counts as silent, though it has what it was sent
    late_at:     since when it counts as late in taking it
    errors_at:   when the car's own errors were read last
    held:        the user has deleted it, so that it stays deleted until he sends one
    """

    phase: Phase = Phase.UNKNOWN
    reason: str | None = None
    named: tuple[str, ...] = ()
    since: float = 0.0
    target: str | None = None
    target_since: float = 0.0
    sent: str | None = None
    there: bool = False
    fields: tuple[str, ...] = ()
    ca: str | None = None
    sent_at: float | None = None
    expires: float | None = None
    pushes: int = 0
    tried: str | None = None
    tried_at: float | None = None
    tried_under: str = ""
    attempts: int = 0
    asked_at: float | None = None
    asks: int = 0
    synced_at: float | None = None
    limit_reached: bool = False
    limited: bool = False
    failures: int = 0
    not_before: float = 0.0
    lost: int = 0
    silent_at: float | None = None
    late_at: float | None = None
    errors_at: float | None = None
    held: bool = False

    @property
    def wanted(self) -> bool:
        """Return whether a configuration is to be there."""
        return self.target not in {None, NOTHING, STOPPED}

    def to_json(self) -> dict[str, Any]:
        """Return what has to outlive a restart."""
        return asdict(self) | {"phase": self.phase.value, "named": list(self.named), "fields": [*self.fields]}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        """Return what `to_json` kept; what is not there is as if it had never happened.

        Raises: TypeError or ValueError if it was not `to_json`
        """
        known = {row.name: raw[row.name] for row in fields(cls) if row.name in raw}
        for name, value in known.items():
            if not isinstance(value, _KINDS[name]) or (isinstance(value, float) and not isfinite(value)):
                raise ValueError(f"a kept {name} of another kind")
        known["phase"] = Phase(known.get("phase", Phase.UNKNOWN))
        for name in ("named", "fields"):
            known[name] = tuple(str(each) for each in known.get(name, ()))
        return cls(**known)


_NUMBER = int | float
_KINDS: Mapping[str, Any] = {
    **dict.fromkeys(("phase", "tried_under"), str),
    **dict.fromkeys(("reason", "target", "sent", "tried", "ca"), str | None),
    **dict.fromkeys(("named", "fields"), list | tuple),
    **dict.fromkeys(("since", "target_since", "not_before"), _NUMBER),
    **dict.fromkeys(("sent_at", "expires", "tried_at", "asked_at", "synced_at"), _NUMBER | None),
    **dict.fromkeys(("silent_at", "late_at", "errors_at"), _NUMBER | None),
    **dict.fromkeys(("pushes", "attempts", "asks", "failures", "lost"), int),
    **dict.fromkeys(("there", "limit_reached", "limited", "held"), bool),
}
