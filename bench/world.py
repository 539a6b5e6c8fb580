"""A child: simulated cars that tell everything they can, in a process of their own."""

import asyncio
import json
from pathlib import Path
from typing import Any

from custom_components.tesla_direct.tesla.proto.vehicle_data_pb2 import Field
from simulator.certificates import Authorities
from simulator.world import World

from .certificates import HOST, make
from .child import options, questions, tell
from .frames import vin

STEP = 5.0  # simulated seconds
EVERYTHING = {name: {"interval_seconds": 1} for name in Field.keys()[1:]}


async def main(asked: dict[str, Any]) -> None:
    """Connect the cars, and let them live on as often as the parent asks."""
    folder = Path(asked["folder"])
    ca = make(folder, asked["cars"]).authority.certificate
    async with World(speed=0, authorities=Authorities(folder=folder / "authorities")) as world:
        for number in range(1, asked["cars"] + 1):
            car = world.add_car("typed", vin=vin(number))
            car.stream(hostname=HOST, port=asked["port"], ca=ca, prefer_typed=True, fields=EVERYTHING)
        tell(cars=len(world.cars))
        lines = await questions()
        while line := await lines.readline():
            for _ in range(json.loads(line)["steps"]):
                await world.advance(STEP)
            tell(told=sum(car.telemetry.outbox.tally.signals for car in world.cars.values()))


if __name__ == "__main__":
    asyncio.run(main(options()))
