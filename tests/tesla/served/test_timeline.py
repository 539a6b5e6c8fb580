"""Time, for those who log a car."""

from custom_components.tesla_direct.tesla.served.timeline import LAG, Timeline
from custom_components.tesla_direct.tesla.vehicle.signal import Report

CAR = 1_000_000.0  # by a clock of the car's that is ten seconds behind ours
OURS = CAR + 10


def told(at: float, received: float | None = None) -> Report:
    return Report({}, at, "receiver", at + 10 if received is None else received)


def asleep(timeline: Timeline, now: float, since: float | None = None) -> float:
    return timeline.now(now, connected=False, online_since=since)


def awake(timeline: Timeline, now: float, since: float | None = None) -> float:
    return timeline.now(now, connected=True, online_since=since)


def test_what_is_told_has_the_car_s_time() -> None:
    timeline = Timeline(CAR, OURS)

    assert timeline.told(told(CAR + 1)) == CAR + 1
    assert timeline.told(told(CAR + 2)) == CAR + 2


def test_what_comes_late_is_not_before_what_was_told() -> None:
    timeline = Timeline(CAR, OURS)
    timeline.told(told(CAR + 5))

    assert timeline.told(told(CAR + 3)) == CAR + 5
    assert timeline.told(told(CAR + 6)) == CAR + 6


def test_time_goes_on_while_a_car_is_connected_and_says_nothing() -> None:
    timeline = Timeline(CAR, OURS)

    assert awake(timeline, OURS + LAG) == CAR
    assert awake(timeline, OURS + LAG + 60) == CAR + 60
    assert awake(timeline, OURS + LAG + 90) == CAR + 90


def test_time_stands_still_while_a_car_is_not_connected() -> None:
    assert asleep(Timeline(CAR, OURS), OURS + 3600) == CAR


def test_a_frame_is_never_before_the_data_that_were_asked_for_and_data_never_before_a_frame() -> None:
    timeline = Timeline(CAR, OURS)
    asked = awake(timeline, OURS + LAG + 100)

    assert timeline.told(told(CAR + 99)) == asked
    assert timeline.told(told(CAR + 110)) == CAR + 110
    assert awake(timeline, OURS + LAG + 101) == CAR + 110
    assert asleep(timeline, OURS) == CAR + 110


def test_a_backlog_does_not_hold_time_up() -> None:
    timeline = Timeline(CAR, OURS)
    timeline.told(told(CAR + 100))
    timeline.told(told(CAR + 50, OURS + 101))

    assert awake(timeline, OURS + 100 + LAG + 7) == CAR + 107


def test_nothing_of_a_car_without_a_connection_is_older_than_its_waking() -> None:
    timeline = Timeline(CAR, OURS)

    assert asleep(timeline, OURS + 5000, since=OURS + 4999) == OURS + 4999
    assert asleep(timeline, OURS + 5000, since=OURS + 9999) == OURS + 5000


def test_a_car_that_has_woken_and_delivers_what_it_has_kept_is_not_hurried() -> None:
    timeline = Timeline(CAR, OURS)
    awake(timeline, OURS + 600, since=OURS + 599)

    assert timeline.last == CAR + 600 - LAG
    assert timeline.told(told(CAR + 599)) == CAR + 599 == timeline.last


def test_time_goes_on_after_a_restart_of_ours_as_if_there_had_been_none() -> None:
    timeline = Timeline(CAR, OURS + 7200, restored=True)  # who logs it was told two hours more meanwhile

    assert timeline.last == CAR
    assert awake(timeline, OURS + 7200 + LAG) == OURS + 7200
    assert timeline.told(told(CAR + 7300)) == CAR + 7300


def test_what_a_car_has_kept_while_we_restarted_has_its_own_time() -> None:
    timeline = Timeline(CAR, OURS + 120, restored=True)

    assert timeline.told(told(CAR + 30, OURS + 121)) == CAR + 30
    assert awake(timeline, OURS + 122) == CAR + 30


def test_of_a_car_that_is_asked_it_is_the_time_of_its_last_answer() -> None:
    timeline = Timeline(CAR, OURS)

    assert timeline.now(OURS + 900, connected=False, online_since=OURS, asked=CAR + 880) == CAR + 880
    assert timeline.now(OURS + 900, connected=False, online_since=OURS, asked=OURS + 999) == OURS + 900


def test_it_is_known_whether_anything_was_told_since() -> None:
    assert Timeline(CAR, OURS).heard_since(OURS)
    assert not Timeline(CAR, OURS).heard_since(OURS + 1)
    assert not Timeline(CAR, OURS, restored=True).heard_since(OURS)
