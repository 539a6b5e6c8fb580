"""Shows what the owner of a car has to do for its commands, until it is seen to be done."""

from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from .pairing import can_pair
from .repairs import async_tell_mobile_access, async_tell_paired
from .telemetry import Streaming
from .tesla.command.command import CHARGING, COMMANDS
from .tesla.vehicle.model import read_vin, wants_signature
from .tesla.vehicle.signals import connection
from .vehicle import Vehicle

MAY_COMMAND = frozenset({COMMANDS, CHARGING})  # whoever has granted one of them wants to change something


@callback
def async_watch_paired(  # noqa: PLR0913  # what it looks at, and whom it tells
    hass: HomeAssistant,
    entry: ConfigEntry[Any],
    vehicle: Vehicle,
    streaming: Streaming,
    *,
    commands: bool,
    on_unpaired: CALLBACK_TYPE,
) -> CALLBACK_TYPE:
    """Begin to look at what is known of a car; return what ends that.

    commands:    the user has granted some
    on_unpaired: is told that the car did not know our key when we began; its owner may have seen to it
    """

    @callback
    def tell() -> None:
        state = vehicle.coordinator.data
        signs = (commands and wants_signature(state, vehicle.vin) is not False) or (
            streaming.chosen and not read_vin(vehicle.vin).pre_2021
        )
        paired = state.get(connection.KEY_PAIRED) if signs and can_pair(entry.data) else None
        async_tell_paired(hass, entry, vehicle.vin, paired=paired)
        allowed = state.get(connection.MOBILE_ACCESS)
        async_tell_mobile_access(hass, entry, vehicle.vin, allowed=allowed)

    tell()
    if vehicle.coordinator.data.get(connection.KEY_PAIRED) is False:
        on_unpaired()
    signals = (connection.KEY_PAIRED, connection.NEEDS_SIGNATURE, connection.MOBILE_ACCESS)
    return vehicle.coordinator.async_watch(tell, signals)
