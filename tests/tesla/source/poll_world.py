"""An account of the simulated cloud, polled without Home Assistant, and its cars as a poll sees them."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from math import inf
from typing import Any

from aiohttp import ClientSession

from bench.account import sign_in
from custom_components.tesla_direct.tesla.decode import vehicle_data
from custom_components.tesla_direct.tesla.errors import TeslaError
from custom_components.tesla_direct.tesla.fleet_api.budget import Budget
from custom_components.tesla_direct.tesla.fleet_api.ledger import Ledger
from custom_components.tesla_direct.tesla.source.poll import PollSource
from custom_components.tesla_direct.tesla.source.quiet import left_alone
from custom_components.tesla_direct.tesla.vehicle.alert import Alert, Complaint
from custom_components.tesla_direct.tesla.vehicle.connectivity import Event, Power, after
from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal, Report
from custom_components.tesla_direct.tesla.vehicle.signals import connection
from custom_components.tesla_direct.tesla.vehicle.state import VehicleState
from simulator.cloud.asked import Asked
from simulator.world import World
from tests.simulator.wall import Wall

from .endless import Endless


class Watched:
    """A car of which somebody wants to know the charge and the drive; it does not stream unless told so."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.state = VehicleState()
        self.power = Power.UNKNOWN
        self.connected = False
        self.online_since: float | None = None
        self.silent_since = 0.0
        self.paused = False
        self.wanted = frozenset({"charge_state", "climate_state", "drive_state"})
        self.facts: set[AnySignal] = set()
        self.shown: bool | None = None  # what the car itself says of the key
        self._clock = clock

    @property
    def proven_until(self) -> float:
        return inf if self.connected else 0.0

    def apply(self, report: Report) -> None:
        self.state.apply(report)

    def witness(self, event: Event) -> None:
        power = after(self.power, event, connected=self.connected)
        if power is not self.power:
            self.online_since = self._clock() if power is Power.ONLINE else None
        self.power = power

    def alert(self, alerts: Iterable[Alert], *, snapshot: bool = False) -> None:
        raise AssertionError("a poll knows no alerts")

    def set_links(self, source: str, links: int, network_interface: str | None = None) -> None:
        raise AssertionError("a poll knows no connections")

    def complain(self, complaints: Iterable[Complaint]) -> None:
        raise AssertionError("a poll knows no complaints")

    def count(self, signals: int, fields: Sequence[int] = ()) -> None:
        raise AssertionError("a poll streams nothing")

    def wants(self, signal: AnySignal) -> bool:
        return signal in self.facts

    def missing(self) -> frozenset[str]:
        return frozenset() if self.connected else self.wanted

    def left_alone(self) -> bool:
        return left_alone(self.state)

    def key_paired(self, *, told: bool | None) -> bool | None:
        return told if self.shown is None else self.shown

    def decode(self, response: Mapping[str, Any], received: float) -> list[Report]:
        return vehicle_data.decode(response, received, Counter())


class Heard:
    """Keeps what a poll tells of itself."""

    def __init__(self) -> None:
        self.works: list[bool] = []
        self.listed: dict[str, bool] = {}
        self.seen: list[tuple[dict[str, str | None], bool]] = []
        self.spent = 0
        self.answered: list[bool] = []
        self.failed: list[TeslaError] = []

    def poll_works(self, *, works: bool) -> None:
        self.works.append(works)

    def poll_listed(self, vin: str, *, listed: bool) -> None:
        self.listed[vin] = listed

    def poll_seen(self, names: Mapping[str, str | None], *, complete: bool) -> None:
        self.seen.append((dict(names), complete))

    def poll_spent(self) -> None:
        self.spent += 1

    def poll_answered(self, *, paid: bool) -> None:
        self.answered.append(paid)

    def poll_failed(self, error: TeslaError) -> None:
        self.failed.append(error)


class Polled(Endless):
    """A poll of every car in the world, and the clock it follows, which is another one than the cloud's."""

    def __init__(self, world: World, wall: Wall, session: ClientSession, clock: Wall | None = None) -> None:
        self.world = world
        self.wall = wall
        self.clock = clock or Wall(wall())
        self.cars = {vin: Watched(self.clock) for vin in world.cars}
        self.heard = Heard()
        self.ledger = Ledger()
        self.budget = Budget(self.ledger)
        self._api, self.keeper = sign_in(world, session, budget=self.budget, clock=self.clock)
        self.source = self.make()

    def make(self, interval: float | None = 600.0, kept: Mapping[str, Any] | None = None) -> PollSource:
        return PollSource(
            self._api, self.cars, self.heard, clock=self.clock, interval=interval, kept=kept or {}
        )

    @property
    def car(self) -> Watched:
        (car,) = self.cars.values()
        return car

    async def start(self, interval: float | None = 600.0, kept: Mapping[str, Any] | None = None) -> None:
        """Begin to poll, anew if it did already, and wait until all is done that is due."""
        await self.stop()
        self.source = self.make(interval, kept)
        self.run(self.source.run())
        await self.quiet()

    async def close(self) -> None:
        await self.stop()
        await self.keeper.close()

    async def later(self, seconds: float, step: float | None = None) -> None:
        """Let time pass for the poll, not for the cars, and wait after each step until all is done."""
        step = step or seconds
        for _ in range(round(seconds / step)):
            self.wall.move(step)
            self.clock.move(step)
            self.source.poke()
            await self.quiet()

    async def quiet(self) -> None:
        """Return once the poll waits; a bug that has ended it comes up here."""
        await self.waits(self.source._something_happened)

    def asked(self, name: str) -> list[Asked]:
        return self.world.cloud.requests(name)

    def times(self, name: str) -> list[float]:
        """Return the seconds between requests."""
        return [round(later.at - earlier.at, 3) for earlier, later in pairwise(self.asked(name))]

    @property
    def paid(self) -> int:
        return len(self.asked("vehicle_data"))

    @property
    def mobile_access(self) -> bool | None:
        return self.car.state.get(connection.MOBILE_ACCESS)
