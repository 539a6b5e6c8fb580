"""[I/O] What Teslemetry can be asked beyond Fleet API's own calls. All free, and no car is asked itself.

Its rows are in `teslemetry_rows`. Source: Teslemetry's documentation of its API
"""

from collections.abc import Mapping
import json
from typing import Any

from aiohttp import ClientSession

from ..errors import AnswerUnreadable, NotFound
from . import endpoints
from . import teslemetry_rows as rows
from .client import FleetApi
from .ledger import Cause
from .request import Request
from .response import Answer, read
from .teslemetry_rows import ConfigAnswer, Metadata
from .transport import Trust, fetch

ANSWER_LIMIT = 30.0  # seconds for the answer to a registration
NAME_LIMIT = 100  # characters of the name that a client registers under

REGISTER = endpoints.Endpoint(
    name="oauth/register", method="POST", path="", price=endpoints.Price.FREE, scopes=()
)


async def metadata(api: FleetApi, cause: Cause) -> Metadata:
    """Return the account: its cars, what it may ask for, and what it pays for."""
    return rows.metadata(await api.request(endpoints.TESLEMETRY_METADATA, cause=cause))


async def read_config(api: FleetApi, vin: str, cause: Cause) -> Mapping[str, Any]:
    """Return what a car is told to stream; empty where it is told nothing (yet)."""
    try:
        document = await api.request(endpoints.TESLEMETRY_CONFIG, cause=cause, vin=vin)
    except NotFound:
        return {}
    return rows.config(document)


async def patch_config(
    api: FleetApi, vin: str, fields: Mapping[str, Mapping[str, Any] | None], cause: Cause
) -> ConfigAnswer:
    """Have a car stream these fields besides what it does; None stands for how Teslemetry would have it.

    Raises: RequestRefused also where it says no with a good status
    """
    return await _send(api, endpoints.TESLEMETRY_CONFIG_PATCH, vin, fields, cause)


async def replace_config(
    api: FleetApi, vin: str, fields: Mapping[str, Mapping[str, Any] | None], cause: Cause
) -> ConfigAnswer:
    """Have a car stream these fields and no others.

    Raises: as `patch_config`
    """
    return await _send(api, endpoints.TESLEMETRY_CONFIG_REPLACE, vin, fields, cause)


async def delete_config(api: FleetApi, vin: str, cause: Cause) -> None:
    """Have a car stream no more; it does not matter whether it did."""
    try:
        document = await api.request(endpoints.TESLEMETRY_CONFIG_DELETE, cause=cause, vin=vin)
    except NotFound:
        return
    rows.config_answer(document)


async def known_fields(api: FleetApi, cause: Cause) -> frozenset[str]:
    """Return the fields that cars can be told to stream; none where it is not said in a way we can read."""
    return rows.known_fields(await api.request(endpoints.TESLEMETRY_FIELDS, cause=cause))


async def register_client(  # noqa: PLR0913  # what it says of itself, and to whom
    session: ClientSession,
    url: str,
    *,
    name: str,
    software_id: str,
    software_version: str,
    ssl: Trust = None,
) -> str:
    """Register an installation as a client of the sign-in, and return its client id.

    url:  of the provider's row, `register_url`
    name: what its owner will read when asked for consent
    Raises: what the answer means; AnswerUnreadable if it brings no id
    """
    request = registration(url, name=name, software_id=software_id, software_version=software_version)
    return registered(await fetch(session, request, limit=ANSWER_LIMIT, ssl=ssl))


def registration(url: str, *, name: str, software_id: str, software_version: str) -> Request:
    """Return what a client registers itself with (RFC 7591)."""
    body = {
        "client_name": name[:NAME_LIMIT],
        "software_id": software_id,
        "software_version": software_version,
    }
    return Request(
        name=REGISTER.name,
        method=REGISTER.method,
        url=url,
        headers={"Accept": "application/json", "Content-Type": "application/json"},
        body=json.dumps(body).encode(),
    )


def registered(answer: Answer) -> str:
    """Return the client id that an answer brings."""
    client_id = read(answer, REGISTER, lambda _: None).get("client_id")
    if not (isinstance(client_id, str) and client_id):
        raise AnswerUnreadable(f"{REGISTER.name}: an answer without a client id")
    return client_id


async def _send(
    api: FleetApi,
    endpoint: endpoints.Endpoint,
    vin: str,
    fields: Mapping[str, Mapping[str, Any] | None],
    cause: Cause,
) -> ConfigAnswer:
    document = await api.request(endpoint, cause=cause, vin=vin, json={"fields": dict(fields)})
    return rows.config_answer(document)
