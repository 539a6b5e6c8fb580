from typing import Any

import pytest

from custom_components.tesla_direct.tesla.vehicle import conclusions
from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal
from custom_components.tesla_direct.tesla.vehicle.signals import (
    battery,
    charge,
    climate,
    closures,
    drive,
    seats,
    software,
)

from .states import NOW, knowing, told

EARLIER = NOW - 600
CLOSED: dict[AnySignal, Any] = dict.fromkeys(closures.DOORS_AND_TRUNKS, False)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, None),
        ({drive.GEAR: "d"}, "d"),
        ({drive.GEAR: None}, "p"),
        ({drive.GEAR: None, drive.SPEED: None}, "p"),
        ({drive.GEAR: None, drive.SPEED: 0.0}, "p"),
        ({drive.GEAR: None, drive.SPEED: 30.0}, None),
        ({drive.SPEED: 0.0}, None),
    ],
)
def test_a_car_without_a_gear_that_does_not_move_is_in_park(
    values: dict[AnySignal, Any], expected: str | None
) -> None:
    state = knowing(values)

    assert conclusions.gear(state) == expected
    assert conclusions.parked(state) == (None if expected is None else expected == "p")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, None),
        ({drive.SPEED: 30.0, drive.GEAR: "p"}, 30.0),
        ({drive.SPEED: None, drive.GEAR: "p"}, 0.0),
        ({drive.SPEED: None, drive.GEAR: None}, 0.0),
        ({drive.SPEED: None, drive.GEAR: "d"}, None),
        ({drive.SPEED: None}, None),
        ({drive.GEAR: "p"}, None),
    ],
)
def test_a_missing_speed_is_zero_only_in_park(values: dict[AnySignal, Any], expected: float | None) -> None:
    assert conclusions.speed(knowing(values)) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, None),
        ({charge.STATE: None}, None),
        ({charge.STATE: "charging"}, True),
        ({charge.STATE: "starting"}, True),
        ({charge.STATE: "complete"}, False),
        ({charge.STATE: "disconnected"}, False),
    ],
)
def test_a_car_charges_while_it_starts_to_as_well(values: dict[AnySignal, Any], expected: object) -> None:
    assert conclusions.charging(knowing(values)) is expected


def test_a_cable_is_in_unless_the_car_says_disconnected() -> None:
    assert conclusions.plugged_in(knowing()) is None
    assert conclusions.plugged_in(knowing({charge.STATE: "disconnected", charge.CABLE_TYPE: None})) is False
    assert conclusions.plugged_in(knowing({charge.STATE: "stopped"})) is True
    assert conclusions.plugged_in(knowing({charge.CABLE_TYPE: "iec"})) is True


def test_of_cable_and_state_the_newer_one_counts() -> None:
    unplugged_since = knowing(told({charge.CABLE_TYPE: "iec"}, EARLIER), {charge.STATE: "disconnected"})
    plugged_since = knowing(told({charge.STATE: "disconnected"}, EARLIER), {charge.CABLE_TYPE: "iec"})

    assert conclusions.plugged_in(unplugged_since) is False
    assert conclusions.plugged_in(plugged_since) is True


@pytest.mark.parametrize(("phases", "expected"), [(None, None), (1, False), (2, True), (3, True)])
def test_more_than_one_phase_are_three(phases: int | None, expected: object) -> None:
    assert conclusions.three_phase(knowing({charge.PHASES: phases})) is expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, None),
        ({charge.POWER: 4, charge.STATE: "charging"}, 4),
        ({charge.POWER: 4, charge.STATE: "complete"}, 0.0),
        ({charge.POWER: 4}, 4),
        ({charge.POWER: None, charge.STATE: "charging"}, None),
        ({charge.AC_POWER: 3.74, charge.STATE: "charging"}, 3.74),
        ({charge.DC_POWER: 120.0, charge.STATE: "charging"}, 120.0),
        ({charge.AC_POWER: 11.0, charge.DC_POWER: 10.2}, 11.0),
        ({charge.AC_POWER: 0.0, charge.DC_POWER: 120.0}, 120.0),
        ({charge.AC_POWER: 11.0, charge.DC_POWER: 10.2, charge.FAST_CHARGER_PRESENT: True}, 10.2),
        ({charge.POWER: 4, charge.AC_POWER: 3.74}, 3.74),
    ],
)
def test_the_chargers_power_is_ac_or_dc_and_nothing_without_a_charge(
    values: dict[AnySignal, Any], expected: float | None
) -> None:
    assert conclusions.charger_power(knowing(values)) == expected


