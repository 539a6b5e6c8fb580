"""What becomes of one car's telemetry configuration, and what to do about it next.

A configuration is compared with what is there before it is sent, sent once for each change, and looked at
until the car has taken it. What Tesla removes is sent again when that can work, with growing pauses. All of
this is free, and nothing here wakes a car.
Source: telemetry protocol, sections 15, 16 and 18; fleet-api reference, section 5.6
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from math import inf, isfinite
from typing import Any, Self

GATHER = 180.0  # seconds for which a wish has to stay the same before anything is done about it
FRESH = 300.0  # seconds for which what the cloud said is there counts as there
RENEW = 30 * 86_400.0  # seconds before a configuration ends in which it is renewed
LIFETIME = 90 * 86_400.0  # seconds for which one is sent: a car that nobody keeps any more falls silent
FLOOR = 900.0  # seconds between two attempts of which the first came to nothing, whatever has changed
DAY = 86_400.0
HOUR = 3600.0
# Seconds until a configuration is sent again that came to nothing, or was removed, so many times in a row.
AGAIN = (0.0, HOUR, 6 * HOUR, DAY)
SAME_REFUSAL = 7 * DAY  # seconds until what Tesla has refused is tried again, with nothing changed
UNDISTURBED = 7 * DAY  # seconds of being there after which earlier attempts are forgotten
# Seconds between looks whether the car has taken what was sent; it does at its next backend connection,
# which is a matter of seconds to many minutes while it is online.
FOLLOW = (15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, HOUR)
ASLEEP = 6 * HOUR  # seconds between those looks while it is not online
LOOK = (HOUR, HOUR, HOUR, 6 * HOUR, DAY)  # between looks at what is not as it should be
SOONER = 6 * HOUR  # seconds that pass at most between them while a limit forbids to send, or a car is silent
SILENT = 600.0  # seconds for which a car has to be online without a connection to count as silent
LATE = 1800.0  # the same of one that has not taken what was sent
ERRORS = 6 * HOUR  # seconds between looks at what the car has reported, while it does not stream

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


# Why trying soon helps nothing, whatever the configuration says.
TRIED_ONCE_A_WEEK = frozenset({Reason.UNSUPPORTED_FIRMWARE, Reason.STREAMING_TOGGLE})
AT_ONCE = frozenset({Reason.BILLING_LIMIT, Reason.REPLACED, Reason.UNEXPLAINED})


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


@dataclass(frozen=True, slots=True, kw_only=True)
class CarView:
    """What the plan has to know of the car; times in seconds since 1970, by our clock.

    online_since:  when it was first seen online in a row, None while it is not
    connected:     a telemetry connection of it is open
    silent_since:  when its last one ended; 0 if it had none
    needs_key:     it takes a configuration only by a key on its keychain
    able:          nothing that we know of is in the way of a configuration: key, streaming switch, signing
    circumstances: what else than the configuration decides whether it is taken, in one word
    """

    online_since: float | None = None
    connected: bool = False
    silent_since: float = 0.0
    needs_key: bool = True
    able: bool = True
    circumstances: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """Look at what is there."""


@dataclass(frozen=True, slots=True)
class Send:
    """Send what is to be there."""


@dataclass(frozen=True, slots=True)
class Delete:
    """Take away what is there."""


@dataclass(frozen=True, slots=True)
class AskErrors:
    """Read what the car has reported of its telemetry."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Ask again at this time, or earlier if something has happened."""

    until: float


type Step = Ask | Send | Delete | AskErrors | Wait


def next_step(state: ConfigState, view: CarView, now: float) -> Step:
    """Return what to do now about a car's configuration; `now` in seconds since 1970."""
    if state.target is None:
        return Wait(inf)
    if now < state.not_before:
        return Wait(state.not_before)
    delete, send = _delete_due(state), _send_due(state, view)
    ask, errors = _ask_due(state, view), _errors_due(state)
    push = Send() if _is_fresh(state, now) else Ask()
    for due, step in ((delete, Delete()), (send, push), (ask, Ask()), (errors, AskErrors())):
        if due <= now:
            return step
    notice = min(rest_due(state), silence_due(state, view), lateness_due(state, view))
    return Wait(min(delete, send, ask, errors, notice))


def is_ours(state: ConfigState) -> bool:
    """Return whether what is there is ours, or may be: what was sent may have arrived without an answer."""
    return state.sent is not None or (state.there and state.lost > 0)


def rest_of(state: ConfigState) -> Phase:
    """Return the phase of one that is not to be there, and is not."""
    return Phase.STOPPED if state.target == STOPPED else Phase.ABSENT


