"""[I/O] The one holder of an account's token: renews it in time, once for all who wait, and loses none."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from aiohttp import ClientSession

from ..errors import (
    ApplicationRefused,
    CloudError,
    LoginExpired,
    TeslaError,
    TokenUnavailable,
    TransportError,
)
from .oauth import WANTED, Token, renewal
from .request import document, form
from .response import Answer
from .transport import Trust, fetch

# Seconds for one answer; a sign-in service answers within one. Long enough for a slow line, since an
# answer that is given up on has used up a refresh token.
ANSWER_LIMIT = 30.0
PAUSE_FIRST = 5.0  # seconds without a further try after a first failure
PAUSE_LIMIT = 900.0  # seconds; the end of a long outage is noticed within a quarter of an hour
TOLD_LIMIT = 86400.0  # seconds; for as long as a day the service may ask us to wait


class Store(Protocol):
    """Where the token outlives a restart."""

    async def load(self) -> Token | None:
        """Return the token that was saved last, None if nobody has signed in or it is lost for good.

        Raises: anything, where trying again later may help
        """

    async def save(self, token: Token) -> None:
        """Return once the token is durable, raise if it is not."""


@dataclass(frozen=True, slots=True)
class _Failure:
    """What the last try came to, and when the next one is welcome; the same clock as `TokenKeeper`'s."""

    error: CloudError
    at: float
    pause: float


