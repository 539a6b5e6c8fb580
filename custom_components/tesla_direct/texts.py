"""Texts that are put into other texts: lists, reasons, and words from outside, which a page has a gap for."""

from collections.abc import Iterable
import re

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from .const import DOMAIN

LONGEST = 500  # characters from outside
# Of what makes a link, a picture or code of text, something that looks alike and does not.
ALIKE = str.maketrans("[]<>`", "()()'")
# What is not seen: control characters, and what turns the direction of writing. What joins emojis may stay.
UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
LINK = re.compile(r"://|\bwww\.", re.IGNORECASE)


async def async_text(hass: HomeAssistant, group: str, name: str) -> str:
    """Return a text of a group under `selector` of the translations, in Home Assistant's language."""
    key = f"component.{DOMAIN}.selector.{group}.options.{name}"
    return (await async_get_translations(hass, hass.config.language, "selector", {DOMAIN}))[key]


async def async_list(hass: HomeAssistant, group: str, names: Iterable[str]) -> str:
    """Return texts of a group as a list with points."""
    return "\n".join([f"- {await async_text(hass, group, name)}" for name in names])


def plain(text: str) -> str:
    """Return text from outside such that a page shows nothing but text in it."""
    seen = UNSEEN.sub("", " ".join(text.split()))
    return LINK.sub(" ", seen.translate(ALIKE))[:LONGEST]
