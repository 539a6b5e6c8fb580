"""Hold what Home Assistant shows against the cars' truth, entity by entity, through a day of their lives."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
import time
from typing import Any

from custom_components.tesla_direct.tesla.proto.vehicle_data_pb2 import Field

from .expected import differs, expectations, moment
from .home import Home
from .setup_flow import DOMAIN, Receiver
from .world import SimulatedWorld

SHOW_LIMIT = 5.0  # seconds until Home Assistant has to show what was acknowledged
SLEEP_LIMIT = 150.0  # seconds; the free state read that notices it is due every two minutes
STEADY = 120.0  # seconds by which an estimated time may differ from the one that is shown
RECONNECT_S = 40.0  # simulated seconds in which a car has connected again
AS_STREAMED = ("receiver", "journal")
AS_POLLED = ("poll", "restored", "journal")  # a reload restores what was polled, and asks for nothing


class CheckFailed(Exception):
    """Something that has to hold does not."""


@dataclass
class Checker:
    """Compares, counts and remembers."""

    home: Home
    world: SimulatedWorld
    receiver: Receiver
    vins: dict[str, str]  # VIN to name
    entities: dict[str, dict[str, str]] = field(default_factory=dict)  # VIN to key to entity id
    compared: Counter[str] = field(default_factory=Counter)
    delays: list[float] = field(default_factory=list)

    async def run(self) -> None:
        """Go through the day; raise CheckFailed at the first thing that does not hold."""
        typed, untyped, polled = self.vins
        await self._enable_all()
        await self._connect(typed, untyped)
        await self.compare("parked", typed, untyped)
        await self.compare("polled", polled, sources=AS_POLLED)
        await self._drive(typed)
        await self._restart(typed, untyped)
        await self._arrive(typed)
        await self._charge(typed)
        await self._open_doors(untyped)
        await self._restart_without_cloud(typed, untyped)
        await self._charge_fast(typed)
        await self._sleep(untyped)
        await self._billing()

    async def _enable_all(self) -> None:
        """Enable every entity, as a user may, and reload; cars stay connected meanwhile."""
        async with self.home.socket() as call:
            for entry in await call("config/entity_registry/list"):
                if entry["platform"] == DOMAIN and entry["disabled_by"] == "integration":
                    await call(
                        "config/entity_registry/update", entity_id=entry["entity_id"], disabled_by=None
                    )
        await self._reload()

    async def _reload(self) -> None:
        entries = await self.home.command("config_entries/get", domain=DOMAIN)
        await self.home.post(f"/api/config/config_entries/entry/{entries[0]['entry_id']}/reload", {})
        await self._find_entities()

    async def _find_entities(self) -> None:
        found: dict[str, dict[str, str]] = {vin: {} for vin in self.vins}
        for entry in await self.home.command("config/entity_registry/list"):
            vin, _, key = entry["unique_id"].partition("-")
            if entry["platform"] == DOMAIN and vin in found:
                domain = entry["entity_id"].partition(".")[0]
                found[vin][f"{domain}.{key}"] = entry["entity_id"]
        self.entities = found

    async def _connect(self, *vins: str) -> None:
        """Give cars a telemetry configuration that points here, and wait until they deliver."""
        for vin in vins:
            await self.world.do(
                vin,
                "stream",
                hostname=self.receiver.hostname,
                port=self.receiver.port,
                ca=self.receiver.ca,
                fields={name: {"interval_seconds": 0.5} for name in Field.keys()[1:]},
                prefer_typed=True,
                alert_types=["service"],
            )
        await self._connected(*vins)

    async def _connected(self, *vins: str) -> None:
        for _ in range(20):
            await self.advance(RECONNECT_S / 20)
            truths = [await self.world.truth(vin) for vin in vins]
            if all(truth["telemetry"]["connected"] for truth in truths):
                await self.advance(2.0)
                return
        raise CheckFailed("a car does not get a connection")

    async def advance(self, seconds: float) -> None:
        """Let time pass in the cars' world; returns when what they sent is acknowledged."""
        await self.world.do("world", "advance", seconds=seconds)

    async def compare(
        self, what: str, *vins: str, sources: tuple[str, ...] = AS_STREAMED, all_told: bool = False
    ) -> None:
        """Compare every entity we know the truth of, and fail with all that differ.

        all_told: the cars stream all that the newest firmware can, so no entity may be without a reading
        """
        started = time.monotonic()
        while True:
            wrong, compared = [], 0
            states = await self.home.states()
            for vin in vins:
                truth = await self.world.truth(vin)
                found, count = self._compare_car(states, vin, truth, sources, all_told=all_told)
                wrong += found
                compared += count
            if not wrong or time.monotonic() - started > SHOW_LIMIT:
                break
            await asyncio.sleep(0.1)
        if wrong:
            raise CheckFailed(f"{what}:\n  " + "\n  ".join(wrong))
        if not compared:
            raise CheckFailed(f"{what}: nothing to compare")
        self.compared[what] += compared
        self.delays.append(time.monotonic() - started)
        print(f"  {what}: {compared} entities as in truth")

    def _compare_car(
        self,
        states: dict[str, Any],
        vin: str,
        truth: dict[str, Any],
        sources: tuple[str, ...],
        *,
        all_told: bool,
    ) -> tuple[list[str], int]:
        wrong, compared = [], 0
        for key, entity_id in self.entities[vin].items():
            domain, _, name = key.partition(".")
            expected = expectations(domain).get(name)
            state = states.get(entity_id)
            if expected is None or state is None:
                continue
            source = state["attributes"].get("source")
            if source is None and all_told and expected(truth) is not None:
                wrong.append(f"{entity_id} was never told, and is {expected(truth)}")
            if source not in sources:
                continue  # a fact that these sources do not carry, and that nobody renews
            compared += 1
            if difference := differs(name, state, expected(truth), whole=source in ("poll", "restored")):
                wrong.append(f"{entity_id} {difference}")
        return wrong, compared

    async def _drive(self, vin: str) -> None:
        await self.world.do(vin, "drive", to="work", delay=3.0)
        for _ in range(4):
            await self.advance(30.0)
            await self.compare("driving", vin, all_told=True)
            await self._compare_place(vin)

    async def _arrive(self, vin: str) -> None:
        for _ in range(60):
            await self.advance(30.0)
            if (await self.world.truth(vin))["body"]["route"] is None:
                break
        await self.world.do(vin, "park")
        await self.advance(5.0)
        await self.compare("arrived", vin)
        await self._compare_place(vin)

    async def _compare_place(self, vin: str) -> None:
        truth = (await self.world.truth(vin))["body"]
        state = (await self.home.states())[self.entities[vin]["device_tracker.location"]]
        shown = state["attributes"]
        for name in ("latitude", "longitude"):
            if abs(shown[name] - truth[name]) > 1e-4:
                raise CheckFailed(f"{name}: shows {shown[name]}, in truth {truth[name]}")
        self.compared["place"] += 1

    async def _restart(self, *vins: str) -> None:
        """Restart in mid-drive: what was known is there at once, with its time, and nothing is paid for."""
        before = await self.home.states()
        billed = await self.world.get("/cloud/billed")
        await self.home.stop()
        await self.home.start()
        await self._find_entities()
        after = await self.home.states()
        kept = [
            entity
            for vin in vins
            for key, entity in self.entities[vin].items()
            if _is_kept(key) and entity in before
        ]
        if lost := set(kept) - set(after):
            raise CheckFailed(f"lost by the restart: {', '.join(sorted(lost))}")
        for entity_id in kept:
            old, new = before[entity_id], after[entity_id]
            if not _same_state(old["state"], new["state"]):
                raise CheckFailed(f"{entity_id} was {old['state']} and is {new['state']} after the restart")
            if new["attributes"].get("source") == "restored" and not _same_time(old, new):
                raise CheckFailed(f"{entity_id} has lost the time of its measurement")
        restored = sum(after[entity]["attributes"].get("source") == "restored" for entity in kept)
        if not restored:
            raise CheckFailed("nothing is marked as restored after the restart")
        print(f"  restart: {len(kept)} entities kept, {restored} marked restored")
        await self._connected(*vins)
        await self.compare("after the restart", *vins, sources=(*AS_STREAMED, "restored"))
        await self._nothing_billed_since(billed, "the restart")

    async def _restart_without_cloud(self, *vins: str) -> None:
        """Restart while Tesla's cloud is down: pushes arrive all the same."""
        await self.world.do("cloud", "down")
        await self.home.stop()
        await self.home.start()
        await self._find_entities()
        await self._connected(*vins)
        await self.world.do(vins[0], "change", inside_c=23.5)
        await self.advance(5.0)
        await self.compare("without the cloud", *vins)
        await self.world.do("cloud", "up")

    async def _charge(self, vin: str) -> None:
        """Charge at home for a while; the counters of the Energy dashboard follow."""
        counters = await self._counters(vin)
        drawn = (await self.world.truth(vin))["body"]
        await self.world.do(vin, "charge", kind="ac", limit=90)
        for _ in range(4):
            await self.advance(300.0)
            await self.compare("charging", vin)
        await self.world.do(vin, "revise_charge", kwh=0.02)
        await self.advance(600.0)
        await self.compare("charging", vin)
        truth = (await self.world.truth(vin))["body"]
        into = truth["lifetime_charged_kwh"] - drawn["lifetime_charged_kwh"]
        await self._compare_counters(vin, counters, into, truth["session_wall_kwh"])
        await self.world.do(vin, "unplug")
        await self.advance(5.0)
        await self.compare("unplugged", vin)

    async def _charge_fast(self, vin: str) -> None:
        """Charge with DC: the battery's counter goes on, the wall's stands still."""
        counters = await self._counters(vin)
        before = (await self.world.truth(vin))["body"]["lifetime_charged_kwh"]
        await self.world.do(vin, "charge", kind="dc", limit=95)
        for _ in range(3):
            await self.advance(120.0)
            await self.compare("fast charging", vin)
        after = (await self.world.truth(vin))["body"]["lifetime_charged_kwh"]
        await self._compare_counters(vin, counters, after - before, 0.0)
        await self.world.do(vin, "unplug")
        await self.advance(5.0)

    async def _counters(self, vin: str) -> tuple[float, float]:
        states = await self.home.states()
        into, wall = (
            states[self.entities[vin][f"sensor.{key}"]]["state"]
            for key in ("energy_into_battery", "energy_from_wall")
        )
        return _number(into), _number(wall)

    async def _compare_counters(
        self, vin: str, before: tuple[float, float], into: float, wall: float
    ) -> None:
        after = await self._counters(vin)
        grown = after[0] - before[0], after[1] - before[1]
        print(f"  counters, kWh: {grown[0]:.2f} into the battery (in truth {into:.2f}),", end=" ")
        print(f"{grown[1]:.2f} from the wall (in truth {wall:.2f})")
        for name, got, expected in (("battery", grown[0], into), ("wall", grown[1], wall)):
            if abs(got - expected) > 0.1:
                raise CheckFailed(f"{name} counter grew by {got:.3f} kWh, in truth {expected:.3f}")

    async def _open_doors(self, vin: str) -> None:
        """Follow an untyped car through a few small things."""
        for verb, arguments in (
            ("unlock", {}),
            ("open_door", {"which": "driver_front"}),
            ("open_door", {"which": "trunk"}),
            ("get_in", {}),
            ("climate", {"celsius": 22.0}),
            ("sentry", {"state": "Armed"}),
            ("close_door", {"which": "trunk"}),
        ):
            await self.world.do(vin, verb, **arguments)
            await self.advance(3.0)
        await self.compare("doors and climate, untyped", vin)
        await self.world.do(vin, "raise_alert", name="VCFRONT_a192_washerFluidLow")
        await self.advance(3.0)
        state = (await self.home.states())[self.entities[vin]["event.alert"]]
        if state["attributes"].get("name") != "VCFRONT_a192_washerFluidLow":
            raise CheckFailed(f"the alert is not told: {state}")

    async def _sleep(self, vin: str) -> None:
        """Let a car fall asleep: its values stay, its state says so, nothing is paid."""
        await self.world.do(vin, "sentry", state="Off")
        await self.world.do(vin, "climate", on=False)
        await self.advance(3.0)
        before = await self.home.states()
        billed = await self.world.get("/cloud/billed")
        await self.world.do(vin, "sleep")
        started = time.monotonic()
        entity = self.entities[vin]["sensor.vehicle_state"]
        while (state := (await self.home.states())[entity]["state"]) != "asleep":
            if time.monotonic() - started > SLEEP_LIMIT:
                raise CheckFailed(f"the car sleeps, and is shown as {state}")
            await asyncio.sleep(1.0)
        print(f"  asleep: noticed after {time.monotonic() - started:.0f} s")
        after = await self.home.states()
        battery = self.entities[vin]["sensor.battery_level"]
        if after[battery]["state"] != before[battery]["state"]:
            raise CheckFailed("a value was lost when the car fell asleep")
        await self._nothing_billed_since(billed, "a sleeping car")
        await self.world.do(vin, "wake_now")
        await self._connected(vin)
        await self.compare("awake again", vin)

    async def _nothing_billed_since(self, before: dict[str, Any], what: str) -> None:
        after = await self.world.get("/cloud/billed")
        for category in ("data", "command", "wake"):
            if after[category] != before[category]:
                raise CheckFailed(f"{what} was billed: {before} became {after}")

    async def _billing(self) -> None:
        """Compare what we think was spent with the cloud's own books."""
        entries = await self.home.command("config_entries/get", domain=DOMAIN)
        diagnostics = await self.home.get(f"/api/diagnostics/config_entry/{entries[0]['entry_id']}")
        ours = diagnostics["data"]["ledger"]["gross"]
        theirs = (await self.world.get("/cloud/billed"))["dollars"]["gross"]
        print(f"  spent: ${ours:.4f} by our ledger, ${theirs:.4f} by the cloud's")
        # What was on its way when a connection ended is sent again, and billed again; nobody but Tesla knows.
        if not 0.98 * theirs <= ours <= theirs + 0.0005:
            raise CheckFailed(f"our ledger says ${ours}, the cloud ${theirs}")


def _is_kept(key: str) -> bool:
    """Return whether an entity has to show the same before and after a restart."""
    name = key.partition(".")[2]
    live = ("telemetry_connected", "wifi", "cellular", "data_age", "data_source", "alert", "online")
    return name not in live


def _same_state(old: str, new: str) -> bool:
    """Return whether nothing was lost; an estimated time is shown anew only when it moves by minutes."""
    if old in (new, "unknown"):
        return True
    try:
        return abs(moment(old) - moment(new)) < STEADY
    except ValueError:
        return False


def _same_time(old: dict[str, Any], new: dict[str, Any]) -> bool:
    before, after = old["attributes"].get("measured_at"), new["attributes"].get("measured_at")
    # The attribute is as old as the last change of the state; the reading may have been confirmed since.
    return bool(before and after) and moment(after) >= moment(before) - 0.001


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
