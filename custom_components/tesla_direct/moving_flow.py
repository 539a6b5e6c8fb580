"""The part of the tour for who comes from another integration: what it has of these cars is gone on with.

It is an offer and nothing more: who declines is not reminded, and finds it again under Reconfigure.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import probatio as vol

from .moving import Found, async_give_back, async_take, find, find_taken
from .texts import async_text, plain
from .tour import MOVING, TourSteps

CONF_FORMER = "former"


class MovingSteps(TourSteps):
    """Tells of other integrations that have these cars, and takes over from one of them, or gives back."""

    _former: Found | None = None  # whose entities are to be gone on with

    async def async_step_moving(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say who else has these cars, and what can be done about it."""
        self._asked_to_move = True
        found = find(self.hass, self._get_reconfigure_entry())
        options = ["moving_choose"] if found else []
        if find_taken(self.hass, self._get_reconfigure_entry()):
            options.append("moving_back")
        if not options:
            return await self._async_behind(MOVING, "moving_nothing")
        line = await async_text(self.hass, "moving", "former")
        listed = "\n".join(
            "- " + line.format(name=_label(one), count=len(one.pairs), all=len(one.pairs) + one.others)
            for one in found
        )
        return self.async_show_menu(
            step_id="moving",
            menu_options=[*options, "moving_leave"],
            description_placeholders={"found": listed or await async_text(self.hass, "moving", "nobody")},
        )

    async def async_step_moving_choose(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask whose entities to go on with, where that is a question."""
        found = {one.entry.entry_id: one for one in find(self.hass, self._get_reconfigure_entry())}
        if user_input is None and len(found) > 1:
            options = [SelectOptionDict(value=entry_id, label=_label(one)) for entry_id, one in found.items()]
            choice = SelectSelector(SelectSelectorConfig(options=options, mode=SelectSelectorMode.LIST))
            return self.async_show_form(
                step_id="moving_choose", data_schema=vol.Schema({vol.Required(CONF_FORMER): choice})
            )
        chosen = next(iter(found), "") if user_input is None else user_input[CONF_FORMER]
        self._former = found.get(chosen)
        if self._former is None:  # somebody has removed it meanwhile
            return await self.async_step_moving()
        return await self.async_step_moving_confirm()

    async def async_step_moving_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say what becomes of both, and of what refers to them."""
        former = self._former
        assert former is not None  # noqa: S101  # the page before has it
        return self.async_show_menu(
            step_id="moving_confirm",
            menu_options=["moving_take", "moving_leave"],
            description_placeholders={
                "name": _label(former),
                "count": str(len(former.pairs)),
                "others": str(former.others),
                "off": await async_text(self.hass, "moving", "cars" if former.stays else "whole"),
            },
        )

    async def async_step_moving_take(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Take over, and show progress meanwhile: both are loaded anew."""
        former, entry = self._former, self._get_reconfigure_entry()
        assert former is not None  # noqa: S101  # the page before has it
        return await self._async_wait_for(
            "moving_take",
            lambda: self._async_to_the_end(async_take(self.hass, entry, former)),
            "moving_done",
        )

    async def async_step_moving_back(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say what becomes of what was taken over, if it is given back."""
        taken = find_taken(self.hass, self._get_reconfigure_entry())
        return self.async_show_menu(
            step_id="moving_back",
            menu_options=["moving_return", "moving_leave"],
            description_placeholders={"count": str(len(taken))},
        )

    async def async_step_moving_return(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Give it back."""
        entry = self._get_reconfigure_entry()
        return await self._async_wait_for(
            "moving_return",
            lambda: self._async_to_the_end(async_give_back(self.hass, entry)),
            "moving_done",
        )

    async def async_step_moving_done(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Go on, or say that somebody could not be unloaded."""
        if self._done():
            return await self._async_behind(MOVING, "moving_ready")
        return self.async_show_menu(step_id="moving_done", menu_options=[MOVING, "moving_leave"])

    async def async_step_moving_leave(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Leave all as it is."""
        return await self._async_behind(MOVING, "moving_left")

    def _moving_options(self) -> list[str]:
        """Return what there is to choose beside what an entry always has."""
        entry = self._get_reconfigure_entry()
        return [MOVING] if find(self.hass, entry) or find_taken(self.hass, entry) else []

    async def _async_to_the_end(self, change: Coroutine[Any, Any, bool]) -> bool:
        """Finish a change even for who closes the dialogue: else entries would be left unloaded."""
        return await asyncio.shield(self.hass.async_create_task(change, "tesla_direct changes hands"))


def _label(found: Found) -> str:
    return f"{found.name} ({plain(found.entry.title)})"
