"""[I/O] Waking a car: one request, then free looks until it is online, and a moment to settle."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from ..errors import CarUnreachable, TeslaError, WakeFailed
from ..fleet_api import endpoints
from ..fleet_api.client import FleetApi
from ..vehicle.connectivity import Power
from .command import Origin
from .flight import Flight, Spawn

LOOK_EVERY = 3.0  # seconds between looks at the car's state, which are free
LOOK_LIMIT = 60.0  # seconds after which it counts as not woken; most need 10 to 30
SETTLE = 2.0  # seconds that a car's computers need after it has said that it is online
# Seconds for which a wake that failed is not repeated: as long as our own limit for wakes.
GIVEN_UP_FOR = 120.0
TIMED_OUT = 408  # what a provider that wakes cars answers once it has given up


class SleepingCar(Protocol):
    """A car as its waker sees it."""

    vin: str

    @property
    def power(self) -> Power:
        """How reachable it is."""

    async def look(self, origin: Origin) -> None:
        """Have its free state read, and its power follow from that."""


class Waker:
    """Wakes one car, once at a time: whoever wants it meanwhile waits for the same wake.

    failed_at:   when a wake failed last, seconds since 1970; 0 if none has
    by_provider: the provider wakes cars by itself, and sees a wake through before it answers
    """

    def __init__(  # noqa: PLR0913  # what it stands on, each named at the only place that makes one
        self,
        api: FleetApi,
        car: SleepingCar,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        spawn: Spawn,
        by_provider: bool = False,
    ) -> None:
        """Ask nothing yet; `clock`: seconds since 1970."""
        self.failed_at = 0.0
        self._api = api
        self._car = car
        self._clock = clock
        self._sleep = sleep
        self._spawn = spawn
        self.by_provider = by_provider
        self._flight: Flight[None] | None = None
        # When a wake was asked for that nobody has seen the end of, as all who wanted it gave up.
        self._asked_at: float | None = None

    @property
    def waking(self) -> bool:
        """Return whether a wake is underway, or was paid for just now, so that none has to be."""
        return (self._flight is not None and not self._flight.over) or self._coming

    def unreachable_for(self) -> float:
        """Return the seconds for which a wake is not repeated."""
        since = self._clock() - self.failed_at
        return max(GIVEN_UP_FOR - since, 0.0) if since >= 0 else 0.0

    async def wake(self, origin: Origin) -> None:
        """Return once the car is online.

        Raises: WakeFailed if it does not come in time; else what became of the request
        """
        if self._flight is None or self._flight.over:
            self._flight = Flight(self._wake(origin), "wake", self._spawn)
        await self._flight.wait()

    def on_the_way(self) -> None:
        """Learn that a command is being sent for which the provider wakes the car: one wake is enough."""
        self._asked_at = self._clock()

    def arrived(self) -> None:
        """Learn that such a command was answered, so that the next one is looked at by itself."""
        self._asked_at = None

    def gave_up(self, why: str) -> WakeFailed:
        """Learn that the provider could not wake the car; return what is to be said of it."""
        self._asked_at = None
        self.failed_at = self._clock()
        return WakeFailed(f"the car did not wake up{why}", retry_after=GIVEN_UP_FOR)

    async def end(self) -> None:
        """Leave nothing running."""
        if self._flight is not None:
            await self._flight.end()

    @property
    def _coming(self) -> bool:
        return self._asked_at is not None and 0 <= self._clock() - self._asked_at < LOOK_LIMIT

    async def _wake(self, origin: Origin) -> None:
        if not self._coming:
            self._asked_at = None
            await self._ask(origin)
            self._asked_at = self._clock()
        try:
            await self._follow(origin)
            self._asked_at = None
        except TeslaError:
            self._asked_at = None
            raise
        if not self.by_provider:
            await self._sleep(SETTLE)

    async def _ask(self, origin: Origin) -> None:
        try:
            document = await self._api.request(
                endpoints.WAKE_UP,
                vin=self._car.vin,
                cause=origin.cause,
                by=origin.by,
                consent=origin.consent,
            )
        except TeslaError as error:
            if self.by_provider and isinstance(error, CarUnreachable) and error.status == TIMED_OUT:
                raise self.gave_up(" for the provider") from error
            if not error.may_have_succeeded:
                raise
            document = {}  # it may be on its way; looks are free, and another wake is not
        row = document.get("response")
        if isinstance(row, dict) and row.get("state") == Power.ONLINE.value:
            await self._look(origin)

    async def _follow(self, origin: Origin) -> None:
        """Look until the car is online."""
        waited = 0.0
        while not self._online():
            if waited >= LOOK_LIMIT:
                raise self.gave_up(f" within {LOOK_LIMIT:.0f} s")
            before = self._clock()
            await self._sleep(LOOK_EVERY)
            if not self._online():
                await self._look(origin)
            took = self._clock() - before
            # A clock that was set meanwhile tells nothing.
            waited += took if LOOK_EVERY <= took <= LOOK_LIMIT else LOOK_EVERY

    async def _look(self, origin: Origin) -> None:
        try:
            await self._car.look(origin)
        except TeslaError as error:
            if not error.temporary:
                raise

    def _online(self) -> bool:
        return self._car.power is Power.ONLINE
