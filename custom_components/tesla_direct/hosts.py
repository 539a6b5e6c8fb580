"""What it takes to talk to the hosts of an account: their addresses, and how they are verified."""

from collections.abc import Mapping
from ipaddress import ip_address
import re
from typing import Any
from urllib.parse import urlsplit

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.network import NoURLAvailableError, get_url
from yarl import URL

from .const import CONF_PROVIDER, CONF_PROXY, CONF_REGION
from .tesla.fleet_api.addresses import Certificates
from .tesla.fleet_api.provider import Provider, from_dict
from .tesla.fleet_api.proxy import Proxy
from .tesla.fleet_api.transport import Trust, trust_of

# Of at least two labels; what fits may still be an address.
HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))+")
LONGEST_HOST = 253
HTTPS = 443  # where Tesla fetches keys, and nowhere else
# Endings that nobody finds from outside (RFC 6761, 6762, 8375, ICANN's `internal`), and names without any.
PRIVATE = frozenset(
    {"localhost", "local", "lan", "home", "internal", "intranet", "corp", "arpa", "test", "invalid"}
)


async def async_ssl_context(hass: HomeAssistant, provider: Provider) -> Trust:
    """Return who is to be believed at a provider's hosts; None takes Home Assistant's own way.

    What the user has chosen stands for these hosts only, never for cars.
    Raises: ssl.SSLError where an authority is no PEM of certificates
    """
    return await trust_of(provider.certificates)


async def async_stream_trust(hass: HomeAssistant, provider: Provider) -> Trust:
    """Return who is to be believed at the WebSockets of a provider that has some; None as above.

    Raises: as `async_ssl_context`
    """
    return None if provider.stream is None else await trust_of(provider.stream.certificates)


async def async_proxy_trust(data: Mapping[str, Any]) -> Trust:
    """Return who is to be believed at the address of an entry's command proxy, if it has one."""
    if CONF_PROXY not in data:
        return None
    proxy = Proxy.from_dict(data[CONF_PROXY])
    return await trust_of(Certificates(authority=proxy.authority, fingerprint=proxy.fingerprint))


def provider_of(data: Mapping[str, Any]) -> Provider:
    """Return the hosts that an entry was set up with."""
    return from_dict(data[CONF_PROVIDER])


def base_of(data: Mapping[str, Any]) -> str:
    """Return the address of the API in the region of an entry; empty where there is none to ask."""
    provider = provider_of(data)
    return provider.base_of(data[CONF_REGION]) or next(iter(provider.bases.values()), "")


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


class NoDomain(ValueError):
    """What a user has entered is no domain of the internet; the text is the key of what there is to say."""


def read_domain(text: str) -> str:
    """Return the domain that a user has entered, perhaps as a page's address.

    Raises: NoDomain
    """
    address = text.strip().strip(".").lower()
    try:
        parts = urlsplit(address if "://" in address else f"https://{address}")
        name = (parts.hostname or "").strip(".")
        name = URL.build(host=name).raw_host or ""  # as browsers write it: Python's own turns ß into ss
        port = parts.port
    except ValueError:  # also what cannot be in a name
        raise NoDomain("domain_is_address" if is_address(address) else "domain_invalid") from None
    if is_address(name):
        raise NoDomain("domain_is_address")
    if name.rpartition(".")[2] in PRIVATE:
        raise NoDomain("domain_private")
    if parts.username is not None or not is_host(name) or name.rpartition(".")[2].isdigit():
        raise NoDomain("domain_invalid")
    if port not in {None, HTTPS}:
        raise NoDomain("domain_with_port")
    return name


@callback
def async_public_domain(hass: HomeAssistant) -> str | None:
    """Return the domain under which Home Assistant says that the internet finds it."""
    return _domain_of(hass, allow_cloud=False)


@callback
def async_cloud_domain(hass: HomeAssistant) -> str | None:
    """Return the domain that Home Assistant Cloud has given to this Home Assistant."""
    return _domain_of(hass, require_cloud=True)


@callback
def async_public_port(hass: HomeAssistant) -> int | None:
    """Return the port at which the internet finds Home Assistant's own pages, if it says so."""
    try:
        url = urlsplit(get_url(hass, allow_internal=False, allow_ip=False, allow_cloud=False))
    except NoURLAvailableError:
        return None
    return url.port or (443 if url.scheme == "https" else 80)


def _domain_of(hass: HomeAssistant, **which: bool) -> str | None:
    try:
        url = get_url(hass, allow_internal=False, allow_ip=False, prefer_external=True, **which)
        return read_domain(urlsplit(url).hostname or "")
    except NoURLAvailableError, NoDomain:
        return None
