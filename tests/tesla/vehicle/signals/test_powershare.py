from custom_components.tesla_direct.tesla.vehicle.signals import powershare

from .spelled import streamed


def test_it_says_what_it_does_and_why_it_stopped() -> None:
    assert streamed(powershare.STATUS, "PowershareStateEnabledReconnectingSoon") == "reconnecting"
    assert streamed(powershare.TYPE, "PowershareTypeStatusNone") == "none"
    assert streamed(powershare.STOP_REASON, "PowershareStopReasonStatusSOCTooLow") == "soc_too_low"
