"""One car that is served."""

import pytest

from custom_components.tesla_direct.tesla.served.car import ServedCar
from custom_components.tesla_direct.tesla.vehicle.connectivity import Power
from custom_components.tesla_direct.tesla.vehicle.signal import UNKNOWN_AGE, Report
from custom_components.tesla_direct.tesla.vehicle.signals import (
    battery,
    charge,
    climate,
    connection,
    drive,
    place,
)
from custom_components.tesla_direct.tesla.vehicle.sources import TESLAMATE
from custom_components.tesla_direct.tesla.vehicle.state import RESTORED

from .cars import DRIVING, NOW, VIN, HandMade

LONG = 8 * 3600.0


@pytest.fixture
def known() -> HandMade:
    return HandMade()


@pytest.fixture
def car(known: HandMade) -> ServedCar:
    known.told(DRIVING, NOW - 10)
    return ServedCar(known, lambda: NOW)


def columns(value: str | None) -> list[str]:
    assert value is not None
    return value.split(",")


def test_each_report_of_a_drive_is_an_update_with_its_own_time(known: HandMade, car: ServedCar) -> None:
    for second in range(5):
        report = known.told({drive.SPEED: 30 + second, place.HEADING: second}, NOW - 5 + second)
        assert car.take(report)
        told = columns(car.value())
        assert told[:2] == [str(round((NOW - 5 + second) * 1000)), str(30 + second)]


def test_a_value_that_stays_the_same_is_told_again_with_its_time(known: HandMade, car: ServedCar) -> None:
    first, second = (known.told({drive.SPEED: 30}, NOW - ago) for ago in (2, 1))

    assert car.take(second)
    assert not car.take(first)  # which another one has replaced


def test_what_has_nothing_to_do_with_the_columns_is_not_told(known: HandMade, car: ServedCar) -> None:
    assert not car.take(known.told({climate.INSIDE_TEMP: 21.0}))


def test_what_came_too_late_for_the_state_is_not_told(known: HandMade, car: ServedCar) -> None:
    assert not car.take(known.told({drive.SPEED: 99}, NOW - 11))


def test_of_a_late_report_what_was_taken_is_told_and_time_does_not_go_back(
    known: HandMade, car: ServedCar
) -> None:
    car.take(known.told({drive.SPEED: 30}, NOW - 1))
    assert car.take(known.told({drive.SPEED: 20, battery.LEVEL: 66}, NOW - 2))

    told = columns(car.value())
    assert told[:4] == [str(round((NOW - 1) * 1000)), "30", "8455.118", "66"]


def test_a_snapshot_is_no_news(known: HandMade, car: ServedCar) -> None:
    assert not car.take(known.told({drive.SPEED: 30}, NOW, snapshot=True))


def test_a_teslamate_is_not_told_what_a_teslamate_says(known: HandMade, car: ServedCar) -> None:
    report = Report({drive.SPEED: 30}, NOW, TESLAMATE, NOW)
    known.state.apply(report)

    assert not car.take(report)


def test_whoever_begins_to_follow_is_told_how_it_is(car: ServedCar) -> None:
    assert columns(car.value())[:3] == [str(round((NOW - 10) * 1000)), "31", "8455.118"]


def test_data_are_never_dated_before_what_was_streamed(known: HandMade, car: ServedCar) -> None:
    car.take(known.told({drive.SPEED: 30}, NOW))

    assert car.data()["drive_state"]["timestamp"] == round(NOW * 1000)


def test_of_a_car_of_which_nothing_is_known_it_is_now() -> None:
    assert ServedCar(HandMade(), lambda: NOW).data()["charge_state"]["timestamp"] == round(NOW * 1000)


def test_what_nobody_can_date_is_of_now() -> None:
    known = HandMade()
    known.told(DRIVING, UNKNOWN_AGE, snapshot=True)

    assert ServedCar(known, lambda: NOW).data()["drive_state"]["timestamp"] == round(NOW * 1000)


