"""A client of a service, whichever it is."""

from abc import ABC, abstractmethod
import json
from typing import Any

import aiohttp


class Reply:
    """An answer, read."""

    def __init__(self, status: int, text: str, headers: Any) -> None:
        self.status, self.text, self.headers = status, text, headers

    @property
    def body(self) -> Any:
        return json.loads(self.text)

    @property
    def response(self) -> Any:
        return self.body["response"]

    @property
    def error(self) -> Any:
        return self.body["error"]


class ServiceClient(ABC):
    """Asks with a token in the header, unless it is told otherwise."""

    def __init__(self, token: str, web: aiohttp.ClientSession) -> None:
        self.web, self.token = web, token

    @property
    @abstractmethod
    def base(self) -> str:
        """Where the service is asked now."""

    async def ask(self, method: str, path: str, **more: Any) -> Reply:
        headers = {"Authorization": f"Bearer {self.token}"} | more.pop("headers", {})
        headers = {name: value for name, value in headers.items() if value}
        async with self.web.request(
            method, self.base + path, headers=headers, allow_redirects=False, **more
        ) as response:
            return Reply(response.status, await response.text(), response.headers)

    async def get(self, path: str, **query: str) -> Reply:
        return await self.ask("GET", path, params=query)

    async def post(self, path: str, body: Any = None) -> Reply:
        return await self.ask("POST", path, json={} if body is None else body)

    async def command(self, vin: str, name: str, **body: Any) -> Reply:
        return await self.post(f"/api/1/vehicles/{vin}/command/{name}", body)
