"""The page on which a customer lets a program in, registration of programs, and the token endpoint."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import urlencode

from ..cloud.answers import Answer
from ..cloud.asked import Asked
from ..service.tokens import Refused, Tokens
from .accounts import Customer

CONNECT = "/connect"
PAGE = """<!doctype html>
<html lang="en">
<title>Connect</title>
<h1>Connect {name}</h1>
<form method="post" action="{action}">
<p><button name="decision" value="grant">Allow</button>
<button name="decision" value="refuse">Cancel</button>
</form>
"""


@dataclass(slots=True, kw_only=True)
class Approval:
    """What the person at the page does: fills in the form, or is quicker than it and says yes or no."""

    by_hand: bool = False
    refuse: bool = False
    customer: Customer | None = None


class SignIn:
    """Who asks there is nobody's customer yet."""

    def __init__(self, tokens: Tokens[Customer], somebody: Customer) -> None:
        """Sign in `somebody` unless the approval says who."""
        self.approval = Approval()
        self._tokens, self._somebody = tokens, somebody

    def connect(self, asked: Asked) -> Answer:
        """Show the page, or send the browser back with a code."""
        query = dict(asked.query)
        if mistake := self._mistake(query):
            return _page(400, f"<h1>{escape(mistake)}</h1>")
        if asked.method == "POST":
            return self._decided(query, granted=asked.form.get("decision") == ["grant"])
        if self.approval.by_hand:
            action = escape(f"{CONNECT}?{urlencode(query)}")
            return _page(200, PAGE.format(name=escape(query.get("name", "a program")), action=action))
        return self._decided(query, granted=not self.approval.refuse)

    def register(self, asked: Asked) -> Answer:
        """Take a program on that says what it is."""
        body = asked.json
        if not isinstance(body, dict) or not isinstance(body.get("client_name"), str):
            return _refused("invalid_client_metadata", "client_name is missing")
        told = {key: str(body.get(key, "")) for key in ("software_id", "software_version")}
        return Answer(body={"client_id": self._tokens.register(body["client_name"], **told).client_id})

    def token(self, asked: Asked) -> Answer:
        """Exchange a code, a refresh token or a pasted token; a form and JSON are taken alike."""
        form = _form(asked)
        exchanges = {
            "authorization_code": self._tokens.exchange,
            "refresh_token": self._tokens.renew,
            "migrate": self._tokens.migrate,
        }
        kind = form.get("grant_type", "")
        if kind not in exchanges:
            return _refused("unsupported_grant_type", "there is no such grant")
        if form.get("client_id") not in self._tokens.clients:
            return _refused("invalid_client", "the client has not registered", 401)
        try:
            return Answer(body=exchanges[kind](form), headers={"Cache-Control": "no-store"})
        except Refused as refused:
            return _refused(refused.error, refused.why, refused.status)

    def _mistake(self, query: Mapping[str, str]) -> str | None:
        """Say what is wrong with a request that must not lead back to anybody."""
        if query.get("client_id") not in self._tokens.clients:
            return "unauthorized_client"
        if not query.get("redirect_uri") or query.get("response_type") != "code":
            return "invalid_request"
        if query.get("code_challenge_method") != "S256" or not query.get("code_challenge"):
            return "invalid_request: PKCE with S256 is required"
        return None

    def _decided(self, query: dict[str, str], *, granted: bool) -> Answer:
        said: dict[str, str] = {"error": "access_denied"}
        if granted:
            said = {"code": self._tokens.code(self.approval.customer or self._somebody, query)}
        if "state" in query:
            said["state"] = query["state"]
        mark = "&" if "?" in query["redirect_uri"] else "?"
        return Answer(status=302, headers={"Location": query["redirect_uri"] + mark + urlencode(said)})


def _form(asked: Asked) -> dict[str, str]:
    body: Any = asked.json
    if isinstance(body, dict):
        return {str(key): str(value) for key, value in body.items()}
    return {key: values[-1] for key, values in asked.form.items()}


def _refused(error: str, why: str, status: int = 400) -> Answer:
    return Answer(status=status, body={"error": error, "error_description": why})


def _page(status: int, body: str) -> Answer:
    return Answer(status=status, body=body, headers={"Content-Type": "text/html; charset=utf-8"})
