"""What a car is told of streaming: what the cloud keeps of it, sent, taken away; and what the car reports."""

from datetime import UTC, datetime
from functools import partial

from homeassistant.core import SupportsResponse
from homeassistant.util.json import JsonObjectType

from ..tesla.fleet_api import documents, endpoints
from ..tesla.fleet_api.rows import TelemetryError
from ..tesla.source.config_state import ConfigState
from .action import Action, Asked, Doing, Parameter
from .kinds import Choice

ATTR_OPERATION = "operation"
GET, SEND, DELETE, ERRORS = "get", "send", "delete", "errors"


def _telemetry_config(asked: Asked) -> Doing:
    return partial(OPERATIONS[asked[ATTR_OPERATION]], asked)


async def _async_get(asked: Asked) -> JsonObjectType:
    answer = documents.telemetry_config(await asked.async_read(endpoints.TELEMETRY_CONFIG_GET))
    return answer | {"keeper": _told(asked.entry.runtime_data.streaming.state(asked.vehicle.vin))}


async def _async_send(asked: Asked) -> JsonObjectType:
    vin = asked.vehicle.vin
    return _told((await asked.entry.runtime_data.streaming.async_send_now(vin))[vin])


async def _async_delete(asked: Asked) -> JsonObjectType:
    await asked.entry.runtime_data.streaming.async_delete(asked.vehicle.vin)
    return _told(asked.entry.runtime_data.streaming.state(asked.vehicle.vin))


async def _async_errors(asked: Asked) -> JsonObjectType:
    errors = await asked.entry.runtime_data.streaming.async_read_errors(asked.vehicle.vin)
    return {"errors": [_reported(error) for error in errors]}


def _told(state: ConfigState) -> JsonObjectType:
    return {
        "phase": state.phase.value,
        "reason": state.reason,
        "refused_fields": list(state.named),
        "fields": list(state.fields),
        "sent_at": _moment(state.sent_at),
        "expires": _moment(state.expires),
    }


def _reported(error: TelemetryError) -> JsonObjectType:
    return {
        "error_name": error.error_name or error.name,
        "error": error.text,
        "created_at": _moment(error.at),
    }


def _moment(at: float | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")


OPERATIONS = {GET: _async_get, SEND: _async_send, DELETE: _async_delete, ERRORS: _async_errors}
ACTIONS = (
    Action(
        name="telemetry_config",
        parameters={ATTR_OPERATION: Parameter(Choice(tuple(OPERATIONS)), default=GET)},
        prepare=_telemetry_config,
        response=SupportsResponse.OPTIONAL,
        costs=False,
    ),
)
