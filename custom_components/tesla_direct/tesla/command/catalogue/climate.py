"""The air in the car: power, temperatures in °C, modes, overheat protection."""

from ...proto.car_server_pb2 import (
    HvacAutoAction,
    HvacBioweaponModeAction,
    HvacClimateKeeperAction,
    HvacSetPreconditioningMaxAction,
    HvacTemperatureAdjustmentAction,
    SetCabinOverheatProtectionAction,
    SetCopTempAction,
    VehicleAction,
)
from ...proto.common_pb2 import Void
from ...proto.vehicle_pb2 import ClimateState
from ...vehicle import model
from ...vehicle.expectation import Expectation
from ...vehicle.signals import climate
from ..command import Command
from . import check
from .form import action, infotainment

COLDEST, WARMEST = 15.0, 28.0  # °C that can be set; on the display they are LO and HI

_KEEPER = HvacClimateKeeperAction
_KEEPERS = {
    0: (_KEEPER.ClimateKeeperAction_Off, "off"),
    1: (_KEEPER.ClimateKeeperAction_On, "keep"),
    2: (_KEEPER.ClimateKeeperAction_Dog, "dog"),
    3: (_KEEPER.ClimateKeeperAction_Camp, "camp"),
}
# The numbers are one below those of the message; Tesla's own proxy forgets that.
_OVERHEAT_LIMITS = {
    0: (ClimateState.CopActivationTempLow, "low"),
    1: (ClimateState.CopActivationTempMedium, "medium"),
    2: (ClimateState.CopActivationTempHigh, "high"),
}
# As Tesla's own client sends it with every temperature; cars take it without, too.
_LEVEL = HvacTemperatureAdjustmentAction.Temperature(TEMP_MAX=Void())


def auto_conditioning_start() -> Command:
    """Switch climate on."""
    return infotainment(
        name="auto_conditioning_start",
        payload=action(VehicleAction(hvacAutoAction=HvacAutoAction(power_on=True))),
        expects=(Expectation(climate.POWER, "on", also=("precondition",)),),
    )


def auto_conditioning_stop() -> Command:
    """Switch climate off."""
    return infotainment(
        name="auto_conditioning_stop",
        payload=action(VehicleAction(hvacAutoAction=HvacAutoAction())),
        expects=(Expectation(climate.POWER, "off", also=("overheat_protect",)),),
    )


def set_temps(driver_temp: float, passenger_temp: float) -> Command:
    """Set the temperatures of both sides, 15 to 28 °C."""
    driver = check.number(driver_temp, "driver_temp", COLDEST, WARMEST)
    passenger = check.number(passenger_temp, "passenger_temp", COLDEST, WARMEST)
    asked = HvacTemperatureAdjustmentAction(
        level=_LEVEL, driver_temp_celsius=driver, passenger_temp_celsius=passenger
    )
    return infotainment(
        name="set_temps",
        payload=action(VehicleAction(hvacTemperatureAdjustmentAction=asked)),
        body={"driver_temp": driver, "passenger_temp": passenger},
        expects=(
            Expectation(climate.DRIVER_TEMP_SETTING, driver),
            Expectation(climate.PASSENGER_TEMP_SETTING, passenger),
        ),
        setpoint="temps",
    )


def set_preconditioning_max(on: bool, manual_override: bool = False) -> Command:
    """Defrost with all there is, or stop that.

    manual_override: also where the car would rather save the battery
    """
    expected = (
        Expectation(climate.DEFROST_MODE, "max", also=("normal", "auto_defog"))
        if on
        else Expectation(climate.DEFROST_MODE, "off")
    )
    asked = HvacSetPreconditioningMaxAction(on=on, manual_override=manual_override)
    return infotainment(
        name="set_preconditioning_max",
        payload=action(VehicleAction(hvacSetPreconditioningMaxAction=asked)),
        body={"on": on, "manual_override": manual_override},
        expects=(expected,),
    )


def set_bioweapon_mode(on: bool, manual_override: bool) -> Command:
    """Keep everything out, where the car has the filter for it."""
    asked = HvacBioweaponModeAction(on=on, manual_override=manual_override)
    return infotainment(
        name="set_bioweapon_mode",
        payload=action(VehicleAction(hvacBioweaponModeAction=asked)),
        body={"on": on, "manual_override": manual_override},
        expects=(Expectation(climate.BIOWEAPON_MODE, on),),
        exists=model.BIOWEAPON_MODE,
    )


def set_climate_keeper_mode(climate_keeper_mode: int, manual_override: bool = False) -> Command:
    """Keep climate on while nobody is in.

    climate_keeper_mode: 0 off, 1 keep, 2 dog, 3 camp
    """
    keeper, mode = check.one_of(climate_keeper_mode, "climate_keeper_mode", _KEEPERS)
    asked = HvacClimateKeeperAction(ClimateKeeperAction=keeper, manual_override=manual_override)
    return infotainment(
        name="set_climate_keeper_mode",
        payload=action(VehicleAction(hvacClimateKeeperAction=asked)),
        body={"climate_keeper_mode": int(climate_keeper_mode), "manual_override": manual_override},
        expects=(Expectation(climate.KEEPER_MODE, mode),),
    )


def set_cabin_overheat_protection(on: bool, fan_only: bool = False) -> Command:
    """Keep the parked car from getting hot, with or without cooling."""
    asked = SetCabinOverheatProtectionAction(on=on, fan_only=fan_only)
    mode = "off" if not on else "fan_only" if fan_only else "on"
    return infotainment(
        name="set_cabin_overheat_protection",
        payload=action(VehicleAction(setCabinOverheatProtectionAction=asked)),
        body={"on": on, "fan_only": fan_only},
        expects=(Expectation(climate.OVERHEAT_MODE, mode),),
        exists=model.OVERHEAT_FAN_ONLY if mode == "fan_only" else model.ANY_CAR,
    )


def set_cop_temp(cop_temp: int) -> Command:
    """Set from where on the parked car is cooled.

    cop_temp: 0 low (30 °C), 1 medium (35 °C), 2 high (40 °C)
    """
    limit, name = check.one_of(cop_temp, "cop_temp", _OVERHEAT_LIMITS)
    return infotainment(
        name="set_cop_temp",
        payload=action(VehicleAction(setCopTempAction=SetCopTempAction(copActivationTemp=limit))),
        body={"cop_temp": int(cop_temp)},
        expects=(Expectation(climate.OVERHEAT_LIMIT, name),),
        exists=model.OVERHEAT_LIMIT,
    )
