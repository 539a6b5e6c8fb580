"""Hold what Home Assistant shows against the cars' truth where it comes from the world of TeslaMate."""

import asyncio
import time
from typing import override

from .cars import CheckFailed
from .check_source import BrokerChecker, SourceChecker

BACK_LIMIT = 180.0  # seconds until somebody listens again


class TeslaMateChecker(BrokerChecker):
    """The topics of the user's own TeslaMate, through a real broker."""

    complain = False
    meters = False

    @override
    async def _heard(self, *vins: str) -> None:
        """Have TeslaMate tell all it knows: what the broker has kept may be of any age."""
        started = time.monotonic()
        for vin in vins:  # Home Assistant takes its time until it listens
            while (await self.cars.shown(vin, "binary_sensor.telemetry_connected"))["state"] != "on":
                if time.monotonic() - started > BACK_LIMIT:
                    raise CheckFailed("nobody listens to TeslaMate")
                await self.world.do("teslamate", "look")
                await asyncio.sleep(0.5)
        await self.world.do("teslamate", "restart")


class LegacyStreamChecker(SourceChecker):
    """The WebSocket of a service that TeslaMate's users know, and its commands."""

    complain = False

    @override
    async def _tell_all(self) -> None:
        for vin in self.cars.vins:
            await self.world.do("myteslamate", "stream", vin=vin)

    @override
    async def _heard(self, *vins: str) -> None:
        for vin in vins:
            await self._heard_awake(vin)

    @override
    async def _interrupt(self, *vins: str) -> None:
        """Have the stream break off: nothing is lost, and it is followed again."""
        await self.world.do("myteslamate", "reset_streams")
        await self._heard(*vins)
        await self.cars.compare("the stream is back", *vins)

    @override
    async def _heard_awake(self, vin: str) -> None:
        """Have a car say something until it is heard: the service repeats nothing to who was away."""
        started = time.monotonic()
        await self.world.do(vin, "push", args=["Odometer"])
        while (await self.cars.shown(vin, "binary_sensor.telemetry_connected"))["state"] != "on":
            if time.monotonic() - started > BACK_LIMIT:
                raise CheckFailed("the car talks, and is not heard")
            await asyncio.sleep(0.5)
            await self.world.do(vin, "push", args=["Odometer"])

    @override
    async def _until_shown(self, vin: str, key: str, *expected: str) -> float:
        async with self.world.time_passes():  # the service says hello in its own time
            return await super()._until_shown(vin, key, *expected)

    @override
    async def _use(self, vin: str) -> None:
        """Lock the car: the service signs."""
        await self._unlock(vin)
        async with self.world.time_passes():
            await self.home.act("lock.lock", self.cars.entities[vin]["lock.doors"])
        if not (await self.world.truth(vin))["body"]["locked"]:
            raise CheckFailed("the car was locked, and is not")
        print("  lock: done, signed by the service")
