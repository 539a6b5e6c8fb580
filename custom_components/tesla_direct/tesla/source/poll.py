"""[I/O] The plan of `poll_plan`, carried out for the cars of one account."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
import logging
from typing import Any, override

from ..errors import (
    AccountLocked,
    BillingLimitExceeded,
    CarUnreachable,
    LoginExpired,
    OverBudget,
    RateLimited,
    TeslaError,
    TokenRefused,
    TokenUnavailable,
)
from ..fleet_api.client import FleetApi
from ..fleet_api.ledger import Cause
from ..fleet_api.rows import FleetStatus, Vehicle
from ..vehicle.connectivity import Event, Power
from ..vehicle.signal import AnySignal, Report
from ..vehicle.signals import connection, security, software
from ..vehicle.sources import POLL
from .poll_fetch import Fetches
from .poll_memory import LONGEST
from .poll_plan import CHECK, Check, Fetch, Read, Wait, next_step, retry_pause
from .polled_car import PolledCar, PollListener

_LOGGER = logging.getLogger(__name__)

FAILURES = 3  # free reads in a row that have to fail before the poll counts as not working
CHECK_RETRY = 3600.0  # seconds after a look at fleet_status that failed
JUST_NOW = 15.0  # seconds for which a user who asks again gets what has just been fetched
# Seconds without any request after an error that only the user can end; a new sign-in reloads the entry and
# so ends it at once. Those of a spending limit are as long as Tesla's own clients wait.
PAUSES: Mapping[type[TeslaError], float] = {
    LoginExpired: 3600.0,
    AccountLocked: 3600.0,
    BillingLimitExceeded: 900.0,
}
SAID = {Power.ONLINE: Event.SAID_ONLINE, Power.ASLEEP: Event.SAID_ASLEEP, Power.OFFLINE: Event.SAID_OFFLINE}


class PollSource(Fetches):
    """Asks the cloud: for free how the cars are, and seldom, for money, what no push delivers.

    works: whether the free read is answered; None until it was tried
    """

    def __init__(  # noqa: PLR0913  # what it stands on, each named at the only place that makes one
        self,
        api: FleetApi,
        cars: Mapping[str, PolledCar],
        listener: PollListener,
        *,
        clock: Callable[[], float],
        interval: float | None,
        kept: Mapping[str, Any],
    ) -> None:
        """Ask about these cars.

        clock:    seconds since 1970
        interval: seconds between fetches of an online car that does not stream; None fetches only rarely
        kept:     what `to_json` returned before a restart
        """
        super().__init__(api, cars, listener, clock=clock, kept=kept)
        self.works: bool | None = None
        self._interval = interval
        self._read_at: float | None = None
        self._checked_at: float | None = kept.get("checked_at")
        self._not_before = 0.0
        self._failures = 0
        self._refusals = 0  # of a token that was renewed, in a row
        self._something_happened = asyncio.Event()

    @override
    def to_json(self) -> dict[str, Any]:
        return {"checked_at": self._checked_at} | super().to_json()

    def poke(self) -> None:
        """Have the plan looked at again: a connection was closed, or more is wanted."""
        self._something_happened.set()

    def check_soon(self) -> None:
        """Have the cars' keys looked at now rather than tomorrow: one was refused, or is another one."""
        self._checked_at = None
        self.poke()

    async def check(self) -> None:
        """Look at the cars' keys for a user; that is free.

        Raises: what the answer means
        """
        await self._ask_keys(Cause.USER)

    async def run(self) -> None:
        """Follow the plan until cancelled."""
        while True:
            now = self._clock()
            self._forget_the_future(now)
            if now < self._not_before:
                await self._pause(self._not_before - now)
                continue
            match self._next(now):
                case Wait(until):
                    await self._pause(until - now)
                case Read():
                    await self._guarded(self._read(), free=True)
                case Check():
                    await self._guarded(self._check(), free=True)
                case Fetch(vin, endpoints):
                    await self._guarded(self._fetch_once(vin, endpoints, Cause.POLL, now), free=False)

    async def refresh(self, vin: str) -> None:
        """Fetch a car's data for a user, if the car is online; never wake it, nor pay again at once.

        Raises: CarUnreachable while it is not; else what the answer means
        """
        await self._read()
        if self._cars[vin].power is not Power.ONLINE:
            raise CarUnreachable("the car is not online")
        if endpoints := self._cars[vin].missing():
            await self._fetch_once(vin, endpoints, Cause.USER, self._clock() - JUST_NOW)

    def _next(self, now: float) -> Read | Check | Fetch | Wait:
        views = [self._memory[vin].view(vin, car, now) for vin, car in self._cars.items()]
        return next_step(now, self._read_at, self._checked_at, views, self._interval)

    def _forget_the_future(self, now: float) -> None:
        """Take times that lie ahead, because the clock was set back, for now; else we wait for them."""
        self._read_at = None if self._read_at is None else min(self._read_at, now)
        self._checked_at = None if self._checked_at is None else min(self._checked_at, now)
        self._not_before = min(self._not_before, now + LONGEST)
        for memory in self._memory.values():
            memory.forget_the_future(now)

    async def _pause(self, seconds: float) -> None:
        """Wait, but not longer than until something happens."""
        self._something_happened.clear()
        try:
            async with asyncio.timeout(max(seconds, 1.0)):
                await self._something_happened.wait()
        except TimeoutError:
            return

    async def _guarded(self, step: Coroutine[Any, Any, None], *, free: bool) -> None:
        """Take a step; what goes wrong is told to whom it concerns, and the plan goes on."""
        try:
            await step
        except CarUnreachable, OverBudget:
            return  # it sleeps, or nothing was asked, which is no failure
        except TeslaError as error:
            self._hold_back(error, free=free)
            self._listener.poll_failed(error)

    def _hold_back(self, error: TeslaError, *, free: bool) -> None:
        """Ask nothing for as long as the error makes it pointless."""
        pause = PAUSES.get(type(error), 0.0)
        if isinstance(error, TokenRefused):
            # The renewal succeeded, so the sign-in is good: the cloud is confused, and gets over it.
            self._refusals += 1
            pause = retry_pause(self._refusals)
        # Too many fetches are no reason not to look, which is free and has a limit of its own.
        if isinstance(error, TokenUnavailable) or (free and isinstance(error, RateLimited)):
            pause = error.retry_after
        self._not_before = self._clock() + pause

    async def _read(self) -> None:
        """Read the free state of all cars."""
        self._read_at = self._clock()
        skipped = self._api.skipped
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
        self._failures = self._refusals = 0
        self._tell_works(works=True)
        self._listener.poll_answered(paid=False)
        now = self._clock()
        by_vin = {row.vin: row for row in rows}
        complete = self._api.skipped == skipped
        for vin, car in self._cars.items():
            if (row := by_vin.get(vin)) is not None:
                self._take_row(row, now)
                self._listener.poll_listed(vin, listed=True)
            elif complete:
                car.witness(Event.NOT_LISTED)
                self._listener.poll_listed(vin, listed=False)
        self._listener.poll_seen({row.vin: row.name for row in rows}, complete=complete)

    def _take_row(self, row: Vehicle, now: float) -> None:
        car = self._cars[row.vin]
        if event := SAID.get(row.power):
            car.witness(event)
        facts: dict[AnySignal, Any] = {connection.IN_SERVICE: row.in_service}
        if row.name is not None:
            facts[software.VEHICLE_NAME] = row.name
        numbers = {connection.API_NUMBER: row.id, connection.STREAM_NUMBER: row.vehicle_id}
        facts |= {signal: number for signal, number in numbers.items() if number is not None}
        car.apply(Report(facts, now, POLL, now))

    async def _check(self) -> None:
        """Ask how ready the cars are for our key and for telemetry; free, and once a day."""
        # A failure is tried again before the day is over.
        self._checked_at = self._clock() - CHECK + CHECK_RETRY
        await self._ask_keys(Cause.POLL)
        for vin, car in self._cars.items():
            # Whether a car that sleeps is asked itself, and so what that costs, nobody has told.
            if car.power is Power.ONLINE and car.wants(connection.MOBILE_ACCESS):
                self._tell_mobile_access(vin, allowed=await self._api.mobile_enabled(vin, Cause.POLL))

    async def _ask_keys(self, cause: Cause) -> None:
        answers = await self._api.fleet_status(list(self._cars), cause)
        self._checked_at = now = self._clock()
        self._listener.poll_answered(paid=False)
        for vin, status in answers.items():
            if (car := self._cars.get(vin)) is not None:
                paired = car.key_paired(told=status.paired)
                car.apply(Report(_status_facts(status, paired=paired), now, POLL, now))

    def _tell_works(self, *, works: bool) -> None:
        if works is not self.works:
            self.works = works
            self._listener.poll_works(works=works)


def _status_facts(status: FleetStatus, *, paired: bool | None) -> dict[AnySignal, Any]:
    facts: dict[AnySignal, Any] = {
        connection.KEY_PAIRED: paired,
        connection.NEEDS_SIGNATURE: status.wants_signature,
        security.PAIRED_KEYS: status.keys,
    }
    return {signal: value for signal, value in facts.items() if value is not None}
