from datetime import time
import json

import pytest

from custom_components.tesla_direct.tesla.vehicle.location import Location
from custom_components.tesla_direct.tesla.vehicle.schedule import Schedule
from custom_components.tesla_direct.tesla.vehicle.signals import battery, drive
from custom_components.tesla_direct.tesla.vehicle.stored import by_time, plain, restored, times

NIGHT = Schedule(
    number=1, name="Night", enabled=True, days=127, start=30, end=None, once=False, place=Location(51.0, 0.5)
)
WORK = Schedule(number=2, name=None, enabled=False, days=0, start=None, end=5, once=True, place=None)


@pytest.mark.parametrize(
    "value", [None, True, 63.4, 7, "charging", Location(51.5, -0.1), time(7, 30, 5), (), (NIGHT, WORK)]
)
def test_a_value_survives_the_disk(value: object) -> None:
    assert restored(json.loads(json.dumps(plain(value)))) == value


@pytest.mark.parametrize(
    "kept",
    [
        [1, 2],
        {},
        {"location": {"latitude": 91, "longitude": 0}},
        {"clock": "25:00"},
        {"schedules": [{"number": 1}]},
        {"schedules": [7]},
        {"schedules": None},
    ],
)
def test_what_nobody_can_read_is_unknown(kept: object) -> None:
    assert restored(kept) is None


def test_readings_are_found_by_their_time() -> None:
    kept = {battery.LEVEL.name: [63.0, 5.0], drive.SPEED.name: [0, 7]}

    assert by_time(kept) == ({5.0: {battery.LEVEL: 63.0}, 7: {drive.SPEED: 0}}, 0)


def test_a_signal_of_another_version_is_left_out() -> None:
    assert by_time({"flux_capacitor": [1.21, 5.0]}) == ({}, 0)


@pytest.mark.parametrize("entry", [None, 7, [63.0], [63.0, "then"], {"value": 63.0}])
def test_readings_that_make_no_sense_are_counted(entry: object) -> None:
    assert by_time({battery.LEVEL.name: entry, drive.SPEED.name: [0, 7]}) == ({7: {drive.SPEED: 0}}, 1)


def test_times_are_found_by_signal() -> None:
    assert times({battery.LEVEL.name: 5, "flux_capacitor": 7}) == {battery.LEVEL: 5.0}
    with pytest.raises(ValueError, match="could not"):
        times({battery.LEVEL.name: "then"})
