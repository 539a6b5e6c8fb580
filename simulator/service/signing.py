"""A command that a service signs with a key of its own, and what a car's no is to the service."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from custom_components.tesla_direct.tesla.proto import universal_message_pb2 as um

from ..car.actions.refused import Refused
from ..car.car import Car
from ..car.computer import EXPLAINED, Busy
from ..car.messages.ask import Ask
from ..car.verifier import INFOTAINMENT, SECURITY, Fault
from ..cloud.answers import Answer, bad_parameter, ok
from ..cloud.asked import Asked
from ..cloud.leg import LOST, Leg
from ..cloud.parameters import BadParameter, Plain, scopes_for
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


DONE = ok({"result": True, "reason": ""})
ASLEEP = Setback(REFUSALS["asleep"])
BUSY = Setback(REFUSALS["busy"])
STALE = Setback(REFUSALS["busy"], at_once=True)
UNKNOWN_KEY = Setback(REFUSALS["key"], final=True)
MOBILE_ACCESS = Setback(REFUSALS["mobile_access_disabled"], final=True)


def wanted(
    asked: Asked, name: str, known: Mapping[str, Plain], served: Collection[str], scopes: Collection[str]
) -> Ask | Answer:
    """Read what a plain command asks for, or say why it is not carried out.

    known:  the commands that are signed, and what they take
    served: those that no car hears of
    """
    if name not in known and name not in served:
        return REFUSALS["invalid_command"]
    if not scopes_for([name]) & set(scopes):
        return REFUSALS["missing_scopes"]
    if name in served:
        return DONE
    body = asked.json if asked.body.strip() else {}
    try:
        return known[name].read(name, body if isinstance(body, dict) else {})
    except BadParameter as error:
        return bad_parameter(str(error))


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
        return DONE

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
