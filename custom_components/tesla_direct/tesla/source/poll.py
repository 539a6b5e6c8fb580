"""[I/O] The plan of `poll_plan`, carried out for the cars of one account."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field, replace
import logging
from typing import Any, Protocol

from ..errors import (
    AccountLocked,
    BillingLimitExceeded,
    CarTrouble,
    CarUnreachable,
    LoginExpired,
    MobileAccessDisabled,
    NotFound,
    OverBudget,
    PaymentRequired,
    PrivacyForbids,
    RateLimited,
    RequestRefused,
    ScopeMissing,
    TeslaError,
    TokenRefused,
    TokenUnavailable,
)
from ..fleet_api.client import FleetApi
from ..fleet_api.endpoints import Part
from ..fleet_api.ledger import Cause
from ..fleet_api.rows import FleetStatus, Vehicle
from ..vehicle.connectivity import Event, Power
from ..vehicle.signal import AnySignal, Report
from ..vehicle.signals import connection, security, software
from ..vehicle.sources import POLL
from .poll_plan import CHECK, RARELY, CarView, Check, Fetch, Read, Wait, next_step, retry_pause
from .source import Sink

_LOGGER = logging.getLogger(__name__)

FAILURES = 3  # free reads in a row that have to fail before the poll counts as not working
CHECK_RETRY = 3600.0  # seconds after a look at fleet_status that failed
JUST_NOW = 15.0  # seconds for which a user who asks again gets what has just been fetched
OVER_BUDGET = 600.0  # seconds until a fetch is tried again for which there was no money; trying costs nothing
LONGEST = 86_400.0  # seconds that anything may hold the poll back, also if the clock is set back
# Seconds without any request after an error that only the user can end; a new sign-in reloads the entry and
# so ends it at once. Those of a spending limit are as long as Tesla's own clients wait.
PAUSES: Mapping[type[TeslaError], float] = {
    LoginExpired: 3600.0,
    AccountLocked: 3600.0,
    BillingLimitExceeded: 900.0,
}
# Refusals that will be the same the next time, and are billed each time.
LASTING = (
    CarTrouble,
    MobileAccessDisabled,
    NotFound,
    PaymentRequired,
    PrivacyForbids,
    RequestRefused,
    ScopeMissing,
)
# Parts that change only when somebody changes them: of hours ago they will do, where others pass on the rest.
SELDOM_CHANGED = frozenset(
    {
        Part.CHARGE_SCHEDULE_DATA,
        Part.GUI_SETTINGS,
        Part.PRECONDITIONING_SCHEDULE_DATA,
        Part.VEHICLE_CONFIG,
    }
)
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
    def proven_until(self) -> float:
        """Until when that is proof that it is online, seconds since 1970, by our clock; see `CarView`."""

    @property
    def online_since(self) -> float | None:
        """Since when it has been online, seconds since 1970, by our clock; None while it is not."""

    @property
    def silent_since(self) -> float:
        """When its last telemetry connection ended, seconds since 1970, by our clock; 0 if it had none."""

    def wants(self, signal: AnySignal) -> bool:
        """Return whether somebody wants to know a fact."""

    def missing(self) -> frozenset[str]:
        """Return the endpoints of vehicle_data that hold what is wanted and no push delivers."""

    @property
    def paused(self) -> bool:
        """Whether nothing is to be fetched but what a user asks for."""

    def left_alone(self) -> bool:
        """Return whether it is parked, not charging, with nobody inside and sentry off."""

    def key_paired(self, *, told: bool | None) -> bool | None:
        """Return whether our key is on its keychain, where the cloud tells this of the application's key."""

    def decode(self, response: Mapping[str, Any], received: float) -> list[Report]:
        """Return what a `vehicle_data` says."""


class PollListener(Protocol):
    """Whoever hears how the poll fares."""

    def poll_works(self, *, works: bool) -> None:
        """Learn that free reads fail for good, or are answered again."""

    def poll_listed(self, vin: str, *, listed: bool) -> None:
        """Learn whether the account has a car; one that was sold or is no longer shared is not listed."""

    def poll_seen(self, names: Mapping[str, str | None], *, complete: bool) -> None:
        """Learn which cars the account has, by VIN, also such as nobody asks about.

        complete: there was none in the list that nobody could read
        """

    def poll_spent(self) -> None:
        """Learn that a paid fetch was tried; when is not to be forgotten."""

    def poll_answered(self, *, paid: bool) -> None:
        """Learn that a request was answered as it should be, a paid one or a free one."""

    def poll_failed(self, error: TeslaError) -> None:
        """Learn what went wrong; the user may have to see to it."""


