from dataclasses import FrozenInstanceError

import pytest

from custom_components.tesla_direct.tesla.vehicle.kind import number
from custom_components.tesla_direct.tesla.vehicle.signal import Reading, Signal

from .states import told


def a_signal() -> Signal[float]:
    return Signal(name="level", kind=number)


def test_two_facts_are_different_even_if_they_are_spelled_alike() -> None:
    one, other = a_signal(), a_signal()

    assert one != other
    assert {one: 1, other: 2} == {one: 1, other: 2}
    assert len({one, other}) == 2


def test_a_fact_does_not_change() -> None:
    signal = a_signal()

    with pytest.raises(FrozenInstanceError):
        signal.name = "limit"  # type: ignore[misc]  # that is the point


@pytest.mark.parametrize(
    ("path", "field", "told"),
    [(None, None, False), ("charge_state.level", None, True), (None, "Level", True)],
)
def test_a_fact_that_no_source_spells_is_told_by_no_car(
    path: str | None,
    field: str | None,
    told: bool,  # noqa: FBT001  # a case
) -> None:
    assert Signal(name="level", kind=number, path=path, field=field).told is told


def test_two_reports_are_different_even_if_they_say_the_same() -> None:
    assert told({}) != told({})


def test_readings_are_equal_if_they_say_the_same() -> None:
    assert Reading(63.0, 1.0, "poll") == Reading(63.0, 1.0, "poll")
    assert Reading(63.0, 1.0, "poll") != Reading(63.0, 2.0, "poll")
