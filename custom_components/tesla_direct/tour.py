"""The guided tour through what follows the sign-in, part by part; each part can be repeated alone.

A part is a class of steps whose first page is `async_step_<part>`. It ends in `_async_part_done`, or in
`_async_part_left` where the user puts it off; what comes next is decided here. Which parts are still to be
done stands in the entry, so that nothing is lost when a browser is closed, or Home Assistant restarts.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigEntryState, ConfigFlow, ConfigFlowResult

from .const import CONF_RECEIVER, CONF_UNFINISHED, CONF_VEHICLES

# In the order of the tour; each builds on those before it.
PARTS = ("cars", "receiver")
TOUR, CARS, PROFILE = "tour", "cars", "profile"


class TourSteps(ConfigFlow):
    """Leads from part to part; of a single part it is only the way out."""

    _touring = False
    _ahead: tuple[str, ...] = ()  # parts that come after the one that is shown
    _work: tuple[str, asyncio.Task[Any]] | None = None  # what a page of progress waits for

    async def async_step_tour(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Begin with the first part that is not done; where all are, look at each again."""
        self._touring = True
        self._ahead = tuple(part for part in PARTS if part in self._unfinished) or PARTS
        return await self._async_go_on()

    async def async_step_tour_done(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say that all stands, or offer what was left for later, and name what is missing because of it."""
        left = [part for part in PARTS if part in self._unfinished]
        if not left:
            return self.async_abort(reason="tour_done")
        return self.async_show_menu(step_id="tour_done", menu_options=[*left, "tour_later"])

    async def async_step_tour_later(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """End the tour; a notice under Repairs leads back."""
        return self.async_abort(reason="tour_later")

    async def _async_part_done(self, part: str, reason: str) -> ConfigFlowResult:
        """Go on behind a part that stands; outside the tour that is the end of the dialogue."""
        self._set_unfinished(self._unfinished - {part})
        return await self._async_go_on() if self._touring else self.async_abort(reason=reason)

    async def _async_part_left(self, part: str, reason: str) -> ConfigFlowResult:
        """Go on behind a part that the user has put off, or that cannot be done yet."""
        self._set_unfinished(self._unfinished | {part})
        return await self._async_go_on() if self._touring else self.async_abort(reason=reason)

    async def _async_go_on(self) -> ConfigFlowResult:
        """Show the next part, or how far the tour got."""
        data = self._get_reconfigure_entry().data
        while self._ahead:
            part, *ahead = self._ahead
            self._ahead = tuple(ahead)
            # Cars were mostly picked before, and without a port there is nobody to whom they could send.
            if {CARS: not data[CONF_VEHICLES], PROFILE: isinstance(data[CONF_RECEIVER], int)}.get(part, True):
                result: ConfigFlowResult = await getattr(self, f"async_step_{part}")()
                return result
        return await self.async_step_tour_done()

    async def _async_wait_for(
        self,
        step: str,
        work: Callable[[], Coroutine[Any, Any, Any]],
        then: str,
        placeholders: Mapping[str, str] | None = None,
    ) -> ConfigFlowResult:
        """Show progress while something is done, then go to the step `then`, which fetches `_done`.

        Whoever closes the dialogue ends the work, too.
        """
        if self._work is None or self._work[0] != step:
            # Never done at once: a dialogue may begin with a page of progress, but not with the end of one.
            task = self.hass.async_create_background_task(work(), f"tesla_direct {step}", eager_start=False)
            self._work = step, task
        if self._work[1].done():
            return self.async_show_progress_done(next_step_id=then)
        return self.async_show_progress(
            step_id=step,
            progress_action=step,
            progress_task=self._work[1],
            description_placeholders=placeholders,
        )

    def _done(self) -> Any:
        """Return what the work has brought that progress was shown for."""
        assert self._work is not None  # noqa: S101  # only the end of a page of progress leads here
        (_, task), self._work = self._work, None
        return task.result()

    async def _async_running(self) -> ConfigEntry[Any] | None:
        """Return the entry once it runs again after a change of it; None if it does not."""
        entry = self._get_reconfigure_entry()
        async with entry.setup_lock:  # whoever reloads it holds this
            return entry if entry.state is ConfigEntryState.LOADED else None

    @property
    def _unfinished(self) -> frozenset[str]:
        return frozenset(self._get_reconfigure_entry().data.get(CONF_UNFINISHED, ()))

    def _set_unfinished(self, parts: frozenset[str]) -> None:
        entry = self._get_reconfigure_entry()
        if parts != self._unfinished:
            self.hass.config_entries.async_update_entry(
                entry, data={**entry.data, CONF_UNFINISHED: sorted(parts)}
            )
