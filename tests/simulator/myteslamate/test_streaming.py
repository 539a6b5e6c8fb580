"""The stream: subscriptions and refusals, take-over, the raw form, signs of life, how sockets end."""

from simulator.car.car import Car
from simulator.myteslamate.service import MyTeslaMate
from simulator.world import World

from .client import Client


async def test_a_drive_comes_in_columns(client: Client, service: MyTeslaMate, world: World, car: Car) -> None:
    async with client.listen() as socket:
        await socket.subscribe(car.vin, client.token)
        await socket.until(lambda: bool(socket.of("control:hello")))
        await world.advance(2)
        await socket.until(lambda: bool(socket.frames(car.vin)))
        car.drive("work")
        await world.advance(30)
        await socket.until(lambda: any(frame[9] == "D" for frame in socket.frames(car.vin)))
    first, last = socket.frames(car.vin)[0], socket.frames(car.vin)[-1]
    assert len(first) == len(last) == 13
    assert first[9] == "P"
