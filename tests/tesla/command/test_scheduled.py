from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from custom_components.tesla_direct.tesla.command import scheduled
from custom_components.tesla_direct.tesla.command.command import Command
from custom_components.tesla_direct.tesla.errors import CannotDo
from custom_components.tesla_direct.tesla.vehicle.expectation import Expectation
from custom_components.tesla_direct.tesla.vehicle.shown import ShownState
from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal
from custom_components.tesla_direct.tesla.vehicle.signals import schedules
from custom_components.tesla_direct.tesla.vehicle.state import VehicleState
from tests.tesla.vehicle.states import NOW, knowing, told

BERLIN = timezone(timedelta(hours=2))
SET: dict[AnySignal, Any] = {
    schedules.CHARGING_MODE: "depart_by",
    schedules.CHARGING_START_MINUTES: 60,
    schedules.DEPARTURE_MINUTES: 420,
    schedules.PRECONDITIONING_ENABLED: True,
    schedules.PRECONDITIONING_DAYS: "weekdays",
    schedules.OFF_PEAK_ENABLED: False,
    schedules.OFF_PEAK_DAYS: "all_week",
    schedules.OFF_PEAK_END_MINUTES: 360,
}
AS_IT_IS = {
    "enable": True,
    "departure_time": 420,
    "preconditioning_enabled": True,
    "preconditioning_weekdays_only": True,
    "off_peak_charging_enabled": False,
    "off_peak_charging_weekdays_only": False,
    "end_off_peak_time": 360,
}


def body(command: Command) -> dict[str, object]:
    return dict(command.body or {})


def at(hour: int, minute: int) -> float:
    return datetime(2026, 10, 8, hour, minute, tzinfo=BERLIN).timestamp()


def test_what_stays_of_a_departure_is_sent_with_what_changes() -> None:
    command = scheduled.depart(knowing(SET), BERLIN, at=450)

    assert command.name == "set_scheduled_departure"
    assert body(command) == AS_IT_IS | {"departure_time": 450}


@pytest.mark.parametrize(
    "missing",
    [
        schedules.DEPARTURE_MINUTES,
        schedules.PRECONDITIONING_ENABLED,
        schedules.OFF_PEAK_ENABLED,
        schedules.OFF_PEAK_END_MINUTES,
    ],
    ids=lambda signal: signal.name,
)
def test_what_is_not_known_cannot_stay(missing: AnySignal) -> None:
    with pytest.raises(CannotDo) as refused:
        scheduled.depart(knowing(SET | {missing: None}), BERLIN)

    assert refused.value.obstacle == "schedule_unknown"


def test_a_time_that_is_set_need_not_be_known() -> None:
    state = knowing(SET | {schedules.DEPARTURE_MINUTES: None, schedules.OFF_PEAK_END_MINUTES: None})

    assert body(scheduled.depart(state, BERLIN, at=0, off_peak_end=0)) == AS_IT_IS | {
        "departure_time": 0,
        "end_off_peak_time": 0,
    }


def test_weekdays_alone_are_not_sent_for_what_is_off() -> None:
    state = knowing(SET | {schedules.PRECONDITIONING_ENABLED: False, schedules.OFF_PEAK_DAYS: "weekdays"})

    sent = body(scheduled.depart(state, BERLIN, off_peak=True))

    assert sent["preconditioning_weekdays_only"] is False
    assert sent["off_peak_charging_weekdays_only"] is True


def test_a_mode_is_chosen_with_the_times_that_are_known() -> None:
    state = knowing(SET)

    assert body(scheduled.choose(state, "depart_by", BERLIN)) == AS_IT_IS
    start = scheduled.choose(state, "start_at", BERLIN)
    assert (start.name, body(start)) == ("set_scheduled_charging", {"enable": True, "time": 60})


def test_what_is_on_is_switched_off_by_its_own_command() -> None:
    departure = scheduled.choose(knowing(SET), "off", BERLIN)
    start = scheduled.choose(knowing(SET | {schedules.CHARGING_MODE: "start_at"}), "off", BERLIN)
    nothing = scheduled.choose(knowing({}), "off", BERLIN)

    assert (departure.name, body(departure)["enable"]) == ("set_scheduled_departure", False)
    assert (start.name, body(start)) == ("set_scheduled_charging", {"enable": False, "time": 60})
    assert (nothing.name, body(nothing)) == ("set_scheduled_charging", {"enable": False, "time": 0})


def test_a_start_that_is_not_known_cannot_be_switched_on() -> None:
    with pytest.raises(CannotDo, match="scheduled_charging_start_minutes"):
        scheduled.choose(knowing({}), "start_at", BERLIN)


