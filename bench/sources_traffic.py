"""A child: a telemetry server of many cars that publishes to a broker, a signal a second and car."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
import json
import time
from typing import Any

from simulator.fleet_telemetry.mqtt import MqttConfig, Publisher

from .child import options, questions, tell
from .frames import vin
from .sources_lines import BASE, FORMS

BATCH_S = 0.05  # real seconds
SPOKEN = (("VehicleSpeed", "31.07"), ("Soc", "64.2"), ("Gear", '"D"'), ("Odometer", "12034.5"))
CONNECTS_A_DAY = 20  # of a car, each told when it begins and when it ends
DAY = 86_400


def messages(form: str, first: int, cars: int) -> Iterator[tuple[str, str]]:
    """Yield what cars tell, one after the other, without an end."""
    each = round(DAY / CONNECTS_A_DAY / 2)
    for number in count():
        of = vin(first + number % cars)
        name, value = SPOKEN[number // cars % len(SPOKEN)]
        if number % each == 0:
            yield _connectivity(form, of, number // each)
        if form == "topics":
            yield f"{BASE}/{of}/v/{name}", value
        else:
            data = [{"key": name, "value": {"stringValue": value.strip('"')}}]
            yield f"{BASE}_V", json.dumps({"data": data, "createdAt": _now(), "vin": of})


def _connectivity(form: str, of: str, number: int) -> tuple[str, str]:
    said = {"ConnectionId": f"{number:032}", "Status": ("CONNECTED", "DISCONNECTED")[number % 2]}
    said["CreatedAt"] = _now()
    if form == "topics":
        return f"{BASE}/{of}/connectivity", json.dumps(said)
    record = {"vin": of, "connectionId": said["ConnectionId"], "status": said["Status"]}
    return f"{BASE}_connectivity", json.dumps(record | {"createdAt": said["CreatedAt"]})


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def main(asked: dict[str, Any]) -> None:
    """Publish as long, and of as many cars, as the parent asks."""
    async with Publisher(MqttConfig(host="127.0.0.1", port=asked["port"])) as publisher:
        tell(ready=True)
        lines = await questions()
        while line := await lines.readline():
            tell(published=await _publish(publisher, **json.loads(line)))


async def _publish(publisher: Publisher, *, form: str, first: int, cars: int, seconds: float) -> int:
    if form not in FORMS.values():
        raise ValueError(form)
    told = messages(form, first, cars)
    began = time.monotonic()
    published = 0
    while (passed := time.monotonic() - began) < seconds:
        due = round(passed * cars) - published
        if due > 0:
            await publisher.publish([next(told) for _ in range(due)])
            published += due
        await asyncio.sleep(BATCH_S)
    return published


if __name__ == "__main__":
    asyncio.run(main(options()))
