"""Hold what Home Assistant shows against the cars' truth where a broker or a service tells it."""

import asyncio
import time
from typing import Any

from simulator.broker import Broker

from .cars import Cars, CheckFailed
from .check import Checker
from .home import Home
from .setup_flow import DOMAIN, Way
from .world import SimulatedWorld

# Seconds until it has to show that a car sleeps, or that nobody tells of it any more: a cloud is looked at
# every two minutes.
NOTICE_LIMIT = 300.0
BALANCE_LIMIT = 180.0  # seconds; what is spent is shown once a minute
TOLD_S = 30.0  # simulated seconds in which a car has told what has changed
LEFT_S = 90.0  # simulated seconds for which a car that has gone stays away


class SourceChecker(Checker):
    """Leads the cars through the same day, without a port of one's own, and without a paid question."""

    async def run(self, way: Way) -> None:
        """Go through set-up and day; raise CheckFailed at the first thing that does not hold."""
        typed, untyped = self.cars.vins
        await self._from_nothing(way)
        await self.cars.enable_all()
        await self._tell_all()
        await self.cars.connected(typed, untyped)
        await self._heard(typed, untyped)
        await self.cars.compare("parked", typed, untyped)
        await self._drive(typed)
        await self._restart(typed, untyped)
        await self._arrive(typed)
        await self._charge(typed)
        await self._open_doors(untyped)
        await self._interrupt(typed, untyped)
        await self._use(typed)
        await self._fall_asleep(untyped)
        await self._check_bill()
        self._nothing_leaks()

    async def _from_nothing(self, way: Way) -> None:
        started = time.monotonic()
        async with self.world.time_passes():
            await way.run()
            await self._first_value(started)
        await self.cars.find_entities()

    async def _tell_all(self) -> None:
        """Have the cars tell all they can."""

    async def _interrupt(self, *vins: str) -> None:
        """Have the source fail, and come back."""

    async def _use(self, vin: str) -> None:
        """Use what controls there are."""

    async def _unlock(self, vin: str) -> None:
        """Unlock a car as its key does; nobody would lock one that is known to be locked."""
        await self.world.do(vin, "unlock")
        await self.cars.advance(TOLD_S)
        await self.cars.until_shown(vin, "lock.doors", "unlocked")

    async def _check_bill(self) -> None:
        """See that nothing was paid for that nobody has wanted."""
        billed = await self.cars.billed()
        if billed.total():
            raise CheckFailed(f"nobody has asked for anything, and Tesla has billed {billed}")
        print("  the bill: no request")

    async def _fall_asleep(self, vin: str) -> None:
        """Let a car fall asleep: its values stay, and its state says so."""
        await self.world.do(vin, "sentry", state="Off")
        billed = await self.cars.billed()
        await self.world.do(vin, "sleep")
        await self.cars.advance(LEFT_S)
        waited = await self._until_shown(vin, "sensor.vehicle_state", "asleep", "offline")
        print(f"  asleep: noticed after {waited:.0f} s")
        await self._keeps_battery(vin)
        await self.cars.nothing_billed_since(billed, "a sleeping car")
        await self.world.do(vin, "wake_now")
        await self.cars.connected(vin)
        await self._heard_awake(vin)
        await self.cars.compare("awake again", vin)

    async def _heard_awake(self, vin: str) -> None:
        """Wait until it is heard that a car is awake, where its first word may be missed."""

    async def _until_shown(self, vin: str, key: str, *expected: str) -> float:
        """Wait until an entity shows one of some states; return how many seconds that took."""
        started = time.monotonic()
        while (state := (await self.cars.shown(vin, key))["state"]) not in expected:
            if time.monotonic() - started > NOTICE_LIMIT:
                raise CheckFailed(f"{key} shows {state} instead of {' or '.join(expected)}")
            await asyncio.sleep(0.5)
        return time.monotonic() - started


