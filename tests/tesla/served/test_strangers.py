"""Connections of whoever has not shown the token yet."""

import pytest

from custom_components.tesla_direct.tesla.served.bounds import Bounds
from custom_components.tesla_direct.tesla.served.strangers import Strangers

NOW = 1000.0
LIMIT = 60.0


class Wire:
    def __init__(self) -> None:
        self.aborted = 0

    def abort(self) -> None:
        self.aborted += 1


class Line:
    def __init__(self, *, there: bool = True) -> None:
        self.wire = Wire()
        self.transport = self.wire if there else None


@pytest.fixture
def strangers() -> Strangers:
    return Strangers(Bounds(first_request=LIMIT))


def test_the_oldest_makes_room(strangers: Strangers) -> None:
    gone, old, new = Line(there=False), Line(), Line()
    for one in (gone, old, new):
        strangers.greet(one, NOW)

    assert strangers.make_room()
    assert (old.wire.aborted, new.wire.aborted) == (1, 0)
    assert gone in strangers  # it may only be about to begin
    assert old not in strangers
    assert strangers.make_room()
    assert not strangers.make_room()


def test_whoever_is_known_makes_no_room_and_has_no_limit(strangers: Strangers) -> None:
    line = Line()
    strangers.greet(line, NOW)
    strangers.forget(line)
    strangers.forget(line)

    assert line not in strangers
    assert not strangers.make_room()
    assert strangers.end_overdue(NOW + LIMIT) == 0
    assert not line.wire.aborted


def test_whoever_is_a_stranger_for_too_long_is_sent_away(strangers: Strangers) -> None:
    gone, old, new = Line(there=False), Line(), Line()
    for age, one in enumerate((gone, old, new)):
        strangers.greet(one, NOW + age)

    assert strangers.end_overdue(NOW + LIMIT + 1) == 1
    assert (old.wire.aborted, new.wire.aborted) == (1, 0)
    assert gone not in strangers


def test_whoever_is_left_alone_still_makes_room(strangers: Strangers) -> None:
    line = Line()
    strangers.leave_alone(line)
    assert line not in strangers

    strangers.greet(line, NOW)
    strangers.leave_alone(line)
    assert strangers.end_overdue(NOW + 9999) == 0
    assert strangers.make_room()
    assert line.wire.aborted == 1
