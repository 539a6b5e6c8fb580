"""The sources of a car, each wired from the car's client to what Home Assistant is configured to hear."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from custom_components.tesla_direct.tesla.fleet_api import provider
from custom_components.tesla_direct.tesla.fleet_api.oauth import lasting
from simulator.broker import Broker
from simulator.car.car import Car
from simulator.car.telemetry import Telemetry
from simulator.fleet_telemetry.mischief import Broadcast
from simulator.teslemetry.service import UID, Teslemetry
from simulator.world import World

from .certificates import HOST, make
from .child import Child
from .config import NO_CLOUD, signed_in
from .frames import vin
from .sources_home import SENTINEL

BASE = "telemetry"
# What may be asked: with commands there would be controls, which a broker alone cannot have.
READ = ("vehicle_device_data", "vehicle_location")
FORMS = {"mqtt topics": "topics", "mqtt records": "records"}
RECEIVER, SSE = "receiver", "sse"
LINES = (RECEIVER, *FORMS, SSE)
QUIET_S = 1.5  # real seconds after which the broker has given all that it has kept
PATIENCE_S = 60.0  # simulated seconds in which cars find where they stream to


@dataclass(frozen=True, slots=True)
class Word:
    """A number that a car tells to see how soon it is shown.

    key:   of the entity
    first: the number that it begins with
    shown: what one of it is shown as
    """

    key: str = "battery_level"
    first: float = 10.0
    shown: float = 1.0


@dataclass(slots=True)
class Line:
    """One source of the world's only car.

    name: one of LINES
    """

    name: str
    world: World
    broker: Broker
    fields: Mapping[str, Any]
    folder: Path
    _marks: int = field(default=0, init=False)

    @property
    def feed(self) -> str:
        """Return what the integration calls it."""
        return "mqtt" if self.name in FORMS else self.name

    @property
    def car(self) -> Car:
        """Return the car."""
        (car,) = self.world.cars.values()
        return car

    @property
    def has_cloud(self) -> bool:
        """Return whether its account has somebody to ask."""
        return self.name not in FORMS

    @property
    def needs_broker(self) -> bool:
        """Return whether Home Assistant hears it by MQTT."""
        return self.name in FORMS

    @property
    def service(self) -> Teslemetry:
        """Return Teslemetry."""
        return self.world.teslemetry

    @property
    def client(self) -> Telemetry:
        """Return what the car tells it with."""
        car = self.car
        if self.name == RECEIVER:
            return car.telemetry
        return next(client for name, client in car.streams.items() if name.startswith(self._application))

    @property
    def _application(self) -> str:
        return FORMS.get(self.name, "teslemetry")

    @property
    def publisher(self) -> Broadcast:
        """Return what publishes to the broker."""
        cast = self.world.broadcast
        assert cast is not None  # noqa: S101  # it was opened
        return cast

    @property
    def subentry(self) -> dict[str, Any]:
        """Return it as a further source of an account."""
        if self.name == SSE:
            row = provider.teslemetry(self.service.base).to_dict()
            data = {"provider": row, "account": UID}
            return {
                "subentry_type": "teslemetry",
                "title": "Teslemetry",
                **subentry_id(f"teslemetry:{UID}", data),
            }
        return broker_subentry(FORMS[self.name])

    @property
    def tokens(self) -> dict[str, Any]:
        """Return the token that the further source needs."""
        return {f"teslemetry:{UID}": self._token()} if self.name == SSE else {}

    def alone(self) -> dict[str, Any]:
        """Return the configuration of an account, or of none, that has no other source."""
        if self.name == RECEIVER:
            return signed_in(self.world)
        if self.name in FORMS:
            return broker_alone(FORMS[self.name])
        customer = self.service.customer
        self.service.revoke_scope(*customer.scopes - set(READ))  # the account has what it is told there
        data = account_data(f"teslemetry-{UID}", provider.teslemetry(self.service.base).to_dict(), READ)
        return NO_CLOUD | {"account": UID, "token": self._token(), "data": data}

    async def open(self, home: Child) -> None:
        """Have the car tell; returns when a connection is known."""
        if self.name == RECEIVER:
            self.lead(home.ready["port"])
        elif self.name in FORMS:
            await self.world.publish(
                "127.0.0.1", self.broker.port, fields=self.fields, topic_base=BASE, form=FORMS[self.name]
            )
        else:
            self.service.pair(self.car.vin)
            self.service.stream(self.car.vin, **self.fields)
        await self.connected()

    def lead(self, port: int) -> None:
        """Lead the car to a port of our receiver."""
        ca = make(self.folder, 1).authority.certificate
        told = {"prefer_typed": True, "delivery_policy": "latest", "fields": dict(self.fields)}
        self.car.stream(hostname=HOST, port=port, ca=ca, alert_types=["service"], **told)

    async def connected(self) -> None:
        """Wait until the car tells."""
        await self.world.advance(PATIENCE_S)
        connections = self.client.connections
        await connections.until(lambda: bool(connections.open))
        await self.world.advance(PATIENCE_S)

    async def arrived(self, home: Child) -> None:
        """Wait until all that the car has said is known; cars' own connections are answered when it is."""
        await self.world.settled()
        if self.name == RECEIVER:
            return
        self._marks += 1
        if self.name == SSE:
            self.service.say_text(f"data: {SENTINEL}\n\n")
        else:
            await self._say_nothing()
        await home.ask(do="arrived", feed=self.feed, count=self._marks)

    async def found(self, home: Child) -> None:
        """Wait until the source works, and what is said is heard."""
        self._marks = 0
        if self.name == RECEIVER:
            return
        await home.ask(do="works", feed=self.feed)
        if self.needs_broker:
            # Home Assistant takes its time until it has subscribed; what the broker keeps waits for that.
            await self._say_nothing(retained=True)
            await home.ask(do="arrived", feed=self.feed, count=1)
            await asyncio.sleep(QUIET_S)  # what it has kept from an earlier time comes as well
            self._marks = (await home.ask(do="arrived", feed=self.feed, count=1))["count"]

    async def _say_nothing(self, *, retained: bool = False) -> None:
        vin = self.car.vin
        if self.name == "mqtt topics":
            await self.publisher.say(f"{vin}/v/Soc", SENTINEL, retained=retained)
        else:
            await self.publisher.say("V", f'{{"vin":"{vin}",{SENTINEL}', retained=retained)

    async def tell_all(self) -> None:
        """Have the car tell each field again: it, too, tells each only so often."""
        await self.car.push(*self.client.last_sent)

    async def tell_word(self, number: float) -> None:
        """Have the car tell a number, which is shown as `word`."""
        await self.car.push(BatteryLevel=number)

    @property
    def word(self) -> Word:
        """Return as what it is shown."""
        return Word()

    @property
    def signals(self) -> int:
        """Return how many signals the car has told."""
        signals: int = self.client.outbox.tally.signals
        return signals

    @property
    def paid(self) -> int:
        """Return how many requests were paid for, at Tesla and at the service."""
        billed = self.world.cloud.billed()
        requests = sum(count for name, count in billed.items() if name in ("command", "data", "wake"))
        if self.name != SSE:
            return requests
        return requests + sum(int(spent) for spent in self.service.counted()["credits"].values())

    @property
    def fetches(self) -> int:
        """Return how often the car was asked for all it knows, at Tesla and at the service."""
        return len(self.world.cloud.requests("vehicle_data")) + len(self.service.requests("vehicle_data"))

    def _token(self) -> dict[str, Any]:
        return kept(self.service.token)


