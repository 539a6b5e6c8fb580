"""What a single text of a TeslaMate's says."""

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.decode.teslamate_texts import (
    MILES,
    miles,
    miles_per_hour,
    minutes,
    moment,
    numbered,
    sunroof,
    trim,
    window,
)
from custom_components.tesla_direct.tesla.vehicle.signals import software


@given(st.integers(min_value=0, max_value=200))
def test_whole_miles_per_hour_come_back_as_they_were(speed: int) -> None:
    assert miles_per_hour(str(round(speed / MILES))) == speed


def test_a_speed_that_no_whole_number_of_miles_makes_is_taken_as_it_is() -> None:
    assert miles_per_hour("1") == pytest.approx(MILES)
    assert miles_per_hour("100.5") == pytest.approx(62.45, abs=0.01)


@given(st.integers(min_value=0, max_value=99_999))
def test_ranges_come_back_as_they_were(hundredths: int) -> None:
    assert miles(str(round(hundredths / 100 / MILES, 2))) == hundredths / 100


@pytest.mark.parametrize("text", ["2026-10-07T10:00:00Z", "2026-10-07T12:00:00+02:00", "2026-10-07T10:00:00"])
def test_a_time_without_a_zone_is_that_of_greenwich(text: str) -> None:
    assert moment(text) == 1_791_367_200.0


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "noon"])
def test_a_time_that_no_clock_shows_is_none(text: str) -> None:
    assert moment(text) is None


def test_hours_are_told_in_minutes() -> None:
    assert minutes("1.5") == 90


@pytest.mark.parametrize(("text", "told"), [("true", "opened"), ("false", "closed"), ("ajar", None)])
def test_a_window_is_open_or_not(text: str, told: str | None) -> None:
    assert window(text) == told


@pytest.mark.parametrize(
    ("text", "told"), [("true", "installed"), ("false", "not_installed"), ("0", "not_installed"), ("x", None)]
)
def test_a_sunroof_is_told_in_a_word_or_by_its_number(text: str, told: str | None) -> None:
    assert sunroof(text) == told


def test_capitals_of_a_trim_are_taken_back() -> None:
    assert trim("74D") == "74d"


@pytest.mark.parametrize(("text", "told"), [("2", "on"), ("99999999", None), ("rubbish", None)])
def test_a_choice_is_told_by_its_number_in_the_cloud(text: str, told: str | None) -> None:
    assert numbered(software.CENTER_DISPLAY.kind)(text) == told


@pytest.mark.parametrize("read", [miles, miles_per_hour, minutes, moment, window, sunroof])
@pytest.mark.parametrize("text", ["", "nil", "rubbish", "[1]", "1e999"])
def test_what_makes_no_sense_is_none(read: object, text: str) -> None:
    assert callable(read)
    assert read(text) is None
