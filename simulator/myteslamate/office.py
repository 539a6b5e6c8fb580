"""The service's memory: whose tokens are good for what, and what cars are told to stream."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
import json
from random import Random
from typing import Any, override

from cryptography.hazmat.primitives.asymmetric import ec

from ..car.authentication import public_bytes
from ..car.car import Car
from ..car.keychain import made_up_key
from ..cloud.accounts import SCOPES, Account
from ..cloud.asked import Asked
from ..cloud.books import Books
from ..service.feed import Feed
from ..service.tokens import Tokens

DOMAIN = "myteslamate.com"
APPLICATION = "myteslamate"  # what cars know the service by
GROUPS, GROUP_BITS = 4, 16  # of a pasted token: xxxx-xxxx-xxxx-xxxx
# What the service has cars stream unless it is told otherwise, with the seconds between two values;
# a place comes every 25 there.
FIELDS: Mapping[str, float] = {
    "ACChargingPower": 10,
    "BatteryLevel": 60,
    "ChargeLimitSoc": 60,
    "DCChargingPower": 10,
    "DetailedChargeState": 10,
    "DoorState": 10,
    "EstBatteryRange": 60,
    "Gear": 1,
    "GpsHeading": 10,
    "InsideTemp": 60,
    "Location": 25,
    "Locked": 10,
    "Odometer": 60,
    "OutsideTemp": 60,
    "RatedRange": 60,
    "SentryMode": 10,
    "Soc": 60,
    "VehicleSpeed": 10,
    "Version": 60,
}


@dataclass(slots=True, kw_only=True, eq=False)
class Member:
    """Somebody with a token of the service.

    owner:  the Tesla account that it is linked to; its cars are the member's
    scopes: what Tesla's sign-in granted to the service
    """

    owner: Account
    scopes: set[str] = field(default_factory=lambda: set(SCOPES))


class MemberTokens(Tokens[Member]):
    """Tokens in the service's form."""

    @override
    def new(self) -> str:
        groups = (f"{self._random.getrandbits(GROUP_BITS):04x}" for _ in range(GROUPS))
        return "-".join(groups)


@dataclass(slots=True, kw_only=True)
class Office:
    """Everything that calls and the stream share.

    books:      what was asked here, and what goes wrong here
    tesla:      the cloud's books, where the service has an application as everybody else
    claims:     where cars are told to connect: hostname, port and ca
    unsynced:   cars of which the service says that they have not taken their configuration on
    refuses_at: requests after which Tesla does not let the service in any more; None never
    """

    random: Random
    books: Books
    tesla: Books
    tokens: MemberTokens
    members: list[Member] = field(default_factory=list)
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: made_up_key(DOMAIN))
    feeds: dict[str, Feed] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    unsynced: set[str] = field(default_factory=set)
    refuses_at: int | None = None

    @property
    def public_key(self) -> bytes:
        """Return the virtual key that has to be on a car's keychain."""
        return public_bytes(self.key)

    def cars(self) -> Iterator[Car]:
        """Return every member's cars, each once."""
        yield from {car.vin: car for member in self.members for car in member.owner.cars}.values()

    def feed(self, car: Car) -> Feed:
        """Return what a car is told to stream to the service."""
        if car.vin not in self.feeds:
            self.feeds[car.vin] = Feed(car, self.public_key, APPLICATION)
        return self.feeds[car.vin]

    def order(self, car: Car, fields: Mapping[str, Any] | None) -> None:
        """Have a car stream some fields; a number is an interval, None everything that it knows."""
        rows = {} if fields is None else {"fields": {name: _pace(pace) for name, pace in fields.items()}}
        claims = {**self.claims, **rows, "alert_types": ["service"], "prefer_typed": True}
        self.feed(car).order(json.loads(json.dumps({**claims, "delivery_policy": "latest"})))


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that may be carried out; `car` is the one that the path names, if it names one."""

    asked: Asked
    office: Office
    member: Member
    car: Car | None = None


def _pace(pace: Any) -> dict[str, Any]:
    return dict(pace) if isinstance(pace, Mapping) else {"interval_seconds": pace}
