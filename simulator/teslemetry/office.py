"""The service's memory, and what every call needs: paying, telling, waking, forwarding."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from ..car.authentication import public_bytes
from ..car.car import Car
from ..car.keychain import made_up_key
from ..clock import Clock
from ..cloud.answers import Answer
from ..cloud.asked import Asked
from ..cloud.books import Books
from ..service.feed import Feed
from ..service.tokens import Tokens
from .accounts import Customer
from .dialect import Dialect
from .events import Event, Memory, of_car
from .stream import Stream
from .waking import Waking

DOMAIN = "teslemetry.com"
APPLICATION = "teslemetry"  # what cars know the service by


@dataclass(slots=True, kw_only=True)
class Office:
    """Everything that calls and stream share.

    books:    what was asked here, and what goes wrong here
    tesla:    the cloud's books, where the service has an application as everybody else
    claims:   where cars are told to connect: hostname, port and ca
    anonymous: credits events leave out which car they are about; None leaves that to chance
    setbacks: what Tesla answers next to commands that the service passes on
    polled:   the newest vehicle data of each car, and when it was asked for
    unknown:  fields that cars know and the service has not heard of
    """

    clock: Clock
    random: Random
    books: Books
    tesla: Books
    tokens: Tokens[Customer]
    waking: Waking
    customers: list[Customer] = field(default_factory=list)
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: made_up_key(DOMAIN))
    memory: Memory = field(default_factory=Memory)
    streams: list[Stream] = field(default_factory=list)
    feeds: dict[str, Feed] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    setbacks: list[Answer] = field(default_factory=list)
    polled: dict[str, tuple[float, dict[str, Any]]] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    anonymous: bool | None = None
    dialect: Dialect = field(init=False)

    def __post_init__(self) -> None:
        """Learn to write."""
        self.dialect = Dialect(random=self.random)

    @property
    def public_key(self) -> bytes:
        """Return the virtual key that has to be on a car's keychain."""
        return public_bytes(self.key)

    def cars(self) -> Iterator[Car]:
        """Return every customer's cars, each once."""
        yield from {car.vin: car for customer in self.customers for car in customer.cars}.values()

    def feed(self, car: Car) -> Feed:
        """Return what a car is told to stream to the service."""
        if car.vin not in self.feeds:
            self.feeds[car.vin] = Feed(car, self.public_key, APPLICATION)
        return self.feeds[car.vin]

    def publish(self, event: Event) -> None:
        """Tell everybody whose car or site it is about."""
        self.memory.note(event)
        for stream in tuple(self.streams):
            if self._concerns(event, stream.customer):
                stream.tell(event)

    def snapshot(self, customer: Customer) -> Iterator[Event]:
        """Say what is so for whoever begins to listen: of the cars, of the sites, and the balance."""
        for car in customer.cars:
            if customer.pays_for(car.vin):
                yield from self.memory.snapshot(car.vin)
        for site in customer.sites.values():
            yield from self.memory.snapshot(str(site.id))
        said = {"type": "snapshot", "cost": 0, "name": "snapshot", "balance": customer.credits.balance}
        now = self.clock.now()
        yield Event(topic="credits", whom={}, said={"credits": said | {"quota": {}}}, at=now, cached=True)

    def pay(self, customer: Customer, kind: str, name: str, vin: str) -> None:
        """Take credits, and tell the stream."""
        entry = customer.credits.spend(kind, name, vin, self.clock.now())
        hidden = self.random.random() < 0.5 if self.anonymous is None else self.anonymous
        whom = {} if hidden else {"vin": vin}
        event = Event(topic="credits", whom=whom, said={"credits": entry.said()}, at=entry.at)
        for stream in tuple(self.streams):
            if stream.customer is customer:
                stream.tell(event)

    def poll(self, car: Car, *, may_locate: bool) -> dict[str, Any] | None:
        """Ask a car for everything, keep it and tell the stream; None if it does not answer."""
        data = car.vehicle_data(EVERYTHING, may_locate=may_locate)
        if data is None:
            return None
        now = self.clock.now()
        self.polled[car.vin] = (now, data)
        self.publish(of_car("vehicle_data", car.vin, now, {"vehicle_data": data}))
        return data

    def _concerns(self, event: Event, customer: Customer) -> bool:
        """Tell whether a customer is told of an event."""
        if event.vin:
            return customer.car(event.vin) is not None and customer.pays_for(event.vin)
        site = event.whom.get("site_id", event.whom.get("id"))
        return site is None or int(site) in customer.sites


EVERYTHING = (
    "charge_state",
    "climate_state",
    "closures_state",
    "drive_state",
    "gui_settings",
    "location_data",
    "vehicle_config",
    "vehicle_state",
    "charge_schedule_data",
    "preconditioning_schedule_data",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that may be carried out.

    car: which the path names, if it names one
    """

    asked: Asked
    office: Office
    customer: Customer
    vin: str = ""

    @property
    def car(self) -> Car:
        """Return the car that the path names."""
        found = self.customer.car(self.vin)
        if found is None:
            raise KeyError(self.vin)
        return found

    def pay(self, kind: str, name: str = "") -> None:
        """Take credits for this call."""
        self.office.pay(self.customer, kind, name or self.asked.name, self.vin)
