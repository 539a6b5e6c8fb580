"""The simulated cloud and cars: their process, and what can be done to them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
import json
from pathlib import Path
import sys
from typing import Any

from aiohttp import ClientSession, ClientTimeout

from .home import PROJECT
from .process import end

START_LIMIT = 180.0  # seconds; the first time it makes Tesla's authorities
ANSWER_LIMIT = 120.0  # seconds
STOP_LIMIT = 30.0
# Whatever else something can be done to is a car.
ROOMS = ("cloud", "myteslamate", "teslamate", "teslemetry", "world")
STEP_S = 1.0  # simulated seconds that pass at once where time passes
STEP = 0.1  # real seconds between two of those


class SimulatedWorld:
    """The simulator in a process of its own, as anybody can start it."""

    def __init__(self, folder: Path) -> None:
        """Keep its certificates in a folder."""
        self.bundle = folder / "authorities.pem"
        self.addresses: dict[str, Any] = {}
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None
        self._session: ClientSession | None = None
        self._echo: asyncio.Task[None] | None = None

    async def start(self, *options: str, show: bool) -> None:
        """Start it; with `show`, pass on what the cars do."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "simulator",
            "--authorities",
            str(self._folder / "authorities"),
            "--write-bundle",
            str(self.bundle),
            *options,
            stdout=asyncio.subprocess.PIPE,
            cwd=PROJECT,
        )
        assert self._process.stdout  # noqa: S101  # a pipe was asked for
        async with asyncio.timeout(START_LIMIT):
            line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError("the simulator did not start")
        self.addresses = json.loads(line)
        self._session = ClientSession(timeout=ClientTimeout(total=ANSWER_LIMIT))
        self._echo = asyncio.create_task(
            self._pass_on(self._process.stdout, show=show), name="simulator output"
        )

    async def stop(self) -> None:
        """End it."""
        if self._session:
            await self._session.close()
        await end(self._process, STOP_LIMIT)
        if self._echo:
            self._echo.cancel()
            with suppress(asyncio.CancelledError):
                await self._echo
        if self._process:
            await self._process.communicate()  # what is left to be read, or the pipe would stay open

    async def get(self, path: str) -> Any:
        """Return what the control interface tells."""
        assert self._session  # noqa: S101  # it was started
        async with self._session.get(self.addresses["control"] + path) as response:
            response.raise_for_status()
            return await response.json()

    async def do(self, who: str, verb: str, **arguments: Any) -> Any:
        """Do something to a car (by VIN), to the cloud, to a service, or to the world."""
        assert self._session  # noqa: S101  # it was started
        path = f"/{who}/{verb}" if who in ROOMS else f"/cars/{who}/{verb}"
        async with self._session.post(self.addresses["control"] + path, json=arguments) as response:
            answer = await response.json()
            if response.status >= 400:
                raise RuntimeError(f"{path}: {answer}")
            return answer["result"]

    async def truth(self, vin: str) -> dict[str, Any]:
        """Return all there is to know of a car."""
        truth: dict[str, Any] = await self.get(f"/cars/{vin}/truth")
        return truth

    async def advance(self, seconds: float) -> None:
        """Let time pass; returns when what the cars sent is acknowledged."""
        await self.do("world", "advance", seconds=seconds)

    @asynccontextmanager
    async def time_passes(self) -> AsyncIterator[None]:
        """Let time pass by itself, where it does not anyhow, while something is done that takes time."""
        passing = asyncio.create_task(self._pass_time(), name="time passes")
        try:
            yield
        finally:
            passing.cancel()
            with suppress(asyncio.CancelledError):
                await passing

    async def _pass_time(self) -> None:
        while True:
            await self.advance(STEP_S)
            await asyncio.sleep(STEP)

    async def _pass_on(self, stream: asyncio.StreamReader, *, show: bool) -> None:
        while line := await stream.readline():
            if show:
                sys.stdout.write(f"  {line.decode()}")
                sys.stdout.flush()
