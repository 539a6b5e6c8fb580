"""The service: opened beside the cloud, with a verb for all that can be done to it."""

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from random import Random
import ssl
from typing import Any

from custom_components.tesla_direct.tesla.proto.vehicle_connectivity_pb2 import ConnectivityEvent

from ..car.car import Car
from ..certificates import Authorities
from ..clock import Clock
from ..cloud.accounts import Account
from ..cloud.asked import Asked
from ..cloud.books import Books
from ..cloud.cloud import Cloud
from ..fleet_telemetry.record import ALERTS, CONNECTIVITY, DATA, ERRORS, Record
from ..fleet_telemetry.server import FleetTelemetry
from ..service.tokens import Tokens
from ..tasks import Tasks
from . import spoken
from .accounts import Customer
from .desk import Desk
from .events import of_car
from .front import Front
from .mischief import CustomerMischief, StreamMischief, TeslemetryAnswers
from .office import DOMAIN, Office
from .routes import STREAMS
from .sign_in import CONNECT, SignIn
from .waking import Waking

HOSTNAME = "streaming.teslemetry.example"
POLLED_EVERY_S = 600.0  # simulated; cars that cannot stream
SITES_EVERY_S = 60.0  # simulated; energy sites
UID = "teslemetry-customer-1"
PAIRING = ("https://tesla.com/_ak/teslemetry.com", "https://teslemetry.com/key")


