from datetime import time

from custom_components.tesla_direct.tesla.vehicle.location import Location
from custom_components.tesla_direct.tesla.vehicle.signals import ALL, route

from .spelled import polled, streamed


def test_a_destination_has_members_of_its_own_in_a_poll() -> None:
    drive_state = {"latitude": 1, "longitude": 2, "active_route_latitude": 3, "active_route_longitude": 4}

    assert polled(route.DESTINATION_LOCATION, drive_state) == Location(3, 4)
    assert streamed(route.DESTINATION_LOCATION, (3, 4)) == Location(3, 4)


def test_a_poll_ends_what_it_tells_of_a_route() -> None:
    of_a_poll = {signal for signal in ALL if "active_route" in f"{signal.path} {signal.members}"}

    assert of_a_poll == {signal for signal in ALL if signal.clears}


def test_an_update_is_a_time_of_day() -> None:
    assert streamed(route.UPDATED, "07:05:00") == time(7, 5)
