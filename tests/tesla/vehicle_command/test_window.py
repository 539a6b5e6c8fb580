"""Counters of replies: each is good once, in any order that is not too far behind."""

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.vehicle_command.window import REACH, WIDTH, Window

COUNTERS = st.integers(min_value=0, max_value=0xFFFFFFFF)
NEAR = st.lists(st.integers(min_value=0, max_value=100), max_size=60)


@given(COUNTERS)
def test_the_first_counter_is_good_whatever_it_is(counter: int) -> None:
    window = Window()

    assert window.accept(counter)
    assert not window.accept(counter)
    assert window.state == (counter, 0)


@given(NEAR)
def test_no_counter_is_good_twice(counters: list[int]) -> None:
    window = Window()

    accepted = [counter for counter in counters if window.accept(counter)]

    assert len(accepted) == len(set(accepted))


@given(NEAR)
def test_a_late_counter_is_good_while_it_is_near_and_new(counters: list[int]) -> None:
    window, seen = Window(), set[int]()

    for counter in counters:
        new = counter not in seen and counter >= max(seen, default=0) - REACH
        assert window.accept(counter) is new
        if new:
            seen.add(counter)


@given(COUNTERS, COUNTERS, st.integers(min_value=0, max_value=(1 << WIDTH) - 1))
def test_the_highest_never_goes_back_and_the_bits_never_outgrow_their_field(
    counter: int, highest: int, seen: int
) -> None:
    window = Window(highest, seen)
    window.accept(counter)

    after, bits = window.state
    assert after == max(counter, highest)
    assert 0 <= bits < 1 << WIDTH


@pytest.mark.parametrize(
    ("ahead", "bits"), [(1, 0b11), (2, 0b110), (63, 0b11 << 62), (64, 1 << 63), (65, 0), (10**9, 0)]
)
def test_a_jump_moves_the_bits_along(ahead: int, bits: int) -> None:
    window = Window(100, 1)

    assert window.accept(100 + ahead)
    assert window.state == (100 + ahead, bits)
