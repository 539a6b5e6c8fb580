"""One WebSocket of the stream: what is told there, how often it says that it is alive, how it ends."""

import asyncio
from contextlib import suppress
import json
from typing import Literal

from aiohttp import WSMsgType, web

HELLO_S = 10.0  # real seconds between two signs of life
CONNECTION_TIMEOUT_MS = 30_000
HALF = b'\x81\x7d{"msg_type":"data:upd'  # of a text frame that says it has 125 bytes
LARGEST = 65_536  # bytes of a message from a client

type Ending = Literal["clean", "half", "reset"]


def hello(vin: str = "") -> str:
    """Write the sign of life, and what a subscription is answered with; raw ones name the car."""
    kind = f"control:hello:{vin}" if vin else "control:hello"
    return json.dumps({"msg_type": kind, "connection_timeout": CONNECTION_TIMEOUT_MS})


def error(tag: str, kind: str, value: str | None = None) -> str:
    """Write what is wrong with a car, or with who asks for it."""
    message = {"msg_type": "data:error", "tag": tag, "error_type": kind}
    return json.dumps(message if value is None else message | {"value": value})


class Listener:
    """A client with an open socket.

    stalled: it is told nothing any more, signs of life included, and is not told that either
    binary:  what it is told comes in binary frames
    """

    def __init__(self, hello_s: float = HELLO_S, *, binary: bool = False) -> None:
        """Say nothing yet; `hello_s` are the seconds between two signs of life."""
        self.stalled, self.binary = False, binary
        self.socket = web.WebSocketResponse(compress=False, autoping=False, max_msg_size=LARGEST)
        self._hello_s = hello_s
        self._queue: asyncio.Queue[str | Ending] = asyncio.Queue()
        self._ending: Ending | None = None

    def tell(self, said: str) -> bool:
        """Send a text, as it is; tell whether it goes out."""
        if self.stalled or self._ending is not None:
            return False
        self._queue.put_nowait(said)
        return True

    def stall(self) -> None:
        """Fall silent for ever; what was not sent is lost."""
        self.stalled = True
        while self._ending is None and not self._queue.empty():
            self._queue.get_nowait()

    def end(self, how: Ending = "clean") -> None:
        """End when all is said: in good order, in the middle of a message, or with a reset."""
        if self._ending is None:
            self._ending = how
            self._queue.put_nowait(how)

    async def answer(self, message: web.WSMsgType, data: bytes) -> None:
        """Answer a ping, unless it is stalled."""
        if message is WSMsgType.PING and not self.stalled:
            await self.socket.pong(data)

    async def write(self, request: web.BaseRequest) -> None:
        """Write until it ends, or is cancelled."""
        due = asyncio.get_running_loop().time() + self._hello_s
        with suppress(ConnectionError):  # the client went in the middle of a word
            while True:
                try:
                    async with asyncio.timeout_at(due):
                        said = await self._queue.get()
                except TimeoutError:
                    due += self._hello_s
                    if not self.stalled:
                        await self._send(hello())
                    continue
                if self._ending is not None and self._queue.empty():
                    await self._leave(request)
                    return
                await self._send(said)

    async def _send(self, said: str) -> None:
        if self.binary:
            await self.socket.send_bytes(said.encode())
        else:
            await self.socket.send_str(said)

    async def _leave(self, request: web.BaseRequest) -> None:
        if self._ending == "clean" or request.transport is None:
            await self.socket.close()
        elif self._ending == "half":
            request.transport.write(HALF)
            request.transport.close()
        else:
            request.transport.abort()
