"""Notices that lead back to a part of the set-up: what was left for later, and what does not stand now."""

from abc import abstractmethod
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, override

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.components.repairs.const import FlowType
from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigEntry, SubentryFlowContext
from homeassistant.core import HomeAssistant, callback
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
import probatio as vol

from .const import CONF_UNFINISHED, DOMAIN
from .hosts import provider_of
from .sign_ins import page_of
from .tesla.fleet_api.hosted_key import HostedKey
from .texts import async_list, async_text
from .tour import PROFILE, can_stream, parts_of

TOUR_UNFINISHED = "tour_unfinished"
KEY_NOT_SERVED = "key_not_served"
PROXY_WRONG = "proxy_wrong"
# Which page under Reconfigure mends what a notice is about.
LEADS: Mapping[str, str] = MappingProxyType(
    {
        TOUR_UNFINISHED: "tour",
        KEY_NOT_SERVED: "hosting",
        PROXY_WRONG: "receiver",
        "cars_heard": "broker_more",
        "command_proxy_away": "proxy",
        "command_proxy_certificate": "proxy",
        "not_registered": "registration",
        "receiver_later": "receiver",
        "receiver_lost": "receiver",
        "scope_missing": "sign_in",
        "service_certificate": "hosts_again",
    }
)
TOLD_OTHERWISE = frozenset({"pairing", "receiver"})  # parts of which there are notices of their own


class _LeadingFlow(RepairsFlow):
    """Says what is wrong with an entry, and leads on to where it is mended."""

    def __init__(self, entry_id: str) -> None:
        """Lead to a dialogue about an entry."""
        self._entry_id = entry_id

    def _is_there(self, entry: ConfigEntry[Any]) -> bool:
        """Return whether what is to be mended is still part of the entry."""
        return True

    @abstractmethod
    async def _async_go(self, entry: ConfigEntry[Any]) -> RepairsFlowResult:
        """Go to where it is mended."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Begin."""
        return await self.async_step_confirm()

    async def async_step_confirm(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Say what is wrong; then go there. The notice goes by itself once it is mended."""
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
        entry = self.hass.config_entries.async_get_entry(self._entry_id)
        if issue is None or entry is None or not self._is_there(entry):
            return self.async_abort(reason="mended")
        if user_input is None:
            return self.async_show_form(
                step_id="confirm",
                data_schema=vol.Schema({}),
                description_placeholders=issue.translation_placeholders,
            )
        return await self._async_go(entry)


class LeadFlow(_LeadingFlow):
    """Leads on to a page under Reconfigure of an entry."""

    def __init__(self, entry_id: str, step: str) -> None:
        """Lead to that page."""
        super().__init__(entry_id)
        self._step = step

    @override
    async def _async_go(self, entry: ConfigEntry[Any]) -> RepairsFlowResult:
        flow = await self.hass.config_entries.flow.async_init(
            DOMAIN,
            context={"source": SOURCE_RECONFIGURE, "entry_id": self._entry_id},
            data={"next_step_id": _page(entry, self._step)},
        )
        if flow["type"] is FlowResultType.ABORT:
            return self.async_abort(reason="mended")
        return self.async_abort(reason="leads_on", next_flow=(FlowType.CONFIG_FLOW, flow["flow_id"]))


def _page(entry: ConfigEntry[Any], step: str) -> str:
    """Return which page of an entry is meant; a service has a sign-in of its own."""
    provider = provider_of(entry.data)
    return page_of(provider) if step == "sign_in" and not provider.own_application else step


class StreamLoginFlow(_LeadingFlow):
    """Says that the sign-in of a stream has expired, and leads on to where one signs in again."""

    def __init__(self, entry_id: str, subentry_id: str) -> None:
        """Lead to a subentry."""
        super().__init__(entry_id)
        self._subentry_id = subentry_id

    @override
    def _is_there(self, entry: ConfigEntry[Any]) -> bool:
        return self._subentry_id in entry.subentries

    @override
    async def _async_go(self, entry: ConfigEntry[Any]) -> RepairsFlowResult:
        flow = await self.hass.config_entries.subentries.async_init(
            (self._entry_id, entry.subentries[self._subentry_id].subentry_type),
            context=SubentryFlowContext(source=SOURCE_RECONFIGURE, subentry_id=self._subentry_id),
        )
        return self.async_abort(
            reason="leads_on", next_flow=(FlowType.CONFIG_SUBENTRIES_FLOW, flow["flow_id"])
        )


@callback
def async_show_lead(
    hass: HomeAssistant,
    entry: ConfigEntry[Any],
    key: str,
    severity: ir.IssueSeverity,
    placeholders: Mapping[str, str],
) -> None:
    """Show a notice about an entry that leads to where it is mended."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{key}_{entry.entry_id}",
        data={"key": key, "entry_id": entry.entry_id},
        is_fixable=True,
        severity=severity,
        translation_key=key,
        translation_placeholders={"name": entry.title, **placeholders},
    )


async def async_tell_tour(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Remind of the parts of the set-up that are still to be done, until they are."""
    left = [part for part in entry.data.get(CONF_UNFINISHED, ()) if part not in TOLD_OTHERWISE]
    left = [part for part in left if part in parts_of(entry.data)]
    if not can_stream(entry.data):
        left = [part for part in left if part != PROFILE]
    if left:
        told = await async_list(hass, "part", left)
        async_show_lead(hass, entry, TOUR_UNFINISHED, ir.IssueSeverity.WARNING, {"parts": told})
    else:
        ir.async_delete_issue(hass, DOMAIN, f"{TOUR_UNFINISHED}_{entry.entry_id}")


async def async_tell_hosting(hass: HomeAssistant, entry: ConfigEntry[Any], found: HostedKey | None) -> None:
    """Tell that the public key is not where Tesla looks for it, and what is; None: it is there."""
    if found is None:
        ir.async_delete_issue(hass, DOMAIN, f"{KEY_NOT_SERVED}_{entry.entry_id}")
        return
    problem = await async_text(hass, "hosting", found.state)
    async_show_lead(
        hass, entry, KEY_NOT_SERVED, ir.IssueSeverity.WARNING, {"problem": problem, "address": found.url}
    )
