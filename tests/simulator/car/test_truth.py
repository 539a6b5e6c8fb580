"""Time where the car is."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from simulator.car.body import Body
from simulator.car.model import MODEL_3
from simulator.car.truth import Truth


@pytest.mark.parametrize(("month", "offset"), [(7, 3600), (12, 0)])
def test_the_offset_follows_the_season(month: int, offset: int) -> None:
    now = datetime(2026, month, 1, tzinfo=ZoneInfo("UTC")).timestamp()

    assert Truth(Body(), MODEL_3, now).utc_offset == offset


def test_departure_keeps_its_wall_clock_when_the_clocks_change() -> None:
    # The night before British summer time ends, on 25 October 2026.
    evening = datetime(2026, 10, 24, 22, 0, tzinfo=ZoneInfo("Europe/London")).timestamp()
    departure = Truth(Body(departure_minutes=450), MODEL_3, evening).next_departure()

    assert (
        datetime.fromtimestamp(departure, ZoneInfo("Europe/London")).isoformat()
        == "2026-10-25T07:30:00+00:00"
    )
