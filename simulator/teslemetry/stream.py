"""One connection of the stream: what it wants to hear, and how it ends."""

import asyncio
from contextlib import suppress
from typing import Literal

from aiohttp import web

from .accounts import Customer
from .dialect import Dialect
from .events import TOPICS, Event

KEEP_ALIVE_S = 15.0  # real seconds; the reference client gives up after 30
HEADERS = {"Content-Type": "text/event-stream", "Cache-Control": "no-cache"}

type Ending = Literal["clean", "half", "reset"]


class Stream:
    """A client that listens.

    whose, field: the car or the site, and the field: all that it wants to hear of; empty for all
    stalled:    it is told nothing any more, and is not told that either
    """

    def __init__(  # noqa: PLR0913  # what a request says
        self,
        customer: Customer,
        dialect: Dialect,
        *,
        topics: frozenset[str] = frozenset(TOPICS),
        whose: str = "",
        field: str = "",
        keep_alive: float = KEEP_ALIVE_S,
    ) -> None:
        """Say nothing yet."""
        self.customer = customer
        self.whose, self.field = whose, field
        self.stalled = False
        self.written = 0
        self._dialect, self._topics, self._keep_alive = dialect, topics, keep_alive
        self._queue: asyncio.Queue[str] = asyncio.Queue()
        self._ending: Ending | None = None
        self._stirred = asyncio.Event()

    def tell(self, event: Event) -> bool:
        """Say an event, if it is what the client wants to hear; tell whether it is."""
        wanted: Event | None = event
        if event.topic not in self._topics or (self.whose and event.whose != self.whose):
            return False
        if self.field and (wanted := event.only(self.field)) is None:
            return False
        if wanted is not None:
            self.say(self._dialect.event(self._dialect.document(wanted), event.topic))
        return True

    def say(self, text: str) -> None:
        """Say a text as it is."""
        if not self.stalled:
            self._queue.put_nowait(text)
            self._stirred.set()

    def stall(self) -> None:
        """Fall silent for ever, without a word, comments included; what was not sent is lost."""
        self.stalled = True
        while not self._queue.empty():
            self._queue.get_nowait()

    def end(self, how: Ending = "clean") -> None:
        """End when all is said: in good order, in the middle of a message, or with a reset."""
        self._ending = how
        self._stirred.set()

    async def serve(self, request: web.BaseRequest, headers: dict[str, str]) -> web.StreamResponse:
        """Write until the client goes, or is made to."""
        response = web.StreamResponse(headers={**HEADERS, **headers})
        await response.prepare(request)
        with suppress(ConnectionError):  # the client went in the middle of a word
            await self._write(request, response)
        return response

    async def _write(self, request: web.BaseRequest, response: web.StreamResponse) -> None:
        while True:
            while not self._queue.empty():
                await self._send(response, self._queue.get_nowait())
            match self._ending:
                case "clean":
                    return
                case "half":
                    text = self._dialect.event({"vin": "half of a message"})
                    await self._send(response, text[: len(text) // 2])
                    return
                case "reset":
                    if request.transport is not None:
                        request.transport.abort()
                    return
            self._stirred.clear()
            try:
                async with asyncio.timeout(None if self.stalled else self._keep_alive):
                    await self._stirred.wait()
            except TimeoutError:
                if not self.stalled:
                    await self._send(response, self._dialect.comment())

    async def _send(self, response: web.StreamResponse, text: str) -> None:
        for piece in self._dialect.pieces(text):
            await response.write(piece)
            await asyncio.sleep(0)  # so that whoever reads may see the cut
        self.written += 1
