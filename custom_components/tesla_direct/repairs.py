"""What only the user can put right, shown until it is."""

from collections.abc import Callable
from typing import Any

from homeassistant.components.repairs import RepairsFlow
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .cars import GoneFlow
from .const import CONF_RECEIVER, DEVELOPER_PORTAL, DOMAIN, RECEIVER_LATER, TESLEMETRY_CONSOLE
from .hosts import provider_of
from .names import name_of, place_of
from .pairing_flow import PairingFlow
from .proxy_repairs import CLOUD_CERTIFICATE
from .repairs_tour import LEADS, LeadFlow, StreamLoginFlow, async_show_lead
from .stream_repairs import STREAM_TAKEN_OVER, TakenOverFlow
from .tesla.errors import (
    AccountLocked,
    ApplicationRefused,
    BillingLimitExceeded,
    KeyInactive,
    KeyNotPaired,
    MobileAccessDisabled,
    NotPaired,
    NotRegistered,
    PaymentRequired,
    RemoteAccessOff,
    ScopeMissing,
    TeslaError,
)
from .tesla.fleet_api.provider import LIKE_TESLAMATE
from .teslamate_twins import TESLAMATE_TWIN, TwinFlow

TROUBLES: dict[type[TeslaError], str] = {
    AccountLocked: "account_locked",
    ApplicationRefused: "application_refused",
    BillingLimitExceeded: "billing_limit_exceeded",
    NotRegistered: "not_registered",
    PaymentRequired: "payment_required",
    ScopeMissing: "scope_missing",
}
# What concerns an application; where it is a service's, its users cannot do much about it.
OF_APPLICATION = frozenset(
    {"application_refused", "billing_limit_exceeded", "not_registered", "payment_required"}
)
# Of one car, and only the owner can end them in it.
REFUSALS: dict[type[TeslaError], str] = {
    KeyInactive: "key_inactive",
    MobileAccessDisabled: "mobile_access_disabled",
    RemoteAccessOff: "mobile_access_disabled",
}
# What puts an issue of one car right: entry and the car's place in it.
FLOWS: dict[str, Callable[[str, int], RepairsFlow]] = {"key_not_paired": PairingFlow, "not_listed": GoneFlow}
KEY_TROUBLES = ("key_not_saved", "key_unreadable")
# Of an account with a service, which tells them by itself, see teslemetry_repairs.py.
OF_SERVICE = ("teslemetry_subscription_ended", "teslemetry_credits_empty", "teslemetry_credits_low")
# What a service wants to be paid, and the notice of it; of a single car it tells with its account.
UNPAID = {"subscription_required": OF_SERVICE[0], "credits": OF_SERVICE[1]}
OF_PAID_REQUESTS = (PaymentRequired,)  # a free request that is answered does not say that they are over


@callback
def async_tell_trouble(hass: HomeAssistant, entry: ConfigEntry[Any], error: TeslaError) -> None:
    """Show what an answer of the cloud asks of the user."""
    if isinstance(error, PaymentRequired) and error.key:
        _tell_unpaid(hass, entry, error.key)
    elif key := TROUBLES.get(type(error)):
        if key in OF_APPLICATION and provider_of(entry.data).name in LIKE_TESLAMATE:
            issue_id, text = f"{key}_{entry.entry_id}", f"{key}_service"
            _show(hass, issue_id, text, ir.IssueSeverity.ERROR, name=entry.title, portal=DEVELOPER_PORTAL)
            return
        if key in LEADS:
            async_show_lead(hass, entry, key, ir.IssueSeverity.ERROR, {"portal": DEVELOPER_PORTAL})
            return
        issue_id = f"{key}_{entry.entry_id}"
        _show(hass, issue_id, key, ir.IssueSeverity.ERROR, name=entry.title, portal=DEVELOPER_PORTAL)


@callback
def async_end_troubles(hass: HomeAssistant, entry: ConfigEntry[Any], *, paid: bool) -> None:
    """Take back what an answered request has shown to be over."""
    for cls, key in TROUBLES.items():
        if paid or cls not in OF_PAID_REQUESTS:
            ir.async_delete_issue(hass, DOMAIN, f"{key}_{entry.entry_id}")
    for key in UNPAID.values() if paid else ():
        ir.async_delete_issue(hass, DOMAIN, f"{key}_{entry.entry_id}")


@callback
def async_tell_listed(hass: HomeAssistant, entry: ConfigEntry[Any], vin: str, *, listed: bool) -> None:
    """Tell that the account has no such car any more, until it has."""
    issue_id = _of_car("not_listed", entry, vin)
    if listed:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
    else:
        _show_fixable(hass, entry, vin, "not_listed")


