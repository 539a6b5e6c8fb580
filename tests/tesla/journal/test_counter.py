import json

import pytest

from custom_components.tesla_direct.tesla.journal.counter import SLOW, Counter, Told
from custom_components.tesla_direct.tesla.journal.plug import Plug
from custom_components.tesla_direct.tesla.vehicle.signal import Report
from custom_components.tesla_direct.tesla.vehicle.signals import charge

NOON = 1_791_360_000.0


def at(hour: float) -> float:
    return NOON + hour * 3_600


class Heard:
    """A counter and what it hears, hour by hour."""

    def __init__(self) -> None:
        self.counter = Counter()
        self.plug = Plug()

    def value(self, hour: float, value: float, source: str = "receiver") -> float | None:
        self.counter.feed(Told(source, value, at(hour)), self.plug, limit=SLOW)
        return self.counter.total

    def lifetime(self, hour: float, value: float) -> float | None:
        self.counter.feed_lifetime(value, at(hour))
        return self.counter.total

    def state(self, hour: float, state: str) -> None:
        self.plug.feed(Report({charge.STATE: state}, at(hour), "receiver", at(hour)))


@pytest.fixture
def heard() -> Heard:
    return Heard()


def test_there_is_no_total_before_a_first_value(heard: Heard) -> None:
    assert heard.counter.total is None


def test_what_was_charged_before_we_came_is_not_ours(heard: Heard) -> None:
    assert heard.value(1, 7.4) == 0


def test_rises_are_summed(heard: Heard) -> None:
    heard.value(1, 7.4)

    assert heard.value(2, 9.4) == 2
    assert heard.value(3, 9.5) == 2.1


def test_a_revision_downwards_is_waited_for(heard: Heard) -> None:
    heard.value(1, 7.0)

    assert heard.value(2, 7.4) == 0.4
    assert heard.value(3, 7.38) == 0.4
    assert heard.value(4, 7.42) == 0.42


@pytest.mark.parametrize("fall", [0.02, 0.1, 0.2, 0.5, 2.0, 5.0, 15.0])
@pytest.mark.parametrize("source", ["receiver", "poll"])
def test_a_revision_of_any_size_adds_nothing(heard: Heard, fall: float, source: str) -> None:
    heard.state(0, "charging")
    heard.value(0, 0.0, source)
    heard.value(2, 20.0, source)

    assert heard.value(2.01, 20.0 - fall, source) == 20
    assert heard.value(2.02, 20.1, source) == 20.1


def test_a_small_revision_of_the_lifetime_counter_adds_nothing(heard: Heard) -> None:
    heard.lifetime(0, 1000.0)
    heard.lifetime(2, 1020.0)

    assert heard.lifetime(2.01, 1019.5) == 20
    assert heard.lifetime(2.02, 1020.1) == 20.1


def test_what_is_old_or_repeated_changes_nothing(heard: Heard) -> None:
    heard.value(1, 1.0)
    heard.value(3, 3.0)

    assert heard.value(2, 2.0) == 2
    assert heard.value(2.5, 9.0) == 2
    assert heard.value(3, 9.0) == 2
    assert heard.value(4, 3.5) == 2.5


def test_a_fall_begins_a_session_whose_energy_is_all_new(heard: Heard) -> None:
    heard.value(1, 7.4)

    assert heard.value(10, 0.5) == 0.5
    assert heard.counter.started == at(10)
    assert heard.value(11, 3.5) == 3.5


def test_the_session_began_when_the_cable_came(heard: Heard) -> None:
    heard.value(1, 7.4)
    heard.state(2, "disconnected")
    heard.state(9, "starting")
    heard.value(10, 0.5)

    assert heard.counter.started == at(9)


def test_a_session_that_has_surpassed_the_one_before_is_new_if_the_cable_was_out(heard: Heard) -> None:
    heard.state(0, "charging")
    heard.value(1, 7.4)
    heard.state(2, "disconnected")
    heard.state(9, "charging")

    assert heard.value(10, 9.0) == 9


