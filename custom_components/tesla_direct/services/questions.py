"""What Tesla, or the car over Tesla, is asked: chargers nearby, alerts, release notes, options, the key."""

from functools import partial

from homeassistant.core import SupportsResponse
from homeassistant.util.json import JsonObjectType

from ..tesla.fleet_api import documents, endpoints
from ..tesla.fleet_api.ledger import Cause
from . import refresh
from .action import Action, Asked, Doing, Parameter
from .kinds import Text, Whole, flag

MOST_SITES = 100
FARTHEST = 500  # miles
LANGUAGE_LIMIT = 20  # characters


def _nearby_charging(asked: Asked) -> Doing:
    refresh.need_location(asked)
    return partial(_async_nearby_charging, asked)


async def _async_nearby_charging(asked: Asked) -> JsonObjectType:
    params = {name: asked[name] for name in ("count", "radius", "detail")}
    document = await asked.async_read(endpoints.NEARBY_CHARGING_SITES, params=params, online=True)
    return documents.nearby_charging_sites(document)


def _recent_alerts(asked: Asked) -> Doing:
    return partial(_async_recent_alerts, asked)


async def _async_recent_alerts(asked: Asked) -> JsonObjectType:
    document = await asked.async_read(endpoints.RECENT_ALERTS, online=True, optional=True)
    return {"recent_alerts": list(documents.recent_alerts(document))}


def _release_notes(asked: Asked) -> Doing:
    return partial(_async_release_notes, asked)


async def _async_release_notes(asked: Asked) -> JsonObjectType:
    params = {"staged": asked["staged"], "language": asked["language"]}
    document = await asked.async_read(endpoints.RELEASE_NOTES, params=params, online=True, optional=True)
    return documents.release_notes(document)


def _vehicle_options(asked: Asked) -> Doing:
    return partial(_async_vehicle_options, asked)


async def _async_vehicle_options(asked: Asked) -> JsonObjectType:
    return {"codes": list(documents.options(await asked.async_read(endpoints.OPTIONS)))}


def _fleet_status(asked: Asked) -> Doing:
    return partial(_async_fleet_status, asked)


async def _async_fleet_status(asked: Asked) -> JsonObjectType:
    vin = asked.vehicle.vin
    status = (await asked.entry.runtime_data.api.fleet_status((vin,), Cause.USER)).get(vin)
    if status is None:
        return {}
    return {
        "key_paired": status.paired,
        "firmware_version": status.firmware,
        "vehicle_command_protocol_required": status.wants_signature,
        "discounted_device_data": status.discounted,
        "fleet_telemetry_version": status.telemetry_version,
        "total_number_of_keys": status.keys,
        "safety_screen_streaming_toggle_enabled": status.streaming_toggle,
    }


ACTIONS = (
    *refresh.ACTIONS,
    Action(
        name="nearby_charging",
        parameters={
            "count": Parameter(Whole(1, MOST_SITES)),
            "radius": Parameter(Whole(1, FARTHEST)),
            "detail": Parameter(flag),
        },
        prepare=_nearby_charging,
        response=SupportsResponse.ONLY,
    ),
    Action(name="recent_alerts", prepare=_recent_alerts, response=SupportsResponse.ONLY),
    Action(
        name="release_notes",
        parameters={"staged": Parameter(flag), "language": Parameter(Text(LANGUAGE_LIMIT))},
        prepare=_release_notes,
        response=SupportsResponse.ONLY,
    ),
    Action(name="vehicle_options", prepare=_vehicle_options, response=SupportsResponse.ONLY),
    Action(name="fleet_status", prepare=_fleet_status, response=SupportsResponse.ONLY, costs=False),
)
