"""How often a car's telemetry configuration is sent in a month in which entities are switched on and off."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from custom_components.tesla_direct.tesla.vehicle_command.keys import PrivateKey
from simulator.certificates import Authorities
from simulator.cloud.accounts import SCOPES
from simulator.world import World

from .child import Child
from .config import signed_in
from .frames import vin
from .home import Wall
from .table import Figure

DAY = 86_400.0
SEND = "fleet_telemetry_config_jws"
# Off by default; each is told by a field of its own.
KEYS = (
    "usable_battery_level",
    "est_battery_range",
    "ideal_battery_range",
    "pack_voltage",
    "pack_current",
    "module_temp_max",
    "module_temp_min",
    "bms_state",
    "isolation_resistance",
    "lifetime_energy_used",
    "speed",
    "cruise_set_speed",
    "pedal_position",
    "grade",
    "lateral_acceleration",
)
TOGETHER = 3  # entities that are switched off within a minute, on some days
UNDECIDED = ("brake_pedal_pressure", "fan_status", "defrost_state", "charger_phases", "charge_cable_type")
QUIET_DAYS = 5
GATHERING = (30.0, 30.0, 60.0, 60.0, 60.0, 300.0)  # seconds; a change is gathered for three minutes
REST = (6 * 3600.0,) * 3


async def measure(folder: Path) -> list[Figure]:
    """Switch an entity on each day, then several off, then one on and off again; then leave all alone."""
    wall, key = Wall(), PrivateKey.generate()
    async with World(speed=0, wall=wall, authorities=Authorities(folder=folder / "authorities")) as world:
        world.cloud.register_key(key.public)
        car = world.add_car("typed", vin=vin(1), paired=key.public)
        car.power.idle_s = 60 * DAY  # it does not fall asleep by itself
        cloud = signed_in(world, SCOPES) | {
            "key": key.to_pem().decode(),
            "options": {"telemetry": {"profile": "standard"}},
        }
        async with Child("home", folder=str(folder), cars=1, show="default", cloud=cloud) as home:
            days = Days(world, wall, home)
            await days.live({})
            first = days.pushes
            if first != 1 or not car.synced or car.told is None:
                raise RuntimeError(f"the car was to have one configuration: {first} were sent")
            for one in KEYS:
                await days.live({one: True})
            for at in range(0, len(KEYS), TOGETHER):
                await days.live(dict.fromkeys(KEYS[at : at + TOGETHER], False))
            changes, pushes = len(KEYS) + len(KEYS) // TOGETHER, days.pushes - first
            for one in UNDECIDED:
                await days.live({one: True}, {one: False})
            for _ in range(QUIET_DAYS):
                await days.live({})
            needless = days.pushes - first - pushes
    return [
        Figure(
            "configurations sent in a month of daily changes, for each change",
            pushes / changes,
            1.0,
            detail=f"{pushes} for {changes}",
        ),
        Figure("  at least one for each", pushes / changes, 1.0, at_least=True),
        Figure("  on days without a change, or with one that was taken back", needless, 0),
    ]


class Days:
    """A month, a day at a time."""

    def __init__(self, world: World, wall: Wall, home: Child) -> None:
        """Begin."""
        self._world = world
        self._wall = wall
        self._home = home

    @property
    def pushes(self) -> int:
        """Return how many configurations the cloud was sent."""
        return len(self._world.cloud.requests(SEND))

    async def live(self, *switched: Mapping[str, bool]) -> None:
        """Switch entities, one after the other and within a minute, and let a day pass."""
        for entities in switched:
            for key, on in entities.items():
                await self._home.ask(do="switch", key=key, on=on)
                await self._pass(5.0)
        for seconds in (*GATHERING, *REST):
            await self._pass(seconds)

    async def _pass(self, seconds: float) -> None:
        """Let time pass for the world and for Home Assistant, until what is due has been done."""
        self._wall.ahead += seconds
        await self._world.advance(1.0)
        await self._home.ask(do="pass", seconds=seconds)
        await asyncio.sleep(0.05)
        await self._home.ask(do="pass", seconds=0.0)
