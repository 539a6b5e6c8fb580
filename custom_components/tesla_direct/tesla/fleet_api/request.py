"""An endpoint and its arguments, made into a request."""

from collections.abc import Mapping
from dataclasses import dataclass, field
import json
from typing import Any
from urllib.parse import quote, urlencode

from .endpoints import Endpoint

BODIED = frozenset({"POST", "PATCH"})  # methods that carry a body

type Params = Mapping[str, str | float | bool | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """An endpoint and its arguments.

    vin:    the car; always the VIN, never Tesla's numeric id
    params: what follows the question mark; None stands for one that is left out
    json:   the body; a POST or PATCH without one sends an empty object
    """

    endpoint: Endpoint
    vin: str | None = None
    params: Params | None = None
    json: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What goes over the wire; only its name and method may be seen in a log.

    name: of the endpoint
    url:  complete, and already quoted
    """

    name: str
    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(default=None, repr=False)


def build(call: Call, base: str, access_token: str) -> Request:
    """Return the request for a call, to the API at `base`."""
    path = call.endpoint.path.format(vin=quote(call.vin or "", safe=""))
    params = {key: _spelled(value) for key, value in (call.params or {}).items() if value is not None}
    if params:
        path += f"{'&' if '?' in path else '?'}{urlencode(params)}"
    return Request(
        name=call.endpoint.name,
        method=call.endpoint.method,
        url=base + path,
        headers={
            "Authorization": f"Bearer {access_token}",
            "Accept": call.endpoint.accepts,
            "Content-Type": "application/json",  # also where there is no body: without it the answer is 406
        },
        body=json.dumps(call.json or {}).encode() if call.endpoint.method in BODIED else None,
    )


def form(url: str, fields: Mapping[str, str]) -> Request:
    """Return a request to the sign-in service, which takes forms and no JSON."""
    return Request(
        name="token",
        method="POST",
        url=url,
        headers={"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"},
        body=urlencode(fields).encode(),
    )


def document(url: str, fields: Mapping[str, str]) -> Request:
    """Return the same request to a sign-in service that takes JSON."""
    return Request(
        name="token",
        method="POST",
        url=url,
        headers={"Accept": "application/json", "Content-Type": "application/json"},
        body=json.dumps(dict(fields)).encode(),
    )


def _spelled(value: str | float | bool) -> str:  # noqa: FBT001  # a parameter's value, whatever it is
    return str(value).lower() if isinstance(value, bool) else str(value)
