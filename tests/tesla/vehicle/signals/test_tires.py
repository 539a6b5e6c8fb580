from datetime import datetime

from custom_components.tesla_direct.tesla.vehicle.signals import BY_FIELD, tires

from .spelled import polled, streamed


def test_each_wheel_has_its_own_path_and_field() -> None:
    assert tires.PRESSURE_REAR_LEFT.path == "vehicle_state.tpms_pressure_rl"
    assert tires.PRESSURE_REAR_LEFT.field == "TpmsPressureRl"
    assert tires.LAST_SEEN_FRONT_RIGHT.path == "vehicle_state.tpms_last_seen_pressure_time_fr"
    assert tires.LAST_SEEN_FRONT_RIGHT.field == "TpmsLastSeenPressureTimeFr"
    assert BY_FIELD["TpmsSoftWarnings.rear_left"] == (tires.SOFT_WARNING_REAR_LEFT,)
    assert tires.HARD_WARNING_FRONT_RIGHT.path == "vehicle_state.tpms_hard_warning_fr"
    assert tires.HARD_WARNING_FRONT_RIGHT.field == "TpmsHardWarnings.front_right"


def test_when_it_was_measured_comes_in_two_spellings() -> None:
    assert polled(tires.LAST_SEEN_FRONT_LEFT, 1_791_355_000) == 1_791_355_000
    assert isinstance(streamed(tires.LAST_SEEN_FRONT_LEFT, 1_791_355_000), datetime)


def test_a_pressure_is_in_bar() -> None:
    assert polled(tires.PRESSURE_FRONT_LEFT, 2.9) == streamed(tires.PRESSURE_FRONT_LEFT, 2.9) == 2.9
