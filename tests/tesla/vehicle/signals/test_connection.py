import pytest

from custom_components.tesla_direct.tesla.vehicle.signals import connection

from .spelled import polled


def test_a_car_is_online_asleep_or_offline() -> None:
    states = [polled(connection.STATE, raw) for raw in ("online", "asleep", "offline", "waking")]

    assert states == ["online", "asleep", "offline", None]


@pytest.mark.parametrize("raw", ["wifi", "WiFi", "WIFI"])
def test_a_network_is_spelled_as_it_comes(raw: str) -> None:
    assert connection.NETWORK_INTERFACE.kind(raw) == "wifi"


def test_other_networks_are_known_or_not() -> None:
    assert connection.NETWORK_INTERFACE.kind("Cellular") == "cellular"
    assert connection.NETWORK_INTERFACE.kind("") is None
    assert connection.NETWORK_INTERFACE.kind("carrier pigeon") is None
