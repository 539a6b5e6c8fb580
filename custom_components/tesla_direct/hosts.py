"""What it takes to talk to the hosts of an account: their addresses, and how they are verified."""

from collections.abc import Mapping
import ssl
from typing import Any

from homeassistant.core import HomeAssistant

from .const import CONF_PROVIDER, CONF_REGION
from .tesla.fleet_api.provider import Provider, from_dict


async def async_ssl_context(hass: HomeAssistant, provider: Provider) -> ssl.SSLContext | None:
    """Return how to verify a provider's hosts; None takes Home Assistant's own way.

    An authority of the user's own stands for these hosts only, never for cars.
    """
    if provider.authority is None:
        return None
    return await hass.async_add_executor_job(_context, provider.authority)


def _context(authority: str) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=authority)


def provider_of(data: Mapping[str, Any]) -> Provider:
    """Return the hosts that an entry was set up with."""
    return from_dict(data[CONF_PROVIDER])


def base_of(data: Mapping[str, Any]) -> str:
    """Return the address of the API in the region of an entry."""
    provider = provider_of(data)
    return provider.base_of(data[CONF_REGION]) or next(iter(provider.bases.values()))
