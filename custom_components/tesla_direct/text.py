"""Texts: where to go, and what the car is called."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import override

from homeassistant.components.text import TextEntity, TextEntityDescription
from homeassistant.const import EntityCategory, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .entity import Row
from .platform import async_add_rows
from .runtime import TeslaDirectConfigEntry
from .tesla.command.catalogue.navigation import navigation_request
from .tesla.command.catalogue.software import set_vehicle_name
from .tesla.command.command import COMMANDS, Command
from .tesla.vehicle.model import NAVIGATION
from .tesla.vehicle.signals import software
from .user_errors import refused
from .wish import WishEntity, one

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class TextRow(Row, TextEntityDescription):
    """A text, and the command that takes it; one without facts is only written."""

    command: Callable[[str], Command]


def _navigate(text: str) -> Command:
    return navigation_request(text, now=dt_util.utcnow().timestamp())


VEHICLE: tuple[TextRow, ...] = (
    TextRow(
        key="navigation_destination",
        reads=(),
        scopes=(COMMANDS,),
        exists=NAVIGATION,
        command=_navigate,
    ),
    TextRow(
        key="vehicle_name",
        reads=(software.VEHICLE_NAME,),
        scopes=(COMMANDS,),
        command=set_vehicle_name,
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: TeslaDirectConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the texts of each car."""
    async_add_rows(entry, Platform.TEXT, VEHICLE, VehicleText, add=async_add_entities)


class VehicleText(WishEntity, TextEntity):
    """One row of the table, for one car."""

    entity_description: TextRow

    @property
    @override
    def native_value(self) -> str | None:
        facts = self.entity_description.facts
        text: str | None = self.coordinator.data.get(facts[0]) if facts else None
        return text

    @override
    async def async_set_value(self, value: str) -> None:
        if not value.strip():
            raise refused("text_empty")
        await self.async_wish(one(self.entity_description.command), value.strip())
