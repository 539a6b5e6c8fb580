from custom_components.tesla_direct.tesla.vehicle.signals import config

from .spelled import polled, streamed


def test_a_car_type_is_spelled_in_small_letters() -> None:
    assert polled(config.CAR_TYPE, "model3") == streamed(config.CAR_TYPE, "CarTypeModel3") == "model3"
    assert polled(config.CHARGE_PORT_TYPE, "CCS") == streamed(config.CHARGE_PORT_TYPE, "ChargePortCCS")


def test_display_units_have_short_names_in_a_poll() -> None:
    assert polled(config.SETTING_DISTANCE_UNIT, "km/hr") == "kilometers"
    assert streamed(config.SETTING_DISTANCE_UNIT, "DistanceUnitKilometers") == "kilometers"
    assert polled(config.SETTING_TEMPERATURE_UNIT, "C") == "celsius"
    assert polled(config.SETTING_TIRE_PRESSURE_UNIT, "Bar") == "bar"
    assert polled(config.SETTING_CHARGE_UNIT, raw=True) == "distance"
    assert streamed(config.SETTING_CHARGE_UNIT, "ChargeUnitPercent") == "percent"


def test_a_sunroof_is_a_number_in_a_poll() -> None:
    assert [polled(config.SUNROOF, raw) for raw in (0, 1, 2, None)] == [
        "not_installed",
        "gen1_installed",
        "gen2_installed",
        None,
    ]
    assert streamed(config.SUNROOF, "SunroofInstalledStateNotInstalled") == "not_installed"


def test_a_package_of_seat_heaters_is_a_number_also_as_text() -> None:
    assert polled(config.REAR_SEAT_HEATERS, 3) == streamed(config.REAR_SEAT_HEATERS, "3") == 3
    assert polled(config.THIRD_ROW_SEATS, "None") == "none"
