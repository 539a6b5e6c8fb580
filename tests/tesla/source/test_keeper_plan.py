"""When a telemetry configuration is looked at, sent and taken away, and when not."""

from collections.abc import Callable
from itertools import pairwise
import random

import pytest

from custom_components.tesla_direct.tesla.source.config_state import (
    NOTHING,
    STOPPED,
    ConfigState,
    Phase,
    Reason,
)
from custom_components.tesla_direct.tesla.source.keeper_plan import (
    AGAIN,
    DAY,
    FLOOR,
    GATHER,
    HOUR,
    LATE,
    LIFETIME,
    RENEW,
    SAME_REFUSAL,
    SILENT,
    Ask,
    AskErrors,
    CarView,
    Delete,
    Wait,
    next_step,
)

from .keeping import Kept

WEEK = 7 * DAY
# What may go wrong or be in the way, and how often it does, or is well.
ODDS = {
    "refuse": 0.3,
    "down": 0.3,
    "lossy": 0.3,
    "lose": 0.3,
    "limited": 0.2,
    "limit_reached": 0.2,
    "able": 0.8,
    "follows": 0.8,
}


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def synced(kept: Kept) -> Kept:
    """A car that streams what it is to stream."""
    kept.wish("one")
    kept.wake()
    kept.pass_time(HOUR)
    assert kept.phase_is(Phase.SYNCED)
    assert len(kept.pushes) == 1
    return kept


def test_nothing_is_done_for_a_car_that_nobody_has_a_wish_for(kept: Kept) -> None:
    kept.wake()
    kept.pass_time(WEEK)

    assert kept.steps == []


def test_what_is_there_is_looked_at_before_anything_is_sent(kept: Kept) -> None:
    kept.wish("one")

    assert [type(step) for _, step in kept.steps] == [Ask]
    kept.pass_time(GATHER - 1)
    assert kept.pushes == []
    kept.pass_time(1)
    assert len(kept.pushes) == 1
    assert kept.phase_is(Phase.SENT)


def test_what_is_there_already_is_not_sent(kept: Kept) -> None:
    kept.there = "one"
    kept.wish("one")
    kept.pass_time(WEEK)

    assert kept.pushes == []
    assert kept.phase_is(Phase.SYNCED)


def test_changes_are_gathered_into_one_push(synced: Kept) -> None:
    for change in range(20):
        synced.wish(f"change {change}")
        synced.pass_time(60)
    synced.pass_time(HOUR)

    assert [push.mark for push in synced.pushes] == ["one", "change 19"]


def test_a_change_that_is_taken_back_costs_no_push(synced: Kept) -> None:
    synced.wish("two")
    synced.pass_time(GATHER / 2)
    synced.wish("one")
    synced.pass_time(DAY)

    assert len(synced.pushes) == 1


def test_each_change_is_sent_once(synced: Kept) -> None:
    for day in range(30):
        synced.wish(f"day {day}")
        synced.pass_time(DAY)

    assert len(synced.pushes) == 31
    assert synced.state.pushes == 31


def test_a_month_without_change_is_a_month_without_push(synced: Kept) -> None:
    for _ in range(30):
        synced.sleep()
        synced.pass_time(DAY / 2)
        synced.wake()
        synced.connected = True
        synced.pass_time(DAY / 2)

    assert len(synced.pushes) == 1


def test_a_car_that_sleeps_is_waited_for_and_then_followed(kept: Kept) -> None:
    kept.wish("one")
    kept.pass_time(DAY)
    assert kept.phase_is(Phase.SENT)
    looks = len(kept.asked(Ask))
    assert looks < 10

    kept.wake()
    kept.pass_time(60)

    assert kept.phase_is(Phase.SYNCED)
    assert len(kept.asked(Ask)) == looks + 1


def test_looks_grow_rarer_while_a_car_is_online_and_does_not_follow(kept: Kept) -> None:
    kept.follows = False
    kept.wake()
    kept.wish("one")
    kept.pass_time(6 * HOUR)

    after = [at for at in kept.asked(Ask) if at > kept.pushes[0].at]
    pauses = [round(later - earlier) for earlier, later in pairwise(after)]
    assert pauses[:4] == [30, 60, 120, 300]
    assert max(pauses) <= HOUR
    assert len(kept.pushes) == 1


def test_a_car_that_does_not_follow_for_long_is_late_and_its_errors_are_read(kept: Kept) -> None:
    kept.follows = False
    kept.wake()
    kept.wish("one")
    kept.pass_time(GATHER + LATE - 1)
    assert not kept.late()
    kept.pass_time(60)

    assert kept.late()
    assert kept.state.errors_at is not None
    kept.follows = True
    kept._sync()
    kept.pass_time(2 * HOUR)
    assert not kept.late()
    assert kept.phase_is(Phase.SYNCED)


