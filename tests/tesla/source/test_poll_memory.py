"""What is remembered of a polled car, and what the plan sees of that."""

from typing import Any

import pytest

from custom_components.tesla_direct.tesla.source.poll_memory import LONGEST, Memory, Past, remembered
from custom_components.tesla_direct.tesla.source.poll_plan import CarView
from custom_components.tesla_direct.tesla.vehicle.connectivity import Power

from .poll_world import Watched

VIN = "5YJ3E7EB0SF000001"
NOW = 1_791_360_000.0


@pytest.fixture
def car() -> Watched:
    """A car that has been online for a while, and has ended its connection since."""
    car = Watched(lambda: NOW)
    car.power = Power.ONLINE
    car.online_since = NOW - 900
    car.silent_since = NOW - 60
    return car


def test_the_plan_sees_what_the_car_is_and_what_is_remembered(car: Watched) -> None:
    memory = Memory(fetched_at=NOW - 500, not_before=NOW + 5, quiet_since=NOW - 700)

    assert memory.view(VIN, car, NOW) == CarView(
        vin=VIN,
        power=Power.ONLINE,
        online_since=NOW - 900,
        silent_since=NOW - 60,
        fetched_at=NOW - 500,
        not_before=NOW + 5,
        missing=car.wanted,
        quiet_since=NOW - 700,
    )


@pytest.mark.parametrize(("power", "paused"), [(Power.ASLEEP, False), (Power.ONLINE, True)])
def test_of_a_car_that_is_not_fetched_nobody_asks_what_is_missing(
    car: Watched, power: Power, *, paused: bool
) -> None:
    car.power, car.paused = power, paused

    assert Memory().view(VIN, car, NOW).missing == frozenset()


def test_a_time_that_lies_ahead_has_come_when_it_was_first_found_to() -> None:
    past = Past()

    assert past(NOW - 5, NOW) == NOW - 5
    assert past(NOW - 5, NOW - 60) == NOW - 60  # the clock was set back
    assert past(NOW - 5, NOW + 60) == NOW - 60  # and is right again
    assert past(NOW + 30, NOW + 60) == NOW + 30


def test_what_lies_ahead_is_forgotten_and_what_is_past_stays() -> None:
    memory = Memory(fetched_at=NOW + 50, not_before=NOW + 2 * LONGEST)
    memory.forget_the_future(NOW)
    assert memory == Memory(
        fetched_at=NOW,
        not_before=NOW + LONGEST,
        online_since=memory.online_since,
        silent_since=memory.silent_since,
    )

    memory.forget_the_future(NOW + 60)
    assert (memory.fetched_at, memory.not_before) == (NOW, NOW + LONGEST)


def test_what_was_kept_is_remembered() -> None:
    memory = remembered([NOW, NOW + 5, 2], {"charge_state": NOW - 5})

    assert (memory.fetched_at, memory.not_before, memory.failures) == (NOW, NOW + 5, 2)
    assert memory.parts == {"charge_state": NOW - 5}
    assert remembered([None, 0, 0], {}).fetched_at is None
    assert remembered(None, {"gui_settings": 1}).parts == {"gui_settings": 1.0}


@pytest.mark.parametrize("kept", [[NOW], 5, ["x", 0, 0], [NOW, 0, {}]])
def test_what_makes_no_sense_is_not_remembered(kept: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        remembered(kept, {})
