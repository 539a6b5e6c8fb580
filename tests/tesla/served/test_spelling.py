"""What is spelled as a poll spells it is read again as what it was."""

from operator import attrgetter

import pytest

from custom_components.tesla_direct.tesla.served.spelling import MISSING, WHOLE, spelled
from custom_components.tesla_direct.tesla.vehicle.kind import Choice, Level
from custom_components.tesla_direct.tesla.vehicle.location import Location
from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal
from custom_components.tesla_direct.tesla.vehicle.signals import (
    ALL,
    charge,
    climate,
    closures,
    config,
    connection,
    drive,
    media,
    place,
    route,
    schedules,
    security,
    software,
    tires,
)

CHOICES = [
    (signal, option)
    for signal in ALL
    if signal.path and isinstance(signal.kind, Choice | Level)
    for option in signal.kind.options
]
# What only telemetry or a TeslaMate tells apart, or tells at all.
COARSE = {(security.SENTRY, state) for state in ("idle", "aware", "panic", "quiet")}
NOT_POLLED = {
    (config.SUNROOF, "installed"),
    (climate.DEFROST_MODE, "auto_defog"),
    *((software.CENTER_DISPLAY, display) for display in ("dim", "accessory", "dog")),
}


@pytest.mark.parametrize(("signal", "option"), CHOICES, ids=lambda part: getattr(part, "name", part))
def test_each_name_is_read_again(signal: AnySignal, option: str) -> None:
    written = spelled(signal, option)

    if (signal, option) in NOT_POLLED:
        assert written is MISSING
    elif (signal, option) in COARSE:
        assert signal.kind(written) == "armed"
    else:
        assert signal.kind(written) == option


@pytest.mark.parametrize(
    ("signal", "value", "written"),
    [
        (charge.STATE, "no_power", "NoPower"),
        (charge.CABLE_TYPE, "iec", "IEC"),
        (charge.FAST_CHARGER_TYPE, "supercharger", "Tesla"),
        (charge.FAST_CHARGER_TYPE, "combo", "Combo"),
        (climate.KEEPER_MODE, "keep", "on"),
        (climate.KEEPER_MODE, "dog", "dog"),
        (closures.WINDOW_DRIVER_FRONT, "opened", 2),
        (closures.DOOR_DRIVER_FRONT, True, 1),
        (config.CHARGE_PORT_TYPE, "ccs", "CCS"),
        (connection.IN_SERVICE, False, False),
        (drive.GEAR, "r", "R"),
        (drive.ODOMETER, 8455.118003, 8455.118003),
        (media.STATUS, "idle", "Stopped"),
        (security.SENTRY, "off", False),
        (software.UPDATE_STATUS, "none", ""),
        (software.UPDATE_STATUS, "downloading_wifi_wait", "downloading_wifi_wait"),
        (software.UPDATE_MINUTES, 25.0, 1500),
        (software.UPDATE_SCHEDULED, 1_791_360_000.5, 1_791_360_000_500),
        (schedules.CHARGING_START, 1_791_360_000.0, 1_791_360_000),
        (schedules.CHARGE_SCHEDULES, (), MISSING),
        (tires.PRESSURES[0], 2.9, 2.9),
    ],
)
def test_a_value_is_spelled_as_tesla_does(signal: AnySignal, value: object, written: object) -> None:
    assert spelled(signal, value) == written
    assert type(spelled(signal, value)) is type(written)


@pytest.mark.parametrize("signal", sorted(WHOLE, key=attrgetter("name")), ids=attrgetter("name"))
def test_what_is_kept_in_whole_numbers_is_one(signal: AnySignal) -> None:
    assert spelled(signal, 66.6) == 67
    assert type(spelled(signal, 66.6)) is int


def test_a_fact_of_several_members_is_an_object() -> None:
    here = Location(51.5, -0.125)

    assert spelled(place.LOCATION, here) == {"latitude": 51.5, "longitude": -0.125}
    assert spelled(route.DESTINATION_LOCATION, here) == {
        "active_route_latitude": 51.5,
        "active_route_longitude": -0.125,
    }
    assert spelled(charge.MINUTES_TO_FULL, 90.2) == {"minutes_to_full_charge": 90, "time_to_full_charge": 1.5}


@pytest.mark.parametrize("power", ["off", "on", "precondition", "overheat_protect"])
def test_the_three_flags_of_the_climate_say_one_word(power: str) -> None:
    assert climate.POWER.kind(spelled(climate.POWER, power)) == power
