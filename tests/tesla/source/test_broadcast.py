"""What a broker delivers about one car, and what the car hears of it."""

from collections import Counter
import json
from typing import Any

import pytest

from custom_components.tesla_direct.tesla.decode.record import Record, read_record
from custom_components.tesla_direct.tesla.source.broadcast import AT_ONCE, FIELDS_AT_ONCE, Broadcast
from custom_components.tesla_direct.tesla.source.links import INFERRED_FOR
from custom_components.tesla_direct.tesla.vehicle.alert import Alert, Complaint
from custom_components.tesla_direct.tesla.vehicle.connectivity import Event
from custom_components.tesla_direct.tesla.vehicle.signal import UNKNOWN_AGE
from custom_components.tesla_direct.tesla.vehicle.signals import battery, charge, drive
from tests.tesla.source.broker_world import NOW, VIN, Listener

CREATED = "2026-10-07T10:19:50Z"
CREATED_AT = 1_791_368_390.0
ARRIVED = CREATED_AT + 2
FUTURE = "2999-01-01T00:00:00Z"


class Heard(Listener):
    """A car, and what is delivered to it."""

    def __init__(self) -> None:
        super().__init__()
        self.skipped = Counter[str]()
        self.broadcast = Broadcast(self, self.skipped)

    def topic(self, rest: str, content: Any, *, retained: bool = False, now: float = NOW) -> int:
        """Deliver one topic's message; return how often that paused."""
        text = content if isinstance(content, bytes) else json.dumps(content).encode()
        return len(list(self.broadcast.take_topic(rest, text, now, retained=retained)))

    def record(self, raw: Any, *, retained: bool = False, now: float = ARRIVED) -> int:
        """Deliver a record; return how often that paused."""
        record = raw if isinstance(raw, Record) else read_record(raw, self.skipped)
        assert record is not None
        return len(list(self.broadcast.take_record(record, now, retained=retained)))


@pytest.fixture
def car() -> Heard:
    return Heard()


def v_record(created: str | None = CREATED, *data: dict[str, Any]) -> dict[str, Any]:
    return {
        "data": list(data) or [{"key": "BatteryLevel", "value": {"doubleValue": 63.0}}],
        "createdAt": created,
        "vin": VIN,
    }


def test_values_of_one_turn_are_one_report_as_of_their_arrival(car: Heard) -> None:
    car.topic("v/BatteryLevel", 62.0)
    car.topic("v/BatteryLevel", 63.0)
    car.topic("v/Gear", "ShiftStateD")
    assert car.reports == []

    car.broadcast.flush(NOW)
    car.broadcast.flush(NOW + 1)

    (report,) = car.reports
    assert report.values == {battery.LEVEL: 63.0, drive.GEAR: "d"}
    assert (report.at, report.received, report.source, report.snapshot) == (NOW, NOW, "mqtt", False)


def test_each_live_value_is_billed_once_with_its_field(car: Heard) -> None:
    for topic in ("v/Soc", "v/Soc", "v/300", "v/ChargeState", "v/FieldOfTomorrow"):
        car.topic(topic, None)
    car.broadcast.flush(NOW)

    assert car.signals == 5
    assert car.fields == {8: 2, 300: 1, 2: 1}


def test_what_the_broker_has_kept_is_of_unknown_age_and_costs_nothing(car: Heard) -> None:
    car.topic("v/BatteryLevel", 63.0, retained=True)
    car.broadcast.flush(NOW)

    (report,) = car.reports
    assert (report.at, report.received, report.snapshot) == (UNKNOWN_AGE, NOW, True)
    assert (car.signals, car.events, car.broadcast.links.count) == (0, [], 0)


def test_kept_and_live_values_of_one_turn_are_told_apart(car: Heard) -> None:
    car.topic("v/BatteryLevel", 63.0)
    car.topic("v/BatteryLevel", 50.0, retained=True)
    car.broadcast.flush(NOW)

    assert [(report.snapshot, report.values[battery.LEVEL]) for report in car.reports] == [
        (True, 50.0),
        (False, 63.0),
    ]


@pytest.mark.parametrize("name", ["CreatedAt", "Vin", "IsResend"])
def test_what_a_bridge_publishes_beside_the_fields_is_left_alone(car: Heard, name: str) -> None:
    car.topic(f"v/{name}", "x")
    car.broadcast.flush(NOW)

    assert (car.reports, car.signals) == ([], 0)
    assert not car.skipped


