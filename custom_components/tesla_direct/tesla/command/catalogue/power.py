"""What the car may use up while nobody drives it; only signed."""

from ...proto.car_server_pb2 import SetKeepAccessoryPowerModeAction, SetLowPowerModeAction, VehicleAction
from ...vehicle.expectation import Expectation
from ...vehicle.signals import power
from ..command import Command
from .form import action, infotainment


def set_low_power_mode(enable: bool) -> Command:
    """Save power, or not."""
    asked = SetLowPowerModeAction(low_power_mode=enable)
    return infotainment(
        name="set_low_power_mode",
        payload=action(VehicleAction(setLowPowerModeAction=asked)),
        body=None,
        expects=(Expectation(power.LOW_POWER_MODE, enable),),
    )


def keep_accessory_power_mode(enable: bool) -> Command:
    """Leave the sockets on, or not."""
    asked = SetKeepAccessoryPowerModeAction(keep_accessory_power_mode=enable)
    return infotainment(
        name="keep_accessory_power_mode",
        payload=action(VehicleAction(setKeepAccessoryPowerModeAction=asked)),
        body=None,
        expects=(Expectation(power.KEEP_ACCESSORY_POWER, enable),),
    )
