"""[I/O] The plan of `poll_plan`, carried out for the cars of one account."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
import logging
from typing import Any, Protocol

from ..errors import (
    BillingLimitExceeded,
    CarUnreachable,
    LoginExpired,
    RateLimited,
    TeslaError,
    TokenUnavailable,
)
from ..fleet_api.client import FleetApi
from ..fleet_api.ledger import Cause
from ..fleet_api.rows import FleetStatus, Vehicle
from ..vehicle.connectivity import Event, Power
from ..vehicle.signal import Report
from ..vehicle.signals import connection, security, software
from .poll_plan import CHECK, CarView, Check, Fetch, Read, Wait, next_step
from .source import Sink

_LOGGER = logging.getLogger(__name__)

SOURCE = "poll"
FAILURES = 3  # free reads in a row that have to fail before the poll counts as not working
CHECK_RETRY = 3600.0  # seconds after a look at fleet_status that failed
LOGIN_PAUSE = 3600.0  # seconds; a new sign-in reloads the entry and so ends it
LIMIT_PAUSE = 900.0  # seconds, as Tesla's own clients wait once a spending limit is reached
SAID = {Power.ONLINE: Event.SAID_ONLINE, Power.ASLEEP: Event.SAID_ASLEEP, Power.OFFLINE: Event.SAID_OFFLINE}


class PolledCar(Sink, Protocol):
    """A car as the poll sees it."""

    @property
    def power(self) -> Power:
        """How reachable it is."""

    @property
    def connected(self) -> bool:
        """Whether a telemetry connection of it is open."""

    @property
    def online_since(self) -> float | None:
        """Since when it has been online, seconds since 1970, by our clock; None while it is not."""

    def missing(self) -> frozenset[str]:
        """Return the endpoints of vehicle_data that hold what is wanted and no push delivers."""

    def left_alone(self) -> bool:
        """Return whether it is parked, not charging, with nobody inside and sentry off."""

    def decode(self, response: Mapping[str, Any], received: float) -> list[Report]:
        """Return what a `vehicle_data` says."""


@dataclass(slots=True)
class _Memory:
    """What the plan remembers of one car; seconds since 1970, by our clock."""

    fetched_at: float | None = None
    failed_at: float | None = None
    quiet_since: float | None = None


class PollSource:
    """Asks the cloud: for free how the cars are, and seldom, for money, what no push delivers.

    works: whether the free read is answered; None until it was tried
    """

    def __init__(  # noqa: PLR0913  # what it stands on, each named at the only place that makes one
        self,
        api: FleetApi,
        cars: Mapping[str, PolledCar],
        *,
        clock: Callable[[], float],
        interval: float | None,
        fetched_at: Mapping[str, float],
        checked_at: float | None,
        on_works: Callable[[bool], None],
        on_fetched: Callable[[], None],
        on_trouble: Callable[[TeslaError | None], None],
    ) -> None:
        """Ask about these cars.

        interval:   seconds between fetches of an online car that does not stream; None fetches only rarely
        fetched_at: when each car's data were fetched last, from before a restart
        on_works:   is told when the free reads fail for good, and when they are answered again
        on_fetched: is told after each paid fetch
        on_trouble: is told what the user may have to see to, and None once a call was answered again
        """
        self.works: bool | None = None
        self.checked_at = checked_at
        self._api = api
        self._cars = cars
        self._clock = clock
        self._interval = interval
        self._memory = {vin: _Memory(fetched_at=fetched_at.get(vin)) for vin in cars}
        self._on_works = on_works
        self._on_fetched = on_fetched
        self._on_trouble = on_trouble
        self._read_at: float | None = None
        self._not_before = 0.0
        self._failures = 0
        self._something_happened = asyncio.Event()

    @property
    def fetched_at(self) -> dict[str, float]:
        """Return when each car's data were fetched last, to be kept over a restart."""
        return {vin: one.fetched_at for vin, one in self._memory.items() if one.fetched_at is not None}

    def poke(self) -> None:
        """Have the plan looked at again: a connection was closed, or more is wanted."""
        self._something_happened.set()

    async def run(self) -> None:
        """Follow the plan until cancelled."""
        while True:
            now = self._clock()
            if now < self._not_before:
                await self._pause(self._not_before - now)
                continue
            match self._next(now):
                case Wait(until):
                    await self._pause(until - now)
                case Read():
                    await self._guarded(self._read())
                case Check():
                    await self._guarded(self._check())
                case Fetch(vin, endpoints):
                    await self._guarded(self._fetch(vin, endpoints, Cause.POLL))

    async def refresh(self, vin: str) -> None:
        """Fetch a car's data for a user, if the car is online; never wake it.

        Raises: CarUnreachable while it is not; else what the answer means
        """
        await self._read()
        if self._cars[vin].power is not Power.ONLINE:
            raise CarUnreachable("the car is not online")
        if endpoints := self._cars[vin].missing():
            await self._fetch(vin, endpoints, Cause.USER)

    def _next(self, now: float) -> Read | Check | Fetch | Wait:
        views = [self._view(vin) for vin in self._cars]
        return next_step(now, self._read_at, self.checked_at, views, self._interval)

    def _view(self, vin: str) -> CarView:
        car, memory = self._cars[vin], self._memory[vin]
        view = CarView(
            vin=vin,
            power=car.power,
            connected=car.connected,
            online_since=car.online_since,
            fetched_at=memory.fetched_at,
            failed_at=memory.failed_at,
            quiet_since=memory.quiet_since,
        )
        # Which endpoints are missing takes a look at every entity, so only where it matters.
        return replace(view, missing=car.missing()) if car.power is Power.ONLINE else view

    async def _pause(self, seconds: float) -> None:
        """Wait, but not longer than until something happens."""
        self._something_happened.clear()
        try:
            async with asyncio.timeout(max(seconds, 1.0)):
                await self._something_happened.wait()
        except TimeoutError:
            return

    async def _guarded(self, step: Any) -> None:
        """Take a step; what goes wrong is told to whom it concerns, and the plan goes on."""
        try:
            await step
        except TeslaError as error:
            self._hold_back(error)
            self._on_trouble(error)
        else:
            self._on_trouble(None)

    def _hold_back(self, error: TeslaError) -> None:
        """Ask nothing for as long as the error makes it pointless."""
        now = self._clock()
        pauses: dict[type[TeslaError], float] = {LoginExpired: LOGIN_PAUSE, BillingLimitExceeded: LIMIT_PAUSE}
        if isinstance(error, RateLimited | TokenUnavailable):
            self._not_before = now + error.retry_after
        else:
            self._not_before = now + pauses.get(type(error), 0.0)

    async def _read(self) -> None:
        """Read the free state of all cars."""
        self._read_at = self._clock()
        try:
            rows = await self._api.vehicles(Cause.POLL)
        except TeslaError as error:
            self._failures += 1
            if self._failures == FAILURES:
                self._tell_works(works=False)
                _LOGGER.info("Tesla's cloud does not answer: %s", error)
            raise
        if self._failures >= FAILURES:
            _LOGGER.info("Tesla's cloud answers again")
        self._failures = 0
        self._tell_works(works=True)
        now = self._clock()
        for row in rows:
            if row.vin in self._cars:
                self._take_row(row, now)

    def _take_row(self, row: Vehicle, now: float) -> None:
        car = self._cars[row.vin]
        if event := SAID.get(row.power):
            car.witness(event)
        facts: dict[Any, Any] = {connection.IN_SERVICE: row.in_service}
        if row.name is not None:
            facts[software.VEHICLE_NAME] = row.name
        car.apply(Report(facts, now, SOURCE, now))

    async def _check(self) -> None:
        """Ask how ready the cars are for our key and for telemetry; free, and once a day."""
        # A failure is tried again before the day is over.
        self.checked_at = self._clock() - CHECK + CHECK_RETRY
        answers = await self._api.fleet_status(list(self._cars), Cause.POLL)
        self.checked_at = now = self._clock()
        for vin, status in answers.items():
            if vin in self._cars:
                self._cars[vin].apply(Report(_status_facts(status), now, SOURCE, now))

    async def _fetch(self, vin: str, endpoints: frozenset[str], cause: Cause) -> None:
        """Fetch a car's data; that costs money."""
        car, memory = self._cars[vin], self._memory[vin]
        memory.failed_at = self._clock()
        try:
            response = await self._api.vehicle_data(vin, sorted(endpoints), cause)
        except CarUnreachable:
            car.witness(Event.UNREACHABLE)
            return
        finally:
            self._on_fetched()
        now = self._clock()
        memory.fetched_at, memory.failed_at = now, None
        for report in car.decode(response, now):
            car.apply(report)
        if not car.left_alone():
            memory.quiet_since = None
        elif memory.quiet_since is None:
            memory.quiet_since = now

    def _tell_works(self, *, works: bool) -> None:
        if works is not self.works:
            self.works = works
            self._on_works(works)


def _status_facts(status: FleetStatus) -> dict[Any, Any]:
    facts: dict[Any, Any] = {}
    if status.paired is not None:
        facts[connection.KEY_PAIRED] = status.paired
    if status.keys is not None:
        facts[security.PAIRED_KEYS] = status.keys
    return facts
