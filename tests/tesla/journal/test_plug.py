import json
from typing import Any

import pytest

from custom_components.tesla_direct.tesla.journal.plug import Plug
from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal, Report
from custom_components.tesla_direct.tesla.vehicle.signals import charge, drive

NOON = 1_791_360_000.0


def hear(plug: Plug, at: float, **values: Any) -> None:
    named: dict[str, AnySignal] = {"state": charge.STATE, "odometer": drive.ODOMETER}
    told = {named[name]: value for name, value in values.items()}
    plug.feed(Report(told, NOON + at, "receiver", NOON + at))


def test_at_first_nothing_is_known() -> None:
    plug = Plug()

    assert (plug.out_known, plug.out_after) == (0, 0)
    assert not plug.is_back()
    assert plug.since(NOON) == NOON


def test_the_car_says_when_the_cable_is_out() -> None:
    plug = Plug()

    hear(plug, 0, state="charging")
    hear(plug, 100, state="disconnected")

    assert plug.out_known == plug.out_after == NOON + 100
    assert not plug.is_back()


def test_the_car_says_when_it_is_back_and_since_when() -> None:
    plug = Plug()

    hear(plug, 100, state="disconnected")
    hear(plug, 200, state="starting")
    hear(plug, 300, state="charging")

    assert plug.is_back()
    assert plug.since(NOON + 400) == NOON + 200


def test_a_car_that_has_moved_was_not_on_a_cable() -> None:
    plug = Plug()

    hear(plug, 0, state="charging", odometer=100.0)
    hear(plug, 7_200, odometer=112.0)

    assert plug.out_known == NOON + 7_200
    assert plug.out_after == NOON
    assert not plug.is_back()


def test_the_cable_is_back_if_the_same_poll_tells_both() -> None:
    plug = Plug()

    hear(plug, 0, state="charging", odometer=100.0)
    hear(plug, 7_200.004, odometer=112.0)
    hear(plug, 7_200, state="charging")

    assert plug.is_back()
    assert plug.since(NOON + 7_200) == NOON + 7_200


def test_what_the_odometer_rounds_is_no_drive() -> None:
    plug = Plug()

    hear(plug, 0, odometer=100.0)
    hear(plug, 60, odometer=100.09)

    assert plug.out_known == 0


def test_a_slow_drive_is_one_too() -> None:
    plug = Plug()

    for step in range(5):
        hear(plug, 60.0 * step, odometer=100.0 + 0.05 * step)

    assert plug.out_known == NOON + 180
    assert plug.out_after == NOON + 120


def test_an_odometer_that_runs_backwards_begins_anew() -> None:
    plug = Plug()

    hear(plug, 0, odometer=100.0)
    hear(plug, 60, odometer=10.0)
    hear(plug, 120, odometer=10.05)

    assert plug.out_known == 0


def test_old_news_is_no_news() -> None:
    plug = Plug()

    hear(plug, 100, state="charging", odometer=100.0)
    hear(plug, 50, state="disconnected", odometer=200.0)

    assert plug.out_known == 0
    assert plug.is_back()


def test_what_is_not_known_says_nothing() -> None:
    plug = Plug()

    hear(plug, 100, state=None, odometer=None)

    assert not plug.is_back()


@pytest.mark.parametrize("heard", [{}, {"state": "disconnected"}, {"state": "charging", "odometer": 100.0}])
def test_it_outlives_a_restart(heard: dict[str, Any]) -> None:
    plug = Plug()
    hear(plug, 100, **heard)

    again = Plug.from_json(json.loads(json.dumps(plug.to_json())))
    hear(again, 200, odometer=200.0)
    hear(plug, 200, odometer=200.0)

    assert again.to_json() == plug.to_json()
    assert again.is_back() == plug.is_back()
