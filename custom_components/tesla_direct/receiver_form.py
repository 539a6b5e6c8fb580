"""The form in which a user says how cars get here: the way, the names, the ports."""

from dataclasses import replace
from typing import Any

from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    TextSelector,
    TextSelectorConfig,
)
import probatio as vol

from .authority_flow import authorities_choice, authorities_field, choice
from .hosts import is_address, read_domain
from .port import TelemetryPort
from .port_settings import DEFAULT_PORT, DEFAULT_PUBLIC_PORT, EVERYWHERE, FILES, OWN, PortSettings

CONF_WAY = "way"
CONF_HOST = "host"
CONF_PORT = "port"
CONF_PUBLIC_PORT = "public_port"
CONF_ADDRESSES = "addresses"
CONF_CERTIFICATE = "certificate"

# How cars get here.
PORT = "port"  # by a port that is forwarded as it is
PROXY = "proxy"  # by a proxy that ends TLS
NEVER = "never"
LATER = "later"
# What is told of a name that cars cannot be given, where the key's own words do not fit.
NO_HOST = {
    "domain_invalid": "host_invalid",
    "domain_is_address": "host_invalid",
    "domain_private": "host_private",
    "domain_with_port": "host_with_port",
}


def receiver_schema() -> vol.Schema:
    """Return its fields."""
    port = NumberSelector(NumberSelectorConfig(min=1, max=65535, step=1, mode=NumberSelectorMode.BOX))
    return vol.Schema(
        {
            vol.Required(CONF_WAY, default=PORT): choice([PORT, PROXY, NEVER, LATER], CONF_WAY),
            vol.Optional(CONF_HOST): TextSelector(),
            vol.Required(CONF_PUBLIC_PORT, default=DEFAULT_PUBLIC_PORT): port,
            vol.Required(CONF_PORT, default=DEFAULT_PORT): port,
            vol.Required(CONF_CERTIFICATE, default=OWN): choice([OWN, FILES], CONF_CERTIFICATE),
            authorities_field(): authorities_choice(),
            vol.Optional(CONF_ADDRESSES): TextSelector(TextSelectorConfig(multiple=True)),
        }
    )


def suggested_of(port: TelemetryPort | None) -> dict[str, Any]:
    """Return what they hold of a port that is set up."""
    if port is None:
        return {}
    settings = port.settings
    suggested: dict[str, Any] = {
        CONF_WAY: PROXY if settings.peers else PORT,
        CONF_HOST: settings.host,
        CONF_PUBLIC_PORT: settings.public_port,
        CONF_PORT: settings.port,
        CONF_CERTIFICATE: settings.certificate,
    }
    if settings.addresses != EVERYWHERE:
        suggested[CONF_ADDRESSES] = list(settings.addresses)
    return suggested


def settings_of(user_input: dict[str, Any], existing: TelemetryPort | None) -> PortSettings:
    """Return what was entered, with what is kept of the same port.

    Raises: NoDomain
    """
    entered = {
        "port": int(user_input[CONF_PORT]),
        "addresses": tuple(user_input.get(CONF_ADDRESSES) or EVERYWHERE),
        "host": _read_host(user_input.get(CONF_HOST, "")),
        "public_port": int(user_input[CONF_PUBLIC_PORT]),
        "certificate": user_input[CONF_CERTIFICATE],
    }
    return replace(existing.settings, **entered) if existing else PortSettings(**entered, bundle="")


def _read_host(text: str) -> str:
    """Return the public name, or the address, that a user has entered.

    Raises: NoDomain
    """
    name = text.strip().strip("[]")
    return name if is_address(name) else read_domain(text)