def test_a_car_that_is_online_without_connection_is_silent_after_ten_minutes(synced: Kept) -> None:
    synced._drop()
    synced.pass_time(SILENT - 1)
    assert not synced.silent()
    assert synced.asked(AskErrors) == []
    synced.pass_time(60)

    assert synced.silent()
    assert synced.asked(AskErrors) != []
    assert synced.asked(Ask)[-1] >= (synced.state.silent_at or 0.0)
    assert len(synced.pushes) == 1


def test_a_silent_car_stays_so_until_it_connects(synced: Kept) -> None:
    synced._drop()
    synced.pass_time(HOUR)
    synced.sleep()
    assert synced.silent()

    synced.wake()
    synced.connected = True
    synced.settle()

    assert not synced.silent()


def test_a_car_that_sleeps_is_not_silent(synced: Kept) -> None:
    synced.sleep()
    synced.pass_time(WEEK)

    assert not synced.silent()
    assert synced.asked(AskErrors) == []


def test_what_was_removed_is_sent_again_at_once_and_then_with_growing_pauses(synced: Kept) -> None:
    begun = synced.now
    for _ in range(60):
        synced.remove()
        synced.pass_time(2 * HOUR)

    pauses = [later.at - earlier.at for earlier, later in pairwise(synced.pushes[1:])]
    assert all(pause >= HOUR for pause in pauses)
    assert all(pause >= DAY for pause in pauses[2:])
    assert len(synced.pushes) <= 2 + 2 + (synced.now - begun) / DAY


def test_somebody_else_who_always_sends_another_is_not_fought(synced: Kept) -> None:
    for _ in range(30 * 24):
        synced.replace()
        synced.pass_time(HOUR)

    assert len(synced.pushes) <= 1 + 3 + 30
    assert synced.state.reason == Reason.REPLACED


def test_earlier_trouble_is_forgotten_after_an_undisturbed_week(synced: Kept) -> None:
    for _ in range(3):
        synced.remove()
        synced.pass_time(2 * DAY)
    assert synced.state.attempts > 1
    synced.pass_time(2 * WEEK)

    assert synced.state.attempts == 0


def test_a_car_without_room_is_tried_again_rarely_and_streams_once_there_is(kept: Kept) -> None:
    kept.skip = Reason.MAX_CONFIGS
    kept.wake()
    kept.wish("one")
    kept.pass_time(30 * DAY)
    assert 5 < len(kept.pushes) <= 3 + 30
    assert kept.phase_is(Phase.SKIPPED)

    kept.skip = None
    assert kept.until(lambda: kept.state.phase is Phase.SYNCED, 2 * DAY)


def test_while_the_cloud_says_that_a_limit_is_reached_nothing_is_sent(kept: Kept) -> None:
    kept.limit_reached = True
    kept.wish("one")
    kept.pass_time(WEEK)
    assert kept.pushes == []
    assert kept.state.reason == Reason.MAX_CONFIGS

    kept.limit_reached = False
    assert kept.until(lambda: len(kept.pushes) == 1, DAY)


def test_a_car_without_our_key_is_not_tried_before_something_changes(kept: Kept) -> None:
    kept.able = False
    kept.wish("one")
    kept.pass_time(WEEK)
    assert kept.pushes == []

    kept.able, kept.circumstances = True, "paired"
    kept.pass_time(GATHER)

    assert len(kept.pushes) == 1


def test_circumstances_that_flap_do_not_make_a_loop(kept: Kept) -> None:
    kept.skip = Reason.MISSING_KEY
    kept.wish("one")
    for turn in range(1000):
        kept.circumstances = str(turn % 2)
        kept.pass_time(10)

    assert len(kept.pushes) <= 2 + 1000 * 10 / FLOOR


def test_a_car_that_cannot_stream_is_left_alone_for_good(kept: Kept) -> None:
    kept.skip = Reason.UNSUPPORTED_HARDWARE
    kept.wish("one")
    kept.pass_time(WEEK)
    kept.wish("two")
    kept.pass_time(30 * WEEK)

    assert len(kept.pushes) == 1
    assert kept.phase_is(Phase.IMPOSSIBLE)
    kept.skip, kept.circumstances = None, "it can now"
    kept.pass_time(HOUR)
    assert len(kept.pushes) == 2


def test_what_was_refused_is_sent_again_when_it_is_another_one(kept: Kept) -> None:
    kept.refuse = True
    kept.wish("one")
    kept.pass_time(2 * DAY)
    assert len(kept.pushes) == 1
    assert (kept.state.phase, kept.state.named) == (Phase.REFUSED, ("Odd",))

    kept.refuse = False
    kept.wish("two")
    kept.pass_time(HOUR)

    assert len(kept.pushes) == 2
    assert kept.state.named == ()


