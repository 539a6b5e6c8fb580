"""Hold what Home Assistant shows against the cars' truth, entity by entity, through a day of their lives."""

import asyncio
import json
import time
from typing import Any

from .bill import check_bill
from .cars import Cars, CheckFailed, settled
from .check_commands import CommandChecker
from .differences import differences, moment
from .home import Home
from .owner import Owner
from .setup_flow import Way
from .world import SimulatedWorld

SECRETS = ("tesla_direct.key", "tesla_direct.tokens")
ALERT = "VCFRONT_a192_washerFluidLow"
LONG = 24  # characters of what nobody comes by without knowing it
STREAM_LIMIT = 300.0  # seconds until the first car has to stream, set-up and all
FETCH_LIMIT = 120.0  # seconds until each car has to be fetched once
SLEEP_LIMIT = 300.0  # seconds; the free state read that notices it is due every two minutes
STEADY = 120.0  # seconds by which an estimated time may differ from the one that is shown
AS_POLLED = ("poll", "restored", "journal")  # a reload restores what was polled, and asks for nothing


class Checker:
    """Leads the cars through a day.

    polls:    what the cars do not tell by themselves they were asked for
    complain: alerts are told, too
    meters:   the energy from the wall is told, too
    """

    polls = True
    complain = True
    meters = True

    def __init__(self, home: Home, world: SimulatedWorld, cars: Cars) -> None:
        """Find them parked at home, and nothing set up yet."""
        self.home = home
        self.world = world
        self.cars = cars
        self.commands = CommandChecker(home, world, cars)
        self.owner = Owner(home, world)

    async def run(self, way: Way) -> None:
        """Go through set-up and day; raise CheckFailed at the first thing that does not hold."""
        typed, untyped, polled = self.cars.vins
        await self._set_up(way, typed, untyped)
        await self.owner.pay_in("USD")
        await self._fetched()
        await self.cars.enable_all()
        await self.commands.allow(typed)
        await self.owner.stream("detailed")
        await self.cars.connected(typed, untyped)
        await self.cars.compare("parked", typed, untyped)
        await self.cars.compare("polled", polled, sources=AS_POLLED)
        await self.commands.plain(polled)
        await self.world.do(polled, "sleep")  # or it would be fetched again, sooner or later
        await self.commands.use(typed)
        await self._drive(typed)
        await self.commands.drive(typed)
        await self._restart(typed, untyped)
        await self._arrive(typed)
        await self._charge(typed)
        await self._open_doors(untyped)
        await self._restart_without_cloud(typed, untyped)
        await self.commands.after_restart(typed)
        await self.commands.lose_answers(typed)
        await self._charge_fast(typed)
        await self._sleep(untyped)
        await self.cars.advance(5.0)  # the cloud adds up what was streamed now and then
        await check_bill(self.home, self.world)
        self._nothing_leaks()

    async def _set_up(self, way: Way, *vins: str) -> None:
        """Go the whole way from nothing until cars stream what they were sent."""
        started = time.monotonic()
        async with self.world.time_passes():
            await way.run(lambda: self.commands.unpaired(*vins))
            await self._first_value(started)
        await self.commands.paired()
        billed = await self.cars.billed()
        if billed["data"] > len(self.cars.vins) or billed["command"] or billed["wake"]:
            raise CheckFailed(f"the set-up of {len(self.cars.vins)} cars was billed {billed}")
        print(f"  paid for by then: {billed['data']} requests for {len(self.cars.vins)} cars, no other")
        await self.cars.find_entities()
        await self.cars.connected(*vins)
        await self.cars.compare("as the set-up has left it", *vins, tell=False)

    async def _first_value(self, started: float) -> None:
        """Wait until something is shown that a car has streamed."""
        while not await self._is_streamed():
            if time.monotonic() - started > STREAM_LIMIT:
                raise CheckFailed("no car streams after the set-up")
            await asyncio.sleep(0.1)
        print(f"  from nothing to the first streamed value: {time.monotonic() - started:.1f} s")

    async def _is_streamed(self) -> bool:
        states = await self.home.states()
        return any(state["attributes"].get("source") == self.cars.pushed for state in states.values())

    async def _fetched(self) -> None:
        """Wait until all cars were fetched for the first time; a reload in between would put that off."""
        started = time.monotonic()
        await self.cars.find_entities()
        for vin in self.cars.vins:
            while (await self.cars.shown(vin, "sensor.battery_level"))["state"] in ("unknown", "unavailable"):
                if time.monotonic() - started > FETCH_LIMIT:
                    raise CheckFailed("a car is not fetched after the set-up")
                await asyncio.sleep(0.1)

    async def _drive(self, vin: str) -> None:
        await self.world.do(vin, "drive", to="work", delay=3.0)
        await self.world.do(vin, "change", media="Playing", media_title="Sample in B minor")
        for _ in range(4):
            await self.cars.advance(30.0)
            await self.cars.compare("driving", vin, all_told=self.polls)
            await self._compare_place(vin)

    async def _arrive(self, vin: str) -> None:
        for _ in range(60):
            await self.cars.advance(30.0)
            if (await self.world.truth(vin))["body"]["route"] is None:
                break
        await self.world.do(vin, "park")
        await self.cars.advance(5.0)
        await self.cars.compare("arrived", vin)
        await self._compare_place(vin)

    async def _compare_place(self, vin: str) -> None:
        truth = (await self.world.truth(vin))["body"]

        async def look() -> str:
            shown = (await self.cars.shown(vin, "device_tracker.location"))["attributes"]
            for name in ("latitude", "longitude"):
                if abs(shown.get(name, 0.0) - truth[name]) > 1e-4:
                    return f"{name}: shows {shown.get(name)}, in truth {truth[name]}"
            return ""

        await settled(look)
        self.cars.compared["place"] += 1

    async def _restart(self, *vins: str) -> None:
        """Restart in mid-drive: what was known is there at once, with its time, and nothing is paid for."""
        before = await self.home.states()
        billed = await self.cars.billed()
        await self.cars.restart()
        after: dict[str, dict[str, Any]] = {}
        kept = [
            entity
            for vin in vins
            for key, entity in self.cars.entities[vin].items()
            if _is_kept(key) and entity in before
        ]

        async def look() -> str:
            nonlocal after
            after = await self.home.states()
            lost = [one for one in kept if one not in after or _is_away(after[one]) > _is_away(before[one])]
            return f"lost by the restart: {', '.join(sorted(lost))}" if lost else ""

        await settled(look)  # a broker that is slow is not there yet
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
        await self.cars.connected(*vins)
        await self._heard(*vins)
        await self.cars.compare("after the restart", *vins, sources=(*self.cars.as_streamed, "restored"))
        await self.cars.nothing_billed_since(billed, "the restart")

    async def _heard(self, *vins: str) -> None:
        """Wait until what the cars tell is listened to again."""

    async def _restart_without_cloud(self, *vins: str) -> None:
        """Restart while Tesla's cloud is down: pushes arrive all the same."""
        await self.world.do("cloud", "down")
        await self.cars.restart()
        await self.cars.connected(*vins)
        await self.world.do(vins[0], "change", inside_c=23.5)
        await self.cars.advance(5.0)
        await self.cars.compare("without the cloud", *vins)
        await self.world.do("cloud", "up")

    async def _charge(self, vin: str) -> None:
        """Charge at home for a while; the counters of the Energy dashboard follow."""
        counters = await self._counters(vin)
        drawn = (await self.world.truth(vin))["body"]
        await self.world.do(vin, "charge", kind="ac", limit=90)
        for _ in range(4):
            await self.cars.advance(300.0)
            await self.cars.compare("charging", vin)
        await self.world.do(vin, "revise_charge", kwh=0.02)
        await self.cars.advance(600.0)
        await self.cars.compare("charging", vin)
        truth = (await self.world.truth(vin))["body"]
        into = truth["lifetime_charged_kwh"] - drawn["lifetime_charged_kwh"]
        await self._compare_counters(vin, counters, into, truth["session_wall_kwh"])
        await self.world.do(vin, "unplug")
        await self.cars.advance(5.0)
        await self.cars.compare("unplugged", vin)

    async def _charge_fast(self, vin: str) -> None:
        """Charge with DC: the battery's counter goes on, the wall's stands still."""
        counters = await self._counters(vin)
        before = (await self.world.truth(vin))["body"]["lifetime_charged_kwh"]
        await self.world.do(vin, "charge", kind="dc", limit=95)
        for _ in range(3):
            for _ in range(12):
                # Their minutes are no time here; so much energy at once would be taken for an error.
                await self.cars.advance(10.0)
                await self.cars.tell(vin)
            await self.cars.compare("fast charging", vin)
        after = (await self.world.truth(vin))["body"]["lifetime_charged_kwh"]
        await self._compare_counters(vin, counters, after - before, 0.0)
        await self.world.do(vin, "unplug")
        await self.cars.advance(5.0)

    async def _counters(self, vin: str) -> tuple[float, float]:
        states = await self.home.states()
        into, wall = (
            states[self.cars.entities[vin][f"sensor.{key}"]]["state"]
            for key in ("energy_into_battery", "energy_from_wall")
        )
        return _number(into), _number(wall)

    async def _compare_counters(
        self, vin: str, before: tuple[float, float], into: float, wall: float
    ) -> None:
        grown = (0.0, 0.0)

        async def look() -> str:
            nonlocal grown
            after = await self._counters(vin)
            grown = after[0] - before[0], after[1] - before[1]
            for name, got, expected in (("battery", grown[0], into), ("wall", grown[1], wall * self.meters)):
                if abs(got - expected) > 0.1:
                    return f"{name} counter grew by {got:.3f} kWh, in truth {expected:.3f}"
            return ""

        await settled(look)
        print(f"  counters, kWh: {grown[0]:.2f} into the battery (in truth {into:.2f}),", end=" ")
        print(f"{grown[1]:.2f} from the wall (in truth {wall:.2f})")

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
            await self.cars.advance(3.0)
        await self.cars.compare("doors and climate, untyped", vin)
        if not self.complain:
            return
        await self.world.do(vin, "raise_alert", name=ALERT)
        await self.cars.advance(3.0)

        async def look() -> str:
            state = await self.cars.shown(vin, "event.alert")
            return "" if state["attributes"].get("name") == ALERT else f"the alert is not told: {state}"

        await settled(look)

    async def _sleep(self, vin: str) -> None:
        """Let a car fall asleep: its values stay, its state says so, nothing is paid."""
        await self.world.do(vin, "sentry", state="Off")
        await self.commands.climate_off(vin)
        billed = await self.cars.billed()
        await self.world.do(vin, "sleep")
        started = time.monotonic()
        entity = self.cars.entities[vin]["sensor.vehicle_state"]
        while (state := (await self.home.states())[entity]["state"]) != "asleep":
            if time.monotonic() - started > SLEEP_LIMIT:
                raise CheckFailed(f"the car sleeps, and is shown as {state}")
            await asyncio.sleep(1.0)
        print(f"  asleep: noticed after {time.monotonic() - started:.0f} s")
        await self._keeps_battery(vin)
        await self.cars.nothing_billed_since(billed, "a sleeping car")
        await self.commands.warm_up(vin)
        await self.cars.connected(vin)
        await self.cars.compare("awake again", vin)

    async def _keeps_battery(self, vin: str) -> None:
        """See that a car that has fallen asleep still shows what it has told last."""
        state = await self.cars.shown(vin, "sensor.battery_level")
        truth = await self.world.truth(vin)
        if wrong := differences("sensor", "battery_level", state, truth, whole=True)[0]:
            raise CheckFailed(f"the battery of a sleeping car: {', '.join(wrong)}")

    def _nothing_leaks(self) -> None:
        """See that the log names neither cars nor secrets, and that nobody else may read those."""
        secrets = list(self.cars.vins)
        for name in SECRETS:
            file = self.home.folder / ".storage" / name
            if not file.exists():
                continue  # there was nothing to sign, or nobody to sign in with
            if file.stat().st_mode & 0o077:
                raise CheckFailed(f"others may read {name}")
            secrets += _texts(json.loads(file.read_text())["data"])
        log = self.home.log.read_text(errors="replace")
        if any(secret in log for secret in secrets):
            raise CheckFailed("the log names a car or a secret")


