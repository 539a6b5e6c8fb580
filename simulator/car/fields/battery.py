"""Telemetry fields of the battery and of charging."""

from custom_components.tesla_direct.tesla.proto import vehicle_data_pb2 as pb

from ..body import Body
from ..spelling import EXACT, FLAG, MOMENT, NUMBER, TEXT, WHOLE, LocalTime, Row, Rows, always, choice
from ..truth import Truth

BMS = choice("bms_state_value", pb.BMSStateValue, "BMSState")
CABLE = choice("cable_type_value", pb.CableType, "CableType")
DETAILED = choice("detailed_charge_state_value", pb.DetailedChargeStateValue, "DetailedChargeState")
FAST = choice("fast_charger_value", pb.FastCharger, "FastCharger")
LATCH = choice("charge_port_latch_value", pb.ChargePortLatchValue, "ChargePortLatch")
MODE = choice("scheduled_charging_mode_value", pb.ScheduledChargingModeValue, "ScheduledChargingMode")

# The coarse text of old: what the charger does, not what the session is.
COARSE = {"Starting": "Startup", "Charging": "Enable", "Stopped": "Shutdown"}


def _bms(body: Body) -> str:
    if body.charging_state == "Charging":
        return "Charge"
    return "Support" if body.parked else "Drive"


def _brick_volts(body: Body) -> float:
    return body.pack_volts / 96.0


def _amps(body: Body) -> float:
    return body.pack_power_kw * 1000.0 / body.pack_volts


def _departure(truth: Truth) -> LocalTime:
    return truth.local(truth.next_departure())


def _start(truth: Truth) -> LocalTime | None:
    at = truth.body.scheduled_start
    return None if at is None else truth.local(at)


ROWS: Rows = {
    "ACChargingEnergyIn": Row(NUMBER, lambda car: car.body.session_wall_kwh),
    "ACChargingPower": Row(NUMBER, lambda car: car.body.wall_kw),
    "BMSState": Row(BMS, lambda car: _bms(car.body)),
    "BatteryHeaterOn": Row(FLAG, lambda car: car.body.battery_heater_on),
    "BatteryLevel": Row(NUMBER, lambda car: car.body.battery_percent),
    "BmsFullchargecomplete": Row(FLAG, lambda car: car.body.charging_state == "Complete"),
    "BrickSocMinPercent": Row(NUMBER, lambda car: max(car.body.battery_percent - 0.6, 0.0)),
    "BrickVoltageMax": Row(NUMBER, lambda car: _brick_volts(car.body) + 0.003),
    "BrickVoltageMin": Row(NUMBER, lambda car: _brick_volts(car.body) - 0.003),
    "ChargeAmps": Row(NUMBER, lambda car: car.body.charger_amps),
    "ChargeCurrentRequest": Row(WHOLE, lambda car: car.body.charge_amps_wanted),
    "ChargeCurrentRequestMax": Row(WHOLE, lambda car: car.body.charge_amps_most),
    "ChargeEnableRequest": Row(FLAG, lambda car: car.body.charge_wanted),
    "ChargeLimitSoc": Row(WHOLE, lambda car: car.body.charge_limit_percent),
    "ChargePortColdWeatherMode": Row(FLAG, lambda car: car.body.charge_port_cold),
    "ChargePortDoorOpen": Row(FLAG, lambda car: car.body.charge_port_open),
    "ChargePortLatch": Row(LATCH, lambda car: car.body.charge_port_latch),
    "ChargeRateMilePerHour": Row(NUMBER, lambda car: car.body.battery_kw / car.body.kwh_a_mile),
    "ChargeState": Row(TEXT, lambda car: COARSE.get(car.body.charging_state, "Idle")),
    "ChargerPhases": Row(WHOLE, lambda car: car.body.charger_phases),
    "ChargerVoltage": Row(NUMBER, lambda car: car.body.charger_volts),
    "ChargingCableType": Row(CABLE, lambda car: car.body.cable),
    "DCChargingEnergyIn": Row(NUMBER, lambda car: car.body.session_battery_kwh),
    "DCChargingPower": Row(NUMBER, lambda car: car.body.battery_kw),
    "DetailedChargeState": Row(DETAILED, lambda car: car.body.charging_state),
    "EnergyRemaining": Row(NUMBER, lambda car: car.body.energy_remaining_kwh),
    "EstBatteryRange": Row(NUMBER, lambda car: car.body.rated_miles * 0.88),
    "EstimatedHoursToChargeTermination": Row(NUMBER, lambda car: car.body.hours_to_limit),
    "FastChargerPresent": Row(FLAG, lambda car: car.body.fast_charger is not None),
    "FastChargerType": Row(FAST, lambda car: car.body.fast_charger or car.fast_charger_idle),
    "IdealBatteryRange": Row(NUMBER, lambda car: car.body.rated_miles),
    "IsolationResistance": Row(NUMBER, lambda car: car.body.isolation_kohm),
    "LifetimeEnergyChargedKwh": Row(NUMBER, lambda car: car.body.lifetime_charged_kwh),
    "LifetimeEnergyGainedRegen": Row(NUMBER, lambda car: car.body.lifetime_regenerated_kwh),
    "LifetimeEnergyUsed": Row(NUMBER, lambda car: car.body.lifetime_used_kwh),
    "ModuleTempMax": Row(NUMBER, lambda car: car.body.module_temp_max_c),
    "ModuleTempMin": Row(NUMBER, lambda car: car.body.module_temp_min_c),
    "NominalFullPackEnergyKwh": Row(NUMBER, lambda car: car.body.full_pack_kwh),
    "NotEnoughPowerToHeat": Row(FLAG, lambda car: car.body.not_enough_power_to_heat),
    "NumBrickVoltageMax": Row(WHOLE, always(17)),
    "NumBrickVoltageMin": Row(WHOLE, always(62)),
    "NumModuleTempMax": Row(WHOLE, always(3)),
    "NumModuleTempMin": Row(WHOLE, always(1)),
    "PackCurrent": Row(EXACT, lambda car: _amps(car.body)),
    "PackVoltage": Row(NUMBER, lambda car: car.body.pack_volts),
    "PreconditioningEnabled": Row(FLAG, lambda car: car.body.departure_preconditioning),
    "RatedRange": Row(NUMBER, lambda car: car.body.rated_miles),
    "ScheduledChargingMode": Row(MODE, lambda car: car.body.scheduled_charging),
    "ScheduledChargingPending": Row(FLAG, lambda car: car.body.scheduled_pending),
    "ScheduledChargingStartTime": Row(MOMENT, _start),
    "ScheduledDepartureTime": Row(MOMENT, _departure),
    "Soc": Row(NUMBER, lambda car: car.body.usable_percent),
    "SuperchargerSessionTripPlanner": Row(FLAG, lambda car: car.body.trip_planner_session),
    "TimeToFullCharge": Row(NUMBER, lambda car: car.body.hours_to_limit),
}