def test_what_was_refused_is_tried_as_it_is_after_a_week(kept: Kept) -> None:
    kept.refuse = True
    kept.wish("one")
    kept.pass_time(SAME_REFUSAL + GATHER + 1)

    assert len(kept.pushes) == 2


def test_an_answer_that_was_lost_is_looked_for_before_it_is_sent_again(kept: Kept) -> None:
    kept.lose = True
    kept.wake()
    kept.wish("one")
    kept.pass_time(HOUR)

    assert len(kept.pushes) == 1
    assert kept.phase_is(Phase.SYNCED)


def test_a_cloud_that_takes_nothing_is_asked_ever_more_rarely(kept: Kept) -> None:
    kept.wish("one")
    kept.down = True
    kept.pass_time(WEEK)
    assert 5 < len(kept.steps) < 60

    kept.down = False
    assert kept.until(lambda: kept.state.phase is Phase.SENT, DAY)


def test_a_cloud_that_answers_looks_but_loses_what_is_sent_is_sent_to_ever_more_rarely(kept: Kept) -> None:
    kept.lossy = True
    kept.wish("one")
    kept.pass_time(WEEK)

    assert 5 < len(kept.pushes) < 60
    kept.lossy = False
    assert kept.until(lambda: kept.state.phase is Phase.SENT, DAY)


def test_it_is_renewed_before_it_ends(synced: Kept) -> None:
    sent = synced.pushes[0].at
    synced.pass_time(LIFETIME - RENEW - DAY)
    assert len(synced.pushes) == 1
    synced.pass_time(2 * DAY)

    assert len(synced.pushes) == 2
    assert synced.pushes[1].at == pytest.approx(sent + LIFETIME - RENEW, abs=HOUR)


def test_a_year_takes_as_many_renewals_as_it_has_lifetimes(synced: Kept) -> None:
    synced.pass_time(360 * DAY)

    assert len(synced.pushes) == 1 + 360 * DAY // (LIFETIME - RENEW)


def test_a_renewal_that_fails_is_tried_again(synced: Kept) -> None:
    synced.skip = "some new reason"
    synced.pass_time(LIFETIME - RENEW + 5 * DAY)
    assert 2 < len(synced.pushes) < 10
    synced.skip = None
    synced.pass_time(2 * DAY)

    assert synced.state.expires is not None
    assert synced.state.expires > synced.now + RENEW
    assert synced.phase_is(Phase.SYNCED)


def test_it_is_taken_away_when_the_budget_is_used_up_and_sent_again_afterwards(synced: Kept) -> None:
    synced.wish(STOPPED)
    synced.pass_time(GATHER)
    assert synced.there is None
    assert synced.phase_is(Phase.STOPPED)
    synced.pass_time(WEEK)
    assert len(synced.pushes) == 1
    assert len(synced.asked(Delete)) == 1

    synced.wish("one")
    synced.pass_time(HOUR)

    assert len(synced.pushes) == 2
    assert synced.phase_is(Phase.SYNCED)


def test_a_deletion_that_fails_is_tried_until_it_is_done(synced: Kept) -> None:
    synced.down = True
    synced.wish(STOPPED)
    synced.pass_time(DAY)
    assert synced.there == "one"
    assert 2 < len(synced.asked(Delete)) < 20
    synced.down = False

    assert synced.until(lambda: synced.there is None, DAY)


def test_what_somebody_else_has_sent_is_taken_away_only_if_money_runs_out(kept: Kept) -> None:
    kept.there = "somebody else's"
    kept.wish(NOTHING)
    kept.pass_time(WEEK)
    assert kept.asked(Delete) == []
    assert kept.phase_is(Phase.ABSENT)

    kept.wish(STOPPED)
    kept.pass_time(HOUR)

    assert kept.there is None


def test_without_entities_it_is_taken_away(synced: Kept) -> None:
    synced.wish(NOTHING)
    synced.pass_time(HOUR)

    assert synced.there is None
    assert synced.phase_is(Phase.ABSENT)


def test_what_money_ran_out_for_before_it_was_sent_stands_as_stopped(kept: Kept) -> None:
    kept.able = False
    kept.wish("one")
    kept.pass_time(HOUR)
    kept.wish(STOPPED)
    kept.pass_time(GATHER)

    assert kept.phase_is(Phase.STOPPED)
    assert kept.asked(Delete) == []


def test_a_limit_of_tesla_s_is_told_as_such_and_ends_by_itself(synced: Kept) -> None:
    synced.limited = True
    synced.remove()
    synced.pass_time(DAY)
    assert len(synced.pushes) == 1

    synced.limited = False
    assert synced.until(lambda: len(synced.pushes) == 2, 2 * DAY)
    assert synced.until(lambda: synced.state.phase is Phase.SYNCED, HOUR)


