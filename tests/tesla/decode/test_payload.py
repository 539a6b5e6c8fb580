"""What becomes of what a car streams, in every spelling that a field can come in."""

import base64
from collections import Counter
from datetime import UTC, datetime
import json
from math import inf, nan
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from custom_components.tesla_direct.tesla.decode.payload import (
    OTHERS,
    SKIPPED_LIMIT,
    SLICE,
    Car,
    decode,
    decode_in_slices,
)
from custom_components.tesla_direct.tesla.fleet_telemetry.connection import Connection
from custom_components.tesla_direct.tesla.fleet_telemetry.identity import Identity
from custom_components.tesla_direct.tesla.proto.vehicle_data_pb2 import Datum, Field, Payload
from custom_components.tesla_direct.tesla.vehicle.location import Location
from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal, Report
from custom_components.tesla_direct.tesla.vehicle.signals import (
    BY_FIELD,
    battery,
    charge,
    climate,
    closures,
    drive,
    place,
    route,
    schedules,
    seats,
    security,
    software,
    tires,
)

VECTORS = Path(__file__).parents[2] / "vectors"
RECEIVED = 1_791_360_000.0
LONDON = Car(zone=ZoneInfo("Europe/London"))
BERLIN = ZoneInfo("Europe/Berlin")


def _frames() -> dict[str, dict[str, Any]]:
    """Return the cases of the vectors whose frames hold what a car streams."""
    files = ("payloads", "values", "enums", "legacy_strings")
    read = [json.loads((VECTORS / "telemetry" / f"{name}.json").read_text()) for name in files]
    return {case["id"]: case for file in read for case in file["cases"]}


FRAMES = _frames()


def payload_of(case: str) -> Payload:
    """Return what a car said in a vector's frame."""
    frame, device_id = FRAMES[case]["frame_b64"], FRAMES[case]["connection"]["device_id"]
    connection = Connection(Identity("vehicle_device", device_id))
    connection.receive_message(base64.b64decode(frame))
    (record,) = connection.records_received()
    assert isinstance(record.message, Payload)
    return record.message


def datum(field: str, **member: Any) -> Datum:
    """Return a datum whose value has one member; without any it has none."""
    make: Any = Datum  # its types know enums by name only
    made: Datum = make(key=Field.Value(field), value=member)
    return made


def read(*data: Datum, car: Car = LONDON, skipped: Counter[str] | None = None) -> dict[AnySignal, Any]:
    return dict(decode(Payload(data=data), RECEIVED, car, Counter() if skipped is None else skipped).values)


def at(created: float | None, received: float = RECEIVED) -> float:
    """Return what becomes of the time at which a car says that it built a record."""
    payload = Payload(data=[datum("Soc", double_value=63.0)])
    if created is not None:
        payload.created_at.FromNanoseconds(round(created * 1e9))
    return decode(payload, received, LONDON, Counter()).at


def seconds(*when: int, zone: str = "UTC") -> float:
    naive: Any = datetime
    moment: datetime = naive(*when, tzinfo=ZoneInfo(zone))
    return moment.timestamp()


@pytest.mark.parametrize("number", [8, 127, -1])
def test_a_state_that_nobody_has_declared_is_unknown(number: int) -> None:
    assert read(datum("DetailedChargeState", detailed_charge_state_value=number)) == {charge.STATE: None}


@pytest.mark.parametrize(
    ("field", "member", "signal"),
    [
        ("DetailedChargeState", {"boolean_value": True}, charge.STATE),
        ("BMSState", {"boolean_value": True}, battery.BMS_STATE),
        ("Gear", {"location_value": {"latitude": 1.0}}, drive.GEAR),
        ("Location", {"door_value": {}}, place.LOCATION),
        ("Odometer", {"boolean_value": True}, drive.ODOMETER),
        ("Odometer", {"string_value": "far"}, drive.ODOMETER),
        ("Odometer", {"time_value": {"hour": 7}}, drive.ODOMETER),
        ("Locked", {"shift_state_value": 4}, security.LOCKED),
        ("DoorState", {"boolean_value": True}, closures.DOOR_DRIVER_FRONT),
        ("VehicleName", {"double_value": 7.0}, software.VEHICLE_NAME),
    ],
)
def test_a_value_of_another_kind_is_unknown(field: str, member: Any, signal: AnySignal) -> None:
    assert read(datum(field, **member))[signal] is None


@pytest.mark.parametrize(
    "member",
    [
        {"double_value": 41.0},
        {"float_value": 41.0},
        {"int_value": 41},
        {"long_value": 41},
        {"string_value": "41"},
        {"string_value": "41.00000"},
    ],
)
def test_a_number_may_come_in_any_member(member: Any) -> None:
    assert read(datum("BatteryLevel", **member)) == {battery.LEVEL: 41.0}


@pytest.mark.parametrize("told", [7.333333, 0.1, 12.5, -25.0, 1e-07, 3.4028235e38])
def test_a_32_bit_number_is_read_as_it_is_printed(told: float) -> None:
    # So it is the same whether the car tells it or MQTT, which prints it.
    assert read(datum("Odometer", float_value=told)) == {drive.ODOMETER: told}


@pytest.mark.parametrize("told", [1_736_756_100, 1_736_756_100.0])
def test_a_wall_clock_is_the_cars_whichever_member_has_it(told: float) -> None:
    member = "long_value" if isinstance(told, int) else "double_value"

    assert read(datum("ScheduledChargingStartTime", **{member: told})) == {
        schedules.CHARGING_START: 1_736_727_300.0
    }


def test_a_report_is_of_the_source_that_has_brought_it() -> None:
    payload = Payload(data=[datum("Soc", double_value=5)])

    assert decode(payload, RECEIVED, LONDON, Counter(), "mqtt").source == "mqtt"
    assert decode(payload, RECEIVED, LONDON, Counter()).source == "receiver"


@pytest.mark.parametrize("raw", [nan, inf, -inf])
def test_what_is_no_number_is_unknown(raw: float) -> None:
    assert read(datum("Odometer", double_value=raw)) == {drive.ODOMETER: None}
    assert read(datum("Odometer", float_value=raw)) == {drive.ODOMETER: None}


def test_zero_false_and_nothing_are_values() -> None:
    assert read(datum("VehicleSpeed", double_value=0.0)) == {drive.SPEED: 0.0}
    assert read(datum("Locked", boolean_value=False)) == {security.LOCKED: False}
    assert read(datum("Location", location_value={})) == {place.LOCATION: Location(0.0, 0.0)}
    assert read(datum("DoorState", door_value={})) == dict.fromkeys(closures.DOORS_AND_TRUNKS, False)


def test_an_untyped_car_says_the_same_in_words() -> None:
    assert decode(payload_of("legacy-plain"), RECEIVED, LONDON, Counter()).values == {
        drive.SPEED: 38.525,
        drive.GEAR: "d",
        security.LOCKED: True,
        schedules.CHARGING_START: seconds(2024, 12, 4, 0, 15, zone="Europe/London"),
        battery.USABLE_LEVEL: 61.07,
    }


@pytest.mark.parametrize("none", ["", "<invalid>"])
@pytest.mark.parametrize(
    ("field", "signal"), [("VehicleSpeed", drive.SPEED), ("Gear", drive.GEAR), ("Location", place.LOCATION)]
)
def test_an_untyped_car_has_words_for_what_it_does_not_know(none: str, field: str, signal: AnySignal) -> None:
    assert read(datum(field, string_value=none)) == {signal: None}


def test_an_untyped_car_lists_what_is_open() -> None:
    some = read(datum("DoorState", string_value="DriverFront|TrunkRear"))

    assert {door for door, is_open in some.items() if is_open} == {
        closures.DOOR_DRIVER_FRONT,
        closures.TRUNK_REAR,
    }
    assert set(some) == set(closures.DOORS_AND_TRUNKS)


def test_an_untyped_car_that_does_not_know_its_doors_has_not_closed_them() -> None:
    assert read(datum("DoorState", string_value="<invalid>")) == dict.fromkeys(closures.DOORS_AND_TRUNKS)


@pytest.mark.parametrize("case", ["legacy-location-nw", "legacy-location-se"])
def test_an_untyped_place_is_a_place(case: str) -> None:
    (expected,) = (x for x in FRAMES[case]["expect"]["decoded"]["data"] if x["key"] == "Location")

    values = decode(payload_of(case), RECEIVED, LONDON, Counter()).values

    assert values[place.LOCATION] == Location(**expected["value"])


def test_a_place_that_nobody_can_read_is_unknown() -> None:
    assert decode(payload_of("legacy-location-bogus"), RECEIVED, LONDON, Counter()).values == {
        place.LOCATION: None
    }
    assert read(datum("Location", location_value={"latitude": 91.0})) == {place.LOCATION: None}


def test_the_route_is_told_by_names_and_places() -> None:
    assert read(
        datum("DestinationName", string_value="Observatory"),
        datum("DestinationLocation", location_value={"latitude": 51.5, "longitude": -0.1}),
        datum("MilesToArrival", invalid=True),
    ) == {
        route.DESTINATION: "Observatory",
        route.DESTINATION_LOCATION: Location(51.5, -0.1),
        route.DISTANCE: None,
    }


def test_warnings_of_tyres_are_told_one_by_one() -> None:
    values = read(datum("TpmsSoftWarnings", tire_location_value={"rear_left": True}))

    assert values == {**dict.fromkeys(tires.SOFT_WARNINGS, False), tires.SOFT_WARNING_REAR_LEFT: True}


@pytest.mark.parametrize(
    ("zone", "wall"),
    [
        ("Europe/London", (2024, 12, 4, 0, 15)),
        ("Europe/Berlin", (2024, 7, 4, 6, 30)),
        ("Australia/Sydney", (2024, 7, 4, 6, 30)),
        ("America/Los_Angeles", (2024, 7, 4, 6, 30)),
    ],
)
@pytest.mark.parametrize(
    ("field", "signal"),
    [
        ("ScheduledChargingStartTime", schedules.CHARGING_START),
        ("SoftwareUpdateScheduledStartTime", software.UPDATE_SCHEDULED),
        ("TpmsLastSeenPressureTimeFl", tires.LAST_SEEN_FRONT_LEFT),
    ],
)
def test_the_cars_clock_is_disguised_as_pacific_time(
    field: str, signal: AnySignal, zone: str, wall: tuple[int, ...]
) -> None:
    sent = round(seconds(*wall, zone="America/Los_Angeles"))

    values = read(datum(field, long_value=sent), car=Car(zone=ZoneInfo(zone)))

    assert values == {signal: seconds(*wall, zone=zone)}


def test_cars_in_two_zones_are_read_side_by_side() -> None:
    sent = datum("ScheduledChargingStartTime", string_value="Wed Dec 4 00:15:00 2024")

    assert read(sent) == {schedules.CHARGING_START: seconds(2024, 12, 4, 0, 15)}
    assert read(sent, car=Car(zone=BERLIN)) == {schedules.CHARGING_START: seconds(2024, 12, 3, 23, 15)}
    assert read(sent) == {schedules.CHARGING_START: seconds(2024, 12, 4, 0, 15)}


LEFT_AND_RIGHT = (
    datum("HvacLeftTemperatureRequest", double_value=20.0),
    datum("HvacRightTemperatureRequest", double_value=23.0),
)


@pytest.mark.parametrize(("right_hand", "driver", "passenger"), [(False, 20.0, 23.0), (True, 23.0, 20.0)])
def test_who_sits_left_depends_on_the_wheel(right_hand: bool, driver: float, passenger: float) -> None:  # noqa: FBT001
    car = Car(zone=UTC, right_hand_drive=right_hand)

    assert read(*LEFT_AND_RIGHT, car=car) == {
        climate.DRIVER_TEMP_SETTING: driver,
        climate.PASSENGER_TEMP_SETTING: passenger,
    }


@pytest.mark.parametrize(
    ("firmware", "opened"),
    [
        ((2024, 26, 3, 1), closures.DOOR_DRIVER_REAR),
        ((2024, 44, 25), closures.DOOR_DRIVER_REAR),
        ((2024, 44, 32), closures.DOOR_PASSENGER_FRONT),
        ((2024, 44, 32, 1), closures.DOOR_PASSENGER_FRONT),
        ((2026, 8), closures.DOOR_PASSENGER_FRONT),
        (None, closures.DOOR_PASSENGER_FRONT),
    ],
)
@pytest.mark.parametrize(
    "sent",
    [
        datum("DoorState", door_value={"PassengerFront": True}),
        datum("DoorState", string_value="PassengerFront"),
    ],
    ids=["typed", "untyped"],
)
def test_old_firmware_swaps_two_doors(
    sent: Datum, firmware: tuple[int, ...] | None, opened: AnySignal
) -> None:
    values = read(sent, car=Car(zone=UTC, firmware=firmware))

    assert [door for door, is_open in values.items() if is_open] == [opened]


@pytest.mark.parametrize(
    ("firmware", "told"),
    [
        ((2024, 26, 3), None),
        ((2024, 44), "2024.44.1"),
        ((2026, 8), "2024.44.1"),
        (None, "2024.44.1"),
    ],
)
def test_old_firmware_calls_the_version_to_come_its_own(firmware: Any, told: str | None) -> None:
    values = read(datum("Version", string_value="2024.44.1 abc"), car=Car(zone=UTC, firmware=firmware))

    assert values.get(software.VERSION) == told


def test_the_belt_of_the_driver_is_told_as_open() -> None:
    assert read(datum("DriverSeatBelt", boolean_value=True)) == {seats.DRIVER_BELT: "unlatched"}


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("payload-created-at-nanos", 1_731_940_001.987654321),
        ("payload-created-at-micros", 1_731_940_002.00012),
        ("payload-created-at-whole", 1_731_940_003.0),
        ("payload-no-created-at", RECEIVED),
        ("payload-resend", 1_731_940_000.123),
    ],
)
def test_a_record_is_as_old_as_the_car_says(case: str, expected: float) -> None:
    report = decode(payload_of(case), RECEIVED, LONDON, Counter())

    assert report.at == pytest.approx(expected, abs=1e-6)
    assert report.received == RECEIVED


def test_a_clock_that_is_ahead_is_taken_for_ours() -> None:
    assert at(RECEIVED + 3600) == RECEIVED
    assert at(RECEIVED - 0.5) == RECEIVED - 0.5


@pytest.mark.parametrize("created", [None, 0.0, 1.0, -5.0, 86_400.0, 978_307_200.0])
def test_a_clock_that_was_never_set_is_taken_for_ours(created: float | None) -> None:
    assert at(created) == RECEIVED


def test_of_two_values_of_a_field_the_later_counts() -> None:
    assert read(datum("Soc", double_value=63.0), datum("Soc", double_value=62.0)) == {
        battery.USABLE_LEVEL: 62.0
    }
    assert read(datum("Soc", double_value=63.0), datum("Soc", invalid=True)) == {battery.USABLE_LEVEL: None}


@pytest.mark.parametrize(
    ("case", "values", "skipped"),
    [
        ("payload-1", {drive.SPEED: 44.2292}, {}),
        ("payload-no-data", {}, {}),
        ("payload-empty", {}, {}),
        ("payload-wrong-wire-type", {}, {}),
        ("payload-datum-without-value", {security.LOCKED: True}, {"Soc": 1}),
        ("payload-datum-empty-value", {security.LOCKED: False}, {"Soc": 1}),
        ("payload-future-value-member", {security.LOCKED: True}, {"Soc": 1}),
        ("payload-unknown-field-number", {battery.USABLE_LEVEL: 12.0}, {"300": 1}),
        ("payload-later-fields", {place.GPS_ACCURACY: 3.2, software.UPDATE_AVAILABLE: True}, {}),
        ("payload-oneof-last-wins", {battery.USABLE_LEVEL: 9.75}, {}),
        ("payload-unknown-top-level", {battery.USABLE_LEVEL: 44.25}, {}),
    ],
)
def test_what_nobody_understands_is_skipped_counted_and_hurts_nothing_else(
    case: str, values: dict[AnySignal, Any], skipped: dict[str, int]
) -> None:
    counted = Counter[str]()

    report = decode(payload_of(case), RECEIVED, LONDON, counted)

    assert {signal.name: value for signal, value in report.values.items()} == {
        signal.name: value for signal, value in values.items()
    }
    assert counted == skipped


@pytest.mark.parametrize("case", FRAMES)
def test_each_datum_of_the_vectors_is_either_told_or_counted(case: str) -> None:
    payload, skipped = payload_of(case), Counter[str]()

    report = decode(payload, RECEIVED, LONDON, skipped)

    told = {BY_FIELD_OF[signal] for signal in report.values}
    assert {name_of(one.key) for one in payload.data} == told | set(skipped)


BY_FIELD_OF = {signal: field.partition(".")[0] for field, signals in BY_FIELD.items() for signal in signals}


def name_of(number: int) -> str:
    names = Field.DESCRIPTOR.values_by_number
    return names[number].name if number in names else str(number)


def test_a_large_payload_says_the_same_in_slices() -> None:
    names = Field.keys()
    data = [datum(names[index % len(names)], double_value=index) for index in range(3 * SLICE + 7)]
    payload = Payload(data=data)
    payload.created_at.FromSeconds(1_791_359_000)
    whole_skipped, sliced_skipped = Counter[str](), Counter[str]()
    reports = list[Report]()

    pauses = list(decode_in_slices(payload, RECEIVED, LONDON, sliced_skipped, reports.append))
    whole = decode(payload, RECEIVED, LONDON, whole_skipped)

    (sliced,) = reports
    assert len(pauses) == 4
    assert (sliced.values, sliced.at, sliced.received) == (whole.values, whole.at, whole.received)
    assert sliced_skipped == whole_skipped


def test_a_large_payload_is_told_only_when_it_is_whole() -> None:
    payload = Payload(data=[datum("Soc", double_value=63.0)] * (SLICE + 1))
    reports = list[Report]()
    slices = iter(decode_in_slices(payload, RECEIVED, LONDON, Counter(), reports.append))

    next(slices)
    next(slices)
    assert reports == []
    assert next(slices, "done") == "done"
    assert len(reports) == 1


def test_unknown_fields_are_counted_together_when_there_are_many() -> None:
    skipped: Counter[str] = Counter()
    payload = Payload()
    for number in range(50_000, 52_000):
        payload.data.add().key = number  # type: ignore[assignment]  # what a newer firmware may send
    decode(payload, RECEIVED, LONDON, skipped)

    assert len(skipped) <= SKIPPED_LIMIT + 1
    assert skipped.total() == 2_000
    assert skipped["50000"] == 1
    assert skipped[OTHERS] > 1_500
