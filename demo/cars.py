"""The cars, in truth and as Home Assistant shows them, held against one another entity by entity."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
import time
from typing import Any

from .differences import differences, tells_nothing
from .home import Home
from .setup_flow import DOMAIN
from .world import SimulatedWorld

# Seconds until Home Assistant has to show what was acknowledged, on a machine with much else to do.
SHOW_LIMIT = 60.0
CONNECT_LIMIT = 90.0  # seconds until cars are connected again, or Home Assistant has set up its entry
RECONNECT_S = 2.0  # simulated seconds between two looks whether cars are connected
# Before this firmware a car streams the version of the next update as its own; only a poll tells better.
SAYS_VERSION = "2024.44"
OF_VERSION = ("sensor.software_version", "update.software")
# TeslaMate has a connection to Tesla, and the car none to anybody. Of the display it has a number, which is
# the same for several of its states, and of what is played nothing.
UNLIKE = ("binary_sensor.telemetry_connected", "sensor.center_display", "media_player.media")
ROUNDED = ("poll", "restored", "teslamate")  # what they tell comes from `vehicle_data`, in whole numbers
BILLED = ("command", "data", "wake")  # signals are, too, but nobody asks for those


class CheckFailed(Exception):
    """Something that has to hold does not."""


@dataclass(frozen=True, slots=True)
class How:
    """How a comparison is made.

    sources:  whose values are compared
    all_told: no entity may be without a reading
    told:     the cars have just told all
    """

    sources: tuple[str, ...]
    all_told: bool
    told: bool


async def settled(look: Callable[[], Awaitable[str]], limit: float = SHOW_LIMIT) -> None:
    """Wait until a look finds nothing wrong; what goes through a broker arrives when it arrives."""
    started = time.monotonic()
    while wrong := await look():
        if time.monotonic() - started > limit:
            raise CheckFailed(wrong)
        await asyncio.sleep(0.1)


@dataclass
class Cars:
    """Compares, counts and remembers.

    vins:     VIN to name
    pushed:   the source that tells of them by itself
    entities: VIN to key to entity id
    compared: how many entities were compared, by when
    delays:   seconds until all was shown
    """

    home: Home
    world: SimulatedWorld
    vins: dict[str, str]
    pushed: str = "receiver"
    entities: dict[str, dict[str, str]] = field(default_factory=dict)
    compared: Counter[str] = field(default_factory=Counter)
    delays: list[float] = field(default_factory=list)

    @property
    def as_streamed(self) -> tuple[str, ...]:
        """Return the sources of what the cars tell by themselves, and of what follows from that."""
        return (self.pushed, "journal")

    async def enable_all(self) -> None:
        """Enable every entity, as a user may, and restart; cars stay connected meanwhile.

        Home Assistant would set up anew by itself, half a minute later and in the middle of something else.
        """
        async with self.home.socket() as call:
            for entry in await call("config/entity_registry/list"):
                if entry["platform"] == DOMAIN and entry["disabled_by"] == "integration":
                    await call(
                        "config/entity_registry/update", entity_id=entry["entity_id"], disabled_by=None
                    )
        await self.restart()

    async def reload(self) -> None:
        """Reload the entry, which may bring other entities."""
        entries = await self.home.command("config_entries/get", domain=DOMAIN)
        await self.home.post(f"/api/config/config_entries/entry/{entries[0]['entry_id']}/reload", {})
        await self.find_entities()

    async def restart(self) -> None:
        """Restart Home Assistant."""
        await self.home.stop()
        await self.home.start()
        await settled(self._is_set_up, CONNECT_LIMIT)
        await self.find_entities()

    async def find_entities(self) -> None:
        """Learn what the entities of each car are called."""
        found: dict[str, dict[str, str]] = {vin: {} for vin in self.vins}
        for entry in await self.home.command("config/entity_registry/list"):
            vin, _, key = entry["unique_id"].partition("-")
            if entry["platform"] == DOMAIN and vin in found:
                domain = entry["entity_id"].partition(".")[0]
                found[vin][f"{domain}.{key}"] = entry["entity_id"]
        self.entities = found

    async def shown(self, vin: str, key: str) -> dict[str, Any]:
        """Return the state of a car's entity, by what its table calls it: "sensor.battery_level"."""
        return (await self.home.states())[self.entities[vin][key]]

    async def until_shown(self, vin: str, key: str, expected: str) -> None:
        """Wait until an entity shows a state."""

        async def look() -> str:
            state = (await self.shown(vin, key))["state"]
            return "" if state == expected else f"{key} shows {state} instead of {expected}"

        await settled(look)

    async def advance(self, seconds: float) -> None:
        """Let time pass in the cars' world; returns when what they sent is acknowledged."""
        await self.world.advance(seconds)

    async def tell(self, vin: str) -> None:
        """Have a car tell all that it is to stream, now, and not when each of it is due."""
        if self.pushed == "teslamate":
            await self.world.do("teslamate", "look")
            return
        telemetry = (await self.world.truth(vin))["telemetry"]
        fields = [name for name in telemetry["config"]["fields"] if name in telemetry["last_sent"]]
        await self.world.do(vin, "push", args=fields)

    async def connected(self, *vins: str) -> None:
        """Wait until cars have a connection, and have told how they are."""
        if self.pushed == "teslamate":  # which asks for what it knows, and has no connection of theirs
            await self.world.do("teslamate", "look")
            return

        async def look() -> str:
            await self.advance(RECONNECT_S)
            truths = [await self.world.truth(vin) for vin in vins]
            there = all(truth["telemetry"]["connected"] for truth in truths)
            return "" if there else "a car does not get a connection"

        await settled(look, CONNECT_LIMIT)
        await self.advance(RECONNECT_S)

    async def compare(
        self,
        what: str,
        *vins: str,
        sources: tuple[str, ...] | None = None,
        all_told: bool = False,
        tell: bool = True,
    ) -> None:
        """Compare every entity we know the truth of, and fail with all that differ.

        sources:  whose values; None: those that the cars tell by themselves
        all_told: the cars stream all that the newest firmware can, so no entity may be without a reading
        tell:     have them tell all of it before; else what they have told by themselves has to be enough
        """
        sources = sources or self.as_streamed
        how = How(sources, all_told=all_told, told=tell and self.pushed in sources)
        if how.told:
            for vin in vins:
                await self.tell(vin)
        started = time.monotonic()
        compared = -1
        while True:
            wrong, before, compared = [], compared, 0
            states = await self.home.states()
            for vin in vins:
                truth = await self.world.truth(vin)
                found, count = self._compare_car(states, vin, truth, how)
                wrong += found
                compared += count
            # What went through somebody else's hands is acknowledged before it has arrived.
            arriving = self.pushed != "receiver" and compared != before
            if (compared and not (wrong or arriving)) or time.monotonic() - started > SHOW_LIMIT:
                break
            await asyncio.sleep(0.5 if arriving else 0.1)
        if wrong:
            raise CheckFailed(f"{what}:\n  " + "\n  ".join(wrong))
        if not compared:
            raise CheckFailed(f"{what}: nothing to compare")
        self.compared[what] += compared
        self.delays.append(time.monotonic() - started)
        print(f"  {what}: {compared} entities as in truth")

    async def _is_set_up(self) -> str:
        (entry,) = await self.home.command("config_entries/get", domain=DOMAIN)
        return "" if entry["state"] == "loaded" else f"the entry is not set up: {entry['state']}"

    def _compare_car(
        self, states: dict[str, Any], vin: str, truth: dict[str, Any], how: How
    ) -> tuple[list[str], int]:
        wrong, compared = [], 0
        for key, entity_id in self.entities[vin].items():
            domain, _, name = key.partition(".")
            state = states.get(entity_id)
            if state is None:
                continue
            source = self._source(domain, state)
            if key in UNLIKE and self.pushed == "teslamate":
                continue
            if key in OF_VERSION and self.pushed == "mqtt" and truth["body"]["firmware"] < SAYS_VERSION:
                continue
            if (
                source is None
                and how.all_told
                and domain != "media_player"
                and not tells_nothing(domain, name, truth)
            ):
                wrong.append(f"{entity_id} was never told")
            if source not in how.sources:
                continue  # a fact that these sources do not carry, and that nobody renews
            # What a car has told by itself may have moved since, by less than it is to tell.
            whole = source in ROUNDED or not how.told
            found, count = differences(domain, name, state, truth, whole=whole)
            wrong += [f"{entity_id}, by {source}: {difference}" for difference in found]
            compared += count
        return wrong, compared

    def _source(self, domain: str, state: dict[str, Any]) -> str | None:
        """Return who has told what an entity shows."""
        told: dict[str, Any] = state["attributes"]
        if domain == "media_player":  # its source is what it plays from
            # With nothing to play it goes by the display, of which older firmware does not tell.
            return None if state["state"] in ("off", "idle") else self.pushed
        return told.get("source")

    async def billed(self) -> Counter[str]:
        """Return how many requests the cloud has billed, by category."""
        counts = await self.world.get("/cloud/billed")
        return Counter({category: counts[category] for category in BILLED})

    async def nothing_billed_since(self, before: Counter[str], what: str) -> None:
        """Fail if something was asked for that costs money."""
        after = await self.billed()
        if after != before:
            raise CheckFailed(f"{what} was billed: {before} became {after}")