def test_without_such_a_proof_it_is_the_same_session(heard: Heard) -> None:
    heard.value(1, 7.4)

    assert heard.value(10, 9.0) == 1.6


def test_the_end_of_a_session_may_be_told_after_the_cable_has_gone(heard: Heard) -> None:
    heard.state(0, "charging")
    heard.value(1, 7.38)
    heard.state(1.1, "disconnected")

    assert heard.value(1.2, 7.41) == 0.03


def test_an_old_value_told_once_more_after_the_plug_in_is_old(heard: Heard) -> None:
    heard.state(0, "charging")
    heard.value(1, 7.4)
    heard.state(2, "disconnected")
    heard.state(9, "starting")

    assert heard.value(9.1, 7.4) == 0
    assert heard.value(9.5, 0.2) == 0.2


def test_a_small_session_does_not_spoil_the_next(heard: Heard) -> None:
    heard.state(0, "charging")
    heard.value(1, 0.08)
    heard.state(2, "disconnected")
    heard.state(3, "starting")
    heard.value(3.1, 0.0)

    assert heard.value(3.5, 2.0) == 2


def test_a_revision_after_the_cable_has_gone_is_no_session(heard: Heard) -> None:
    heard.state(0, "charging")
    heard.value(1, 7.4)
    heard.state(2, "disconnected")
    heard.value(2.1, 7.39)
    heard.state(9, "starting")

    assert heard.value(9.1, 7.38) == 0
    assert heard.value(9.5, 0.2) == 0.2


def test_a_word_of_disconnection_in_mid_charge_does_not_count_it_twice(heard: Heard) -> None:
    heard.state(0, "charging")
    heard.value(1, 7.4)
    heard.state(1.001, "disconnected")
    heard.state(1.002, "charging")

    assert heard.value(1.01, 7.45) == 0.05
    assert heard.value(3, 20.0) == 12.6


def test_a_car_that_is_not_plugged_in_yet_begins_from_there(heard: Heard) -> None:
    heard.state(0, "disconnected")
    heard.value(1, 7.4)
    heard.state(9, "charging")

    assert heard.value(10, 9.0) == 9


def test_another_basis_adds_nothing_and_then_its_rises(heard: Heard) -> None:
    heard.value(1, 1.0)
    heard.value(2, 3.0)

    assert heard.value(2.5, 3.4, "poll") == 2
    assert heard.value(4, 5.4, "poll") == 4


def test_a_basis_that_returns_brings_what_was_missed_and_nothing_twice(heard: Heard) -> None:
    heard.value(1, 1.0)
    heard.value(2, 3.0)
    heard.value(4, 6.0, "poll")
    heard.value(5, 7.0, "poll")

    assert heard.counter.total == 3
    assert heard.value(6, 8.0) == 7
    assert heard.value(7, 9.0, "poll") == 7
    assert heard.value(8, 9.0) == 8


def test_a_basis_that_follows_into_a_session_adds_nothing(heard: Heard) -> None:
    heard.value(1, 7.4)
    heard.value(1, 7.4, "poll")
    heard.value(10, 2.0)

    assert heard.value(10.5, 2.4, "poll") == 2
    assert heard.value(11, 3.4, "poll") == 3


def test_a_late_poll_of_the_session_before_opens_none(heard: Heard) -> None:
    heard.value(1, 7.4)
    heard.value(1, 7.4, "poll")
    heard.value(10, 2.0)

    assert heard.value(9, 7.6, "poll") == 2
    assert heard.value(11, 2.4, "poll") == 2


def test_a_basis_that_comes_late_sees_a_session_that_the_other_missed(heard: Heard) -> None:
    heard.state(0, "charging")
    heard.value(1, 7.4)
    heard.value(1, 7.4, "poll")
    heard.value(10, 2.0)
    heard.state(12, "disconnected")
    heard.state(20, "charging")

    assert heard.value(21, 4.0, "poll") == 6


