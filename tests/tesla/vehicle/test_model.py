from datetime import UTC, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from custom_components.tesla_direct.tesla.vehicle import model
from custom_components.tesla_direct.tesla.vehicle.model import Capability, Vin, firmware, model_name, read_vin
from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal
from custom_components.tesla_direct.tesla.vehicle.signals import (
    climate,
    config,
    connection,
    place,
    powershare,
    powertrain,
    route,
    seats,
    security,
)

from .states import NOW, knowing, told

MODEL_3, MODEL_Y, MODEL_S = "5YJ3E7EB0SF000001", "7SAYGDEF1SA000002", "5YJSA7E21HF000003"
CYBERTRUCK = "7G2CEHED0RA000004"
NO_VIN = ""
SUMMER, WINTER = NOW, NOW - 250 * 86_400.0


@pytest.mark.parametrize(
    ("vin", "expected"),
    [
        (MODEL_3, Vin("Model 3", 2025, "Fremont", pre_2021=False)),
        (MODEL_Y, Vin("Model Y", 2025, "Austin", pre_2021=False)),
        (MODEL_S, Vin("Model S", 2017, "Fremont", pre_2021=True)),
        (CYBERTRUCK, Vin("Cybertruck", 2024, "Austin", pre_2021=False)),
        ("LRW3E7EK0NC000005", Vin("Model 3", 2022, "Shanghai", pre_2021=False)),
        ("XP7YGCEK0RB000006", Vin("Model Y", 2024, "Berlin", pre_2021=False)),
        ("5YJ?????0????????"[:17], Vin(None, None, None, pre_2021=False)),
        ("5YJ3", Vin(None, None, None, pre_2021=False)),
        (NO_VIN, Vin(None, None, None, pre_2021=False)),
    ],
)
def test_a_vin_tells_model_year_and_plant(vin: str, expected: Vin) -> None:
    assert read_vin(vin) == expected


@pytest.mark.parametrize(
    ("vin", "old"),
    [
        ("5YJSA1E20LF000001", True),
        ("5YJSA1E20MF000001", True),  # of 2021, with a motor of before
        ("5YJSA1E50MF000001", False),
        ("5YJSA1E60NF000001", False),
        ("5YJXCDE40MF000001", True),
        ("5YJXCDE50MF000001", False),
        ("5YJ3E1EA0LF000001", False),  # every Model 3 knows signed commands
        ("5YJYGDEE0LF000001", False),
    ],
)
def test_old_models_s_and_x_are_told_by_year_and_motor(vin: str, old: bool) -> None:  # noqa: FBT001  # a value of the table
    assert read_vin(vin).pre_2021 is old


@pytest.mark.parametrize(
    ("vin", "car_type", "trim", "expected"),
    [
        (MODEL_3, None, None, "Model 3"),
        (MODEL_3, "model3", "74d", "Model 3 Long Range AWD"),
        (MODEL_3, "model3", "74", "Model 3 Long Range"),
        (MODEL_3, "model3", "p74d", "Model 3 Performance"),
        (MODEL_3, "model3", "50", "Model 3"),
        (MODEL_Y, None, "P74D", "Model Y Performance"),
        (MODEL_S, "models", "p100d", "Model S P100D"),
        (MODEL_S, "models2", "plaid", "Model S"),
        (CYBERTRUCK, "cybertruck", "x", "Cybertruck"),
        (NO_VIN, "tamarind", "100d", "Model X 100D"),
        (NO_VIN, None, "74d", None),
        (NO_VIN, "bicycle", None, None),
    ],
)
def test_a_model_is_named_with_its_trim(
    vin: str, car_type: str | None, trim: str | None, expected: str | None
) -> None:
    assert model_name(knowing({config.CAR_TYPE: car_type, config.TRIM: trim}), vin) == expected


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("2026.26.6", (2026, 26, 6)),
        ("2024.45.32.20", (2024, 45, 32, 20)),
        ("2026.26.6 0a1b2c3d4e5f", (2026, 26, 6)),
        ("beta", None),
        ("", None),
        (None, None),
    ],
)
def test_a_version_is_compared_as_numbers(version: str | None, expected: tuple[int, ...] | None) -> None:
    assert firmware(version) == expected


