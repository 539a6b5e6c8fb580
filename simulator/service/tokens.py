"""Registered clients, codes with PKCE, tokens that rotate and tokens that are pasted; C is a customer."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
import hashlib
from random import Random
from typing import Any

LIFETIME_S = 28_800.0
CODE_S = 300.0


class Refused(Exception):
    """The token endpoint says no, by OAuth's own word."""

    def __init__(self, error: str, why: str, status: int = 400) -> None:
        """Name the error."""
        super().__init__(why)
        self.error, self.why, self.status = error, why, status


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A program that has registered itself."""

    client_id: str
    name: str
    software_id: str = ""
    software_version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code[C]:
    """An authorization code on its way; `challenge` is what its verifier has to hash to."""

    customer: C
    client_id: str
    redirect_uri: str
    challenge: str
    name: str
    expires: float


@dataclass(slots=True, kw_only=True)
class Token[C]:
    """What a token is good for; `expires` is real time, None never."""

    customer: C
    client_id: str
    name: str
    expires: float | None = None


class Tokens[C]:
    """Issues, takes, renews and forgets.

    lifetime: of an access token, in seconds
    """

    def __init__(self, clock: Callable[[], float], random: Random) -> None:
        """Know nobody yet."""
        self.lifetime = LIFETIME_S
        self.clients: dict[str, Client] = {}
        self._clock, self._random = clock, random
        self._codes: dict[str, Code[C]] = {}
        self._access: dict[str, Token[C]] = {}
        self._refresh: dict[str, Token[C]] = {}

    def register(self, name: str, software_id: str = "", software_version: str = "") -> Client:
        """Take a program on; it has no secret, which is what PKCE is for."""
        client = Client(
            client_id=self.new(), name=name, software_id=software_id, software_version=software_version
        )
        self.clients[client.client_id] = client
        return client

    def paste(self, customer: C, name: str = "console") -> str:
        """Make a token for a person to copy, which lasts until it is revoked."""
        return self._issue(Token(customer=customer, client_id="", name=name))

    def take(self, customer: C, access: str) -> None:
        """Take a text for good as a pasted token."""
        self._access[access] = Token(customer=customer, client_id="", name="console")

    def know(self, customer: C, client: Client, access: str, refresh: str) -> None:
        """Take tokens for good that another world issued to a registered program."""
        self.clients[client.client_id] = client
        token = Token(
            customer=customer,
            client_id=client.client_id,
            name=client.name,
            expires=self._clock() + self.lifetime,
        )
        self._access[access] = self._refresh[refresh] = token

    def code(self, customer: C, query: dict[str, str]) -> str:
        """Issue a code for what the sign-in page was asked."""
        code = self.new()
        self._codes[code] = Code(
            customer=customer,
            client_id=query["client_id"],
            redirect_uri=query["redirect_uri"],
            challenge=query["code_challenge"],
            name=query.get("name", ""),
            expires=self._clock() + CODE_S,
        )
        return code

    def exchange(self, form: dict[str, str]) -> dict[str, Any]:
        """Answer a code, which works once, with the verifier that belongs to it.

        Raises: Refused
        """
        code = self._codes.pop(form.get("code", ""), None)
        if code is None or self._clock() >= code.expires:
            raise Refused("invalid_grant", "the code is unknown, used or too old")
        if (form.get("client_id"), form.get("redirect_uri")) != (code.client_id, code.redirect_uri):
            raise Refused("invalid_grant", "the code was issued for another client or address")
        if challenge(form.get("code_verifier", "")) != code.challenge:
            raise Refused("invalid_grant", "the verifier does not fit")
        return self.grant(code.customer, code.client_id, code.name)

    def renew(self, form: dict[str, str]) -> dict[str, Any]:
        """Answer a refresh token, which works once.

        Raises: Refused
        """
        token = self._refresh.get(form.get("refresh_token", ""))
        if token is None or form.get("client_id", token.client_id) != token.client_id:
            raise Refused("invalid_grant", "the refresh token is unknown or used")
        del self._refresh[form["refresh_token"]]
        return self.grant(token.customer, token.client_id, token.name)

    def migrate(self, form: dict[str, str]) -> dict[str, Any]:
        """Make of a pasted token one of a registered client.

        Raises: Refused
        """
        token = self.read(form.get("access_token", ""))
        if token is None:
            raise Refused("invalid_grant", "the access token is not good", 401)
        return self.grant(token.customer, form["client_id"], form.get("name", token.name))

    def read(self, access: str) -> Token[C] | None:
        """Return what an access token is good for; None for nothing any more."""
        token = self._access.get(access)
        if token is None or (token.expires is not None and self._clock() >= token.expires):
            return None
        return token

    def revoke(self, customer: C) -> None:
        """Forget every token of a customer."""
        for table in (self._access, self._refresh):
            for text in [text for text, token in table.items() if token.customer is customer]:
                del table[text]

    def expire(self, customer: C) -> None:
        """Let the time of every access token be over; refresh tokens stay good."""
        for token in self._access.values():
            if token.customer is customer:
                token.expires = self._clock()

    def grant(self, customer: C, client_id: str, name: str) -> dict[str, Any]:
        """Issue an access token that is over some day, and a refresh token."""
        expires = self._clock() + self.lifetime
        token = Token(customer=customer, client_id=client_id, name=name, expires=expires)
        refresh = self.new()
        self._refresh[refresh] = token
        return {
            "access_token": self._issue(token),
            "refresh_token": refresh,
            "expires_in": int(self.lifetime),
            "token_type": "Bearer",
        }

    def _issue(self, token: Token[C]) -> str:
        text = self.new()
        self._access[text] = token
        return text

    def new(self) -> str:
        """Make up a text that nobody guesses."""
        return f"{self._random.getrandbits(160):040x}"


def challenge(verifier: str) -> str:
    """Hash a verifier as S256 does."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
