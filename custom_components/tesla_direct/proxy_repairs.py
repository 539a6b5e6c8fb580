"""What the user has to see to where nobody signs, or somebody else answers than is believed."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import CONF_PROXY, DOMAIN
from .hosts import provider_of
from .repairs_tour import async_show_lead
from .tesla.errors import CertificateUnexpected, NotSent, TeslaError
from .tesla.fleet_api.provider import LIKE_TESLAMATE

PROXY_CERTIFICATE = "command_proxy_certificate"
PROXY_AWAY = "command_proxy_away"
CLOUD_CERTIFICATE = "cloud_certificate"
SERVICE_CERTIFICATE = "service_certificate"  # the same where the user chooses whom to believe


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


@callback
def async_tell_certificate(hass: HomeAssistant, entry: ConfigEntry, error: TeslaError | None) -> None:
    """Tell that somebody answers in the cloud's place who is not believed; None: it has answered itself.

    That nobody answers, the poll tells.
    """
    if error is None:
        for key in (CLOUD_CERTIFICATE, SERVICE_CERTIFICATE):
            ir.async_delete_issue(hass, DOMAIN, f"{key}_{entry.entry_id}")
    if not isinstance(error, CertificateUnexpected):
        return
    told = {"fingerprint": in_pairs(error.fingerprint) or "?"}
    if provider_of(entry.data).name in LIKE_TESLAMATE:
        async_show_lead(hass, entry, SERVICE_CERTIFICATE, ir.IssueSeverity.ERROR, told)
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{CLOUD_CERTIFICATE}_{entry.entry_id}",
        is_fixable=False,
        severity=ir.IssueSeverity.ERROR,
        translation_key=CLOUD_CERTIFICATE,
        translation_placeholders={"name": entry.title, **told},
    )


def in_pairs(fingerprint: str) -> str:
    """Return a fingerprint as programs print it, so that people can compare it."""
    return ":".join(fingerprint[at : at + 2] for at in range(0, len(fingerprint), 2)).upper()
