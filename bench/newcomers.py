"""A child: cars that connect, one after the other, and how long each has to wait for its first answer."""

import asyncio
import json
from pathlib import Path
import time
from typing import Any

from aiohttp import ClientError, ClientSession, TCPConnector

from .certificates import HOST, make
from .child import options, questions, tell
from .frames import frame, vin

BETWEEN = 0.25  # seconds
LIMIT = 10.0  # seconds after which a car has not got in


async def connect(asked: dict[str, Any], context: Any) -> float | None:
    """Connect, send a frame and wait for its acknowledgement; return the seconds, None if it failed."""
    started = time.perf_counter()
    try:
        async with (
            asyncio.timeout(LIMIT),
            ClientSession(connector=TCPConnector(ssl=context)) as session,
            session.ws_connect(f"https://127.0.0.1:{asked['port']}/", server_hostname=HOST) as socket,
        ):
            await socket.send_bytes(frame(vin(1), 0, time.time()))
            await socket.receive_bytes()
    except ClientError, OSError, TimeoutError, TypeError:
        return None
    return time.perf_counter() - started


async def main(asked: dict[str, Any]) -> None:
    """Connect over and over for as long as the parent asks."""
    context = make(Path(asked["folder"]), 1).client_context(1)
    tell(ready=True)
    lines = await questions()
    while line := await lines.readline():
        end = time.monotonic() + json.loads(line)["seconds"]
        waits: list[float | None] = []
        while time.monotonic() < end:
            waits.append(await connect(asked, context))
            await asyncio.sleep(BETWEEN)
        got_in = [wait for wait in waits if wait is not None]
        tell(tried=len(waits), failed=len(waits) - len(got_in), slowest=max(got_in, default=LIMIT))


if __name__ == "__main__":
    asyncio.run(main(options()))
