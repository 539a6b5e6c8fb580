"""A dialogue that shows progress, and the time that passes meanwhile."""

import asyncio
from typing import Any

from .account import Account
from .dialogue import Dialogue


async def progressed(account: Account, dialogue: Dialogue, kind: str = "config") -> None:
    """Let time pass for as long as a dialogue shows progress, and see what it shows then."""
    managers: dict[str, Any] = {
        "config": account.hass.config_entries.flow,
        "options": account.hass.config_entries.options,
    }
    flow_id = dialogue.step["flow_id"]
    assert dialogue.step["type"] == "progress", dialogue.step
    while dialogue.step["type"] == "progress":
        # None once Home Assistant itself has gone on because it was done.
        if (task := managers[kind]._progress[flow_id].async_get_progress_task()) is not None:
            await account.wait_for(_done(task))
        dialogue._show(await managers[kind].async_configure(flow_id), kind=kind)
    await account.hass.async_block_till_done()


async def _done(task: asyncio.Task[Any]) -> None:
    await asyncio.wait((task,))
