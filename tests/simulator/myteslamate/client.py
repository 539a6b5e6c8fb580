"""A client of the service, and somebody who listens to its stream as TeslaMate does."""

import asyncio
from collections.abc import Callable
import json
import ssl
from types import TracebackType
from typing import Any, Self, override

import aiohttp

from simulator.myteslamate.service import MyTeslaMate
from simulator.myteslamate.streaming import StreamingServer
from tests.simulator.service_client import Reply, ServiceClient

WANTED = "speed,odometer,soc,elevation,est_heading,est_lat,est_lng,power,shift_state,range,est_range,heading"


class Client(ServiceClient):
    """Asks with a token that is good."""

    def __init__(self, service: MyTeslaMate, web: aiohttp.ClientSession) -> None:
        super().__init__(service.token, web)
        self.service = service

    @property
    @override
    def base(self) -> str:
        return self.service.address

    async def renew(self, **body: Any) -> Reply:
        whole = {"grant_type": "refresh_token", "scope": "openid email offline_access", "client_id": "x"}
        return await self.ask(
            "POST", "/api/oauth2/v3/token", json=whole | body, headers={"Authorization": ""}
        )

    def listen(self) -> Socket:
        return Socket(self.web, self.service.streaming)


class Socket:
    """A WebSocket to a streaming server."""

    def __init__(
        self, web: aiohttp.ClientSession, server: StreamingServer, tls: ssl.SSLContext | None = None
    ) -> None:
        self.got: list[dict[str, Any]] = []
        self.texts: list[str] = []
        self.kinds: set[aiohttp.WSMsgType] = set()
        self.ended: int | None = None
        self.ws: aiohttp.ClientWebSocketResponse[Any] | None = None
        self._web, self._server, self._tls = web, server, tls
        self._came = asyncio.Event()
        self._reading: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        url = f"{self._server.address}/streaming/"
        self.ws = await self._web.ws_connect(url, ssl=self._tls or True)
        self._reading = asyncio.create_task(self._read(self.ws))
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        assert self.ws is not None
        assert self._reading is not None
        self._reading.cancel()
        await asyncio.wait([self._reading])
        await self.ws.close()

    async def say(self, message: Any) -> None:
        assert self.ws is not None
        await self.ws.send_str(message if isinstance(message, str) else json.dumps(message))

    async def subscribe(self, tag: str, token: str = "", *, raw: bool = False) -> None:
        kind = "data:subscribe_all" if raw else "data:subscribe_oauth"
        await self.say({"msg_type": kind, "token": token, "value": WANTED, "tag": tag})

    async def until(self, reached: Callable[[], bool]) -> None:
        async with asyncio.timeout(60):
            while not reached():
                self._came.clear()
                await self._came.wait()

    async def end(self) -> int:
        """Return the code that it ended with, once it has."""
        await self.until(lambda: self.ended is not None)
        assert self.ended is not None
        return self.ended

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Return the messages of a type."""
        return [message for message in self.got if message.get("msg_type") == kind]

    def frames(self, tag: str) -> list[list[str]]:
        """Return the columns of each frame of a car, the time first."""
        return [one["value"].split(",") for one in self.of("data:update") if one["tag"] == tag]

    async def _read(self, ws: aiohttp.ClientWebSocketResponse[Any]) -> None:
        async for message in ws:
            self.kinds.add(message.type)
            text = message.data if isinstance(message.data, str) else message.data.decode()
            self.texts.append(text)
            try:
                self.got.append(json.loads(text))
            except ValueError:
                self.got.append({})
            self._came.set()
        self.ended = ws.close_code or 0
        self._came.set()
