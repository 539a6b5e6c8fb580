"""What lives as long as an entry; the one place that wires rooms together."""

from collections.abc import Mapping
from functools import partial
import ssl
import time
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from .const import (
    CONF_CLIENT_ID,
    CONF_POLL_INTERVAL,
    CONF_RECEIVER,
    CONF_REGION,
    CONF_SCOPES,
    CONF_VEHICLES,
    LOGGER,
)
from .coordinator import VehicleCoordinator
from .device import async_follow_device
from .hosts import async_ssl_context, base_of, provider_of
from .ports import TelemetryPort
from .repairs import async_tell_receiver_later, async_tell_trouble
from .shared import Shared, async_get_shared
from .storage import BILLED_DELAY, READINGS_DELAY, AccountTokens, JsonStore
from .tesla.decode.payload import SOURCE as RECEIVER
from .tesla.errors import LoginExpired, TeslaError, TokenRefused
from .tesla.fleet_api.client import FleetApi
from .tesla.fleet_api.limits import Limits
from .tesla.fleet_api.tokens import TokenKeeper
from .tesla.source.poll import SOURCE as POLL
from .tesla.source.poll import PollSource
from .tesla.source.poll_plan import FALLBACK
from .tesla.source.receiver import ReceiverSource
from .tesla.vehicle.model import read_vin
from .vehicle import Vehicle

type TeslaDirectConfigEntry = ConfigEntry[Runtime]