def rest_due(state: ConfigState) -> float:
    """Return from when on nothing is left to be done about one that is not to be there."""
    if state.wanted or state.target is None or state.there or state.phase is rest_of(state):
        return inf
    return state.target_since + GATHER


def silence_due(state: ConfigState, view: CarView) -> float:
    """Return from when on the car counts as silent; infinity while there is no sign of it."""
    if state.phase is not Phase.SYNCED or view.connected or view.online_since is None:
        return inf
    if state.silent_at is not None or state.synced_at is None:
        return inf
    return max(view.online_since, view.silent_since, state.synced_at) + SILENT


def lateness_due(state: ConfigState, view: CarView) -> float:
    """Return from when on the car counts as late in taking what was sent; the same."""
    if state.phase is not Phase.SENT or view.online_since is None or state.sent_at is None:
        return inf
    return inf if state.late_at is not None else max(view.online_since, state.sent_at) + LATE


def _is_fresh(state: ConfigState, now: float) -> bool:
    """Return whether the cloud was asked what is there since anything was tried or wished."""
    if state.asked_at is None or (state.tried_at is not None and state.asked_at <= state.tried_at):
        return False
    return state.asked_at >= max(state.target_since, now - FRESH)


def _delete_due(state: ConfigState) -> float:
    settled = state.target_since + GATHER
    if state.target == NOTHING and is_ours(state):
        return settled
    return settled if state.target == STOPPED and state.there else inf


def _send_due(state: ConfigState, view: CarView) -> float:
    """Return when what is to be there may be sent; infinity while it is there, or could not get there."""
    if not state.wanted or state.held or state.limit_reached or not view.able:
        return inf
    tried_at = -inf if state.tried_at is None else state.tried_at
    if state.sent == state.target:
        return inf if state.expires is None else max(state.expires - RENEW, tried_at + DAY)
    settled = state.target_since + GATHER
    if state.phase not in {Phase.SKIPPED, Phase.REMOVED, Phase.REFUSED, Phase.IMPOSSIBLE}:
        return settled
    if state.phase is Phase.REFUSED and state.tried != state.target:
        return settled  # it was the configuration that was wrong
    if view.circumstances != state.tried_under:
        return max(settled, tried_at + FLOOR)
    return max(settled, tried_at + _pause(state))


def _pause(state: ConfigState) -> float:
    """Return the seconds after which what came to nothing is tried again under the same circumstances."""
    if state.phase is Phase.IMPOSSIBLE:
        return inf
    told = state.phase is Phase.REFUSED and state.reason != Reason.NOT_PASSED_ON
    if told or state.reason in TRIED_ONCE_A_WEEK:
        return SAME_REFUSAL
    first = 0 if state.phase is Phase.REMOVED and state.reason in AT_ONCE else 1
    return AGAIN[min(first + max(state.attempts - 1, 0), len(AGAIN) - 1)]


def _ask_due(state: ConfigState, view: CarView) -> float:
    if state.asked_at is None:
        return -inf
    if state.phase is Phase.SENT:
        return _follow_due(state, view, state.asked_at)
    look = LOOK[min(state.asks, len(LOOK) - 1)]
    if state.phase is Phase.SYNCED:
        if state.silent_at is None:
            return state.asked_at + DAY
        return state.silent_at if state.asked_at < state.silent_at else state.asked_at + min(look, SOONER)
    if not state.wanted and state.lost and state.asked_at <= (state.tried_at or 0.0):
        return state.target_since + GATHER  # it may have arrived, and must not stay
    idle = not state.wanted or state.held or state.phase is Phase.IMPOSSIBLE
    if state.limit_reached and not idle:
        look = min(look, SOONER)
    return state.asked_at + (DAY if idle else look)


def _follow_due(state: ConfigState, view: CarView, asked_at: float) -> float:
    """Return when to look again whether the car has taken what was sent."""
    if view.online_since is None and not view.connected:
        return asked_at + ASLEEP
    if view.online_since is not None and view.online_since > asked_at:
        return view.online_since + FOLLOW[0]
    if state.late_at is not None and asked_at < state.late_at:
        return state.late_at
    return asked_at + FOLLOW[min(state.asks, len(FOLLOW) - 1)]


def _errors_due(state: ConfigState) -> float:
    """Return when to read what the car has reported: when it does not stream, though it should."""
    begins = [state.silent_at, state.late_at]
    if state.phase is Phase.REMOVED and state.wanted:
        begins.append(state.since)
    begin = max((at for at in begins if at is not None), default=inf)
    if begin == inf or state.errors_at is None or state.errors_at < begin:
        return begin
    return state.errors_at + ERRORS
