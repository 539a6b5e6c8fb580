from datetime import datetime

from custom_components.tesla_direct.tesla.vehicle.signals import software

from .spelled import polled, streamed


def test_a_version_comes_without_its_build() -> None:
    assert polled(software.VERSION, "2026.26.6 0a1b2c3d4e5f") == "2026.26.6"
    assert streamed(software.VERSION, "2026.26.6") == "2026.26.6"


def test_a_blank_is_no_version() -> None:
    assert polled(software.UPDATE_VERSION, " ") is None
    assert streamed(software.UPDATE_VERSION, "") is None


def test_an_empty_status_says_that_there_is_no_update() -> None:
    assert polled(software.UPDATE_STATUS, "") == "none"
    assert polled(software.UPDATE_STATUS, "downloading_wifi_wait") == "downloading_wifi_wait"
    assert polled(software.UPDATE_STATUS, None) is None


def test_the_duration_is_in_minutes() -> None:
    assert polled(software.UPDATE_MINUTES, 2_700) == 45
    assert streamed(software.UPDATE_MINUTES, 45) == 45


def test_a_poll_schedules_in_milliseconds_and_telemetry_by_the_wall_clock() -> None:
    assert polled(software.UPDATE_SCHEDULED, 1_791_360_000_000) == 1_791_360_000
    assert isinstance(streamed(software.UPDATE_SCHEDULED, 1_791_444_600), datetime)


def test_the_display_is_a_number_in_a_poll() -> None:
    assert [polled(software.CENTER_DISPLAY, raw) for raw in (0, 2, 3, 7, 1)] == [
        "off",
        "on",
        "driving",
        "charging",
        None,
    ]
    assert streamed(software.CENTER_DISPLAY, "DisplayStateDog") == "dog"
