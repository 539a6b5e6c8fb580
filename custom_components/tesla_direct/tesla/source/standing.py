"""How a service's stream fares, and the token that opens it: what every such stream does alike."""

from collections.abc import Callable
from logging import Logger

from ..errors import LoginExpired, TeslaError, TokenUnavailable
from ..fleet_api.client import Tokens
from .end import LOGIN_EXPIRED, REFUSED, UNREACHABLE, End
from .source import Health


class Standing:
    """Tells how a stream fares, and replaces a token that is refused, once.

    health: how it fares
    """

    def __init__(
        self,
        tokens: Tokens,
        *,
        clock: Callable[[], float],
        on_health: Callable[[Health], None],
        logger: Logger,
    ) -> None:
        """Begin with a stream that was not tried.

        clock:     seconds since 1970
        on_health: is told whenever how it fares has changed
        logger:    of the stream
        """
        self.health = Health()
        self._tokens = tokens
        self._clock = clock
        self._on_health = on_health
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
        self._tell(works=True)

    def fails(self, end: End) -> None:
        """Tell that there is none, and why."""
        self._tell(works=False, trouble=end.trouble, detail=end.detail)

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
