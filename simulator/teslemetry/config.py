"""What cars are told to stream: the service signs and sends it, under its own key."""

from collections.abc import Collection, Mapping
from typing import Any

from ..car.firmware import Firmware
from ..cloud.answers import Answer, refusal
from ..service.feed import Feed
from .events import of_car
from .fields import default_interval
from .office import Call
from .words import REFUSALS

LASTS_S = 360 * 86_400
# Tesla documents them, and they never came; the service takes them and does nothing.
RETIRED = frozenset({"LifetimeEnergyUsedDrive", "RouteLastUpdated"})


def read(call: Call) -> Answer:
    """Give a car's configuration; 404 while there is none."""
    config = _feed(call).config
    return REFUSALS["not_found"] if config is None else Answer(body=dict(config.raw))


def merge(call: Call) -> Answer:
    """Change some fields and leave the others."""
    feed = _feed(call)
    before = dict(feed.config.raw["fields"]) if feed.config else {}
    return _tell(call, feed, before)


def replace(call: Call) -> Answer:
    """Stream these fields and no others."""
    return _tell(call, _feed(call), {})


def delete(call: Call) -> Answer:
    """Stream nothing any more."""
    feed = _feed(call)
    updated = int(feed.config is not None)
    feed.order(None)
    call.office.memory.forget(call.vin)
    return Answer(body={"updated_vehicles": updated})


def _tell(call: Call, feed: Feed, before: Mapping[str, Any]) -> Answer:
    if feed.paired is False and feed.unfit == "missing_key":
        return _skipped(call.vin, "missing_key")
    body = call.asked.json
    wanted = body.get("fields") if isinstance(body, dict) else None
    if not isinstance(wanted, dict):
        return refusal(400, "fst_err_validation", "body must have required property 'fields'")
    if reason := feed.unfit:
        return _skipped(call.vin, reason)
    if mistake := _mistake(wanted, call.office.unknown):
        return refusal(400, "fst_err_validation", mistake)
    ignored = [name for name in wanted if name in RETIRED]
    news = {name: _pace(name, row) for name, row in wanted.items() if name not in RETIRED}
    more = {"ignoredFields": ignored} if ignored else {}
    if ignored and not news:
        return Answer(body={"updated_vehicles": 0, **more})
    fields = {**before, **news}
    feed.order(_claims(call, fields))
    said = {"config": {"fields": fields}}
    call.office.publish(of_car("config", call.vin, call.office.clock.now(), said))
    return Answer(body={"updated_vehicles": 1, **more})


def _claims(call: Call, fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **call.office.claims,
        "fields": dict(fields),
        "alert_types": ["service"],
        "delivery_policy": "latest",
        "exp": int(call.office.clock.now()) + LASTS_S,
        "prefer_typed": True,
    }


def _mistake(wanted: Mapping[str, Any], unknown: Collection[str]) -> str:
    """Say what is wrong with fields, which is not said of each; nothing if all are right."""
    if not all(Firmware.exists(name) and name not in unknown for name in wanted):
        return "body/fields must NOT have additional properties"
    rows = [row for row in wanted.values() if row is not None]
    if not all(isinstance(row, dict) for row in rows):
        return "body/fields must be object,null"
    numbers = [value for row in rows for value in row.values() if value is not None]
    return "" if all(map(_is_number, numbers)) else "body/fields must be number"


def _pace(name: str, row: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return a field's pace: null stands for the defaults, and so does a null in it."""
    told = {key: value for key, value in (row or {}).items() if value is not None}
    return {"interval_seconds": default_interval(name), **told}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _skipped(vin: str, reason: str) -> Answer:
    return Answer(body={"updated_vehicles": 0, "skipped_vehicles": {reason: [vin]}})


def _feed(call: Call) -> Feed:
    return call.office.feed(call.car)
