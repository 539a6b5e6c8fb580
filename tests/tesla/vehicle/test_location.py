from typing import Any

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.vehicle.location import Location, car_location, location, of_members

from .test_kind import ANYTHING

HOME = Location(51.4779, -0.0015)


@pytest.mark.parametrize("raw", [(51.4779, -0.0015), {"latitude": 51.4779, "longitude": -0.0015}])
def test_a_pair_and_an_object_are_the_same_place(raw: object) -> None:
    assert location(raw) == HOME


@pytest.mark.parametrize(
    "raw",
    [
        None,
        (51.4779,),
        (91, 0),
        (0, 181),
        (None, 0),
        {"latitude": 51.4779},
        {"latitude": "here", "longitude": 0},
        "51.4779, -0.0015",
    ],
)
def test_what_is_no_place_on_earth_is_none(raw: object) -> None:
    assert location(raw) is None


def test_a_place_may_stand_under_other_names() -> None:
    destination = of_members("active_route_latitude", "active_route_longitude")

    assert destination({"active_route_latitude": 51.4779, "active_route_longitude": -0.0015}) == HOME
    assert destination({"latitude": 51.4779, "longitude": -0.0015}) is None


def test_chinese_cars_have_coordinates_of_their_own() -> None:
    drive_state = {
        "latitude": 31.0,
        "longitude": 121.0,
        "native_latitude": 31.2,
        "native_longitude": 121.4,
        "native_type": "gcj",
    }

    assert car_location(drive_state) == Location(31.2, 121.4)
    assert car_location(drive_state | {"native_type": "wgs"}) == Location(31.0, 121.0)


@given(raw=ANYTHING)
def test_reading_a_place_never_raises(raw: Any) -> None:
    location(raw)
    car_location(raw)


def test_distances_are_along_the_ground() -> None:
    london, paris = Location(51.5007, -0.1246), Location(48.8584, 2.2945)

    assert london.metres_to(paris) == pytest.approx(340_600, rel=0.005)
    assert Location(0, 179.9).metres_to(Location(0, -179.9)) == pytest.approx(22_239, rel=0.005)
    assert Location(0, 0).metres_to(Location(0, 180)) == pytest.approx(20_015_087, rel=0.005)


@given(latitude=st.floats(-90, 90), longitude=st.floats(-180, 180))
def test_no_place_is_away_from_itself(latitude: float, longitude: float) -> None:
    here = Location(latitude, longitude)

    assert here.metres_to(here) < 0.1