@pytest.mark.parametrize(
    ("rest", "content", "counted"),
    [
        ("v/Soc", b"on", "no JSON"),
        ("v/Soc", b'"\xff"', "not UTF-8"),
        ("v/Soc", b"[" * 100_000, "too deep"),
        ("v/Soc", b"1" * 300_000, "too large"),
        ("v/Soc", b"9" * 5_000, "no JSON"),
        ("v/Soc", [1], "Soc"),
        ("v/Soc", {}, "Soc"),
        ("v/300", 1, "300"),
        ("V/Soc", 1, "a topic"),
        ("", 1, "a topic"),
        ("alerts/a/current", [], "an alert"),
        ("alerts/a/history", {}, "an alert"),
        ("alerts/a/history", [7], "an alert"),
        ("errors/a", [], "an error"),
        ("connectivity", "CONNECTED", "connectivity"),
        ("connectivity", {"Status": "CONNECTED"}, "connectivity"),
    ],
)
@pytest.mark.parametrize("retained", [False, True])
def test_what_makes_no_sense_is_counted_by_what_it_is(
    car: Heard,
    rest: str,
    content: Any,
    counted: str,
    retained: bool,  # noqa: FBT001
) -> None:
    car.topic(rest, content, retained=retained)
    car.broadcast.flush(NOW)

    assert +car.skipped == {counted: 1}
    assert [report.values for report in car.reports] == []
    assert (car.alerts, car.complaints) == ([], [])


def test_an_alert_is_told_by_both_topics_and_billed_once(car: Heard) -> None:
    past = {"Audiences": None, "StartedAt": "2026-10-07T10:00:00Z", "EndedAt": "2026-10-07T10:01:00Z"}
    current = {"Audiences": ["Service"], "StartedAt": "2026-10-07T10:19:50Z"}

    car.topic("alerts/a/b/current", current)
    car.topic("alerts/a/b/history", [past, current])

    active = Alert("a/b", ("service",), CREATED_AT, None)
    assert car.alerts == [active, Alert("a/b", (), CREATED_AT - 1190, CREATED_AT - 1130), active]
    assert (car.signals, car.fields) == (2, {})


def test_alerts_that_the_broker_has_kept_are_no_news(car: Heard) -> None:
    car.topic("alerts/a/current", {"StartedAt": CREATED}, retained=True)
    car.topic("alerts/a/history", [{"StartedAt": CREATED}], retained=True)

    assert car.kept_alerts == [Alert("a", (), CREATED_AT, None)] * 2
    assert (car.alerts, car.signals, car.events) == ([], 0, [])


def test_a_long_history_is_taken_over_in_several_goes(car: Heard) -> None:
    assert car.topic("alerts/a/history", [{"StartedAt": CREATED}] * (3 * AT_ONCE)) == 3
    assert len(car.alerts) == 3 * AT_ONCE


def test_an_error_is_a_complaint(car: Heard) -> None:
    car.topic(
        "errors/unsupported_field",
        {"Body": "no", "Tags": {"field_name": "Soc"}, "CreatedAt": CREATED},
        now=ARRIVED,
    )
    car.topic("errors/e", {"Body": "no", "Tags": None})
    car.topic("errors/e", {"Body": "no", "Tags": None}, retained=True)

    assert car.complaints == [
        Complaint("unsupported_field", "no", (("field_name", "Soc"),), CREATED_AT),
        Complaint("e", "no", (), NOW),
        Complaint("e", "no", (), UNKNOWN_AGE),
    ]


def connectivity(status: str, connection: str = "A") -> dict[str, str]:
    return {"ConnectionId": connection, "Status": status, "CreatedAt": CREATED}


def test_connections_are_told_as_they_come_and_go(car: Heard) -> None:
    car.topic("connectivity", connectivity("CONNECTED", "A"))
    car.topic("connectivity", connectivity("CONNECTED", "B"))
    car.topic("connectivity", connectivity("DISCONNECTED", "a"))
    car.topic("connectivity", connectivity("DISCONNECTED", "unknown"))
    car.topic("connectivity", connectivity("RESTING", "B"))
    car.topic("connectivity", connectivity("DISCONNECTED", "b"))

    assert car.links == [(1, None), (2, None), (1, None), (0, None)]
    assert car.events == [Event.CONNECTED] * 2


def test_a_car_that_talks_is_awake_and_lapses(car: Heard) -> None:
    car.topic("v/Soc", 5)
    car.topic("v/Soc", 6)

    assert car.links == [(1, None)]
    assert car.events == [Event.CONNECTED]
    assert car.broadcast.lapse(NOW + 1) == NOW + INFERRED_FOR
    assert car.broadcast.lapse(NOW + INFERRED_FOR) is None
    assert car.links == [(1, None), (0, None)]


def test_a_kept_connection_proves_nothing_until_the_car_talks(car: Heard) -> None:
    car.topic("connectivity", connectivity("CONNECTED"), retained=True)
    assert (car.links, car.events) == ([(0, None)], [])

    car.topic("v/Soc", 5)
    assert (car.links, car.events) == ([(0, None), (1, None)], [Event.CONNECTED])
    car.topic("connectivity", connectivity("DISCONNECTED"))
    assert car.links[-1] == (0, None)


def test_all_is_forgotten_while_the_broker_is_away(car: Heard) -> None:
    car.topic("connectivity", connectivity("CONNECTED"))
    car.broadcast.forget(NOW)
    assert car.links == [(1, None), (0, None)]

    # What is heard afterwards is heard on a connection of which nobody has told yet.
    car.topic("v/Soc", 5)
    assert car.links[-1] == (1, None)


