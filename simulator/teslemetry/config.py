"""What cars are told to stream: the service signs and sends it, under its own key."""

from collections.abc import Mapping
from typing import Any

from ..car.firmware import Firmware
from ..cloud.answers import Answer
from .events import of_car
from .feed import Feed
from .fields import default_interval
from .office import Call
from .words import REFUSALS

LASTS_S = 360 * 86_400


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
        return Answer(status=400, body={"error": "fields is missing"})
    if reason := feed.unfit:
        return _skipped(call.vin, reason)
    fields, ignored = dict(before), []
    for name, row in wanted.items():
        pace = _pace(name, row)
        if pace is None or not Firmware.exists(name):
            ignored.append(name)
        else:
            fields[name] = pace
    feed.order(_claims(call, fields))
    said = {"config": {"fields": fields}}
    call.office.publish(of_car("config", call.vin, call.office.clock.now(), said))
    more = {"ignoredFields": ignored} if ignored else {}
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


def _pace(name: str, row: object) -> dict[str, Any] | None:
    """Return a field's pace: null stands for the defaults, and so does a null in it; None for nonsense."""
    if row is None:
        return {"interval_seconds": default_interval(name)}
    if not isinstance(row, dict):
        return None
    pace = {key: value for key, value in row.items() if value is not None}
    if not all(_is_number(value) for value in pace.values()):
        return None
    return {"interval_seconds": default_interval(name), **pace}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _skipped(vin: str, reason: str) -> Answer:
    return Answer(body={"updated_vehicles": 0, "skipped_vehicles": {reason: [vin]}})


def _feed(call: Call) -> Feed:
    return call.office.feed(call.car)
