import pytest

from custom_components.tesla_direct.tesla.vehicle.signals import drive

from .spelled import polled, streamed


@pytest.mark.parametrize("raw", ["ShiftStateD", "D", "d"])
def test_a_gear_is_a_letter(raw: str) -> None:
    assert streamed(drive.GEAR, raw) == polled(drive.GEAR, raw) == "d"


@pytest.mark.parametrize("raw", [None, "ShiftStateInvalid", "ShiftStateSNA", "", "<invalid>"])
def test_no_gear_is_no_letter(raw: str | None) -> None:
    assert streamed(drive.GEAR, raw) is None


def test_the_distance_to_follow_is_a_step() -> None:
    assert [streamed(drive.CRUISE_FOLLOW_DISTANCE, raw) for raw in ("FollowDistance7", "3", 2)] == [7, 3, 2]
    assert streamed(drive.CRUISE_FOLLOW_DISTANCE, "FollowDistanceUnknown") is None
    assert [streamed(drive.CRUISE_FOLLOW_DISTANCE, raw) for raw in ("8", 0)] == [None, None]


def test_an_untyped_speed_may_be_empty() -> None:
    assert streamed(drive.SPEED, "") is None
    assert streamed(drive.SPEED, "58") == 58