class BrokerChecker(SourceChecker):
    """The official telemetry server's topics, through a real broker."""

    polls = False

    def __init__(self, home: Home, world: SimulatedWorld, cars: Cars, broker: Broker) -> None:
        """Find them streaming to a server that publishes to a broker, and nothing set up yet."""
        super().__init__(home, world, cars)
        self._broker = broker

    async def _heard(self, *vins: str) -> None:
        """Have the cars tell something until it is heard: what is published before nobody keeps."""
        started = time.monotonic()
        for vin in vins:
            while (await self.cars.shown(vin, "binary_sensor.telemetry_connected"))["state"] != "on":
                if time.monotonic() - started > NOTICE_LIMIT:
                    raise CheckFailed("nobody listens to the broker")
                await self.world.do(vin, "push", args=["Odometer"])
                await asyncio.sleep(0.5)

    async def _interrupt(self, *vins: str) -> None:
        """Have the broker stop: nobody tells of the cars any more, and it is said; then all goes on."""
        await self._broker.stop()
        waited = await self._until_shown(vins[0], "sensor.battery_level", "unavailable")
        await self._broker.start()
        back = time.monotonic()
        while (await self.cars.shown(vins[0], "sensor.battery_level"))["state"] == "unavailable":
            if time.monotonic() - back > NOTICE_LIMIT:
                raise CheckFailed("the broker is back, and the cars are not")
            await asyncio.sleep(0.2)
        print(f"  broker gone: shown after {waited:.1f} s; back after {time.monotonic() - back:.1f} s")
        await self._heard(*vins)
        await self.cars.compare("the broker is back", *vins)


class ServiceChecker(SourceChecker):
    """Teslemetry's stream, its commands and its credits."""

    async def _tell_all(self) -> None:
        await self.owner.stream("detailed")

    async def _interrupt(self, *vins: str) -> None:
        """Have the stream break off, and refuse for a while."""
        await self.world.do("teslemetry", "break_streams")
        await self.cars.advance(5.0)
        await self.cars.compare("the stream is back", *vins)

    async def _use(self, vin: str) -> None:
        """Lock the car: the service signs, and bills a credit."""
        await self._unlock(vin)
        before = await self._counted()
        async with self.world.time_passes():
            await self.home.act("lock.lock", self.cars.entities[vin]["lock.doors"])
        if not (await self.world.truth(vin))["body"]["locked"]:
            raise CheckFailed("the car was locked, and is not")
        after = await self._counted()
        spent = {name: count - before["credits"][name] for name, count in after["credits"].items()}
        if spent["command"] != 1 or sum(spent.values()) != 1:
            raise CheckFailed(f"a command to a car that is awake has cost {spent}")
        print("  lock: done, billed one credit")

    async def _counted(self) -> dict[str, Any]:
        """Return what the service has counted."""
        counted: dict[str, Any] = await self.world.get("/teslemetry/counted")
        return counted

    async def _check_bill(self) -> None:
        """Compare what we think was spent with what the service has billed."""
        counted = await self._counted()
        (entry,) = await self.home.command("config_entries/get", domain=DOMAIN)
        diagnostics = await self.home.get(f"/api/diagnostics/config_entry/{entry['entry_id']}")
        calls = diagnostics["data"]["ledger"]["calls"]
        print(f"  the bill: {counted['credits']} credits by the service; our ledger has {calls}")
        registry = await self.home.command("config/entity_registry/list")
        (balance,) = (one["entity_id"] for one in registry if one["unique_id"].endswith("-credits_balance"))
        started = time.monotonic()
        while not _is(shown := (await self.home.states())[balance]["state"], counted["balance"]):
            if time.monotonic() - started > BALANCE_LIMIT:
                raise CheckFailed(f"a balance of {shown} is shown, in truth {counted['balance']}")
            await asyncio.sleep(0.5)
        print(f"  the balance: {shown} credits, as told by the stream")


def _is(shown: str, number: float) -> bool:
    """Return whether a state shows a number; there may be none yet."""
    try:
        return float(shown) == number
    except ValueError:
        return False
