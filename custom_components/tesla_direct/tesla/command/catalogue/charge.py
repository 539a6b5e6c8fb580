"""Charging: start and stop, limit and current, the port."""

from collections.abc import Mapping

from ...proto.car_server_pb2 import (
    ChargePortDoorClose,
    ChargePortDoorOpen,
    ChargingSetLimitAction,
    ChargingStartStopAction,
    SetChargingAmpsAction,
    VehicleAction,
)
from ...proto.common_pb2 import Void
from ...vehicle import model
from ...vehicle.expectation import Expectation
from ...vehicle.signals import charge
from ..command import Command
from . import check
from .form import ALREADY_SO, CHARGING_SCOPES, action, infotainment, plain

MOST_AMPS = 80  # what the strongest charger in a car ever took; each car has a maximum of its own


def charge_start() -> Command:
    """Start charging."""
    return infotainment(
        name="charge_start",
        payload=_start_stop(ChargingStartStopAction(start=Void())),
        scopes=CHARGING_SCOPES,
        expects=(Expectation(charge.STATE, "starting", also=("charging",)),),
        holds=(*ALREADY_SO, "is_charging", "already_started"),
    )


def charge_stop() -> Command:
    """Stop charging."""
    stopped = Expectation(charge.STATE, "stopped", also=("complete", "disconnected", "no_power"))
    return infotainment(
        name="charge_stop",
        payload=_start_stop(ChargingStartStopAction(stop=Void())),
        scopes=CHARGING_SCOPES,
        expects=(stopped,),
        holds=(*ALREADY_SO, "not_charging"),
    )


def charge_standard() -> Command:
    """Set the limit to what the car thinks good for every day."""
    return infotainment(
        name="charge_standard",
        payload=_start_stop(ChargingStartStopAction(start_standard=Void())),
        scopes=CHARGING_SCOPES,
        holds=(*ALREADY_SO, "already_standard"),
    )


def charge_max_range() -> Command:
    """Set the limit to all that fits in."""
    return infotainment(
        name="charge_max_range",
        payload=_start_stop(ChargingStartStopAction(start_max_range=Void())),
        scopes=CHARGING_SCOPES,
        holds=(*ALREADY_SO, "already_max_range"),
    )


def charge_port_door_open() -> Command:
    """Open the charge port, or release the connector that is in it."""
    return infotainment(
        name="charge_port_door_open",
        payload=action(VehicleAction(chargePortDoorOpen=ChargePortDoorOpen())),
        scopes=CHARGING_SCOPES,
        expects=(
            Expectation(charge.PORT_DOOR_OPEN, value=True),
            Expectation(charge.PORT_LATCH, "disengaged", also=("blocking",)),
        ),
    )


def charge_port_door_close() -> Command:
    """Close the charge port, where it has a motor."""
    return infotainment(
        name="charge_port_door_close",
        payload=action(VehicleAction(chargePortDoorClose=ChargePortDoorClose())),
        scopes=CHARGING_SCOPES,
        expects=(Expectation(charge.PORT_DOOR_OPEN, value=False),),
        exists=model.MOTORIZED_CHARGE_PORT,
    )


def set_charge_limit(percent: float) -> Command:
    """Set how full the battery is charged.

    percent: 50 to 100; the car ignores others, and says that all is well
    """
    limit = check.whole(percent, "percent", 50, 100)
    return infotainment(
        name="set_charge_limit",
        payload=action(VehicleAction(chargingSetLimitAction=ChargingSetLimitAction(percent=limit))),
        body={"percent": limit},
        scopes=CHARGING_SCOPES,
        expects=(Expectation(charge.LIMIT, limit),),
        setpoint="charge_limit",
    )


def set_charging_amps(charging_amps: float) -> Command:
    """Set the current to charge with.

    charging_amps: 0 up to what the car and the charger allow
    """
    amps = check.whole(charging_amps, "charging_amps", 0, MOST_AMPS)
    return infotainment(
        name="set_charging_amps",
        payload=action(VehicleAction(setChargingAmpsAction=SetChargingAmpsAction(charging_amps=amps))),
        body={"charging_amps": amps},
        scopes=CHARGING_SCOPES,
        expects=(Expectation(charge.CURRENT_REQUEST, amps),),
        setpoint="charging_amps",
    )


# Services for fleets, which Tesla's server carries out. Their parameters are documented for fleets only, so
# they are handed on as they are.


def set_managed_charge_current_request(parameters: Mapping[str, object]) -> Command:
    """Set the current of a managed charger."""
    return _managed("set_managed_charge_current_request", parameters)


def set_managed_charger_location(parameters: Mapping[str, object]) -> Command:
    """Say where a managed charger is."""
    return _managed("set_managed_charger_location", parameters)


def set_managed_scheduled_charging_time(parameters: Mapping[str, object]) -> Command:
    """Set when a managed charger begins."""
    return _managed("set_managed_scheduled_charging_time", parameters)


def _managed(name: str, parameters: Mapping[str, object]) -> Command:
    return plain(name=name, body=dict(parameters), prefers_plain=True, scopes=CHARGING_SCOPES)


def _start_stop(asked: ChargingStartStopAction) -> bytes:
    return action(VehicleAction(chargingStartStopAction=asked))