def kept(token: str) -> dict[str, Any]:
    """Return a pasted token as it is kept."""
    lasts = asdict(lasting(token, READ, 0.0))
    return lasts | {"scopes": sorted(lasts["scopes"])}


def broker_subentry(form: str) -> dict[str, Any]:
    """Return a broker as a source of an entry."""
    topic = BASE if form == "topics" else "#"
    data = {"form": form, "topic": topic}
    return {"subentry_type": "mqtt", "title": f"MQTT ({topic})", **subentry_id(f"mqtt:{topic}", data)}


def broker_alone(form: str) -> dict[str, Any]:
    """Return the configuration of cars that are known from a broker alone."""
    data = account_data("none", {"name": "none"}, READ)
    return NO_CLOUD | {"account": "none", "data": data, "subentries": [broker_subentry(form)]}


def subentry_id(unique_id: str, data: dict[str, Any]) -> dict[str, Any]:
    """Return what a further source is known by, and made of."""
    return {"subentry_id": unique_id.replace(":", "_"), "unique_id": unique_id, "data": data}


def account_data(client_id: str, row: dict[str, Any], scopes: Iterable[str]) -> dict[str, Any]:
    """Return what the entry of an account is made of."""
    return {
        "provider": row,
        "region": "",
        "client_id": client_id,
        "scopes": list(scopes),
        "vehicles": {vin(1): "Car 1"},
        "receiver": "never",
        "unfinished": [],
    }
