"""Updates, and the car's name."""

from ...proto.car_server_pb2 import (
    SetVehicleNameAction,
    VehicleAction,
    VehicleControlCancelSoftwareUpdateAction,
    VehicleControlScheduleSoftwareUpdateAction,
)
from ...vehicle.expectation import Expectation
from ...vehicle.signals import software
from ..command import Command
from . import check
from .form import action, infotainment
from .obstacle import installing

LATEST = 2**31 - 1  # seconds from now; as many as the message can hold


def set_vehicle_name(vehicle_name: str) -> Command:
    """Name the car; not while a guest has it."""
    name = check.text(vehicle_name, "vehicle_name")
    return infotainment(
        name="set_vehicle_name",
        payload=action(VehicleAction(setVehicleNameAction=SetVehicleNameAction(vehicleName=name))),
        body={"vehicle_name": name},
        expects=(Expectation(software.VEHICLE_NAME, name),),
    )


def schedule_software_update(offset_sec: float) -> Command:
    """Install what is ready.

    offset_sec: seconds from now; the car counts two minutes down even for 0
    """
    wait = check.whole(offset_sec, "offset_sec", 0, LATEST)
    asked = VehicleControlScheduleSoftwareUpdateAction(offset_sec=wait)
    return infotainment(
        name="schedule_software_update",
        payload=action(VehicleAction(vehicleControlScheduleSoftwareUpdateAction=asked)),
        body={"offset_sec": wait},
        expects=(Expectation(software.UPDATE_STATUS, "scheduled", also=("installing",)),),
    )


def cancel_software_update() -> Command:
    """Do not install yet."""
    asked = VehicleControlCancelSoftwareUpdateAction()
    return infotainment(
        name="cancel_software_update",
        payload=action(VehicleAction(vehicleControlCancelSoftwareUpdateAction=asked)),
        expects=(Expectation(software.UPDATE_STATUS, "available", also=("none",)),),
        obstacle=installing,
    )
