"""What a user can download when something is wrong."""

from typing import Any

from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator  # type: ignore[import-untyped]  # has no types

from .account import Account


async def report(account: Account, web: ClientSessionGenerator) -> Any:
    """Download the diagnostics, as a user does."""
    assert await async_setup_component(account.hass, "diagnostics", {})
    client = await web()
    async with client.get(f"/api/diagnostics/config_entry/{account.entry.entry_id}") as page:
        assert page.status == 200
        return (await page.json())["data"]
