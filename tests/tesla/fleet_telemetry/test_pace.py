"""Whoever keeps us busy waits as long as he kept us busy."""

from custom_components.tesla_direct.tesla.fleet_telemetry.pace import AT_ONCE, Pace


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def worked(pace: Pace, clock: Clock, seconds: float, *, after: float = 0.0) -> float | None:
    """Work for some time, some time after the last work; return what is to be waited."""
    clock.now += after
    pace.begin()
    clock.now += seconds
    return pace.end()


def test_a_little_work_may_be_followed_by_more() -> None:
    clock = Clock()
    pace = Pace(4.0, clock)

    assert worked(pace, clock, 1.0) is None
    assert worked(pace, clock, 3.0) is None


def test_much_work_is_followed_by_as_long_a_wait() -> None:
    clock = Clock()
    pace = Pace(4.0, clock)

    assert worked(pace, clock, 5.0) == 5.0


def test_work_adds_up_if_nothing_lies_between() -> None:
    clock = Clock()
    pace = Pace(4.0, clock)

    assert [worked(pace, clock, 1.0) for _ in range(6)] == [None, None, None, None, 5.0, 6.0]


def test_time_in_between_makes_up_for_work() -> None:
    clock = Clock()
    pace = Pace(4.0, clock)
    worked(pace, clock, 3.0)

    assert worked(pace, clock, 3.0, after=2.0) is None
    assert worked(pace, clock, 3.0, after=2.0) == 5.0
    assert worked(pace, clock, 4.5, after=60.0) == 4.5


def test_who_waits_as_told_is_read_at_half_speed() -> None:
    clock = Clock()
    pace = Pace(4.0, clock)
    began = clock.now

    for _ in range(1_000):
        clock.now += worked(pace, clock, 1.0) or 0.0

    assert 1_990 <= clock.now - began <= 2_010


def test_time_before_the_first_work_is_no_credit() -> None:
    clock = Clock()
    pace = Pace(4.0, clock)

    assert worked(pace, clock, 5.0, after=1_000.0) == 5.0


def test_however_quick_others_have_their_turn_now_and_then() -> None:
    clock = Clock()
    pace = Pace(4.0, clock)

    waits = [worked(pace, clock, 0.0) for _ in range(3 * AT_ONCE)]

    assert waits == ([None] * (AT_ONCE - 1) + [0.0]) * 3
