"""What lives as long as an entry; the one place that wires rooms together."""

import asyncio
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Event, HomeAssistant, callback

from .cars import made_of
from .cloud import Cloud
from .commanded_car import CommandedCar
from .commands import VehicleCommands
from .const import (
    CONF_CLIENT_ID,
    CONF_POLL_INTERVAL,
    CONF_RECEIVER,
    CONF_SCOPES,
    CONF_TELEMETRY,
    CONF_VEHICLES,
    LOGGER,
)
from .coordinator import VehicleCoordinator
from .device import async_follow_device
from .feed_stream import StreamTold, stream_tokens
from .feeds import Feeds
from .hosts import async_proxy_trust, async_ssl_context, provider_of
from .leaving import async_cars_leave
from .paired_watch import MAY_COMMAND, async_watch_paired
from .pairing import is_ours
from .poll_told import PollTold
from .port import TelemetryPort
from .repairs import async_forget_cars, async_tell_key, async_tell_receiver
from .saved import Saved, readings_store, sessions_store
from .serving import Serving
from .shared import Shared, async_get_shared
from .storage import JsonStore, NotDurable, recovered
from .telemetry import Streaming
from .tesla.errors import LoginExpired, TeslaError
from .tesla.fleet_api.provider import TESLEMETRY
from .tesla.fleet_api.transport import Trust
from .tesla.source.poll import PollSource
from .tesla.source.poll_plan import FALLBACK
from .tesla.vehicle.model import read_vin
from .tesla.vehicle.signals import connection
from .tesla.vehicle.sources import POLL
from .teslemetry_watch import TeslemetryWatch
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
        sessions: tuple[JsonStore, Mapping[str, Any]],
        context: Trust,
        proxy_trust: Trust,
    ) -> None:
        """Put the rooms together; nothing is asked or opened yet.

        stored:  what was saved before the restart
        sessions: where signed sessions are kept, and what was
        context: who is to be believed at the provider's hosts
        proxy_trust: who is to be believed at the address of the command proxy, if there is one
        """
        self.clock = shared.clock
        self.made_of = made_of(entry)
        self.stream_tokens = stream_tokens(entry)
        self._hass = hass
        self._entry = entry
        self._shared = shared
        sessions_kept = sessions[1]
        self._saved = Saved(store, sessions[0], data=self._data, of_sessions=self._sessions)
        self._key = shared.key
        self._poll_task: asyncio.Task[None] | None = None
        self.scopes = frozenset[str](entry.data[CONF_SCOPES])
        self.cloud = Cloud(
            hass, entry, shared, stored, context, proxy_trust=proxy_trust, on_moved=self._saved.now
        )
        self.api, self.tokens, self.limits = self.cloud.api, self.cloud.tokens, self.cloud.limits
        self.meter = self.cloud.meter
        self.budget = self.meter.budget
        self.ledger = self.budget.ledger
        vehicles = recovered("the cars", lambda kept: {**kept}, stored.get("vehicles", {}), {})
        self.vehicles: dict[str, Vehicle] = {
            vin: self._make_vehicle(number, vin, vehicles.get(vin, {}))
            for number, vin in enumerate(entry.data[CONF_VEHICLES], 1)
        }
        self.port = self._find_port()
        self.feeds = Feeds(
            hass,
            entry,
            self.vehicles,
            port=self.port,
            shared=shared,
            tokens=self.cloud.keeper,
            told=StreamTold(
                login_expired=partial(entry.async_start_reauth, hass),
                credits=self.meter.async_take_credits,
                config=lambda vin, _fields: self._config_changed((vin,)),
                vehicle_data=lambda vin, parts, at: self.poll.told(vin, parts, at),  # noqa: PLW0108  # made below
                stranger=self._stranger_heard,
                unpaid=lambda _why: self._look_at_account(),
                begun_again=self._config_changed,
            ),
            on_bug=self._reload_once,
        )
        self.streaming = Streaming(
            hass,
            entry,
            self.vehicles,
            api=self.api,
            proxy=self.cloud.proxy,
            meter=self.meter,
            key=self._key,
            port=self.port,
            clock=self.clock,
            kept=recovered("the telemetry", dict, stored.get("streaming", {}), {}),
            on_news=self._saved.now,
            on_failure=self._keeper_failed,
            on_bug=self._reload_once,
            on_key_missing=self._key_missing,
        )
        self.serving = Serving(hass, entry, self.vehicles, self.clock)
        self.poll_told = PollTold(hass, entry, self.vehicles, on_news=self._saved.now)
        self.poll = recovered("the poll", self._make_poll, stored.get("poll", {}), {})
        self.teslemetry = self._make_watch()
        for number, vehicle in enumerate(self.vehicles.values(), 1):
            make = partial(self._make_commands, vehicle)
            vehicle.coordinator.commands = recovered(
                f"the sessions with car {number}", make, sessions_kept.get(vehicle.vin, {}), {}
            )
        self._fingerprint = self._key.fingerprint
        if stored.get("key") != self._fingerprint:
            for vehicle in self.vehicles.values():
                vehicle.forget_key()
            self.poll.check_soon()

    def _make_vehicle(self, number: int, vin: str, kept: Mapping[str, Any]) -> Vehicle:
        # What a log calls the car: a VIN is nobody's business.
        name = f"car {number} ({read_vin(vin).model or 'unknown model'})"
        coordinator = VehicleCoordinator(self._hass, self._entry, vin, name, self._async_refresh)
        if self.cloud.asked:
            coordinator.async_set_works(POLL, works=None)
        vehicle = Vehicle(
            coordinator,
            clock=self.clock,
            scopes=self.scopes,
            count=partial(self._shared.ledgers.count_signals, self._entry.data[CONF_CLIENT_ID]),
            on_news=self._saved.soon,
            on_links=self._links_changed,
            key_is_new=lambda: is_ours(self._entry.data) and self._key.is_new,
            month_start=lambda: self.ledger.start,
        )
        vehicle.restore(kept)
        return vehicle

    def _make_commands(self, vehicle: Vehicle, kept: Mapping[str, Any]) -> VehicleCommands:
        car = CommandedCar(
            self._hass,
            self._entry,
            vehicle,
            api=self.api,
            poll=self.poll,
            budget=self.budget,
            limits=self.limits,
            scopes=self.scopes,
            key=self._key.key,
            proxy=self.cloud.proxy,
            kept=kept,
            on_session_changed=self._saved.sessions,
            clock=self.clock,
            sleep=self._shared.sleep,
        )
        return VehicleCommands(car, api=self.api, poll=self.poll, origins=self._shared.origins)

    def _make_watch(self) -> TeslemetryWatch | None:
        if provider_of(self._entry.data).name != TESLEMETRY.name:
            return None
        return TeslemetryWatch(
            self._hass,
            self._entry,
            self.vehicles,
            api=self.api,
            meter=self.meter,
            clock=self.clock,
            on_issue=self.streaming.async_issue,
            on_failure=self.poll_told.poll_failed,
        )

    @callback
    def _config_changed(self, vins: Iterable[str] | None = None) -> None:
        """Learn that somebody may have changed what cars, or all of them, are told to stream."""
        self.streaming.async_read_again(vins)
        self._look_at_account()

    @callback
    def _look_at_account(self) -> None:
        """Learn that there is news of what a service says of the account."""
        if self.teslemetry is not None:
            self.teslemetry.poke()

    @callback
    def _stranger_heard(self, vin: str) -> None:
        """Learn that the service tells of a car that is not of this entry: it may be new to the account."""
        if self.teslemetry is not None:
            self.teslemetry.meet(vin)

    @callback
    def _key_missing(self) -> None:
        """Learn that a car is said not to know the key."""
        self.poll.check_soon()
        self._look_at_account()

    def _make_poll(self, kept: Mapping[str, Any]) -> PollSource:
        return PollSource(
            self.api,
            self.vehicles,
            self.poll_told,
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
            self._entry.async_on_unload(
                async_watch_paired(
                    self._hass,
                    self._entry,
                    vehicle,
                    self.streaming,
                    commands=not self.scopes.isdisjoint(MAY_COMMAND),
                    on_unpaired=self.poll.check_soon,
                )
            )
        await self.feeds.async_listen()
        self._entry.async_on_unload(self.serving.async_stop)  # also where the set-up fails after this
        await self.serving.async_start()

    async def async_ask_paired(self, vin: str) -> bool:
        """Ask the cloud for free whether our key is on a car, as its owner says that it was paired.

        Raises: TeslaError, NotDurable
        """
        await self._key.async_confirm()
        self.vehicles[vin].doubt_key()
        await self.poll.check()
        return self.vehicles[vin].coordinator.data.get(connection.KEY_PAIRED) is True

    def start_sources(self) -> None:
        """Begin to ask, where there is somebody, and to listen to what pushes; nobody waits for them.

        What users have asked for before a reload, and was put off, goes on.
        """
        if self.cloud.asked:
            self._poll_task = self._entry.async_create_background_task(
                self._hass, self._async_poll(), "tesla_direct poll"
            )
        self.feeds.async_start()
        put_off = self._shared.put_off.pop(self._entry.entry_id, {})
        for vin, vehicle in self.vehicles.items():
            vehicle.coordinator.commands.async_resume(put_off.get(vin, ()))
        self._entry.async_on_unload(self._hass.bus.async_listen(EVENT_HOMEASSISTANT_STOP, self._stopping))

    def start_streaming(self) -> None:
        """Begin to keep what cars are told of streaming; those that have left are told nothing more."""
        self.streaming.async_start()
        if self.teslemetry is not None:
            self.teslemetry.async_start()
        if left := self.streaming.async_left():
            self._entry.async_create_background_task(
                self._hass, self._async_let_go(left), "tesla_direct cars that have left"
            )

    async def _async_let_go(self, vins: frozenset[str]) -> None:
        await async_cars_leave(self._hass, self._entry, self.api, vins)
        self.streaming.async_forget(vins)  # what failed is told, and not tried again

    async def _async_poll(self) -> None:
        """Follow the plan; a bug in it costs its traceback and one reload, not the entry."""
        try:
            await self.poll.run()
        except Exception:  # noqa: BLE001  # nobody else would hear of it
            LOGGER.exception("The poll has ended unexpectedly")
            self._reload_once()

    @callback
    def _reload_once(self) -> None:
        """Begin anew after a bug of ours; a second time would be a loop."""
        if self._entry.entry_id not in self._shared.reloaded:
            self._shared.reloaded.add(self._entry.entry_id)
            self._hass.config_entries.async_schedule_reload(self._entry.entry_id)

    async def async_stop(self) -> None:
        """Let go of what is shared, and save what nothing can add to any more."""
        await self.serving.async_stop()
        await self.streaming.async_stop()
        self._shared.put_off[self._entry.entry_id] = {
            vin: await vehicle.coordinator.commands.async_end() for vin, vehicle in self.vehicles.items()
        }
        if self._poll_task is not None:
            self._poll_task.cancel()
            await asyncio.wait((self._poll_task,))
        stays = self._entry.disabled_by is None and self._find_port() is self.port
        await self.feeds.async_stop(stays=stays)
        await self.tokens.close()
        async_forget_cars(self._hass, self._entry)
        await self._saved.async_end()

    async def _async_refresh(self, vin: str) -> None:
        await self.vehicles[vin].coordinator.commands.refresh()

    @callback
    def _stopping(self, _event: Event) -> None:
        """Renew nothing while Home Assistant stops: what is on disk has to stay what Tesla knows."""
        self.tokens.stopping = True

    @callback
    def async_set_polling(self, vin: str, *, on: bool) -> None:
        """Begin or cease to fetch a car's data without being asked; free looks go on."""
        self.vehicles[vin].set_polling(on=on)
        self._saved.now()
        self.poll.poke()

    def _sessions(self) -> dict[str, Any]:
        return {vin: vehicle.coordinator.commands.to_json() for vin, vehicle in self.vehicles.items()}

    def _data(self) -> dict[str, Any]:
        return {
            "vehicles": {vin: vehicle.snapshot() for vin, vehicle in self.vehicles.items()},
            **self.cloud.to_json(),
            "poll": self.poll.to_json(),
            "streaming": self.streaming.to_json(),
            "key": self._fingerprint,  # of which all that is known of it is true
        }

    @callback
    def _links_changed(self, vehicle: Vehicle, source: str) -> None:
        self.feeds.links_changed(vehicle, source)
        if not vehicle.connected:
            self.poll.poke()
        self.streaming.keeper.poke()

    @callback
    def _keeper_failed(self, error: TeslaError) -> None:
        """Learn what went wrong with a telemetry configuration; most of it the poll tells, too."""
        self._saved.now()
        if isinstance(error, LoginExpired):
            self._entry.async_start_reauth(self._hass)


async def async_make_runtime(hass: HomeAssistant, entry: TeslaDirectConfigEntry) -> Runtime:
    """Return an entry's runtime, with what was known before the restart. No cloud has to answer for this."""
    shared = await async_get_shared(hass)
    if needs_key(entry.data) or (is_ours(entry.data) and CONF_TELEMETRY in entry.options):
        await _async_prepare_key(hass, shared)
    store = readings_store(hass, entry)
    stored = await store.async_load() or {}
    sessions = sessions_store(hass, entry)
    context = await async_ssl_context(hass, provider_of(entry.data))
    trust = await async_proxy_trust(entry.data)
    return Runtime(
        hass, entry, shared, store, stored, (sessions, await sessions.async_load() or {}), context, trust
    )


def needs_key(data: Mapping[str, Any]) -> bool:
    """Return whether there is something to sign: a car that checks it, and leave to change something."""
    may_command = not MAY_COMMAND.isdisjoint(data[CONF_SCOPES]) and is_ours(data)
    return may_command and any(not read_vin(vin).pre_2021 for vin in data[CONF_VEHICLES])


async def _async_prepare_key(hass: HomeAssistant, shared: Shared) -> None:
    """Make a key if there is none yet; without one all goes on, but for commands."""
    try:
        await shared.key.async_ensure()
    except NotDurable as error:
        LOGGER.warning("No key to sign commands with: %s", error)
        async_tell_key(hass, "key_not_saved")
    else:
        async_tell_key(hass, "key_unreadable" if shared.key.unreadable else None)
