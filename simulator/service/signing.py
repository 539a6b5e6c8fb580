"""A command that a service signs with a key of its own, and what a car's no is to the service."""

from dataclasses import dataclass

from custom_components.tesla_direct.tesla.proto import universal_message_pb2 as um

from ..car.actions.refused import Refused
from ..car.car import Car
from ..car.computer import EXPLAINED, Busy
from ..car.messages.ask import Ask
from ..car.verifier import INFOTAINMENT, SECURITY, Fault
from ..cloud.answers import Answer, ok
from ..cloud.leg import LOST, Leg
from ..proxy.carrier import SECURED
from .words import REFUSALS

UNKNOWN = frozenset(
    {
        um.MESSAGEFAULT_ERROR_UNKNOWN_KEY_ID,
        um.MESSAGEFAULT_ERROR_INACTIVE_KEY,
        um.MESSAGEFAULT_ERROR_INSUFFICIENT_PRIVILEGES,
    }
)


@dataclass(frozen=True, slots=True)
class Setback:
    """An attempt that failed; `final` are not repeated, `at_once` without a pause."""

    answer: Answer
    final: bool = False
    at_once: bool = False


ASLEEP = Setback(REFUSALS["asleep"])
BUSY = Setback(REFUSALS["busy"])
STALE = Setback(REFUSALS["busy"], at_once=True)
UNKNOWN_KEY = Setback(REFUSALS["key"], final=True)
MOBILE_ACCESS = Setback(REFUSALS["mobile_access_disabled"], final=True)


def attempted(leg: Leg, key: bytes, car: Car, ask: Ask) -> Answer | Setback:
    """Have the car's computer take a command that is signed with the service's key."""
    if not car.power.reachable():
        return ASLEEP
    if car.body.in_service:
        return Setback(REFUSALS["in_service"], final=True)
    verdicts: list[Exception] = []

    def delivered() -> Answer:
        verdicts.clear()
        try:
            _obeyed(car, key, ask)
        except (Busy, Fault, Refused) as verdict:
            verdicts.append(verdict)
        return ok({"result": True, "reason": ""})

    answer = leg.carry(car, [ask.name], delivered)
    if answer.lost or answer.status >= 400:
        return Setback(LOST["504"] if answer.lost else answer)
    return _judged(verdicts[0]) if verdicts else answer


def _obeyed(car: Car, key: bytes, ask: Ask) -> None:
    """Have the car do it; a ping asks for nothing but whether the car knows the key.

    Raises: Busy, Fault, Refused
    """
    if ask.name == "ping":
        car.greet(key, INFOTAINMENT)
    else:
        car.obey(key, SECURITY if ask.name in SECURED else INFOTAINMENT, ask)


def _judged(verdict: Exception) -> Answer | Setback:
    """Say what a car's no is to the service."""
    if isinstance(verdict, Refused):
        return ok({"result": False, "reason": verdict.reason})
    if not isinstance(verdict, Fault):
        return BUSY
    if verdict.code in EXPLAINED:
        return STALE
    if verdict.code == um.MESSAGEFAULT_ERROR_REMOTE_ACCESS_DISABLED:
        return MOBILE_ACCESS
    return UNKNOWN_KEY if verdict.code in UNKNOWN else BUSY
