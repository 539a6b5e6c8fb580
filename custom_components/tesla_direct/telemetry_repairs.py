"""What keeps a car from streaming, and only its owner can put right; shown until it is."""

from collections.abc import Iterable, Mapping
import re
from typing import TYPE_CHECKING, Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import DEVELOPER_PORTAL, DOMAIN, TESLEMETRY_CONSOLE
from .names import name_of, place_of
from .tesla.fleet_api import teslemetry_rows
from .tesla.fleet_api.endpoints import LOCATION_SCOPE
from .tesla.fleet_api.rows import TelemetryError
from .tesla.fleet_telemetry.fields import FIELDS
from .tesla.source.config_state import ConfigState, Phase, Reason
from .texts import plain

if TYPE_CHECKING:
    from .telemetry import Streaming  # which tells us

KEYS_LIMIT = 20  # that a car's keychain holds
LONGEST = 200  # characters of what a car reports
ERRORS_SHOWN = 3
VIN = re.compile(r"(?<![A-Z0-9])[A-HJ-NPR-Z0-9]{17}(?![A-Z0-9])", re.IGNORECASE)
# Why a configuration is not there, and what the user is told of it. What is not here he can do nothing about,
# or it is shown in another way.
TROUBLES: Mapping[str, str] = {
    Reason.UNSUPPORTED_FIRMWARE: "firmware_too_old",
    Reason.MAX_CONFIGS: "no_room_among_applications",
    Reason.BILLING_LIMIT: "telemetry_billing_limit",
    Reason.STREAMING_TOGGLE: "streaming_toggle_off",
}
# What goes by itself as a rule: shown when it comes back.
RETURNING: Mapping[str, str] = {Reason.REPLACED: "config_replaced", Reason.UNEXPLAINED: "config_removed"}
KEYS = frozenset(
    {
        *TROUBLES.values(),
        *RETURNING.values(),
        "config_not_synced",
        "config_refused",
        "key_list_full",
        "location_not_granted",
        "streaming_stopped",
        "telemetry_silent",
    }
)
# What a car reports, by kind or text, and which of our texts says it better.
EXPLANATIONS = (
    (re.compile("unknown issuer|InvalidSignature|crypto/ecdsa|NIST-P256", re.IGNORECASE), "other_key"),
    (re.compile("x509|certificate", re.IGNORECASE), "certificate"),
    (re.compile("no such host|name resolution|getaddrinfo|name or service", re.IGNORECASE), "host_not_found"),
    (re.compile("connection_error|refused|timeout|timed out|unreachable", re.IGNORECASE), "not_reachable"),
)
SERVICE = "service"  # which of the texts there is where a service has cars deliver to itself
EXPLAINED = frozenset({"config_not_synced", "telemetry_silent"})
# Which page under Reconfigure mends what a text is about; the others are mended in the car or at Tesla.
LEADS: Mapping[str, str] = {
    "config_not_synced_certificate": "receiver",
    "config_not_synced_host_not_found": "receiver",
    "config_not_synced_not_reachable": "receiver",
    "config_not_synced_other_key": "pairing",
    "config_refused": "profile",
    "config_refused_not_passed_on": "profile",
    "key_list_full": "pairing",
    "location_not_granted": "sign_in",
    "telemetry_silent": "receiver",
    "telemetry_silent_certificate": "receiver",
    "telemetry_silent_host_not_found": "receiver",
    "telemetry_silent_not_reachable": "receiver",
    "telemetry_silent_other_key": "pairing",
}
TEXTS = KEYS | LEADS.keys() | {f"{key}_{SERVICE}" for key in EXPLAINED}