def _texts(content: Any) -> list[str]:
    """Return the lines of all long texts in some JSON: parts of keys, and tokens."""
    if isinstance(content, str):
        return [line for line in content.splitlines() if len(line) >= LONG and "-----" not in line]
    values = content.values() if isinstance(content, dict) else content if isinstance(content, list) else ()
    return [text for value in values for text in _texts(value)]


def _is_kept(key: str) -> bool:
    """Return whether an entity has to show the same before and after a restart."""
    name = key.partition(".")[2]
    live = ("telemetry_connected", "wifi", "cellular", "data_age", "data_source", "alert", "online")
    # The cloud, which is asked once a day, counts keys that the car itself leaves out.
    return name not in (*live, "paired_keys")


def _is_away(state: dict[str, Any]) -> bool:
    """Return whether nobody tells of an entity."""
    return bool(state["state"] == "unavailable")


def _same_state(old: str, new: str) -> bool:
    """Return whether nothing was lost; an estimated time is shown anew only when it moves by minutes."""
    if old in (new, "unknown"):
        return True
    try:
        return float(old) == float(new)  # JSON has one way to write 45 and 45.0
    except ValueError:
        pass
    try:
        return abs(moment(old) - moment(new)) < STEADY
    except ValueError:
        return False


def _same_time(old: dict[str, Any], new: dict[str, Any]) -> bool:
    before, after = old["attributes"].get("measured_at"), new["attributes"].get("measured_at")
    # The attribute is as old as the last change of the state; the reading may have been confirmed since.
    if not before:
        return True  # it came after the last change, and changed nothing
    return bool(after) and moment(after) >= moment(before) - 0.001


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
