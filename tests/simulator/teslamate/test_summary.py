"""What TeslaMate publishes, from what Tesla answers."""

import json
from typing import Any

import pytest

from simulator.teslamate.summary import begun, kilometres, published, summary, terrain, text
from simulator.world import World


async def told(world: World, **changes: Any) -> dict[str, Any]:
    car = world.add_car()
    car.wake_now()
    car.change(**changes)
    data = car.vehicle_data(
        ("charge_state", "climate_state", "drive_state", "location_data", "vehicle_config", "vehicle_state"),
        may_locate=True,
    )
    assert data is not None
    return summary(data, "Marmalade")


async def test_distances_are_kilometres_with_two_digits(world: World) -> None:
    got = await told(world, odometer_miles=1000.0)

    assert got["odometer"] == 1609.34
    assert kilometres(None) is None


async def test_a_parked_car_has_no_speed_and_an_empty_gear(world: World) -> None:
    got = await told(world)

    assert got["speed"] is None
    assert got["shift_state"] is None
    assert published(got, {})["shift_state"] == ""
    assert "speed" not in published(got, {})


async def test_a_speed_is_whole_kilometres_per_hour(world: World) -> None:
    assert (await told(world, gear="D", speed_mph=31.0))["speed"] == 50


async def test_closures_are_told_one_by_one_and_together(world: World) -> None:
    got = await told(
        world, door_driver_rear_open=True, window_passenger_front="Opened", trunk_front_open=True
    )

    assert got["driver_rear_door_open"] is got["doors_open"] is got["frunk_open"] is True
    assert got["passenger_front_window_open"] is got["windows_open"] is True
    assert got["driver_front_door_open"] is got["trunk_open"] is False


async def test_without_a_route_its_texts_are_nil(world: World) -> None:
    got = await told(world)

    assert got["active_route"] == '{"error":"No active route available"}'
    assert got["active_route_destination"] == "nil"


def of_update(status: str, version: str) -> dict[str, Any]:
    """Return what is told of an update."""
    update = {"status": status, "version": version}
    return summary({"vehicle_state": {"car_version": "2026.8.3 abc", "software_update": update}}, "Marmalade")


def test_an_update_is_called_available_while_it_is_still_downloaded() -> None:
    got = of_update("downloading_wifi_wait", "2026.14.1")

    assert (got["update_available"], got["update_version"]) == (True, "2026.14.1")
    assert json.loads(got["software_update"]) == {
        "installed_version": "2026.8.3",
        "latest_version": "2026.14.1",
    }


@pytest.mark.parametrize("version", ["", " "])
def test_where_there_is_no_update_its_version_is_an_empty_text(version: str) -> None:
    got = of_update("", version)

    assert (got["update_available"], got["update_version"]) == (False, "")
    assert published(got, {})["update_version"] == ""
    assert json.loads(got["software_update"])["latest_version"] == "2026.8.3"


@pytest.mark.parametrize(("number", "told"), [(0, "false"), (1, "true"), (2, "true")])
def test_of_a_sunroof_it_tells_whether_there_is_one(number: int, told: str) -> None:
    got = summary({"vehicle_config": {"sun_roof_installed": number, "trim_badging": "75d"}}, "Grandpa")

    assert published(got, {})["sun_roof_installed"] == told
    assert published(got, {})["trim_badging"] == "75D"


def test_before_it_has_heard_of_a_car_it_tells_what_is_in_its_database() -> None:
    got = published(begun({"vehicle_config": {"car_type": "models2", "wheel_type": "Base19"}}), {})

    assert got["shift_state"] == got["charge_energy_added"] == got["trim_badging"] == ""
    assert (got["model"], got["wheel_type"], got["active_route_destination"]) == ("S", "Base19", "nil")
    assert "location" not in got


def test_only_what_has_changed_is_published() -> None:
    before = {"speed": 50, "shift_state": "D", "locked": True}

    assert published({"speed": None, "shift_state": None, "locked": True}, before) == {"shift_state": ""}


@pytest.mark.parametrize(("value", "written"), [(None, ""), (True, "true"), (False, "false"), (2.5, "2.5")])
def test_values_are_written_as_elixir_does(value: Any, written: str) -> None:
    assert text(value) == written


def test_an_unknown_place_has_no_height() -> None:
    assert terrain(None, 1.0) is terrain(1.0, None) is None
    assert isinstance(terrain(51.5, -0.1), int)


def test_what_was_not_answered_is_not_told() -> None:
    got = summary({}, "Marmalade")

    assert "doors_open" not in got
    assert "location" not in got
    assert published(got, {})["display_name"] == "Marmalade"
    assert "odometer" not in published(got, {})
