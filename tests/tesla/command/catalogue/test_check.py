from collections.abc import Callable
import math
from typing import Any

import pytest

from custom_components.tesla_direct.tesla.command.catalogue import check
from custom_components.tesla_direct.tesla.errors import CommandInvalid

HALF_A_CHARACTER = "\ud83d"


@pytest.mark.parametrize("value", [0, 80, 80.0, 100])
def test_a_whole_number_in_range_is_taken(value: float) -> None:
    taken = check.whole(value, "percent", 0, 100)

    assert taken == value
    assert type(taken) is int


@pytest.mark.parametrize("value", [-1, 101, 79.9, math.nan, math.inf, -math.inf, 10**400, -(10**400)])
def test_another_is_refused_with_the_range(value: float) -> None:
    with pytest.raises(CommandInvalid, match=r"^percent has to be a whole number from 0 to 100$") as refused:
        check.whole(value, "percent", 0, 100)

    assert refused.value.parameter == "percent"


@pytest.mark.parametrize("value", [14.9, 28.01, math.nan, math.inf, 10**400])
def test_a_number_out_of_range_is_refused_with_the_range(value: float) -> None:
    with pytest.raises(CommandInvalid, match=r"^temp has to be from 15 to 28$") as refused:
        check.number(value, "temp", 15.0, 28.0)

    assert refused.value.parameter == "temp"
    assert check.number(21.5, "temp", 15.0, 28.0) == 21.5


@pytest.mark.parametrize("value", [3, 0.5, math.nan, -1])
def test_what_is_not_listed_is_refused_with_the_list(value: Any) -> None:
    options = {0: "off", 1: "on"}
    one: Any = 1.0

    with pytest.raises(CommandInvalid, match=r"^level has to be one of 0, 1$") as refused:
        check.one_of(value, "level", options)

    assert refused.value.parameter == "level"
    assert check.one_of(one, "level", options) == "on"


@pytest.mark.parametrize(
    "value", ["", "123", "12345", "12a4", "-123", "\uff11\uff12\uff13\uff14", "\xb2\xb3\xb9\xb2", "12 4"]
)
def test_what_is_no_pin_is_refused_and_not_repeated(value: str) -> None:
    with pytest.raises(CommandInvalid) as refused:
        check.pin(value, "pin")

    assert str(refused.value) == "pin has to be 4 digits"
    assert refused.value.parameter == "pin"
    assert check.pin("0420", "pin") == "0420"


@pytest.mark.parametrize(
    ("value", "expected"), [("x" * 81, "may have 80 characters"), (HALF_A_CHARACTER, "is not text")]
)
def test_text_that_cannot_be_sent_is_refused(value: str, expected: str) -> None:
    with pytest.raises(CommandInvalid, match=f"^note {expected}$"):
        check.text(value, "note", 80)

    assert check.text("Grüße 🚗", "note") == "Grüße 🚗"


@pytest.mark.parametrize(
    ("checked", "value", "parameter"),
    [(check.latitude, 90.1, "lat"), (check.latitude, -91, "lat"), (check.longitude, 180.5, "lon")],
)
def test_a_place_is_on_the_earth(checked: Callable[..., Any], value: float, parameter: str) -> None:
    with pytest.raises(CommandInvalid) as refused:
        checked(value)

    assert refused.value.parameter == parameter
    assert checked(-12.5) == -12.5
