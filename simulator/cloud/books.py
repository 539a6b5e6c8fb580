"""What all hosts of the cloud share: who there is, what was asked, what it costs, what goes wrong."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random

from ..car.car import Car
from ..clock import Clock
from .accounts import REGIONS, Account, Application
from .answers import Answer, rate_limited
from .asked import Asked
from .billing import Ledger
from .domains import Domains
from .faults import Faults
from .leg import Leg
from .limits import Limits
from .tokens import Tokens

USERINFO = "https://auth.tesla.com/oauth2/v3/userinfo"
ALL_REQUESTS = 300  # a minute; what the limit over all requests calls itself in its headers


@dataclass(slots=True, kw_only=True)
class Approval:
    """What the person at the sign-in page does.

    by_hand: fills in the form; otherwise the page answers at once
    refuse:  says no
    scopes:  grants only these; None means whatever was asked for
    account: signs in as; None is the first one
    """

    by_hand: bool = True
    refuse: bool = False
    scopes: frozenset[str] | None = None
    account: Account | None = None


@dataclass(slots=True)
class Books:
    """The cloud's memory.

    bases:         address of each region's host
    per_page:      rows a list gives at once
    limited_until: real time until which every API request is too much
    homing:        where a user out of region is told the right one: in the body, in a header
    registered_key: what the application's key is taken for where a verb registers it
    busy, busy_for: how often registering is answered with 429, None for always, and the seconds told
    taken:         domains that another application holds
    taken_keys:    and its keys
    services:      applications of others that users link their accounts with: the key of each, by its domain
    pairing_s:     simulated seconds until a key that was put on a car is known here
    once:          a key that is registered already is refused, though it is the same application's
    """

    clock: Clock
    random: Random
    accounts: list[Account] = field(default_factory=list)
    application: Application = field(default_factory=Application)
    approval: Approval = field(default_factory=Approval)
    bases: dict[str, str] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)
    ledger: Ledger = field(default_factory=Ledger)
    per_page: int = 100
    limited_until: float = 0.0
    homing: frozenset[str] = frozenset({"body", "header"})
    registered_key: bytes | None = None
    busy: int | None = 0
    busy_for: float | None = None
    taken: set[str] = field(default_factory=set)
    taken_keys: set[bytes] = field(default_factory=set)
    services: dict[str, bytes] = field(default_factory=dict)
    pairing_s: float = 0.0
    once: bool = False
    domains: Domains = field(default_factory=Domains)
    tokens: Tokens = field(init=False)
    limits: Limits = field(init=False)
    leg: Leg = field(init=False)

    def __post_init__(self) -> None:
        """Make what needs the clock."""
        self.tokens = Tokens(self.clock.now, self.random, self.audience)
        self.limits = Limits(self.clock.now)
        self.leg = Leg(self.clock)

    def audience(self) -> list[str]:
        """Return the bases an access token names."""
        return [*(self.bases[region] for region in REGIONS if region in self.bases), USERINFO]

    def charge(self, category: str, status: int, vin: str = "") -> None:
        """Enter an answer into the bill; at the limit the streaming configurations are deleted."""
        self.ledger.count(category, status, self.clock.now(), vin)
        self._cut_off()

    def charge_signals(self, count: int, vin: str = "") -> None:
        """Enter streamed values into the bill."""
        self.ledger.signals(count, self.clock.now(), vin)
        self._cut_off()

    def too_many(self, category: str, who: Iterable[str]) -> Answer | None:
        """Count a request against the limits; return the refusal if it is one too many."""
        now = self.clock.now()
        if now < self.limited_until:
            return rate_limited(ALL_REQUESTS, self.limited_until - now)
        limit, wait = self.limits.ask(category, *who)
        return rate_limited(limit, wait) if wait > 0 else None

    def cars(self) -> list[Car]:
        """Return every car there is, each once."""
        return list({car.vin: car for account in self.accounts for car in account.cars}.values())

    def _cut_off(self) -> None:
        if self.ledger.exceeded(self.clock.now()):
            for car in self.cars():
                if car.told is not None:
                    car.tell(None)
