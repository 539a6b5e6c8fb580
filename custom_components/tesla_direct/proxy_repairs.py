"""What the user has to see to when a command proxy does not sign any more."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import CONF_PROXY, DOMAIN
from .repairs_tour import async_show_lead
from .tesla.errors import CertificateUnexpected, NotSent, TeslaError

PROXY_CERTIFICATE = "command_proxy_certificate"
PROXY_AWAY = "command_proxy_away"


@callback
def async_tell_proxy(hass: HomeAssistant, entry: ConfigEntry, error: TeslaError | None) -> None:
    """Tell why commands do not get through an entry's proxy; None: one did, or it is used no more."""
    key = ""
    placeholders = {"address": entry.data[CONF_PROXY]["base"]} if CONF_PROXY in entry.data else {}
    if isinstance(error, CertificateUnexpected):
        key, placeholders["fingerprint"] = PROXY_CERTIFICATE, in_pairs(error.fingerprint) or "?"
    elif isinstance(error, NotSent):
        key = PROXY_AWAY
    if key:
        async_show_lead(hass, entry, key, ir.IssueSeverity.ERROR, placeholders)
    for other in {PROXY_CERTIFICATE, PROXY_AWAY} - {key}:
        ir.async_delete_issue(hass, DOMAIN, f"{other}_{entry.entry_id}")


def in_pairs(fingerprint: str) -> str:
    """Return a fingerprint as programs print it, so that people can compare it."""
    return ":".join(fingerprint[at : at + 2] for at in range(0, len(fingerprint), 2)).upper()
