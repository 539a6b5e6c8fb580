"""What Teslemetry says of an account: looked at when it starts, every day, and whenever there is news of it.

That is free, but counts among the requests of a minute. What only the user can put right becomes a notice,
which goes by itself.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval

from .cars import async_take_listing
from .const import CONF_LEFT_OUT, CONF_SCOPES, LOGGER
from .spending import Meter
from .tesla.errors import LoginExpired, RateLimited, TeslaError
from .tesla.fleet_api import teslemetry
from .tesla.fleet_api.client import FleetApi
from .tesla.fleet_api.ledger import Cause
from .tesla.fleet_api.rows import MILLISECONDS
from .tesla.fleet_api.teslemetry_rows import KEY, Metadata, MetadataCar
from .tesla.vehicle.signal import AnySignal, Report
from .tesla.vehicle.signals import connection
from .tesla.vehicle.sources import POLL
from .teslemetry_repairs import async_tell_account, async_tell_car, async_tell_credits
from .vehicle import Vehicle

LOOK = timedelta(minutes=1)  # how often it is seen whether something is due
EVERY = 86_400.0  # seconds between looks without any news
RETRY = 3600.0  # seconds after one that failed
SPACING = 60.0  # seconds between two looks, however much news there is


class TeslemetryWatch:
    """Keeps an entry in step with its account at Teslemetry.

    metadata: what was said last; None before it was
    """

    def __init__(  # noqa: PLR0913  # what it stands on, each named at the only place that makes one
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        vehicles: Mapping[str, Vehicle],
        *,
        api: FleetApi,
        meter: Meter,
        clock: Callable[[], float],
        on_issue: Callable[[str, str | None], None],
        on_failure: Callable[[TeslaError], None],
    ) -> None:
        """Ask nothing yet.

        meter:      of what the account spends
        clock:      seconds since 1970
        on_issue:   is told, for each car, why it does not stream; None: no reason is known
        on_failure: is told what went wrong with a look that nobody has asked for
        """
        self.metadata: Metadata | None = None
        self._hass = hass
        self._entry = entry
        self._vehicles = vehicles
        self._api = api
        self._meter = meter
        self._clock = clock
        self._on_issue = on_issue
        self._on_failure = on_failure
        self._asked_at = 0.0
        self._due = 0.0
        self._asking = False

    @callback
    def async_start(self) -> None:
        """Look now and every day from now on, for as long as the entry is loaded."""
        self._entry.async_on_unload(
            async_track_time_interval(
                self._hass, self._async_tick, LOOK, name="tesla_direct Teslemetry", cancel_on_shutdown=True
            )
        )
        self._entry.async_on_unload(self._meter.async_listen(self._async_credits))
        self._async_credits()
        self._async_tick()

    @callback
    def _async_credits(self) -> None:
        if (balance := self._meter.balance) is not None:
            async_tell_credits(self._hass, self._entry, balance)

    @callback
    def poke(self) -> None:
        """Learn that there is news: a configuration has changed, or a car does not know the key."""
        self._due = min(self._due, self._asked_at + SPACING)
        self._async_tick()

    @callback
    def meet(self, vin: str) -> None:
        """Learn of a car that the entry does not have; one that its user has left out is no news."""
        if vin not in self._entry.data.get(CONF_LEFT_OUT, ()):
            self.poke()

    async def async_ask(self, cause: Cause = Cause.USER) -> Metadata:
        """Ask now, and take in what is said.

        Raises: what the answer means; LoginExpired also for a token of another account
        """
        self._asked_at = self._clock()
        self._due = self._asked_at + RETRY
        metadata = await teslemetry.metadata(self._api, cause)
        if metadata.uid != self._entry.unique_id:
            raise LoginExpired("the token belongs to another account")
        self._due = self._asked_at + EVERY
        self._take(metadata)
        return metadata

    async def async_ask_paired(self, vin: str) -> bool:
        """Ask whether the service's key is on a car, as its owner says that it was paired.

        Raises: what the answer means
        """
        self._vehicles[vin].doubt_key()
        car = (await self.async_ask()).vehicles.get(vin)
        return car is not None and car.issue != KEY

    @callback
    def _async_tick(self, _now: datetime | None = None) -> None:
        now = self._clock()
        self._due = min(self._due, now + EVERY)  # whatever happens to the clock
        if now >= self._due and not self._asking:
            self._asking = True
            self._entry.async_create_background_task(
                self._hass, self._async_look(), "tesla_direct account at Teslemetry"
            )

    async def _async_look(self) -> None:
        try:
            await self.async_ask(Cause.POLL)
        except TeslaError as error:
            LOGGER.debug("Teslemetry does not say how the account is: %s", error)
            if isinstance(error, RateLimited):
                self._due = self._asked_at + max(error.retry_after, SPACING)
            self._on_failure(error)
        finally:
            self._asking = False

    @callback
    def _take(self, metadata: Metadata) -> None:
        self.metadata = metadata
        now = self._clock()
        async_tell_account(self._hass, self._entry, ended=has_ended(metadata, now))
        for vin, vehicle in self._vehicles.items():
            car = metadata.vehicles.get(vin)
            async_tell_car(self._hass, self._entry, vin, access=car is None or car.access)
            if car is not None:
                self._take_car(vehicle, car, now)
                self._on_issue(vin, car.issue)
        names = {vin: car.name for vin, car in metadata.vehicles.items()}
        async_take_listing(self._hass, self._entry, names, complete=True)
        scopes = sorted(metadata.scopes)
        # An answer that names none is a mistake. Else the entry is loaded anew with what it may do now.
        if scopes and scopes != self._entry.data[CONF_SCOPES]:
            data = {**self._entry.data, CONF_SCOPES: scopes}
            self._hass.config_entries.async_update_entry(self._entry, data=data)

    def _take_car(self, vehicle: Vehicle, car: MetadataCar, now: float) -> None:
        """Take in what is said of a car's readiness; of its key only a no is said, and that it is over."""
        told = None
        if car.issue == KEY:
            told = False
        elif vehicle.coordinator.data.get(connection.KEY_PAIRED) is False:
            vehicle.doubt_key()
            told = True
        facts: dict[AnySignal, Any] = {
            connection.KEY_PAIRED: vehicle.key_paired(told=told),
            connection.NEEDS_SIGNATURE: car.signing,
        }
        known = {signal: value for signal, value in facts.items() if value is not None}
        vehicle.apply(Report(known, now, POLL, now))


def has_ended(metadata: Metadata, now: float) -> bool:
    """Return whether nothing is paid for the account any more, as far as can be told."""
    if metadata.subscription is None:
        return True
    told = metadata.subscription.end or ""
    try:
        if told.isdecimal():
            seconds = float(told)
            return (seconds / 1000 if seconds > MILLISECONDS else seconds) < now
        end = datetime.fromisoformat(told)
    except ValueError:
        return False  # it is not said, or in a way that nobody knows
    return (end if end.tzinfo else end.replace(tzinfo=UTC)).timestamp() < now
