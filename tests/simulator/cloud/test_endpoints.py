"""Finding an endpoint by method and path."""

import pytest

from simulator.cloud.region import TABLE


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("GET", "/api/1/vehicles", "vehicles"),
        ("GET", "/api/1/vehicles/VIN", "vehicle"),
        ("GET", "/api/1/vehicles/VIN/vehicle_data", "vehicle_data"),
        ("POST", "/api/1/vehicles/VIN/wake_up", "wake_up"),
        ("POST", "/api/1/vehicles/fleet_status", "fleet_status"),
        ("GET", "/api/1/vehicles/VIN/wake_up", "other method"),
        ("GET", "/api/1/vehicles/VIN/nothing", "unknown"),
        ("GET", "/api/1/vehicles/", "unknown"),
        ("GET", "/", "unknown"),
    ],
)
def test_a_path_belongs_to_one_call(method: str, path: str, name: str) -> None:
    assert TABLE.find(method, path)[0] == name


def test_the_path_names_the_car() -> None:
    assert TABLE.find("GET", "/api/1/vehicles/VIN/vehicle_data")[1] == {"vin": "VIN"}
    assert "drivers" in TABLE.names()
    assert TABLE["wake_up"].category == "wake"
