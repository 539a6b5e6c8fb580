from custom_components.tesla_direct.tesla.vehicle.location import Location
from custom_components.tesla_direct.tesla.vehicle.signals import place

from .spelled import polled, streamed


def test_a_place_is_one_value_whoever_tells_it() -> None:
    drive_state = {"latitude": 51.4779, "longitude": -0.0015, "native_type": "wgs"}
    expected = Location(51.4779, -0.0015)

    assert polled(place.LOCATION, drive_state) == expected
    assert streamed(place.LOCATION, (51.4779, -0.0015)) == expected
    assert streamed(place.LOCATION, {"latitude": 51.4779, "longitude": -0.0015}) == expected
