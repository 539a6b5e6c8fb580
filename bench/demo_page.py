"""How long the demo takes to its page, when it was prepared before."""

import asyncio
import os
from pathlib import Path
import signal
import time

from demo.home import PROJECT

from .table import Figure

AIM = 30.0  # seconds
LIMIT = 120.0


async def measure(_folder: Path) -> list[Figure]:
    """Start the demo, wait for the line that says where its page is, and end it as a user does."""
    started = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        PROJECT / "script" / "demo",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=PROJECT,
        start_new_session=True,
    )
    assert process.stdout  # noqa: S101  # a pipe was asked for
    try:
        async with asyncio.timeout(LIMIT):
            while b"http://" not in (line := await process.stdout.readline()):
                if not line:
                    raise RuntimeError("the demo has ended")
        took = time.monotonic() - started
    finally:
        os.killpg(process.pid, signal.SIGINT)
        await process.wait()
    return [Figure("script/demo, prepared before, to the ready page", took, AIM, "s")]
