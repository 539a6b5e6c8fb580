"""What becomes of one car's telemetry configuration, and what to do about it next.

A configuration is compared with what is there before it is sent, sent once for each change, and looked at
until the car has taken it. What Tesla removes is sent again when that can work, with growing pauses. All of
this is free, and nothing here wakes a car.
Source: telemetry protocol, sections 15, 16 and 18; fleet-api reference, section 5.6
"""

from dataclasses import dataclass
from math import inf

from .config_state import NOTHING, STOPPED, ConfigState, Phase, Reason

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
# Why trying soon helps nothing, whatever the configuration says.
TRIED_ONCE_A_WEEK = frozenset({Reason.UNSUPPORTED_FIRMWARE, Reason.STREAMING_TOGGLE})
AT_ONCE = frozenset({Reason.BILLING_LIMIT, Reason.REPLACED, Reason.UNEXPLAINED})


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
