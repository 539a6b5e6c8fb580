import pytest

from custom_components.tesla_direct.tesla.vehicle.signals import security

from .spelled import polled, streamed


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (True, "armed"),
        (False, "off"),
        ("true", "armed"),
        ("SentryModeStateAware", "aware"),
        ("SentryModeStateArmed", "armed"),
        ("Quiet", "quiet"),
        (None, None),
    ],
)
def test_a_poll_knows_only_whether_sentry_is_on(raw: object, expected: str | None) -> None:
    assert polled(security.SENTRY, raw) == streamed(security.SENTRY, raw) == expected


def test_the_guests_access_has_many_ends() -> None:
    access = security.GUEST_MOBILE_ACCESS

    assert streamed(access, "GuestModeMobileAccessAbortedUsingBLEKeys") == "aborted_using_ble_keys"
    assert streamed(access, "GuestModeMobileAccessRequestingFromAuthD") == "requesting_from_auth_d"


def test_the_dashcam_records() -> None:
    assert polled(security.DASHCAM, "Recording") == "recording"
