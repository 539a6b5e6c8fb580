"""[I/O] How a command gets to a car by way of a command proxy, which holds the key and signs.

Only what the car takes signed goes this way; all else, and what the proxy cannot carry, goes straight to the
cloud. Nothing is repeated: the proxy does that by itself, inside of its own time.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

from ..errors import ActionRefused, NoAnswer, NotSent
from ..fleet_api import endpoints
from ..fleet_api.client import FleetApi
from ..fleet_api.endpoints import Endpoint, Price
from ..fleet_api.ledger import Ledger, Line
from ..fleet_api.proxy import (
    NOT_CARRIED,
    REASONS,
    UNAVAILABLE,
    billed_as,
    body_for,
    reading,
    said_by_car,
)
from ..fleet_api.response import Answer
from ..vehicle_command.faults import error_named
from .command import Command, Origin
from .delivery import Delivery, result_of
from .guard import Route

TIME_LIMIT = 30.0  # seconds; the proxy gives up by itself after 10, as it is installed
# Before the first command of a car the proxy shakes hands with each of its two computers, and remembers that.
HANDSHAKES = (Price.COMMAND, Price.COMMAND)


class ProxyDelivery:
    """Delivers to one car through a command proxy."""

    def __init__(  # noqa: PLR0913  # what it stands on, each named at the only place that makes one
        self,
        proxy: FleetApi,
        direct: Delivery,
        vin: str,
        *,
        ledger: Ledger,
        clock: Callable[[], float],
        time_limit: float = TIME_LIMIT,
    ) -> None:
        """Send by `proxy` what has to be signed, and by `direct` all else.

        clock: seconds since 1970
        """
        self._proxy = proxy
        self._direct = direct
        self._vin = vin
        self._ledger = ledger
        self._clock = clock
        self._time_limit = time_limit
        self._read = reading(error_named)
        self._met = False

    @property
    def reckoned(self) -> tuple[Price, ...]:
        """Return what the next command may cost besides: the handshakes of a proxy that may be a new one."""
        return () if self._met else HANDSHAKES

    async def deliver(self, command: Command, route: Route, origin: Origin) -> str:
        """Return once the car has said that it is done, with what it says about that; mostly nothing.

        Raises: TeslaError: it was not done, or with `may_have_succeeded` nobody knows
        """
        if route is Route.PLAIN or command.name in NOT_CARRIED:
            return await self._direct.deliver(command, Route.PLAIN, origin)
        line = Line(Price.COMMAND, origin.cause, self._vin, origin.by, "handshake")
        try:
            async with asyncio.timeout(self._time_limit):
                document = await self._proxy.request(
                    endpoints.command(command.name),
                    vin=self._vin,
                    json=body_for(command.name, command.body or {}),
                    cause=origin.cause,
                    by=origin.by,
                    what=command.name,
                    consent=origin.consent,
                    reader=partial(self._taken, line),
                )
        except TimeoutError:
            self._reckon(line)
            raise NoAnswer(f"{command.name}: no answer within {self._time_limit:.0f} s") from None
        except NoAnswer:
            self._reckon(line)
            self._met = False  # whoever hangs up may have ended, and knows no car when it is started again
            raise
        except NotSent:
            self._met = False  # the same of who is not there
            raise
        try:
            return said_by_car(result_of(document, command.name, REASONS))
        except ActionRefused as error:
            error.reason = said_by_car(error.reason)
            raise

    def _taken(
        self, line: Line, answer: Answer, endpoint: Endpoint, trusted: Callable[[str], str | None]
    ) -> dict[str, Any]:
        """Read an answer; behind the first one that is the cloud's may be the handshakes, which it bills."""
        if billed_as(answer) != UNAVAILABLE:
            self._reckon(line)
        return self._read(answer, endpoint, trusted)

    def _reckon(self, line: Line) -> None:
        for _ in range(len(self.reckoned)):
            self._ledger.record(line, None, self._clock())
        self._met = True