def test_a_newer_poll_of_the_power_wins_over_a_stream_that_has_ended() -> None:
    state = knowing(told({charge.AC_POWER: 11.0}, EARLIER), {charge.POWER: 7})

    assert conclusions.charger_power(state) == 7


@pytest.mark.parametrize(("said_at", "expected"), [(EARLIER, 3.0), (NOW, 0.0)])
def test_power_that_is_told_later_than_that_nothing_charges_is_believed(
    said_at: float, expected: float
) -> None:
    state = knowing(told({charge.STATE: "disconnected"}, said_at), {charge.POWER: 3.0})

    assert conclusions.charger_power(state) == expected


def test_the_chargers_energy_means_nothing_at_a_fast_charger() -> None:
    streamed: dict[AnySignal, Any] = {charge.ENERGY_FROM_CHARGER: 8.11}

    assert conclusions.energy_from_charger(knowing(streamed)) == 8.11
    assert conclusions.energy_from_charger(knowing(streamed | {charge.FAST_CHARGER_PRESENT: False})) == 8.11
    assert conclusions.energy_from_charger(knowing(streamed | {charge.FAST_CHARGER_PRESENT: True})) is None


def test_a_heater_is_on_if_either_part_of_a_poll_says_so() -> None:
    a_moment_later = NOW + 0.004

    state = knowing(told({battery.HEATER: False}, a_moment_later), told({climate.BATTERY_HEATER: True}, NOW))

    assert conclusions.battery_heater(state) is True
    assert conclusions.battery_heater(knowing({battery.HEATER: False})) is False
    assert conclusions.battery_heater(knowing({climate.BATTERY_HEATER: None})) is None


def test_a_heater_that_was_on_long_before_does_not_count() -> None:
    state = knowing(told({climate.BATTERY_HEATER: True}, EARLIER), {battery.HEATER: False})

    assert conclusions.battery_heater(state) is False


def test_the_steering_wheel_is_warm_by_its_level_or_its_flag() -> None:
    level, heater = seats.STEERING_WHEEL_LEVEL, seats.STEERING_WHEEL_HEATER

    assert conclusions.steering_wheel_heater(knowing({level: "low"})) is True
    assert conclusions.steering_wheel_heater(knowing({level: "off"})) is False
    assert conclusions.steering_wheel_heater(knowing({level: None, heater: True})) is True
    assert conclusions.steering_wheel_heater(knowing({level: "off", heater: False})) is False


@pytest.mark.parametrize(
    ("power", "expected"),
    [(None, None), ("off", False), ("on", True), ("precondition", True), ("overheat_protect", False)],
)
def test_overheat_protection_is_no_climate_for_people(power: str | None, expected: object) -> None:
    assert conclusions.climate_on(knowing({climate.POWER: power})) is expected


def test_of_both_witnesses_the_newer_tells_who_is_in_the_car() -> None:
    left = knowing(told({seats.USER_PRESENT: True}, EARLIER), {seats.DRIVER_OCCUPIED: False})
    unknown = knowing({seats.USER_PRESENT: None})

    assert conclusions.user_present(left) is False
    assert conclusions.user_present(knowing({seats.USER_PRESENT: True})) is True
    assert conclusions.user_present(unknown) is None


def test_one_open_door_is_enough_but_it_takes_all_to_be_closed() -> None:
    one_open = CLOSED | {closures.TRUNK_REAR: True}
    one_unknown = CLOSED | {closures.TRUNK_REAR: None}

    assert conclusions.any_open(knowing(CLOSED)) is False
    assert conclusions.any_open(knowing(one_open)) is True
    assert conclusions.open_parts(knowing(one_open)) == (closures.TRUNK_REAR,)
    assert conclusions.any_open(knowing(one_unknown)) is None
    assert conclusions.any_open(knowing(one_unknown | {closures.TRUNK_FRONT: True})) is True


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, None),
        ({software.UPDATE_INSTALL: 1}, None),
        ({software.UPDATE_INSTALL: 10}, None),
        ({software.UPDATE_INSTALL: 11}, 11),
        ({software.UPDATE_INSTALL: 1, software.UPDATE_STATUS: "installing"}, 1),
        ({software.UPDATE_INSTALL: 50, software.UPDATE_STATUS: "available"}, None),
        ({software.UPDATE_INSTALL: 5, software.UPDATE_IN_PROGRESS: True}, 5),
        ({software.UPDATE_INSTALL: 50, software.UPDATE_IN_PROGRESS: False}, None),
        ({software.UPDATE_STATUS: "installing"}, None),
    ],
)
def test_progress_is_shown_only_while_an_update_is_installed(
    values: dict[AnySignal, Any], expected: float | None
) -> None:
    assert conclusions.install_progress(knowing(values)) == expected


