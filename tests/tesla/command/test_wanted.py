"""Who joins a wish, and until when."""

from custom_components.tesla_direct.tesla.command.command import Origin
from custom_components.tesla_direct.tesla.command.flight import Flight
from custom_components.tesla_direct.tesla.command.record import CommandRecord
from custom_components.tesla_direct.tesla.command.wanted import Wish
from custom_components.tesla_direct.tesla.fleet_api.ledger import Cause

from .passing import BEGAN, Passing
from .sending import LOCK, USER

PROGRAM = Origin(Cause.AUTOMATION, "automation.evening")


def wish_of(origin: Origin) -> Wish:
    return Wish(LOCK, origin, CommandRecord(name=LOCK.name, cause=origin.cause, by=origin.by, at=BEGAN))


def test_a_person_who_joins_is_the_one_who_is_named() -> None:
    wish = wish_of(PROGRAM)
    wish.join(Origin(Cause.USER, consent=True))

    assert (wish.record.cause, wish.record.by) == (Cause.USER, None)
    assert wish.origin.consent


def test_once_it_is_being_sent_it_stays_whose_it_was() -> None:
    wish = wish_of(PROGRAM)
    wish.begun = True
    wish.join(USER)

    assert (wish.record.cause, wish.record.by) == (Cause.AUTOMATION, "automation.evening")


async def test_nobody_joins_what_is_over_or_has_failed(passing: Passing) -> None:
    wish, other = wish_of(USER), wish_of(USER)
    wish.flight = Flight(passing.sleep(5), "command", passing.spawn)
    other.flight = Flight(passing.sleep(5), "command", passing.spawn)
    other.failed = True

    assert (wish.over, other.over) == (False, True)
    waiting = passing.spawn(wish.flight.wait(), "waiting")
    await passing.go(5)
    await waiting
    assert wish.over
