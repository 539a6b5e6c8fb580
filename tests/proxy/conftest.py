"""Home Assistant with a folder of its own, and a nginx that is set up as the docs say."""

from collections.abc import AsyncIterator
from pathlib import Path

from homeassistant.core import HomeAssistant
import pytest

from tests.integration.conftest import dialogue, hass_config_dir, hass_storage, nothing_to_report

from .nginx import Nginx

__all__ = ["dialogue", "hass_config_dir", "hass_storage", "nothing_to_report"]


@pytest.fixture
async def nginx(hass: HomeAssistant, tmp_path: Path) -> AsyncIterator[Nginx]:
    """A nginx that is not started yet."""
    one = Nginx(tmp_path)
    yield one
    await hass.async_add_executor_job(one.stop)
