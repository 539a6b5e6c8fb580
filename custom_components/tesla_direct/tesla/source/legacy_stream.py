"""[I/O] The WebSocket stream of a service, as TeslaMate follows it: one endless task for all cars.

Source: providers, sections 2 and 5
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
import itertools
import logging
from math import inf
import random

from aiohttp import (
    ClientConnectorCertificateError,
    ClientError,
    ClientSession,
    ClientWebSocketResponse,
    ClientWSTimeout,
    ServerFingerprintMismatch,
    WSMsgType,
    WSServerHandshakeError,
)

from ..decode import legacy_stream
from ..fleet_api.client import Tokens
from ..fleet_api.transport import Trust
from .end import CLOUD_TROUBLE, ENDED, REFUSED, SILENT, UNREACHABLE, UNREADABLE, End
from .legacy_car import LegacyCar
from .legacy_line import Line
from .legacy_silence import Elsewhere
from .reconnect import LIVED, Reconnect
from .source import Health, PushedCar
from .standing import Standing

PATH = "/streaming/"
ANSWER_SHORTEST, ANSWER_LONGEST = 10.0, 30.0  # seconds until the first answer, growing with each time without
SILENCE = 30.0  # seconds without any frame; a hello comes every ten
CONNECT_LIMIT = 15.0  # seconds until the WebSocket is open
CLOSE_LIMIT = 2.0  # seconds in which the other side may say goodbye
TICK = 1.0  # seconds after which it is looked at what is due; no wait of the protocol is shorter
AT_ONCE = 20  # frames that are handled without a pause, a few milliseconds
TIMEOUTS_LIMIT = 10
STRANGERS_LIMIT = 1000

CERTIFICATE = "certificate"  # why it does not work, beside what every stream has: a key of the user's texts

_LOGGER = logging.getLogger(__name__)


class LegacyStreamSource:
    """Follows one stream, and connects anew for as long as it runs.

    health:    how it fares
    skipped:   what nobody can read, counted by field, or by what is wrong with it
    strangers: cars that were heard of and are not ours, by VIN
    """

    def __init__(  # noqa: PLR0913  # what it stands on, each named at the only place that makes one
        self,
        cars: Mapping[str, PushedCar],
        *,
        session: ClientSession,
        url: str,
        tokens: Tokens,
        tags: Mapping[str, str],
        raw: bool,
        clock: Callable[[], float],
        on_health: Callable[[Health], None],
        on_car: Callable[[str, str], None] = lambda _vin, _trouble: None,
        on_login_expired: Callable[[], None] = lambda: None,
        on_stranger: Callable[[str], None] = lambda _vin: None,
        elsewhere: Callable[[str], Elsewhere] = lambda _vin: Elsewhere(),
        ssl: Trust = None,
        reconnect: Reconnect | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Callable[[], float] = random.random,
        silence: float = SILENCE,
    ) -> None:
        """Deliver to these cars, by VIN.

        url:         of the service, before `/streaming/`
        tags:        what it calls cars, by VIN, where that is not the VIN
        raw:         ask for all that cars tell, and not for TeslaMate's columns only
        clock:       seconds since 1970
        on_health:   is told whenever how it fares has changed
        on_car:      is told why a car does not stream, as a key of the user's texts; empty: it may
        on_login_expired: is told that only another sign-in helps; nothing is tried from then on
        on_stranger: is told once of each car that is not ours
        elsewhere:   tells what other sources know of a car
        ssl:         who is to be believed, None for the public authorities
        reconnect:   knows what others before us have tried; None where nobody has
        silence:     seconds without a frame after which the connection is given up
        """
        self.skipped: Counter[str] = Counter()
        self.strangers: dict[str, None] = {}
        self._cars = {
            vin: LegacyCar(
                car,
                tags.get(vin) or vin,
                clock(),
                on_trouble=partial(on_car, vin),
                elsewhere=partial(elsewhere, vin),
            )
            for vin, car in cars.items()
        }
        self._session = session
        self._url = url.rstrip("/") + PATH
        self._reconnect = reconnect or Reconnect(clock, random=random)
        self._standing = Standing(
            tokens,
            self._reconnect,
            clock=clock,
            on_health=on_health,
            on_login_expired=on_login_expired,
            sleep=sleep,
            logger=_LOGGER,
        )
        self._raw = raw
        self._clock = clock
        self._on_stranger = on_stranger
        self._ssl = ssl
        self._sleep = sleep
        self._silence = silence
        self._timeouts = 0  # one after the other without a word of a car
        self._wanted = asyncio.Event()  # somebody wants a car's stream back

    @property
    def health(self) -> Health:
        """Return how it fares."""
        return self._standing.health

    async def run(self) -> None:
        """Deliver until cancelled."""
        for car in self._cars.values():
            car.announce()
        if pause := self._reconnect.begin():
            await self._sleep(pause)
        while True:
            await self._wait_for_cars()
            try:
                end = await self._attempt()
            finally:
                # Also if we are cancelled: nobody listens any more.
                for car in self._cars.values():
                    car.lost()
            await self._standing.rest(end)

    def take_back(self, vin: str) -> None:
        """Ask for a car once more, whose stream somebody else seems to have: who loses it then."""
        if (car := self._cars.get(vin)) is not None:
            car.take_back(self._clock())
            self._wanted.set()

    async def _wait_for_cars(self) -> None:
        """Wait until there is a car to ask for: as long as there is none, nobody is bothered."""
        while (seconds := self._seconds_until_asked()) > 0:
            why = next((car.trouble for car in self._cars.values() if car.trouble), "")
            self._standing.fails(End(trouble=why))
            self._wanted.clear()
            async with asyncio.TaskGroup() as group:
                waits = (group.create_task(self._rest(seconds)), group.create_task(self._until_wanted()))
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
                for wait in waits:
                    wait.cancel()

    def _seconds_until_asked(self) -> float:
        """Return how long nobody is to be asked for; infinite: until somebody wants it."""
        now = self._clock()
        for car in self._cars.values():
            car.tend(now)
        return min((car.ask_at for car in self._cars.values()), default=inf) - now

    async def _rest(self, seconds: float) -> None:
        if seconds < inf:
            await self._sleep(seconds)
        else:
            await asyncio.Event().wait()

    async def _until_wanted(self) -> None:
        await self._wanted.wait()

    async def _attempt(self) -> End:
        """Connect, and deliver until it ends; return why it did."""
        token = await self._standing.token()
        if isinstance(token, End):
            return token
        socket = await self._open()
        if isinstance(socket, End):
            return await self._standing.replaced(token, socket.detail) if socket.of_token else socket
        try:
            # Who sends us elsewhere would have the token go there; aiohttp has no other way to tell.
            if socket._response.history:  # noqa: SLF001
                return End(trouble=REFUSED, detail="sent elsewhere")
            end = await self._follow(socket, token)
        finally:
            await self._leave(socket)
        return await self._standing.replaced(token, end.detail) if end.of_token else end

    async def _open(self) -> ClientWebSocketResponse[bool] | End:
        """Connect; return why not where that fails."""
        try:
            async with asyncio.timeout(CONNECT_LIMIT):
                return await self._session.ws_connect(
                    self._url,
                    timeout=ClientWSTimeout(ws_close=CLOSE_LIMIT),
                    max_msg_size=legacy_stream.LIMIT,
                    decode_text=False,
                    ssl=self._ssl or True,
                )
        # aiohttp's own words can contain the address; so only the kind of error is told.
        except (ServerFingerprintMismatch, ClientConnectorCertificateError) as error:
            return End(trouble=CERTIFICATE, detail=type(error).__name__)
        except WSServerHandshakeError as error:
            trouble = CLOUD_TROUBLE if error.status >= 500 else UNREADABLE
            return End(trouble=trouble, detail=f"status {error.status}", of_token=error.status in (401, 403))
        except (ClientError, TimeoutError, OSError) as error:
            return End(trouble=UNREACHABLE, detail=type(error).__name__)

    async def _follow(self, socket: ClientWebSocketResponse[bool], token: str) -> End:
        """Deliver what is said until it ends."""
        begun = self._clock()
        line = Line(
            self._cars,
            token,
            begun,
            raw=self._raw,
            skipped=self.skipped,
            on_stranger=self._meet,
        )
        async with asyncio.TaskGroup() as group:
            tending = group.create_task(self._tend(socket, line))
            await self._listen(socket, line)
            tending.cancel()
        # A hello alone proves no token: some services look at it later, or not at all.
        if line.proven or self._clock() - begun >= LIVED:
            self._standing.proven()
        if line.heard:
            self._timeouts = 0
        elif line.end is not None and line.end.trouble == SILENT:
            self._timeouts = min(self._timeouts + 1, TIMEOUTS_LIMIT)
        return line.end or End(trouble=ENDED)

    async def _listen(self, socket: ClientWebSocketResponse[bool], line: Line) -> None:
        """Take in frames until the connection has ended, or is to be."""
        await self._send(socket, line)
        loop = asyncio.get_running_loop()
        opened_at, alive = loop.time(), False
        for frames in itertools.count(1):
            try:
                async with asyncio.timeout(self._patience(line)):
                    message = await socket.receive()
            except TimeoutError:
                line.give_up(End(trouble=SILENT))
                return
            if message.type is WSMsgType.ERROR:
                line.give_up(End(trouble=UNREADABLE, detail=type(message.data).__name__))
            if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                return
            for _ in line.take(message.data, self._clock(), loop.time() - opened_at):
                await asyncio.sleep(0)
            if line.alive and not alive:
                alive = True
                self._standing.works()
            await self._send(socket, line)
            if line.end is not None:
                return
            if frames % AT_ONCE == 0:
                await asyncio.sleep(0)

    def _patience(self, line: Line) -> float:
        """Return for how many seconds nothing has to come."""
        if not line.unanswered:
            return self._silence
        return min(self._silence, until_answered(self._timeouts))

    async def _tend(self, socket: ClientWebSocketResponse[bool], line: Line) -> None:
        """Do what is due, until cancelled."""
        while True:
            await self._sleep(TICK)
            line.tend(self._clock())
            await self._send(socket, line)

    async def _send(self, socket: ClientWebSocketResponse[bool], line: Line) -> None:
        """Say what there is to say: so little that nobody is waited for."""
        try:
            for frame in line.data_to_send():
                await socket.send_str(frame)
        except (ClientError, OSError) as error:  # whoever listens will hear of the end, too
            line.give_up(End(trouble=ENDED, detail=type(error).__name__))

    async def _leave(self, socket: ClientWebSocketResponse[bool]) -> None:
        """Say goodbye as far as anybody listens, and close."""
        try:
            for car in self._cars.values():
                if car.subscribed and not socket.closed:
                    await socket.send_str(legacy_stream.leaving(car.tag))
        except (ClientError, OSError) as error:
            _LOGGER.debug("The stream was left without a goodbye: %s", type(error).__name__)
        finally:
            await socket.close()

    def _meet(self, vin: str) -> None:
        """Tell once of a car that is not ours."""
        if vin not in self.strangers and len(self.strangers) < STRANGERS_LIMIT:
            self.strangers[vin] = None
            self._on_stranger(vin)


def until_answered(timeouts: int) -> float:
    """Return for how many seconds a first answer is waited for, after so many times without any data."""
    return min(max(2.0**timeouts, ANSWER_SHORTEST), ANSWER_LONGEST)
