"""[I/O] Fetches of cars' data, which cost money: one at a time, and none that somebody else has just paid."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..errors import (
    CarTrouble,
    CarUnreachable,
    MobileAccessDisabled,
    NotFound,
    OverBudget,
    PaymentRequired,
    PrivacyForbids,
    RequestRefused,
    ScopeMissing,
    TeslaError,
)
from ..fleet_api.client import FleetApi
from ..fleet_api.endpoints import Part
from ..fleet_api.ledger import Cause
from ..vehicle.connectivity import Event
from ..vehicle.signal import Report
from ..vehicle.signals import connection
from ..vehicle.sources import POLL
from .poll_memory import remembered
from .poll_plan import RARELY, retry_pause
from .polled_car import PolledCar, PollListener

OVER_BUDGET = 600.0  # seconds until a fetch is tried again for which there was no money; trying costs nothing
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


class Fetches:
    """Fetches what is asked for, and remembers what has become of it."""

    def __init__(
        self,
        api: FleetApi,
        cars: Mapping[str, PolledCar],
        listener: PollListener,
        *,
        clock: Callable[[], float],
        kept: Mapping[str, Any],
    ) -> None:
        """Ask about these cars.

        clock: seconds since 1970
        kept:  what `to_json` returned before a restart
        """
        self._api = api
        self._cars = cars
        self._listener = listener
        self._clock = clock
        told, parts = kept.get("cars", {}), kept.get("parts", {})
        self._memory = {vin: remembered(told.get(vin), parts.get(vin, {})) for vin in cars}
        self._asking = asyncio.Lock()  # nobody pays twice because two want the same at the same time

    def to_json(self) -> dict[str, Any]:
        """Return what has to outlive a restart: what must not be asked and paid for again."""
        cars = {vin: [one.fetched_at, one.not_before, one.failures] for vin, one in self._memory.items()}
        return {"cars": cars, "parts": {vin: one.parts for vin, one in self._memory.items()}}

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
