from datetime import UTC, datetime, time
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.vehicle.kind import (
    LONGEST,
    Kind,
    Level,
    choice,
    clock,
    count,
    epoch,
    epoch_ms,
    flag,
    long_text,
    nonzero,
    number,
    scaled,
    stripped,
    text,
    wall_clock,
)

GEAR = choice("ShiftState", "p", "r", aliases={"Park": "p", 3: "r", True: "p"})

# What JSON and a car's values can bring, and a few things beyond it.
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
)
ALL: tuple[Kind[Any], ...] = (
    GEAR,
    Level("off", "on"),
    clock,
    count,
    epoch,
    epoch_ms,
    flag,
    nonzero,
    number,
    scaled(60),
    stripped("CarType"),
    text,
    wall_clock,
)


@pytest.mark.parametrize("kind", ALL)
@given(raw=ANYTHING)
def test_a_kind_never_raises(kind: Kind[Any], raw: object) -> None:
    kind(raw)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (12.5, 12.5),
        (12, 12),
        ("12.5", 12.5),
        (" 12.5 ", 12.5),
        ("1.2e3", 1200.0),
        (float("nan"), None),
        (float("inf"), None),
        ("nan", None),
        ("-Infinity", None),
        ("<invalid>", None),
        ("", None),
        (True, None),
        (False, None),
        (None, None),
        ([1], None),
        (10**400, None),
        (2**63, None),
        (-(2**63), None),
        (2**53, 2**53),
    ],
)
def test_a_number_is_finite_and_no_boolean(raw: object, expected: float | None) -> None:
    assert number(raw) == expected


def test_a_scaled_number_is_in_another_unit() -> None:
    assert scaled(60)(3.5) == 210
    assert scaled(60)("invalid") is None


def test_a_count_is_whole() -> None:
    assert count("2.6") == 3
    assert count(None) is None


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (True, True),
        (False, False),
        ("true", True),
        ("FALSE", False),
        ("1", True),
        ("0", False),
        (1, True),
        (0.0, False),
        (2, None),
        ("yes", None),
        (None, None),
        ([], None),
    ],
)
def test_a_flag_is_yes_or_no_in_any_spelling(raw: object, expected: bool | None) -> None:  # noqa: FBT001  # a value of the table
    assert flag(raw) is expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [(0, False), (1, True), (255, True), (True, True), ("false", False), ("64", True), (None, None)],
)
def test_anything_but_zero_is_open(raw: object, expected: bool | None) -> None:  # noqa: FBT001  # a value of the table
    assert nonzero(raw) is expected


@pytest.mark.parametrize(
    "raw", ["", " ", "<invalid>", "SNA", "Unknown", "unknown", "Invalid", "nil", 5, None]
)
def test_text_that_says_nothing_is_none(raw: object) -> None:
    assert text(raw) is None


def test_of_text_without_end_the_beginning_is_kept() -> None:
    assert text("x" * LONGEST) == text("x" * 100_000) == "x" * LONGEST
    assert long_text("x" * 100_000) == "x" * 100_000
    assert long_text(" ") is None


def test_text_is_kept_as_it_is() -> None:
    assert text("Nova19") == "Nova19"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("ShiftStateP", "p"),
        ("P", "p"),
        ("p", "p"),
        ("ShiftStateSNA", None),
        ("ShiftStateUnknown", None),
        ("<invalid>", None),
        ("D", None),
        ("Park", "p"),
        (3, "r"),
        (True, "p"),
        (1, None),
        (False, None),
        (3.0, None),
        (None, None),
        ([], None),
    ],
)
def test_a_choice_takes_a_name_with_or_without_its_prefix(raw: object, expected: str | None) -> None:
    assert GEAR(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("NoPower", "no_power"),
        ("SOCTooLow", "soc_too_low"),
        ("GB_AC", "gb_ac"),
        ("DismissedQRCodeExpired", "dismissed_qr_code_expired"),
        ("AbortedUsingBLEKeys", "aborted_using_ble_keys"),
        ("Gen1Installed", "gen1_installed"),
    ],
)
def test_names_of_several_words_become_snakes(raw: str, expected: str) -> None:
    assert choice("", expected)(raw) == expected


def test_a_choice_lists_what_it_can_be() -> None:
    assert GEAR.options == ("p", "r")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (0, "off"),
        (1.0, "low"),
        ("2", "high"),
        (3, "high"),
        (1e300, "high"),
        (-1, None),
        ("off", None),
        (None, None),
    ],
)
def test_a_level_stands_at_its_place_in_the_list(raw: object, expected: str | None) -> None:
    level = Level("off", "low", "high")

    assert level(raw) == expected
    assert Level("off", "low", "high", "high").options == level.options


def test_stripped_text_has_no_prefix_and_no_capitals() -> None:
    car_type = stripped("CarType")

    assert car_type("CarTypeModel3") == car_type("model3") == "model3"
    assert car_type("CarTypeUnknown") is None
    assert car_type(5) is None


@pytest.mark.parametrize("raw", [0, "0", -5, 32_503_680_000, 1e300, None, True])
def test_a_time_that_no_calendar_knows_is_none(raw: object) -> None:
    assert epoch(raw) is None
    assert epoch_ms(raw) is None or raw == 32_503_680_000


def test_times_are_seconds() -> None:
    assert epoch(1_791_360_000) == 1_791_360_000
    assert epoch_ms(1_791_360_000_500) == 1_791_360_000.5
    assert epoch_ms("nonsense") is None


def test_a_wall_clock_comes_as_pacific_time_or_as_text() -> None:
    typed, untyped = wall_clock(1_791_444_600), wall_clock("Thu Oct 8 00:30:00 2026")

    assert typed == untyped == datetime.fromisoformat("2026-10-08T00:30:00")
    assert typed is not None
    assert typed.tzinfo is None


def test_a_wall_clock_in_winter_follows_pacific_winter_time() -> None:
    january = datetime(2026, 1, 8, 8, 30, tzinfo=UTC)

    assert wall_clock(str(int(january.timestamp()))) == datetime(2026, 1, 8, 0, 30)  # noqa: DTZ001  # naive on purpose


@pytest.mark.parametrize("raw", ["soon", 0, None, "Thu Oct 35 00:30:00 2026"])
def test_a_wall_clock_that_nobody_can_read_is_none(raw: object) -> None:
    assert wall_clock(raw) is None


def test_a_time_of_day_is_read_from_text() -> None:
    assert clock("07:30:05") == time(7, 30, 5)
    assert clock("25:00:00") is None
    assert clock(None) is None
