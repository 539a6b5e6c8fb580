"""Fleet API in one region: every check a request has to pass, in Tesla's order, and then the call."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from . import commands, partner, purchases, telemetry_config, users, vehicles
from .accounts import Account
from .answers import REFUSALS, Answer, not_registered, wrong_region
from .asked import Asked
from .books import Books
from .endpoints import PARTNER, USER, Call, Table
from .partner import REGISTER
from .tokens import Partner, TokenInvalid, TokenOver

TABLE = Table(
    users.ENDPOINTS,
    vehicles.ENDPOINTS,
    commands.ENDPOINTS,
    purchases.ENDPOINTS,
    telemetry_config.ENDPOINTS,
    partner.ENDPOINTS,
)
LIVENESS = "/status"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a user through the application, or the application for itself."""

    kind: str
    account: Account
    client_id: str
    scopes: frozenset[str]


class Region:
    """One region's API.

    moved: it has gone to another address; whoever still asks here is sent there
    """

    def __init__(self, name: str, books: Books) -> None:
        """Serve from the books."""
        self.name = name
        self.moved = False
        self._books = books

    def find(self, method: str, path: str) -> tuple[str, Mapping[str, str]]:
        """Return the endpoint of a path."""
        return ("status", {}) if path == LIVENESS else TABLE.find(method, path)

    async def respond(self, asked: Asked) -> Answer:
        """Answer a request, bill it, and give it a number."""
        if asked.name == "status":
            return Answer(body="ok")
        answer = await self._checked(asked)
        if asked.name in TABLE.names():
            vin = self._car_named(asked)
            self._books.charge(TABLE[asked.name].category, answer.status, vin)
        return self._numbered(answer)

    async def _checked(self, asked: Asked) -> Answer:
        """Pass a request through every check; the first that fails answers."""
        who = self._signed_in(asked)
        if isinstance(who, Answer):
            return who
        refusal = (
            self._misplaced(asked, who)
            or self._unpaid()
            or self._nonexistent(asked)
            or self._one_too_many(asked, who.account)
        )
        if refusal is not None:
            return refusal
        endpoint = TABLE[asked.name]
        if who.kind not in endpoint.tokens:
            return REFUSALS["partner_expected" if endpoint.tokens == {PARTNER} else "missing_scopes"]
        if endpoint.scopes and not endpoint.scopes & who.scopes:
            return REFUSALS["missing_scopes"]
        answer = endpoint.serve(
            Call(
                asked=asked,
                books=self._books,
                account=who.account,
                client_id=who.client_id,
                scopes=who.scopes,
            )
        )
        return answer if isinstance(answer, Answer) else await answer

    def _signed_in(self, asked: Asked) -> Answer | Caller:
        """Return who asks, for which application and with which scopes, or why that is not known."""
        if not asked.bearer:
            return Answer(status=401)
        try:
            if (partner := self._books.tokens.read_partner(asked.bearer)) is not None:
                return self._application(partner)
            account, client_id, granted = self._books.tokens.read(asked.bearer)
        except TokenOver:
            return REFUSALS["token_expired"]
        except TokenInvalid:
            return REFUSALS["token_invalid"]
        # A scope that was taken back is gone at once, whatever the token still says.
        scopes = granted & account.consents.get(client_id, frozenset())
        return Caller(USER, account, client_id, scopes)

    def _application(self, partner: Partner) -> Answer | Caller:
        """Return an application that asks for itself, in the one region that its token is for."""
        if partner.audience != self._books.bases[self.name]:
            return REFUSALS["token_invalid"]
        everybody = Account(sub=partner.client_id, region=self.name, cars=self._books.cars())
        return Caller(PARTNER, everybody, partner.client_id, partner.scopes)

    def _misplaced(self, asked: Asked, who: Caller) -> Answer | None:
        """Refuse what is not said to be JSON, an unregistered application, a user from elsewhere."""
        books = self._books
        if asked.media_type != "application/json":
            return REFUSALS["not_acceptable"]
        if self.name not in books.application.registrations and asked.name != REGISTER:
            return not_registered(who.client_id, books.bases[self.name])
        # Asking for the region is the one call that every region answers.
        elsewhere = who.account.region != self.name and asked.name not in {"users_region", REGISTER}
        if self.moved or elsewhere:
            return wrong_region(books.bases[who.account.region], books.homing)
        return None

    def _unpaid(self) -> Answer | None:
        """Refuse everything, free calls too, once the billing limit is reached."""
        exceeded = self._books.ledger.exceeded(self._books.clock.now())
        return REFUSALS["billing_limit_exceeded"] if exceeded else None

    @staticmethod
    def _nonexistent(asked: Asked) -> Answer | None:
        """Refuse a path that is none, and a method that does not go with it."""
        refusals = {"unknown": "not_found", "other method": "method_not_allowed"}
        return REFUSALS[refusals[asked.name]] if asked.name in refusals else None

    def _one_too_many(self, asked: Asked, account: Account) -> Answer | None:
        """Count a request in the buckets of the account and of the car."""
        vin = asked.values.get("vin")
        counted = [account.sub, *([vin] if vin else [])]
        return self._books.too_many(TABLE[asked.name].category, counted)

    def _car_named(self, asked: Asked) -> str:
        """Return the VIN of the car that a path names, by VIN or by number."""
        tag = asked.values.get("vin", "")
        cars = {car.vin: car for car in self._books.cars()}
        if tag in cars or not tag:
            return tag
        return next((vin for vin, car in cars.items() if str(car.row()["id"]) == tag), "")

    def _numbered(self, answer: Answer) -> Answer:
        txid = str(UUID(int=self._books.random.getrandbits(128), version=4))
        if answer.status >= 400 and isinstance(answer.body, dict):
            answer = replace(answer, body={**answer.body, "txid": txid})
        return answer.with_headers({"X-TXID": txid})
