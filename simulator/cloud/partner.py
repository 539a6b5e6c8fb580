"""Calls of the application itself: its registration in a region, and what its cars complain of."""

from datetime import UTC, datetime
import re
from typing import Any
from urllib.parse import urlsplit

from .accounts import Registration
from .answers import REFUSALS, Answer, bad_parameter, ok, refusal
from .books import Books
from .domains import NotFetched
from .endpoints import PARTNER, Call, Endpoint
from .telemetry_config import errors_of

REGISTER = "partner_accounts"
PATH = "/api/1/partner_accounts"
DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
# Below these everybody's domain is their own; a few of many.
SHARED = frozenset({"co.uk", "com.au", "duckdns.org", "github.io", "ui.nabu.casa"})
PORTAL = "https://developer.tesla.com/dashboard/app-details"


async def register(call: Call) -> Answer:
    """Register the application's domain in this region, with the key that is found there."""
    books = call.books
    body = call.asked.json
    domain = body.get("domain") if isinstance(body, dict) else None
    if not isinstance(domain, str):
        return bad_parameter("domain is missing")
    if refused := _unready(books) or _foreign(call, domain):
        return refused
    try:
        key = await books.domains.key(domain)
    except NotFetched as error:
        return refusal(424, str(error))
    if refused := _taken(books, call.asked.host, domain, key):
        return refused
    registration = Registration(domain=domain, public_key=key, at=books.clock.now())
    books.application.registrations[call.asked.host] = registration
    return ok(_account(call, registration))


def public_key(call: Call) -> Answer:
    """Give the key that is registered for a domain."""
    registration = call.books.application.registrations[call.asked.host]
    if registration.public_key is None or registration.domain not in {"", call.asked.query.get("domain")}:
        return REFUSALS["not_found"]
    return ok({"public_key": registration.public_key.hex()})


def telemetry_errors(call: Call) -> Answer:
    """List what any of the cars complained of."""
    rows = [row for car in call.account.cars for row in errors_of(car, call.client_id)]
    return ok({"fleet_telemetry_errors": rows})


def telemetry_error_vins(call: Call) -> Answer:
    """List the cars that complained."""
    vins = [car.vin for car in call.account.cars if errors_of(car, call.client_id)]
    return ok({"fleet_telemetry_error_vins": vins})


def _unready(books: Books) -> Answer | None:
    """Refuse an application that Tesla has only just heard of, or is still busy with."""
    if books.clock.passed < books.application.mature:
        return REFUSALS["partner_expected"]
    if books.busy == 0:
        return None
    books.busy = None if books.busy is None else books.busy - 1
    headers = {} if books.busy_for is None else {"Retry_After": f"{books.busy_for:.0f}"}
    return refusal(429, "Another update is in progress", **headers)


def _foreign(call: Call, domain: str) -> Answer | None:
    """Refuse what is no domain, and one that does not belong to an allowed origin."""
    if not DOMAIN.fullmatch(domain):
        advice = "Ensure that domain is lowercase and starts without https://"
        return refusal(400, f"Invalid domain: {domain}. {advice}")
    allowed = call.books.application.allowed(call.books.clock.passed)
    if allowed and _root(domain) not in {_root(urlsplit(origin).hostname or "") for origin in allowed}:
        where = f"{PORTAL}/{call.client_id}"
        return refusal(412, f"Root domain {_root(domain)} must match registered allowed origin on {where}")
    return None


def _taken(books: Books, region: str, domain: str, key: bytes) -> Answer | None:
    """Refuse what another application holds, and, where told to, what this one has registered already."""
    known = books.application.registrations.get(region)
    if domain in books.taken:
        return refusal(422, "Validation failed: Domain has already been taken")
    if key in books.taken_keys or (books.once and known is not None and known.public_key == key):
        return refusal(422, "Validation failed: Public key hash has already been taken")
    return None


def _root(domain: str) -> str:
    """Return the part of a domain that somebody can own, which is what Tesla compares."""
    public = next((suffix for suffix in SHARED if domain.endswith(f".{suffix}")), "tld")
    return ".".join(domain.split(".")[-2 - public.count(".") :])


def _account(call: Call, registration: Registration) -> dict[str, Any]:
    at = datetime.fromtimestamp(registration.at, UTC).isoformat(timespec="milliseconds")
    return {
        "account_id": call.client_id,
        "client_id": call.client_id,
        "name": "An application",
        "description": "",
        "domain": registration.domain,
        "ca": None,
        "csr": None,
        "csr_updated_at": None,
        "issuer": None,
        "enterprise_tier": "pay_as_you_go",
        "created_at": at.replace("+00:00", "Z"),
        "updated_at": at.replace("+00:00", "Z"),
        "public_key": registration.public_key.hex() if registration.public_key else None,
    }


def _partner(name: str, path: str, serve: Any, method: str = "GET") -> Endpoint:
    return Endpoint(name=name, method=method, path=path, serve=serve, tokens=frozenset({PARTNER}))


ENDPOINTS = (
    _partner(REGISTER, PATH, register, "POST"),
    _partner("partner_public_key", f"{PATH}/public_key", public_key),
    _partner("partner_telemetry_errors", f"{PATH}/fleet_telemetry_errors", telemetry_errors),
    _partner("partner_telemetry_error_vins", f"{PATH}/fleet_telemetry_error_vins", telemetry_error_vins),
)
