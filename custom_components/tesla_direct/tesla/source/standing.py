"""[I/O] How a service's stream fares, its token, and its next attempt: what every such stream does alike."""

import asyncio
from collections.abc import Awaitable, Callable
from logging import Logger

from ..errors import LoginExpired, TeslaError, TokenUnavailable
from ..fleet_api.client import Tokens
from .end import LOGIN_EXPIRED, REFUSED, UNREACHABLE, End
from .reconnect import Reconnect
from .source import Health


class Standing:
    """Tells how a stream fares, replaces a token that is refused, once, and says when to try again.

    health: how it fares
    """

    def __init__(  # noqa: PLR0913  # what it stands on, each named where a stream begins
        self,
        tokens: Tokens,
        reconnect: Reconnect,
        *,
        clock: Callable[[], float],
        on_health: Callable[[Health], None],
        on_login_expired: Callable[[], None],
        sleep: Callable[[float], Awaitable[None]],
        logger: Logger,
    ) -> None:
        """Begin with a stream that was not tried.

        reconnect: says when to connect again
        clock:     seconds since 1970
        on_health: is told whenever how it fares has changed
        on_login_expired: is told that only another sign-in helps; nothing is tried from then on
        logger:    of the stream
        """
        self.health = Health()
        self._tokens = tokens
        self._reconnect = reconnect
        self._clock = clock
        self._on_health = on_health
        self._on_login_expired = on_login_expired
        self._sleep = sleep
        self._logger = logger
        self._connections = 0
        self._renewed = False  # a refused token was replaced, and the other one has not proven good yet

    async def token(self) -> str | End:
        """Return a token to open the stream with, or why there is none."""
        try:
            return await self._tokens.access_token()
        except TeslaError as error:
            return _of_token(error)

    def proven(self) -> None:
        """Learn that the token is good."""
        self._renewed = False

    async def replaced(self, token: str, detail: str) -> End:
        """Get another token, once; if that is not taken either only the user can help."""
        if self._renewed:
            return End(trouble=LOGIN_EXPIRED, detail=detail)
        self._renewed = True
        try:
            await self._tokens.replace(token)
        except TeslaError as error:
            return _of_token(error)
        return End(trouble=REFUSED, again=True)

    def works(self) -> None:
        """Learn that a connection stands, and tell."""
        self._connections += 1
        self._reconnect.succeeded()
        self._tell(works=True)

    def fails(self, end: End) -> None:
        """Tell that there is none, and why."""
        self._tell(works=False, trouble=end.trouble, detail=end.detail)

    async def rest(self, end: End) -> None:
        """Wait until the next attempt is due after one that ended like this."""
        if end.trouble == LOGIN_EXPIRED:
            self.fails(end)
            self._on_login_expired()
            await asyncio.Event().wait()  # whoever signs in again begins anew with us
        pause = max(self._reconnect.pause(clean=end.clean, asked=end.asked, at_once=end.again), end.least)
        if pause > 0:
            self.fails(end)
            self._logger.debug("The stream: %s; again in %.0f s", end.trouble, pause)
            await self._sleep(pause)

    def _tell(self, *, works: bool, trouble: str = "", detail: str = "") -> None:
        """Tell how it fares, if that is new."""
        old = self.health
        new = Health(
            works=works,
            since=old.since if works is old.works else self._clock(),
            trouble=trouble,
            detail=detail,
            begun=max(self._connections - 1, 0),
        )
        if new == old:
            return
        if works is not old.works and (old.works is not None or not works):
            lost = f"is lost ({new.detail or new.trouble})"
            self._logger.info("The stream %s", "is back" if works else lost)
        self.health = new
        self._on_health(new)


def _of_token(error: TeslaError) -> End:
    """Return what it means that there is no token."""
    if isinstance(error, LoginExpired):
        return End(trouble=LOGIN_EXPIRED, detail=str(error))
    asked = error.retry_after if isinstance(error, TokenUnavailable) else 0.0
    return End(trouble=UNREACHABLE if error.temporary else REFUSED, detail=str(error), asked=asked)
