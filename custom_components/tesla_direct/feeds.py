"""The sources of an account that push: each one task that is owned here, and how each fares.

They know nothing of each other. What one of them gets wrong costs its own readings, and a bug in one of them
its own task and one reload; the others go on.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval

from .const import (
    CONF_CARS,
    CONF_VEHICLES,
    LOGGER,
    SUBENTRY_LEGACY_STREAM,
    SUBENTRY_MQTT,
    SUBENTRY_TESLAMATE,
    SUBENTRY_TESLEMETRY,
)
from .feed import FedCar, Feed
from .feed_broker import async_follow_broker
from .feed_fares import Fares
from .feed_legacy import LegacyStream, foreign_legacy_stream, own_legacy_stream
from .feed_stream import Stream, StreamTold, foreign_stream
from .feed_teslamate import async_follow_teslamate
from .hosts import provider_of
from .port import TelemetryPort
from .shared import Shared
from .silence import Silence
from .strangers import async_offer_car, async_offer_number
from .tesla.fleet_api.tokens import TokenKeeper
from .tesla.source.receiver import ReceiverSource
from .tesla.vehicle.sources import LEGACY_STREAM, MQTT, POLL, RECEIVER, SSE, TESLAMATE
from .vehicle import Vehicle

LOOK = timedelta(minutes=1)  # how often rates and last words are shown anew
# Why a source does not work, beside what they say themselves.
BUG = "bug"
NO_SOURCE = "no_source"
NOT_LISTENING = "not_listening"
NEVER_CONNECTED = "never_connected"


class Feeds:
    """All that pushes into one account.

    receivers: what our own telemetry server delivers, by VIN
    """

    def __init__(  # noqa: PLR0913  # what it stands on, each named at the only place that makes one
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        vehicles: Mapping[str, Vehicle],
        *,
        port: TelemetryPort | None,
        shared: Shared,
        tokens: TokenKeeper | None,
        told: StreamTold,
        on_bug: CALLBACK_TYPE,
    ) -> None:
        """List the sources that the entry names; nothing is opened yet.

        port:   where cars deliver to us themselves
        tokens: of the account; None where there is no cloud to ask
        told:   hears what the provider's stream tells of the account
        on_bug: is told when a source has ended because of a bug
        """
        self.receivers: dict[str, ReceiverSource] = {}
        self._hass = hass
        self._entry = entry
        self._vehicles = vehicles
        self._port = port
        self._shared = shared
        self._on_bug = on_bug
        self._feeds: dict[str, Feed] = {}
        self._tasks: list[asyncio.Task[None]] = []
        provider = provider_of(entry.data)
        self._asks_nobody = not provider.bases
        # Where nobody asks a cloud, nobody else says that a car is not online.
        silence = Silence(hass, entry) if self._asks_nobody else None
        self._fares = Fares(hass, self._feeds, vehicles, silence)
        if port is not None:
            self._add(RECEIVER, ours=True, billed=True)
        if SSE in provider.streams:
            self._add_stream(Stream(hass, shared, provider, told, tokens=tokens), ours=True)
        if LEGACY_STREAM in provider.streams and tokens is not None:
            self._add_legacy(own_legacy_stream(hass, entry, shared, tokens))
        # What cars tell our own port is not what an application's server tells a broker.
        billed = provider.own_application and port is None
        for subentry in entry.subentries.values():
            if subentry.subentry_type == SUBENTRY_MQTT:
                self._add(MQTT, billed=billed, run=partial(self._async_broker, subentry.data))
            elif subentry.subentry_type == SUBENTRY_TESLEMETRY:
                self._add_stream(foreign_stream(hass, entry, shared, subentry))
            elif subentry.subentry_type == SUBENTRY_LEGACY_STREAM:
                stream = foreign_legacy_stream(hass, entry, shared, subentry)
                self._add_legacy(stream, subentry.subentry_id)
            elif subentry.subentry_type == SUBENTRY_TESLAMATE:
                vins = frozenset(subentry.data[CONF_CARS].values())
                self._add(TESLAMATE, vins=vins, run=partial(self._async_teslamate, subentry))

    def _add(  # noqa: PLR0913  # what there is to say of a feed
        self,
        source: str,
        *,
        ours: bool = False,
        billed: bool = False,
        run: Callable[[Feed], Awaitable[None]] | None = None,
        vins: frozenset[str] | None = None,
        stream: str = "",
    ) -> None:
        name, number = source, 1
        while name in self._feeds:
            number += 1
            name = f"{source} {number}"
        self._feeds[name] = Feed(name=name, ours=ours, billed=billed, run=run, vins=vins, stream=stream)

    def _add_stream(self, stream: Stream, *, ours: bool = False) -> None:
        self._add(SSE, ours=ours, run=partial(self._async_stream, stream))

    def _add_legacy(self, stream: LegacyStream, subentry: str = "") -> None:
        if stream.vins:  # else it is set up, and left to another program
            run = partial(self._async_legacy, stream)
            self._add(LEGACY_STREAM, vins=stream.vins, stream=subentry, run=run)

    @property
    def all(self) -> tuple[Feed, ...]:
        """Return the sources."""
        return tuple(self._feeds.values())

    def _cars(self, feed: Feed) -> dict[str, FedCar]:
        return {vin: FedCar(vehicle, feed) for vin, vehicle in feed.of(self._vehicles).items()}

    async def async_listen(self) -> None:
        """Take what cars deliver to our port; the other sources have not been tried yet."""
        for vin, vehicle in self._vehicles.items() if self._asks_nobody else ():
            if not any(feed.tells_of(vin) for feed in self._feeds.values()):
                vehicle.set_works(POLL, works=False, trouble=NO_SOURCE)
        for feed in self._feeds.values():
            for vin, car in self._cars(feed).items():
                self._vehicles[vin].set_works(feed.name, works=None)
                if feed.run is not None:
                    car.set_links(feed.name, 0)
                    continue
                assert self._port is not None  # noqa: S101  # else there is no such feed
                source = ReceiverSource(car, car.car)
                self.receivers[vin] = source
                source.announce()
                self._port.async_subscribe(vin, source)
        if self._port is not None:
            await self._port.async_acquire(self._entry.entry_id, self._listening)

    @callback
    def async_start(self) -> None:
        """Begin with all the others; nobody waits for them."""
        for feed in self._feeds.values():
            if feed.run is not None:
                task = self._entry.async_create_background_task(
                    self._hass, self._async_run(feed, feed.run), f"tesla_direct {feed.name}"
                )
                self._tasks.append(task)
        self._entry.async_on_unload(
            async_track_time_interval(
                self._hass, self._tell_sources, LOOK, name="tesla_direct sources", cancel_on_shutdown=True
            )
        )

    async def async_stop(self, *, stays: bool) -> None:
        """End all of them.

        stays: the port goes on listening for a while for the cars that the entry still has
        """
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        self._fares.end()
        if self._port is not None:
            paused = (set(self._entry.data[CONF_VEHICLES]) & self._vehicles.keys()) if stays else set[str]()
            await self._port.async_release(
                self._entry.entry_id, paused=paused, gone=self._vehicles.keys() - paused
            )

    @callback
    def links_changed(self, vehicle: Vehicle, name: str) -> None:
        """Learn that the telemetry connections of a car have changed, as a source tells."""
        if name == RECEIVER and vehicle.links[name]:
            self._tell_receiver_works(vehicle, listening=True)
        self._fares.look(vehicle)

    async def _async_run(self, feed: Feed, run: Callable[[Feed], Awaitable[None]]) -> None:
        """Deliver until cancelled; a bug costs its traceback and one reload, not the entry."""
        try:
            await run(feed)
        except Exception:  # noqa: BLE001  # nobody else would hear of it
            LOGGER.exception("The source %s has ended unexpectedly", feed.name)
            for car in self._cars(feed).values():
                car.set_links(feed.name, 0)
            health = replace(feed.health, works=False, since=self._shared.clock(), trouble=BUG)
            self._fares.feed_fares(feed, health)
            self._on_bug()

    async def _async_broker(self, data: Mapping[str, Any], feed: Feed) -> None:
        await async_follow_broker(
            self._hass,
            self._cars(feed),
            data,
            clock=self._shared.clock,
            sleep=self._shared.sleep,
            on_health=partial(self._fares.feed_fares, feed),
            on_skipped=partial(_skips, feed),
            on_stranger=partial(async_offer_car, self._hass, self._entry),
        )

    async def _async_stream(self, stream: Stream, feed: Feed) -> None:
        await stream.async_follow(
            self._cars(feed),
            on_health=partial(self._fares.feed_fares, feed),
            on_skipped=partial(_skips, feed),
        )

    async def _async_legacy(self, stream: LegacyStream, feed: Feed) -> None:
        await stream.async_follow(
            feed,
            self._vehicles,
            on_health=partial(self._fares.feed_fares, feed),
            on_car=partial(self._fares.car_fares, feed),
        )

    async def _async_teslamate(self, subentry: ConfigSubentry, feed: Feed) -> None:
        await async_follow_teslamate(
            self._hass,
            self._cars(feed),
            subentry.data,
            clock=self._shared.clock,
            sleep=self._shared.sleep,
            on_health=partial(self._fares.feed_fares, feed),
            on_skipped=partial(_skips, feed),
            on_car=partial(self._fares.car_fares, feed),
            on_stranger=partial(async_offer_number, self._hass, self._entry, subentry),
        )

    @callback
    def _listening(self, listening: bool) -> None:  # noqa: FBT001  # what a port tells
        feed = self._feeds[RECEIVER]
        if listening is not feed.health.works:
            feed.health = replace(feed.health, works=listening, since=self._shared.clock())
        for vehicle in self._vehicles.values():
            self._tell_receiver_works(vehicle, listening=listening)

    @callback
    def _tell_receiver_works(self, vehicle: Vehicle, *, listening: bool) -> None:
        """Tell that the receiver works for a car: while it listens, and if the car has found it before."""
        works = listening and vehicle.connected_before
        trouble = "" if works else NEVER_CONNECTED if listening else NOT_LISTENING
        vehicle.set_works(RECEIVER, works=works, trouble=trouble)

    @callback
    def _tell_sources(self, _now: datetime) -> None:
        for vehicle in self._vehicles.values():
            vehicle.tell_sources()


def _skips(feed: Feed, skipped: Mapping[str, int]) -> None:
    """Keep where a source counts what nobody can read."""
    feed.skipped = skipped
