from custom_components.tesla_direct.tesla.vehicle.signals import BY_FIELD, powertrain

from .spelled import streamed


def test_each_motor_has_each_fact() -> None:
    groups = (
        powertrain.STATE,
        powertrain.INVERTER_TEMP,
        powertrain.HEATSINK_TEMP,
        powertrain.STATOR_TEMP,
        powertrain.MOTOR_CURRENT,
        powertrain.TORQUE,
        powertrain.AXLE_SPEED,
        powertrain.BATTERY_VOLTAGE,
    )

    assert {len(group) for group in groups} == {len(powertrain.MOTORS)}
    assert len({signal for group in groups for signal in group}) == 32
    assert BY_FIELD["DiHeatsinkTREL"] == (powertrain.HEATSINK_TEMP[2],)
    assert powertrain.HEATSINK_TEMP[2].name == "di_heatsink_temp_rel"


def test_an_inverter_is_enabled() -> None:
    assert streamed(powertrain.STATE[0], "DriveInverterStateEnable") == "enabled"
    assert streamed(powertrain.STATE[0], "Standby") == "standby"