@callback
def async_tell_paired(hass: HomeAssistant, entry: ConfigEntry[Any], vin: str, *, paired: bool | None) -> None:
    """Tell that a car does not know our key, until it does; None: nobody knows, and so nobody is bothered."""
    issue_id = _of_car("key_not_paired", entry, vin)
    if paired is not False:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    _show_fixable(hass, entry, vin, "key_not_paired")


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the dialogue that puts an issue right."""
    assert data is not None  # noqa: S101  # whoever has shown a fixable issue has put it there
    if data.get("key") == TESLAMATE_TWIN:
        return TwinFlow(str(data["device"]))
    entry_id = str(data["entry_id"])
    if (step := data.get("step")) is not None:
        return LeadFlow(entry_id, str(step))
    if (subentry_id := data.get("subentry")) is not None:
        return StreamLoginFlow(entry_id, str(subentry_id))
    key = str(data["key"])
    if key == STREAM_TAKEN_OVER:
        return TakenOverFlow(entry_id, int(data["car"] or 0), str(data["stream"]))
    if key in LEADS:
        return LeadFlow(entry_id, LEADS[key])
    return FLOWS[key](entry_id, int(data["car"] or 0))


@callback
def async_tell_refusal(hass: HomeAssistant, entry: ConfigEntry[Any], vin: str, error: TeslaError) -> None:
    """Show what a command that was refused asks of the user, if anything."""
    name, car = entry.title, name_of(entry, vin)
    if isinstance(error, KeyNotPaired | NotPaired):
        async_tell_paired(hass, entry, vin, paired=False)
        _look_at_account(entry)
    elif isinstance(error, ScopeMissing):
        issue_id = _of_car("commands_not_granted", entry, vin)
        _show(hass, issue_id, "commands_not_granted", ir.IssueSeverity.WARNING, name=name, car=car)
    elif key := REFUSALS.get(type(error)):
        _show(hass, _of_car(key, entry, vin), key, ir.IssueSeverity.WARNING, name=name, car=car)
    else:
        async_tell_trouble(hass, entry, error)


@callback
def async_end_refusals(hass: HomeAssistant, entry: ConfigEntry[Any], vin: str) -> None:
    """Take back what a command that the car has taken has shown to be over."""
    for key in REFUSALS.values():
        ir.async_delete_issue(hass, DOMAIN, _of_car(key, entry, vin))


@callback
def async_tell_mobile_access(
    hass: HomeAssistant, entry: ConfigEntry[Any], vin: str, *, allowed: bool | None
) -> None:
    """Take back that Mobile Access is switched off, once it is seen to be on."""
    if allowed:
        ir.async_delete_issue(hass, DOMAIN, _of_car(REFUSALS[MobileAccessDisabled], entry, vin))


@callback
def async_tell_key(hass: HomeAssistant, trouble: str | None) -> None:
    """Tell that there is no key to sign with, and why, until there is; it is one for all entries."""
    for key in KEY_TROUBLES:
        if key == trouble:
            _show(hass, key, key, ir.IssueSeverity.ERROR)
        else:
            ir.async_delete_issue(hass, DOMAIN, key)


def _of_car(key: str, entry: ConfigEntry[Any], vin: str) -> str:
    """Return what an issue is filed under: the car's place in the entry, as a VIN is nobody's business."""
    return f"{key}_{entry.entry_id}_{place_of(entry, vin)}"


@callback
def async_forget_cars(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Take back what was shown for single cars; the entry may have others from now on."""
    for domain, issue_id in tuple(ir.async_get(hass).issues):
        if domain == DOMAIN and f"_{entry.entry_id}_" in issue_id:
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
            async_show_lead(hass, entry, key, ir.IssueSeverity.WARNING, {"port": str(port)})
        else:
            ir.async_delete_issue(hass, DOMAIN, issue_id)


@callback
def async_forget_entry(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Take back what was shown for an entry that is gone."""
    async_forget_cars(hass, entry)
    if all(other is entry for other in hass.config_entries.async_entries(DOMAIN)):
        async_tell_key(hass, None)  # nobody is left who would sign
    for key in {*TROUBLES.values(), *LEADS, *OF_SERVICE, CLOUD_CERTIFICATE}:
        ir.async_delete_issue(hass, DOMAIN, f"{key}_{entry.entry_id}")


@callback
def _tell_unpaid(hass: HomeAssistant, entry: ConfigEntry[Any], what: str) -> None:
    """Show what a service wants to be paid, and have it looked at what else it says of the account."""
    if (key := UNPAID.get(what)) is not None:
        issue_id = f"{key}_{entry.entry_id}"
        _show(hass, issue_id, key, ir.IssueSeverity.WARNING, name=entry.title, console=TESLEMETRY_CONSOLE)
    _look_at_account(entry)


@callback
def _look_at_account(entry: ConfigEntry[Any]) -> None:
    """Have a service asked soon what it says of an account, where there is one."""
    if entry.state is ConfigEntryState.LOADED and (watch := entry.runtime_data.teslemetry) is not None:
        watch.poke()


@callback
def _show_fixable(hass: HomeAssistant, entry: ConfigEntry[Any], vin: str, key: str) -> None:
    """Show what is wrong with a car, and can be put right in a dialogue."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        _of_car(key, entry, vin),
        data={"key": key, "entry_id": entry.entry_id, "car": place_of(entry, vin)},
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=key,
        translation_placeholders={"name": entry.title, "car": name_of(entry, vin)},
    )


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
