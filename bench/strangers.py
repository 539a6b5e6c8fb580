"""A child: those who are no cars: bad handshakes, so many a second, from one address or from many."""

import asyncio
from collections import Counter
from contextlib import suppress
from itertools import count
import json
from pathlib import Path
import ssl
import time
from typing import Any

from .certificates import HOST, make
from .child import options, questions, tell

GARBAGE = b"\x00\xff" * 64
HTTP = b"GET / HTTP/1.1\r\nHost: cars.example.com\r\n\r\n"
PATIENCE = 10.0  # seconds a stranger waits for an answer


class Strangers:
    """All of them."""

    def __init__(self, folder: Path, port: int) -> None:
        """Get what they show."""
        made = make(folder, 1)
        self.done: Counter[str] = Counter()
        self._port = port
        self._wrong_authority = made.client_context("stranger")
        self._without = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._without.load_verify_locations(cadata=made.authority.certificate)
        self._numbers = count()

    async def come(self, *, seconds: float, rate: float, addresses: int, slow: bool) -> dict[str, int]:
        """Let them come, so many a second."""
        self.done.clear()
        start = time.monotonic()
        tasks = set[asyncio.Task[None]]()
        number = 0
        while (passed := time.monotonic() - start) < seconds:
            number += 1
            task = asyncio.create_task(self._visit(slow=slow, addresses=addresses))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
            await asyncio.sleep(max(0.0, number / rate - passed))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return dict(self.done) | {"came": number}

    async def _visit(self, *, slow: bool, addresses: int) -> None:
        number = next(self._numbers)
        source = (f"127.0.{1 + number % addresses // 250}.{1 + number % addresses % 250}", 0)
        kinds = (self._dribble,) if slow else (self._nobody, self._somebody_else, self._garbage, self._http)
        visit = kinds[number % len(kinds)]
        with suppress(OSError, ssl.SSLError, TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await visit(source)
        self.done[visit.__name__.strip("_")] += 1

    async def _nobody(self, source: tuple[str, int]) -> None:
        await self._shake_hands(self._without, source)

    async def _somebody_else(self, source: tuple[str, int]) -> None:
        await self._shake_hands(self._wrong_authority, source)

    async def _garbage(self, source: tuple[str, int]) -> None:
        await self._say(GARBAGE, source)

    async def _http(self, source: tuple[str, int]) -> None:
        await self._say(HTTP, source)

    async def _dribble(self, source: tuple[str, int]) -> None:
        """Begin a hello, and go on with it slowly."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port, local_addr=source)
        try:
            writer.write(b"\x16\x03\x01\x02\x00")
            while not reader.at_eof():
                writer.write(b"\x01")
                await writer.drain()
                await asyncio.sleep(0.5)
        finally:
            writer.close()

    async def _shake_hands(self, context: ssl.SSLContext, source: tuple[str, int]) -> None:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", self._port, ssl=context, server_hostname=HOST, local_addr=source
        )
        try:
            await reader.read()
        finally:
            writer.close()

    async def _say(self, what: bytes, source: tuple[str, int]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port, local_addr=source)
        try:
            writer.write(what)
            await reader.read()
        finally:
            writer.close()


async def main(asked: dict[str, Any]) -> None:
    """Come when the parent says so."""
    strangers = Strangers(Path(asked["folder"]), asked["port"])
    tell(ready=True)
    lines = await questions()
    while line := await lines.readline():
        tell(**await strangers.come(**json.loads(line)))


if __name__ == "__main__":
    asyncio.run(main(options()))
