"""Cars that send: as fast as they can, or so many frames a second.   A process of its own."""

import asyncio
from collections import deque
import json
from pathlib import Path
import time
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, TCPConnector, WSMsgType

from .certificates import HOST, make
from .child import options, questions, tell
from .frames import frame, frames, vin

WINDOW = 64  # frames of a car that wait for their acknowledgement at the same time
PREPARED = 500  # frames of a car that are sent over and over


class Sender:
    """One car."""

    def __init__(self, number: int, socket: ClientWebSocketResponse) -> None:
        """Prepare its frames."""
        self.socket = socket
        self.sent = self.answered = 0
        self.waits: list[float] = []
        self._vin = vin(number)
        self._frames = frames(self._vin, PREPARED)
        self._times: deque[float] = deque()

    async def flood(self, seconds: float, window: int) -> None:
        """Send as fast as the window allows, then wait for what is outstanding."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            while self.sent - self.answered < window:
                await self._send(self._frames[self.sent % PREPARED])
            await self._answer()
        while self.answered < self.sent:
            await self._answer()

    async def drip(self, seconds: float, rate: float) -> None:
        """Send so many frames a second, dated when they are sent."""
        start = time.monotonic()
        number = 0
        while (passed := time.monotonic() - start) < seconds:
            number += 1
            await self._send(frame(self._vin, number, time.time()))
            await self._answer()
            await asyncio.sleep(max(0.0, number / rate - passed))

    async def _send(self, data: bytes) -> None:
        self._times.append(time.perf_counter())
        await self.socket.send_bytes(data)
        self.sent += 1

    async def _answer(self) -> None:
        message = await self.socket.receive()
        if message.type is not WSMsgType.BINARY:
            raise ConnectionError(f"the receiver has closed: {message.type}")
        self.answered += 1
        self.waits.append(time.perf_counter() - self._times.popleft())


async def main(asked: dict[str, Any]) -> None:
    """Connect, then do what is asked, line by line."""
    made = make(Path(asked["folder"]), asked["cars"])
    sessions = []
    senders = []
    for number in range(1, asked["cars"] + 1):
        session = ClientSession(connector=TCPConnector(ssl=made.client_context(number)))
        sessions.append(session)
        socket = await session.ws_connect(f"https://127.0.0.1:{asked['port']}/", server_hostname=HOST)
        senders.append(Sender(number, socket))
    tell(connected=len(senders))
    lines = await questions()
    while line := await lines.readline():
        tell(**await run(senders, **json.loads(line)))
    for session in sessions:
        await session.close()


async def _spin() -> None:
    while True:  # noqa: ASYNC110  # to be busy is the point
        await asyncio.sleep(0)


async def run(
    senders: list[Sender], *, seconds: float, rate: float = 0.0, cars: int = 0, window: int = WINDOW
) -> dict[str, Any]:
    """Have some of the cars send."""
    active = senders[: cars or len(senders)]
    for sender in active:
        sender.sent = sender.answered = 0
        sender.waits.clear()
    # A sender that sleeps has to be woken for each answer, at the expense of the receiver: half a frame's.
    spin = None if rate else asyncio.create_task(_spin())
    async with asyncio.TaskGroup() as group:
        for sender in active:
            group.create_task(sender.drip(seconds, rate) if rate else sender.flood(seconds, window))
    if spin:
        spin.cancel()
    waits = sorted(wait for sender in active for wait in sender.waits)
    return {
        "frames": sum(sender.answered for sender in active),
        "p50_ms": 1000 * waits[len(waits) // 2],
        "p99_ms": 1000 * waits[len(waits) * 99 // 100],
    }


if __name__ == "__main__":
    asyncio.run(main(options()))