def test_the_first_of_equals_is_the_latest() -> None:
    state = knowing({charge.AC_POWER: 1.0, charge.DC_POWER: 2.0})

    assert conclusions.latest(state, charge.AC_POWER, charge.DC_POWER) is charge.AC_POWER
    assert conclusions.latest(state, charge.POWER) is None


WINDOWS_CLOSED: dict[AnySignal, Any] = dict.fromkeys(closures.WINDOWS, "closed")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, None),
        (WINDOWS_CLOSED, True),
        (WINDOWS_CLOSED | {closures.WINDOW_PASSENGER_REAR: "partially_open"}, False),
        (WINDOWS_CLOSED | {closures.WINDOW_PASSENGER_REAR: None}, None),
        ({closures.WINDOW_PASSENGER_REAR: "opened"}, False),
    ],
)
def test_windows_are_closed_when_all_of_them_are(
    values: dict[AnySignal, Any],
    expected: bool | None,  # noqa: FBT001  # a value of the table
) -> None:
    assert conclusions.windows_closed(knowing(values)) is expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [(None, None), ("closed", True), ("vent", False), ("open", False), ("calibrating", None)],
)
def test_a_sunroof_that_calibrates_itself_may_be_anywhere(
    told: str | None,
    expected: bool | None,  # noqa: FBT001  # a value of the table
) -> None:
    assert conclusions.sunroof_closed(knowing({closures.SUNROOF_STATE: told})) is expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [(None, None), ("closed", True), ("partially_open", False), ("fully_open", False)],
)
def test_a_tonneau_is_closed_or_not(
    told: str | None,
    expected: bool | None,  # noqa: FBT001  # a value of the table
) -> None:
    assert conclusions.tonneau_closed(knowing({closures.TONNEAU_POSITION: told})) is expected


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        ([], None),
        ([{software.UPDATE_STATUS: "installing"}], True),
        ([{software.UPDATE_STATUS: "available"}], False),
        ([{software.UPDATE_IN_PROGRESS: True}], True),
        (
            [told({software.UPDATE_STATUS: "installing"}, at=EARLIER), {software.UPDATE_IN_PROGRESS: False}],
            False,
        ),
        (
            [{software.UPDATE_STATUS: "installing"}, told({software.UPDATE_IN_PROGRESS: False}, at=EARLIER)],
            True,
        ),
    ],
)
def test_the_newest_word_says_whether_an_update_is_being_installed(
    reports: list[Any],
    expected: bool | None,  # noqa: FBT001  # a value of the table
) -> None:
    assert conclusions.installing(knowing(*reports)) is expected


OFFERED: dict[AnySignal, Any] = {software.VERSION: "2026.26.6", software.UPDATE_VERSION: "2026.32.3"}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, None),
        (OFFERED, "2026.32.3"),
        (OFFERED | {software.VERSION: "2026.32.3"}, None),
        (OFFERED | {software.UPDATE_VERSION: None}, None),
    ],
)
def test_what_is_installed_is_not_offered(values: dict[AnySignal, Any], expected: str | None) -> None:
    assert conclusions.offered_version(knowing(values)) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, False),
        (OFFERED, False),
        ({software.UPDATE_STATUS: "available"}, False),
        (OFFERED | {software.UPDATE_STATUS: "available"}, True),
        (OFFERED | {software.UPDATE_STATUS: "scheduled"}, True),
        (OFFERED | {software.UPDATE_STATUS: "downloading"}, False),
        (OFFERED | {software.UPDATE_STATUS: "installing"}, False),
        (OFFERED | {software.UPDATE_AVAILABLE: True}, True),
        (OFFERED | {software.UPDATE_AVAILABLE: True, software.UPDATE_IN_PROGRESS: True}, False),
        (OFFERED | {software.UPDATE_DOWNLOAD: 100}, True),
        (OFFERED | {software.UPDATE_DOWNLOAD: 99}, False),
    ],
)
def test_an_update_is_ready_once_the_car_has_it(
    values: dict[AnySignal, Any],
    expected: bool,  # noqa: FBT001  # a value of the table
) -> None:
    assert conclusions.update_ready(knowing(values)) is expected
