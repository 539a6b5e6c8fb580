"""Distances, directions, and the line of a route."""

import pytest

from simulator.car.geometry import bearing, between, metres_between, polyline


def test_a_minute_of_latitude_is_a_nautical_mile() -> None:
    assert metres_between((51.0, 0.0), (51.0 + 1 / 60, 0.0)) == pytest.approx(1853, abs=1)


@pytest.mark.parametrize(
    ("to", "degrees"), [((1.0, 0.0), 0), ((0.0, 1.0), 90), ((-1.0, 0.0), 180), ((0.0, -1.0), 270)]
)
def test_north_is_zero_and_east_is_ninety(to: tuple[float, float], degrees: float) -> None:
    assert bearing((0.0, 0.0), to) == pytest.approx(degrees)


def test_half_way_is_in_the_middle() -> None:
    assert between((1.0, 2.0), (3.0, 6.0), 0.5) == (2.0, 4.0)


def test_a_line_is_written_as_in_the_format_s_own_example() -> None:
    line = [(38.5, -120.2), (40.7, -120.95), (43.252, -126.453)]

    assert polyline(line, decimals=5) == "_p~iF~ps|U_ulLnnqC_mqNvxq`@"
