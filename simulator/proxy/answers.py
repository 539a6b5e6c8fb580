"""What the proxy says.

Source: providers, section 7; the texts are those of Tesla's Go program
"""

import json
from typing import Any

from aiohttp import web

ASLEEP = "vehicle unavailable: vehicle is offline or asleep"
DEADLINE = "context deadline exceeded"
NO_TOKEN = "client did not provide an OAuth token"  # noqa: S105  # a text, not a token
ODD_TOKEN = "client provided malformed OAuth token"  # noqa: S105  # likewise
NO_VIN = "expected 17-character VIN in path (do not user Fleet API ID)"  # Tesla's own spelling
NOT_PAIRED = "vehicle rejected request: your public key has not been paired with the vehicle"
NOT_IMPLEMENTED = "command not implemented"
ONLY_PLAIN = "command requires using the REST API"
REPLY_LIMIT = "response exceeds maximum length"
UNREADABLE = "error occurred while parsing request parameters"


class Wrong(Exception):
    """A request that ends here, with what is said of it."""

    def __init__(self, status: int, error: str = "", *, body: str | None = None) -> None:
        """Say an error in the proxy's envelope, or exactly a body."""
        super().__init__(error)
        self.status, self.error, self.body = status, error, body


def wrong(error: Wrong) -> web.Response:
    """Answer with an error."""
    if error.body is not None:
        return _text(error.status, error.body)
    return said(error.status, response=None, error=error.error)


def said(status: int, **members: Any) -> web.Response:
    """Answer in the envelope in which everything but success comes."""
    return _text(status, json.dumps({**members, "error": members.get("error", ""), "error_description": ""}))


def done() -> web.Response:
    """Answer that the car did it."""
    body = json.dumps({"response": {"result": True, "reason": ""}})
    return web.Response(text=f"{body}\n", content_type="application/json")


def refused(reason: str, status: int = 200, member: str = "reason") -> web.Response:
    """Answer that the car did not want to, or that the request lacks something."""
    return said(status, response={"result": False, member: reason})


def _text(status: int, text: str) -> web.Response:
    """Answer in what is JSON and is not said to be: Tesla's program names the type when it is too late."""
    return web.Response(status=status, text=f"{text}\n", content_type="text/plain")