class TokenKeeper:
    """Hands out access tokens of one account.

    A token is saved before anybody gets to see it: if the machine dies in between, what is on disk is
    the refresh token used last, and that works once more within a day.

    stopping: set when Home Assistant stops; nothing is renewed from then on
    """

    def __init__(  # noqa: PLR0913  # what it stands on, each named at the only place that makes one
        self,
        session: ClientSession,
        token_url: str,
        client_id: str,
        *,
        store: Store,
        clock: Callable[[], float],
        ssl: Trust = None,
        json: bool = False,
        answer_limit: float = ANSWER_LIMIT,
    ) -> None:
        """Keep the token of one account.

        clock: returns seconds since 1970
        json:  it is renewed as TeslaMate does it, and not by a form
        """
        self.stopping = False
        self._session = session
        self._token_url = token_url
        self._client_id = client_id
        self._store = store
        self._clock = clock
        self._ssl = ssl
        self._json = json
        self._answer_limit = answer_limit
        self._token: Token | None = None
        self._saved = True
        self._failure: _Failure | None = None
        self._attempt: asyncio.Task[Token | TeslaError] | None = None

    @property
    def token(self) -> Token | None:
        """Return the token in use, None before the first one was asked for, or while it is not saved."""
        return self._token if self._saved else None

    async def access_token(self) -> str:
        """Return an access token that is good for a while yet.

        Raises:
            LoginExpired: the user has to sign in again.
            TokenUnavailable: not just now; after a failure at once, without asking anybody, for a while.
            ApplicationRefused: the client id is not accepted.
        """
        return await self._valid(None)

    async def replace(self, refused: str) -> str:
        """Return another access token than the refused one, renewed unless it already was.

        Raises: as `access_token`
        """
        return await self._valid(refused)

    async def adopt(self, token: Token) -> None:
        """Go on with the token of a new sign-in, and save it.

        Raises: TokenUnavailable if it could not be saved; it is held, and saved with the next call
        """
        await self._settled()
        self._token, self._saved, self._failure = token, False, None
        await self._valid(None)

    async def close(self) -> None:
        """Renew nothing more, and return once whatever was underway is finished and saved."""
        self.stopping = True
        await self._settled()
        if not self._saved:
            with suppress(TeslaError):  # on disk is the token before it, which works for a day yet
                await self._valid(None)

    async def _valid(self, refused: str | None) -> str:
        while True:
            token = self._token
            if token is not None and self._saved and not self._stale(token, refused):
                return token.access_token
            attempt, mine = self._attempt, False
            if attempt is None or attempt.done():
                self._respect_pause()
                attempt, mine = self._started(refused), True
            await asyncio.wait((attempt,))
            if attempt.cancelled():
                raise TokenUnavailable("the renewal was stopped")
            outcome = attempt.result()
            if isinstance(outcome, TeslaError):
                raise outcome
            if mine:
                return outcome.access_token

    def _started(self, refused: str | None) -> asyncio.Task[Token | TeslaError]:
        """Start an attempt, as a task of its own; `close` waits for it.

        A waiter that is cancelled must not take along the others, nor a token that is on its way.
        """
        self._attempt = asyncio.get_running_loop().create_task(
            self._try(refused), name="tesla_direct token renewal"
        )
        return self._attempt

    async def _try(self, refused: str | None) -> Token | TeslaError:
        """Bring the token up to date, with one attempt; errors are returned, as perhaps nobody waits."""
        try:
            token = await self._loaded()
            if not self._saved:
                await self._save(token)
            if self._stale(token, refused):
                token = await self._renewed(token)
                self._token, self._saved = token, False
                await self._save(token)
        except TeslaError as error:
            return error
        return token

    def _stale(self, token: Token, refused: str | None) -> bool:
        return token.access_token == refused or not token.fresh(self._clock())

    async def _loaded(self) -> Token:
        if self._token is None:
            try:
                self._token = await self._store.load()
            except Exception as error:  # noqa: BLE001  # whatever a disk can come up with, it may pass
                raise TokenUnavailable(f"the stored token cannot be read ({type(error).__name__})") from None
        if self._token is None:
            raise LoginExpired("nobody has signed in yet")
        return self._token

    async def _save(self, token: Token) -> None:
        try:
            await self._store.save(token)
        except Exception as error:  # noqa: BLE001  # whatever a disk can come up with, it is not durable
            raise TokenUnavailable(f"the token cannot be saved ({type(error).__name__})") from None
        self._saved = True

    async def _renewed(self, token: Token) -> Token:
        if self.stopping:
            raise TokenUnavailable("nothing is renewed while we stop")
        try:
            new = await self._carried(token)
        except CloudError as error:
            self._failure = self._failed(error)
            raise
        self._failure = None
        return new

    async def _carried(self, token: Token) -> Token:
        """Run the renewal over HTTP."""
        flow = renewal(token, self._client_id, self._clock, scope=WANTED if self._json else None)
        fields = next(flow)
        while True:
            answer = await self._post(fields)
            try:
                fields = flow.send(answer)
            except StopIteration as done:
                new: Token = done.value
                return new

    async def _post(self, fields: dict[str, str]) -> Answer:
        request = (document if self._json else form)(self._token_url, fields)
        try:
            return await fetch(self._session, request, limit=self._answer_limit, ssl=self._ssl)
        except TransportError as error:
            raise TokenUnavailable(f"the sign-in service cannot be reached: {error}") from error

    def _failed(self, error: CloudError) -> _Failure:
        last = self._failure
        pause = min(last.pause * 2, PAUSE_LIMIT) if last else PAUSE_FIRST
        if isinstance(error, TokenUnavailable):
            error.retry_after = pause = max(pause, min(error.retry_after, TOLD_LIMIT))
        return _Failure(error, self._clock(), pause)

    def _respect_pause(self) -> None:
        """Raise the last failure again while it is too early for another try."""
        if self._failure is None:
            return
        error = self._failure.error
        if isinstance(error, LoginExpired):  # only another sign-in ends it, so nobody is asked again
            raise LoginExpired(str(error), status=error.status)
        elapsed = self._clock() - self._failure.at
        if not 0 <= elapsed < self._failure.pause:
            return
        if isinstance(error, TokenUnavailable):
            left = self._failure.pause - elapsed
            raise TokenUnavailable(str(error), status=error.status, retry_after=left)
        raise ApplicationRefused(str(error), status=error.status)

    async def _settled(self) -> None:
        """Return once no attempt is underway."""
        while self._attempt is not None and not self._attempt.done():
            await asyncio.wait((self._attempt,))
