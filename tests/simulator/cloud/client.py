"""An application as Tesla's documents want it: forms to the token endpoint, JSON to the rest."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp

from simulator.world import World

REDIRECT = "https://my.home-assistant.io/redirect/oauth"


class Reply:
    """An answer, read."""

    def __init__(self, status: int, text: str, headers: Any, body: Any) -> None:
        self.status, self.text, self.headers, self.body = status, text, headers, body

    @property
    def response(self) -> Any:
        return self.body["response"]

    @property
    def error(self) -> Any:
        return self.body["error"]


class Client:
    """Signs in, refreshes, asks."""

    def __init__(self, world: World, web: aiohttp.ClientSession) -> None:
        self.world, self.web = world, web
        self.application = world.cloud.books.application
        self.tokens: dict[str, Any] = {}

    def authorize_query(self, scopes: Iterable[str], **more: str) -> dict[str, str]:
        return {
            "response_type": "code",
            "client_id": self.application.client_id,
            "redirect_uri": REDIRECT,
            "scope": " ".join(scopes),
            "state": "opaque",
            **more,
        }

    async def authorize(self, scopes: Iterable[str], **more: str) -> Reply:
        """Open the sign-in page, following nothing."""
        query = self.authorize_query(scopes, **more)
        return await self._read("GET", self.world.cloud.authorize_url, params=query, allow_redirects=False)

    async def submit(self, scopes: Iterable[str], form: Any, **more: str) -> Reply:
        """Send the sign-in page's form."""
        query = self.authorize_query(scopes, **more)
        url = self.world.cloud.authorize_url
        return await self._read("POST", url, params=query, data=form, allow_redirects=False)

    async def token(self, **form: str) -> Reply:
        """Ask the token endpoint."""
        return await self._read(
            "POST", self.world.cloud.token_url, data={"client_id": self.application.client_id} | form
        )

    async def exchange(self, code: str, **changes: str) -> Reply:
        form = {
            "grant_type": "authorization_code",
            "client_secret": self.application.client_secret,
            "code": code,
            "audience": self.world.cloud.bases["eu"],
            "redirect_uri": REDIRECT,
        }
        return await self.token(**(form | changes))

    async def refresh(self, token: str | None = None) -> Reply:
        given = self.tokens["refresh_token"] if token is None else token
        return await self.token(grant_type="refresh_token", refresh_token=given)

    async def sign_in(self, scopes: Iterable[str]) -> None:
        reply = await self.authorize(scopes)
        self.tokens = (await self.exchange(result(reply)["code"])).body

    async def get(self, path: str, region: str = "eu", **query: str) -> Reply:
        return await self.ask("GET", path, region, params=query)

    async def post(self, path: str, body: Any = None, region: str = "eu") -> Reply:
        return await self.ask("POST", path, region, json={} if body is None else body)

    async def ask(self, method: str, path: str, region: str = "eu", **more: Any) -> Reply:
        headers = {"Content-Type": "application/json"} | more.pop("headers", {})
        if "Authorization" not in headers:
            headers["Authorization"] = f"Bearer {self.tokens['access_token']}"
        headers = {name: value for name, value in headers.items() if value}
        skip = [] if "Content-Type" in headers else ["Content-Type"]
        url = self.world.cloud.bases[region] + path
        return await self._read(method, url, headers=headers, skip_auto_headers=skip, **more)

    async def _read(self, method: str, url: str, **more: Any) -> Reply:
        async with self.web.request(method, url, **more) as response:
            text = await response.text()
            is_json = response.content_type == "application/json"
            return Reply(response.status, text, response.headers, await response.json() if is_json else None)


def result(reply: Reply) -> dict[str, str]:
    """Return what a redirect brings back."""
    assert reply.status == 302
    query = parse_qs(urlsplit(reply.headers["Location"]).query)
    return {name: values[0] for name, values in query.items()}
