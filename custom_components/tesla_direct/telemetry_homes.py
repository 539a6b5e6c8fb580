"""Who holds what the cars of an account are told of streaming, and who signs it."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from homeassistant.core import HomeAssistant

from .hosts import provider_of
from .key import KeyStore
from .storage import NotDurable
from .tesla.errors import KeyUnreadable
from .tesla.fleet_api.client import FleetApi
from .tesla.fleet_telemetry.config import TelemetryConfig
from .tesla.source.telemetry_home import ProxyHome, TelemetryHome, TeslaHome, TeslemetryHome
from .tesla.vehicle.sources import SSE

type Sign = Callable[[TelemetryConfig], Awaitable[str]]


def by_service(data: Mapping[str, Any]) -> bool:
    """Return whether a service configures the cars of an entry, and has them stream without counting it."""
    return SSE in provider_of(data).streams


def home_of(
    data: Mapping[str, Any], api: FleetApi, *, proxy: FleetApi | None = None, sign: Sign | None = None
) -> TelemetryHome:
    """Return who holds the configurations of an entry's cars.

    proxy: signs in our place, where there is one
    sign:  signs; None where nothing is to be sent any more
    """
    if by_service(data):
        return TeslemetryHome(api)
    if proxy is not None or sign is None:
        return ProxyHome(proxy or api, api)
    return TeslaHome(api, sign)


def signer(hass: HomeAssistant, keys: KeyStore) -> Sign:
    """Return what signs configurations with the key of this installation, which is made if there is none."""
    return partial(_async_sign, hass, keys)


async def _async_sign(hass: HomeAssistant, keys: KeyStore, config: TelemetryConfig) -> str:
    try:
        key = await keys.async_ensure()
    except NotDurable as error:
        raise KeyUnreadable("there is no key to sign with") from error
    if key is None:
        raise KeyUnreadable("there is no key to sign with")
    return await hass.async_add_executor_job(config.token, key.key)
