"""The telemetry configuration of cars: read, sent, deleted; and why a car does not follow it. All free.

Source: Fleet API, fleet_telemetry_config; telemetry protocol, section 18
"""

from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterable, Mapping
import json
import re
from typing import Any

from ..errors import AnswerUnreadable, ConfigRefused, NotFound, RequestRefused, ScopeMissing
from . import endpoints, proxy, rows
from .client import FleetApi, object_of
from .endpoints import Endpoint
from .ledger import Cause
from .response import READ_AHEAD, Answer, Reader
from .response import read as read_answer
from .rows import Pushed, TelemetryConfigStatus, TelemetryError

# What Tesla sorts fields into, where a refusal speaks of it: "category Driving", "Driving category".
CATEGORY = re.compile(
    r"\b(?:category|categories)\W{0,4}(driving|charging|default)\b"
    r"|\b(driving|charging|default)\W{1,3}(?:category|categories)",
    re.IGNORECASE,
)
SCOPE = re.compile(r"\bvehicle_(location|device_data)\b")


async def read(api: FleetApi, vin: str, cause: Cause) -> TelemetryConfigStatus:
    """Return what the cloud holds for a car; it is not asked itself."""
    document = await api.request(endpoints.TELEMETRY_CONFIG_GET, cause=cause, vin=vin)
    return rows.telemetry_config(object_of(document, endpoints.TELEMETRY_CONFIG_GET))


async def send(api: FleetApi, vins: Iterable[str], token: str, cause: Cause) -> Pushed:
    """Give cars a signed configuration; each takes it when it is next online.

    Raises: ConfigRefused if it is wrong, with the fields that Tesla names; what `FleetApi.request` raises
    """
    document = await api.request(
        endpoints.TELEMETRY_CONFIG_CREATE_JWS,
        cause=cause,
        json={"vins": list(vins), "token": token},
        reader=_naming(_fields(token)),
    )
    return rows.pushed(object_of(document, endpoints.TELEMETRY_CONFIG_CREATE_JWS))


async def send_unsigned(
    api: FleetApi, vins: Iterable[str], config: Mapping[str, Any], cause: Cause
) -> Pushed:
    """Give cars a configuration by way of a command proxy, which signs it.

    Raises: as `send`
    """
    document = await api.request(
        endpoints.TELEMETRY_CONFIG_CREATE,
        cause=cause,
        json={"vins": list(vins), "config": config},
        reader=_naming(config["fields"], by_proxy=True),
    )
    return rows.pushed(object_of(document, endpoints.TELEMETRY_CONFIG_CREATE))


async def delete(api: FleetApi, vin: str, cause: Cause) -> None:
    """Have a car stream to us no more; it does not matter whether it did."""
    try:
        await api.request(endpoints.TELEMETRY_CONFIG_DELETE, cause=cause, vin=vin)
    except NotFound:
        return  # the car is gone from the account, and its configuration with it


async def errors(api: FleetApi, vin: str, cause: Cause) -> list[TelemetryError]:
    """Return what a car has reported about its telemetry, in Tesla's order."""
    endpoint = endpoints.TELEMETRY_ERRORS
    document = await api.request(endpoint, cause=cause, vin=vin)
    response = document.get("response")
    reported = response.get(endpoint.name) if isinstance(response, dict) else response  # some say a bare list
    if not isinstance(reported, list):
        raise AnswerUnreadable(f"{endpoint.name}: an answer without its list")
    return rows.telemetry_errors(reported)


def _naming(fields: Iterable[str], *, by_proxy: bool = False) -> Reader[dict[str, Any]]:
    """Return a reader that tells which of the fields a refusal speaks of.

    by_proxy: a command proxy answers, which has words of its own, and may keep Tesla's to itself
    """

    def reader(answer: Answer, endpoint: Endpoint, trusted: Callable[[str], str | None]) -> dict[str, Any]:
        if by_proxy and (refused := proxy.token_refused(answer, endpoint.name)) is not None:
            raise refused
        try:
            return read_answer(answer, endpoint, trusted)
        except (RequestRefused, ScopeMissing) as error:
            text = answer.body[:READ_AHEAD].decode(errors="replace")
            named = tuple(field for field in fields if re.search(rf"\b{re.escape(field)}\b", text))
            if isinstance(error, ScopeMissing) and not named:
                raise  # it is not about some fields, but about all that we may ask
            category, scope = CATEGORY.search(text), SCOPE.search(text)
            raise ConfigRefused(
                str(error),
                status=error.status,
                fields=named,
                category=(category[1] or category[2]).capitalize() if category else None,
                scope=scope[0] if scope else None,
                told=not (by_proxy and proxy.is_mute(answer)),
            ) from None

    return reader


def _fields(token: str) -> tuple[str, ...]:
    """Return the fields that a signed configuration wishes for, in their order."""
    payload = token.split(".")[1]
    claims = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return tuple(claims.get("fields", ()))
