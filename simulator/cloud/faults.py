"""What can be made to go wrong: answers replaced, spoilt, late or withheld, before or after the effect."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from .answers import Answer

EVERYTHING = "*"


@dataclass(slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong at an endpoint, until it is taken back or used up.

    endpoint: a name of the table of endpoints, or EVERYTHING
    answer:   what is said instead; without it and without `spoil` no answer ever comes
    spoil:    makes the answer out of the honest one; needs `after`
    after:    the request is carried out all the same
    delay:    real seconds before anything happens
    drop:     hang up instead of letting wait
    times:    how often; None until taken back
    """

    endpoint: str
    answer: Answer | None = None
    spoil: Callable[[Answer], Answer] | None = None
    after: bool = False
    delay: float = 0.0
    drop: bool = False
    times: int | None = None
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Faults:
    """The faults that are switched on; of several for one endpoint the newest counts."""

    def __init__(self) -> None:
        """Have nothing go wrong."""
        self._active: list[Fault] = []
        self._met: list[Fault] = []

    def on(self, fault: Fault) -> None:
        """Switch a fault on."""
        self._active.append(fault)

    def off(self, endpoint: str = EVERYTHING) -> None:
        """Switch off what is wrong with an endpoint, or everything; whoever waits is let go."""
        for faults in (self._active, self._met):
            for fault in tuple(faults):
                if endpoint in {EVERYTHING, fault.endpoint}:
                    faults.remove(fault)
                    fault.over.set()

    def hold(self, endpoint: str) -> asyncio.Event:
        """Return what is set when those who wait at an endpoint are let go."""
        fault = Fault(endpoint=endpoint)
        self._met.append(fault)
        return fault.over

    def meet(self, endpoint: str) -> Fault | None:
        """Return the fault that a request runs into, and count it."""
        for fault in reversed(self._active):
            if fault.endpoint not in {endpoint, EVERYTHING}:
                continue
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self._active.remove(fault)
                    self._met.append(fault)
            return fault
        return None


def halved(answer: Answer) -> Answer:
    """Cut an answer off in the middle of its body."""
    return replace(answer, cut=True)


def emptied(answer: Answer) -> Answer:
    """Leave the status and take the body."""
    return replace(answer, body="")


def unpacked(answer: Answer) -> Answer:
    """Give JSON of another shape: a list where an object should be."""
    return replace(answer, body=[answer.body])


def html(answer: Answer) -> Answer:
    """Give a page for people, as gateways do, with the status of the honest answer."""
    headers = {"Content-Type": "text/html"}
    return replace(answer, body="<html><body><h1>We will be right back</h1></body></html>", headers=headers)


def broken(answer: Answer) -> Answer:
    """Give something that says it is JSON and is not."""
    return replace(answer, body=answer.text[:-1], headers={"Content-Type": "application/json"})


SPOILED = {
    "truncated": halved,
    "empty": emptied,
    "list": unpacked,
    "html": html,
    "not json": broken,
}
