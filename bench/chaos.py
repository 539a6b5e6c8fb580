"""Commands to a simulated car to which everything happens that can: lost answers, reboots, forgotten keys.

What users are told is compared with what the car has done, command by command.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Self

from aiohttp import ClientSession, TCPConnector, ThreadedResolver

from custom_components.tesla_direct.tesla.command.catalogue import charge, climate, closures, media, security
from custom_components.tesla_direct.tesla.command.command import COMMANDS, Command, Origin
from custom_components.tesla_direct.tesla.command.confirm import Confirmer
from custom_components.tesla_direct.tesla.command.confirmations import Confirmations, Verdict
from custom_components.tesla_direct.tesla.command.delivery import FleetApiDelivery
from custom_components.tesla_direct.tesla.command.guard import Ask, Situation
from custom_components.tesla_direct.tesla.command.record import CommandRecord
from custom_components.tesla_direct.tesla.command.sender import CommandSender
from custom_components.tesla_direct.tesla.command.waker import Waker
from custom_components.tesla_direct.tesla.decode import vehicle_data
from custom_components.tesla_direct.tesla.errors import TeslaError
from custom_components.tesla_direct.tesla.fleet_api.budget import Budget
from custom_components.tesla_direct.tesla.fleet_api.budget import Verdict as Allowed
from custom_components.tesla_direct.tesla.fleet_api.ledger import Cause, Ledger
from custom_components.tesla_direct.tesla.vehicle.connectivity import Event, Power, after
from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal
from custom_components.tesla_direct.tesla.vehicle.state import VehicleState
from custom_components.tesla_direct.tesla.vehicle_command.keys import PrivateKey
from simulator.car.car import Car
from simulator.certificates import Authorities
from simulator.world import World

from .account import sign_in
from .home import Wall
from .table import Figure

USER = Origin(Cause.USER)
BETWEEN = 40.0  # simulated seconds between commands: what is late arrives, what reboots is back
IDLE = 1e9  # seconds until the car falls asleep by itself; sleep is another chapter

type Fault = Callable[["Chaos"], None]


@dataclass
class Tally:
    """How often users were told something, and how often it was not so.

    twice:  executed more than once, though it acts each time
    claims: reported done though it was not
    denies: reported failed, without a doubt, though it was done
    """

    told: Counter[str] = field(default_factory=Counter)
    twice: list[str] = field(default_factory=list)
    claims: list[str] = field(default_factory=list)
    denies: list[str] = field(default_factory=list)


class Chaos:
    """One car, who sends it commands, and what happens to them."""

    def __init__(
        self,
        world: World,
        wall: Callable[[], float],
        move: Callable[[float], None],
        *,
        signs: bool = True,
    ) -> None:
        """Have a car that is awake and knows our key; or one that takes plain commands."""
        self.key = PrivateKey.generate()
        self.world = world
        self.car: Car = world.add_car(paired=self.key.public, signs=signs)
        self.car.power.idle_s = IDLE
        self.random = Random(4)  # noqa: S311  # the same chaos each time
        self.vin = self.car.vin
        self.power = Power.ONLINE
        self.state = VehicleState()
        self.wants_signature = signs
        self.floor = 0.0  # seconds between two values
        self._wall = wall
        self._move = move

    async def __aenter__(self) -> Self:
        self.world.cloud.lift_limits()
        self._session = ClientSession(connector=TCPConnector(resolver=ThreadedResolver()))
        self.api, self._keeper = sign_in(
            self.world, self._session, budget=Budget(Ledger()), clock=self._wall, sleep=self.sleep
        )
        self.confirmer = Confirmer(
            self, Confirmations({}), clock=self._wall, sleep=self.sleep, spawn=self._spawn
        )
        self._make_sender({})
        return self

    def _make_sender(self, kept: Mapping[str, Any]) -> None:
        self._delivery = FleetApiDelivery(
            self.api,
            self.vin,
            key=self.key,
            kept=kept,
            on_session_changed=lambda: None,
            clock=self._wall,
            monotonic=self._wall,
            sleep=self.sleep,
        )
        waker = Waker(self.api, self, clock=self._wall, sleep=self.sleep, spawn=self._spawn)
        self.sender = CommandSender(
            self,
            self._delivery,
            waker,
            floor=lambda _: self.floor,
            clock=self._wall,
            sleep=self.sleep,
            spawn=self._spawn,
        )

    async def restart(self) -> None:
        """Begin anew with what outlives a restart."""
        await self.sender.end()
        self._make_sender(self._delivery.to_json())

    async def __aexit__(self, *_: object) -> None:
        await self.sender.end()
        await self._keeper.close()
        await self._session.close()

    async def sleep(self, seconds: float) -> None:
        """Let time pass for everybody."""
        self._move(seconds)
        await self.world.advance(seconds)

    def _spawn(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        return asyncio.get_running_loop().create_task(work, name=name)

    # The car as those see it who send it commands.

    def situation(self, ask: Ask, command: Command | None, origin: Origin) -> Situation:
        """Return that nothing speaks against it."""
        return Situation(
            loaded=True,
            scopes=frozenset({COMMANDS}),
            obstacle=None,
            has_key=True,
            paired=None,
            power=self.power,
            fresh=True,
            waking=False,
            unreachable_for=0.0,
            may_wake=True,
            budget=Allowed.GO,
            wake_budget=Allowed.GO,
            free_in=0.0,
            wake_free_in=0.0,
        )

    def holds(self, command: Command) -> bool:
        """Know nothing, so that each wish goes."""
        return False

    def witness(self, event: Event) -> None:
        """Learn how reachable the car seems."""
        self.power = after(self.power, event, connected=False)

    def wakes_for(self, command: Command, origin: Origin) -> AbstractContextManager[None]:
        """Reckon with nothing: this cloud wakes no car by itself."""
        return nullcontext()

    def learned(self, *, wants_signature: bool) -> None:
        """Learn which form the car takes."""
        self.wants_signature = wants_signature

    async def look(self, origin: Origin) -> None:
        """Ask the cloud for the car's state."""
        self.power = (await self.api.vehicle(self.vin, origin.cause)).power

    async def know(self, command: Command, origin: Origin) -> None:
        """Read what the command is to change."""
        await self.read([expectation.signal for expectation in command.expects], origin)

    async def find_out(self, command: Command, since: float, origin: Origin) -> bool | None:
        """Ask the car itself."""
        return await self.confirmer.find_out(command, since, origin)

    def done(self, command: Command, record: CommandRecord, origin: Origin) -> None:
        """Leave the confirmation; whether it is true is compared with the car."""

    def ended(self, record: CommandRecord, error: TeslaError | None) -> None:
        """Leave it to the caller."""

    def streams(self, signals: Iterable[AnySignal]) -> bool:
        """Stream nothing."""
        return False

    async def read(self, signals: Iterable[AnySignal], origin: Origin) -> None:
        """Fetch what holds these facts."""
        parts = sorted(vehicle_data.endpoints_for(signals))
        if parts:
            now = self._wall()
            for report in vehicle_data.decode(
                await self.api.vehicle_data(self.vin, parts, origin.cause), now, Counter()
            ):
                self.state.apply(report)

    def laid(self, signals: Iterable[AnySignal]) -> None:
        """Show nothing."""

    def decided(self, verdict: Verdict) -> None:
        """Tell nobody."""

    # What happens.

    async def once(self, command: Command, fault: Fault, tally: Tally) -> None:
        """Send one command while something goes wrong, and compare what is told with what is so."""
        car, cloud = self.car, self.world.cloud
        before = car.times_executed(command.name)
        fault(self)
        error: TeslaError | None = None
        try:
            await self.sender.send(command, USER)
        except TeslaError as failed:
            error = failed
        cloud.straighten()
        cloud.accept()
        car.allow()
        if not car.knows_key(self.key.public):
            car.pair_key(self.key.public)
        # What is late arrives now, and was meant by the same wish.
        await self.sleep(BETWEEN)
        executed = car.times_executed(command.name) - before
        told = f"{command.name}: {'done' if error is None else type(error).__name__}, executed {executed}"
        if not command.repeatable and executed > 1:
            tally.twice.append(told)
        if error is None and not executed and not await self._so(command):
            tally.claims.append(told)
        if error is not None and executed and not error.may_have_succeeded:
            tally.denies.append(told)
        tally.told["done" if error is None else "unknown" if error.may_have_succeeded else "not done"] += 1

    async def _so(self, command: Command) -> bool:
        """Return whether what was wanted is so, by the car's own word."""
        if not command.expects:
            return False
        await self.read([expectation.signal for expectation in command.expects], USER)
        return all(one.met_by(self.state.get(one.signal)) for one in command.expects)

    def wish(self) -> Command:
        """Return something to ask of the car."""
        pick = self.random.randrange
        self.car.get_in()  # for the media
        wishes: tuple[Callable[[], Command], ...] = (
            closures.door_lock,
            closures.door_unlock,
            closures.honk_horn,
            closures.flash_lights,
            lambda: closures.actuate_trunk("front"),
            media.media_next_track,
            media.media_volume_up,
            lambda: charge.set_charge_limit(50 + pick(51)),
            lambda: security.set_sentry_mode(on=pick(2) == 1),
            lambda: climate.set_temps(15 + pick(13), 15 + pick(13)),
            climate.auto_conditioning_start,
            climate.auto_conditioning_stop,
        )
        return self.random.choice(wishes)()


