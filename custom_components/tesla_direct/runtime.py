"""What lives as long as an entry; the one place that wires rooms together."""

import asyncio
from collections.abc import Mapping
from functools import partial
import ssl
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
from .repairs import (
    async_end_troubles,
    async_forget_cars,
    async_tell_listed,
    async_tell_receiver,
    async_tell_trouble,
)
from .shared import Shared, async_get_shared
from .storage import BILLED_DELAY, READINGS_DELAY, AccountTokens, JsonStore, recovered
from .tesla.decode.payload import SOURCE as RECEIVER
from .tesla.errors import LoginExpired, TeslaError
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
        self.clock = shared.clock
        self._hass = hass
        self._entry = entry
        self._shared = shared
        self._store = store
        self._over = False
        self._poll_task: asyncio.Task[None]
        self._region: str = entry.data[CONF_REGION]
        provider = provider_of(entry.data)
        # Where the cloud has sent us to, for as long as the user leaves the region as it was.
        self._base: str | None = None
        base = stored.get("base")
        if stored.get(CONF_REGION) == self._region and isinstance(base, str):
            self._base = provider.trusted(base)
        session = async_get_clientsession(hass)
        client_id: str = entry.data[CONF_CLIENT_ID]
        self.scopes = frozenset[str](entry.data[CONF_SCOPES])
        self.ledger = shared.ledgers.of(client_id)
        self.limits = recovered(
            "the limits", lambda kept: Limits.from_dict(kept, self.clock()), stored.get("limits", {}), {}
        )
        self.tokens = TokenKeeper(
            session,
            provider.token_url,
            client_id,
            store=AccountTokens(shared.tokens, str(entry.unique_id)),
            clock=self.clock,
            ssl=context,
        )
        self.api = FleetApi(
            session,
            provider,
            self._base or base_of(entry.data),
            tokens=self.tokens,
            ledger=self.ledger,
            limits=self.limits,
            clock=self.clock,
            ssl=context,
            on_base_changed=self._base_changed,
        )
        vehicles = recovered("the cars", lambda kept: {**kept}, stored.get("vehicles", {}), {})
        self.vehicles: dict[str, Vehicle] = {
            vin: self._make_vehicle(number, vin, vehicles.get(vin, {}))
            for number, vin in enumerate(entry.data[CONF_VEHICLES], 1)
        }
        self.port = self._find_port()
        self.receivers: dict[str, ReceiverSource] = {}
        self.poll = recovered("the poll", self._make_poll, stored.get("poll", {}), {})

    def _make_vehicle(self, number: int, vin: str, kept: Mapping[str, Any]) -> Vehicle:
        # What a log calls the car: a VIN is nobody's business.
        name = f"car {number} ({read_vin(vin).model or 'unknown model'})"
        coordinator = VehicleCoordinator(self._hass, self._entry, vin, name, self._async_refresh)
        coordinator.async_set_works(POLL, works=None)
        vehicle = Vehicle(
            coordinator,
            clock=self.clock,
            scopes=self.scopes,
            count=partial(self._shared.ledgers.count_signals, self._entry.data[CONF_CLIENT_ID]),
            on_news=self._save_soon,
        )
        vehicle.restore(kept)
        return vehicle

    def _make_poll(self, kept: Mapping[str, Any]) -> PollSource:
        return PollSource(
            self.api,
            self.vehicles,
            self,
            clock=self.clock,
            interval=float(self._entry.options.get(CONF_POLL_INTERVAL, FALLBACK)) or None,
            kept=kept,
        )

    def _find_port(self) -> TelemetryPort | None:
        """Return the port that cars of this account deliver to, as the entry says now."""
        number = self._entry.data[CONF_RECEIVER]
        return self._shared.ports.get(number) if isinstance(number, int) else None

    async def async_listen(self) -> None:
        """Take what cars deliver to our port."""
        async_tell_receiver(self._hass, self._entry, known=self.port is not None)
        for vehicle in self.vehicles.values():
            self._entry.async_on_unload(vehicle.coordinator.async_shutdown)
            self._entry.async_on_unload(async_follow_device(self._hass, self._entry, vehicle.coordinator))
        if self.port is None:
            return
        for vin, vehicle in self.vehicles.items():
            source = ReceiverSource(
                vehicle, vehicle.car, clock=self.clock, on_links=partial(self._links_changed, vehicle)
            )
            self.receivers[vin] = source
            source.announce()
            self.port.async_subscribe(vin, source)
        await self.port.async_acquire(self._entry.entry_id, self._listening)

    def start_poll(self) -> None:
        """Begin to follow the plan; nobody waits for an answer."""
        self._poll_task = self._entry.async_create_background_task(
            self._hass, self._async_poll(), "tesla_direct poll"
        )
        self._entry.async_on_unload(
            self._hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, self._stopping)
        )

    async def _async_poll(self) -> None:
        """Follow the plan; a bug in it costs its traceback and one reload, not the entry."""
        try:
            await self.poll.run()
        except Exception:  # noqa: BLE001  # nobody else would hear of it
            LOGGER.exception("The poll has ended unexpectedly")
            if self._entry.entry_id not in self._shared.reloaded:
                self._shared.reloaded.add(self._entry.entry_id)
                self._hass.config_entries.async_schedule_reload(self._entry.entry_id)

    async def async_stop(self) -> None:
        """Let go of what is shared, and save what nothing can add to any more."""
        self._poll_task.cancel()
        await asyncio.wait((self._poll_task,))
        if self.port is not None:
            stays = self._entry.disabled_by is None and self._find_port() is self.port
            paused = set(self._entry.data[CONF_VEHICLES]) if stays else set[str]()
            await self.port.async_release(
                self._entry.entry_id, paused=paused & self.vehicles.keys(), gone=self.vehicles.keys() - paused
            )
        await self.tokens.close()
        async_forget_cars(self._hass, self._entry)
        self._over = True
        await self._store.async_save(self._data())

    async def _async_refresh(self, vin: str) -> None:
        await self.poll.refresh(vin)

    @callback
    def _stopping(self, _event: Event) -> None:
        """Renew nothing while Home Assistant stops: what is on disk has to stay what Tesla knows."""
        self.tokens.stopping = True

    @callback
    def _save_soon(self) -> None:
        if not self._over:
            self._store.async_save_within(READINGS_DELAY, self._data)

    @callback
    def _save_now(self) -> None:
        """Have on disk what must not be asked and paid for again."""
        if not self._over:
            self._store.async_save_within(BILLED_DELAY, self._data)

    def _data(self) -> dict[str, Any]:
        return {
            "vehicles": {vin: vehicle.snapshot() for vin, vehicle in self.vehicles.items()},
            CONF_REGION: self._region,
            "base": self._base,
            "poll": self.poll.to_json(),
            "limits": self.limits.to_dict(self.clock()),
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
    def poll_works(self, *, works: bool) -> None:
        """Learn that free reads fail for good, or are answered again."""
        for vehicle in self.vehicles.values():
            vehicle.coordinator.async_set_works(POLL, works=works)

    @callback
    def poll_listed(self, vin: str, *, listed: bool) -> None:
        """Learn whether the account has a car."""
        self.vehicles[vin].coordinator.async_set_works(POLL, works=listed)
        async_tell_listed(self._hass, self._entry, vin, listed=listed)

    @callback
    def poll_spent(self) -> None:
        """Learn that a paid fetch was tried."""
        self._save_now()

    @callback
    def poll_answered(self, *, paid: bool) -> None:
        """Learn that a request was answered as it should be."""
        async_end_troubles(self._hass, self._entry, paid=paid)

    @callback
    def poll_failed(self, error: TeslaError) -> None:
        """Learn what went wrong; the user may have to see to it."""
        self._save_now()  # the limits remember when the next request is welcome
        if isinstance(error, LoginExpired):
            self._entry.async_start_reauth(self._hass)
        async_tell_trouble(self._hass, self._entry, error)


async def async_make_runtime(hass: HomeAssistant, entry: TeslaDirectConfigEntry) -> Runtime:
    """Return an entry's runtime, with what was known before the restart. No cloud has to answer for this."""
    shared = await async_get_shared(hass)
    store = readings_store(hass, entry)
    stored = await store.async_load() or {}
    context = await async_ssl_context(hass, provider_of(entry.data))
    return Runtime(hass, entry, shared, store, stored, context)


def readings_store(hass: HomeAssistant, entry: TeslaDirectConfigEntry) -> JsonStore:
    """Return where an entry's last readings are kept."""
    return JsonStore(hass, f"readings.{entry.entry_id}")
