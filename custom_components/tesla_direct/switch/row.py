"""What a table says of a switch."""

from collections.abc import Callable
from dataclasses import dataclass

from homeassistant.components.switch import SwitchEntityDescription

from ..entity import Row
from ..tesla.vehicle.state import VehicleState
from ..wish import Wish


@dataclass(frozen=True, kw_only=True)
class SwitchRow(Row, SwitchEntityDescription):
    """Something that is on or off.

    wish:    what to send to switch it
    on:      whether it is on, if not just the first fact
    assumed: no car tells it: shown is what was commanded last
    """

    wish: Wish[bool]
    on: Callable[[VehicleState], bool | None] | None = None
    assumed: bool = False
