"""An account in Home Assistant, set up without the dialogues, and its cars in the simulated world."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
import socket
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Context, HomeAssistant, State, SupportsResponse
from pytest_homeassistant_custom_component.common import MockConfigEntry  # type: ignore[import-untyped]  # has no types

from custom_components.tesla_direct.application_credentials import SCOPES
from custom_components.tesla_direct.const import (
    CONF_CLIENT_ID,
    CONF_PROVIDER,
    CONF_RECEIVER,
    CONF_REGION,
    CONF_SCOPES,
    CONF_SIGNED_IN_AT,
    CONF_VEHICLES,
    DOMAIN,
    RECEIVER_NEVER,
)
from custom_components.tesla_direct.port_settings import PortSettings, own_certificate
from custom_components.tesla_direct.runtime import Runtime
from custom_components.tesla_direct.shared import Shared, async_get_shared
from custom_components.tesla_direct.tesla.fleet_api import provider
from custom_components.tesla_direct.tesla.fleet_api.oauth import granted
from custom_components.tesla_direct.tesla.fleet_telemetry.server import TelemetryServer
from simulator.car.car import Car
from simulator.cloud.accounts import Account as TeslaAccount
from simulator.ports import free_port
from simulator.world import World
from tests.home import entity_id, state, until
from tests.simulator.wall import Wall

REAL_STEP = 0.002  # real seconds between looks at the wall
PATIENCE = 0.03  # real seconds in which what needs no time of the wall's is done
TURNS = 100  # of the loop, in which a question that was due is asked and answered: both ends are in it
LOOKS = 15  # in that time; on a busy machine it is as long as so many turns of the loop take
HOST = "cars.example.com"
# What tests stream unless they say otherwise: a bit of everything.
FIELDS = ("BatteryLevel", "Odometer", "Gear", "VehicleSpeed", "InsideTemp", "Locked", "DoorState", "Location")


class Account:
    """One account, and the Home Assistant it is set up in.

    entry: its config entry, once it is set up
    """

    def __init__(
        self, hass: HomeAssistant, world: World, wall: Wall, owner: TeslaAccount | None = None
    ) -> None:
        self.hass = hass
        self.world = world
        self.wall = wall
        self.owner = owner or world.cloud.account
        self.entry: Any = None
        self._waits: list[float] = []  # until when by the wall, of each that sleeps

    async def shared(self) -> Shared:
        """Return what the domain's entries share, with the world's clock."""
        shared = await async_get_shared(self.hass)
        shared.clock = self.wall
        shared.sleep = self.sleep
        return shared

    async def sleep(self, seconds: float) -> None:
        """Wait until so much of the wall's time has passed."""
        over = self.wall() + seconds
        self._waits.append(over)
        try:
            while self.wall() < over:  # noqa: ASYNC110  # nobody tells when a wall is moved
                await asyncio.sleep(REAL_STEP)
        finally:
            self._waits.remove(over)

    @property
    def runtime(self) -> Runtime:
        runtime: Runtime = self.entry.runtime_data
        return runtime

    @property
    def server(self) -> TelemetryServer:
        """Return what listens on the account's port."""
        assert self.runtime.port is not None
        assert self.runtime.port.server is not None
        return self.runtime.port.server

    async def set_up(
        self,
        *cars: Car,
        receiver: int | str = RECEIVER_NEVER,
        scopes: Sequence[str] = SCOPES,
        options: Mapping[str, Any] | None = None,
        paired: bool = True,
    ) -> None:
        """Sign in, add the entry, and wait until its first questions are answered.

        paired: our key is on the cars already
        """
        if paired:
            await self.pair(*cars)
        await self.sign_in(scopes)
        self.add_entry(*cars, receiver=receiver, scopes=scopes, options=options)
        assert await self.hass.config_entries.async_setup(self.entry.entry_id)
        await self.quiet()

    async def pair(self, *cars: Car) -> None:
        """Have our key, register it for the application, and put it on cars, as their owners do."""
        keys = (await self.shared()).key
        key = await keys.async_ensure()
        assert key is not None
        await keys.async_confirm()
        self.world.cloud.register_key(key.public)
        for car in cars:
            if not car.model.old and car.keychain.get(key.public) is None:
                car.pair_key(key.public)

    async def sign_in(self, scopes: Sequence[str] = SCOPES) -> None:
        """Put the token of a sign-in where it is kept."""
        books = self.world.cloud.books
        self.owner.consents[books.application.client_id] = frozenset(scopes)
        token = books.tokens.sign_in(self.owner, books.application, scopes)
        shared = await self.shared()
        await shared.tokens.async_save(self.owner.sub, granted(token, self.wall()))

    def add_entry(
        self,
        *cars: Car,
        receiver: int | str = RECEIVER_NEVER,
        scopes: Sequence[str] = SCOPES,
        options: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> None:
        """Add the entry, as the dialogues make it."""
        cloud = self.world.cloud
        own = provider.custom(
            bases=cloud.bases,
            authorize_url=cloud.authorize_url,
            token_url=cloud.token_url,
            authority=self.world.cloud_ca,
        )
        self.entry = MockConfigEntry(
            domain=DOMAIN,
            title=", ".join(car.model.name for car in cars),
            unique_id=self.owner.sub,
            data={
                "auth_implementation": DOMAIN,
                CONF_PROVIDER: own.to_dict(),
                CONF_REGION: self.owner.region,
                CONF_CLIENT_ID: cloud.books.application.client_id,
                CONF_SCOPES: sorted(scopes),
                CONF_VEHICLES: {car.vin: car.model.name for car in cars},
                CONF_RECEIVER: receiver,
                CONF_SIGNED_IN_AT: self.wall(),
            },
            options=options or {},
            **more,
        )
        self.entry.add_to_hass(self.hass)

    async def make_port(self, number: int | None = None) -> int:
        """Set up a telemetry port, and return its number."""
        settings = PortSettings(
            port=number or free_port(),
            addresses=("127.0.0.1",),
            host=HOST,
            bundle=self.world.authorities.bundle(),
        )
        shared = await self.shared()
        known = [port.settings for port in shared.ports]
        await shared.ports.async_set(
            await self.hass.async_add_executor_job(own_certificate, settings, known, self.wall())
        )
        return settings.port

    async def connect(self, car: Car, *fields: str, **config: Any) -> None:
        """Give a car a telemetry configuration that leads here, and wait until it has delivered."""
        port = self.runtime.port
        assert port is not None
        usual = {
            "hostname": HOST,
            "port": port.settings.port,
            "ca": port.settings.ca,
            "fields": {field: {"interval_seconds": 1} for field in fields or FIELDS},
            "prefer_typed": True,
            "delivery_policy": "latest",
            "alert_types": ["service"],
        }
        car.stream(**usual | config)
        await self.world.advance(1.0)
        await until(lambda: car.telemetry.connections.open)
        await self.world.advance(1.0)
        await self.hass.async_block_till_done()

    async def push(self, car: Car, **values: Any) -> None:
        """Have a car tell something, a second later."""
        self.wall.move(1)
        await car.push(**values)
        await self.world.settled()
        await self.hass.async_block_till_done()

    async def pass_time(self, seconds: float) -> None:
        """Let time pass, for the world and for the poll's plan, and wait until all is done that was due."""
        await self.live(seconds)
        self.runtime.poll.poke()
        await self.quiet()

    async def live(self, seconds: float) -> None:
        """Let time pass, for the world and for all that wait for it."""
        self.wall.move(seconds)
        await self.world.advance(seconds)
        await until(lambda: all(self.wall() < over for over in self._waits))
        for _ in range(TURNS):
            await asyncio.sleep(0)

    async def call(self, action: str, entity: str | None = None, /, **data: Any) -> Any:
        """Call an action as a person would, by its name and an entity's id; return its response.

        Time passes for everybody while it takes time.
        """
        domain, _, service = action.partition(".")
        target = {} if entity is None else {"entity_id": entity}
        responds = self.hass.services.supports_response(domain, service) is not SupportsResponse.NONE
        call = self.hass.services.async_call(
            domain,
            service,
            target | data,
            blocking=True,
            return_response=responds,
            context=Context(user_id="a person"),
        )
        return await self.wait_for(call)

    async def wait_for[T](self, action: Coroutine[Any, Any, T]) -> T:
        """Return what something returns that takes time; it passes for everybody, but not without need."""
        task = self.hass.async_create_task(action)
        while not await is_done_soon(task):
            self.wall.move(1.0)
            await self.world.advance(1.0)
        await self.hass.async_block_till_done()
        return await task

    async def later(self, seconds: float) -> None:
        """Let time pass for the poll's plan alone, and wait until all is done that was due."""
        self.wall.move(seconds)
        self.runtime.poll.poke()
        await self.quiet()

    async def quiet(self) -> None:
        """Return once the poll has nothing more to do just now."""
        woken = self.runtime.poll._something_happened
        await until(lambda: woken._waiters and not woken.is_set())
        await self.hass.async_block_till_done()

    async def reload(self) -> None:
        assert await self.hass.config_entries.async_reload(self.entry.entry_id)
        await self.quiet()

    @property
    def loaded(self) -> bool:
        return bool(self.entry.state is ConfigEntryState.LOADED)

    def state(self, car: Car, entity: str) -> State:
        return state(self.hass, car.vin, entity)

    def shows(self, car: Car, entity: str) -> str:
        return self.state(car, entity).state

    def entity_id(self, car: Car, entity: str) -> str:
        return entity_id(self.hass, car.vin, entity)


async def is_done_soon(task: asyncio.Task[Any]) -> bool:
    """Return whether something is done without any time of the wall's."""
    for _ in range(LOOKS):
        if (await asyncio.wait((task,), timeout=PATIENCE / LOOKS))[0]:
            return True
    return False


def is_free(port: int, address: str = "127.0.0.1") -> bool:
    """Return whether nobody listens on a port."""
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((address, port))
        except OSError:
            return False
    return True
