from custom_components.tesla_direct.tesla.vehicle.signals import seats

from .spelled import polled, streamed


def test_heat_has_levels_and_a_higher_one_is_the_highest() -> None:
    levels = [polled(seats.HEATER_FRONT_LEFT, raw) for raw in (0, 1, 2, 3, 4, None)]

    assert levels == ["off", "low", "medium", "high", "high", None]
    assert streamed(seats.HEATER_REAR_CENTER, "2") == "medium"


def test_the_steering_wheel_has_no_level_two_and_yet_some_report_it() -> None:
    levels = [streamed(seats.STEERING_WHEEL_LEVEL, raw) for raw in (0, 1, 2, 3)]

    assert levels == ["off", "low", "high", "high"]


def test_a_belt_is_a_word_or_true_while_it_is_open() -> None:
    assert streamed(seats.DRIVER_BELT, raw=True) == streamed(seats.DRIVER_BELT, "true") == "unlatched"
    assert streamed(seats.DRIVER_BELT, raw=False) == streamed(seats.DRIVER_BELT, "BuckleStatusLatched")
    assert streamed(seats.PASSENGER_BELT, "BuckleStatusFaulted") == "faulted"