def test_a_clock_that_was_set_back_holds_nothing_up(synced: Kept) -> None:
    synced.now -= 400 * DAY
    synced.online_since = synced.now
    synced.wish("two")
    synced.pass_time(HOUR)

    assert synced.pushes[-1].mark == "two"
    assert synced.phase_is(Phase.SYNCED)


def test_a_clock_that_was_set_back_hides_no_car_that_does_not_follow(synced: Kept) -> None:
    synced.follows = False
    synced.wish("two")
    synced.pass_time(GATHER)
    synced.now -= DAY

    assert synced.until(synced.late, LATE + 60)
    assert synced.until(lambda: bool(synced.asked(AskErrors)), HOUR)


@pytest.mark.parametrize("target", [NOTHING, STOPPED])
def test_what_may_have_arrived_without_an_answer_is_taken_away(kept: Kept, target: str) -> None:
    kept.wake()
    kept.pass_time(1)
    kept.lose = True
    kept.wish("one")
    assert kept.until(lambda: kept.there is not None, HOUR)
    assert kept.state.sent is None
    kept.lose = False

    kept.wish(target)
    kept.pass_time(2 * GATHER)

    assert kept.there is None
    assert len(kept.asked(Delete)) == 1


def test_a_failed_request_holds_up_everything_of_the_car() -> None:
    state = ConfigState(target="one", not_before=50.0)

    assert next_step(state, CarView(), 49.0) == Wait(50.0)
    assert next_step(state, CarView(), 50.0) == Ask()


@pytest.mark.parametrize("seed", range(40))
def test_whatever_happens_nothing_is_sent_twice_for_one_change_and_there_is_a_way_back(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  # repeatable, not secret
    kept = Kept()
    kept.wish("wish 0")
    happenings = _happenings(kept, chance)
    for _ in range(250):
        chance.choice(happenings)()
        kept.pass_time(chance.choice([1, 30, 100, 600, HOUR, 6 * HOUR, DAY, 3 * DAY]))

    _never_twice_for_one_change(kept)
    _has_a_way_back(kept)


def _happenings(kept: Kept, chance: random.Random) -> list[Callable[[], object]]:
    """Return all that may happen to a car, each as often as it stands here."""

    def set_to(name: str, *values: object) -> Callable[[], object]:
        return lambda: setattr(kept, name, chance.choice(values))

    def switch(name: str, share: float) -> Callable[[], object]:
        return lambda: setattr(kept, name, chance.random() < share)

    def another_wish() -> None:
        kept.wish(f"wish {chance.random()}")

    return [
        another_wish,
        another_wish,
        lambda: kept.wish("wish 0"),
        lambda: kept.wish(STOPPED),
        lambda: kept.wish(NOTHING),
        kept.wake,
        kept.wake,
        kept.sleep,
        kept.remove,
        kept.replace,
        kept._drop,
        set_to("skip", None, None, None, *Reason, "a new word"),
        *(switch(name, share) for name, share in ODDS.items()),
        set_to("circumstances", *"abc"),
    ]


def _never_twice_for_one_change(kept: Kept) -> None:
    for earlier, later in pairwise(kept.pushes):
        pause = later.at - earlier.at
        same = (earlier.mark, earlier.circumstances) == (later.mark, later.circumstances)
        if same and earlier.removals == later.removals and earlier.answered:
            assert pause >= AGAIN[1], (earlier, later)
        if earlier.mark == later.mark and not earlier.answered:
            assert pause >= 60.0, (earlier, later)
    # Nor do many removals, or a cloud that loses things, make it many.
    for first, fifth in zip(kept.pushes, kept.pushes[5:], strict=False):
        if first.changes == fifth.changes:
            assert fifth.at - first.at >= 1800.0


def _has_a_way_back(kept: Kept) -> None:
    """Once all is well and stays so, what is to be there is there."""
    kept.skip, kept.refuse, kept.down, kept.lose, kept.lossy = None, False, False, False, False
    kept.limited, kept.limit_reached, kept.able, kept.follows = False, False, True, True
    kept.circumstances = "all is well"
    kept.wish("the last")
    kept.wake()
    kept.pass_time(1)
    assert kept.until(lambda: kept.there == "the last", 2 * DAY)
    kept.wake()
    assert kept.until(lambda: kept.state.phase is Phase.SYNCED, DAY)
    pushes = len(kept.pushes)
    kept.pass_time(10 * DAY)
    assert len(kept.pushes) == pushes
    kept.wish(STOPPED)
    assert kept.until(lambda: kept.there is None, DAY)
    assert kept.phase_is(Phase.STOPPED)
