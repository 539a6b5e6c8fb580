"""What is tidied up when a car or an account leaves: what cars were told of streaming is taken back, once.

What cannot be done from here the user is told: the key is in the car, and the consent is at Tesla.
"""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from homeassistant.components import persistent_notification
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_translations

from .cloud import Cloud
from .const import CONF_CLIENT_ID, CONF_VEHICLES, DOMAIN, LOGGER, TESLEMETRY_CONSOLE
from .hosts import async_ssl_context, provider_of
from .shared import Shared
from .storage import recovered
from .telemetry_homes import home_of
from .tesla.errors import TeslaError
from .tesla.fleet_api.client import FleetApi
from .tesla.fleet_api.ledger import Cause
from .tesla.fleet_api.provider import LIKE_TESLAMATE, MYTESLAMATE, Provider
from .tesla.source.config_state import ConfigState
from .tesla.source.telemetry_home import TelemetryHome
from .tesla.vehicle.model import read_vin

LIMIT = 30.0  # seconds for all cars together: somebody is waiting
CONSENT = "https://auth.tesla.com/user/revoke/consent?revoke_client_id={client_id}"


async def async_entry_leaves(
    hass: HomeAssistant, entry: ConfigEntry[Any], shared: Shared, stored: Mapping[str, Any]
) -> None:
    """Take back what the cars of an account were told, as long as there is a token; tell what is left to do.

    stored: what the account has kept
    """
    told = told_cars(stored)
    failed = frozenset[str]()
    if vins := [vin for vin in entry.data[CONF_VEHICLES] if vin in told]:
        context = await async_ssl_context(hass, provider_of(entry.data))
        cloud = Cloud(hass, entry, shared, stored, context)
        try:
            failed = await async_take_back(home_of(entry.data, cloud.api), vins)
        finally:
            await cloud.tokens.close()
    pages = {
        "consent": CONSENT.format(client_id=entry.data[CONF_CLIENT_ID]),
        "console": TESLEMETRY_CONSOLE,
        "page": MYTESLAMATE.pairing,
    }
    await _async_tell(hass, entry, _what(provider_of(entry.data)), failed, name=entry.title, **pages)


async def async_cars_leave(
    hass: HomeAssistant, entry: ConfigEntry[Any], api: FleetApi, vins: Iterable[str]
) -> None:
    """Take back what cars were told that are none of the account's any more; tell what is left to do."""
    others = _of_others(hass, entry)
    if mine := [vin for vin in vins if vin not in others]:
        failed = await async_take_back(home_of(entry.data, api), mine)
        await _async_tell(hass, entry, "car", failed, name=", ".join(_name(entry, vin) for vin in mine))


def _what(provider: Provider) -> str:
    """Return which text says that an account has left: what it leaves behind depends on who answered."""
    if provider.own_application:
        return "entry"
    return provider.name if provider.name in LIKE_TESLAMATE else "service"


async def async_take_back(home: TelemetryHome, vins: Iterable[str], limit: float = LIMIT) -> frozenset[str]:
    """Take the telemetry configuration of some cars away; return those for which that failed."""
    left = list(vins)
    try:
        async with asyncio.timeout(limit):
            for vin in tuple(left):
                try:
                    await home.delete(vin, Cause.KEEPER)
                except TeslaError as error:
                    LOGGER.info("A telemetry configuration could not be deleted: %s", error)
                else:
                    left.remove(vin)
    except TimeoutError:
        LOGGER.info("Deleting telemetry configurations takes too long")
    return frozenset(left)


@callback
def async_end_dialogues(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """End the dialogues about an entry that is gone: each of their pages would only fail.

    Those about its options say so themselves.
    """
    managers: tuple[Any, ...] = (hass.config_entries.subentries, hass.config_entries.flow)
    for manager in managers:  # in this order: what a part has begun goes with it
        for flow in manager.async_progress(include_uninitialized=True):
            if entry.entry_id in (flow["handler"][0], flow["context"].get("entry_id")):
                manager.async_abort(flow["flow_id"])


def told_cars(stored: Mapping[str, Any]) -> frozenset[str]:
    """Return the cars that have, or may have, a configuration of ours."""
    states = recovered("the telemetry configurations", _states, stored, {})
    return frozenset(vin for vin, state in states.items() if state.sent is not None or state.lost)


def _states(stored: Mapping[str, Any]) -> dict[str, ConfigState]:
    kept = stored.get("streaming", {}).get("cars", {})
    return {vin: ConfigState.from_json(raw) for vin, raw in kept.items()}


@callback
def _of_others(hass: HomeAssistant, entry: ConfigEntry[Any]) -> set[str]:
    """Return the cars that others tell what to stream; each application has a configuration of its own."""
    return {
        vin
        for other in hass.config_entries.async_entries(DOMAIN)
        if other is not entry and other.data[CONF_CLIENT_ID] == entry.data[CONF_CLIENT_ID]
        for vin in other.data[CONF_VEHICLES]
    }


def _name(entry: ConfigEntry[Any], vin: str) -> str:
    return entry.data[CONF_VEHICLES].get(vin) or read_vin(vin).model or "Tesla"


async def _async_tell(
    hass: HomeAssistant, entry: ConfigEntry[Any], what: str, failed: Iterable[str], **placeholders: str
) -> None:
    """Tell what has left, what could not be taken back, and what the user may still undo."""
    texts = await async_get_translations(hass, hass.config.language, "common", {DOMAIN})

    def text(key: str) -> str:
        return texts.get(f"component.{DOMAIN}.common.{key}", key).format(**placeholders)

    paragraphs = [text(f"left_{what}")]
    if names := [_name(entry, vin) for vin in failed]:
        placeholders["cars"] = ", ".join(names)
        paragraphs.append(text("left_failed"))
    persistent_notification.async_create(
        hass, "\n\n".join(paragraphs), text("left_title"), f"{DOMAIN}_left_{entry.entry_id}"
    )
