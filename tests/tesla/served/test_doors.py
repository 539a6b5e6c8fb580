"""Who gets in, and who may try how often."""

import pytest

from custom_components.tesla_direct.tesla.served.doors import ADDRESSES, ATTEMPTS, WINDOW, Doors

TOKEN = "a-secret-of-ours"
NOW = 1000.0


@pytest.fixture
def doors() -> Doors:
    return Doors(TOKEN)


@pytest.mark.parametrize("form", [TOKEN, f"?token={TOKEN}", f"token={TOKEN}"])
def test_the_token_opens_in_each_form_that_teslamate_takes(doors: Doors, form: str) -> None:
    assert doors.opens(form)
    assert doors.admits({"Authorization": f"Bearer {form}"}, {})
    assert doors.admits({}, {"token": form})


@pytest.mark.parametrize("wrong", ["", "x", TOKEN[:-1], TOKEN + "x", "?token=", "with blank", "é", "\ud800"])
def test_nothing_else_does(doors: Doors, wrong: str) -> None:
    assert not doors.opens(wrong)
    assert not doors.admits({"Authorization": f"Bearer {wrong}"}, {"token": wrong})
    assert not doors.admits({"Authorization": f"Basic {TOKEN}"}, {})
    assert not doors.admits({}, {})


def test_of_two_tokens_one_right_one_is_enough(doors: Doors) -> None:
    assert doors.admits({"Authorization": "Bearer of-tesla"}, {"token": TOKEN})


def test_an_address_that_tried_too_often_is_shut_out_for_a_while_and_others_are_not(doors: Doors) -> None:
    for _ in range(ATTEMPTS - 1):
        doors.failed("here", NOW)
    assert doors.shut_for("here", NOW) == 0

    doors.failed("here", NOW + 10)
    assert doors.shut_for("here", NOW + 10) == WINDOW - 10
    assert doors.shut_for("there", NOW + 10) == 0
    assert doors.shut_for("here", NOW + WINDOW) == 0


def test_who_goes_on_trying_stays_out(doors: Doors) -> None:
    for second in range(ATTEMPTS + 30):
        doors.failed("here", NOW + second)

    assert doors.shut_for("here", NOW + ATTEMPTS + 29) > 0


def test_only_so_many_addresses_are_remembered(doors: Doors) -> None:
    for _ in range(ATTEMPTS):
        doors.failed("first", NOW)
    for number in range(ADDRESSES):
        doors.failed(str(number), NOW)

    assert doors.shut_for("first", NOW) == 0