def test_the_end_of_cheap_power_is_part_of_a_departure() -> None:
    sent = scheduled.end_off_peak(knowing(SET), 300, BERLIN)
    assert body(sent) == AS_IT_IS | {"end_off_peak_time": 300}

    with pytest.raises(CannotDo) as refused:
        scheduled.end_off_peak(knowing(SET | {schedules.CHARGING_MODE: "off"}), 300, BERLIN)
    assert refused.value.obstacle == "departure_off"


def test_switching_a_part_on_switches_the_departure_on() -> None:
    state = knowing(SET | {schedules.CHARGING_MODE: "off", schedules.PRECONDITIONING_ENABLED: False})

    warm = body(scheduled.precondition(state, on=True, zone=BERLIN))
    cheap = body(scheduled.charge_off_peak(state, on=True, zone=BERLIN))

    assert (warm["enable"], warm["preconditioning_enabled"], warm["off_peak_charging_enabled"]) == (
        True,
        True,
        False,
    )
    assert (cheap["enable"], cheap["preconditioning_enabled"], cheap["off_peak_charging_enabled"]) == (
        True,
        False,
        True,
    )


def test_a_departure_goes_on_for_the_part_that_is_left() -> None:
    both = knowing(SET | {schedules.OFF_PEAK_ENABLED: True})

    assert body(scheduled.precondition(both, on=False, zone=BERLIN)) == AS_IT_IS | {
        "preconditioning_enabled": False,
        "preconditioning_weekdays_only": False,
        "off_peak_charging_enabled": True,
    }
    assert body(scheduled.charge_off_peak(both, on=False, zone=BERLIN)) == AS_IT_IS


def test_a_departure_for_nothing_ends_and_so_does_its_last_part() -> None:
    warm = scheduled.precondition(knowing(SET), on=False, zone=BERLIN)
    cheap_alone = knowing(SET | {schedules.PRECONDITIONING_ENABLED: False, schedules.OFF_PEAK_ENABLED: True})
    cheap = scheduled.charge_off_peak(cheap_alone, on=False, zone=BERLIN)

    assert body(warm)["enable"] is body(cheap)["enable"] is False
    assert warm.expects == (
        Expectation(schedules.CHARGING_MODE, "off"),
        Expectation(schedules.PRECONDITIONING_ENABLED, value=False),
    )
    assert cheap.expects[1] == Expectation(schedules.OFF_PEAK_ENABLED, value=False)


def test_a_time_is_the_one_that_was_told_last() -> None:
    state = knowing({schedules.DEPARTURE_MINUTES: 420, schedules.CHARGING_START_MINUTES: 60})
    assert (scheduled.departure_at(state, BERLIN), scheduled.charging_at(state, BERLIN)) == (420, 60)

    streamed: dict[AnySignal, Any] = {
        schedules.DEPARTURE: at(7, 45),
        schedules.CHARGING_START: at(1, 30),
    }
    state.apply(told(streamed, NOW + 60))
    assert (scheduled.departure_at(state, BERLIN), scheduled.charging_at(state, BERLIN)) == (465, 90)


def test_a_poll_tells_both_and_the_minutes_count() -> None:
    state = knowing({schedules.DEPARTURE_MINUTES: 420, schedules.DEPARTURE: at(9, 0)})

    assert scheduled.departure_at(state, BERLIN) == 420


def test_a_moment_is_shown_by_the_clock_of_the_car() -> None:
    state = knowing({schedules.DEPARTURE: at(7, 45)})

    assert scheduled.departure_at(state, UTC) == 345


def test_nothing_told_is_no_time() -> None:
    assert scheduled.departure_at(VehicleState(), BERLIN) is None


def test_what_was_just_set_is_newer_than_what_was_told() -> None:
    state = knowing({schedules.DEPARTURE_MINUTES: 420})
    state.apply(told({schedules.DEPARTURE: at(7, 45)}, NOW + 60))
    shown = ShownState(state)
    shown.expected[schedules.DEPARTURE_MINUTES] = Expectation(schedules.DEPARTURE_MINUTES, 500)

    assert scheduled.departure_at(shown, BERLIN) == 500


def test_the_facts_of_a_departure_stand_behind_the_one_that_is_shown() -> None:
    facts = scheduled.departure_with(schedules.OFF_PEAK_ENABLED)

    assert facts[0] is schedules.OFF_PEAK_ENABLED
    assert len(set(facts)) == len(facts)
    assert set(SET) - {schedules.CHARGING_START_MINUTES} <= set(facts)
