"""What entities show is told by the fields that a car is asked for on their account."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import fields as members_of
from datetime import UTC
import inspect
import json
from pathlib import Path
from typing import override

import pytest

from custom_components.tesla_direct.entity import Row
from custom_components.tesla_direct.sensor.row import Clock
from custom_components.tesla_direct.tesla.decode.vehicle_data import decode
from custom_components.tesla_direct.tesla.fleet_api.prices import DOLLARS
from custom_components.tesla_direct.tesla.fleet_telemetry.fields import FIELDS, base
from custom_components.tesla_direct.tesla.fleet_telemetry.forecast import forecast
from custom_components.tesla_direct.tesla.fleet_telemetry.profile import (
    HEARTBEAT,
    NEEDS,
    Profile,
    Selection,
    fields_for,
    paces,
)
from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal, Reading, Report, Signal
from custom_components.tesla_direct.tesla.vehicle.signals import ALL, software
from custom_components.tesla_direct.tesla.vehicle.state import VehicleState

from .test_catalogue import EACH_ROW, ROWS

FIXTURES = Path(__file__).parents[1] / "fixtures"
NOW = 1_790_000_000.0
# What every car is asked for anyway.
ALWAYS = frozenset({HEARTBEAT})
# What is looked at where it is known, and is not paid for on this account.
BY_THE_WAY = {
    # A poll leaves the gear of a parked car out; a stream does not.
    "parked": {"VehicleSpeed"},
    "shift_state": {"VehicleSpeed"},
    # Schedules come with polls only, and so does where the car is then.
    "next_charge_schedule": {"Location"},
    "next_precondition_schedule": {"Location"},
}
# Facts of ours that follow from no field: they tell of the connection, the clock, the cloud, or the user.
OF_NO_FIELD = frozenset(
    {
        "data_age",
        "data_source",
        "elevation",  # of which services tell, and no car
        "keep_accessory_power",
        "key_paired",
        "low_power_mode",
        "mobile_access",
        "needs_signature",
        "network_interface",
        "parental_controls",
        "polling",
        "sources",
        "telemetry_connected",
    }
)


class Watched(VehicleState):
    """A state that remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[AnySignal] = set()

    @override
    def get[T](self, signal: Signal[T]) -> T | None:
        self.asked.add(signal)
        return super().get(signal)

    @override
    def report(self, signal: AnySignal) -> Report | None:
        self.asked.add(signal)
        return super().report(signal)

    @override
    def reading[T](self, signal: Signal[T]) -> Reading[T] | None:
        self.asked.add(signal)
        return super().reading(signal)


def states() -> Iterator[Watched]:
    """Yield a car of which nothing is known, and one for each snapshot."""
    yield Watched()
    for fixture in sorted(FIXTURES.glob("vehicle_data_*.json")):
        state = Watched()
        response = json.loads(fixture.read_text(encoding="utf-8"))["response"]
        for report in decode(response, NOW, Counter()):
            state.apply(report)
        yield state


def views(row: Row) -> Iterator[Callable[[VehicleState], object]]:
    """Yield what of a row looks at a state."""
    clock = Clock(NOW, UTC)
    for member in members_of(row):
        view = getattr(row, member.name)
        if member.name in ("exists", "press") or not inspect.isfunction(view):
            continue
        parameters = [str(one.annotation) for one in inspect.signature(view).parameters.values()]
        if len(parameters) == 1 and "VehicleState" in parameters[0]:
            yield view
        elif len(parameters) == 2 and "VehicleState" in parameters[0] and "Clock" in parameters[1]:

            def at_noon(state: VehicleState, view: Callable[..., object] = view) -> object:
                return view(state, clock)

            yield at_noon


@EACH_ROW
def test_what_a_row_looks_at_is_told_by_what_it_reads(platform: str, row: Row) -> None:
    told = fields_for(row.reads) | ALWAYS | BY_THE_WAY.get(row.key, set())

    for view in views(row):
        for state in states():
            view(state)
            looked_at = {
                base(signal.field) for signal in state.asked - set(row.watches) if signal.field is not None
            }
            assert looked_at <= told


def test_rows_that_compute_something_are_looked_at() -> None:
    assert sum(len(list(views(row))) for _, row in ROWS) > 40


@EACH_ROW
def test_what_a_row_reads_is_asked_for(platform: str, row: Row) -> None:
    read = {base(signal.field) for signal in row.reads if signal.field is not None}

    assert read <= fields_for(row.reads) <= FIELDS.keys()


def test_every_fact_can_be_asked_for() -> None:
    assert fields_for(ALL) == FIELDS.keys()


@pytest.mark.parametrize("signal", NEEDS, ids=lambda one: one.name)
def test_what_is_needed_is_told_by_cars(signal: AnySignal) -> None:
    assert all(other.field is not None for other in NEEDS[signal])


def test_every_fact_of_ours_that_follows_from_what_cars_tell_says_from_what() -> None:
    ours = {signal.name for signal in ALL if not signal.told}

    assert ours - {signal.name for signal in NEEDS} == OF_NO_FIELD


def test_the_heartbeat_is_what_tells_the_firmware() -> None:
    assert software.VERSION.field == HEARTBEAT


@pytest.mark.parametrize(("profile", "dollars"), [(Profile.ECONOMICAL, 0.15), (Profile.STANDARD, 0.60)])
def test_what_is_shown_by_default_is_foreseen_to_cost_no_more_than_we_promise(
    profile: Profile, dollars: float
) -> None:
    shown = fields_for(
        signal for _, row in ROWS if row.entity_registry_enabled_default for signal in row.reads
    )

    assert forecast(paces(Selection(profile), shown)).expected * DOLLARS.signal <= dollars
