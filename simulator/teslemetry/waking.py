"""Waking cars: one wake for all who wait, three seconds between two looks, ten looks."""

import asyncio
from collections import defaultdict
from collections.abc import Callable

from ..car.car import Car
from ..clock import Clock
from ..tasks import Tasks

LOOKS = 10
BETWEEN_S = 3.0  # simulated seconds, as all that is about the car
SETTLE_S = 3.0


class Waking:
    """Wakes cars, each once at a time, and lets their commands through one after another."""

    def __init__(self, clock: Clock, tasks: Tasks) -> None:
        """Wake nobody."""
        self.looks = self.wakes = 0
        self._clock, self._tasks = clock, tasks
        self._awaited: dict[str, asyncio.Future[bool]] = {}
        self._turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def turn(self, vin: str) -> asyncio.Lock:
        """Return what lets one command at a time through to a car."""
        return self._turns[vin]

    def under_way(self, vin: str) -> bool:
        """Tell whether a car is being woken."""
        return vin in self._awaited

    async def awake(self, car: Car, pay: Callable[[], None]) -> bool:
        """Look whether a car is online, and wake it if not; tell whether it is then.

        pay: called if it is this call that wakes it, and no other
        """
        self.looks += 1
        if car.state == "online" and not self.under_way(car.vin):
            return True
        awaited = self._awaited.get(car.vin)
        if awaited is None:
            pay()
            self.wakes += 1
            awaited = asyncio.get_running_loop().create_future()
            self._awaited[car.vin] = awaited
            self._tasks.start(self._wake(car, awaited), f"{car.vin} woken by Teslemetry")
        return await asyncio.shield(awaited)

    async def _wake(self, car: Car, awaited: asyncio.Future[bool]) -> None:
        try:
            awaited.set_result(await self._online(car))
        finally:
            del self._awaited[car.vin]
            awaited.cancel()  # does nothing to one that has its result

    async def _online(self, car: Car) -> bool:
        car.wake()
        for _ in range(LOOKS):
            await self._clock.wait(BETWEEN_S)
            self.looks += 1
            if car.state == "online":
                await self._clock.wait(SETTLE_S)
                return True
        return False
