"""What opens: doors, trunks, windows, roofs."""

from ..kind import choice, nonzero, number
from ..signal import Signal

_window = choice(
    "WindowState",
    "closed",
    "partially_open",
    "opened",
    aliases={0: "closed", 1: "partially_open", 2: "opened"},
)

# Of one field six facts, which it names as driver and passenger, not as left and right.
DOOR_DRIVER_FRONT = Signal(
    name="door_driver_front", kind=nonzero, path="vehicle_state.df", field="DoorState.DriverFront"
)
DOOR_DRIVER_REAR = Signal(
    name="door_driver_rear", kind=nonzero, path="vehicle_state.dr", field="DoorState.DriverRear"
)
DOOR_PASSENGER_FRONT = Signal(
    name="door_passenger_front", kind=nonzero, path="vehicle_state.pf", field="DoorState.PassengerFront"
)
DOOR_PASSENGER_REAR = Signal(
    name="door_passenger_rear", kind=nonzero, path="vehicle_state.pr", field="DoorState.PassengerRear"
)
TRUNK_FRONT = Signal(name="trunk_front", kind=nonzero, path="vehicle_state.ft", field="DoorState.TrunkFront")
TRUNK_REAR = Signal(name="trunk_rear", kind=nonzero, path="vehicle_state.rt", field="DoorState.TrunkRear")
DOORS_AND_TRUNKS = (
    DOOR_DRIVER_FRONT,
    DOOR_DRIVER_REAR,
    DOOR_PASSENGER_FRONT,
    DOOR_PASSENGER_REAR,
    TRUNK_FRONT,
    TRUNK_REAR,
)

WINDOW_DRIVER_FRONT = Signal(
    name="window_driver_front", kind=_window, path="vehicle_state.fd_window", field="FdWindow"
)
WINDOW_PASSENGER_FRONT = Signal(
    name="window_passenger_front", kind=_window, path="vehicle_state.fp_window", field="FpWindow"
)
WINDOW_DRIVER_REAR = Signal(
    name="window_driver_rear", kind=_window, path="vehicle_state.rd_window", field="RdWindow"
)
WINDOW_PASSENGER_REAR = Signal(
    name="window_passenger_rear", kind=_window, path="vehicle_state.rp_window", field="RpWindow"
)
WINDOWS = (WINDOW_DRIVER_FRONT, WINDOW_PASSENGER_FRONT, WINDOW_DRIVER_REAR, WINDOW_PASSENGER_REAR)

SUNROOF_STATE = Signal(
    name="sun_roof_state",
    kind=choice("", "open", "vent", "closed", "calibrating"),
    path="vehicle_state.sun_roof_state",
)
SUNROOF_PERCENT_OPEN = Signal(
    name="sun_roof_percent_open", kind=number, path="vehicle_state.sun_roof_percent_open"
)
TONNEAU_POSITION = Signal(
    name="tonneau_position",
    kind=choice("TonneauPositionState", "closed", "partially_open", "fully_open"),
    field="TonneauPosition",
    since="2024.44.25",
)
TONNEAU_OPEN_PERCENT = Signal(
    name="tonneau_open_percent", kind=number, field="TonneauOpenPercent", since="2024.44.25"
)
TONNEAU_TENT_MODE = Signal(
    name="tonneau_tent_mode",
    kind=choice("TonneauTentModeState", "inactive", "moving", "failed", "active"),
    field="TonneauTentMode",
    since="2024.44.25",
)
