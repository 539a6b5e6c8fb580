"""Codes and tokens: single use, rotation, a day's grace, and the claims that clients read."""

import base64
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
import hashlib
import hmac
import json
from random import Random
from typing import Any

from .accounts import Account, Application

ACCESS_S = 28_800.0
GRACE_S = 86_400.0
UNUSED_S = 90 * 86_400.0
CODE_S = 300.0
SECRET = b"only this cloud signs with it"


class TokenInvalid(Exception):
    """No token of this cloud, or one that was withdrawn."""


class TokenOver(Exception):
    """An access token whose time is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """An authorization code on its way to be exchanged."""

    account: Account
    client_id: str
    redirect_uri: str
    scopes: frozenset[str]
    expires: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """What a token of the application itself, without any user, is good for; `audience` is one base."""

    client_id: str
    audience: str
    scopes: frozenset[str]


@dataclass(slots=True)
class Refresh:
    """One refresh token of a family; `used` is when it first was."""

    token: str
    issued: float
    used: float | None = None


@dataclass(slots=True)
class Family:
    """All refresh tokens that descend from one sign-in, in the order of issue."""

    account: Account
    client_id: str
    members: list[Refresh] = field(default_factory=list)


class Tokens:
    """Issues and takes codes, refresh tokens and access tokens.

    lifetime: of an access token, in seconds
    """

    def __init__(self, clock: Callable[[], float], random: Random, audience: Callable[[], list[str]]) -> None:
        """Start with nobody signed in; `audience` gives the bases that tokens name."""
        self.lifetime = ACCESS_S
        self._clock, self._random, self._audience = clock, random, audience
        self._codes: dict[str, Code] = {}
        self._families: list[Family] = []
        self._withdrawn: set[str] = set()
        self._issued: list[tuple[Account, str]] = []
        self._partners: dict[str, Partner] = {}

    def code(self, account: Account, client_id: str, redirect_uri: str, scopes: frozenset[str]) -> str:
        """Issue a code; it begins with the region of the account."""
        code = self._new(account)
        self._codes[code] = Code(
            account=account,
            client_id=client_id,
            redirect_uri=redirect_uri,
            scopes=scopes,
            expires=self._clock() + CODE_S,
        )
        return code

    def take_code(self, code: str) -> Code | None:
        """Take a code, which works once."""
        taken = self._codes.pop(code, None)
        return taken if taken and self._clock() < taken.expires else None

    def sign_in(self, account: Account, application: Application, scopes: Iterable[str]) -> dict[str, Any]:
        """Answer a code exchange."""
        family = Family(account, application.client_id)
        self._families.append(family)
        return self._grant(family, frozenset(scopes))

    def sign_in_partner(self, client_id: str, audience: str, scopes: Iterable[str]) -> dict[str, Any]:
        """Answer an application that asks for itself; it gets nothing to renew its token with."""
        partner = Partner(client_id=client_id, audience=audience, scopes=frozenset(scopes))
        token = self._access({"sub": client_id, "gty": "client-credentials"}, client_id, [audience], scopes)
        self._partners[token] = partner
        return {"access_token": token, "expires_in": int(self.lifetime), "token_type": "Bearer"}

    def know(self, account: Account, application: Application, access: str, refresh: str) -> None:
        """Take tokens for our own that another run of this cloud has issued."""
        self._issued.append((account, access))
        self._families.append(Family(account, application.client_id, [Refresh(refresh, self._clock())]))

    def refresh(self, token: str, client_id: str) -> dict[str, Any] | None:
        """Answer a refresh; None if the user has to sign in again.

        A token works once, and for a day after its first use as long as nothing newer was used.
        """
        now = self._clock()
        for family in self._families:
            for place, member in enumerate(family.members):
                if member.token != token or family.client_id != client_id:
                    continue
                if now - member.issued > UNUSED_S and member.used is None:
                    return None
                if member.used is not None and now - member.used > GRACE_S:
                    return None
                member.used = now if member.used is None else member.used
                del family.members[:place]
                scopes = family.account.consents.get(client_id, frozenset())
                return self._grant(family, scopes) if scopes else None
        return None

    def read(self, token: str) -> tuple[Account, str, frozenset[str]]:
        """Return whose an access token is, for which application, and its scopes.

        Raises: TokenInvalid, TokenOver
        """
        claims = self._claims(token)
        account = next((owner for owner, issued in self._issued if issued == token), None)
        if account is None:
            raise TokenInvalid
        self._lasts(claims)
        return account, claims["azp"], frozenset(claims["scp"])

    def read_partner(self, token: str) -> Partner | None:
        """Return what a token is good for that has no user; None for one that has.

        Raises: TokenInvalid, TokenOver
        """
        claims = self._claims(token)
        partner = self._partners.get(token)
        if partner is not None:
            self._lasts(claims)
        return partner

    def forget(self, account: Account, *, access_too: bool) -> None:
        """Let every refresh token of an account die, as a new password does."""
        self._families = [family for family in self._families if family.account is not account]
        if access_too:
            self._withdrawn |= {token for owner, token in self._issued if owner is account}

    def _grant(self, family: Family, scopes: frozenset[str]) -> dict[str, Any]:
        account = family.account
        person = {
            "sub": account.sub,
            "amr": ["pwd", "mfa", "otp"],
            "auth_time": int(self._clock()),
            "ou_code": account.region.upper(),
            "locale": account.locale,
            "account_type": "person",
        }
        access = self._access(person, family.client_id, self._audience(), scopes)
        self._issued.append((account, access))
        grant: dict[str, Any] = {
            "access_token": access,
            "id_token": self._jwt({"sub": account.sub, "aud": family.client_id, "email": account.email}),
            "expires_in": int(self.lifetime),
            "token_type": "Bearer",
        }
        if "offline_access" in scopes:
            token = self._new(account)
            family.members.append(Refresh(token, self._clock()))
            grant["refresh_token"] = token
        return grant

    def _access(self, who: dict[str, Any], client_id: str, audience: list[str], scopes: Iterable[str]) -> str:
        now = int(self._clock())
        return self._jwt(
            {
                "iss": "https://auth.tesla.com/oauth2/v3/nts",
                "azp": client_id,
                "aud": audience,
                "scp": sorted(scopes),
                "iat": now,
                "exp": now + int(self.lifetime),
                "jti": f"{self._random.getrandbits(64):016x}",
                **who,
            }
        )

    def _claims(self, token: str) -> dict[str, Any]:
        """Return what a token of ours says.

        Raises: TokenInvalid
        """
        head, _, signature = token.rpartition(".")
        if not hmac.compare_digest(_sign(head).encode(), signature.encode()) or token in self._withdrawn:
            raise TokenInvalid
        claims: dict[str, Any] = json.loads(_unpack(head.split(".")[1]))
        return claims

    def _lasts(self, claims: dict[str, Any]) -> None:
        """Refuse a token whose time is over.

        Raises: TokenOver
        """
        if self._clock() >= claims["exp"]:
            raise TokenOver

    def _new(self, account: Account) -> str:
        return f"{account.region.upper()}_{self._random.getrandbits(256):064x}"

    @staticmethod
    def _jwt(claims: dict[str, Any]) -> str:
        head = ".".join(_pack(json.dumps(part)) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
        return f"{head}.{_sign(head)}"


def _sign(head: str) -> str:
    return _pack(hmac.digest(SECRET, head.encode(), hashlib.sha256))


def _pack(data: str | bytes) -> str:
    raw = data.encode() if isinstance(data, str) else data
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _unpack(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
