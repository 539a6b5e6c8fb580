"""The battery: how full it is, how far that reaches, how much energy, and what its parts say."""

from ..kind import choice, count, flag, number
from ..signal import Signal

# How full, in percent, and how far, in miles.
LEVEL = Signal(name="battery_level", kind=number, path="charge_state.battery_level", field="BatteryLevel")
USABLE_LEVEL = Signal(
    name="usable_battery_level", kind=number, path="charge_state.usable_battery_level", field="Soc"
)
RANGE = Signal(name="battery_range", kind=number, path="charge_state.battery_range", field="RatedRange")
RANGE_ESTIMATED = Signal(
    name="est_battery_range", kind=number, path="charge_state.est_battery_range", field="EstBatteryRange"
)
RANGE_IDEAL = Signal(
    name="ideal_battery_range",
    kind=number,
    path="charge_state.ideal_battery_range",
    field="IdealBatteryRange",
)

# Energy in kWh. Some cars tell a few of these in polls too.
ENERGY_REMAINING = Signal(
    name="energy_remaining", kind=number, path="charge_state.energy_remaining", field="EnergyRemaining"
)
NOMINAL_FULL_PACK_ENERGY = Signal(
    name="nominal_full_pack_energy", kind=number, field="NominalFullPackEnergyKwh", since="2026.32"
)
LIFETIME_USED = Signal(
    name="lifetime_energy_used",
    kind=number,
    path="charge_state.lifetime_energy_used",
    field="LifetimeEnergyUsed",
)
LIFETIME_REGENERATED = Signal(name="lifetime_energy_regen", kind=number, field="LifetimeEnergyGainedRegen")
LIFETIME_CHARGED = Signal(
    name="lifetime_energy_charged", kind=number, field="LifetimeEnergyChargedKwh", since="2026.32"
)

# The pack, in volts and amperes; Tesla does not say which direction of the current is positive.
VOLTAGE = Signal(name="pack_voltage", kind=number, field="PackVoltage")
CURRENT = Signal(name="pack_current", kind=number, field="PackCurrent")
ISOLATION_RESISTANCE = Signal(name="isolation_resistance", kind=number, field="IsolationResistance")
HVIL = Signal(name="hvil", kind=choice("HvilStatus", "ok", "fault"), field="Hvil")
BMS_STATE = Signal(
    name="bms_state",
    kind=choice(
        "BMSState",
        "standby",
        "drive",
        "support",
        "charge",
        "full_electric_in_motion",
        "clear_fault",
        "fault",
        "weld",
        "test",
        aliases={"FEIM": "full_electric_in_motion"},
    ),
    field="BMSState",
)
FULL_CHARGE_COMPLETE = Signal(name="full_charge_complete", kind=flag, field="BmsFullchargecomplete")

# Its bricks and modules: volts, °C, percent; numbers count from 1.
BRICK_VOLTAGE_MAX = Signal(name="brick_voltage_max", kind=number, field="BrickVoltageMax")
BRICK_VOLTAGE_MIN = Signal(name="brick_voltage_min", kind=number, field="BrickVoltageMin")
BRICK_NUMBER_MAX = Signal(name="brick_number_max", kind=count, field="NumBrickVoltageMax")
BRICK_NUMBER_MIN = Signal(name="brick_number_min", kind=count, field="NumBrickVoltageMin")
BRICK_CHARGE_MIN = Signal(name="brick_soc_min", kind=number, field="BrickSocMinPercent", since="2026.32")
MODULE_TEMP_MAX = Signal(
    name="module_temp_max", kind=number, path="charge_state.module_temp_max", field="ModuleTempMax"
)
MODULE_TEMP_MIN = Signal(
    name="module_temp_min", kind=number, path="charge_state.module_temp_min", field="ModuleTempMin"
)
MODULE_NUMBER_MAX = Signal(name="module_number_max", kind=count, field="NumModuleTempMax")
MODULE_NUMBER_MIN = Signal(name="module_number_min", kind=count, field="NumModuleTempMin")

# What warms it. Old cars tell it with the charge, new ones with the climate (see climate.BATTERY_HEATER);
# Model S and X before 2021 do not send the field.
HEATER = Signal(
    name="battery_heater", kind=flag, path="charge_state.battery_heater_on", field="BatteryHeaterOn"
)
NOT_ENOUGH_POWER_TO_HEAT = Signal(
    name="not_enough_power_to_heat",
    kind=flag,
    path="charge_state.not_enough_power_to_heat",
    field="NotEnoughPowerToHeat",
)
