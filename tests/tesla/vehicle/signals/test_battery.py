from custom_components.tesla_direct.tesla.vehicle.signals import battery

from .spelled import polled, streamed


def test_telemetry_has_decimals_where_polls_have_none() -> None:
    assert polled(battery.LEVEL, 63) == 63
    assert streamed(battery.LEVEL, 63.42) == streamed(battery.LEVEL, "63.42") == 63.42


def test_the_management_names_its_states() -> None:
    assert streamed(battery.BMS_STATE, "BMSStateFEIM") == "full_electric_in_motion"
    assert streamed(battery.BMS_STATE, "BMSStateSNA") is None
    assert streamed(battery.BMS_STATE, raw=True) is None
    assert streamed(battery.HVIL, "HvilStatusOK") == "ok"


def test_bricks_are_numbered() -> None:
    assert streamed(battery.BRICK_NUMBER_MAX, 17) == 17
    assert streamed(battery.BRICK_NUMBER_MAX, "17") == 17