def test_an_error_of_the_value_adds_nothing(heard: Heard) -> None:
    heard.value(1, 1.0)

    assert heard.value(1.01, 60_000.0) == 0
    assert heard.value(2, 60_001.0) == 1


def test_a_negative_value_is_none(heard: Heard) -> None:
    assert heard.value(1, -1.0) is None


def test_a_value_that_falls_to_nothing_for_a_moment_is_not_counted_twice(heard: Heard) -> None:
    heard.value(1, 1.0)
    heard.value(2, 7.4)
    heard.value(2.01, 0.0)

    assert heard.value(2.02, 7.45) == 6.45
    assert heard.value(3, 8.0) == 7


def test_a_new_session_that_is_fast_is_no_such_error(heard: Heard) -> None:
    heard.value(1, 1.0)
    heard.value(2, 7.4)
    heard.value(8, 0.0)
    heard.value(8.01, 0.2)

    assert heard.value(8.5, 7.5) == 13.9


def test_the_lifetime_counter_never_begins_anew(heard: Heard) -> None:
    heard.lifetime(1, 12_345.0)
    heard.value(1, 7.4)

    assert heard.lifetime(2, 12_347.0) == 2
    assert heard.value(2, 9.6) == 2
    assert heard.lifetime(10, 12_348.0) == 3


def test_a_lifetime_counter_that_is_new_adds_nothing(heard: Heard) -> None:
    heard.value(1, 1.0)
    heard.value(2, 3.0)

    assert heard.lifetime(2.5, 12_345.0) == 2
    assert heard.lifetime(3.5, 12_346.0) == 3


def test_the_session_takes_over_when_the_lifetime_counter_falls_silent(heard: Heard) -> None:
    heard.value(1, 1.0)
    heard.lifetime(1, 12_345.0)

    assert heard.value(1.5, 2.0) == 0
    assert heard.value(2.1, 3.0) == 2
    assert heard.lifetime(2.2, 12_347.1) == 2.1


def test_another_computer_counts_from_another_number(heard: Heard) -> None:
    heard.lifetime(1, 12_345.0)
    heard.lifetime(2, 12_350.0)

    assert heard.lifetime(3, 10.0) == 5
    assert heard.lifetime(4, 12.0) == 7
    assert heard.lifetime(4, 99.0) == 7


def test_what_means_nothing_is_only_remembered(heard: Heard) -> None:
    heard.value(1, 8.0)
    heard.counter.skip(Told("receiver", 18.9, at(2)), heard.plug)
    heard.counter.skip(Told("poll", 18.9, at(2)), heard.plug)

    assert heard.value(3, 18.9) == 0
    assert heard.value(10, 1.0) == 1


def test_what_meant_nothing_does_not_count_once_it_means_something(heard: Heard) -> None:
    heard.state(0, "disconnected")
    heard.state(1, "charging")
    heard.counter.skip(Told("receiver", 18.9, at(2)), heard.plug)
    heard.counter.skip(Told("receiver", 19.0, at(3)), heard.plug)

    assert heard.value(4, 19.05) == 0.05


def test_it_outlives_a_restart_in_mid_charge(heard: Heard) -> None:
    heard.value(1, 7.4)
    heard.lifetime(1, 12_345.0)
    heard.value(10, 2.0)
    heard.value(10, 2.0, "poll")

    heard.counter = Counter.from_json(json.loads(json.dumps(heard.counter.to_json())))

    assert heard.value(10, 5.0) == 2
    assert heard.value(12, 3.0) == 3
    assert heard.counter.started == at(10)


def test_an_empty_one_outlives_it_too() -> None:
    again = Counter.from_json(json.loads(json.dumps(Counter().to_json())))

    assert again.total is None
    assert again.started is None
