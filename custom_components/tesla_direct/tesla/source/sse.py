"""[I/O] Teslemetry's stream of server-sent events: one endless task for all cars of an account."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
import logging
import random
from typing import Any

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout

from ..decode import sse
from ..decode.event_stream import EventStream
from ..decode.mqtt import is_vin
from ..errors import (
    AnswerUnreadable,
    PaymentRequired,
    RateLimited,
    TeslaError,
)
from ..fleet_api.client import Tokens
from ..fleet_api.endpoints import TESLEMETRY_STREAM
from ..fleet_api.limits import wait_told
from ..fleet_api.response import READ_AHEAD, Answer, read_file
from ..fleet_api.teslemetry_rows import CreditsEvent
from ..fleet_api.transport import UNCONNECTED, Trust
from .end import CLOUD_TROUBLE, ENDED, REFUSED, SILENT, UNREACHABLE, UNREADABLE, End
from .reconnect import Reconnect
from .source import Health, PushedCar
from .standing import Standing
from .streamed_car import OnVehicleData, StreamedCar

CONNECT_LIMIT = 5.0  # seconds
SILENCE = 30.0  # seconds without a byte; the service sends something, be it a comment, more often
PAYMENT_PAUSE = 3600.0  # seconds without an attempt where somebody has to pay first
PIECE = 4096  # bytes that are taken apart without a pause, a millisecond if each is the end of a line
AT_ONCE = 20  # events that are handled without a pause, a few milliseconds
STRANGERS_LIMIT = 1000
EVENT_STREAM = "text/event-stream"

# Why it does not work, beside what every stream has: keys of the user's texts.
SUBSCRIPTION_REQUIRED = "subscription_required"
CREDITS = "credits"
RATE_LIMITED = "rate_limited"

_LOGGER = logging.getLogger(__name__)


class SseSource:
    """Follows one stream, and connects anew for as long as it runs.

    health:    how it fares
    skipped:   what nobody can read, counted by field, or by what is wrong with it
    strangers: how often cars were heard of that are not ours, by VIN
    """

    def __init__(  # noqa: PLR0913  # what it stands on, each named at the only place that makes one
        self,
        cars: Mapping[str, PushedCar],
        *,
        session: ClientSession,
        url: str,
        tokens: Tokens,
        clock: Callable[[], float],
        on_health: Callable[[Health], None],
        on_credits: Callable[[CreditsEvent], None] = lambda _event: None,
        on_config: Callable[[str, Mapping[str, Any]], None] = lambda _vin, _fields: None,
        on_vehicle_data: OnVehicleData = lambda _vin, _parts, _at: None,
        on_login_expired: Callable[[], None] = lambda: None,
        on_stranger: Callable[[str], None] = lambda _vin: None,
        ssl: Trust = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Callable[[], float] = random.random,
        silence: float = SILENCE,
    ) -> None:
        """Deliver to these cars, by VIN.

        url:         of the stream of all cars: the base of the provider's API, and `/sse`
        clock:       seconds since 1970
        on_health:   is told whenever how it fares has changed
        on_credits:  is told what was spent, and what was left before we began to listen
        on_config:   is told what a car is to stream, whenever that was changed, and all of it
        on_vehicle_data: is told which parts of a car's whole data were passed on, and the time they are of
        on_login_expired: is told that only another sign-in helps; nothing is tried from then on
        on_stranger: is told once of each car that is not ours
        ssl:         who is to be believed, None for the public authorities
        silence:     seconds without a byte after which the stream is given up
        """
        self.skipped: Counter[str] = Counter()
        self.strangers: Counter[str] = Counter()
        self._cars = {vin: StreamedCar(car, on_vehicle_data) for vin, car in cars.items()}
        self._session = session
        self._url = url
        self._standing = Standing(
            tokens,
            Reconnect(clock, random=random),
            clock=clock,
            on_health=on_health,
            on_login_expired=on_login_expired,
            sleep=sleep,
            logger=_LOGGER,
        )
        self._clock = clock
        self._on_credits = on_credits
        self._on_config = on_config
        self._on_stranger = on_stranger
        self._ssl = ssl
        self._timeout = ClientTimeout(
            total=None, connect=CONNECT_LIMIT, sock_connect=CONNECT_LIMIT, sock_read=silence
        )

    @property
    def health(self) -> Health:
        """Return how it fares."""
        return self._standing.health

    async def run(self) -> None:
        """Deliver until cancelled."""
        for car in self._cars.values():
            car.announce()
        while True:
            try:
                end = await self._attempt()
            finally:
                # Also if we are cancelled: nobody listens any more.
                for car in self._cars.values():
                    car.lost()
            await self._standing.rest(end)

    async def _attempt(self) -> End:
        """Connect, and deliver until it ends; return how it did."""
        token = await self._standing.token()
        if isinstance(token, End):
            return token
        try:
            async with self._session.get(
                self._url,
                params={"topics": ",".join(sse.TOPICS), "cache": "true"},
                headers={
                    "Authorization": f"Bearer {token}",
                    "Accept": EVENT_STREAM,
                    "Accept-Encoding": "identity",  # what is compressed is held back until there is enough
                    "Cache-Control": "no-store",
                },
                allow_redirects=False,
                timeout=self._timeout,
                ssl=self._ssl or True,
            ) as response:
                if response.status == 200 and response.content_type == EVENT_STREAM:
                    return await self._follow(response)
                return await self._refused(response, token)
        # aiohttp's own words can contain the address; so only the kind of error is told.
        except UNCONNECTED as error:
            return End(trouble=UNREACHABLE, detail=type(error).__name__)
        except TimeoutError as error:
            return End(trouble=SILENT, detail=type(error).__name__)
        except (ClientError, OSError) as error:
            return End(trouble=UNREACHABLE, detail=type(error).__name__)

    async def _follow(self, response: ClientResponse) -> End:
        """Deliver what the stream says until it ends."""
        stream = EventStream()
        begun = False
        async for chunk in response.content.iter_any():
            if not begun:  # that somebody accepts us proves little
                begun = True
                self._standing.proven()
                self._standing.works()
            for start in range(0, len(chunk), PIECE):
                if start:
                    await asyncio.sleep(0)
                for number, event in enumerate(stream.feed(chunk[start : start + PIECE])):
                    if number and number % AT_ONCE == 0:
                        await asyncio.sleep(0)
                    await self._take(event.data)
            if stream.dropped:
                self.skipped["too_large"] += stream.dropped
                stream.dropped = 0
        return End(trouble=ENDED, clean=True, asked=stream.retry or 0.0)

    async def _take(self, data: bytes) -> None:
        """Hand on what an event says, with pauses where that is much."""
        received = self._clock()
        for number, said in enumerate(sse.read(data, received, self.skipped)):
            if number:
                await asyncio.sleep(0)
            if isinstance(said, CreditsEvent):
                self._on_credits(said)
            elif (car := self._cars.get(said.vin)) is None:
                self._meet(said.vin)
            elif isinstance(said, sse.SaidConfig):
                self._on_config(said.vin, said.fields)
            else:
                car.take(said, received, self.skipped)

    def _meet(self, vin: str) -> None:
        """Count a car that is not ours; tell of it once."""
        if not is_vin(vin):
            self.skipped["no_vin"] += 1
        elif vin in self.strangers:
            self.strangers[vin] += 1
        elif len(self.strangers) < STRANGERS_LIMIT:
            self.strangers[vin] = 1
            self._on_stranger(vin)

    async def _refused(self, response: ClientResponse, token: str) -> End:
        """Return what an answer means that is no stream."""
        headers = {name.lower(): value for name, value in response.headers.items()}
        try:
            body = await response.content.read(READ_AHEAD)
        except ClientError, TimeoutError, OSError:
            body = b""  # the status says enough
        asked = wait_told(headers, body.decode(errors="replace")) or 0.0
        try:
            read_file(Answer(response.status, headers, body), TESLEMETRY_STREAM, lambda _: None)
        except TeslaError as error:
            if response.status in (401, 403):
                return await self._standing.replaced(token, str(error))
            return _of_refusal(error, response.status, asked)
        return End(trouble=UNREADABLE, asked=asked)


def _of_refusal(error: TeslaError, status: int, asked: float) -> End:
    """Return what a refusal means that has nothing to do with the token."""
    if isinstance(error, PaymentRequired):
        trouble = CREDITS if error.key == CREDITS else SUBSCRIPTION_REQUIRED
        return End(trouble=trouble, detail=str(error), asked=asked, least=PAYMENT_PAUSE)
    if isinstance(error, RateLimited):
        return End(trouble=RATE_LIMITED, detail=str(error), asked=error.retry_after)
    if isinstance(error, AnswerUnreadable):
        return End(trouble=UNREADABLE, detail=str(error), asked=asked)
    trouble = CLOUD_TROUBLE if status >= 500 else REFUSED
    return End(trouble=trouble, detail=str(error), asked=asked)
