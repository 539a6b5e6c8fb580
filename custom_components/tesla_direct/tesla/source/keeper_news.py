"""What the news of a car's telemetry configuration make of what is known of it."""

from dataclasses import dataclass, replace
from typing import Any

from .config_state import NOTHING, ConfigState, Phase, Reason
from .keeper_plan import HOUR, UNDISTURBED, CarView, is_ours, lateness_due, rest_due, rest_of, silence_due

UNSEEN = 600.0  # seconds for which the cloud may not yet show what it was sent
RETRY = 60.0  # seconds after a request that failed, doubled with each further one
LONGEST = 6 * HOUR  # seconds that pass at most after one, also if the clock is set back
IMPOSSIBLE = frozenset({Reason.UNSUPPORTED_HARDWARE})
TROUBLED = frozenset({Phase.SKIPPED, Phase.REFUSED, Phase.REMOVED, Phase.IMPOSSIBLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the cloud says is there.

    there:   any configuration
    same:    it makes a car do what it is to do
    synced:  the car has what the cloud has
    expires: when it ends, None if it does not say
    fields, ca: what it asks for, and the mark of the authority that it carries
    reason:  why there may be none: what the same look has shown of key, switch and limits; None if nothing
    """

    there: bool
    same: bool
    synced: bool
    limit_reached: bool
    expires: float | None = None
    fields: tuple[str, ...] = ()
    ca: str | None = None
    reason: str | None = None


def wished(state: ConfigState, target: str | None, now: float) -> ConfigState:
    """Learn what is to be there. What was lost before may have arrived all the same."""
    if target == state.target:
        return state
    return replace(state, target=target, target_since=now, asks=0, lost=min(state.lost, 1))


def hurried(state: ConfigState) -> ConfigState:
    """Learn that the user wants it now, and whatever he has deleted before."""
    return replace(state, held=False)


def held(state: ConfigState, now: float) -> ConfigState:
    """Learn that the user has deleted it, and wants none until he sends one."""
    return replace(_gone(state), held=True, lost=0, **_phase(state, Phase.ABSENT, now))


def seen(state: ConfigState, look: Seen, now: float) -> ConfigState:
    """Learn what is there."""
    before = state.sent
    state = replace(
        state,
        there=look.there,
        limit_reached=look.limit_reached and not look.there,
        asked_at=now,
        asks=state.asks + 1,
        failures=0,
    )
    if not state.wanted:
        state = state if look.there else replace(_gone(state), lost=0)
        idle = not look.there or (state.target == NOTHING and not is_ours(state))
        return _rest(state, now) if idle else state
    if look.same:
        return _present(state, look, now)
    if before is None or before != state.target:
        return _missing(state, look, now)
    if not look.there and not look.synced and not look.limit_reached and _just_sent(state, now):
        return state
    return _removed(state, look, now)


def sending(state: ConfigState, view: CarView, now: float) -> ConfigState:
    """Learn that it is being sent. Whether it arrives, only a look can tell if the answer is lost."""
    return replace(
        state,
        tried=state.target,
        tried_at=now,
        tried_under=view.circumstances,
        pushes=state.pushes + 1,
        lost=state.lost + 1,  # until there is an answer
    )


def sent(state: ConfigState, fields: tuple[str, ...], ca: str, expires: float, now: float) -> ConfigState:
    """Learn that the cloud has taken it."""
    return replace(
        state,
        sent=state.tried,
        there=True,
        fields=fields,
        ca=ca,
        sent_at=now,
        expires=expires,
        asked_at=now,
        asks=0,
        synced_at=None,
        silent_at=None,
        late_at=None,
        limited=False,
        failures=0,
        lost=0,
        held=False,
        **_phase(state, Phase.SENT, now),
    )


def skipped(state: ConfigState, reason: str, now: float) -> ConfigState:
    """Learn that the cloud does not take it for this car."""
    phase = Phase.IMPOSSIBLE if reason in IMPOSSIBLE else Phase.SKIPPED
    return _in_vain(state, phase, reason, (), now)


def refused(state: ConfigState, reason: str | None, named: tuple[str, ...], now: float) -> ConfigState:
    """Learn that the cloud finds fault with it, and with which of its fields."""
    return _in_vain(state, Phase.REFUSED, reason, named, now)


def deleted(state: ConfigState, now: float) -> ConfigState:
    """Learn that it was taken away."""
    return _rest(_gone(replace(state, failures=0, lost=0)), now)


def failed(state: ConfigState, pause: float | None, now: float, *, limited: bool = False) -> ConfigState:
    """Learn that a request was not answered as it should be.

    pause:   seconds until another one makes sense, None where nobody says
    limited: because the billing limit is reached
    """
    failures = state.failures + 1
    times = max(failures, state.lost)
    wait = min(RETRY * (1 << min(times - 1, 10)), LONGEST) if pause is None else pause
    return replace(
        state, failures=failures, not_before=now + max(wait, RETRY), limited=state.limited or limited
    )


def reported(state: ConfigState, now: float) -> ConfigState:
    """Learn that the car's own errors were read."""
    return replace(state, errors_at=now, failures=0)


def noticed(state: ConfigState, view: CarView, now: float) -> ConfigState:
    """Learn from the car itself how it fares; one that does not stream stays so until it is seen to."""
    if rest_due(state) <= now:
        state = _rest(state, now)
    if state.silent_at is not None and (view.connected or state.phase is not Phase.SYNCED):
        state = replace(state, silent_at=None)
    elif silence_due(state, view) <= now:
        state = replace(state, silent_at=now, asks=0)
    if state.late_at is not None and state.phase is not Phase.SENT:
        state = replace(state, late_at=None)
    elif lateness_due(state, view) <= now:
        state = replace(state, late_at=now)
    return state


def sobered(state: ConfigState, now: float) -> ConfigState:
    """Take times that lie ahead, because the clock was set back, for now; else we would wait for them."""

    def past(at: float | None) -> float | None:
        return None if at is None else min(at, now)

    return replace(
        state,
        since=min(state.since, now),
        target_since=min(state.target_since, now),
        sent_at=past(state.sent_at),
        tried_at=past(state.tried_at),
        asked_at=past(state.asked_at),
        synced_at=past(state.synced_at),
        silent_at=past(state.silent_at),
        late_at=past(state.late_at),
        errors_at=past(state.errors_at),
        not_before=min(state.not_before, now + LONGEST),
    )


def sober_view(view: CarView, now: float) -> CarView:
    """Do the same for what is known of the car: when that was, nobody knows, but it is long enough ago."""
    ahead = view.online_since is not None and view.online_since > now
    return replace(
        view,
        online_since=0.0 if ahead else view.online_since,
        silent_since=0.0 if view.silent_since > now else view.silent_since,
    )


def _present(state: ConfigState, look: Seen, now: float) -> ConfigState:
    """Return what is known once the configuration that is to be there is."""
    phase = Phase.SYNCED if look.synced else Phase.SENT
    synced_at = (now if state.synced_at is None else state.synced_at) if look.synced else None
    lasts = synced_at is not None and now - synced_at >= UNDISTURBED
    changed = phase is not state.phase
    return replace(
        state,
        sent=state.target,
        fields=look.fields,
        ca=look.ca,
        sent_at=now if state.sent_at is None or state.sent != state.target else state.sent_at,
        expires=look.expires,
        synced_at=synced_at,
        attempts=0 if lasts else state.attempts,
        asks=0 if changed else state.asks,
        limited=False,
        lost=0,
        **_phase(state, phase, now),
    )


def _missing(state: ConfigState, look: Seen, now: float) -> ConfigState:
    """Return what is known while it was not sent yet: there is none, or another one."""
    if state.phase is Phase.REMOVED and look.reason is not None:
        return replace(state, reason=look.reason)
    if state.phase in TROUBLED or state.phase is Phase.STOPPED:
        return state
    if state.sent is not None:  # an earlier one of ours, if it is still there
        if not look.there:
            return _removed(state, look, now)
        taken = look.synced and state.phase is Phase.SENT
        return replace(state, synced_at=now, **_phase(state, Phase.SYNCED, now)) if taken else state
    return replace(state, **_phase(state, Phase.ABSENT, now, look.reason))


def _removed(state: ConfigState, look: Seen, now: float) -> ConfigState:
    """Return what is known once one of ours is there no more."""
    reason: str | None = Reason.REPLACED if look.there else look.reason
    if state.limited and not look.there:
        reason = Reason.BILLING_LIMIT
    if reason is None:
        # The car has it, and it is not there: that is how one looks that the car has no room for.
        reason = Reason.MAX_CONFIGS if look.synced and state.synced_at is None else Reason.UNEXPLAINED
    there = state.there
    return replace(
        _gone(state),
        there=there,
        attempts=state.attempts + 1,
        asks=0,
        **_phase(state, Phase.REMOVED, now, reason),
    )


def _in_vain(
    state: ConfigState, phase: Phase, reason: str | None, named: tuple[str, ...], now: float
) -> ConfigState:
    return replace(
        state,
        attempts=state.attempts + 1,
        asks=0,
        failures=0,
        lost=0,
        **_phase(state, phase, now, reason, named),
    )


def _gone(state: ConfigState) -> ConfigState:
    """Return what is known of none at all."""
    return replace(
        state,
        sent=None,
        there=False,
        sent_at=None,
        expires=None,
        synced_at=None,
        silent_at=None,
        late_at=None,
    )


def _rest(state: ConfigState, now: float) -> ConfigState:
    return replace(state, **_phase(state, rest_of(state), now))


def _phase(
    state: ConfigState, phase: Phase, now: float, reason: str | None = None, named: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Return a phase with all that belongs to it; one that goes on has begun before."""
    goes_on = phase is state.phase and reason == state.reason
    return {"phase": phase, "reason": reason, "named": named, "since": state.since if goes_on else now}


def _just_sent(state: ConfigState, now: float) -> bool:
    return state.sent_at is not None and now - state.sent_at < UNSEEN
