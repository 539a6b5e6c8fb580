"""A child: a Home Assistant whose cars have any sources, and what it writes of them, with times."""

import asyncio
from collections.abc import Callable
import json
import time
from typing import Any, override

from homeassistant import core
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er

from custom_components.tesla_direct.coordinator import ATTR_MEASURED_AT, ATTR_SOURCE, ATTR_SOURCES
from custom_components.tesla_direct.feed import Feed

from .child import options
from .config import ENTRY
from .home import Home, Wall, main

AGE = {ATTR_MEASURED_AT, ATTR_SOURCE, ATTR_SOURCES}  # what says how old a state is, and not what it is
# What the parent has a source say, which nobody can read, to see that all before it has come in; and as what
# each source counts it.
SENTINEL = "{no JSON"
COUNTED = {"mqtt": "no JSON", "sse": "no_json", "legacy_stream": "no JSON", "teslamate": "a topic"}
LOOK = 0.002  # seconds between two looks
WAIT_LIMIT = 30.0  # seconds


class Steered(Wall):
    """A clock that stands still unless it is moved, so that every run has the same times."""

    def __init__(self, now: float) -> None:
        """Begin at a time, seconds since 1970."""
        super().__init__()
        self._now = now

    @override
    def __call__(self) -> float:
        return self._now + self.ahead


class SourcesHome(Home):
    """The Home Assistant, and what can be asked of its sources."""

    _spent = 0.0  # processor time of what only the bench has wanted
    _noted: list[list[Any]] | None = None

    @override
    async def prepare(self, asked: dict[str, Any]) -> None:
        if now := asked.get("now"):
            self.wall = Steered(now)
        await super().prepare(asked)
        if port := asked.get("broker"):
            await self._connect_mqtt(port)

    async def _connect_mqtt(self, port: int) -> None:
        """Set up Home Assistant's own MQTT, as a person does."""
        flow = self.hass.config_entries.flow
        step = await flow.async_init("mqtt", context={"source": "user"})
        if step["type"] is FlowResultType.MENU:
            step = await flow.async_configure(step["flow_id"], {"next_step_id": "broker"})
        security = {"set_client_cert": False, "set_ca_cert": "off", "tls_insecure": False}
        answer = {"broker": "127.0.0.1", "port": port, "other_settings": security}
        step = await flow.async_configure(step["flow_id"], answer)
        if step["type"] is not FlowResultType.CREATE_ENTRY:
            raise RuntimeError(f"Home Assistant does not take the broker: {step}")
        await self.hass.async_block_till_done()

    def _feed(self, name: str) -> Feed:
        (feed,) = (feed for feed in self.runtime.feeds.all if feed.name == name)
        return feed

    async def tell_works(self, feed: str, *, so: bool = True) -> dict[str, Any]:
        """Wait until a source works, or does not."""
        await _until(lambda: self._feed(feed).health.works is so)
        return {}

    async def tell_fetched(self) -> dict[str, Any]:
        """Wait until the first car was fetched: a fetch that is cut off is made again."""
        (vin, *_) = self.runtime.vehicles
        await _until(lambda: self.runtime.poll.fetched_at(vin, ("charge_state",)) is not None)
        return {}

    async def tell_linked(self, feed: str, links: int) -> dict[str, Any]:
        """Wait until a source knows of so many connections of the first car."""
        (vehicle, *_) = self.runtime.vehicles.values()
        await _until(lambda: vehicle.links.get(feed) == links)
        return {}

    def tell_heard(self, feed: str) -> dict[str, Any]:
        """Tell how many values of the first car a source has delivered in a minute, of late."""
        (vehicle, *_) = self.runtime.vehicles.values()
        return {"rate": vehicle.heard[feed].per_minute(self.wall()) if feed in vehicle.heard else 0}

    async def tell_arrived(self, feed: str, count: int) -> dict[str, Any]:
        """Wait until a source has come across so many of what nobody can read."""
        await _until(lambda: self._feed(feed).skipped.get(COUNTED[feed], 0) >= count)
        return {"count": self._feed(feed).skipped.get(COUNTED[feed], 0)}

    async def tell_move(self, seconds: float, *, poke: bool) -> dict[str, Any]:
        """Move the clock.

        poke: have the poll and the keeper do what is due
        """
        before = time.process_time()
        self.wall.ahead += seconds
        if poke:
            await self.pass_time(0.0)
        self._spent += time.process_time() - before
        return {}

    @override
    def tell_cpu(self) -> dict[str, Any]:
        return {"cpu": time.process_time() - self._spent}

    async def tell_settle(self) -> dict[str, Any]:
        """Wait until all is done that was begun."""
        await self.hass.async_block_till_done()
        return {}

    def tell_states(self) -> dict[str, Any]:
        """Tell what is shown of the car, by platform and key."""
        told = {}
        for unique_id, entity_id in self._entities().items():
            if (state := self.hass.states.get(entity_id)) is not None:
                attributes = {key: value for key, value in state.attributes.items() if key not in AGE}
                source = state.attributes.get(ATTR_SOURCE)
                key = f"{state.domain} {unique_id.partition('-')[2]}"
                told[key] = {"state": state.state, "source": source, "attributes": attributes}
        states: dict[str, Any] = json.loads(json.dumps(told, default=str))
        return states

    def tell_note(self) -> dict[str, Any]:
        """Begin to note what is written: when, of what, and whether anything but its age is new."""
        noted = self._noted = []
        known = {entity_id: unique_id for unique_id, entity_id in self._entities().items()}

        @core.callback
        def seen(event: core.Event[core.EventStateChangedData]) -> None:
            new, old = event.data["new_state"], event.data["old_state"]
            if new is not None and (unique_id := known.get(event.data["entity_id"])):
                said = repr(_said(new))
                fresh = old is None or repr(_said(old)) != said
                noted.append([time.time(), unique_id, new.state, said, fresh])

        self._unsubscribe = self.hass.bus.async_listen(EVENT_STATE_CHANGED, seen)
        return {}

    async def tell_noted(self) -> dict[str, Any]:
        """Tell what was written."""
        await self.hass.async_block_till_done()
        assert self._unsubscribe  # noqa: S101  # it was asked for
        self._unsubscribe()
        return {"noted": self._noted}

    async def tell_close_port(self) -> dict[str, Any]:
        """Have nobody listen for cars any more: the receiver has died."""
        assert self.runtime.port  # noqa: S101  # cars connect to it
        await self.runtime.port.async_close()
        return {}

    async def tell_open_port(self) -> dict[str, Any]:
        """Have somebody listen again, at the same port."""
        port = self.runtime.port
        assert port  # noqa: S101  # cars connect to it
        await port.async_change(port.settings)
        return {"port": self.listening}

    def _entities(self) -> dict[str, str]:
        registry = er.async_get(self.hass)
        entries = er.async_entries_for_config_entry(registry, ENTRY)
        cars = tuple(self.runtime.vehicles)
        return {entry.unique_id: entry.entity_id for entry in entries if entry.unique_id.startswith(cars)}


def _said(state: core.State) -> tuple[str, dict[str, Any]]:
    return state.state, {key: value for key, value in state.attributes.items() if key not in AGE}


async def _until(reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(WAIT_LIMIT):
        while not reached():  # noqa: ASYNC110  # nobody tells, and it is only for a moment
            await asyncio.sleep(LOOK)


if __name__ == "__main__":
    asyncio.run(main(options(), SourcesHome))
