"""Pages that show progress while something is done."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntryBaseFlow, ConfigFlowResult


class WaitingSteps(ConfigEntryBaseFlow):
    """Has the user wait for one thing at a time."""

    _work: tuple[str, asyncio.Task[Any]] | None = None  # what a page of progress waits for
    _fetched = False  # whether what it has brought is in use

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
        return self._work[1].result()