@callback
def async_tell_telemetry(
    hass: HomeAssistant, entry: ConfigEntry[Any], vin: str, streaming: Streaming
) -> None:
    """Show what is in the way of a car's telemetry, and take back what is not any more."""
    found = troubles(streaming, vin)
    for key in KEYS:
        issue_id = f"{key}_{entry.entry_id}_{place_of(entry, vin)}"
        if key not in found:
            ir.async_delete_issue(hass, DOMAIN, issue_id)
            continue
        why = _why(streaming, vin, key)
        text = key if why is None else f"{key}_{why}"
        placeholders = {
            "name": entry.title,
            "car": name_of(entry, vin),
            "portal": DEVELOPER_PORTAL,
            "console": TESLEMETRY_CONSOLE,
        }
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue_id,
            data={"entry_id": entry.entry_id, "step": LEADS.get(text)},
            is_fixable=text in LEADS,
            severity=ir.IssueSeverity.WARNING,
            translation_key=text,
            translation_placeholders=placeholders | {gap: plain(text) for gap, text in found[key].items()},
        )


def troubles(streaming: Streaming, vin: str) -> dict[str, dict[str, str]]:
    """Return what is in the way of a car's telemetry, each with what its text has gaps for."""
    state, status = streaming.state(vin), streaming.status(vin)
    found: dict[str, dict[str, str]] = {}
    if state.phase is Phase.STOPPED:
        found["streaming_stopped"] = {}
    refused = streaming.wished(vin).withheld
    if any(FIELDS[name].scope == LOCATION_SCOPE for name in refused if name in FIELDS):
        found["location_not_granted"] = {}
    match streaming.issues.get(vin):
        case teslemetry_rows.STREAMING_TOGGLE:
            found["streaming_toggle_off"] = {}
        case teslemetry_rows.NO_DATA:
            found["telemetry_silent"] = {"detail": told(streaming.errors(vin))}
    if not state.wanted or state.held:
        return found
    keys = None if status is None else status.keys
    if state.reason == Reason.MISSING_KEY and keys is not None and keys >= KEYS_LIMIT:
        found["key_list_full"] = {"keys": str(keys)}
    elif state.phase is Phase.REFUSED:
        if not _is_about_location(state):
            found["config_refused"] = {
                "category": state.reason or "-",
                "fields": ", ".join(state.named) or "-",
            }
    elif (key := _trouble(state)) is not None:
        firmware = None if status is None else status.firmware
        found[key] = {"firmware": firmware or "?", "detail": told(streaming.errors(vin))}
    return found


def _why(streaming: Streaming, vin: str, key: str) -> str | None:
    """Return which of our texts fits best; where a service configures the car, its port is not ours."""
    if key == "config_refused" and streaming.state(vin).reason == Reason.NOT_PASSED_ON:
        return Reason.NOT_PASSED_ON
    if key not in EXPLAINED:
        return None
    return SERVICE if streaming.by_service else explanation(streaming.errors(vin))


def _trouble(state: ConfigState) -> str | None:
    reason = state.reason or ""
    if state.phase in {Phase.SKIPPED, Phase.REMOVED, Phase.ABSENT} and reason in TROUBLES:
        return TROUBLES[reason]
    if state.phase is Phase.REMOVED and state.attempts > 1:
        return RETURNING.get(reason)
    # Only what was looked at since it began is said.
    if state.silent_at is not None and (state.errors_at or 0.0) >= state.silent_at:
        return "telemetry_silent"
    if state.late_at is not None and (state.errors_at or 0.0) >= state.late_at:
        return "config_not_synced"
    return None


def _is_about_location(state: ConfigState) -> bool:
    return bool(state.named) and all(
        name in FIELDS and FIELDS[name].scope == LOCATION_SCOPE for name in state.named
    )


def told(errors: Iterable[TelemetryError]) -> str:
    """Return what a car has reported, without what is nobody's business."""
    texts = dict.fromkeys(VIN.sub("…", error.text)[:LONGEST] for error in errors)
    return "; ".join(list(texts)[:ERRORS_SHOWN]) or "-"


def explanation(errors: Iterable[TelemetryError]) -> str | None:
    """Return which of our texts says what a car has reported; None if there is none that does."""
    texts = [f"{error.error_name or error.name}: {error.text}" for error in errors]
    for pattern, key in EXPLANATIONS:
        if any(pattern.search(text) for text in texts):
            return key
    return None