class Teslemetry(StreamMischief, CustomerMischief, TeslemetryAnswers):
    """The service for the users of one cloud.

    token:    a pasted one that is good
    customer: of a world that has only one; its cars are those of the cloud's first account
    """

    def __init__(  # noqa: PLR0913  # where it stands in its world
        self,
        cloud: Cloud,
        clock: Clock,
        tasks: Tasks,
        *,
        authorities: Authorities,
        folder: Path,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Prepare it; `folder` takes certificates."""
        random = Random(27)  # noqa: S311  # chance, not secrets; its own, so that no car is another for it
        self.books = books = Books(clock=clock, random=random)
        tokens = Tokens[Customer](clock.now, random)
        self.office = Office(
            clock=clock,
            random=random,
            books=books,
            tesla=cloud.books,
            tokens=tokens,
            waking=Waking(clock, tasks),
        )
        cloud.books.services[DOMAIN] = self.office.public_key
        self.customer = self.add_customer(UID, cloud.account)
        self.token = tokens.paste(self.customer)
        self.sign_in = SignIn(tokens, self.customer)
        self.desk = Desk(self.office, self.sign_in)
        self.front = Front(self.desk, self.office, books, port=port, tls=tls)
        self.server = FleetTelemetry(authorities, clock, folder, hostname=HOSTNAME)
        self.server.dispatchers.append(self._heard)
        self._clock = clock
        self._since_polling = POLLED_EVERY_S  # so that the first time is now
        self._since_sites = 0.0

    @property
    def base(self) -> str:
        """Return its address, without a slash at the end."""
        return self.front.base

    @property
    def authorize_url(self) -> str:
        """Return the address of the page on which a customer lets a program in."""
        return self.base + CONNECT

    @property
    def public_key(self) -> bytes:
        """Return the virtual key that has to be on a car's keychain for commands and streaming."""
        return self.office.public_key

    async def open(self) -> None:
        """Begin to listen, to clients and to cars."""
        await self.server.open()
        await self.front.open()
        where = self.server
        self.office.claims = {"hostname": where.hostname, "port": where.port, "ca": where.ca}
        self.follow()

    async def close(self) -> None:
        """End everything; whoever waits for an answer is let go."""
        self.office.books.faults.off()
        await self.front.close()
        await self.server.close()

    async def up(self) -> None:
        """Listen again to clients, at the same address."""
        await self.front.open()

    async def down(self) -> None:
        """Let nobody listen to clients; streams are dropped."""
        await self.front.close()

    def add_customer(self, uid: str, owner: Account) -> Customer:
        """Have one more customer, with a Tesla account of its own."""
        customer = Customer(uid=uid, owner=owner)
        self.office.customers.append(customer)
        return customer

    def strangers_token(self) -> str:
        """Give a token of somebody else, who has other cars or none."""
        uid = f"teslemetry-customer-{len(self.office.customers) + 1}"
        owner = Account(sub=uid, name="Robin Example", email="robin@example.org")
        return self.office.tokens.paste(self.add_customer(uid, owner))

    def pair(self, vin: str, link: str = PAIRING[0]) -> str:
        """Have a car's owner follow the pairing link and say yes; return what the app says.

        Raises: KeyError for a car that no customer has, ValueError where the keychain is full
        """
        if link.partition("?")[0].rstrip("/") not in PAIRING:
            return "invalid link"
        car = self._car(vin)
        if car.model.old:
            return "old car"
        car.pair_key(self.public_key)
        return "paired"

    def stream(self, vin: str, **fields: Any) -> None:
        """Give a car a configuration, as a customer does on the service's page; a number is an interval."""
        rows = {
            name: pace if isinstance(pace, dict) else {"interval_seconds": pace}
            for name, pace in fields.items()
        }
        claims = {**self.office.claims, "fields": rows, "alert_types": ["service"], "prefer_typed": True}
        self.office.feed(self._car(vin)).order({**claims, "delivery_policy": "latest"})

    def lift_limits(self, *, on: bool = True) -> None:
        """Count no request against the limits."""
        self.desk.lifted = on

    def storm(self, vin: str, events: int = 1000) -> None:
        """Say so many things of a car at once."""
        for number in range(events):
            self.say(vin, Soc=50.0 + number % 100 / 10)

    def requests(self, name: str | None = None) -> list[Asked]:
        """Return what was asked, oldest first; of one call only if it is named, "sse" is every stream."""
        names = STREAMS if name == "sse" else (name,)
        return [asked for asked in self.office.books.asked if name is None or asked.name in names]

    def counted(self) -> dict[str, Any]:
        """Return what was asked how often, and what was paid, for all customers together."""
        asked = Counter(one.name for one in self.office.books.asked)
        spent: Counter[str] = Counter()
        for customer in self.office.customers:
            spent.update(customer.credits.spent())
        return {
            "requests": dict(asked),
            "connects": sum(asked[name] for name in STREAMS),
            "open": len(self.office.streams),
            "credits": dict(spent),
            "balance": self.customer.credits.balance,
            "wakes": self.office.waking.wakes,
        }

    def paid(self) -> list[dict[str, Any]]:
        """Return every entry of the customer's bill."""
        return [asdict(entry) for entry in self.customer.credits.entries]

    def step(self, seconds: float) -> None:
        """Let simulated time pass."""
        self.follow()
        for feed in self.office.feeds.values():
            feed.step(seconds)
        self._since_sites += seconds
        if self._since_sites >= SITES_EVERY_S:
            self._since_sites = 0.0
            self._tell_of_sites()
        self._since_polling += seconds
        if self._since_polling >= POLLED_EVERY_S:
            self._since_polling = 0.0
            self._poll()

    def follow(self) -> None:
        """Know every car that there is, and what Tesla says of its state."""
        for car in self.office.cars():
            self.office.feed(car)
            last = self.office.memory.last(car.vin, "state")
            if last is None or last.said["state"] != car.state:
                event = of_car("state", car.vin, self._clock.now(), {"state": car.state})
                self.office.publish(event)

    def _car(self, vin: str) -> Car:
        """Find a customer's car.

        Raises: KeyError
        """
        return {car.vin: car for car in self.office.cars()}[vin]

    def _poll(self) -> None:
        """Ask the cars that cannot stream, if they are awake."""
        for car in self.office.cars():
            if not car.model.streams and car.state == "online":
                self.office.poll(car, may_locate=True)

    def _tell_of_sites(self) -> None:
        """Say what each site does, as it is asked once a minute."""
        now = self._clock.now()
        for customer in self.office.customers:
            for site in customer.sites.values():
                said = site.live_status(self.office.dialect.stamp(now))
                self.say_of_site("live_status", site.id, said)

    async def _heard(self, record: Record) -> None:
        """Put a car's record on the stream."""
        vin, message = record.vin, record.message
        if record.topic == CONNECTIVITY:
            status = ConnectivityEvent.Name(message.status)
            said: Any = self.office.dialect.connectivity(status, message.network_interface)
        elif record.topic == DATA:
            changes = self.office.memory.changes(vin, spoken.values(message))
            if not changes:
                return
            said = {"data": changes}
        elif record.topic in {ALERTS, ERRORS}:
            said = spoken.said(record.topic, message)
        else:
            return
        topic = "data" if record.topic == DATA else record.topic
        self.office.publish(of_car(topic, vin, spoken.seconds(message.created_at), said))
