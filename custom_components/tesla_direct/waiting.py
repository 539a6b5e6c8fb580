"""Pages that show progress while something is done.

Home Assistant tells a page once that its work is done. A browser that has not begun to listen by then, or is
just turning the page before, misses that and shows progress for ever; so it is told again until it asks.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, override

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import callback
from homeassistant.data_entry_flow import FlowHandler

AGAIN = 2.0  # seconds
TIMES = 150  # then nobody is looking any more


class WaitingSteps(FlowHandler[Any, ConfigFlowResult, Any]):
    """Has the user wait for one thing at a time, in a dialogue of whatever kind."""

    _work: tuple[str, asyncio.Task[Any]] | None = None  # what a page of progress waits for
    _fetched = False  # whether what it has brought is in use
    _telling: asyncio.Task[None] | None = None
    _pause, _times = AGAIN, TIMES

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
        if self._work is None or self._work[0] != step or self._fetched:
            # Never done at once: a dialogue may begin with a page of progress, but not with the end of one.
            task = self.hass.async_create_background_task(work(), f"tesla_direct {step}", eager_start=False)
            self._work, self._fetched = (step, task), False
            self._tell_when_done(task)
        if self._work[1].done():
            return self.async_show_progress_done(next_step_id=then)
        return self.async_show_progress(
            step_id=step,
            progress_action=step,
            progress_task=self._work[1],
            description_placeholders=placeholders,
        )

    def _done(self) -> Any:
        """Return what the work has brought that progress was shown for.

        Two browsers, or one that is told twice, may ask for the page behind it at the same time.
        """
        assert self._work is not None  # noqa: S101  # only the end of a page of progress leads here
        self._fetched = True
        self._stop_telling()
        return self._work[1].result()

    @callback
    @override
    def async_remove(self) -> None:
        """End with the dialogue."""
        self._stop_telling()
        super().async_remove()

    def _tell_when_done(self, work: asyncio.Task[Any]) -> None:
        self._stop_telling()
        self._telling = self.hass.async_create_background_task(
            self._async_tell(work), "tesla_direct turns a page", eager_start=False
        )

    def _stop_telling(self) -> None:
        if self._telling is not None:
            self._telling.cancel()

    async def _async_tell(self, work: asyncio.Task[Any]) -> None:
        """Have the page turned, again and again, until it was."""
        await asyncio.wait((work,))
        for _ in range(self._times):
            await asyncio.sleep(self._pause)
            self.async_notify_flow_changed()