def test_a_record_is_dated_by_the_car(car: Heard) -> None:
    car.record(v_record())

    (report,) = car.reports
    assert report.values == {battery.LEVEL: 63.0}
    assert (report.at, report.received, report.source, report.snapshot) == (
        CREATED_AT,
        ARRIVED,
        "mqtt",
        False,
    )
    assert (car.signals, car.fields) == (1, {42: 1})
    assert (car.links, car.events) == ([(1, None)], [Event.CONNECTED])


@pytest.mark.parametrize("created", [None, FUTURE, "1970-01-01T00:00:00Z"])
def test_a_record_that_cannot_be_dated_is_of_its_arrival(car: Heard, created: str | None) -> None:
    car.record(v_record(created))

    assert [report.at for report in car.reports] == [ARRIVED]


def test_a_kept_record_is_a_snapshot_with_its_time(car: Heard) -> None:
    car.record(v_record(), retained=True)

    (report,) = car.reports
    assert (report.at, report.snapshot) == (CREATED_AT, True)
    assert (car.signals, car.links, car.events) == (0, [], [])


def test_what_is_no_alert_pauses_as_often_as_what_is(car: Heard) -> None:
    assert car.topic("alerts/a/history", [0] * (3 * AT_ONCE)) == 3
    assert car.skipped == {"an alert": 3 * AT_ONCE}
    assert car.alerts == []


def test_a_flat_record_of_very_many_fields_is_taken_over_in_several_goes(car: Heard) -> None:
    fields = {f"Field{number}": number for number in range(2 * FIELDS_AT_ONCE)}
    paused = car.record({"CreatedAt": CREATED, "Vin": VIN, **fields, "BatteryLevel": 63.0})

    assert paused == 3
    assert [report.values for report in car.reports] == [{battery.LEVEL: 63.0}]
    assert car.signals == 2 * FIELDS_AT_ONCE + 1


@pytest.mark.parametrize("created", [None, FUTURE])
@pytest.mark.parametrize("flat", [False, True])
def test_a_kept_record_without_a_time_is_of_unknown_age(
    car: Heard,
    created: str | None,
    flat: bool,  # noqa: FBT001
) -> None:
    record = {"CreatedAt": created, "Vin": VIN, "BatteryLevel": 63.0} if flat else v_record(created)

    car.record(record, retained=True)

    assert [(report.at, report.snapshot) for report in car.reports] == [(UNKNOWN_AGE, True)]


def test_each_datum_of_a_record_is_billed(car: Heard) -> None:
    soc = {"key": "Soc", "value": {"doubleValue": 5}}

    car.record(v_record(CREATED, soc, soc, {"key": 300, "value": None}, {"key": "OfTomorrow", "value": {}}))

    assert car.signals == 4
    assert car.fields == {8: 2, 300: 1}
    assert +car.skipped == {"300": 1, "OfTomorrow": 1}


def test_the_logs_form_is_read_by_name(car: Heard) -> None:
    car.record(
        {
            "Vin": VIN,
            "CreatedAt": CREATED,
            "IsResend": False,
            "BatteryLevel": 63,
            "ChargeLimitSoc": "80",
            "X": 1,
        }
    )

    (report,) = car.reports
    assert report.values == {battery.LEVEL: 63, charge.LIMIT: 80}
    assert (report.at, report.source, report.snapshot) == (CREATED_AT, "mqtt", False)
    assert (car.signals, car.fields) == (3, {42: 1, 38: 1})
    assert sum(car.skipped.values()) == 1


def test_alerts_of_a_record_keep_their_fractions(car: Heard) -> None:
    record = {
        "alerts": [{"name": "a", "audiences": ["Service"], "startedAt": "2026-10-07T10:19:50.5Z"}],
        "vin": VIN,
    }

    car.record(record)
    car.record(record, retained=True)

    assert car.alerts == car.kept_alerts == [Alert("a", ("service",), CREATED_AT + 0.5, None)]
    assert (car.signals, car.fields) == (1, {})


def test_many_alerts_of_a_record_are_taken_over_in_several_goes(car: Heard) -> None:
    assert car.record({"alerts": [{"name": "a"}] * (2 * AT_ONCE + 1)}) == 3


def test_errors_of_a_record_are_complaints(car: Heard) -> None:
    record = {"errors": [{"name": "e", "body": "b", "createdAt": CREATED}, {"name": "f", "body": ""}]}

    car.record(record)
    car.record(record, retained=True)

    assert [(one.name, one.at) for one in car.complaints] == [
        ("e", CREATED_AT),
        ("f", ARRIVED),
        ("e", CREATED_AT),
        ("f", UNKNOWN_AGE),
    ]


def test_connections_of_a_record_have_their_network(car: Heard) -> None:
    def told(status: str, connection: str = "A", interface: str = "wifi") -> dict[str, str]:
        return {"connectionId": connection, "status": status, "networkInterface": interface, "vin": VIN}

    car.record(told("CONNECTED"))
    car.record(told("CONNECTED", "B", ""))
    car.record(told("DISCONNECTED", "b"))
    car.record(told("DISCONNECTED", "a"))
    car.record(told("CONNECTED", "c"), retained=True)
    car.record(told("OTHER", "d"))

    assert car.links == [(1, "wifi"), (2, None), (1, "wifi"), (0, None)]
