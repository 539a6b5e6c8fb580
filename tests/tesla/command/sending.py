"""One car, its delivery and its waker, for whoever sends it commands; nothing of it is ours."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from custom_components.tesla_direct.tesla.command.command import COMMANDS, Command, Origin
from custom_components.tesla_direct.tesla.command.guard import Ask, Route, Signer, Situation
from custom_components.tesla_direct.tesla.command.record import CommandRecord, Outcome
from custom_components.tesla_direct.tesla.command.sender import CommandSender
from custom_components.tesla_direct.tesla.errors import CannotDo, TeslaError, WakeFailed
from custom_components.tesla_direct.tesla.fleet_api.budget import Verdict
from custom_components.tesla_direct.tesla.fleet_api.ledger import Cause
from custom_components.tesla_direct.tesla.vehicle.connectivity import Event, Power, after
from custom_components.tesla_direct.tesla.vehicle_command.domain import Domain

from .passing import Passing

USER = Origin(Cause.USER)
LOCK = Command(name="door_lock", domain=Domain.VEHICLE_SECURITY, payload=b"\x10\x01")
HONK = Command(name="honk_horn", domain=Domain.INFOTAINMENT, payload=b"\x01", repeatable=False)


def amps(value: int) -> Command:
    return Command(
        name="set_charging_amps",
        domain=Domain.INFOTAINMENT,
        payload=bytes([value]),
        body={"charging_amps": value},
        setpoint="charging_amps",
    )


class Car:
    """A car, its delivery and its wakes, all as the test has it; counts what would have been billed."""

    def __init__(self, passing: Passing, signer: Signer = Signer.US) -> None:
        self.passing = passing
        self.vin = "5YJ3E1EA7RF000001"
        self.power = Power.ONLINE
        self.fresh = True
        self.wants_signature = True
        self.budget = Verdict.GO
        self.looks = 0
        self.looks_show = Power.ONLINE
        self.look_takes = 0.0
        self.look_fails: TeslaError | None = None
        self.know_fails: TeslaError | None = None
        self.may_wake: Callable[[Origin], bool] = lambda _: True
        self.wakes = 0
        self.wake_takes = 5.0
        self.wake_fails = False
        self.takes = 0.1
        self.underway = self.most_underway = 0
        self.delivered: list[tuple[Command, Route]] = []
        self.origins: list[Origin] = []
        self.answers: deque[TeslaError | None] = deque()
        self.has: Callable[[Command], bool] = lambda _: False
        self.was_done: bool | None = None
        self.known: bool | None = None
        self.asked_about: list[Command] = []
        self.found_out_since: list[float] = []
        self.finding_out_takes = 0.0
        self.done_records: list[CommandRecord] = []
        self.ended_records: list[tuple[CommandRecord, TeslaError | None]] = []
        self.floor = 0.0
        self.by_provider = False
        self.waking = False
        self.reckoned: list[str] = []
        self.signer = signer
        self.sender = CommandSender(
            self,
            self,
            self,  # type: ignore[arg-type]  # a waker, as far as a sender sees
            floor=lambda _: self.floor,
            clock=passing.clock,
            sleep=passing.sleep,
            spawn=passing.spawn,
            signer=signer,
        )

    # As a car.

    def situation(self, ask: Ask, command: Command | None, origin: Origin) -> Situation:
        return Situation(
            loaded=True,
            scopes=frozenset({COMMANDS}),
            obstacle=None,
            has_key=True,
            paired=True,
            power=self.power,
            fresh=self.fresh,
            waking=self.waking,
            unreachable_for=0.0,
            may_wake=self.may_wake(origin),
            budget=Verdict.GO if origin.consent else self.budget,
            wake_budget=Verdict.GO if origin.consent else self.budget,
            free_in=0.0,
            wake_free_in=0.0,
            wakes_itself=self.by_provider,
        )

    def holds(self, command: Command) -> bool:
        return self.has(command)

    def witness(self, event: Event) -> None:
        self.power, self.fresh = after(self.power, event, connected=False), True

    @contextmanager
    def wakes_for(self, command: Command, origin: Origin) -> Iterator[None]:
        self.reckoned.append(command.name)
        yield

    def learned(self, *, wants_signature: bool) -> None:
        self.wants_signature = wants_signature

    async def look(self, origin: Origin) -> None:
        self.looks += 1
        if self.look_takes:
            await self.passing.sleep(self.look_takes)
        if self.look_fails is not None:
            raise self.look_fails
        self.power, self.fresh = self.looks_show, True

    async def know(self, command: Command, origin: Origin) -> None:
        self.asked_about.append(command)
        if self.know_fails is not None:
            raise self.know_fails
        if self.known is None:
            raise CannotDo("nobody knows", obstacle="state_unknown")
        self.has = lambda _: self.known is True

    async def find_out(self, command: Command, since: float, origin: Origin) -> bool | None:
        self.asked_about.append(command)
        self.found_out_since.append(since)
        if self.finding_out_takes:
            await self.passing.sleep(self.finding_out_takes)
        return self.was_done

    def done(self, command: Command, record: CommandRecord, origin: Origin) -> None:
        self.done_records.append(record)

    def ended(self, record: CommandRecord, error: TeslaError | None) -> None:
        self.ended_records.append((record, error))

    # As its delivery.

    async def deliver(self, command: Command, route: Route, origin: Origin) -> str:
        self.underway += 1
        self.most_underway = max(self.underway, self.most_underway)
        try:
            self.delivered.append((command, route))
            self.origins.append(origin)
            answer = self.answers.popleft() if self.answers else None
            await self.passing.sleep(self.takes)
            if answer is not None:
                raise answer
            return ""
        finally:
            self.underway -= 1

    # As its waker.

    def on_the_way(self) -> None:
        self.waking = True

    def arrived(self) -> None:
        self.waking = False

    def gave_up(self, why: str) -> WakeFailed:
        self.waking = False
        return WakeFailed(f"it sleeps on{why}", retry_after=120.0)

    async def wake(self, origin: Origin) -> None:
        self.wakes += 1
        await self.passing.sleep(self.wake_takes)
        if self.wake_fails:
            raise WakeFailed("it sleeps on", retry_after=120.0)
        self.power, self.fresh = Power.ONLINE, True

    async def end(self) -> None:
        pass

    # What a test does.

    def send(self, command: Command, origin: Origin = USER) -> asyncio.Task[None]:
        return asyncio.ensure_future(self.sender.send(command, origin))

    @property
    def names(self) -> list[str]:
        return [command.name for command, _ in self.delivered]

    @property
    def values(self) -> list[Any]:
        return [(command.body or {}).get("charging_amps") for command, _ in self.delivered]

    @property
    def outcomes(self) -> list[Outcome | None]:
        return [record.outcome for record, _ in self.ended_records]