def faults(*, signed: bool = True) -> list[Fault]:
    """Return all that can happen to a command."""
    found: list[Fault] = [lambda _: None]

    def lose(how: str, *, after: bool) -> Fault:
        return lambda chaos: chaos.world.cloud.lose_answer(how, after=after)

    def tamper(how: str) -> Fault:
        return lambda chaos: chaos.world.cloud.tamper(how)

    def fault(number: int, *, after: bool) -> Fault:
        return lambda chaos: chaos.car.answer_fault(number, after=after)

    def busy(how: str) -> Fault:
        return lambda chaos: chaos.car.be_busy(times=1 + chaos.random.randrange(3), how=how)

    def offline(times: int) -> Fault:
        def seems(chaos: Chaos) -> None:
            for endpoint in ("signed_command", "command"):
                chaos.world.cloud.refuse(endpoint, "vehicle_offline", times=times)

        return seems

    hows = ("504", "408", "500", "502", "503", "540", "drop")
    found += [lose(how, after=after) for how in hows for after in (True, False)]
    found += [
        tamper(how)
        for how in (
            "flip",
            "truncate",
            "garbage",
            "empty",
            "replay",
            "forge_success",
            "forge_fault",
            "wrong_uuid",
            "wrong_address",
            "wrong_domain",
            "bad_session_tag",
            "stale_session_info",
            "swap_key",
            "drop_session_info",
        )
    ]
    found += [fault(number, after=False) for number in (1, 2, 5, 6, 7, 9, 11, 15, 17, 20, 28, 77)]
    found += [fault(number, after=True) for number in (2, 11, 25)]
    found += [busy(how) for how in ("wait", "busy", "timeout")]
    if signed:  # a plain one has no counter: if the cloud delivers it twice, no car can tell
        found.append(lambda chaos: chaos.world.cloud.deliver_twice())
    found += [
        lambda chaos: chaos.world.cloud.deliver_late(3.0 + 12 * chaos.random.random()),
        lambda chaos: chaos.car.overflow(),
        lambda chaos: chaos.car.reboot_infotainment(),
        lambda chaos: chaos.car.reboot_security(),
        lambda chaos: chaos.car.jump_domain_clock(chaos.random.choice((-3000.0, 40.0, 3000.0))),
        lambda chaos: chaos.car.jump_domain_clock(0.0, new_epoch=True),
        lambda chaos: chaos.car.replace_computer("infotainment"),
        lambda chaos: chaos.car.replace_computer("security"),
        lambda chaos: chaos.car.forget_key(),
        lambda chaos: chaos.world.cloud.refuse("signed_command", 500, times=2),
        offline(times=1),
        offline(times=2),
        lambda chaos: chaos.world.cloud.refuse("vehicle", 500, times=1),
    ]
    return found


