"""Every check that a request has to pass, and then the call."""

from collections.abc import Mapping
from typing import Any

from ..cloud.answers import Answer
from ..cloud.asked import Asked
from ..cloud.endpoints import USER
from ..cloud.region import TABLE
from ..service.tokens import Refused
from ..service.words import REFUSALS
from . import calls
from .office import Call, Office

RENEWAL = "/api/oauth2/v3/token"
# What belongs to the service's own application at Tesla.
KEPT = frozenset(
    {"fleet_telemetry_config_jws", "fleet_telemetry_config_create", "fleet_telemetry_config_delete"}
)
PASSED_ON = frozenset(name for name in TABLE.names() if USER in TABLE[name].tokens) - KEPT
NAMES = ("token", *sorted(PASSED_ON))


class Desk:
    """Who answers at the service's address.

    lifted: Tesla's limits do not count
    """

    def __init__(self, office: Office) -> None:
        """Serve from the office."""
        self.lifted = False
        self._office = office

    def find(self, method: str, path: str) -> tuple[str, Mapping[str, str]]:
        """Return what a path is for."""
        if path == RENEWAL:
            return ("token" if method == "POST" else "other method"), {}
        name, values = TABLE.find(method, path)
        return ("unknown", {}) if name in TABLE.names() and name not in PASSED_ON else (name, values)

    async def respond(self, asked: Asked) -> Answer:
        """Answer a request."""
        if asked.name in {"unknown", "other method"}:
            return REFUSALS["not_found" if asked.name == "unknown" else "method_not_allowed"]
        if asked.name == "token":
            return self.renewed(asked)
        call = self.admit(asked)
        return call if isinstance(call, Answer) else await calls.serve(call)

    def renewed(self, asked: Asked) -> Answer:
        """Exchange a refresh token, which comes in a JSON document and works once."""
        body: Any = asked.json
        if asked.media_type != "application/json" or not isinstance(body, dict):
            return _refused("invalid_request", "a JSON document is expected")
        if body.get("grant_type") != "refresh_token":
            return _refused("unsupported_grant_type", "there is no such grant")
        try:
            granted = self._office.tokens.renew({"refresh_token": str(body.get("refresh_token", ""))})
        except Refused as refused:
            return _refused(refused.error, refused.why, refused.status)
        return Answer(body=granted, headers={"Cache-Control": "no-store"})

    def admit(self, asked: Asked) -> Answer | Call:
        """Return a request as a call of somebody who may make it, or why it is none."""
        text = asked.bearer or asked.query.get("token", "")
        token = self._office.tokens.read(text)
        if token is None:
            return REFUSALS["token_invalid"]
        if self._office.refuses_at is not None and len(self._office.books.asked) > self._office.refuses_at:
            return REFUSALS["billing_limit_exceeded"]
        member = token.customer
        tag = asked.values.get("vin")
        car = member.owner.car(tag) if tag is not None else None
        if tag is not None and car is None:
            return REFUSALS["not_found"]
        whom = [member.owner.sub, *([car.vin] if car else [])]
        refused = None if self.lifted else self._office.tesla.too_many(TABLE[asked.name].category, whom)
        return refused or Call(asked=asked, office=self._office, member=member, car=car)


def _refused(error: str, why: str, status: int = 400) -> Answer:
    return Answer(status=status, body={"error": error, "error_description": why})
