"""The columns of the old stream, and what power means there."""

from collections.abc import Mapping
from operator import attrgetter
from typing import Any

import pytest

from custom_components.tesla_direct.tesla.served.columns import MADE_OF, level, power, value
from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal
from custom_components.tesla_direct.tesla.vehicle.signals import battery, charge, drive, journal, place

from .cars import DRIVING, HERE, NOW, HandMade, stated


def test_an_update_says_all_that_is_known() -> None:
    state = stated(
        {
            **DRIVING,
            drive.ELEVATION: 12.4,
            drive.POWER: 23.4,
            battery.LEVEL: 65.6,
            battery.RANGE: 221.3,
            battery.RANGE_ESTIMATED: 171.9,
        }
    )

    assert value(state, NOW) == "1791360100000,31,8455.118,66,12,271,51.5,-0.125,23,D,221,172,271"


def test_what_is_not_known_is_empty() -> None:
    assert (
        value(stated({drive.GEAR: None, place.LOCATION: HERE}), NOW)
        == "1791360100000,,,,,,51.5,-0.125,0,P,,,"
    )
    assert value(stated({}), 1.0005) == "1000,,,,,,,,,,,,"


@pytest.mark.parametrize(
    ("gear", "state", "told"),
    [("p", "charging", ""), ("p", "starting", ""), ("p", "complete", "P"), ("d", "charging", "D")],
)
def test_a_car_that_charges_has_no_gear_unless_it_drives(gear: str, state: str, told: str) -> None:
    known = stated({drive.GEAR: gear, place.LOCATION: HERE, charge.STATE: state, charge.POWER: 7})

    assert (value(known, NOW) or "").split(",")[9] == told


@pytest.mark.parametrize("gear", ["d", "n", "r"])
def test_of_a_car_that_moves_nobody_knows_where_nothing_is_said(gear: str) -> None:
    assert value(stated({drive.GEAR: gear, drive.SPEED: 3}), NOW) is None


def test_a_parked_car_stands() -> None:
    columns = (value(stated({drive.GEAR: "p", drive.SPEED: None}), NOW) or "").split(",")

    assert columns[1] == "0"
    assert columns[9] == "P"


@pytest.mark.parametrize("number", [8455.118003, 0.000012, -0.125, 100.0, 12345678.5])
def test_a_fraction_is_written_so_that_all_of_it_is_read_again(number: float) -> None:
    columns = (value(stated({drive.ODOMETER: number}), NOW) or "").split(",")

    assert float(columns[2]) == number
    assert "e" not in columns[2]


@pytest.mark.parametrize(
    ("values", "drawn"),
    [
        ({drive.POWER: 23.4}, 23),
        ({drive.POWER: -12}, -12),
        ({drive.POWER: None, drive.GEAR: "p"}, 0),
        ({journal.PACK_POWER: -23.4}, 23),
        ({journal.PACK_POWER: 40.6}, -41),
        ({drive.GEAR: "p"}, 0),
        ({drive.GEAR: "d"}, None),
        ({}, None),
        ({charge.STATE: "charging", charge.AC_POWER: 10.6, drive.GEAR: "p"}, -11),
        ({charge.STATE: "charging", charge.AC_POWER: 0.2}, -1),
        ({charge.STATE: "starting"}, 0),
        ({charge.STATE: "charging", journal.PACK_POWER: 7.2}, -7),
        ({charge.STATE: "charging", journal.PACK_POWER: -7.2}, -7),
        ({charge.STATE: "complete", drive.POWER: 1, charge.AC_POWER: 7.0}, 1),
    ],
)
def test_power_is_what_is_drawn_and_negative_while_the_battery_is_charged(
    values: Mapping[AnySignal, Any], drawn: int | None
) -> None:
    assert power(stated(values)) == drawn


def test_a_power_of_long_before_is_not_that_of_a_car_that_moves() -> None:
    car = HandMade()
    car.told({drive.POWER: 23, drive.GEAR: "d", drive.SPEED: 30}, NOW - 61)
    assert power(car.state) == 23

    car.told({drive.SPEED: 31}, NOW)
    assert power(car.state) is None


def test_a_level_may_be_what_of_it_is_usable() -> None:
    assert level(stated({battery.USABLE_LEVEL: 64.5})) == 64.5
    assert level(stated({battery.USABLE_LEVEL: 64.5, battery.LEVEL: 66})) == 66
    assert level(stated({})) is None


# What has to be known beside a fact for it to be seen, and a value of it.
SEEN: Mapping[AnySignal, tuple[dict[AnySignal, Any], Any]] = {
    **dict.fromkeys((charge.AC_POWER, charge.DC_POWER, charge.POWER), ({charge.STATE: "charging"}, 55)),
    charge.STATE: ({journal.PACK_POWER: -5}, "charging"),
    drive.GEAR: ({place.LOCATION: HERE}, "r"),
    place.LOCATION: ({}, HERE),
}
BY_WAY_OF_THE_PACK = {battery.CURRENT, battery.VOLTAGE}


@pytest.mark.parametrize(
    "signal", sorted(MADE_OF - BY_WAY_OF_THE_PACK, key=attrgetter("name")), ids=attrgetter("name")
)
def test_each_fact_that_the_columns_are_made_of_is_seen_in_one(signal: AnySignal) -> None:
    beside, known = SEEN.get(signal, ({}, 55))

    assert value(stated(beside), NOW) != value(stated({**beside, signal: known}), NOW)
