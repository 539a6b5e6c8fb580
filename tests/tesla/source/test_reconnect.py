"""Pauses between attempts: they grow, they end, and a day has only so many."""

from collections.abc import Callable, Iterable
import itertools

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.source.reconnect import (
    AT_ONCE,
    DAY,
    FORGOTTEN,
    LIVED,
    LONGEST,
    LONGEST_ASKED,
    PER_DAY,
    Reconnect,
)


class Wall:
    """A clock that stands still unless it is told otherwise."""

    def __init__(self) -> None:
        self.now = 1_791_360_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def reconnect(wall: Wall) -> Reconnect:
    return Reconnect(wall, random=lambda: 0.5)


def attempts(wall: Wall, reconnect: Reconnect, days: float, lives: Callable[[], float | None]) -> list[float]:
    """Return when somebody connects in some days, whose connections live so long and end cleanly."""
    begin, times = wall.now, list[float]()
    while wall.now < begin + days * DAY:
        times.append(wall.now)
        lived = lives()
        if lived is not None:
            reconnect.succeeded()
            wall.now += lived
        wall.now += reconnect.pause(clean=lived is not None)
    return times


def most_in_a_day(times: Iterable[float]) -> int:
    times = list(times)
    return max(sum(start <= time < start + DAY for time in times) for start in times)


def test_pauses_double_up_to_the_longest(wall: Wall, reconnect: Reconnect) -> None:
    pauses = []
    for _ in range(12):
        pauses.append(reconnect.pause())
        wall.now += pauses[-1]

    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, LONGEST, LONGEST]


def test_not_everybody_is_back_in_the_same_second(wall: Wall) -> None:
    chances = iter((0.0, 0.25, 1.0))
    first = [Reconnect(wall, random=lambda: next(chances)).pause() for _ in range(3)]

    assert first == pytest.approx([0.8, 0.9, 1.2])


def test_chance_makes_no_pause_longer_than_the_longest(wall: Wall) -> None:
    reconnect = Reconnect(wall, longest=3.0, random=lambda: 1.0)

    assert [reconnect.pause() for _ in range(4)] == pytest.approx([1.2, 2.4, 3.0, 3.0])


def test_a_stream_that_has_lived_is_taken_up_at_once_after_its_end(wall: Wall, reconnect: Reconnect) -> None:
    reconnect.pause()
    reconnect.pause()
    reconnect.succeeded()
    wall.now += LIVED

    assert reconnect.pause(clean=True) == 0.0


def test_after_a_stream_that_has_lived_pauses_begin_anew(wall: Wall, reconnect: Reconnect) -> None:
    for _ in range(5):
        reconnect.pause()
    reconnect.succeeded()
    wall.now += LIVED / 2
    reconnect.succeeded()  # what is heard again is no new connection
    wall.now += LIVED / 2

    assert reconnect.pause() == 1.0


def test_a_stream_that_ends_too_soon_is_a_failure_however_clean(wall: Wall, reconnect: Reconnect) -> None:
    pauses = []
    for _ in range(4):
        reconnect.succeeded()
        wall.now += LIVED - 1
        pauses.append(reconnect.pause(clean=True))

    assert pauses == [1, 2, 4, 8]


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("lived", [None, 0.0, 60.0, LIVED - 1], ids=str)
def test_who_refuses_us_or_drops_us_soon_sees_few_of_us_in_any_day(
    wall: Wall, chance: float, lived: float | None
) -> None:
    times = attempts(wall, Reconnect(wall, random=lambda: chance), 3, lambda: lived)

    assert most_in_a_day(times) <= PER_DAY + 1  # the very first attempt is nobody's pause


def test_the_cap_never_keeps_us_away_for_long(wall: Wall) -> None:
    times = attempts(wall, Reconnect(wall, random=lambda: 0.0), 3, lambda: None)
    longest = max(after - before for before, after in itertools.pairwise(times))

    assert longest == pytest.approx(DAY / (PER_DAY * 2 / 3))


def test_who_delivers_for_minutes_and_hangs_up_is_never_waited_for(wall: Wall, reconnect: Reconnect) -> None:
    times = attempts(wall, reconnect, 2, lambda: LIVED)

    assert {after - before for before, after in itertools.pairwise(times)} == {LIVED}


def test_another_attempt_need_not_wait_unless_it_is_one_of_many(reconnect: Reconnect) -> None:
    pauses = [reconnect.pause(at_once=True) for _ in range(AT_ONCE + 2)]

    assert pauses == [0.0] * AT_ONCE + [2.0**AT_ONCE, 2.0 ** (AT_ONCE + 1)]


def test_what_failed_hours_ago_makes_nobody_wait(wall: Wall, reconnect: Reconnect) -> None:
    pauses = []
    for _ in range(2):
        pauses += [reconnect.pause(at_once=True) for _ in range(AT_ONCE + 1)]
        wall.now += FORGOTTEN

    assert pauses == ([0.0] * AT_ONCE + [2.0**AT_ONCE]) * 2


def test_who_begins_again_and_again_has_to_wait(wall: Wall, reconnect: Reconnect) -> None:
    pauses = [reconnect.begin() for _ in range(AT_ONCE + 2)]
    reconnect.succeeded()
    wall.now += LIVED

    assert pauses == [0.0] * (AT_ONCE + 1) + [2.0**AT_ONCE]
    assert reconnect.begin() == 0.0


def test_attempts_that_need_not_wait_are_counted_too(wall: Wall, reconnect: Reconnect) -> None:
    begin, times = wall.now, list[float]()
    while wall.now < begin + 2 * DAY:
        times.append(wall.now)
        wall.now += reconnect.pause(at_once=True)

    assert most_in_a_day(times) <= PER_DAY + 1


@given(st.lists(st.sampled_from([None, 0.0, 1.0, 90.0, LIVED - 1]), min_size=1, max_size=20))
def test_no_pattern_of_ends_gets_around_the_cap(pattern: list[float | None]) -> None:
    wall = Wall()
    lives = iter(pattern * 10_000)

    times = attempts(wall, Reconnect(wall, random=lambda: 0.5), 1.5, lambda: next(lives))

    assert most_in_a_day(times) <= PER_DAY + 1


@pytest.mark.parametrize(("asked", "waited"), [(0.5, 1.0), (90.0, 90.0), (1e9, LONGEST_ASKED)])
def test_a_service_may_ask_for_more_patience(reconnect: Reconnect, asked: float, waited: float) -> None:
    assert reconnect.pause(asked=asked) == waited


def test_a_clock_that_is_set_back_proves_nothing(wall: Wall, reconnect: Reconnect) -> None:
    reconnect.succeeded()
    wall.now -= DAY

    assert reconnect.pause(clean=True) == 1.0
    assert reconnect.pause() == 2.0