def test_it_is_called_and_listed_and_says_how_reachable_it_is(known: HandMade, car: ServedCar) -> None:
    assert car.is_called(VIN)
    assert not car.is_called("another")
    known.power = Power.ASLEEP
    assert car.power is Power.ASLEEP
    assert car.row()["state"] == "asleep"


def timestamp(car: ServedCar) -> float:
    told: int = car.data()["charge_state"]["timestamp"]
    return told / 1000


def test_points_of_a_charge_that_is_only_polled_have_times_of_their_own() -> None:
    known = HandMade(connected=False, online_since=NOW - LONG)
    known.told(DRIVING, NOW - LONG)
    car = ServedCar(known, lambda: NOW)

    for at in (NOW - 600, NOW - 300):
        assert not car.take(known.told({battery.LEVEL: 66}, at, snapshot=True))
        assert timestamp(car) == at
    car.take(known.told({climate.INSIDE_TEMP: 21.0}, NOW - 1, snapshot=True))
    assert timestamp(car) == NOW - 300


def test_a_reload_does_not_turn_back_the_clock_of_a_parked_car() -> None:
    known = HandMade()
    known.state.apply(Report(DRIVING, NOW - LONG, RESTORED, NOW - 60, snapshot=True))
    car = ServedCar(known, lambda: NOW)

    assert timestamp(car) == NOW - 15


@pytest.mark.parametrize(("power", "settled"), [(Power.UNKNOWN, False), (Power.ONLINE, True)])
def test_nothing_is_known_of_now_until_somebody_has_seen_the_car(power: Power, *, settled: bool) -> None:
    assert ServedCar(HandMade(power=power, connected=False), lambda: NOW).settled is settled


@pytest.fixture
def connected(known: HandMade) -> HandMade:
    """A car that has connected after a while."""
    known.told(DRIVING, NOW - 600, received=NOW - 600)
    known.told({connection.TELEMETRY_CONNECTED: True}, NOW - 5, received=NOW - 5)
    return known


def test_a_car_that_has_just_connected_is_waited_for(connected: HandMade) -> None:
    car = ServedCar(connected, lambda: NOW)
    before = car.settled

    car.take(connected.told({drive.SPEED: 30}, NOW - 590, received=NOW - 1))
    assert (before, car.settled) == (False, True)
    assert timestamp(car) == NOW - 590  # it has more, and each has its own time


def test_a_car_that_has_nothing_to_say_after_it_has_connected_is_not_waited_for(connected: HandMade) -> None:
    assert ServedCar(connected, lambda: NOW + 10).settled


def added(car: ServedCar) -> float:
    told: float = car.data()["charge_state"]["charge_energy_added"]
    return told


def test_a_charge_does_not_begin_with_what_the_last_one_has_brought(known: HandMade) -> None:
    known.told({charge.STATE: "disconnected", charge.ENERGY_ADDED: 12.3}, NOW - 90)
    car = ServedCar(known, lambda: NOW)
    for at, values in (
        (NOW - 80, {charge.ENERGY_ADDED: 12.3}),
        (NOW - 60, {charge.STATE: None}),
        (NOW - 60, {charge.STATE: "starting"}),
        (NOW - 50, {charge.STATE: "charging"}),
    ):
        report = known.told(values, at)
        car.take(report)
    assert added(car) == 0

    car.take(known.told({charge.ENERGY_ADDED: 0.4}, NOW - 30))
    assert added(car) == 0.4
    car.take(known.told({charge.STATE: "disconnected"}, NOW - 95))  # too late
    car.take(known.told({charge.STATE: "complete"}, NOW - 10))
    assert added(car) == 0.4


def test_a_charge_that_goes_on_over_a_restart_keeps_what_it_has_brought(known: HandMade) -> None:
    known.told({charge.STATE: "charging", charge.ENERGY_ADDED: 12.3}, NOW - 90)
    car = ServedCar(known, lambda: NOW)

    car.take(known.told({charge.STATE: "charging"}, NOW - 60))
    assert added(car) == 12.3
