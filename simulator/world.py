"""The world: one clock, one cloud, and the cars that share them."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from random import Random
import ssl
from tempfile import TemporaryDirectory
import time
from typing import Any, Self

from .car.authentication import public_bytes
from .car.car import Car
from .car.collector import PERIOD_S
from .car.keychain import made_up_key
from .car.model import KINDS, Model
from .certificates import Authorities, Credential, server_certificate, stranger
from .clock import Clock
from .cloud.accounts import Account
from .cloud.cloud import Cloud
from .fleet_telemetry.mischief import Broadcast
from .fleet_telemetry.mqtt import MqttConfig
from .fleet_telemetry.pubsub import HttpPush, PubSub
from .fleet_telemetry.server import FleetTelemetry
from .myteslamate.service import MyTeslaMate
from .myteslamate.shown import Shown
from .myteslamate.streaming import StreamingServer
from .proxy.server import Proxy
from .tasks import Tasks
from .teslamate.logger import TeslaMate
from .teslemetry.service import Teslemetry

TICK = 0.05  # real seconds; shorter ones would only cost, longer ones would be seen
PHYSICS_S = 1.0  # the longest step that physics is asked to take at once
SETTLE_LIMIT = 5.0  # real seconds that a receiver has to answer what was sent while time was advanced


class World:
    """Everything that is simulated; an asynchronous context manager that leaves nothing behind.

    With `speed` 0 time stands still until `advance` is called, which makes a test repeatable.
    """

    def __init__(  # noqa: PLR0913  # the knobs of a world
        self,
        *,
        speed: float = 1.0,
        wall: Callable[[], float] = time.time,
        seed: int = 0,
        region: str = "eu",
        ports: Mapping[str, int] | None = None,
        tls: bool = False,
        authorities: Authorities | None = None,
    ) -> None:
        """Prepare a world.

        speed:       simulated seconds in a real one
        wall:        real time, seconds since 1970; every time that leaves the world is one of these
        ports:       of na, eu, cn and auth, where they must not be just any free ones
        tls:         the cloud speaks HTTPS, with a certificate of `cloud_ca`
        authorities: Tesla's; making them takes half a second, so that tests like to share them
        """
        self.clock = Clock(wall)
        self.authorities = authorities or Authorities()
        self.cars: dict[str, Car] = {}
        self._speed = speed
        self._random = Random(seed)  # noqa: S311  # chance, not secrets
        self._tasks = Tasks()
        self._folder = TemporaryDirectory(prefix="simulator-")
        self._billed: dict[str, int] = {}
        self._since_collecting = 0.0
        self._closings = AsyncExitStack()
        self.broadcast: Broadcast | None = None
        self.proxy: Proxy | None = None
        self._teslemetry: Teslemetry | None = None
        self._myteslamate: MyTeslaMate | None = None
        self.teslamate: TeslaMate | None = None
        self._ca = stranger("Simulated Web CA") if tls else None
        self._tls = self._server_tls()
        self.cloud = Cloud(self.clock, self._random, ports or {}, self._tls, region)

    async def __aenter__(self) -> Self:
        """Open the cloud and let time pass."""
        await self.cloud.open()
        if self._speed > 0:
            self._tasks.start(self._run(), "time")
        return self

    async def __aexit__(self, *_: object) -> None:
        """End everything; a bug in a task of the world comes up here."""
        try:
            await self._tasks.close()
        finally:
            await self._closings.aclose()
            await self.cloud.close()
            self._folder.cleanup()

    @property
    def cloud_ca(self) -> str | None:
        """Return the authority behind the cloud's HTTPS, None where it is plain HTTP."""
        return self._ca.certificate_pem() if self._ca else None

    @property
    def folder(self) -> str:
        """Return where the world keeps its certificates while it lasts."""
        return self._folder.name

    @property
    def speed(self) -> float:
        """Return how many simulated seconds pass in a real one."""
        return self._speed

    def add_car(
        self,
        kind: str | Model = "typed",
        *,
        account: Account | None = None,
        paired: bytes | str | bool | None = None,
        **changes: Any,
    ) -> Car:
        """Put a car into an account; `changes` are of its model, a VIN for instance.

        paired: the public key of the application, which then is on its keychain; or whether some key is
        """
        model = replace(KINDS[kind] if isinstance(kind, str) else kind, **changes)
        if isinstance(paired, bool):
            model = replace(model, paired=paired)
        if model.vin in self.cars:
            raise ValueError(f"there is a car {model.vin} already")
        path = self._credential_path(model.vin)
        self.authorities.car_certificate(model.vin).write(path)
        car = Car(model, self.clock, self._tasks, path, self._random)
        self.cars[model.vin] = car
        if model.paired:
            car.pair_key(public_bytes(made_up_key("an application")))
        if isinstance(paired, bytes | str):
            car.pair_key(paired)
        self.cloud.give(car, account)
        self._tasks.start(car.telemetry.connections.run(), f"{model.vin} telemetry")
        return car

    def certify(self, vin: str, credential: Credential | None = None, **how: Any) -> None:
        """Let a car show another certificate from its next connection on.

        how: as in `Authorities.car_certificate`, for one made by Tesla's authorities
        """
        shown = credential or self.authorities.car_certificate(vin, **how)
        shown.write(self._credential_path(vin))

    async def open_telemetry_server(self, **how: Any) -> FleetTelemetry:
        """Open a Fleet Telemetry server of an owner, which takes this world's cars until the world ends.

        how: as for `FleetTelemetry`; a car comes with `car.stream_to(name, **server.config())`
        """
        server = FleetTelemetry(self.authorities, self.clock, Path(self.folder), **how)
        return await self._closings.enter_async_context(server)

    async def publish(
        self,
        host: str,
        port: int,
        *,
        fields: Mapping[str, Any] | None = None,
        cars: Iterable[str] | None = None,
        **config: Any,
    ) -> None:
        """Open a Fleet Telemetry server that publishes to an MQTT broker; `broadcast` is its dispatcher.

        fields: what the cars stream there, with their intervals; without them all they know
        cars:   the VINs of those that do; all there are without it
        config: as for `MqttConfig`: form, topic_base, qos, retained, username, password
        """
        dispatcher = Broadcast(MqttConfig(host=host, port=port, **config), self._random, now=self.clock.now)
        await self._closings.enter_async_context(dispatcher)
        server = await self.open_telemetry_server()
        server.dispatchers.append(dispatcher)
        self.broadcast = dispatcher
        name = f"{dispatcher.config.form} {dispatcher.config.topic_base}"
        for vin in self.cars if cars is None else cars:
            self.cars[vin].stream_to(name, **server.config(fields))

    async def open_proxy(self, *, port: int = 0, **how: Any) -> Proxy:
        """Open an owner's Vehicle Command proxy until the world ends; its key is on every car that takes one.

        how: as for `Proxy`: timeout, names
        """
        if self.proxy is None:
            proxy = Proxy(self.cloud, Path(self.folder), port=port, cloud_ca=self.cloud_ca, **how)
            self.proxy = await self._closings.enter_async_context(proxy)
            for car in self.cars.values():
                if car.model.signs:
                    car.pair_key(proxy.public_key)
        return self.proxy

    async def open_teslemetry(self, port: int = 0) -> Teslemetry:
        """Open Teslemetry beside the cloud, for the users of its first account, until the world ends."""
        if self._teslemetry is None:
            service = Teslemetry(
                self.cloud,
                self.clock,
                self._tasks,
                authorities=self.authorities,
                folder=Path(self.folder),
                port=port,
                tls=self._tls,
            )
            await service.open()
            self._closings.push_async_callback(service.close)
            self._teslemetry = service
        return self._teslemetry

    async def open_teslamate(
        self,
        host: str,
        port: int,
        *,
        namespace: str = "",
        cars: Iterable[str] | None = None,
        discovery: bool = False,
        **config: Any,
    ) -> TeslaMate:
        """Open a TeslaMate of the user's own, which publishes to an MQTT broker until the world ends.

        cars:   the VINs of those that it logs, in the order of its numbers; all there are without it
        config: as for `MqttConfig`: username, password
        """
        if self.teslamate is None:
            logged = [self.cars[vin] for vin in (self.cars if cars is None else cars)]
            where = MqttConfig(host=host, port=port, qos=1, retained=True, **config)
            self.teslamate = TeslaMate(
                where, logged, self.clock, self._tasks, namespace=namespace, discovery=discovery
            )
            await self.teslamate.open()
            self._closings.push_async_callback(self.teslamate.close)
        return self.teslamate

    @property
    def teslemetry(self) -> Teslemetry:
        """Return Teslemetry.

        Raises: LookupError where it has not been opened
        """
        if self._teslemetry is None:
            raise LookupError("Teslemetry has not been opened in this world")
        return self._teslemetry

    async def open_myteslamate(self, port: int = 0, stream_port: int = 0, **how: Any) -> MyTeslaMate:
        """Open MyTeslaMate beside the cloud, for the users of its first account, until the world ends.

        how: as for `MyTeslaMate`: tags
        """
        if self._myteslamate is None:
            service = MyTeslaMate(
                self.cloud,
                self.clock,
                authorities=self.authorities,
                folder=Path(self.folder),
                ports=(port, stream_port),
                ca=self._ca,
                **how,
            )
            await service.open()
            self._closings.push_async_callback(service.close)
            self._myteslamate = service
        return self._myteslamate

    async def open_streaming_server(
        self,
        *,
        fields: Mapping[str, Any] | None = None,
        cars: Iterable[str] | None = None,
        certificate: str | None = None,
        port: int = 0,
    ) -> StreamingServer:
        """Open a streaming server of an owner, fed by a Fleet Telemetry server by way of Pub/Sub's push.

        fields:      what the cars stream there, with their intervals; without them all they know
        cars:        the VINs of those that do; all there are without it
        certificate: the kind that it shows, of `shown.KINDS`; without it it speaks plainly
        """
        folder = Path(self.folder)
        shown = Shown(certificate, folder, self._ca) if certificate else None
        enter = self._closings.enter_async_context
        streaming = await enter(StreamingServer(port=port, shown=shown))
        server = await self.open_telemetry_server()
        server.dispatchers.append(PubSub(await enter(HttpPush(streaming.push_address))))
        for vin in self.cars if cars is None else cars:
            self.cars[vin].stream_to("telemetry_V", **server.config(fields))
        return streaming

    @property
    def myteslamate(self) -> MyTeslaMate:
        """Return MyTeslaMate.

        Raises: LookupError where it has not been opened
        """
        if self._myteslamate is None:
            raise LookupError("MyTeslaMate has not been opened in this world")
        return self._myteslamate

    def write_certificates(self, folder: Path) -> None:
        """Write what each car shows, with its key, into files named by VIN."""
        folder.mkdir(parents=True, exist_ok=True)
        for vin in self.cars:
            target = folder / f"{vin}.pem"
            target.touch(mode=0o600)
            target.write_bytes(self._credential_path(vin).read_bytes())

    def start(self, script: Callable[[Car, Clock], Coroutine[Any, Any, None]], car: Car) -> None:
        """Let a car follow a script until the world ends."""
        self._tasks.start(script(car, self.clock), f"{car.vin} script")

    async def advance(self, seconds: float) -> None:
        """Let simulated seconds pass at once, and everything that belongs to them happen.

        Returns when what was sent is answered, or when it is clear that it will not be.
        """
        while seconds > 1e-9:
            piece = min(seconds, PERIOD_S)
            self._step(piece)
            seconds -= piece
            await asyncio.sleep(0)
        await self.settled()

    async def settled(self, limit: float = SETTLE_LIMIT) -> bool:
        """Wait until every record of a connected car is answered; tell whether that came true."""
        try:
            async with asyncio.timeout(limit):
                for car in self.cars.values():
                    for client in car.clients:
                        await client.connections.settled()
                if self.teslamate is not None:
                    await self.teslamate.settled()
        except TimeoutError:
            return False
        return True

    async def _run(self) -> None:
        last = time.monotonic()
        while True:
            await asyncio.sleep(TICK)
            now = time.monotonic()
            passed, last = (now - last) * self._speed, now
            self._step(passed)

    def _step(self, seconds: float) -> None:
        """Let time pass for everybody; what is due is sent at most once in each step."""
        self._since_collecting += seconds
        while seconds > 1e-9:
            piece = min(seconds, PHYSICS_S)
            self.clock.advance(piece)
            for car in self.cars.values():
                car.step(piece)
            if self._teslemetry is not None:
                self._teslemetry.step(piece)
            if self._myteslamate is not None:
                self._myteslamate.step(piece)
            if self.teslamate is not None:
                self.teslamate.step()
            seconds -= piece
        if self._since_collecting >= PERIOD_S - 1e-9:
            self._since_collecting = 0.0
            for car in self.cars.values():
                car.collect()
        self._bill()

    def _bill(self) -> None:
        """Enter what the cars have streamed since the last time."""
        for vin, car in self.cars.items():
            signals = car.telemetry.outbox.tally.signals
            self.cloud.books.charge_signals(signals - self._billed.get(vin, 0), vin)
            self._billed[vin] = signals

    def _credential_path(self, vin: str) -> Path:
        return Path(self.folder) / f"{vin}.pem"

    def _server_tls(self) -> ssl.SSLContext | None:
        if self._ca is None:
            return None
        path = Path(self.folder) / "cloud.pem"
        server_certificate(self._ca, "127.0.0.1", "localhost").write(path)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(path)
        return tls
