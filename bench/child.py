"""Processes of a run: each says in a line of JSON that it is ready, and in another what it measured."""

import asyncio
from collections.abc import Mapping
import json
import sys
from typing import Any, Self

from demo.home import PROJECT

READY_LIMIT = 120.0  # seconds
DONE_LIMIT = 300.0
LINE_LIMIT = 2**26  # bytes of an answer


class Child:
    """A module of the bench in a process of its own."""

    def __init__(self, module: str, **options: Any) -> None:
        """Name the module; its options arrive as JSON."""
        self._module = module
        self._options = options
        self._process: asyncio.subprocess.Process | None = None
        self.ready: Mapping[str, Any] = {}

    async def __aenter__(self) -> Self:
        """Start it, and wait until it is ready."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            f"bench.{self._module}",
            json.dumps(self._options),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            cwd=PROJECT,
            limit=LINE_LIMIT,
        )
        self.ready = await self._line(READY_LIMIT)
        return self

    async def __aexit__(self, *_: object) -> None:
        """End it, if it has not ended by itself."""
        assert self._process  # noqa: S101  # it was started
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()

    async def ask(self, **question: Any) -> Mapping[str, Any]:
        """Send a line of JSON, and return the answer."""
        assert self._process  # noqa: S101  # it was started
        assert self._process.stdin  # noqa: S101  # a pipe was asked for
        self._process.stdin.write(json.dumps(question).encode() + b"\n")
        await self._process.stdin.drain()
        return await self._line(DONE_LIMIT)

    async def _line(self, limit: float) -> Mapping[str, Any]:
        assert self._process  # noqa: S101  # it was started
        assert self._process.stdout  # noqa: S101  # a pipe was asked for
        async with asyncio.timeout(limit):
            line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"bench.{self._module} has ended")
        answer: Mapping[str, Any] = json.loads(line)
        return answer


def options() -> dict[str, Any]:
    """Return what the parent asked for."""
    asked: dict[str, Any] = json.loads(sys.argv[1])
    return asked


def tell(**what: Any) -> None:
    """Tell the parent."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


async def questions() -> asyncio.StreamReader:
    """Return a stream of the parent's questions, one a line."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader
