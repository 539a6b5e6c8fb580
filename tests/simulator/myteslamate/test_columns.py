"""Columns: what telemetry said becomes thirteen values, as loosely as the service does it."""

from typing import Any

import pytest

from simulator.myteslamate.columns import COLUMNS, Columns, text, values, whole

VIN = "5YJ3E7EB0SF000001"
AT = "2026-10-07T08:00:00.250123456Z"
AT_MS = 1_791_360_000_250
HERE = {"locationValue": {"latitude": 51.5, "longitude": -0.25}}
DRIVING = {"shiftStateValue": "ShiftStateD"}


def pushed(at: str = AT, **said: Any) -> dict[str, Any]:
    return {
        "vin": VIN,
        "createdAt": at,
        "data": [{"key": key, "value": value} for key, value in said.items()],
    }


def row(frame: str | None) -> dict[str, str]:
    assert frame is not None
    at, *columns = frame.split(",")
    return {"at": at} | dict(zip(COLUMNS, columns, strict=True))


@pytest.fixture
def columns() -> Columns:
    """Know where a car is, and its gear."""
    columns = Columns()
    columns.frame(pushed("2026-10-07T07:59:00Z", Location=HERE, Gear=DRIVING))
    return columns


def test_all_columns() -> None:
    frame = Columns().frame(
        pushed(
            Location=HERE,
            Gear=DRIVING,
            VehicleSpeed={"doubleValue": 55.9},
            Odometer={"doubleValue": 8421.73},
            Soc={"doubleValue": 69.9},
            GpsHeading={"doubleValue": 92.0},
            RatedRange={"doubleValue": 217.5},
            EstBatteryRange={"stringValue": "190.25"},
        )
    )

    assert frame == f"{AT_MS},55,8421.73,69,,92,51.5,-0.25,0,D,217.5,190.25,92"


@pytest.mark.parametrize("missing", ["Location", "Gear"])
def test_without_place_or_gear_there_is_no_frame(missing: str) -> None:
    said: dict[str, Any] = {"Location": HERE, "Gear": DRIVING, "Soc": {"doubleValue": 5.0}}
    del said[missing]

    assert Columns().frame(pushed(**said)) is None


def test_on_the_equator_there_is_none_either() -> None:
    place = {"locationValue": {"latitude": 0.0, "longitude": 12.5}}

    assert Columns().frame(pushed(Location=place, Gear=DRIVING)) is None


def test_what_was_said_before_stays(columns: Columns) -> None:
    columns.frame(pushed(Odometer={"doubleValue": 10.5}))
    told = row(columns.frame(pushed(Soc={"doubleValue": 50.0})))

    assert (told["odometer"], told["soc"], told["shift_state"]) == ("10.5", "50", "D")


def test_a_typed_zero_comes_out_empty(columns: Columns) -> None:
    told = row(columns.frame(pushed(VehicleSpeed={"doubleValue": 0.0}, Odometer={"doubleValue": 0})))

    assert (told["speed"], told["odometer"]) == ("", "")


@pytest.mark.parametrize("value", [{"doubleValue": 0}, {"invalid": True}, {"stringValue": "<invalid>"}])
def test_an_unknown_percentage_is_no_number(columns: Columns, value: dict[str, Any]) -> None:
    assert row(columns.frame(pushed(Soc=value)))["soc"] == "NaN"


def test_a_gear_that_is_not_known_ends_the_frames(columns: Columns) -> None:
    assert columns.frame(pushed(Gear={"invalid": True})) is None


@pytest.mark.parametrize(
    ("said", "power"),
    [
        ({}, "0"),
        ({"DCChargingPower": {"doubleValue": 151.7}}, "151"),
        ({"ACChargingPower": {"doubleValue": 7.4}}, "7"),
        ({"DCChargingPower": {"doubleValue": 50.0}, "ACChargingPower": {"stringValue": "11.0"}}, "11"),
        ({"DCChargingPower": {"doubleValue": -3.0}}, "0"),
        ({"ACChargingPower": {"invalid": True}}, "0"),
    ],
)
def test_power_is_what_is_charged_with(columns: Columns, said: dict[str, Any], power: str) -> None:
    assert row(columns.frame(pushed(**said)))["power"] == power


def test_what_is_older_than_the_last_frame_is_dropped(columns: Columns) -> None:
    newer = columns.frame(pushed(Soc={"doubleValue": 50.0}))
    older = columns.frame(pushed("2026-10-07T07:59:59Z", Soc={"doubleValue": 40.0}))
    same = columns.frame(pushed(Odometer={"doubleValue": 1.5}))

    assert older is None
    assert row(newer)["soc"] == row(same)["soc"] == "50"


def test_unless_order_is_not_kept(columns: Columns) -> None:
    columns.guarded = False
    columns.frame(pushed(Soc={"doubleValue": 50.0}))

    assert row(columns.frame(pushed("2026-10-07T07:59:59Z")))["at"] == "1791359999000"


def test_a_time_that_is_none_is_no_number_and_bars_nothing(columns: Columns) -> None:
    assert row(columns.frame(pushed("yesterday")))["at"] == "NaN"
    assert row(columns.frame(pushed()))["at"] == str(AT_MS)


def test_columns_can_be_emptied_and_filled(columns: Columns) -> None:
    columns.emptied, columns.told, columns.elevation = {"soc", "power"}, {"power": "-7", "speed": "fast"}, 34
    told = row(columns.frame(pushed(Soc={"doubleValue": 50.0})))

    assert (told["soc"], told["power"], told["speed"], told["elevation"]) == ("", "", "fast", "34")


def test_nothing_is_known_after_a_restart(columns: Columns) -> None:
    columns.forget()

    assert columns.frame(pushed("2020-10-07T07:59:59Z", Soc={"doubleValue": 50.0})) is None
    assert columns.frame(pushed("2020-10-07T08:00:00Z", Location=HERE, Gear=DRIVING)) is not None


@pytest.mark.parametrize(
    "document", [{}, {"vin": VIN}, {"vin": VIN, "data": None}, {"vin": VIN, "data": [1]}]
)
def test_what_telemetry_does_not_say_is_said_to_be_wrong(document: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, AttributeError)):
        Columns().frame(document)


def test_values_of_all_kinds() -> None:
    said = pushed(
        Location=HERE, Gear=DRIVING, A={"intValue": 7}, B={"stringValue": "x"}, C={"booleanValue": True}
    )

    known = {"Latitude": 51.5, "Longitude": -0.25, "Gear": "D", "A": 7, "B": "x", "C": None}
    assert values(said["data"]) == known


@pytest.mark.parametrize(
    ("value", "number"),
    [("7.9", 7), (7.9, 7), (None, None), ("fast", None), ("NaN", None), ("Infinity", None)],
)
def test_whole_numbers(value: object, number: int | None) -> None:
    assert whole(value) == number


@pytest.mark.parametrize(("value", "said"), [(5.0, "5"), (5.25, "5.25"), (None, ""), ("P", "P"), (0, "0")])
def test_texts(value: object, said: str) -> None:
    assert text(value) == said
