"""What the service answers itself, and what it passes on to Tesla as it came."""

from inspect import isawaitable
from typing import Any

from ..car.car import Car
from ..cloud import commands as tesla
from ..cloud.answers import Answer, ok
from ..cloud.endpoints import Call as TeslaCall
from ..cloud.parameters import PLAIN, SERVER_SIDE
from ..cloud.region import TABLE
from ..service.signing import Setback, attempted, wanted
from ..service.words import REFUSALS
from .office import APPLICATION, Call


async def serve(call: Call) -> Answer:
    """Carry a call out."""
    if call.car is not None and call.asked.name in OWN:
        return OWN[call.asked.name](call, call.car)
    return await passed_on(call)


def telemetry_config(call: Call, car: Car) -> Answer:
    """Say what the service has told a car to stream, and whether the car has taken it on."""
    feed = call.office.feed(car)
    config = feed.config
    return ok(
        {
            "synced": feed.subscription.synced and car.vin not in call.office.unsynced,
            "config": dict(config.raw) if config else None,
            "key_paired": feed.paired,
            "limit_reached": feed.unfit == "max_configs",
            "update_available": False,
        }
    )


def command(call: Call, car: Car) -> Answer:
    """Sign a command and send it, once; a car that sleeps is not woken for it."""
    name = call.asked.command = call.asked.values["command"]
    ask = wanted(call.asked, name, PLAIN, SERVER_SIDE, call.member.scopes)
    if isinstance(ask, Answer):
        return ask
    if not car.model.signs:
        return tesla.command(_at_tesla(call), car)
    answer = attempted(call.office.tesla.leg, call.office.public_key, car, ask)
    return answer.answer if isinstance(answer, Setback) else answer


async def passed_on(call: Call) -> Answer:
    """Ask Tesla."""
    endpoint = TABLE[call.asked.name]
    if endpoint.scopes and not endpoint.scopes & call.member.scopes:
        return REFUSALS["missing_scopes"]
    served = endpoint.serve(_at_tesla(call))
    answer: Answer = await served if isawaitable(served) else served
    if endpoint.name == "fleet_status" and answer.status == 200:
        _with_own_key(call, answer.body["response"])
    return answer


def _at_tesla(call: Call) -> TeslaCall:
    return TeslaCall(
        asked=call.asked,
        books=call.office.tesla,
        account=call.member.owner,
        client_id=APPLICATION,
        scopes=frozenset(call.member.scopes),
    )


def _with_own_key(call: Call, response: dict[str, Any]) -> None:
    """Say on which cars the service's key is, for the cloud has said it of somebody else's."""
    vins = [*response["key_paired_vins"], *response["unpaired_vins"]]
    cars: list[Car] = [car for car in map(call.member.owner.car, vins) if car is not None]
    paired = [car.vin for car in cars if call.office.feed(car).paired]
    response["key_paired_vins"] = paired
    response["unpaired_vins"] = [vin for vin in vins if vin not in paired]


OWN = {"fleet_telemetry_config": telemetry_config, "command": command}
