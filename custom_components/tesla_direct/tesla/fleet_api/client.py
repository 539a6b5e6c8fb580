"""[I/O] Requests to Tesla's REST interface, or to a provider of the same, over aiohttp.

One gate for all of them: budget, limits, token, round trip, ledger. Nothing is retried here but what a
renewed token or the right region heals, and that once; the rest is for callers, who know what it means.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
import logging
from typing import Any, Protocol

from aiohttp import ClientSession

from ..errors import (
    AnswerUnreadable,
    BillingLimitExceeded,
    CertificateUnexpected,
    LoginExpired,
    NotRegistered,
    NotSent,
    RateLimited,
    TeslaError,
    TokenRefused,
    WireError,
    WrongRegion,
)
from . import endpoints, rows
from .budget import Budget, Verdict
from .claims import read_claims
from .endpoints import Endpoint, Price, Token
from .ledger import Cause, Line
from .limits import Limits, Rate, Together
from .provider import Provider
from .request import Call, Params, build
from .response import Answer, Reader, read, read_file
from .rows import FleetStatus, Home, Products, Vehicle
from .shown import shown_by
from .transport import Trust, fetch

# Seconds for one answer. What the cloud knows by itself it says at once. For what it has to ask the car
# it needs longer, and gives up by itself (408, 504); we wait longer than that, as only its answer tells
# whether the car has acted.
CLOUD_LIMIT = 30.0
CAR_LIMIT = 60.0
PATIENCE = 10.0  # seconds that a request waits for an empty bucket before it is refused
PAGES_LIMIT = 20  # of the list of cars, 100 each: a list that never ends must end
PAGE = 100  # rows

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Wish:
    """A call, whom the ledger files it under, and what the budget has to know of it."""

    call: Call
    line: Line
    optional: bool = False
    consent: bool = False


class Tokens(Protocol):
    """Who hands out access tokens; `TokenKeeper` for an account."""

    async def access_token(self) -> str:
        """Return a good one."""

    async def replace(self, refused: str) -> str:
        """Return another one than that."""


class FleetApi:
    """One account's access to Tesla's REST interface.

    base:      the address of the region's API
    car_limit: seconds for an answer that a car has to be asked for
    skipped:   how many rows of answers could not be read so far
    """

    def __init__(  # noqa: PLR0913  # what it stands on, each named at the only place that makes one
        self,
        session: ClientSession,
        provider: Provider,
        base: str,
        *,
        tokens: Tokens,
        budget: Budget,
        limits: Limits,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        ssl: Trust = None,
        on_base_changed: Callable[[str], None] | None = None,
        moves: bool = True,
        billed_as: Callable[[Answer], int | None] | None = None,
        on_reached: Callable[[NotSent | None], None] = lambda _: None,
    ) -> None:
        """Ask the API at `base`; `on_base_changed` is told when the account turns out to live elsewhere.

        clock: seconds since 1970
        moves: follow the account; who asks for something in one region does not
        billed_as: returns the status by which an answer is billed, None if nobody knows; by itself it is
                   the answer's own
        on_reached: is told why nobody could be asked, None whenever somebody has answered
        """
        self.base = base
        self.skipped = 0
        self._session = session
        self._provider = provider
        self._tokens = tokens
        self._budget = budget
        self._limits = limits
        self._clock = clock
        self._sleep = sleep
        self._ssl = ssl
        self._on_base_changed = on_base_changed
        self._moves = moves
        self._billed_as = billed_as
        self._on_reached = on_reached
        # A provider that wakes cars by itself needs the time for that, too.
        self.car_limit = max(CAR_LIMIT, provider.patience)
        if provider.requests_per_minute is not None and limits.in_all is None:
            limits.in_all = Together(Rate(provider.requests_per_minute, 60.0))

    async def request(  # noqa: PLR0913  # the one gate: all that it decides by, and all that it sends
        self,
        endpoint: Endpoint,
        *,
        cause: Cause,
        by: str | None = None,
        what: str | None = None,
        optional: bool = False,
        consent: bool = False,
        vin: str | None = None,
        params: Params | None = None,
        json: Mapping[str, Any] | None = None,
        reader: Reader[dict[str, Any]] = read,
    ) -> dict[str, Any]:
        """Return the whole JSON object of the answer; its member `response` mostly is what was asked for.

        cause:    who wanted it, for the ledger and the budget
        by:       which automation, script or person
        what:     the command, where the endpoint carries many
        optional: nobody would miss it, so it is the first to stop when money runs short
        consent:  the user lets it go over the budget
        reader:   who has more to say of a refusal
        Raises: OverBudget without asking anybody, RateLimited and BillingLimitExceeded also so; TokenRefused
                only if a renewed token is refused too; else what the answer means
        """
        call = Call(endpoint=endpoint, vin=vin, params=params, json=json)
        line = Line(endpoint.price, cause, vin, by, what or endpoint.name)
        return await self._answered(_Wish(call, line, optional, consent), reader)

    async def file(
        self,
        endpoint: Endpoint,
        *,
        cause: Cause,
        by: str | None = None,
        consent: bool = False,
        vin: str | None = None,
    ) -> bytes:
        """Return the file that an endpoint answers with.

        Raises: as `request`
        """
        line = Line(endpoint.price, cause, vin, by, endpoint.name)
        return await self._answered(_Wish(Call(endpoint=endpoint, vin=vin), line, consent=consent), read_file)

    async def _answered[T](self, wish: _Wish, reader: Reader[T]) -> T:
        """Return what an answer says; what a renewed token or the right region heals is healed once."""
        call, vin = wish.call, wish.call.vin
        # Nobody's token is renewed for what cannot be sent.
        self._check_budget(wish)
        self._wait(call, vin, PATIENCE)
        token = await self._tokens.access_token()
        counted_for = vin
        renewed = moved = False
        while True:
            taken = await self._admitted(wish, counted_for)
            base = self.base
            try:
                return await self._carried(wish, base, token, taken, reader)
            except TokenRefused, LoginExpired:
                # Whether the login has really expired only the renewal can tell.
                if renewed:
                    raise
                renewed = True
                token = await self._tokens.replace(token)
            except (WrongRegion, NotRegistered) as error:
                if moved or not self._moves:
                    raise
                moved = True
                await self._move(error, base, token, wish.line.cause)
            counted_for = None  # this car was not asked yet, and its place in the bucket is still ours

    async def vehicles(self, cause: Cause) -> list[Vehicle]:
        """Return the cars of the account, from all pages; free."""
        if self._provider.lists_products:
            return list((await self.products(cause)).vehicles)
        found: dict[str, Vehicle] = {}
        page = 1
        for _ in range(PAGES_LIMIT):
            params = {"page": page, "per_page": PAGE}
            document = await self.request(endpoints.VEHICLES, cause=cause, params=params)
            listed, skipped = rows.products(list_of(document, endpoints.VEHICLES))
            self.skipped += skipped
            found |= {vehicle.vin: vehicle for vehicle in listed.vehicles}
            pagination = document.get("pagination")
            following = pagination.get("next") if isinstance(pagination, dict) else None
            if not isinstance(following, int) or following <= page:
                break
            page = following
        return list(found.values())

    async def vehicle(self, vin: str, cause: Cause) -> Vehicle:
        """Return one car's row: the free way to learn whether it is awake; it is not asked itself."""
        document = await self.request(endpoints.VEHICLE, cause=cause, vin=vin)
        return rows.vehicle(document.get("response"))

    async def vehicle_data(  # noqa: PLR0913  # who pays for it, and whether they may
        self,
        vin: str,
        parts: Iterable[str],
        cause: Cause,
        *,
        by: str | None = None,
        optional: bool = False,
        consent: bool = False,
    ) -> dict[str, Any]:
        """Return the wanted parts of a car's snapshot; billed, even if the car is asleep."""
        document = await self.request(
            endpoints.VEHICLE_DATA,
            cause=cause,
            by=by,
            optional=optional,
            consent=consent,
            vin=vin,
            params={"endpoints": ";".join(parts) or None},
        )
        return object_of(document, endpoints.VEHICLE_DATA)

    async def mobile_enabled(self, vin: str, cause: Cause) -> bool:
        """Return whether the owner allows mobile access in the car; it may be billed, and is optional."""
        document = await self.request(endpoints.MOBILE_ENABLED, cause=cause, vin=vin, optional=True)
        answer = document.get("response")
        allowed = answer.get("result") if isinstance(answer, dict) else answer  # older: a bare boolean
        if not isinstance(allowed, bool):
            raise AnswerUnreadable(f"{endpoints.MOBILE_ENABLED.name}: neither true nor false")
        return allowed

    async def products(self, cause: Cause) -> Products:
        """Return cars and energy sites; free."""
        document = await self.request(endpoints.PRODUCTS, cause=cause)
        found, skipped = rows.products(list_of(document, endpoints.PRODUCTS))
        self.skipped += skipped
        return found

    async def fleet_status(self, vins: Iterable[str], cause: Cause) -> dict[str, FleetStatus]:
        """Return how ready cars are for our key and telemetry, by VIN; to be kept, not to be polled."""
        document = await self.request(endpoints.FLEET_STATUS, cause=cause, json={"vins": list(vins)})
        return rows.fleet_status(object_of(document, endpoints.FLEET_STATUS))

    async def users_region(self, cause: Cause) -> Home:
        """Return where the account lives; the base only if a token may be sent there."""
        return self._home(await self.request(endpoints.REGION, cause=cause))

    def _wait(self, call: Call, vin: str | None, patience: float) -> float:
        """Return the seconds until a call may go; raise if they are too many."""
        now = self._clock()
        name = call.endpoint.name
        if (pause := self._limits.suspended_for(now)) > 0:
            raise BillingLimitExceeded(f"{name}: the spending limit is reached; not asked for {pause:.0f} s")
        wait = self._limits.free_in(call.endpoint.price, vin, now)
        if wait > patience:
            raise RateLimited(f"{name}: free again in {wait:.0f} s", retry_after=wait)
        return wait

    def _check_budget(self, wish: _Wish) -> None:
        """Raise OverBudget if a call may not go."""
        line = wish.line
        verdict = self._budget.verdict(
            line.price, line.cause, optional=wish.optional, consent=wish.consent, now=self._clock()
        )
        if verdict is not Verdict.GO:
            raise verdict.error(line.what or wish.call.endpoint.name)

    async def _admitted(self, wish: _Wish, vin: str | None) -> float:
        """Wait for a place in the buckets, take it, and return when."""
        call = wish.call
        left = PATIENCE
        while (wait := self._wait(call, vin, left)) > 0:
            await self._sleep(wait)
            left -= wait
        self._check_budget(wish)  # others may have spent the money meanwhile
        taken = self._clock()
        self._limits.take(call.endpoint.price, vin, taken)
        return taken

    async def _carried[T](self, wish: _Wish, base: str, token: str, taken: float, reader: Reader[T]) -> T:
        """Send a call once, and see to it that it is counted whatever becomes of it."""
        call, endpoint = wish.call, wish.call.endpoint
        request = build(call, base, token)
        limit = CLOUD_LIMIT if endpoint.price is Price.FREE else self.car_limit
        ledger = self._budget.ledger
        status: int | None = None
        left_us = True  # also if we are cancelled: then nobody knows
        try:
            with ledger.underway(endpoint.price):
                answer = await fetch(self._session, request, limit=limit, ssl=self._ssl)
            status = answer.status if self._billed_as is None else self._billed_as(answer)
        except NotSent as error:
            left_us = False
            self._limits.give_back(endpoint.price, call.vin, taken)
            if isinstance(error, CertificateUnexpected) and not error.fingerprint:
                shown = await shown_by(base)
                error.fingerprint = shown.fingerprint if shown else ""
            self._on_reached(error)
            raise
        finally:
            if left_us:  # recorded once it is underway no more, or who is told of it would count it twice
                ledger.record(wish.line, status, self._clock())
        self._on_reached(None)
        _LOGGER.debug("%s %s: %d", endpoint.method, endpoint.name, answer.status)
        try:
            return reader(answer, endpoint, self._provider.trusted)
        except RateLimited as error:
            if endpoint.token is Token.PARTNER:
                raise  # it speaks of the application, and nothing of the account's bucket
            self._limits.block(endpoint.price, self._clock(), error.retry_after)
            raise
        except BillingLimitExceeded:
            self._limits.suspend(self._clock())
            raise

    async def _move(self, error: WrongRegion | NotRegistered, left: str, token: str, cause: Cause) -> None:
        """Go to where the account lives; raise `error` if nobody tells where that is."""
        if self.base != left:
            return  # another request has been there before us
        if isinstance(error, WrongRegion):
            base = error.base or await self._told(token, cause)
        else:
            # An account can be refused this way at a host it does not live at.
            base = self._claimed(token)
        if base is None or base == left:
            raise error
        if base != self.base:
            self.base = base
            if self._on_base_changed is not None:
                self._on_base_changed(base)

    async def _told(self, token: str, cause: Cause) -> str | None:
        """Return the base that `users/region` names, None if it names none that we trust."""
        wish = _Wish(Call(endpoint=endpoints.REGION), Line(endpoints.REGION.price, cause))
        try:
            return self._home(await self._carried(wish, self.base, token, self._clock(), read)).base
        except TeslaError:
            return None  # the error that led here says more

    def _claimed(self, token: str) -> str | None:
        """Return the base of the region that the access token names."""
        try:
            return self._provider.base_of(self._provider.region_of(read_claims(token)))
        except WireError:
            return None

    def _home(self, document: dict[str, Any]) -> Home:
        response = object_of(document, endpoints.REGION)
        region, base = response.get("region"), response.get("fleet_api_base_url")
        return Home(
            region=region.lower() if isinstance(region, str) else None,
            base=self._provider.trusted(base) if isinstance(base, str) else None,
        )


def object_of(document: dict[str, Any], endpoint: Endpoint) -> dict[str, Any]:
    """Return the object that an answer has as its `response`; AnswerUnreadable if it has none."""
    response = document.get("response")
    if not isinstance(response, dict):
        raise AnswerUnreadable(f"{endpoint.name}: an answer without its object")
    return response


def list_of(document: dict[str, Any], endpoint: Endpoint) -> list[Any]:
    """Return the list that an answer has as its `response`; AnswerUnreadable if it has none."""
    response = document.get("response")
    if not isinstance(response, list):
        raise AnswerUnreadable(f"{endpoint.name}: an answer without its list")
    return response
