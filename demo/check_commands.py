"""Hold what commands do and cost against what the cars have carried out, and against the cloud's books."""

import asyncio
from collections import Counter
from collections.abc import Coroutine
import json
import time
from typing import Any

from .cars import Cars, CheckFailed, settled
from .home import PROJECT, Home, NotDone
from .owner import NOT_PAIRED, Owner
from .setup_flow import DOMAIN
from .world import SimulatedWorld

TEXTS = json.loads((PROJECT / "custom_components" / DOMAIN / "translations" / "en.json").read_text("utf-8"))
# While a command is underway the cars live this much faster than we: they wake, and tell what they have done.
STEP_S = 0.5  # simulated seconds
STEP = 0.1  # real seconds
CONFIRM_LIMIT = 90.0  # real seconds until the car's own word has to have confirmed a command
TOLD_S = 30.0  # simulated seconds in which a car has told what has changed of its doors
SLIDER_S = 2.0  # seconds in which moves of a slider become one command
LIMIT = 72  # percent
SLIDER = range(60, 85)  # percent, on the way from one end to the other
SENT = ("signed_command", "command", "wake_up", "vehicle_data")  # what reaches a car, and is billed


class CommandChecker:
    """Asks cars for things, as their owner does at Home Assistant's controls."""

    def __init__(self, home: Home, world: SimulatedWorld, cars: Cars) -> None:
        """Know nothing of keys yet."""
        self._home = home
        self._world = world
        self._cars = cars
        self._owner = Owner(home, world)

    async def unpaired(self, *vins: str) -> None:
        """See that a car without our key is asked for nothing, and says how to mend that; then mend one."""
        await self._cars.find_entities()

        async def look() -> str:
            issues = await self._owner.issues(NOT_PAIRED)
            as_many = len(issues) == len(vins)
            return "" if as_many else f"{len(vins)} cars do not know the key, and repairs say: {issues}"

        await settled(look)
        await self.refused("not paired", vins[0], "lock.doors", "lock.lock", "not_paired")
        await self._owner.mend((await self._owner.issues(NOT_PAIRED))[-1])
        print("  paired: a car by its repair, the others by the tour")

    async def paired(self) -> None:
        """See that no car asks for the key any more."""

        async def look() -> str:
            issues = await self._owner.issues(NOT_PAIRED)
            return f"the cars are paired, and repairs say otherwise: {issues}" if issues else ""

        await settled(look)

    async def allow(self, vin: str) -> None:
        """See that what is dangerous does not go until the owner allows it."""
        await self.refused("unlock", vin, "lock.doors", "lock.unlock", "unlock_not_allowed")
        if "cover.frunk" in self._cars.entities[vin]:
            raise CheckFailed("the front trunk can be opened, and nobody has allowed that")
        await self._owner.allow("unlock", "front_trunk")
        await self._cars.reload()

    async def use(self, vin: str) -> None:
        """Lock and unlock, open the front trunk, and set the charge limit."""
        greeting = 1  # the first command to each of a car's computers needs a handshake
        doors = "lock.doors"
        await self.done("unlock", vin, doors, "lock.unlock", "door_unlock", command=1 + greeting)
        await self.done("front trunk", vin, "cover.frunk", "cover.open_cover", "actuate_trunk")
        await self._world.do(vin, "close_door", which="frunk")
        await self.done("lock", vin, doors, "lock.lock", "door_lock")
        await self.set_limit("charge limit", vin, command=1 + greeting)
        await self._slide(vin)
        await self._cars.compare("commanded", vin)

    async def _slide(self, vin: str) -> None:
        """Move a slider from one end to the other: the last value wins, and the others cost nothing."""
        billed, executed = await self._cars.billed(), await self._executed(vin)
        before = await self._last(vin)
        entity = self._cars.entities[vin]["number.charge_limit"]
        moves = [self._home.act("number.set_value", entity, value=value) for value in SLIDER]
        started = time.monotonic()
        await self._while_time_passes(_all(moves))
        most = 2 + (time.monotonic() - started) // SLIDER_S
        truth = await self._world.truth(vin)
        cost, done = (await self._cars.billed()) - billed, (await self._executed(vin))[len(executed) :]
        if truth["body"]["charge_limit_percent"] != SLIDER[-1]:
            raise CheckFailed(f"the slider ends at {SLIDER[-1]}, and the car is set to {truth['body']}")
        if cost["command"] > most or cost["command"] != len(done):
            raise CheckFailed(f"a slider's {len(moves)} moves became {done} and cost {cost}")
        await self._confirmed(vin, "set_charge_limit", before)
        print(f"  slider: {len(moves)} moves, {cost['command']} command(s), the last value wins")

    async def plain(self, vin: str) -> None:
        """Set the charge limit of a car that takes plain commands, and does not stream."""
        # Nobody but the car can confirm it, and it has to be asked.
        await self.set_limit("charge limit, plain and polled", vin, data=1)

    async def set_limit(self, what: str, vin: str, *, command: int = 1, data: int = 0) -> None:
        """Set the charge limit."""
        entity, action = "number.charge_limit", "number.set_value"
        costs = {"command": command, "data": data}
        await self.done(what, vin, entity, action, "set_charge_limit", **costs, value=LIMIT)

    async def drive(self, vin: str) -> None:
        """Ask a car that is being driven for what it does only in park."""
        await self.refused(
            "flash lights, driving", vin, "button.flash_lights", "button.press", "cannot_not_parked"
        )

    async def after_restart(self, vin: str) -> None:
        """See that sessions outlive a restart: the first command to each computer costs one request."""
        await self._world.do(vin, "unlock")
        await self._cars.advance(TOLD_S)
        await self._cars.until_shown(vin, "lock.doors", "unlocked")
        await self.done("lock, after a restart", vin, "lock.doors", "lock.lock", "door_lock")
        await self.set_limit("charge limit, after a restart", vin)

    async def lose_answers(self, vin: str) -> None:
        """Lose the answers to commands that must not be repeated: they are carried out once all the same."""
        # A trunk that only moves has to be known as it is now, or the car would be asked for that.
        for verb in ("open_door", "close_door"):
            await self._world.do(vin, verb, which="trunk")
            await self._cars.advance(TOLD_S)
        await self._cars.until_shown(vin, "cover.trunk", "closed")
        await self._world.do("cloud", "lose_answer", how="504", vin=vin, command="actuate_trunk")
        await self.done(
            "trunk, its answer lost", vin, "cover.trunk", "cover.open_cover", "actuate_trunk", command=0
        )
        await self._world.do(vin, "close_door", which="trunk")
        await self._cars.advance(TOLD_S)
        await self._world.do("cloud", "lose_answer", how="504", vin=vin, command="honk_horn")
        executed = await self._executed(vin)
        await self._not_done(vin, "button.honk", "button.press", "outcome_open")
        await self._cars.advance(30.0)
        if (done := (await self._executed(vin))[len(executed) :]) != ["honk_horn"]:
            raise CheckFailed(f"a horn whose answer was lost has made the car do {done}")
        print("  horn, its answer lost: told to be unknown, executed once")

    async def climate_off(self, vin: str) -> None:
        """Switch the climate of a car off, so that it can sleep."""
        entity, executes = "climate.cabin", "auto_conditioning_stop"
        costs = {"command": 2, "data": 1}  # its first command; its firmware does not stream whether it is on
        await self.done("climate off", vin, entity, "climate.turn_off", executes, **costs)

    async def warm_up(self, vin: str) -> None:
        """Start the climate of such a car while it sleeps: that takes one wake, and one command."""
        woken = len(await self._world.get("/cloud/requests?name=wake_up"))
        entity, executes = "climate.cabin", "auto_conditioning_start"
        costs = {"wake": 1, "data": 1}
        await self.done("climate on, asleep", vin, entity, "climate.turn_on", executes, **costs)
        if (wakes := len(await self._world.get("/cloud/requests?name=wake_up")) - woken) != 1:
            raise CheckFailed(f"a sleeping car was woken {wakes} times")

    async def done(  # noqa: PLR0913  # what is asked, and what it may cost
        self,
        what: str,
        vin: str,
        entity: str,
        action: str,
        executes: str,
        *,
        command: int = 1,
        data: int = 0,
        wake: int = 0,
        **arguments: Any,
    ) -> None:
        """Ask for something; it has to be carried out once, confirmed by the car, and cost what it may."""
        billed, executed = await self._cars.billed(), await self._executed(vin)
        before = await self._last(vin)
        started = time.monotonic()
        await self._while_time_passes(self._home.act(action, self._cars.entities[vin][entity], **arguments))
        took = time.monotonic() - started
        await self._confirmed(vin, executes, before)
        if (done := (await self._executed(vin))[len(executed) :]) != [executes]:
            raise CheckFailed(f"{what}: the car has carried out {done}, and should have {executes} once")
        cost = dict((await self._cars.billed()) - billed)
        if cost != {key: count for key, count in _cost(command, data, wake).items() if count}:
            raise CheckFailed(f"{what} has cost {cost}, and may cost {_cost(command, data, wake)}")
        spent = ", ".join(f"{count} {key}" for key, count in cost.items()) or "nothing"
        print(f"  {what}: done once after {took:.1f} s, confirmed by the car, billed {spent}")

    async def refused(self, what: str, vin: str, entity: str, action: str, reason: str) -> None:
        """Ask for something that does not go: the user reads why, and nothing leaves the machine."""
        billed, executed, sent = await self._cars.billed(), await self._executed(vin), await self._sent()
        text = await self._not_done(vin, entity, action, reason)
        await self._cars.nothing_billed_since(billed, f"{what}, which was refused,")
        if await self._executed(vin) != executed or await self._sent() != sent:
            raise CheckFailed(f"{what} was refused, and sent all the same")
        print(f"  {what}: refused, billed nothing: {text}")

    async def _not_done(self, vin: str, entity: str, action: str, reason: str) -> str:
        """Ask for something that does not go; return what the user reads, if it is what it should be."""
        expected = str(TEXTS["exceptions"][reason]["message"])
        try:
            await self._while_time_passes(self._home.act(action, self._cars.entities[vin][entity]))
        except NotDone as error:
            # Home Assistant leaves the last full stop out.
            if not str(error).startswith(expected.partition("{")[0].rstrip(".")):
                raise CheckFailed(f"{action} fails with {error!s}, and not with {expected}") from error
            return str(error)
        raise CheckFailed(f"{action} was done, and should have failed: {expected}")

    async def _confirmed(self, vin: str, name: str, before: dict[str, Any]) -> None:
        """Wait until the car's own word has confirmed a command; `before`: what was told last until then."""
        started = time.monotonic()
        while True:
            last = await self._last(vin)
            told = last["attributes"]
            if last["state"] != before["state"] and (told["event_type"], told["name"]) == ("confirmed", name):
                return
            if time.monotonic() - started > CONFIRM_LIMIT:
                raise CheckFailed(f"{name} is not confirmed; the last command: {told}")
            await self._cars.advance(STEP_S)
            await asyncio.sleep(STEP)

    async def _last(self, vin: str) -> dict[str, Any]:
        """Return what is told of the command that has ended last."""
        return await self._cars.shown(vin, "event.command")

    async def _while_time_passes(self, action: Coroutine[Any, Any, None]) -> None:
        """Have something done that takes time in the cars' world, too."""
        task = asyncio.create_task(action, name="action")
        try:
            while not (await asyncio.wait((task,), timeout=STEP))[0]:
                await self._cars.advance(STEP_S)
            task.result()
        finally:
            task.cancel()

    async def _executed(self, vin: str) -> list[str]:
        return [one["name"] for one in (await self._world.truth(vin))["executed"]]

    async def _sent(self) -> Counter[str]:
        asked = Counter(str(one["name"]) for one in await self._world.get("/cloud/requests"))
        return Counter({name: asked[name] for name in SENT})


def _cost(command: int, data: int, wake: int) -> dict[str, int]:
    return {"command": command, "data": data, "wake": wake}


async def _all(moves: list[Coroutine[Any, Any, None]]) -> None:
    async with asyncio.TaskGroup() as group:
        for move in moves:
            group.create_task(move)
            await asyncio.sleep(STEP)