class Runtime:
    """One account: its cars, and the sources that tell of them."""

    def __init__(  # noqa: PLR0913, PLR0917  # what it stands on, put together in one place
        self,
        hass: HomeAssistant,
        entry: TeslaDirectConfigEntry,
        shared: Shared,
        store: JsonStore,
        stored: Mapping[str, Any],
        context: ssl.SSLContext | None,
    ) -> None:
        """Put the rooms together; nothing is asked or opened yet.

        stored:  what was saved before the restart
        context: verifies the provider's hosts, where it has an authority of its own
        """
        self._hass = hass
        self._entry = entry
        self._shared = shared
        self._store = store
        self._base: str | None = None
        if stored.get(CONF_REGION) == entry.data[CONF_REGION]:
            self._base = stored.get("base")
        provider = provider_of(entry.data)
        session = async_get_clientsession(hass)
        client_id: str = entry.data[CONF_CLIENT_ID]
        self.scopes = frozenset[str](entry.data[CONF_SCOPES])
        self.ledger = shared.ledgers.of(client_id)
        self.limits = Limits.from_dict(stored.get("limits", {}), time.time())
        self.tokens = TokenKeeper(
            session,
            provider.token_url,
            client_id,
            store=AccountTokens(shared.tokens, str(entry.unique_id)),
            clock=time.time,
            ssl=context,
        )
        self.api = FleetApi(
            session,
            provider,
            self._base or base_of(entry.data),
            tokens=self.tokens,
            ledger=self.ledger,
            limits=self.limits,
            clock=time.time,
            ssl=context,
            on_base_changed=self._base_changed,
        )
        self.vehicles: dict[str, Vehicle] = {}
        count = partial(shared.ledgers.count_signals, client_id)
        for number, vin in enumerate(entry.data[CONF_VEHICLES], 1):
            # What a log calls the car: a VIN is nobody's business.
            name = f"car {number} ({read_vin(vin).model or 'unknown model'})"
            coordinator = VehicleCoordinator(hass, entry, vin, name, self._async_refresh)
            coordinator.async_set_works(POLL, works=None)
            vehicle = Vehicle(coordinator, scopes=self.scopes, count=count, on_news=self._save_soon)
            vehicle.restore(stored.get("vehicles", {}).get(vin, {}))
            self.vehicles[vin] = vehicle
        self.port = self._find_port()
        self.receivers: dict[str, ReceiverSource] = {}
        self.poll = PollSource(
            self.api,
            self.vehicles,
            clock=time.time,
            interval=float(entry.options.get(CONF_POLL_INTERVAL, FALLBACK)) or None,
            fetched_at=stored.get("fetched_at", {}),
            checked_at=stored.get("checked_at"),
            on_works=self._poll_works,
            on_fetched=self._save_now,
            on_trouble=self._tell_trouble,
        )

    def _find_port(self) -> TelemetryPort | None:
        number = self._entry.data[CONF_RECEIVER]
        return self._shared.ports.get(number) if isinstance(number, int) else None

    async def async_listen(self) -> None:
        """Take what cars deliver to our port."""
        async_tell_receiver_later(self._hass, self._entry)
        for vehicle in self.vehicles.values():
            self._entry.async_on_unload(async_follow_device(self._hass, self._entry, vehicle.coordinator))
        if self.port is None:
            return
        for vin, vehicle in self.vehicles.items():
            source = ReceiverSource(
                vehicle, vehicle.car, clock=time.time, on_links=partial(self._links_changed, vehicle)
            )
            self.receivers[vin] = source
            source.announce()
            self.port.async_subscribe(vin, source)
        await self.port.async_acquire(self._entry.entry_id, self._listening)

    def start_poll(self) -> None:
        """Begin to follow the plan; nobody waits for an answer."""
        self._entry.async_create_background_task(self._hass, self._async_poll(), f"{self._entry.title} poll")
        self._entry.async_on_unload(
            self._hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, self._stopping)
        )

    async def _async_poll(self) -> None:
        """Follow the plan; a bug in it costs its traceback and one reload, not the entry."""
        try:
            await self.poll.run()
        except Exception:  # noqa: BLE001  # nobody else would hear of it
            LOGGER.exception("%s: the poll has ended unexpectedly", self._entry.title)
            if self._entry.entry_id not in self._shared.reloaded:
                self._shared.reloaded.add(self._entry.entry_id)
                self._hass.config_entries.async_schedule_reload(self._entry.entry_id)

    async def async_stop(self, *, for_good: bool) -> None:
        """Let go of what is shared, and save."""
        if self.port is not None:
            await self.port.async_release(self._entry.entry_id, self.vehicles, for_good=for_good)
        await self.tokens.close()
        await self._store.async_save(self._data())

    async def _async_refresh(self, vin: str) -> None:
        await self.poll.refresh(vin)

    @callback
    def _stopping(self, _event: Event) -> None:
        """Renew nothing while Home Assistant stops: what is on disk has to stay what Tesla knows."""
        self.tokens.stopping = True

    @callback
    def _save_soon(self) -> None:
        self._store.async_save_within(READINGS_DELAY, self._data)

    @callback
    def _save_now(self) -> None:
        """Have on disk what must not be asked and paid for again."""
        self._store.async_save_within(BILLED_DELAY, self._data)

    def _data(self) -> dict[str, Any]:
        return {
            "vehicles": {vin: vehicle.snapshot() for vin, vehicle in self.vehicles.items()},
            CONF_REGION: self._entry.data[CONF_REGION],
            "base": self._base,
            "fetched_at": self.poll.fetched_at,
            "checked_at": self.poll.checked_at,
            "limits": self.limits.to_dict(time.time()),
        }

    @callback
    def _base_changed(self, base: str) -> None:
        """Keep the address that the cloud has sent us to."""
        self._base = base
        self._save_now()

    @callback
    def _listening(self, listening: bool) -> None:  # noqa: FBT001  # what a port tells
        for vehicle in self.vehicles.values():
            self._tell_receiver_works(vehicle, listening=listening)

    @callback
    def _links_changed(self, vehicle: Vehicle, links: int) -> None:
        new = links > 0 and not vehicle.connected_before
        vehicle.set_links(links)
        if new:
            self._tell_receiver_works(vehicle, listening=True)
        if not links:
            self.poll.poke()

    @callback
    def _tell_receiver_works(self, vehicle: Vehicle, *, listening: bool) -> None:
        """Tell that the receiver works for a car: while it listens, and if the car has found it before."""
        vehicle.coordinator.async_set_works(RECEIVER, works=listening and vehicle.connected_before)

    @callback
    def _poll_works(self, works: bool) -> None:  # noqa: FBT001  # what the poll tells
        for vehicle in self.vehicles.values():
            vehicle.coordinator.async_set_works(POLL, works=works)

    @callback
    def _tell_trouble(self, error: TeslaError | None) -> None:
        if error is not None:
            self._save_now()  # the limits remember when the next request is welcome
        # A token that is refused although it was renewed just now is no better than none.
        if isinstance(error, LoginExpired | TokenRefused):
            self._entry.async_start_reauth(self._hass)
        async_tell_trouble(self._hass, self._entry, error)


async def async_make_runtime(hass: HomeAssistant, entry: TeslaDirectConfigEntry) -> Runtime:
    """Return an entry's runtime, with what was known before the restart. No cloud has to answer for this."""
    store = readings_store(hass, entry)
    stored = await store.async_load() or {}
    context = await async_ssl_context(hass, provider_of(entry.data))
    return Runtime(hass, entry, await async_get_shared(hass), store, stored, context)


def readings_store(hass: HomeAssistant, entry: TeslaDirectConfigEntry) -> JsonStore:
    """Return where an entry's last readings are kept."""
    return JsonStore(hass, f"readings.{entry.entry_id}")
