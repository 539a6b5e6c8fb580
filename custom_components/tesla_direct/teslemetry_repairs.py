"""What an account at Teslemetry lacks, shown until it is put right there."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN, TESLEMETRY_CONSOLE
from .names import name_of, place_of
from .repairs import OF_SERVICE

ACCOUNT, CREDITS_EMPTY, CREDITS_LOW = OF_SERVICE
STREAM_EXPIRED = "stream_login_expired"
# What a stream beside another provider lacks, and the notice of it: of that account nothing else is asked.
STREAM_UNPAID: Mapping[str, str] = MappingProxyType(
    {"subscription_required": "stream_without_subscription", "credits": "stream_without_credits"}
)
CAR = "teslemetry_car_without_subscription"
LOW = 100  # credits: what five wakes cost


@callback
def async_tell_account(hass: HomeAssistant, entry: ConfigEntry[Any], *, ended: bool) -> None:
    """Tell that there is no subscription for an account, until there is."""
    _tell(hass, f"{ACCOUNT}_{entry.entry_id}", ACCOUNT, shown=ended, name=entry.title)


@callback
def async_tell_car(hass: HomeAssistant, entry: ConfigEntry[Any], vin: str, *, access: bool) -> None:
    """Tell that there is no subscription for a car, until there is."""
    issue_id = f"{CAR}_{entry.entry_id}_{place_of(entry, vin)}"
    _tell(hass, issue_id, CAR, shown=not access, name=entry.title, car=name_of(entry, vin))


@callback
def async_tell_credits(hass: HomeAssistant, entry: ConfigEntry[Any], balance: float) -> None:
    """Tell that credits run short or are used up, until there are more."""
    empty = balance < 1
    for key, so in {CREDITS_EMPTY: empty, CREDITS_LOW: not empty and balance < LOW}.items():
        issue_id = f"{key}_{entry.entry_id}"
        _tell(hass, issue_id, key, shown=so, name=entry.title, balance=f"{balance:.0f}")


@callback
def async_tell_stream_expired(hass: HomeAssistant, entry: ConfigEntry[Any], subentry: ConfigSubentry) -> None:
    """Show that only another sign-in brings a stream back; that goes when the entry is set up anew."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{STREAM_EXPIRED}_{entry.entry_id}_{subentry.subentry_id}",
        data={"key": STREAM_EXPIRED, "entry_id": entry.entry_id, "subentry": subentry.subentry_id},
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=STREAM_EXPIRED,
        translation_placeholders={"name": entry.title, "stream": subentry.title},
    )


@callback
def async_tell_stream_unpaid(
    hass: HomeAssistant, entry: ConfigEntry[Any], subentry: ConfigSubentry, why: str
) -> None:
    """Tell that a stream is not paid for, until it delivers again.

    why: a key of `STREAM_UNPAID`; empty: it does
    """
    for trouble, key in STREAM_UNPAID.items():
        issue_id = f"{key}_{entry.entry_id}_{subentry.subentry_id}"
        _tell(hass, issue_id, key, shown=trouble == why, name=entry.title, stream=subentry.title)


@callback
def _tell(hass: HomeAssistant, issue_id: str, key: str, *, shown: bool, **placeholders: str) -> None:
    if not shown:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key=key,
        translation_placeholders={"console": TESLEMETRY_CONSOLE, **placeholders},
    )