class _Past:
    """A time that somebody else tells, and that lies in the past also after the clock was set back."""

    def __init__(self) -> None:
        self._told = self._taken = 0.0

    def __call__(self, told: float, now: float) -> float:
        """Return the time, or when it was first found to lie ahead."""
        if told != self._told:
            self._told = self._taken = told
        self._taken = min(self._taken, now)
        return self._taken


@dataclass(slots=True)
class _Memory:
    """What the plan remembers of one car; times in seconds since 1970, by our clock.

    failures: fetches in a row that failed
    parts:    when each part was fetched last, by its name
    """

    fetched_at: float | None = None
    not_before: float = 0.0
    failures: int = 0
    parts: dict[str, float] = field(default_factory=dict)
    quiet_since: float | None = None
    online_since: _Past = field(default_factory=_Past)
    silent_since: _Past = field(default_factory=_Past)


def _remembered(kept: Any, parts: Mapping[str, Any]) -> _Memory:
    """Return what was kept of one car; raises TypeError or ValueError if that makes no sense."""
    fetched = {str(part): float(at) for part, at in parts.items()}
    if kept is None:
        return _Memory(parts=fetched)
    fetched_at, not_before, failures = kept
    return _Memory(
        None if fetched_at is None else float(fetched_at), float(not_before), int(failures), fetched
    )


