"""A client of the service, and somebody who listens to its stream with a parser by the book."""

import asyncio
import base64
from collections.abc import Callable
import hashlib
import json
from types import TracebackType
from typing import Any, Self, override
from urllib.parse import parse_qs, urlsplit

import aiohttp

from simulator.teslemetry.service import Teslemetry
from tests.simulator.service_client import Reply, ServiceClient

BACK = "https://my.home-assistant.io/redirect/oauth"
VERIFIER = "a-verifier-that-is-long-enough-to-be-taken-by-everybody"


class Client(ServiceClient):
    """Asks with a token that is good."""

    def __init__(self, service: Teslemetry, web: aiohttp.ClientSession) -> None:
        super().__init__(service.token, web)
        self.service = service

    @property
    @override
    def base(self) -> str:
        return self.service.base

    async def register(self, name: str = "Home Assistant") -> str:
        body = {"client_name": name, "software_id": "tesla_direct", "software_version": "1"}
        reply = await self.post("/oauth/register", body)
        return str(reply.body["client_id"])

    async def connect(self, client_id: str, /, **changes: str) -> Reply:
        query = {
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": BACK,
            "state": "opaque",
            "code_challenge": challenge(VERIFIER),
            "code_challenge_method": "S256",
            "name": "Home",
        } | changes
        return await self.get("/connect", **{key: value for key, value in query.items() if value})

    async def exchange(self, client_id: str, code: str, /, **changes: str) -> Reply:
        form = {
            "grant_type": "authorization_code",
            "client_id": client_id,
            "code": code,
            "redirect_uri": BACK,
            "code_verifier": VERIFIER,
        } | changes
        return await self.ask("POST", "/oauth/token", data=form)

    async def sign_in(self) -> dict[str, Any]:
        """Sign in, and return the client's id with its tokens."""
        client_id = await self.register()
        code = result(await self.connect(client_id))["code"]
        tokens: dict[str, Any] = (await self.exchange(client_id, code)).body
        return {"client_id": client_id, **tokens}

    def listen(self, path: str = "/sse", **query: str) -> Listener:
        return Listener(self, path, {"cache": "false"} | query)


class Listener:
    """Follows the stream, and reads it as the standard says."""

    def __init__(self, client: Client, path: str, query: dict[str, str]) -> None:
        self.events: list[dict[str, Any]] = []
        self.raw = b""
        self.chunks: list[bytes] = []
        self.comments = 0
        self.fields: list[str] = []
        self.response: aiohttp.ClientResponse | None = None
        self.ended: BaseException | str = ""
        self._client, self._path, self._query = client, path, query
        self._came = asyncio.Event()
        self._reading: asyncio.Task[None] | None = None
        self._rest = b""
        self._data: list[str] = []

    async def __aenter__(self) -> Self:
        self.response = await self._client.web.get(
            self._client.service.base + self._path,
            params=self._query,
            headers={"Authorization": f"Bearer {self._client.token}"},
            timeout=aiohttp.ClientTimeout(total=None),
        )
        self._reading = asyncio.create_task(self._read(self.response))
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        assert self._reading is not None
        assert self.response is not None
        self._reading.cancel()
        await asyncio.wait([self._reading])
        self.response.close()

    @property
    def status(self) -> int:
        assert self.response is not None
        return self.response.status

    async def until(self, reached: Callable[[], bool]) -> None:
        async with asyncio.timeout(60):
            while not reached():
                self._came.clear()
                await self._came.wait()

    async def count(self, events: int) -> list[dict[str, Any]]:
        """Return the events, once there are so many."""
        await self.until(lambda: len(self.events) >= events)
        return self.events

    async def end(self) -> BaseException | str:
        """Return how it ended, once it has."""
        await self.until(lambda: self.ended != "")
        return self.ended

    def of(self, key: str) -> list[dict[str, Any]]:
        """Return the events that have a member of this name."""
        return [event for event in self.events if key in event]

    async def _read(self, response: aiohttp.ClientResponse) -> None:
        try:
            async for chunk in response.content.iter_any():
                self._take(chunk)
                self._came.set()
        except aiohttp.ClientError as error:
            self.ended = error
        else:
            self.ended = "clean"
        self._came.set()

    def _take(self, chunk: bytes) -> None:
        self.raw += chunk
        self.chunks.append(chunk)
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            self._line(line.removesuffix(b"\r").decode())

    def _line(self, line: str) -> None:
        name, _, value = line.partition(":")
        if not line:
            if self._data:
                self.events.append(json.loads("\n".join(self._data)))
            self._data = []
        elif not name:
            self.comments += 1
        elif name == "data":
            self._data.append(value.removeprefix(" "))
        else:
            self.fields.append(name)


def challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def result(reply: Reply) -> dict[str, str]:
    """Return what a redirect brings back."""
    assert reply.status == 302, reply.text
    query = parse_qs(urlsplit(reply.headers["Location"]).query)
    return {name: values[0] for name, values in query.items()}
