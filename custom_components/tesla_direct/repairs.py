"""What only the user can put right, shown until it is."""

from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import CONF_RECEIVER, DEVELOPER_PORTAL, DOMAIN, RECEIVER_LATER
from .tesla.errors import (
    ApplicationRefused,
    BillingLimitExceeded,
    NotRegistered,
    PaymentRequired,
    TeslaError,
)

TROUBLES: dict[type[TeslaError], str] = {
    BillingLimitExceeded: "billing_limit_exceeded",
    PaymentRequired: "payment_required",
    NotRegistered: "not_registered",
    ApplicationRefused: "application_refused",
}


@callback
def async_tell_trouble(hass: HomeAssistant, entry: ConfigEntry[Any], error: TeslaError | None) -> None:
    """Show what an answer of the cloud asks of the user; None says that all is well again."""
    for cls, key in TROUBLES.items():
        issue_id = f"{key}_{entry.entry_id}"
        if isinstance(error, cls):
            ir.async_create_issue(
                hass,
                DOMAIN,
                issue_id,
                is_fixable=False,
                severity=ir.IssueSeverity.ERROR,
                translation_key=key,
                translation_placeholders={"portal": DEVELOPER_PORTAL},
            )
        elif error is None:
            ir.async_delete_issue(hass, DOMAIN, issue_id)


@callback
def async_tell_receiver_later(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Remind of a direct connection that was put off."""
    issue_id = f"receiver_later_{entry.entry_id}"
    if entry.data[CONF_RECEIVER] != RECEIVER_LATER:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key="receiver_later",
        translation_placeholders={"name": entry.title},
    )


@callback
def async_forget_entry(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Take back what was shown for an entry that is gone."""
    for key in (*TROUBLES.values(), "receiver_later"):
        ir.async_delete_issue(hass, DOMAIN, f"{key}_{entry.entry_id}")
