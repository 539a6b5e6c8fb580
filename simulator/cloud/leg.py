"""The way between the server and a car: what is lost there, comes twice, comes late, or comes changed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from custom_components.tesla_direct.tesla.proto import universal_message_pb2 as um

from ..car.car import Car
from ..car.messages.ask import HANDSHAKE
from ..clock import Clock
from .answers import REFUSALS, Answer
from .middle import Middle

# What a client hears of it; the last two happen between the server and the client.
LOST = {
    "408": REFUSALS["request_timeout"],
    "500": REFUSALS["internal_error"],
    "502": REFUSALS["bad_gateway_html"],
    "503": REFUSALS["service_unavailable"],
    "504": REFUSALS["gateway_timeout"],
    "540": REFUSALS["device_unexpected_response"],
    "drop": Answer(lost="drop"),
    "hang": Answer(lost="hang"),
}


@dataclass(slots=True, kw_only=True)
class Mishap:
    """One thing that goes wrong on the way, until it is taken back or used up.

    how:        for "lose" a name of LOST, for "tamper" one of the middle's
    after:      for "lose": the car gets the message, and its answer is lost
    seconds:    for "late": simulated
    vin:        of the one car concerned; all without it
    command:    the one command concerned
    handshakes: concerns handshakes and nothing else; None: both
    """

    kind: Literal["lose", "twice", "late", "tamper"]
    how: str = ""
    after: bool = False
    seconds: float = 0.0
    times: int | None = 1
    vin: str | None = None
    command: str | None = None
    handshakes: bool | None = False

    def concerns(self, car: Car, names: Iterable[str]) -> bool:
        """Tell whether a message to a car is one of those."""
        if self.vin not in {None, car.vin} or self.times == 0:
            return False
        if self.handshakes is not None and self.handshakes is not (HANDSHAKE in names):
            return False
        return self.command is None or self.command in names

    def count(self) -> None:
        """Count one time."""
        if self.times is not None:
            self.times -= 1


class Leg:
    """Carries messages to cars and their answers back."""

    def __init__(self, clock: Clock) -> None:
        """Be a good way, until something is made to go wrong."""
        self._clock = clock
        self._mishaps: list[Mishap] = []
        self._middle = Middle()

    def add(self, mishap: Mishap) -> None:
        """Have something go wrong."""
        self._mishaps.append(mishap)

    def straighten(self) -> None:
        """Have nothing go wrong any more."""
        self._mishaps.clear()

    def carry(self, car: Car, names: list[str], deliver: Callable[[], Answer]) -> Answer:
        """Take a message to a car and bring the answer, or what the client hears instead."""
        lost = self._meet("lose", car, names)
        if lost is not None and not lost.after:
            answer = LOST[lost.how]
            return Answer(status=503, lost=answer.lost) if answer.lost else answer
        if late := self._meet("late", car, names):
            alarm = self._clock.alarm(late.seconds)
            alarm.add_done_callback(lambda _: deliver() if car.state == "online" else None)
            return LOST["504"]
        if self._meet("twice", car, names):
            deliver()
        answer = deliver()
        return LOST[lost.how] if lost is not None else answer

    def returned(self, car: Car, names: list[str], request: um.RoutableMessage, answer: bytes) -> bytes:
        """Bring a signed answer past whoever sits in the middle."""
        self._middle.listen(car.vin, request, answer)
        for mishap in self._mishaps:
            if mishap.kind == "tamper" and mishap.concerns(car, names):
                changed = self._middle.change(mishap.how, car.vin, request, answer)
                if changed is not None:
                    mishap.count()
                    return changed
        return answer

    def _meet(self, kind: str, car: Car, names: list[str]) -> Mishap | None:
        """Return what a message runs into, and count it."""
        for mishap in self._mishaps:
            if mishap.kind == kind and mishap.concerns(car, names):
                mishap.count()
                return mishap
        return None
