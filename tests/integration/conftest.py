"""Home Assistant with a folder of its own: what is stored is really written there."""

from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator  # type: ignore[import-untyped]  # has no types

from simulator.world import World

from .dialogue import Dialogue


@pytest.fixture
def hass_config_dir(tmp_path: Path) -> str:
    return str(tmp_path)


@pytest.fixture
def hass_storage() -> dict[str, Any]:
    """Take the place of the one that keeps stores in memory."""
    return {}


@pytest.fixture
def dialogue(
    hass: HomeAssistant,
    world: World,
    hass_client_no_auth: ClientSessionGenerator,
    enable_custom_integrations: None,
    current_request_with_host: None,
) -> Dialogue:
    """A user whose sign-in page says yes by itself."""
    world.cloud.approve()
    return Dialogue(hass, world, hass_client_no_auth)
