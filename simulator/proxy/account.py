"""Which account a request belongs to, and which host of Tesla's it goes to, by its token."""

import base64
from dataclasses import dataclass
import json
import re
from typing import Any

from aiohttp import web

from .answers import NO_TOKEN, ODD_TOKEN, Wrong

PARTS = 3
NEW_BASE = re.compile(r"(?:use base URL: |^h2=)(https?://[^\s,]+)")


@dataclass(frozen=True, slots=True)
class Account:
    """A user of Tesla's; `region` is as the token has it."""

    sub: str
    region: str
    token: str


def account_of(request: web.BaseRequest) -> Account:
    """Read the token of a request, which is not verified.

    Raises: Wrong
    """
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind != "Bearer" or not token:
        raise Wrong(403, NO_TOKEN)
    parts = token.split(".")
    if len(parts) != PARTS:
        raise Wrong(403, ODD_TOKEN)
    try:
        claims: Any = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        return Account(str(claims.get("sub", "")), str(claims.get("ou_code", "")).lower(), token)
    except (ValueError, AttributeError) as error:
        raise Wrong(403, f"{ODD_TOKEN}: {error}") from error


def base_in(text: str) -> str | None:
    """Return the base that a user out of region is told to use, in a body or in a header."""
    found = NEW_BASE.search(text)
    return found[1] if found else None
