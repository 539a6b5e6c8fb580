"""What the silence of a car means, by what it does and what others know of it."""

import pytest

from custom_components.tesla_direct.tesla.source.legacy_silence import (
    BUSY_LAPSE,
    LAPSE,
    ONLINE_LAPSE,
    Elsewhere,
    lapse,
    patience,
)


@pytest.mark.parametrize(
    ("elsewhere", "seconds"),
    [
        (Elsewhere(), LAPSE),
        (Elsewhere(online=True), LAPSE),
        (Elsewhere(seen_at=100.0), LAPSE),  # by its own word
        (Elsewhere(seen_at=101.0), ONLINE_LAPSE),
        (Elsewhere(seen_at=101.0, charges=True), LAPSE),
        (Elsewhere(seen_at=101.0, busy=True), BUSY_LAPSE),
        (Elsewhere(online=False, seen_at=101.0, busy=True), 0.0),
    ],
)
def test_how_long_a_silent_car_counts_as_connected(elsewhere: Elsewhere, seconds: float) -> None:
    assert lapse(elsewhere, 100.0) == seconds


@pytest.mark.parametrize(
    ("elsewhere", "seconds"),
    [
        (Elsewhere(), None),
        (Elsewhere(seen_at=101.0), None),
        (Elsewhere(online=True), ONLINE_LAPSE),
        (Elsewhere(online=True, charges=True), LAPSE),
        (Elsewhere(charges=True), ONLINE_LAPSE),
        (Elsewhere(online=True, busy=True), BUSY_LAPSE),
        (Elsewhere(busy=True), LAPSE),
        (Elsewhere(online=False, busy=True, charges=True), None),
    ],
)
def test_how_long_a_car_may_be_silent_before_it_is_taken_for_anothers(
    elsewhere: Elsewhere, seconds: float | None
) -> None:
    assert patience(elsewhere) == seconds
