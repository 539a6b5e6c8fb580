import json
from typing import Any

import pytest

from custom_components.tesla_direct.tesla.journal.amps import MOST, Amps
from custom_components.tesla_direct.tesla.vehicle.location import Location
from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal, Report
from custom_components.tesla_direct.tesla.vehicle.signals import battery, charge, journal, place
from custom_components.tesla_direct.tesla.vehicle.state import VehicleState
from tests.tesla.vehicle.states import NOW

HOME = Location(52.5, 13.4)
GARAGE = Location(52.5005, 13.4)  # 56 m to the north
WORK = Location(52.52, 13.4)
HOUR = 3600.0
UNPLUGGED: dict[AnySignal, Any] = {charge.STATE: "disconnected", charge.CURRENT_REQUEST_MAX: 16.0}


class Car:
    """A state, and what is concluded of it."""

    def __init__(self) -> None:
        self.amps = Amps()
        self.state = VehicleState()

    def tell(self, values: dict[AnySignal, Any], at: float, source: str = "receiver") -> None:
        report = Report(values, NOW + at, source, NOW + at)
        self.state.apply(report)
        if found := self.amps.feed(report, self.state):
            self.state.apply(Report(found, report.at, "journal", report.received))

    def allows(self) -> float | None:
        return self.state.get(journal.CHARGE_CURRENT_MAX)

    def plug_in(self, amps: float, at: float) -> None:
        self.tell({charge.STATE: "stopped"}, at)
        self.tell({charge.CURRENT_REQUEST_MAX: amps}, at + 1)

    def unplug(self, at: float) -> None:
        self.tell(UNPLUGGED, at)

    def restart(self) -> None:
        self.amps = Amps.from_json(json.loads(json.dumps(self.amps.to_json())))


@pytest.fixture
def car() -> Car:
    car = Car()
    car.tell({place.LOCATION: HOME}, 0)
    car.unplug(1)
    return car


def test_what_a_car_without_a_cable_says_is_no_limit(car: Car) -> None:
    assert car.allows() is None


def test_the_charger_says_while_the_cable_is_in(car: Car) -> None:
    car.plug_in(32, HOUR)
    assert car.allows() == 32

    car.tell({charge.CURRENT_REQUEST_MAX: 24.0}, HOUR + 60)
    assert car.allows() == 24


def test_without_the_cable_the_place_is_remembered(car: Car) -> None:
    car.plug_in(32, HOUR)
    car.unplug(2 * HOUR)
    assert car.allows() == 32

    car.tell({place.LOCATION: WORK}, 3 * HOUR)
    assert car.allows() is None

    car.plug_in(11, 4 * HOUR)
    car.unplug(5 * HOUR)
    car.tell({place.LOCATION: GARAGE}, 6 * HOUR)
    assert car.allows() == 32


def test_a_place_is_remembered_as_it_was_found_last(car: Car) -> None:
    car.plug_in(32, HOUR)
    car.unplug(2 * HOUR)
    car.plug_in(20, 3 * HOUR)
    car.unplug(4 * HOUR)

    assert car.allows() == 20
    assert len(car.amps.to_json()) == 1


def test_when_the_cable_comes_in_the_amps_of_no_cable_are_not_the_chargers(car: Car) -> None:
    car.plug_in(32, HOUR)
    car.unplug(2 * HOUR)

    car.tell({charge.STATE: "charging"}, 3 * HOUR)  # and the maximum is told later
    assert car.allows() == 32

    car.tell({charge.CURRENT_REQUEST_MAX: 16.0}, 3 * HOUR + 5)
    assert car.allows() == 16


def test_amps_that_were_told_just_before_the_cable_are_the_chargers(car: Car) -> None:
    car.tell({charge.CURRENT_REQUEST_MAX: 32.0}, HOUR)
    car.tell({charge.STATE: "stopped"}, HOUR + 2)

    assert car.allows() == 32


def test_a_fast_charger_is_not_remembered(car: Car) -> None:
    car.tell({charge.FAST_CHARGER_PRESENT: True}, HOUR)
    car.plug_in(48, HOUR)
    assert car.allows() == 48

    car.unplug(2 * HOUR)
    assert car.allows() is None


def test_an_earlier_poll_may_have_found_the_car_elsewhere(car: Car) -> None:
    car.tell({place.LOCATION: WORK}, HOUR, "poll")
    # The next poll: first its charging, then its place.
    car.tell({charge.STATE: "charging", charge.CURRENT_REQUEST_MAX: 32.0}, 2 * HOUR, "poll")
    assert car.allows() == 32
    assert car.amps.to_json() == []

    car.tell({place.LOCATION: HOME}, 2 * HOUR, "poll")
    assert car.amps.to_json() == [[[HOME.latitude, HOME.longitude], 32.0]]


def test_a_car_whose_place_nobody_may_know_has_the_places_that_are_set_in_it() -> None:
    car = Car()
    car.tell({place.AT_HOME: True}, 0)
    car.unplug(1)
    car.plug_in(32, HOUR)
    car.unplug(2 * HOUR)
    car.tell({place.AT_HOME: False, place.AT_WORK: True}, 3 * HOUR)
    assert car.allows() is None

    car.tell({place.AT_HOME: True, place.AT_WORK: False}, 4 * HOUR)
    assert car.allows() == 32


def test_a_restart_forgets_nothing(car: Car) -> None:
    car.plug_in(32, HOUR)
    car.restart()
    car.unplug(2 * HOUR)

    assert car.allows() == 32


def test_a_restart_with_the_cable_in_goes_on(car: Car) -> None:
    car.plug_in(32, HOUR)
    car.restart()
    car.tell({charge.CURRENT_REQUEST_MAX: 28.0}, 2 * HOUR)

    assert car.allows() == 28


def test_the_oldest_places_are_forgotten() -> None:
    car = Car()
    for number in range(MOST + 1):
        hours = 10 * number * HOUR
        car.tell({place.LOCATION: Location(10.0 + number, 0.0)}, hours)
        car.unplug(hours + 1)
        car.plug_in(10 + number, hours + HOUR)

    assert len(car.amps.to_json()) == MOST
    assert car.amps.to_json()[0] == [[10.0 + MOST, 0.0], 10.0 + MOST]


@pytest.mark.parametrize("source", ["journal", "restored"])
def test_what_we_know_from_ourselves_is_not_learnt(source: str) -> None:
    car = Car()
    car.tell({charge.STATE: "charging", charge.CURRENT_REQUEST_MAX: 32.0}, 0, source)

    assert car.allows() is None


def test_other_facts_tell_nothing() -> None:
    car = Car()
    car.tell({battery.LEVEL: 50.0}, 0)

    assert list(car.state) == [battery.LEVEL]


@pytest.mark.parametrize(
    ("kept", "known"),
    [
        (None, []),
        ({"home": 32}, []),
        ("odd", []),
        ([None, 7, "x", [], ["home"], [[1], 32], [["a", "b"], 32], ["home", "much"], ["home", True]], []),
        ([["home", 32], None], [["home", 32]]),
    ],
)
def test_what_was_kept_and_makes_no_sense_is_learnt_anew(kept: object, known: list[Any]) -> None:
    assert Amps.from_json(kept).to_json() == known
