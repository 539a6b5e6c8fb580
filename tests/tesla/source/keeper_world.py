"""An account of the simulated cloud whose telemetry configurations are kept, without Home Assistant."""

from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import ClientSession
from cryptography.hazmat.primitives.asymmetric import ec

from bench.account import sign_in
from custom_components.tesla_direct.tesla.errors import TeslaError
from custom_components.tesla_direct.tesla.fleet_api.budget import Budget
from custom_components.tesla_direct.tesla.fleet_api.ledger import Ledger
from custom_components.tesla_direct.tesla.fleet_telemetry.config import Pace, TelemetryConfig
from custom_components.tesla_direct.tesla.source.config_state import ConfigState, Phase
from custom_components.tesla_direct.tesla.source.keeper import TelemetryKeeper
from custom_components.tesla_direct.tesla.source.keeper_plan import CarView
from custom_components.tesla_direct.tesla.source.telemetry_home import TelemetryHome, TeslaHome
from simulator.car.authentication import public_bytes
from simulator.car.car import Car
from simulator.cloud.asked import Asked
from simulator.world import World
from tests.simulator.wall import Wall

from .endless import Endless

FIELDS = ("BatteryLevel", "Odometer")
SEND, READ, DELETE, ERRORS, STATUS = (
    "fleet_telemetry_config_jws",
    "fleet_telemetry_config",
    "fleet_telemetry_config_delete",
    "fleet_telemetry_errors",
    "fleet_status",
)

WORLD_STEP = 5.0  # seconds that pass for the cars at most in a step: nothing about them depends on how many


class Keeping(Endless):
    """A keeper, its cars as it sees them, and what it tells."""

    def __init__(self, world: World, wall: Wall, session: ClientSession) -> None:
        self.world = world
        self.wall = wall
        self.key = ec.generate_private_key(ec.SECP256R1())
        world.cloud.register_key(public_bytes(self.key))
        self.views: dict[str, CarView] = {}
        self.changed: list[str] = []
        self.failed: list[TeslaError] = []
        self.while_signing: Callable[[], object] = lambda: None
        self.ledger = Ledger()
        self.api, self.tokens = sign_in(world, session, budget=Budget(self.ledger), clock=wall)
        self.home: TelemetryHome = TeslaHome(self.api, self._sign)
        self.keeper = self.make({})

    def make(self, kept: Mapping[str, Any]) -> TelemetryKeeper:
        return TelemetryKeeper(self, home=self.home, clock=self.wall, kept=kept)

    async def _sign(self, config: TelemetryConfig) -> str:
        self.while_signing()
        return config.token(self.key)

    def keeper_view(self, vin: str) -> CarView:
        return self.views.get(vin, CarView())

    def keeper_changed(self, vin: str) -> None:
        self.changed.append(vin)

    def keeper_failed(self, error: TeslaError) -> None:
        self.failed.append(error)

    def pair(self, car: Car) -> None:
        car.pair_key(public_bytes(self.key))

    def config(self, *fields: str, **changes: Any) -> TelemetryConfig:
        """Return a configuration of some fields."""
        usual: dict[str, Any] = {
            "hostname": "cars.example.com",
            "port": 443,
            "ca": self.world.authorities.bundle(),
            "fields": {name: Pace(60) for name in fields or FIELDS},
            "expires": 0,
        }
        return TelemetryConfig(**usual | changes)

    async def start(self, kept: Mapping[str, Any] | None = None) -> None:
        """Begin to keep, anew if it did already."""
        await self.stop()
        if kept is not None:
            self.keeper = self.make(kept)
        self.run(self.keeper.run())
        await self.quiet()

    async def close(self) -> None:
        await self.stop()
        await self.tokens.close()

    async def wish(self, car: Car, config: TelemetryConfig | None, *, stopped: bool = False) -> None:
        """Wish for something, and let it be gathered and done."""
        self.keeper.wish(car.vin, config, stopped=stopped)
        await self.later(200.0)

    async def later(self, seconds: float, step: float | None = None) -> None:
        """Let time pass for the keeper, and some of it for the cars; wait until all is done that is due."""
        step = step or seconds
        for _ in range(round(seconds / step)):
            self.wall.move(step)
            await self.world.advance(min(step, WORLD_STEP))
            self._look()
            self.keeper.poke()
            await self.quiet()

    async def quiet(self) -> None:
        """Return once the keeper waits; a bug that has ended it comes up here."""
        await self.waits(self.keeper._something_happened)

    def state(self, car: Car) -> ConfigState:
        return self.keeper.state(car.vin)

    def phase(self, car: Car) -> Phase:
        return self.state(car).phase

    def asked(self, name: str) -> list[Asked]:
        return self.world.cloud.requests(name)

    @property
    def counts(self) -> dict[str, int]:
        """Return how often each request was made."""
        names = (SEND, READ, DELETE, ERRORS, STATUS)
        return {name: len(found) for name in names if (found := self.asked(name))}

    def _look(self) -> None:
        """See the cars as a poll that is always right sees them."""
        for vin, car in self.world.cars.items():
            known = self.views.get(vin, CarView())
            online = car.power.state == "online"
            since = (known.online_since or self.wall()) if online else None
            self.views[vin] = CarView(
                online_since=since,
                connected=bool(car.telemetry.connections.open),
                circumstances=known.circumstances,
                able=known.able,
                needs_key=known.needs_key,
            )
