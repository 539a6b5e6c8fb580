"""The pages of what cars stream: a profile and its cost, fields of one's own, and what became of it.

Part of the tour, and of an entry's options. Nothing is sent before the user has seen what it costs.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, override

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import probatio as vol

from .const import CONF_TELEMETRY
from .profile_costs import async_rates, async_table, cost, foreseen, streamers
from .profile_sending import Outcome, async_send, async_told
from .runtime import Runtime
from .shared import async_get_shared
from .signal_flow import SignalSteps
from .signal_form import picked, search
from .spending import money
from .tesla.fleet_api.budget import Stage
from .tesla.fleet_telemetry.forecast import REFERENCE
from .tesla.fleet_telemetry.profile import HEARTBEAT, Profile, fields_for
from .texts import async_text
from .tour import PROFILE, TourSteps, can_stream

CONF_PROFILE = "profile"
CONF_FIELDS = "fields"
LATER = "later"


class ProfileSteps(SignalSteps):
    """Asks how much cars are to tell, sends it, and follows it until they have it."""

    _may_put_off = False  # the tour goes on without it

    async def async_step_profile(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for a profile, with the cost of each beside it."""
        runtime = await self._async_runtime()
        if runtime is None:
            return self.async_abort(reason="not_loaded")
        if not can_stream(self._entry.data):
            return self.async_abort(reason="profile_no_port")
        if not runtime.vehicles:
            return self.async_abort(reason="profile_no_cars")
        if user_input is not None:
            return await self._async_chosen(user_input[CONF_PROFILE])
        if vins := streamers(runtime):
            return await self._async_show_profiles(runtime, vins)
        return await self._async_profile_over("profile_impossible")

    async def async_step_profile_service(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for it where a service has cars stream without counting it."""
        return await self.async_step_profile(user_input)

    async def _async_chosen(self, name: str) -> ConfigFlowResult:
        if name == LATER:
            return await self.async_step_profile_later()
        profile = Profile(name)
        if profile is Profile.OWN:
            return await self.async_step_profile_fields()
        self._changes += (lambda selection: replace(selection, profile=profile),)
        return await self.async_step_profile_send()

    async def _async_show_profiles(self, runtime: Runtime, vins: list[str]) -> ConfigFlowResult:
        """Show the profiles, with what they cost for some cars together."""
        chosen, prices = self._selection, await self._async_prices()
        free = runtime.streaming.by_service
        slowed = not free and runtime.meter.stage >= Stage.OPTIONAL
        shown = {profile: replace(chosen, profile=profile) for profile in Profile}
        if not chosen.fields:
            del shown[Profile.OWN]
        columns = {
            profile.value: foreseen(runtime.streaming, vins, selection)
            for profile, selection in shown.items()
        }
        options = []
        for profile in Profile:
            label = await async_text(self.hass, "telemetry_profile", profile.value)
            if (column := columns.get(profile.value)) is not None:
                text = await async_text(self.hass, "telemetry_cost", "option_free" if free else "option")
                told = {"cost": cost(column.expected, prices), "rate": f"{column.per_second:.1f}"}
                label = text.format(profile=label, **told)
            options.append(SelectOptionDict(value=profile.value, label=label))
        if self._may_put_off and not self._is_chosen:
            later = await async_text(self.hass, "telemetry_profile", LATER)
            options.append(SelectOptionDict(value=LATER, label=later))
        table = await (async_rates(self.hass, columns) if free else async_table(self.hass, columns, prices))
        return self.async_show_form(
            step_id="profile_service" if free else "profile",
            data_schema=vol.Schema(
                {
                    vol.Required(CONF_PROFILE, default=chosen.profile.value): SelectSelector(
                        SelectSelectorConfig(options=options, mode=SelectSelectorMode.LIST)
                    )
                }
            ),
            description_placeholders={
                "table": table,
                "cars": str(len(vins)),
                "discount": money(prices.discount, prices.currency),
                "driving": f"{REFERENCE.driving:g}",
                "charging": f"{REFERENCE.charging:g}",
                "parked": f"{REFERENCE.parked:g}",
                "note": await async_text(self.hass, "telemetry_cost", "slowed") if slowed else "",
            },
        )

    async def async_step_profile_fields(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the fields of a choice of one's own; it begins with what is shown."""
        runtime = await self._async_runtime()
        if runtime is None:
            return self.async_abort(reason="not_loaded")
        chosen = self._selection
        if user_input is not None:
            names = tuple(user_input[CONF_FIELDS])
            self._changes += (lambda selection: picked(selection, names),)
            return await self.async_step_profile_confirm()
        granted = {row.name: row for row in self._granted()}
        off = {name for name, tuning in chosen.tunings.items() if tuning.off}
        begin = chosen.fields or frozenset[str]().union(
            *(fields_for(vehicle.coordinator.wanted) for vehicle in runtime.vehicles.values())
        )
        default = sorted((begin - off | {HEARTBEAT}) & granted.keys(), key=str.lower)
        return self.async_show_form(
            step_id="profile_fields",
            data_schema=vol.Schema(
                {
                    vol.Required(CONF_FIELDS, default=default): vol.All(
                        search(granted.values(), self._counts(runtime), multiple=True), vol.Length(min=1)
                    )
                }
            ),
        )

    async def async_step_profile_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Name the cost of fields of one's own."""
        runtime = await self._async_runtime()
        if runtime is None:
            return self.async_abort(reason="not_loaded")
        chosen, prices, vins = self._selection, await self._async_prices(), streamers(runtime)
        columns = {Profile.OWN.value: foreseen(runtime.streaming, vins, chosen)}
        free = runtime.streaming.by_service
        table = await (async_rates(self.hass, columns) if free else async_table(self.hass, columns, prices))
        return self.async_show_menu(
            step_id="profile_confirm",
            menu_options=["profile_send", "profile_fields", "profile_signal"],
            description_placeholders={
                "count": str(len(chosen.fields)),
                "table": table,
                "note": await self._async_crowded(runtime),
            },
        )

    async def async_step_profile_send(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Send what is chosen, and follow it for a minute where a car is awake."""
        return await self._async_wait_for("profile_send", self._async_send, "profile_sent")

    async def async_step_profile_sent(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Go on if each car has it; else say what became of it, and what can be done."""
        outcomes: Mapping[str, Outcome] | None = self._done()
        if outcomes is None:
            return self.async_abort(reason="not_loaded")
        if not any(outcome.told for outcome in outcomes.values()):
            return await self._async_profile_over("profile_synced")
        options = ["profile_done", "profile_send", "profile_signal"]
        if not all(outcome.stands for outcome in outcomes.values()):
            options = ["profile_send", "profile", "profile_signal", "profile_later"]
        return self.async_show_menu(
            step_id="profile_sent",
            menu_options=options,
            description_placeholders={"cars": await async_told(self.hass, self._entry, outcomes)},
        )

    async def async_step_profile_done(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Leave the rest to what keeps cars in step with what is chosen."""
        if self.hass.config_entries.async_get_entry(self._entry_id) is None:
            return self.async_abort(reason="not_loaded")
        if self._changes:
            self._keep()
        return await self._async_profile_over("profile_ready")

    async def async_step_profile_later(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Go on without waiting for it."""
        return await self._async_profile_over("profile_put_off")

    async def _async_send(self) -> Mapping[str, Outcome] | None:
        """Keep and send what is chosen; return what became of it, None if nothing runs."""
        runtime = await self._async_runtime()
        if runtime is None:
            return None
        if self._changes:
            self._keep()
        shared = await async_get_shared(self.hass)
        return await async_send(runtime, self._async_runtime, shared.sleep)

    @property
    def _is_chosen(self) -> bool:
        """Whether cars are told anything already."""
        return CONF_TELEMETRY in self._entry.options

    async def _async_profile_over(self, reason: str) -> ConfigFlowResult:
        """End what stands."""
        return self.async_abort(reason=reason)


class ProfilePart(ProfileSteps, TourSteps):
    """The same as a part of the tour."""

    _may_put_off = True

    @override
    async def _async_profile_over(self, reason: str) -> ConfigFlowResult:
        return await self._async_part_done(PROFILE, reason)

    @override
    async def async_step_profile_later(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Go on without a choice, too."""
        if self._is_chosen:
            return await super().async_step_profile_later()
        return await self._async_part_left(PROFILE, "profile_not_chosen")
