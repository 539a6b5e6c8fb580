"""Tesla's own calls: what the service answers from its cache, and what it passes on."""

from inspect import isawaitable
from typing import Any

from ..car.snapshot.vehicle import vehicle_config
from ..cloud.answers import Answer, ok
from ..cloud.endpoints import Call as TeslaCall
from ..cloud.region import TABLE
from .dialect import Dialect
from .events import REMEMBERED
from .office import Call
from .words import REFUSALS

# Everybody's reads; what would change an application's own affairs at Tesla is not passed on.
PASSED_ON = (
    "users_me",
    "users_region",
    "products",
    "vehicles",
    "vehicle",
    "fleet_status",
    "recent_alerts",
    "release_notes",
    "service_data",
    "nearby_charging_sites",
    "mobile_enabled",
    "drivers",
)


def vehicle_data(call: Call) -> Answer:
    """Give the newest that is known of a car, however old; `use_cache=false` asks the car."""
    if call.asked.query.get("use_cache", "true").lower() == "false":
        return asked_anew(call)
    if call.vin not in call.office.polled:
        first = call.office.poll(call.car, may_locate=_may_locate(call))
        if first is None:
            return REFUSALS["asleep"]
    _, data = call.office.polled[call.vin]
    wanted = {name for name in call.asked.query.get("endpoints", "").split(";") if name}
    left_out = set(data) & set(DOCUMENTS) - wanted if wanted else set()
    return ok({name: value for name, value in data.items() if name not in left_out})


def refresh(call: Call) -> Answer:
    """Ask the car anew, for whoever asks next."""
    answer = asked_anew(call)
    return answer if answer.status >= 400 else ok({"result": True, "reason": ""})


def asked_anew(call: Call) -> Answer:
    """Ask a car, for two credits; one that sleeps is left alone, and costs nothing."""
    if not call.customer.credits.suffice("data"):
        return REFUSALS["insufficient_credits"]
    data = call.office.poll(call.car, may_locate=_may_locate(call))
    if data is None:
        return REFUSALS["asleep"]
    call.pay("data")
    return ok(data)


def saved_config(call: Call) -> Answer:
    """Say how a car is built, which the service keeps for good."""
    return Answer(body=vehicle_config(call.car.truth))


def telemetry(call: Call) -> Answer:
    """Give what was streamed last, as the stream would; the cursor counts the events."""
    topics = {name for name in call.asked.query.get("topics", "").split(";") if name}
    plain = Dialect(random=call.office.random)
    plain.plain()
    found: dict[str, Any] = {}
    for event in call.office.memory.snapshot(call.vin):
        if not topics or event.topic in topics:
            found[event.topic] = plain.document(event)
    return ok({**found, "cursor": len(REMEMBERED)})


def live_status(call: Call) -> Answer:
    """Say what a site does now."""
    site = call.customer.sites[int(call.asked.values["site"])]
    plain = Dialect(random=call.office.random)
    plain.plain()
    return ok(site.live_status(plain.stamp(call.office.clock.now())))


def site_info(call: Call) -> Answer:
    """Say what a site is."""
    return ok(call.customer.sites[int(call.asked.values["site"])].site_info())


async def passed_on(call: Call) -> Answer:
    """Ask Tesla, and for what Tesla bills as data take two credits."""
    endpoint = TABLE[call.asked.name]
    scopes = frozenset(call.customer.scopes)
    if endpoint.scopes and not endpoint.scopes & scopes:
        return REFUSALS["missing_scopes"]
    paid = endpoint.category == "data"
    if paid and not call.customer.credits.suffice("data"):
        return REFUSALS["insufficient_credits"]
    asked = TeslaCall(
        asked=call.asked,
        books=call.office.tesla,
        account=call.customer.owner,
        client_id="teslemetry",
        scopes=scopes,
    )
    served = endpoint.serve(asked)
    answer: Answer = await served if isawaitable(served) else served
    if endpoint.name == "fleet_status" and answer.status == 200:
        _with_own_key(call, answer.body["response"])
    if paid and answer.status < 300:
        call.pay("data")
    return answer


def _with_own_key(call: Call, response: dict[str, Any]) -> None:
    """Say on which cars the service's key is, for the cloud has said it of somebody else's."""
    vins = [*response["key_paired_vins"], *response["unpaired_vins"]]
    cars = [car for car in map(call.customer.car, vins) if car is not None]
    paired = [car.vin for car in cars if call.office.feed(car).paired]
    response["key_paired_vins"] = paired
    response["unpaired_vins"] = [vin for vin in vins if vin not in paired]


def _may_locate(call: Call) -> bool:
    return "vehicle_location" in call.customer.scopes


DOCUMENTS = (
    "charge_state",
    "climate_state",
    "closures_state",
    "drive_state",
    "gui_settings",
    "vehicle_config",
    "vehicle_state",
    "charge_schedule_data",
    "preconditioning_schedule_data",
)