class PollSource:
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
        self.works: bool | None = None
        self._api = api
        self._cars = cars
        self._listener = listener
        self._clock = clock
        self._interval = interval
        self._read_at: float | None = None
        self._checked_at: float | None = kept.get("checked_at")
        told, parts = kept.get("cars", {}), kept.get("parts", {})
        self._memory = {vin: _remembered(told.get(vin), parts.get(vin, {})) for vin in cars}
        self._not_before = 0.0
        self._failures = 0
        self._refusals = 0  # of a token that was renewed, in a row
        self._asking = asyncio.Lock()  # nobody pays twice because two want the same at the same time
        self._something_happened = asyncio.Event()

    def to_json(self) -> dict[str, Any]:
        """Return what has to outlive a restart: what must not be asked and paid for again."""
        cars = {vin: [one.fetched_at, one.not_before, one.failures] for vin, one in self._memory.items()}
        parts = {vin: one.parts for vin, one in self._memory.items()}
        return {"checked_at": self._checked_at, "cars": cars, "parts": parts}

    def fetched_at(self, vin: str, endpoints: Iterable[str]) -> float | None:
        """Return since when some parts are known, seconds since 1970, by our clock; None if one never was."""
        times = [self._memory[vin].parts.get(endpoint) for endpoint in endpoints]
        return None if None in times else min(filter(None, times), default=None)

    def told(self, vin: str, parts: frozenset[str], at: float) -> None:
        """Learn that somebody else has fetched parts of a car's data, and passed them on.

        That is as good as a fetch of ours, and was free. Ours, told again, changes nothing.
        at: when they were so, seconds since 1970
        """
        if (memory := self._memory.get(vin)) is None:
            return
        at = min(at, self._clock())
        for part in parts:
            memory.parts[part] = max(memory.parts.get(part, at), at)
        missing = self._cars[vin].missing()
        known = {part for part in SELDOM_CHANGED if memory.parts.get(part, 0.0) > self._clock() - RARELY}
        if parts & missing and parts | known >= missing:
            memory.fetched_at = at if memory.fetched_at is None else max(memory.fetched_at, at)
            self._see_quiet(vin)

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

    async def read(  # noqa: PLR0913  # who pays for it, and whether they may
        self,
        vin: str,
        endpoints: frozenset[str],
        cause: Cause,
        *,
        by: str | None = None,
        optional: bool = False,
        consent: bool = False,
        shared: bool = False,
    ) -> None:
        """Fetch parts of a car's data for whoever has seen to it that the car is online.

        shared: what somebody else is just asking for will do
        Raises: what the answer means
        """
        asked, waits = self._clock(), self._asking.locked()
        async with self._asking:
            fetched_at = self.fetched_at(vin, endpoints) if shared and waits else None
            if fetched_at is None or not asked <= fetched_at <= self._clock():
                await self._fetch(vin, endpoints, cause, by=by, optional=optional, consent=consent)

    def _next(self, now: float) -> Read | Check | Fetch | Wait:
        views = [self._view(vin) for vin in self._cars]
        return next_step(now, self._read_at, self._checked_at, views, self._interval)

    def _view(self, vin: str) -> CarView:
        car, memory = self._cars[vin], self._memory[vin]
        now = self._clock()
        view = CarView(
            vin=vin,
            power=car.power,
            connected=car.connected,
            proven_until=car.proven_until,
            online_since=None if car.online_since is None else memory.online_since(car.online_since, now),
            silent_since=memory.silent_since(car.silent_since, now),
            fetched_at=memory.fetched_at,
            not_before=memory.not_before,
            quiet_since=memory.quiet_since,
        )
        # Which endpoints are missing takes a look at every entity, so only where it matters.
        if car.power is not Power.ONLINE or car.paused:
            return view
        return replace(view, missing=car.missing())

    def _forget_the_future(self, now: float) -> None:
        """Take times that lie ahead, because the clock was set back, for now; else we wait for them."""
        self._read_at = None if self._read_at is None else min(self._read_at, now)
        self._checked_at = None if self._checked_at is None else min(self._checked_at, now)
        self._not_before = min(self._not_before, now + LONGEST)
        for memory in self._memory.values():
            memory.fetched_at = None if memory.fetched_at is None else min(memory.fetched_at, now)
            memory.not_before = min(memory.not_before, now + LONGEST)

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

    async def _fetch_once(self, vin: str, endpoints: frozenset[str], cause: Cause, since: float) -> None:
        """Fetch a car's data, unless somebody else has since then: seconds since 1970, by our clock."""
        async with self._asking:
            fetched_at = self._memory[vin].fetched_at
            if fetched_at is None or not since <= fetched_at <= self._clock():
                await self._fetch(vin, endpoints, cause)

    async def _fetch(  # noqa: PLR0913  # who pays for it, and whether they may
        self,
        vin: str,
        endpoints: frozenset[str],
        cause: Cause,
        *,
        by: str | None = None,
        optional: bool = False,
        consent: bool = False,
    ) -> None:
        """Fetch a car's data; that costs money."""
        car, memory = self._cars[vin], self._memory[vin]
        # Some parts that somebody has asked for do not put off the others that the plan is about.
        complete = endpoints >= car.missing()
        # Whatever becomes of it, also if we are cancelled: it is not asked again at once.
        not_before = memory.not_before
        memory.failures += 1
        memory.not_before = self._clock() + retry_pause(memory.failures)
        try:
            response = await self._api.vehicle_data(
                vin, sorted(endpoints), cause, by=by, optional=optional, consent=consent
            )
        except CarUnreachable:
            car.witness(Event.UNREACHABLE)
            raise
        except OverBudget:
            memory.failures -= 1
            # There may be money yet for what the plan is about, if not for what nobody would miss.
            memory.not_before = not_before if optional else self._clock() + OVER_BUDGET
            raise
        except TeslaError as error:
            if isinstance(error, LASTING):
                memory.not_before = self._clock() + RARELY
            if isinstance(error, MobileAccessDisabled):
                self._tell_mobile_access(vin, allowed=False)
            raise
        finally:
            self._listener.poll_spent()
        self._listener.poll_answered(paid=True)
        self._tell_mobile_access(vin, allowed=True)
        now = self._clock()
        memory.not_before, memory.failures = 0.0, 0
        if complete:
            memory.fetched_at = now
        memory.parts |= dict.fromkeys(endpoints, now)
        for report in car.decode(response, now):
            car.apply(report)
        self._see_quiet(vin)

    def _see_quiet(self, vin: str) -> None:
        """Note since when a car is left alone, as far as it was just told."""
        memory = self._memory[vin]
        if not self._cars[vin].left_alone():
            memory.quiet_since = None
        elif memory.quiet_since is None:
            memory.quiet_since = self._clock()

    def _tell_mobile_access(self, vin: str, *, allowed: bool) -> None:
        now = self._clock()
        self._cars[vin].apply(Report({connection.MOBILE_ACCESS: allowed}, now, POLL, now))

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
