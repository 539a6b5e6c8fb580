"""What only the user can put right, shown until it is."""

from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import CONF_RECEIVER, CONF_VEHICLES, DEVELOPER_PORTAL, DOMAIN, RECEIVER_LATER
from .tesla.errors import (
    AccountLocked,
    ApplicationRefused,
    BillingLimitExceeded,
    NotRegistered,
    PaymentRequired,
    ScopeMissing,
    TeslaError,
)
from .tesla.vehicle.model import read_vin

TROUBLES: dict[type[TeslaError], str] = {
    AccountLocked: "account_locked",
    ApplicationRefused: "application_refused",
    BillingLimitExceeded: "billing_limit_exceeded",
    NotRegistered: "not_registered",
    PaymentRequired: "payment_required",
    ScopeMissing: "scope_missing",
}
OF_PAID_REQUESTS = (PaymentRequired,)  # a free request that is answered does not say that they are over


@callback
def async_tell_trouble(hass: HomeAssistant, entry: ConfigEntry[Any], error: TeslaError) -> None:
    """Show what an answer of the cloud asks of the user."""
    if key := TROUBLES.get(type(error)):
        issue_id = f"{key}_{entry.entry_id}"
        _show(hass, issue_id, key, ir.IssueSeverity.ERROR, name=entry.title, portal=DEVELOPER_PORTAL)


@callback
def async_end_troubles(hass: HomeAssistant, entry: ConfigEntry[Any], *, paid: bool) -> None:
    """Take back what an answered request has shown to be over."""
    for cls, key in TROUBLES.items():
        if paid or cls not in OF_PAID_REQUESTS:
            ir.async_delete_issue(hass, DOMAIN, f"{key}_{entry.entry_id}")


@callback
def async_tell_listed(hass: HomeAssistant, entry: ConfigEntry[Any], vin: str, *, listed: bool) -> None:
    """Tell that the account has no such car any more, until it has."""
    issue_id = _not_listed(entry, vin)
    if listed:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
    else:
        car = entry.data[CONF_VEHICLES][vin] or read_vin(vin).model or "Tesla"
        _show(hass, issue_id, "not_listed", ir.IssueSeverity.WARNING, name=entry.title, car=car)


def _not_listed(entry: ConfigEntry[Any], vin: str) -> str:
    """Return what the issue is filed under: the car's place in the entry, as a VIN is nobody's business."""
    return f"not_listed_{entry.entry_id}_{list(entry.data[CONF_VEHICLES]).index(vin)}"


@callback
def async_forget_cars(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Take back what was shown for single cars; the entry may have others from now on."""
    for domain, issue_id in tuple(ir.async_get(hass).issues):
        if domain == DOMAIN and issue_id.startswith(f"not_listed_{entry.entry_id}_"):
            ir.async_delete_issue(hass, DOMAIN, issue_id)


@callback
def async_tell_receiver(hass: HomeAssistant, entry: ConfigEntry[Any], *, known: bool) -> None:
    """Remind of a direct connection that was put off, or whose settings are lost.

    known: the port that the entry names is set up
    """
    port = entry.data[CONF_RECEIVER]
    wrong = {"receiver_later": port == RECEIVER_LATER, "receiver_lost": isinstance(port, int) and not known}
    for key, so in wrong.items():
        issue_id = f"{key}_{entry.entry_id}"
        if so:
            _show(hass, issue_id, key, ir.IssueSeverity.WARNING, name=entry.title, port=str(port))
        else:
            ir.async_delete_issue(hass, DOMAIN, issue_id)


@callback
def async_forget_entry(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Take back what was shown for an entry that is gone."""
    async_forget_cars(hass, entry)
    for key in (*TROUBLES.values(), "receiver_later", "receiver_lost"):
        ir.async_delete_issue(hass, DOMAIN, f"{key}_{entry.entry_id}")


@callback
def _show(
    hass: HomeAssistant, issue_id: str, key: str, severity: ir.IssueSeverity, **placeholders: str
) -> None:
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        is_fixable=False,
        severity=severity,
        translation_key=key,
        translation_placeholders=placeholders,
    )
