from datetime import time
import json

import pytest

from custom_components.tesla_direct.tesla.vehicle.location import Location
from custom_components.tesla_direct.tesla.vehicle.schedule import Schedule
from custom_components.tesla_direct.tesla.vehicle.stored import plain, restored

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
