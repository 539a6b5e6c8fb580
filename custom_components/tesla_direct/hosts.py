"""What it takes to talk to the hosts of an account: their addresses, and how they are verified."""

from collections.abc import Mapping
from ipaddress import ip_address
import re
import ssl
from typing import Any

from homeassistant.core import HomeAssistant

from .const import CONF_PROVIDER, CONF_REGION
from .tesla.fleet_api.provider import Provider, from_dict

# Of at least two labels; what fits may still be an address.
HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))+")
LONGEST_HOST = 253


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


def is_host(name: str) -> bool:
    """Tell whether a name can be a host's: an address, or a few labels."""
    return is_address(name) or (bool(HOST.fullmatch(name)) and len(name) <= LONGEST_HOST)


def is_address(name: str) -> bool:
    """Tell whether a name is an address by itself."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def read_domain(text: str) -> str | None:
    """Return the domain that a user has entered, perhaps as a page's address; None if it is none."""
    name = text.strip().lower().removeprefix("https://").partition("/")[0].rstrip(".")
    try:
        name = name.encode("idna").decode()
    except UnicodeError:
        return None
    return name if is_host(name) and not is_address(name) else None