LONDON, PARIS = ZoneInfo("Europe/London"), ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("vin", "told_by_cloud", "expected"),
    [
        (MODEL_3, {}, None),
        (MODEL_3, {connection.NEEDS_SIGNATURE: True}, True),
        (MODEL_3, {connection.NEEDS_SIGNATURE: False}, False),
        (MODEL_S, {}, False),
        (MODEL_S, {connection.NEEDS_SIGNATURE: True}, True),
        (NO_VIN, {}, None),
    ],
)
def test_a_car_demands_signatures_as_it_is_told_and_an_old_one_does_not(
    vin: str,
    told_by_cloud: dict[AnySignal, Any],
    expected: bool | None,  # noqa: FBT001  # a value of the table
) -> None:
    assert model.wants_signature(knowing(told_by_cloud), vin) is expected


AN_HOUR = timezone(timedelta(hours=1))


@pytest.mark.parametrize(
    ("offset", "told_at", "home", "expected"),
    [
        (None, SUMMER, LONDON, LONDON),
        (3_600, SUMMER, LONDON, LONDON),
        (3_600, SUMMER, PARIS, AN_HOUR),
        (0, WINTER, LONDON, LONDON),  # told in winter, and home has moved since
        (3_600, WINTER, LONDON, AN_HOUR),
        (90_000, SUMMER, LONDON, LONDON),  # nonsense
    ],
)
def test_the_cars_zone_is_that_of_home_if_their_clocks_agree(
    offset: int | None, told_at: float, home: tzinfo, expected: tzinfo
) -> None:
    state = knowing(told({config.UTC_OFFSET: offset}, told_at))

    assert model.zone(state, home, NOW) == expected


def test_without_a_word_from_the_car_it_is_at_home() -> None:
    assert model.zone(knowing(), UTC, NOW) is UTC


@pytest.mark.parametrize(
    ("capability", "values", "expected"),
    [
        (model.ANY_CAR, {}, True),
        (model.HARDWARE_4, {}, None),
        (model.HARDWARE_4, {config.DRIVER_ASSIST: "TeslaAP4"}, True),
        (model.HARDWARE_4, {config.DRIVER_ASSIST: "TeslaAP3"}, False),
        (model.HARDWARE_4, {config.DRIVER_ASSIST: "TeslaAP9"}, None),
        (model.SUNROOF, {}, None),
        (model.SUNROOF, {config.SUNROOF: "gen1_installed"}, True),
        (model.SUNROOF, {config.SUNROOF: "not_installed"}, False),
        (model.REAR_SEAT_HEATERS, {}, None),
        (model.REAR_SEAT_HEATERS, {config.REAR_SEAT_HEATERS: 2}, True),
        (model.REAR_SEAT_HEATERS, {config.REAR_SEAT_HEATERS: 0}, False),
        (model.REAR_CENTER_SEAT_HEATER, {}, None),
        (model.REAR_CENTER_SEAT_HEATER, {config.REAR_SEAT_HEATERS: 2}, False),
        (model.REAR_CENTER_SEAT_HEATER, {config.REAR_SEAT_HEATERS: 1}, True),
        (model.THIRD_ROW, {config.REAR_SEAT_HEATERS: 3}, None),
        (model.THIRD_ROW, {config.REAR_SEAT_HEATERS: 3, config.THIRD_ROW_SEATS: "futuris"}, True),
        (model.THIRD_ROW, {config.REAR_SEAT_HEATERS: 3, config.THIRD_ROW_SEATS: "none"}, False),
        (model.THIRD_ROW, {config.REAR_SEAT_HEATERS: 1, config.THIRD_ROW_SEATS: "futuris"}, False),
        (model.SEAT_COOLING, {}, None),
        (model.SEAT_COOLING, {config.SEAT_COOLING: False}, False),
        (model.STEERING_WHEEL_HEATER, {}, None),
        (model.STEERING_WHEEL_HEATER, {seats.STEERING_WHEEL_HEATER: False}, True),
        (model.STEERING_WHEEL_HEATER, {seats.STEERING_WHEEL_LEVEL: "low"}, True),
        (model.STEERING_WHEEL_LEVELS, {}, None),
        (model.STEERING_WHEEL_LEVELS, {seats.STEERING_WHEEL_LEVEL: "off"}, True),
        (model.STEERING_WHEEL_WITHOUT_LEVELS, {}, None),
        (model.STEERING_WHEEL_WITHOUT_LEVELS, {seats.STEERING_WHEEL_HEATER: None}, None),
        (model.STEERING_WHEEL_WITHOUT_LEVELS, {seats.STEERING_WHEEL_HEATER: False}, True),
        (
            model.STEERING_WHEEL_WITHOUT_LEVELS,
            {seats.STEERING_WHEEL_HEATER: True, seats.STEERING_WHEEL_LEVEL: "high"},
            False,
        ),
        (
            model.STEERING_WHEEL_WITHOUT_LEVELS,
            {seats.STEERING_WHEEL_HEATER: False, seats.STEERING_WHEEL_LEVEL: None},
            None,
        ),
        (model.BIOWEAPON_MODE, {climate.BIOWEAPON_MODE: None}, None),
        (model.BIOWEAPON_MODE, {climate.BIOWEAPON_MODE: False}, True),
        (model.HOMELINK, {}, None),
        (model.HOMELINK, {place.HOMELINK_DEVICES: 0}, False),
        (model.HOMELINK, {place.HOMELINK_DEVICES: 2}, True),
        (model.POWERSHARE, {}, None),
        (model.POWERSHARE, {powershare.STATUS: "inactive"}, True),
        (model.ROUTE_CLOCK, {}, None),
        (model.ROUTE_CLOCK, {route.UPDATED: None}, None),
        (model.ROUTE_CLOCK, {route.UPDATED: "12:00"}, True),
        (model.MOTORS[1], {}, None),
        (model.MOTORS[1], {powertrain.STATE[1]: "unavailable"}, None),
        (model.MOTORS[1], {powertrain.STATE[0]: "standby"}, None),
        (model.MOTORS[1], {powertrain.STATE[1]: "standby"}, True),
    ],
)
def test_a_capability_is_yes_no_or_unknown(
    capability: Capability,
    values: dict[AnySignal, Any],
    expected: bool | None,  # noqa: FBT001  # a value of the table
) -> None:
    assert capability(knowing(values), MODEL_3) is expected
    assert set(values) <= {*capability.decided_by, *powertrain.STATE}


