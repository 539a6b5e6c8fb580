"""Home Assistant, stopped and started again on the same folder."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
import shutil
from typing import Any

from homeassistant import loader
from homeassistant.config_entries import ConfigEntryState
from homeassistant.helpers import frame
from pytest_homeassistant_custom_component.common import (  # type: ignore[import-untyped]  # has no types
    MockConfigEntry,
    async_test_home_assistant,
)

from custom_components.tesla_direct.const import DOMAIN

from .account import Account


@asynccontextmanager
async def restarted(account: Account, *, folder: str | None = None) -> AsyncIterator[Account]:
    """Stop Home Assistant, if it still runs, and give the account in another one.

    folder: where that one finds its files, the same ones if it is not said
    """
    if account.hass.is_running:
        await account.hass.async_stop(force=True)
    async with async_test_home_assistant(config_dir=folder or account.hass.config.config_dir) as hass:
        hass.data.pop(loader.DATA_CUSTOM_COMPONENTS)
        frame.async_setup(hass)
        again = Account(hass, account.world, account.wall, account.owner)
        again.entry = _copy(account.entry)
        again.entry.add_to_hass(hass)
        await again.shared()
        try:
            assert await hass.config_entries.async_setup(again.entry.entry_id)
            yield again
        finally:
            if again.entry.state is ConfigEntryState.LOADED:
                await hass.config_entries.async_unload(again.entry.entry_id)
            if hass.is_running:
                await hass.async_stop(force=True)


async def as_on_disk(account: Account, folder: Path) -> str:
    """Copy what stands on the disk now, as if the power went."""
    storage = account.hass.config.path(".storage")
    await account.hass.async_add_executor_job(shutil.copytree, storage, folder / ".storage")
    return str(folder)


def _copy(entry: Any) -> Any:
    return MockConfigEntry(
        domain=DOMAIN,
        entry_id=entry.entry_id,
        title=entry.title,
        unique_id=entry.unique_id,
        data=dict(entry.data),
        options=dict(entry.options),
        subentries_data=[subentry.as_dict() for subentry in entry.subentries.values()],
    )
