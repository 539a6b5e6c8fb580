"""Commands: signed ones that the cloud carries to the car, and plain ones that it has the car do."""

import base64
import binascii
from collections.abc import Callable

from custom_components.tesla_direct.tesla.proto import universal_message_pb2 as um

from ..car.actions.refused import Refused
from ..car.car import Car
from ..car.messages import asked
from ..car.messages.ask import HANDSHAKE, Ask, parsed
from .answers import REFUSALS, Answer, bad_parameter, ok
from .endpoints import Call, Endpoint
from .parameters import EITHER, PLAIN, SERVER_SIDE, UNSIGNED, BadParameter, scopes_for
from .vehicles import CAR, closed, of_car

HARDLOCKED = "unsigned_cmds_hardlocked"


def signed_command(call: Call, car: Car) -> Answer:
    """Carry a signed message to the car, if it may be sent, and its answer back."""
    if refusal := _speechless(car):
        return refusal
    if call.asked.carried is not None:
        return _carried(call, car, *call.asked.carried)
    body = call.asked.json
    data = _decoded(body.get("routable_message") if isinstance(body, dict) else None)
    message = parsed(data) if data else None
    if data is None or message is None:
        return bad_parameter("invalid routable_message param")
    names = asked.names(message)
    call.asked.command = ", ".join(names)
    if refusal := _forbidden(call, message, names):
        return refusal
    if not car.power.reachable():
        return REFUSALS["vehicle_offline"]
    return call.books.leg.carry(car, names, lambda: _delivered(call, car, names, message, data))


def _carried(call: Call, car: Car, names: list[str], deliver: Callable[[Car], None]) -> Answer:
    """Carry what the simulator's own proxy asks for, under the same conditions as a signed message."""
    call.asked.command = ", ".join(names)
    needed = EITHER if names == [HANDSHAKE] else scopes_for(names)
    if not needed & call.scopes:
        return REFUSALS["missing_scopes"]
    if not car.power.reachable():
        return REFUSALS["vehicle_offline"]

    def delivered() -> Answer:
        deliver(car)
        return ok("")

    return call.books.leg.carry(car, names, delivered)


def _speechless(car: Car) -> Answer | None:
    """Refuse for a car in service, and for one that does not speak the protocol."""
    if car.body.in_service:
        return REFUSALS["in_service"]
    return REFUSALS["protocol_not_supported"] if car.model.old else None


def _forbidden(call: Call, message: um.RoutableMessage, names: list[str]) -> Answer | None:
    """Refuse what lacks its scope, and what cannot be read, so that nobody knows which it needs."""
    if asked.encrypted(message):
        return REFUSALS["encrypted_command"]
    needed = EITHER if names == [HANDSHAKE] else scopes_for(names)
    return None if needed & call.scopes else REFUSALS["missing_scopes"]


def _delivered(call: Call, car: Car, names: list[str], message: um.RoutableMessage, data: bytes) -> Answer:
    returned = call.books.leg.returned(car, names, message, car.receive(data))
    return Answer(body={"response": base64.b64encode(returned).decode()})


def _decoded(text: object) -> bytes | None:
    if not isinstance(text, str):
        return None
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return None


def command(call: Call, car: Car) -> Answer:
    """Have the car do what a plain command says."""
    name = call.asked.values["command"]
    call.asked.command = name
    if refusal := _not_now(call, car, name):
        return refusal
    if name in SERVER_SIDE:
        return _result(done=True)
    body = call.asked.json if call.asked.body.strip() else {}
    try:
        ask = PLAIN[name].read(name, body if isinstance(body, dict) else {})
    except BadParameter as error:
        return bad_parameter(str(error))
    if not car.power.reachable():
        return REFUSALS["vehicle_offline"]
    return call.books.leg.carry(car, [name], lambda: _told(car, ask))


def _not_now(call: Call, car: Car, name: str) -> Answer | None:
    """Refuse what is no command, lacks its scope, or is not for this car."""
    if name not in PLAIN and name not in SERVER_SIDE:
        return REFUSALS["bad_request_invalid_command"]
    if not scopes_for([name]) & call.scopes:
        return REFUSALS["missing_scopes"]
    if refusal := closed(car):
        return refusal
    unsigned = name in UNSIGNED | SERVER_SIDE or car.hardlocked
    return REFUSALS["command_protocol_required"] if car.model.signs and not unsigned else None


def _told(car: Car, ask: Ask) -> Answer:
    if car.model.signs and ask.name not in UNSIGNED:
        return _result(done=False, reason=HARDLOCKED)
    try:
        car.execute(ask.name, ask.arguments)
    except Refused as refused:
        return _result(done=False, reason=refused.reason)
    return _result(done=True)


def _result(*, done: bool, reason: str = "") -> Answer:
    return ok({"result": done, "reason": reason})


ENDPOINTS = (
    Endpoint(
        name="signed_command",
        method="POST",
        path=f"{CAR}/signed_command",
        serve=of_car(signed_command),
        category="command",
        scopes=EITHER,
    ),
    Endpoint(
        name="command",
        method="POST",
        path=f"{CAR}/command/{{command}}",
        serve=of_car(command),
        category="command",
        scopes=EITHER,
    ),
)
