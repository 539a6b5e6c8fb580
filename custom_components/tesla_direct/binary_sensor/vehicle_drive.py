"""Driving, driver assistance and lights."""

from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass

from ..tesla.vehicle import conclusions
from ..tesla.vehicle.signals import assistance, drive
from .row import BinaryRow, flag_row

DRIVE: tuple[BinaryRow, ...] = (
    BinaryRow(
        key="parked",
        reads=(drive.GEAR,),
        on=conclusions.parked,
        entity_registry_enabled_default=False,
    ),
    flag_row("drive_rail", drive.DRIVE_RAIL, BinarySensorDeviceClass.POWER),
    flag_row("brake_pedal", drive.BRAKE_PEDAL),
    flag_row("hazard_lights", assistance.HAZARD_LIGHTS, BinarySensorDeviceClass.LIGHT),
    flag_row("high_beams", assistance.HIGH_BEAMS, BinarySensorDeviceClass.LIGHT),
    flag_row("aeb_off", assistance.EMERGENCY_BRAKING_OFF, BinarySensorDeviceClass.PROBLEM),
    flag_row("blind_spot_camera", assistance.BLIND_SPOT_CAMERA),
    flag_row("blind_spot_chime", assistance.BLIND_SPOT_CHIME),
    flag_row("emergency_lane_departure", assistance.EMERGENCY_LANE_DEPARTURE),
)
