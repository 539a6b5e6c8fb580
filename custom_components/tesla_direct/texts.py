"""Texts that are put into other texts: lists and reasons, which a page has a gap for."""

from collections.abc import Iterable

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from .const import DOMAIN


async def async_text(hass: HomeAssistant, group: str, name: str) -> str:
    """Return a text of a group under `selector` of the translations, in Home Assistant's language."""
    key = f"component.{DOMAIN}.selector.{group}.options.{name}"
    return (await async_get_translations(hass, hass.config.language, "selector", {DOMAIN}))[key]


async def async_list(hass: HomeAssistant, group: str, names: Iterable[str]) -> str:
    """Return texts of a group as a list with points."""
    return "\n".join([f"- {await async_text(hass, group, name)}" for name in names])
