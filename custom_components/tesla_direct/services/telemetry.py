"""What the cloud keeps of how a car streams; sending it a new one is the keeper's business."""

from functools import partial

from homeassistant.core import SupportsResponse
from homeassistant.util.json import JsonObjectType

from ..tesla.fleet_api import documents, endpoints
from .action import Action, Asked, Doing, Parameter
from .kinds import Choice

ATTR_OPERATION = "operation"
GET, DELETE = "get", "delete"


def _telemetry_config(asked: Asked) -> Doing:
    return partial(_async_delete if asked[ATTR_OPERATION] == DELETE else _async_get, asked)


async def _async_get(asked: Asked) -> JsonObjectType:
    return documents.telemetry_config(await asked.async_read(endpoints.TELEMETRY_CONFIG_GET))


async def _async_delete(asked: Asked) -> JsonObjectType:
    document = await asked.async_read(endpoints.TELEMETRY_CONFIG_DELETE)
    return {"updated_vehicles": documents.updated_vehicles(document)}


ACTIONS = (
    Action(
        name="telemetry_config",
        parameters={ATTR_OPERATION: Parameter(Choice((GET, DELETE)), default=GET)},
        prepare=_telemetry_config,
        response=SupportsResponse.OPTIONAL,
        costs=False,
    ),
)
