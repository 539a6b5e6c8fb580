"""The air in the car: temperatures in °C, what is on, and what is wanted."""

from collections.abc import Mapping
from typing import Any

from ..kind import choice, flag, number
from ..signal import Signal
from . import battery

_power = choice("HvacPowerState", "off", "on", "precondition", "overheat_protect")


def _power_of_a_poll(raw: Any) -> str | None:
    """Accept a poll's `climate_state`: three flags that say together what telemetry says in one word."""
    if not isinstance(raw, Mapping):
        return None
    if flag(raw.get("cabin_overheat_protection_actively_cooling")):
        return "overheat_protect"
    if flag(raw.get("is_preconditioning")):
        return "precondition"
    on = flag(raw.get("is_climate_on"))
    return None if on is None else "on" if on else "off"


POWER = Signal(
    name="hvac_power",
    kind=_power_of_a_poll,
    path="climate_state",
    members=("is_climate_on", "is_preconditioning", "cabin_overheat_protection_actively_cooling"),
    field="HvacPower",
    field_kind=_power,
    since="2024.44.25",
)
INSIDE_TEMP = Signal(name="inside_temp", kind=number, path="climate_state.inside_temp", field="InsideTemp")
OUTSIDE_TEMP = Signal(
    name="outside_temp", kind=number, path="climate_state.outside_temp", field="OutsideTemp"
)
# The fields speak of left and right; the decoder swaps them for right-hand drive.
DRIVER_TEMP_SETTING = Signal(
    name="driver_temp_setting",
    kind=number,
    path="climate_state.driver_temp_setting",
    field="HvacLeftTemperatureRequest",
    since="2024.44.25",
)
PASSENGER_TEMP_SETTING = Signal(
    name="passenger_temp_setting",
    kind=number,
    path="climate_state.passenger_temp_setting",
    field="HvacRightTemperatureRequest",
    since="2024.44.25",
)
TEMP_MIN = Signal(name="min_avail_temp", kind=number, path="climate_state.min_avail_temp")
TEMP_MAX = Signal(name="max_avail_temp", kind=number, path="climate_state.max_avail_temp")
# Levels of 0 to 11, not percent.
FAN_STATUS = Signal(
    name="fan_status",
    kind=number,
    path="climate_state.fan_status",
    field="HvacFanStatus",
    since="2024.44.25",
)
FAN_SPEED_REQUEST = Signal(name="fan_speed_request", kind=number, field="HvacFanSpeed", since="2024.44.25")
AUTO_MODE = Signal(
    name="hvac_auto_mode",
    kind=choice("HvacAutoModeState", "on", "override"),
    path="climate_state.hvac_auto_request",
    field="HvacAutoMode",
    since="2024.44.25",
)
AC_ENABLED = Signal(
    name="ac_enabled",
    kind=flag,
    path="climate_state.is_auto_conditioning_on",
    field="HvacACEnabled",
    since="2024.44.25",
)
KEEPER_MODE = Signal(
    name="climate_keeper_mode",
    kind=choice(
        "ClimateKeeperModeState",
        "off",
        "keep",
        "dog",
        "camp",
        aliases={"On": "keep", "on": "keep", "Party": "camp", "party": "camp"},
    ),
    path="climate_state.climate_keeper_mode",
    field="ClimateKeeperMode",
    since="2024.44.25",
)
BIOWEAPON_MODE = Signal(name="bioweapon_mode", kind=flag, path="climate_state.bioweapon_mode")

# Cabin overheat protection.
OVERHEAT_MODE = Signal(
    name="cabin_overheat_protection",
    kind=choice("CabinOverheatProtectionModeState", "off", "on", "fan_only"),
    path="climate_state.cabin_overheat_protection",
    field="CabinOverheatProtectionMode",
    since="2024.44.25",
)
OVERHEAT_LIMIT = Signal(
    name="cop_activation_temperature",
    kind=choice("ClimateOverheatProtectionTempLimit", "low", "medium", "high"),
    path="climate_state.cop_activation_temperature",
    field="CabinOverheatProtectionTemperatureLimit",
    since="2024.44.25",
)
OVERHEAT_FAN_ONLY_SUPPORTED = Signal(
    name="supports_fan_only_cabin_overheat_protection",
    kind=flag,
    path="climate_state.supports_fan_only_cabin_overheat_protection",
)

# Ice and mist.
DEFROST_MODE = Signal(
    name="defrost_mode",
    kind=choice(
        "DefrostModeState",
        "off",
        "normal",
        "max",
        "auto_defog",
        aliases={0: "off", 1: "normal", 2: "max"},
    ),
    path="climate_state.defrost_mode",
    field="DefrostMode",
    since="2024.44.25",
)
# The field says that defrosting is wanted for preconditioning, which is what the flag of a poll shows.
FRONT_DEFROSTER = Signal(
    name="front_defroster",
    kind=flag,
    path="climate_state.is_front_defroster_on",
    field="DefrostForPreconditioning",
    since="2024.44.25",
)
REAR_DEFROSTER = Signal(
    name="rear_defroster",
    kind=flag,
    path="climate_state.is_rear_defroster_on",
    field="RearDefrostEnabled",
    since="2025.2.6",
)
SIDE_MIRROR_HEATERS = Signal(name="side_mirror_heaters", kind=flag, path="climate_state.side_mirror_heaters")
WIPER_HEATER = Signal(
    name="wiper_heater",
    kind=flag,
    path="climate_state.wiper_blade_heater",
    field="WiperHeatEnabled",
    since="2024.44.25",
)
BATTERY_HEATER = Signal(
    name="climate_battery_heater",
    kind=flag,
    path="climate_state.battery_heater",
    pushed_as=(battery.HEATER,),
)
REAR_DISPLAY_HVAC = Signal(
    name="rear_display_hvac", kind=flag, field="RearDisplayHvacEnabled", since="2024.44.25"
)
