"""Commands: the service wakes, signs and repeats by itself, for up to a minute and a half."""

from collections.abc import Mapping

from ..car.car import Car
from ..car.messages.ask import Ask
from ..cloud import commands as tesla
from ..cloud.answers import Answer, ok
from ..cloud.endpoints import Call as TeslaCall
from ..cloud.leg import LOST
from ..cloud.parameters import PLAIN, SERVER_SIDE, Plain, flag, text, whole
from ..service.signing import BUSY, Setback, attempted, wanted
from .office import Call
from .words import REFUSALS

PATIENCE_S = 90.0  # simulated seconds, from the first attempt
REPEATS = 6  # of what is passed on to Tesla
ATTEMPTS = 5  # of what is signed, the first included
PAUSES_S = (1.0, 2.0, 3.0, 4.0)
REPEATED = frozenset({424, 429})
# Signed commands that Tesla's REST interface does not have. What a car of ours cannot do, it says.
CUSTOM = {
    "ping": Plain(),
    "closure": Plain((text("frunk", default=""), text("trunk", default=""), text("charge_port", default=""))),
    "seat_heater": Plain((whole("seat_position", 0), whole("level", 0))),
    "charge_on_solar": Plain((flag("on", default=True),)),
    "dashcam_save": Plain(),
    "play_video": Plain((text("url", default=""),)),
    "start_light_show": Plain((whole("show_index", 0),)),
    "stop_light_show": Plain(),
    "clear_pin_to_drive": Plain(),
    "remove_key": Plain((text("public_key", default=""),)),
    "set_low_power_mode": Plain((flag("on", default=True),)),
    "set_keep_accessory_power_mode": Plain((flag("on", default=True),)),
}
MEANT = {"clear_pin_to_drive": "clear_pin_to_drive_admin", "seat_heater": "remote_seat_heater_request"}


async def command(call: Call) -> Answer:
    """Carry out one of Tesla's commands."""
    return await _carried(call, call.asked.values["command"], PLAIN, SERVER_SIDE)


async def custom_command(call: Call) -> Answer:
    """Carry out one of the service's own."""
    return await _carried(call, call.asked.values["command"], CUSTOM)


async def wake_up(call: Call) -> Answer:
    """Pass a wake on, which is paid, whatever the car does; several at once are not one."""
    if not call.customer.credits.suffice("wake"):
        return REFUSALS["insufficient_credits"]
    row = call.car.row()
    call.car.wake()
    call.pay("wake")
    return ok(row)


async def _carried(
    call: Call, name: str, known: Mapping[str, Plain], served: frozenset[str] = frozenset()
) -> Answer:
    call.asked.command = name
    ask = wanted(call.asked, name, known, served, call.customer.scopes)
    if isinstance(ask, Answer):
        return ask
    if not call.customer.credits.suffice("command"):
        return REFUSALS["insufficient_credits"]
    return await _when_awake(call, Ask(MEANT.get(name, name), ask.arguments))


async def _when_awake(call: Call, ask: Ask) -> Answer:
    office, car = call.office, call.car
    if not (await office.waking.awake(car, lambda: call.pay("wake", "wake_up"))):
        return REFUSALS["asleep"]
    async with office.waking.turn(car.vin):
        carry = _signed if car.model.signs else _passed_on
        answer = await carry(call, car, ask)
    if answer.status < 300:
        call.pay("command", call.asked.command)
    return answer


async def _signed(call: Call, car: Car, ask: Ask) -> Answer:
    """Sign and send, five times at most."""
    setback: Setback | None = None
    for attempt in range(ATTEMPTS):
        if setback is not None and not setback.at_once:
            await call.office.clock.wait(PAUSES_S[attempt - 1])
        answer = attempted(call.office.tesla.leg, call.office.public_key, car, ask)
        if not isinstance(answer, Setback):
            return answer
        setback = answer
        if setback.final:
            break
    return setback.answer if setback else BUSY.answer


async def _passed_on(call: Call, car: Car, _ask: Ask) -> Answer:
    """Pass a plain command on to Tesla, and repeat what may succeed later."""
    office = call.office
    began = office.clock.passed
    answer = await _at_tesla(call, car)
    for repeat in range(REPEATS):
        if answer.status not in REPEATED and answer.status < 500:
            break
        pause = _pause(answer, repeat)
        if office.clock.passed + pause - began > PATIENCE_S:
            break
        await office.clock.wait(pause)
        answer = await _at_tesla(call, car)
    return answer


def _pause(answer: Answer, repeat: int) -> float:
    seconds = answer.headers.get("Retry-After", "")
    if answer.status == 429 and seconds.isdigit():
        return float(seconds)
    return float(2**repeat)


async def _at_tesla(call: Call, car: Car) -> Answer:
    """Return what Tesla answers; what it never answers is a time-out to the service."""
    office = call.office
    if office.setbacks:
        return office.setbacks.pop(0)
    account = call.customer.owner
    answer = tesla.command(
        TeslaCall(
            asked=call.asked,
            books=office.tesla,
            account=account,
            client_id="",
            scopes=frozenset(call.customer.scopes),
        ),
        car,
    )
    return LOST["504"] if answer.lost else answer
