from datetime import datetime

from custom_components.tesla_direct.tesla.vehicle.signals import schedules

from .spelled import polled, streamed


def test_a_poll_tells_times_in_utc_and_telemetry_as_a_wall_clock() -> None:
    assert polled(schedules.CHARGING_START, 1_791_415_800) == 1_791_415_800
    assert polled(schedules.CHARGING_START, None) is None
    assert streamed(schedules.CHARGING_START, 1_791_444_600) == datetime.fromisoformat("2026-10-08T00:30:00")


def test_the_mode_says_what_the_time_is_for() -> None:
    assert polled(schedules.CHARGING_MODE, "DepartBy") == "depart_by"
    assert streamed(schedules.CHARGING_MODE, "ScheduledChargingModeStartAt") == "start_at"
    assert polled(schedules.PRECONDITIONING_DAYS, "weekdays") == "weekdays"


def test_lists_are_read_entry_by_entry() -> None:
    entry = {"id": 1, "enabled": True, "days_of_week": 62, "precondition_time": 450}

    assert [one.start for one in polled(schedules.PRECONDITION_SCHEDULES, [entry]) or ()] == [450]
    assert polled(schedules.CHARGE_SCHEDULES, []) == ()
