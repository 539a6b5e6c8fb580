"""What users are told where they are not asking: that a car contradicts what it had said."""

from typing import Any

from homeassistant.components import persistent_notification
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations

from .const import DOMAIN


@callback
def async_tell_contradiction(hass: HomeAssistant, car: str, place: str, command: str, says: Any) -> None:
    """Tell that a car has said that a command is done, and now says otherwise.

    car:     what its owner calls it
    place:   what tells its notice from those of other cars
    command: the Fleet API's name for it
    says:    what the car says of the fact that was to change
    """
    texts = async_get_cached_translations(hass, hass.config.language, "common", DOMAIN)

    def text(key: str) -> str:
        return texts.get(f"component.{DOMAIN}.common.{key}", key)

    placeholders = {"car": car, "command": command.replace("_", " "), "says": _said(says)}
    persistent_notification.async_create(
        hass,
        text("contradicted").format(**placeholders),
        text("contradicted_title").format(**placeholders),
        f"{DOMAIN}_contradicted_{place}_{command}",
    )


def _said(value: Any) -> str:
    match value:
        case True:
            return "on"
        case False:
            return "off"
        case float():
            return f"{value:g}"
        case _:
            return str(value)
