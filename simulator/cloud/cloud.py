"""The cloud, with a verb for everything that can be done to it and a record of what it did."""

from collections.abc import Callable, Collection, Mapping, Sequence
from random import Random
import ssl
from typing import Any
from uuid import UUID

from ..car.car import Car
from ..car.firmware import LOCATED
from ..clock import Clock
from .accounts import SCOPES, Account
from .answers import REFUSALS, Answer
from .asked import Asked
from .books import Approval, Books
from .faults import EVERYTHING, SPOILED, Fault
from .mischief import Mischief
from .oauth import ENDPOINTS
from .phone import Phone
from .portal import Portal
from .region import TABLE
from .servers import Servers

ENDPOINT_NAMES = frozenset({*TABLE.names(), "status", *ENDPOINTS.values(), EVERYTHING})


class Cloud(Servers, Mischief, Portal, Phone):
    """Tesla's cloud for one application and its users.

    account: the user of a world that has only one
    """

    def __init__(
        self,
        clock: Clock,
        random: Random,
        ports: Mapping[str, int],
        tls: ssl.SSLContext | None,
        region: str,
    ) -> None:
        """Prepare it, with one account in `region`."""
        super().__init__(Books(clock, random), ports, tls)
        self.account = self.add_account(region=region)

    def add_account(self, *, region: str = "eu", email: str = "driver@example.org") -> Account:
        """Add a user."""
        sub = str(UUID(int=self.books.random.getrandbits(128), version=4))
        account = Account(sub=sub, email=email, region=region)
        self.books.accounts.append(account)
        return account

    def requests(self, name: str | None = None) -> list[Asked]:
        """Return what was asked, oldest first; of one endpoint only if it is named."""
        if name is not None:
            _known(name)
        return [asked for asked in self.books.asked if name in {None, asked.name}]

    def billed(self, vin: str | None = None) -> dict[str, int]:
        """Return what was billed this month, by category; of one car only if it is named."""
        return self.books.ledger.counts(self.books.clock.now(), vin)

    def bill(self) -> dict[str, float | None]:
        """Return this month's dollars: gross, net of the discount, and the limit."""
        ledger, now = self.books.ledger, self.books.clock.now()
        return {"gross": ledger.gross(now), "net": ledger.net(now), "limit": ledger.limit}

    def refuse(  # noqa: PLR0913  # each is one way in which an answer can be wrong
        self,
        endpoint: str,
        error: str | int = "service_unavailable",
        *,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        after: bool = False,
        times: int | None = None,
    ) -> None:
        """Answer an endpoint with an error: one of Tesla's by name, or a status with any body.

        after: the request is carried out first
        times: how often; until taken back without it
        """
        if isinstance(error, str):
            answer = REFUSALS[error]
        else:
            answer = Answer(status=error, body=body, headers=headers or {})
        self._fault(Fault(endpoint=endpoint, answer=answer, after=after, times=times))

    def spoil(self, endpoint: str, how: str = "html", times: int | None = None) -> None:
        """Spoil true answers: "truncated", "empty", "list", "html" or "not json"."""
        self._fault(Fault(endpoint=endpoint, spoil=SPOILED[how], after=True, times=times))

    def hang(self, endpoint: str, *, after: bool = False, times: int | None = None) -> None:
        """Never answer."""
        self._fault(Fault(endpoint=endpoint, after=after, times=times))

    def drop(self, endpoint: str, *, after: bool = False, times: int | None = None) -> None:
        """Hang up without an answer."""
        self._fault(Fault(endpoint=endpoint, drop=True, after=after, times=times))

    def delay(self, endpoint: str, seconds: float, times: int | None = None) -> None:
        """Answer late, by real seconds."""

        def unspoilt(answer: Answer) -> Answer:
            return answer

        self._fault(Fault(endpoint=endpoint, spoil=unspoilt, after=True, delay=seconds, times=times))

    def accept(self, endpoint: str = EVERYTHING) -> None:
        """Take back what was done to an endpoint, without its name everywhere, and a general rate limit."""
        self.books.faults.off(_known(endpoint))
        self.books.limited_until = 0.0
        if endpoint == EVERYTHING:
            self.straighten()

    def lift_limits(self, *, on: bool = True) -> None:
        """Count no request against the limits."""
        self.books.limits.lifted = on

    def limit_rate(self, seconds: float = 30.0) -> None:
        """Call every request one too many for so many real seconds."""
        self.books.limited_until = self.books.clock.now() + seconds

    def set_billing_limit(self, dollars: float | None = None) -> None:
        """Set what may be spent in a month beyond the discount; None takes the limit away."""
        self.books.ledger.limit = dollars

    def set_token_lifetime(self, seconds: float = 28_800.0) -> None:
        """Let access tokens issued from now on live so long."""
        self.books.tokens.lifetime = seconds

    def set_page_size(self, rows: int = 100) -> None:
        """Give so many rows of a list at once."""
        self.books.per_page = rows

    def approve(self, scopes: Sequence[str] | None = None, email: str | None = None) -> None:
        """Let the sign-in page answer by itself: yes, to all scopes or to some, as one of the users."""
        chosen = None if scopes is None else frozenset(scopes)
        account = next((one for one in self.books.accounts if one.email == email), None)
        self.books.approval = Approval(by_hand=False, scopes=chosen, account=account)

    def decline(self) -> None:
        """Let the sign-in page answer by itself: no."""
        self.books.approval = Approval(by_hand=False, refuse=True)

    def ask_by_hand(self) -> None:
        """Have a person fill in the sign-in page."""
        self.books.approval = Approval()

    def expire_login(self, *, access_too: bool = True) -> None:
        """Make everybody sign in again, as after a new password."""
        for account in self.books.accounts:
            self.books.tokens.forget(account, access_too=access_too)

    def revoke_scope(self, *scopes: str) -> None:
        """Take consent back; a streaming configuration that needs it is deleted."""
        self._consent(lambda granted: granted - set(scopes))
        for car in self.books.cars():
            told = car.told
            if told and (
                "vehicle_device_data" in scopes
                or ("vehicle_location" in scopes and not LOCATED.isdisjoint(told.fields))
            ):
                car.tell(None)

    def restore_scope(self, *scopes: str) -> None:
        """Give consent again, as the user can on Tesla's page."""
        self._consent(lambda granted: granted | (set(scopes) & set(SCOPES)))

    def move_account(self, region: str) -> None:
        """Let the users live in another region."""
        for account in self.books.accounts:
            account.region = region

    def tell_region(self, *where: str) -> None:
        """Tell users out of region where to go in the "body", in the "header", in both or nowhere."""
        self.books.homing = frozenset(where)

    def take_away(self, vin: str) -> None:
        """Take a car from everybody's account."""
        for account in self.books.accounts:
            account.cars = [car for car in account.cars if car.vin != vin]

    def give(self, car: Car, account: Account | None = None) -> None:
        """Put a car into an account."""
        (account or self.account).cars.append(car)

    def _consent(self, change: Callable[[frozenset[str]], Collection[str]]) -> None:
        for account in self.books.accounts:
            for client_id, granted in account.consents.items():
                account.consents[client_id] = frozenset(change(granted))

    def _fault(self, fault: Fault) -> None:
        _known(fault.endpoint)
        self.books.faults.on(fault)


def _known(endpoint: str, names: Collection[str] = ENDPOINT_NAMES) -> str:
    """Return a name that is one; a fault at a misspelt endpoint would silently never be met."""
    if endpoint not in names:
        raise KeyError(endpoint)
    return endpoint
