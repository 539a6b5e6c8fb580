"""What parameters of actions may be."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

from homeassistant.util import dt as dt_util
from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.services import kinds
from custom_components.tesla_direct.services.kinds import (
    Choice,
    Listed,
    Number,
    Several,
    Text,
    Whole,
    Wrong,
)
from custom_components.tesla_direct.tesla.vehicle.location import Location

ALL: dict[str, Callable[[Any], Any]] = {
    "flag": kinds.flag,
    "number": Number(0.5, 2.5),
    "whole": Whole(1, 24),
    "text": Text(5),
    "choice": Choice(("left", "right")),
    "several": Several(("left", "middle", "right")),
    "listed": Listed(),
    "pin": kinds.pin,
    "time": kinds.time_of_day,
    "moment": kinds.moment,
    "place": kinds.place,
    "url": kinds.url,
    "members": kinds.members,
}
NAN, INFINITE, HUGE = float("nan"), float("inf"), 10**5000


@pytest.mark.parametrize(
    ("kind", "given", "taken"),
    [
        ("flag", True, True),
        ("flag", False, False),
        ("number", 0.5, 0.5),
        ("number", 2, 2.0),
        ("whole", 1, 1),
        ("whole", 24.0, 24),
        ("text", " ab ", "ab"),
        ("text", 12345, "12345"),
        ("text", 1.5, "1.5"),
        ("choice", "left", "left"),
        ("several", "left", ("left",)),
        ("several", ["right", "left", "right"], ("left", "right")),
        ("several", ("middle",), ("middle",)),
        ("listed", "a", ("a",)),
        ("listed", ["a", 1], ("a", "1")),
        ("pin", "0123", "0123"),
        ("pin", 4711, "4711"),
        ("time", "07:30", 450),
        ("time", "7:30", 450),
        ("time", "23:59:59", 1439),
        ("time", time(0, 5), 5),
        ("moment", "2026-10-07T07:30:00+00:00", datetime(2026, 10, 7, 7, 30, tzinfo=UTC)),
        ("moment", datetime(2026, 10, 7, tzinfo=UTC), datetime(2026, 10, 7, tzinfo=UTC)),
        ("place", {"latitude": 90, "longitude": -180.0}, Location(90.0, -180.0)),
        ("place", {"latitude": 0, "longitude": 0, "radius": 5}, Location(0.0, 0.0)),
        ("url", "HTTPS://example.com/a?b=c", "HTTPS://example.com/a?b=c"),
        ("members", {}, {}),
        ("members", {"a": [1]}, {"a": [1]}),
    ],
)
def test_what_fits_is_taken(kind: str, given: Any, taken: Any) -> None:
    found = ALL[kind](given)

    assert found == taken
    assert type(found) is type(taken)


REFUSED: tuple[tuple[str, str, tuple[Any, ...]], ...] = (
    ("flag", "not_a_flag", (0, 1, "true", "on", None, [])),
    ("number", "not_in_range", (0.4, 2.6, NAN, INFINITE, -INFINITE, HUGE, True, "1", None)),
    ("whole", "not_whole_in_range", (0, 25, 1.5, NAN, INFINITE, HUGE, True, "5", None, [5])),
    ("text", "not_a_text", ("", "  ", "123456", "\ud800", 123456, NAN, HUGE, True, None, [], {})),
    ("choice", "not_one_of", ("Left", "", None, ["left"], 1)),
    ("several", "not_some_of", ([], "", None, ["up"], [[]], {"left": 1}, 5)),
    ("listed", "not_a_list", ([], None, 5, {"a": 1}, ["a"] * 21)),
    ("listed", "not_a_text", ([""], "")),
    (
        "pin",
        "not_a_pin",
        ("123", "12345", "12a4", "١٢٣٤", 123, 12345, -123, HUGE, 12.5, True, None, ["1234"]),
    ),
    ("time", "not_a_time", ("", "7", "24:00", "07:60", "0730", "a:b", 450, 27_000, None, ["07:30"])),
    (
        "moment",
        "not_a_moment",
        (
            *("", "today", "2026-02-30", 0, None, [], time(7)),
            # Whole dates and times, as far as their form goes.
            *("2026-02-30 10:00", "2026-13-01T00:00", "2026-10-07 07:30:00+99:99"),
        ),
    ),
    (
        "place",
        "not_a_place",
        (
            None,
            [],
            "1,2",
            {},
            {"latitude": 91, "longitude": 0},
            {"latitude": 0, "longitude": "0"},
            {"lat": 0, "lon": 0},
        ),
    ),
    (
        "url",
        "not_an_address",
        ("example.com", "file:///etc/passwd", "http://", "http://[", "http://a b", 5),
    ),
    ("url", "not_a_text", ("",)),
    ("members", "not_an_object", (None, [], "{}", {1: 2})),
)


@pytest.mark.parametrize(
    ("kind", "given", "key"),
    [(kind, value, key) for kind, key, values in REFUSED for value in values],
    ids=[f"{kind}-{number}" for kind, _, values in REFUSED for number in range(len(values))],
)
def test_what_does_not_fit_is_refused_with_what_would(kind: str, given: Any, key: str) -> None:
    with pytest.raises(Wrong) as caught:
        ALL[kind](given)

    assert caught.value.key == key


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("number", {"least": "0.5", "most": "2.5"}),
        ("whole", {"least": "1", "most": "24"}),
        ("text", {"most": "5"}),
        ("choice", {"options": "left, right"}),
        ("several", {"options": "left, middle, right"}),
        ("listed", {"most": "20"}),
        ("pin", {}),
    ],
)
def test_a_refusal_names_the_range_and_never_what_was_given(kind: str, told: dict[str, str]) -> None:
    with pytest.raises(Wrong) as caught:
        ALL[kind]([{"secret": "secret"}] * 30)

    assert caught.value.told == told
    assert "secret" not in repr(caught.value)


def test_a_day_begins_where_home_assistant_is() -> None:
    zone = dt_util.get_time_zone("Europe/Berlin")
    assert zone is not None
    before = dt_util.get_default_time_zone()
    dt_util.set_default_time_zone(zone)
    try:
        day = kinds.moment("2026-10-07")
        clock = kinds.moment("2026-10-07 07:30")
        unquoted = kinds.moment(date(2026, 10, 7))  # as YAML reads it
    finally:
        dt_util.set_default_time_zone(before)

    assert day.isoformat() == unquoted.isoformat() == "2026-10-07T00:00:00+02:00"
    assert clock.isoformat() == "2026-10-07T07:30:00+02:00"


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.times(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["latitude", "longitude", "a"]), inner),
    max_leaves=5,
)


@pytest.mark.parametrize("kind", ALL.values(), ids=ALL)
@given(raw=ANYTHING)
def test_anything_is_taken_or_refused(kind: Callable[[Any], Any], raw: Any) -> None:
    try:
        taken = kind(raw)
    except Wrong as wrong:
        taken = wrong.key
    assert taken is not None
