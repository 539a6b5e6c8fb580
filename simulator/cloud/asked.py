"""A request as it came in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
import json
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from ..car.car import Car


class Carried(NamedTuple):
    """Something for a car that nobody needs to sign, because signer and car live in one process."""

    names: list[str]
    deliver: Callable[[Car], None]


@dataclass(slots=True, kw_only=True)
class Asked:
    """One request, and how it was answered.

    name:    of the endpoint; "unknown" where there is none
    host:    which host took it: na, eu, cn or auth
    scheme:  http or https
    values:  what the path named, such as the VIN
    status:  of the answer; None while there is none
    command: what a command is called, "handshake" for a signed message that only greets
    at:      real time, seconds since 1970
    carried: what a signed message would have the car do, where it comes from the simulator's own proxy
    """

    name: str
    host: str
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: str
    at: float
    scheme: str = "http"
    values: Mapping[str, str] = field(default_factory=dict)
    status: int | None = None
    command: str = ""
    carried: Carried | None = None

    @property
    def json(self) -> Any:
        """Return the body as JSON; None if it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def form(self) -> dict[str, list[str]]:
        """Return the body as form fields."""
        return parse_qs(self.body)

    @property
    def media_type(self) -> str:
        """Return what the body is said to be; empty if nothing is said."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def bearer(self) -> str:
        """Return the access token that came with it; empty if none did."""
        kind, _, token = self.headers.get("Authorization", "").partition(" ")
        return token.strip() if kind.lower() == "bearer" else ""

    def public(self) -> dict[str, Any]:
        """Give it for others to read, without its secrets."""
        return {
            "name": self.name,
            "host": self.host,
            "method": self.method,
            "path": self.path,
            "query": {name: value for name, value in self.query.items() if name != "token"},
            "status": self.status,
            "command": self.command,
            "at": self.at,
        }
