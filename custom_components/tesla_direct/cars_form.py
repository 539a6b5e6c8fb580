"""The form in which cars are picked: which may be, what each is called, and what if none is."""

from collections.abc import Iterable, Mapping
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import probatio as vol

from .const import CONF_VEHICLES, DOMAIN
from .tesla.vehicle.model import read_vin


@callback
def taken_cars(hass: HomeAssistant, own: str | None = None) -> set[str]:
    """Return the cars of other entries than `own`: each belongs to one only."""
    entries = hass.config_entries.async_entries(DOMAIN)
    return {vin for entry in entries if entry.entry_id != own for vin in entry.data[CONF_VEHICLES]}


def label_of(vin: str, name: str | None) -> str:
    """Return what a list calls a car."""
    return f"{name or read_vin(vin).model or 'Tesla'} (…{vin[-6:]})"


def cars_choice(labels: Mapping[str, str], picked: Iterable[str]) -> vol.Schema:
    """Return the list of an account's cars.

    labels: by VIN
    """
    options = [SelectOptionDict(value=vin, label=label) for vin, label in labels.items()]
    cars = SelectSelector(SelectSelectorConfig(options=options, multiple=True, mode=SelectSelectorMode.LIST))
    default = [vin for vin in labels if vin in set(picked)]
    return vol.Schema({vol.Required(CONF_VEHICLES, default=default): cars})


def nobody_picked(user_input: Mapping[str, Any] | None) -> dict[str, str]:
    """Return the error of a form that was sent without a car; empty for any other."""
    return {} if user_input is None or user_input[CONF_VEHICLES] else {"base": "no_car"}