@pytest.mark.parametrize(
    ("capability", "signal"),
    [
        (model.SEAT_COOLING, config.SEAT_COOLING),
        (model.OVERHEAT_FAN_ONLY, climate.OVERHEAT_FAN_ONLY_SUPPORTED),
        (model.OVERHEAT_LIMIT, config.OVERHEAT_LIMIT_SUPPORTED),
        (model.TRUNKS, config.CAN_ACTUATE_TRUNKS),
        (model.POWERED_LIFTGATE, config.POWERED_LIFTGATE),
        (model.MOTORIZED_CHARGE_PORT, config.MOTORIZED_CHARGE_PORT),
        (model.PEDESTRIAN_WARNING_SPEAKER, config.PEDESTRIAN_WARNING_SPEAKER),
        (model.NAVIGATION, config.CAN_ACCEPT_NAVIGATION),
        (model.DASHCAM_SAVE, config.DASHCAM_SAVE_SUPPORTED),
        (model.REMOTE_START, security.REMOTE_START_SUPPORTED),
        (model.SENTRY, security.SENTRY_AVAILABLE),
    ],
)
def test_of_most_things_the_car_says_itself_whether_it_has_them(
    capability: Capability, signal: AnySignal
) -> None:
    assert capability.decided_by == (signal,)
    assert not capability.for_good
    assert [capability(knowing({signal: told}), MODEL_3) for told in (True, False, None)] == [
        True,
        False,
        None,
    ]
    assert capability(knowing(), MODEL_3) is None


def test_a_vin_proves_and_denies_a_cybertruck() -> None:
    assert model.CYBERTRUCK(knowing(), CYBERTRUCK) is True
    assert model.POWERSHARE(knowing(), CYBERTRUCK) is True
    assert model.CYBERTRUCK(knowing(), MODEL_Y) is False
    assert model.CYBERTRUCK(knowing(), NO_VIN) is None
    assert model.CYBERTRUCK(knowing({config.CAR_TYPE: "cybertruck"}), NO_VIN) is True
