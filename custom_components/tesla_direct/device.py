"""A car as a device: its name, model and software follow what the car tells."""

from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from .const import CONF_VEHICLES, DOMAIN
from .coordinator import VehicleCoordinator
from .tesla.vehicle import model
from .tesla.vehicle.signals import config, software

SIGNALS = frozenset(
    {config.CAR_TYPE, config.TRIM, config.DRIVER_ASSIST, software.VERSION, software.VEHICLE_NAME}
)


@callback
def async_follow_device(
    hass: HomeAssistant, entry: ConfigEntry[Any], coordinator: VehicleCoordinator
) -> CALLBACK_TYPE:
    """Register a car, and keep it up to date; return what ends that."""

    @callback
    def update() -> None:
        state = coordinator.data
        name = state.get(software.VEHICLE_NAME) or entry.data[CONF_VEHICLES].get(coordinator.vin)
        dr.async_get(hass).async_get_or_create(
            config_entry_id=entry.entry_id,
            identifiers={(DOMAIN, coordinator.vin)},
            manufacturer="Tesla",
            model=model.model_name(state, coordinator.vin),
            name=name or model.read_vin(coordinator.vin).model or "Tesla",
            serial_number=coordinator.vin,
            sw_version=state.get(software.VERSION),
            hw_version=state.get(config.DRIVER_ASSIST),
        )

    update()
    return coordinator.async_watch(update, SIGNALS)
