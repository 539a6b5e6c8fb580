"""Fleet API in one region: every check a request has to pass, in Tesla's order, and then the call."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from . import commands, purchases, telemetry_config, users, vehicles
from .accounts import Account
from .answers import REFUSALS, Answer, not_registered, wrong_region
from .asked import Asked
from .books import Books
from .endpoints import Call, Table
from .tokens import TokenInvalid, TokenOver

TABLE = Table(
    users.ENDPOINTS,
    vehicles.ENDPOINTS,
    commands.ENDPOINTS,
    purchases.ENDPOINTS,
    telemetry_config.ENDPOINTS,
)
LIVENESS = "/status"


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
        answer = self._checked(asked)
        if asked.name in TABLE.names():
            vin = self._car_named(asked)
            self._books.charge(TABLE[asked.name].category, answer.status, vin)
        return self._numbered(answer)

    def _checked(self, asked: Asked) -> Answer:
        """Pass a request through every check; the first that fails answers."""
        known = self._signed_in(asked)
        if isinstance(known, Answer):
            return known
        account, client_id, scopes = known
        refusal = (
            self._misplaced(asked, account, client_id)
            or self._unpaid()
            or self._nonexistent(asked)
            or self._one_too_many(asked, account)
        )
        if refusal is not None:
            return refusal
        endpoint = TABLE[asked.name]
        if endpoint.scopes and not endpoint.scopes & scopes:
            return REFUSALS["missing_scopes"]
        return endpoint.serve(
            Call(asked=asked, books=self._books, account=account, client_id=client_id, scopes=scopes)
        )

    def _signed_in(self, asked: Asked) -> Answer | tuple[Account, str, frozenset[str]]:
        """Return who asks, for which application and with which scopes, or why that is not known."""
        if not asked.bearer:
            return Answer(status=401)
        try:
            account, client_id, granted = self._books.tokens.read(asked.bearer)
        except TokenOver:
            return REFUSALS["token_expired"]
        except TokenInvalid:
            return REFUSALS["token_invalid"]
        # A scope that was taken back is gone at once, whatever the token still says.
        return account, client_id, granted & account.consents.get(client_id, frozenset())

    def _misplaced(self, asked: Asked, account: Account, client_id: str) -> Answer | None:
        """Refuse what is not said to be JSON, an unregistered application, a user from elsewhere."""
        books = self._books
        if asked.media_type != "application/json":
            return REFUSALS["not_acceptable"]
        if self.name not in books.application.registrations:
            return not_registered(client_id, books.bases[self.name])
        # Asking for the region is the one call that every region answers.
        elsewhere = account.region != self.name and asked.name != "users_region"
        if self.moved or elsewhere:
            return wrong_region(books.bases[account.region], books.homing)
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
