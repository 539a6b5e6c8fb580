"""[I/O] The application's own account with Tesla, its partner account: one registration in each region.

Registering has Tesla fetch the public key from the application's domain. That is the one proof from outside
that the key is where everybody can see it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from aiohttp import ClientSession

from ..errors import (
    AnswerUnreadable,
    ApplicationRefused,
    ApplicationTooNew,
    CloudTrouble,
    DomainTaken,
    KeyUnfetched,
    LoginExpired,
    NotFound,
    NotRegistered,
    OriginNotAllowed,
    RateLimited,
    RequestRefused,
    TeslaError,
    TokenRefused,
    TransportError,
    WrongRegion,
)
from . import endpoints
from .budget import Budget
from .client import FleetApi, object_of
from .ledger import Cause
from .limits import Limits
from .oauth import PartnerToken, partner_form, partner_granted
from .provider import Provider
from .request import form
from .transport import Trust, fetch

ANSWER_LIMIT = 30.0  # seconds for one answer of the sign-in service
POINT = 65  # bytes of a public key: 04, X, Y
# Seconds for all regions together: an edit in the developer portal counts after five minutes at most.
LIMIT = 360.0


class RegistrationState(StrEnum):
    """What came of registering in one region."""

    REGISTERED = "registered"
    OTHER_KEY = "other_key"  # registered, but with a key that is not ours
    ORIGIN_NOT_ALLOWED = "origin_not_allowed"
    KEY_UNREACHABLE = "key_unreachable"
    DOMAIN_TAKEN = "domain_taken"
    TOO_NEW = "too_new"
    CREDENTIALS_REFUSED = "credentials_refused"
    BUSY = "busy"
    REFUSED = "refused"  # for another reason, which `detail` tells
    CLOUD_TROUBLE = "cloud_trouble"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """Where the application stands in one region.

    detail:   what the cloud has said, harmless; may be empty
    retry_in: seconds until it is tried again, or makes sense to; None: something has to be changed first
    """

    region: str
    state: RegistrationState
    detail: str = ""
    retry_in: float | None = None

    @property
    def registered(self) -> bool:
        """Tell whether it is, with our key."""
        return self.state is RegistrationState.REGISTERED


@dataclass(frozen=True, slots=True)
class _Patience:
    """How often something is tried that may mend itself: the first pause in seconds, and how it grows."""

    pause: float
    growth: float = 1.0
    tries: int = 100


# What an error says of a registration; the first that fits counts.
STATES: tuple[tuple[type[TeslaError], RegistrationState], ...] = (
    (OriginNotAllowed, RegistrationState.ORIGIN_NOT_ALLOWED),
    (KeyUnfetched, RegistrationState.KEY_UNREACHABLE),
    (DomainTaken, RegistrationState.DOMAIN_TAKEN),
    (ApplicationTooNew, RegistrationState.TOO_NEW),
    (ApplicationRefused, RegistrationState.CREDENTIALS_REFUSED),
    (TokenRefused, RegistrationState.CREDENTIALS_REFUSED),
    (LoginExpired, RegistrationState.CREDENTIALS_REFUSED),
    (RateLimited, RegistrationState.BUSY),
    (TransportError, RegistrationState.UNREACHABLE),
)
PATIENCE = {
    RegistrationState.ORIGIN_NOT_ALLOWED: _Patience(30.0),
    RegistrationState.KEY_UNREACHABLE: _Patience(10.0, growth=3.0, tries=4),
    RegistrationState.TOO_NEW: _Patience(60.0),
    RegistrationState.BUSY: _Patience(10.0),
    RegistrationState.CLOUD_TROUBLE: _Patience(5.0, growth=3.0, tries=3),
    RegistrationState.UNREACHABLE: _Patience(5.0, growth=3.0, tries=3),
}


class PartnerAccount:
    """Registers one application under one domain; its tokens are held in memory only."""

    def __init__(  # noqa: PLR0913  # what it stands on, each named at the only place that makes one
        self,
        session: ClientSession,
        provider: Provider,
        client_id: str,
        client_secret: str,
        *,
        domain: str,
        budget: Budget,
        limits: Limits,
        clock: Callable[[], float],
        ssl: Trust = None,
    ) -> None:
        """Speak for an application; `clock` returns seconds since 1970."""
        self.domain = domain
        self._session = session
        self._provider = provider
        self._client_id = client_id
        self._client_secret = client_secret
        self._budget = budget
        self._limits = limits
        self._clock = clock
        self._ssl = ssl
        self._apis: dict[str, FleetApi] = {}

    async def register(self, region: str, public_key: bytes) -> Registration:
        """Register in a region, which has Tesla fetch the public key; compare that with ours."""
        endpoint = endpoints.PARTNER_REGISTER
        try:
            document = await self._api(region).request(
                endpoint, cause=Cause.SET_UP, json={"domain": self.domain}
            )
            registered = _point(object_of(document, endpoint)) or await self.registered_key(region)
        except DomainTaken as error:
            # Said also of a key that is this application's own already.
            if await self._has(region, public_key):
                return _compared(region, public_key, public_key)
            return _failed(region, error)
        except TeslaError as error:
            return _failed(region, error)
        return _compared(region, registered, public_key)

    async def registered_key(self, region: str) -> bytes | None:
        """Return the public key that Tesla holds for the domain in a region, None if it holds none.

        Raises: what `FleetApi.request` raises; ApplicationRefused, TokenUnavailable
        """
        endpoint = endpoints.PARTNER_PUBLIC_KEY
        try:
            document = await self._api(region).request(
                endpoint, cause=Cause.SET_UP, params={"domain": self.domain}
            )
        except NotFound, NotRegistered:
            return None
        response = document.get("response")
        return _point(response) if isinstance(response, dict) else None

    async def _has(self, region: str, public_key: bytes) -> bool:
        try:
            return await self.registered_key(region) == public_key
        except TeslaError:
            return False  # what led here says more

    def _api(self, region: str) -> FleetApi:
        if region not in self._apis:
            base = self._provider.bases[region]
            self._apis[region] = FleetApi(
                self._session,
                self._provider,
                base,
                tokens=_Tokens(
                    self._session, self._provider.token_url, self._form(base), self._clock, self._ssl
                ),
                budget=self._budget,
                limits=self._limits,
                clock=self._clock,
                ssl=self._ssl,
                moves=False,
            )
        return self._apis[region]

    def _form(self, audience: str) -> dict[str, str]:
        return partner_form(self._client_id, self._client_secret, audience)


class _Tokens:
    """Gets partner tokens for one region."""

    def __init__(
        self,
        session: ClientSession,
        token_url: str,
        fields: dict[str, str],
        clock: Callable[[], float],
        ssl: Trust,
    ) -> None:
        self._session = session
        self._request = form(token_url, fields)
        self._clock = clock
        self._ssl = ssl
        self._token: PartnerToken | None = None

    async def access_token(self) -> str:
        """Return one that is good for a while yet."""
        if self._token is None or not self._token.fresh(self._clock()):
            answer = await fetch(self._session, self._request, limit=ANSWER_LIMIT, ssl=self._ssl)
            self._token = partner_granted(answer, self._clock())
        return self._token.access_token

    async def replace(self, refused: str) -> str:
        """Return another one than that."""
        if self._token is not None and self._token.access_token == refused:
            self._token = None
        return await self.access_token()


async def register_everywhere(  # noqa: PLR0913  # what it needs, and how it is followed
    account: PartnerAccount,
    regions: Iterable[str],
    public_key: bytes,
    *,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    tell: Callable[[Registration], None] = lambda _: None,
    limit: float = LIMIT,
) -> dict[str, Registration]:
    """Register in each region; try again for a while what may mend itself. Return where each stands.

    Where Tesla holds our key already, nothing is registered again.

    tell:  called after each try; `retry_in` says when the next one is
    limit: seconds of waiting
    """
    results = dict[str, Registration]()
    tries = dict.fromkeys(regions, 0)
    due, passed = dict.fromkeys(tries, 0.0), 0.0
    while due:
        region = min(due, key=due.__getitem__)
        if (wait := due.pop(region) - passed) > 0:
            await sleep(wait)
            passed += wait
        tries[region] += 1
        result = await _tried(account, region, public_key)
        pause = _pause(result, tries[region])
        if pause is not None and passed + pause <= limit:
            due[region] = passed + pause
            result = replace(result, retry_in=pause)
        results[region] = result
        tell(result)
    return {region: results[region] for region in tries}


async def _tried(account: PartnerAccount, region: str, public_key: bytes) -> Registration:
    """Look whether our key is registered, and register if it is not."""
    try:
        registered = await account.registered_key(region)
    except CloudTrouble, AnswerUnreadable, RequestRefused, WrongRegion:
        registered = None  # these have been answered to who is not registered, so registering decides
    except TeslaError as error:
        return _failed(region, error)
    if registered == public_key:
        return _compared(region, registered, public_key)
    return await account.register(region, public_key)


def _pause(result: Registration, tries: int) -> float | None:
    """Return the seconds until the next try, None if there is no point in one."""
    patience = PATIENCE.get(result.state)
    if patience is None or tries >= patience.tries:
        return None
    return max(patience.pause * patience.growth ** (tries - 1), result.retry_in or 0.0)


def _compared(region: str, registered: bytes | None, public_key: bytes) -> Registration:
    if registered is None:
        return _failed(region, AnswerUnreadable("registered, but no key is held"))
    state = RegistrationState.REGISTERED if registered == public_key else RegistrationState.OTHER_KEY
    return Registration(region=region, state=state)


def _failed(region: str, error: TeslaError) -> Registration:
    otherwise = RegistrationState.CLOUD_TROUBLE if error.temporary else RegistrationState.REFUSED
    state = next((state for cls, state in STATES if isinstance(error, cls)), otherwise)
    patience = PATIENCE.get(state)
    wait = getattr(error, "retry_after", None) or (patience.pause if patience else None)
    return Registration(region=region, state=state, detail=str(error), retry_in=wait)


def _point(response: dict[str, object]) -> bytes | None:
    """Return the public key of an answer, None if it holds none that could be one."""
    told = response.get("public_key")
    try:
        point = bytes.fromhex(told) if isinstance(told, str) else b""
    except ValueError:
        return None
    return point if len(point) == POINT else None
