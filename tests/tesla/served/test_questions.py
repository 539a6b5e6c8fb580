"""Questions of TeslaMate, and their answers."""

import pytest

from custom_components.tesla_direct.tesla.served.car import ServedCar
from custom_components.tesla_direct.tesla.served.questions import Answer, answer, error, find, renewed
from custom_components.tesla_direct.tesla.vehicle.connectivity import Power
from custom_components.tesla_direct.tesla.vehicle.signals import connection

from .cars import DRIVING, NOW, VIN, HandMade

OTHER = "7SAYGDEE4PA000003"


@pytest.fixture
def known() -> HandMade:
    known = HandMade()
    known.told(DRIVING)
    return known


@pytest.fixture
def cars(known: HandMade) -> list[ServedCar]:
    return [ServedCar(one, lambda: NOW) for one in (known, HandMade(vin=OTHER))]


@pytest.mark.parametrize("path", ["/api/1/products", "/api/1/vehicles"])
def test_the_cars_are_listed(cars: list[ServedCar], path: str) -> None:
    told = answer(path, cars)

    assert [row["vin"] for row in told.body["response"]] == [VIN, OTHER]
    assert told.body["count"] == 2
    assert (told.status, told.asked, told.refused) == (200, "list", "")


def test_a_car_is_asked_for_by_its_number(cars: list[ServedCar]) -> None:
    number = cars[1].row()["id"]

    assert answer(f"/api/1/vehicles/{number}", cars) == Answer(
        body={"response": cars[1].row()}, asked="vehicle"
    )
    told = answer(f"/api/1/vehicles/{VIN}/vehicle_data", cars)
    assert told.body["response"]["drive_state"]["shift_state"] == "D"
    assert told.asked == "vehicle_data"


@pytest.mark.parametrize("power", [Power.ASLEEP, Power.OFFLINE, Power.UNKNOWN])
def test_data_of_a_car_that_is_not_online_are_not_to_be_had(
    cars: list[ServedCar], known: HandMade, power: Power
) -> None:
    known.power = power
    told = answer(f"/api/1/vehicles/{VIN}/vehicle_data", cars)

    assert told.status == 408
    assert told.body["error"].startswith("vehicle unavailable:")
    assert answer(f"/api/1/vehicles/{VIN}", cars).status == 200


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/api/1/vehicles/77/vehicle_data", "unknown_vehicle"),
        ("/api/1/vehicles/77", "unknown_vehicle"),
        (f"/api/1/vehicles/{VIN}/nearby_charging_sites", "unknown_path"),
        ("/api/1/users/me", "unknown_path"),
        ("", "unknown_path"),
    ],
)
def test_what_is_not_there_is_not_found(cars: list[ServedCar], path: str, why: str) -> None:
    assert answer(path, cars) == Answer(body=error("not_found"), status=404, refused=why)


def test_a_car_is_found_by_each_of_its_names(cars: list[ServedCar]) -> None:
    assert find(OTHER, cars) is cars[1]
    assert find(str(cars[0].row()["vehicle_id"]), cars) is cars[0]
    assert find("nobody", cars) is None


def test_a_token_that_is_renewed_is_the_same() -> None:
    assert renewed("x").body == {
        "access_token": "x",
        "refresh_token": "x",
        "token_type": "Bearer",
        "expires_in": 28800,
    }


def test_data_of_a_car_that_nobody_has_seen_since_a_restart_are_not_to_be_had_yet() -> None:
    known = HandMade(power=Power.UNKNOWN, connected=False)
    known.told({connection.STATE: "online"})
    car = ServedCar(known, lambda: NOW)

    told = answer(f"/api/1/vehicles/{VIN}/vehicle_data", [car])
    assert (told.status, told.asked) == (504, "vehicle_data")
    assert answer(f"/api/1/vehicles/{VIN}", [car]).body["response"]["state"] == "online"
