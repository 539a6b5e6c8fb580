"""Charging: what the charger gives, what the session has brought, what is allowed, and the cable."""

from collections.abc import Mapping
from typing import Any

from ..kind import choice, count, flag, number, scaled, text
from ..signal import Signal

_hours_as_minutes = scaled(60)


def _minutes_to_full(raw: Any) -> float | None:
    """Accept a poll's `charge_state`: minutes, or where there are none, hours."""
    if not isinstance(raw, Mapping):
        return None
    minutes = number(raw.get("minutes_to_full_charge"))
    return _hours_as_minutes(raw.get("time_to_full_charge")) if minutes is None else minutes


# An undeclared number 8 and a boolean were seen in this field; both are unknown.
STATE = Signal(
    name="charging_state",
    kind=choice(
        "DetailedChargeState", "disconnected", "no_power", "starting", "charging", "complete", "stopped"
    ),
    path="charge_state.charging_state",
    field="DetailedChargeState",
    since="2024.38",
)

# What flows: kW, V, A. The battery's side has a power while charging with AC too.
AC_POWER = Signal(name="ac_charging_power", kind=number, field="ACChargingPower")
DC_POWER = Signal(name="dc_charging_power", kind=number, field="DCChargingPower")
POWER = Signal(
    name="charger_power",
    kind=number,
    path="charge_state.charger_power",
    pushed_as=(AC_POWER, DC_POWER),
)
VOLTAGE = Signal(
    name="charger_voltage",
    kind=number,
    path="charge_state.charger_voltage",
    field="ChargerVoltage",
    since="2024.44.32",
)
CURRENT = Signal(
    name="charger_current", kind=number, path="charge_state.charger_actual_current", field="ChargeAmps"
)
PILOT_CURRENT = Signal(name="charger_pilot_current", kind=number, path="charge_state.charger_pilot_current")
PHASES = Signal(name="charger_phases", kind=count, path="charge_state.charger_phases", field="ChargerPhases")
RATE = Signal(
    name="charge_rate",
    kind=number,
    path="charge_state.charge_rate",
    field="ChargeRateMilePerHour",
    since="2025.2.6",
)

# What the session since the plug-in has brought: kWh at the battery, kWh at the charger, miles.
ENERGY_ADDED = Signal(
    name="charge_energy_added",
    kind=number,
    path="charge_state.charge_energy_added",
    field="DCChargingEnergyIn",
)
ENERGY_FROM_CHARGER = Signal(name="charge_energy_from_charger", kind=number, field="ACChargingEnergyIn")
RANGE_ADDED = Signal(name="charge_range_added", kind=number, path="charge_state.charge_miles_added_rated")

# When it will be done: minutes; hours.
MINUTES_TO_FULL = Signal(
    name="minutes_to_full_charge",
    kind=_minutes_to_full,
    path="charge_state",
    members=("minutes_to_full_charge", "time_to_full_charge"),
    field="TimeToFullCharge",
    field_kind=_hours_as_minutes,
)
HOURS_TO_TERMINATION = Signal(
    name="hours_to_charge_termination",
    kind=number,
    field="EstimatedHoursToChargeTermination",
    since="2024.44.25",
)

# What is asked and allowed: percent, amperes.
LIMIT = Signal(name="charge_limit", kind=number, path="charge_state.charge_limit_soc", field="ChargeLimitSoc")
LIMIT_MIN = Signal(name="charge_limit_min", kind=number, path="charge_state.charge_limit_soc_min")
LIMIT_MAX = Signal(name="charge_limit_max", kind=number, path="charge_state.charge_limit_soc_max")
LIMIT_STANDARD = Signal(name="charge_limit_std", kind=number, path="charge_state.charge_limit_soc_std")
CURRENT_REQUEST = Signal(
    name="charge_current_request",
    kind=number,
    path="charge_state.charge_current_request",
    field="ChargeCurrentRequest",
)
CURRENT_REQUEST_MAX = Signal(
    name="charge_current_request_max",
    kind=number,
    path="charge_state.charge_current_request_max",
    field="ChargeCurrentRequestMax",
)
ENABLE_REQUEST = Signal(
    name="charge_enable_request",
    kind=flag,
    path="charge_state.charge_enable_request",
    field="ChargeEnableRequest",
)
TRIP_CHARGING = Signal(name="trip_charging", kind=flag, path="charge_state.trip_charging")
SUPERCHARGER_TRIP_PLANNER = Signal(
    name="supercharger_trip_planner",
    kind=flag,
    path="charge_state.supercharger_session_trip_planner",
    field="SuperchargerSessionTripPlanner",
)

# What is plugged in, and the port.
CABLE_TYPE = Signal(
    name="charge_cable_type",
    kind=choice("CableType", "iec", "sae", "gb_ac", "gb_dc"),
    path="charge_state.conn_charge_cable",
    field="ChargingCableType",
    since="2024.44.25",
)
FAST_CHARGER_PRESENT = Signal(
    name="fast_charger_present",
    kind=flag,
    path="charge_state.fast_charger_present",
    field="FastChargerPresent",
)
FAST_CHARGER_TYPE = Signal(
    name="fast_charger_type",
    kind=choice(
        "FastCharger",
        "supercharger",
        "chademo",
        "gb",
        "ac_single_wire_can",
        "combo",
        "mc_single_wire_can",
        "other",
        aliases={"Tesla": "supercharger", "CHAdeMO": "chademo", "Chademo": "chademo"},
    ),
    path="charge_state.fast_charger_type",
    field="FastChargerType",
    since="2024.44.25",
)
FAST_CHARGER_BRAND = Signal(name="fast_charger_brand", kind=text, path="charge_state.fast_charger_brand")
PORT_LATCH = Signal(
    name="charge_port_latch",
    kind=choice("ChargePortLatch", "engaged", "disengaged", "blocking"),
    path="charge_state.charge_port_latch",
    field="ChargePortLatch",
)
PORT_LIGHT = Signal(
    name="charge_port_light",
    kind=choice(
        "",
        "off",
        "white",
        "blue",
        "green",
        "flashing_green",
        "slow_flashing_green",
        "amber",
        "flashing_amber",
        "red",
        "flashing_red",
    ),
    path="charge_state.charge_port_color",
)
PORT_DOOR_OPEN = Signal(
    name="charge_port_door_open",
    kind=flag,
    path="charge_state.charge_port_door_open",
    field="ChargePortDoorOpen",
    since="2024.44.25",
)
PORT_COLD_WEATHER_MODE = Signal(
    name="cold_weather_port",
    kind=flag,
    path="charge_state.charge_port_cold_weather_mode",
    field="ChargePortColdWeatherMode",
)