async def run(chaos: Chaos, commands: int) -> Tally:
    """Send so many commands, each with another misfortune, sometimes with two."""
    tally, possible = Tally(), faults(signed=chaos.car.model.signs)
    for number in range(commands):
        first, second = possible[number % len(possible)], chaos.random.choice(possible)

        def both(chaos: Chaos, first: Fault = first, second: Fault = second, number: int = number) -> None:
            first(chaos)
            if number % 5 == 0:
                second(chaos)

        await chaos.once(chaos.wish(), both, tally)
    return tally


COUNT = 10_000


async def measure(folder: Path) -> list[Figure]:
    """Send ten thousand commands."""
    wall = Wall()

    def move(seconds: float) -> None:
        wall.ahead += seconds

    authorities = Authorities(folder=folder / "authorities")
    async with World(speed=0, wall=wall, authorities=authorities) as world, Chaos(world, wall, move) as chaos:
        tally = await run(chaos, COUNT)
    told = ", ".join(f"{count} {name}" for name, count in tally.told.most_common())
    return [
        Figure(f"{COUNT} commands, chaos: executed twice", len(tally.twice), 0, detail=told),
        Figure("  reported done though not", len(tally.claims), 0, detail=", ".join(tally.claims[:3])),
        Figure("  reported failed though done", len(tally.denies), 0, detail=", ".join(tally.denies[:3])),
    ]
