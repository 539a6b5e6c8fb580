"""Tesla's rules for refresh tokens, with every fault a test wants, and a disk that can fail too."""

import asyncio
from collections import deque
from dataclasses import replace

from custom_components.tesla_direct.tesla.fleet_api.oauth import Token

from .host import Clock, Reply, Seen, jwt, reply

DAY = 86400.0
LIFE = 28800
# What can go wrong at the service before it has used up the refresh token, and after.
FAULTS = {
    "500": reply({"error": "server_error"}, 500),
    "503 html": Reply(status=503, body=b"<html><h1>Service Unavailable</h1></html>"),
    "200 html": Reply(body=b"<html>Just a moment</html>"),
    "429": Reply(status=429, headers={"Retry-After": "20"}),
    "401 empty": Reply(status=401),
    "500 login_required": reply({"error": "login_required"}, 500),
    "no members": reply({}),
    "no refresh token": reply({"access_token": "x", "expires_in": LIFE}),
    "cut": Reply(drop=True),
    "truncated": Reply(body=b'{"access_token": "', short=1000),
    "garbage": Reply(body=b"\x00\xff\xfe"),
}
BEFORE, AFTER = "before", "after"


class SignIn:
    """The sign-in service: a refresh token is good once, the one used last for a day more.

    faults: what happens to the next requests: None, or a fault and whether it strikes before or after
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.current = "EU_1"
        self.used: str | None = None
        self.used_at = 0.0
        self.issued = 1
        self.faults: deque[tuple[str, str] | None] = deque()
        self.refusals = 0

    def answer(self, seen: Seen) -> Reply:
        fault, when = (self.faults.popleft() if self.faults else None) or (None, None)
        if fault is not None and when == BEFORE:
            return FAULTS[fault]
        granted = self._redeem(seen.form)
        return granted if fault is None else FAULTS[fault]

    def revoke(self) -> None:
        """Forget all refresh tokens, as after a changed password."""
        self.current, self.used = "revoked", None

    def _redeem(self, form: dict[str, str]) -> Reply:
        token = form["refresh_token"]
        if token == self.current:
            self.used, self.used_at = token, self.clock()
        elif token != self.used or self.clock() - self.used_at >= DAY:
            self.refusals += 1
            return reply({"error": "login_required", "error_description": "invalid"}, 401)
        self.issued += 1
        self.current = f"EU_{self.issued}"
        return reply({"access_token": access(self.issued), "refresh_token": self.current, "expires_in": LIFE})


def access(number: int) -> str:
    """Return the access token that was issued as that one."""
    return jwt(number=number)


class DiskFull(Exception):
    """What a disk can come up with."""


class Disk:
    """Where the token is kept. What it holds survives a `TokenKeeper`.

    faults: what happens to the next saves: None, "lost" (nothing written), "late" (written, yet an error)
    hold:   is waited for before anything is written or read
    """

    def __init__(self, token: Token | None) -> None:
        self.token = token
        self.faults: deque[str | None] = deque()
        self.saves = 0
        self.hold: asyncio.Event | None = None
        self.unreadable = False

    async def load(self) -> Token | None:
        if self.hold is not None:
            await self.hold.wait()
        if self.unreadable:
            raise DiskFull
        return self.token

    async def save(self, token: Token) -> None:
        self.saves += 1
        fault = self.faults.popleft() if self.faults else None
        if self.hold is not None:
            await self.hold.wait()
        if fault == "lost":
            raise DiskFull
        self.token = Token.from_dict(token.to_dict())
        if fault == "late":
            raise DiskFull


def first(now: float) -> Token:
    """Return the token of a sign-in just now."""
    return Token(access_token=access(1), refresh_token="EU_1", expires_at=now + LIFE, received_at=now)


def expired(now: float) -> Token:
    """Return the token of a sign-in some hours ago."""
    return replace(first(now - LIFE), expires_at=now)
