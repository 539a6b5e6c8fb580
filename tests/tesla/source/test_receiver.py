"""What our own telemetry server's records become, on their way to a car."""

from collections import Counter
from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from google.protobuf.message import Message
import pytest

from custom_components.tesla_direct.tesla.decode.payload import Car
from custom_components.tesla_direct.tesla.fleet_telemetry.connection import Connection, Record
from custom_components.tesla_direct.tesla.fleet_telemetry.identity import Identity
from custom_components.tesla_direct.tesla.fleet_telemetry.server import Link
from custom_components.tesla_direct.tesla.proto.vehicle_alert_pb2 import VehicleAlert, VehicleAlerts
from custom_components.tesla_direct.tesla.proto.vehicle_data_pb2 import Field, Payload
from custom_components.tesla_direct.tesla.proto.vehicle_error_pb2 import VehicleError, VehicleErrors
from custom_components.tesla_direct.tesla.proto.vehicle_metric_pb2 import Metric, VehicleMetrics
from custom_components.tesla_direct.tesla.source.receiver import METRICS_LIMIT, ReceiverSource
from custom_components.tesla_direct.tesla.vehicle.alert import Alert, Complaint
from custom_components.tesla_direct.tesla.vehicle.connectivity import Event
from custom_components.tesla_direct.tesla.vehicle.signal import Report
from custom_components.tesla_direct.tesla.vehicle.signals import battery, climate, drive
from custom_components.tesla_direct.tesla.vehicle.sources import RECEIVER
from custom_components.tesla_direct.tesla.vehicle.state import VehicleState

VIN = "5YJ3E1EA7KF000001"
NOW = 1_791_360_000.0


class Heard:
    """A car that keeps whatever is delivered, in the order of its arrival."""

    def __init__(self) -> None:
        self.state = VehicleState()
        self.reports: list[Report] = []
        self.events: list[Event] = []
        self.alerts: list[Alert] = []
        self.complaints: list[Complaint] = []
        self.signals = 0
        self.fields: Counter[int] = Counter()
        self.links: list[tuple[int, str | None]] = []
        self.order: list[str] = []

    def apply(self, report: Report) -> None:
        self.state.apply(report)
        self.reports.append(report)
        self.order.append("report")

    def witness(self, event: Event) -> None:
        self.events.append(event)
        self.order.append(event.name)

    def alert(self, alerts: Iterable[Alert], *, snapshot: bool = False) -> None:
        assert not snapshot
        self.alerts += alerts

    def complain(self, complaints: Iterable[Complaint]) -> None:
        self.complaints += complaints

    def count(self, signals: int, fields: Sequence[int] = ()) -> None:
        self.signals += signals
        self.fields.update(fields)

    def set_links(self, source: str, links: int, network_interface: str | None = None) -> None:
        assert source == RECEIVER
        self.links.append((links, network_interface))
        self.order.append(f"{links} links")


class Receiver:
    """A source, and the car it delivers to."""

    def __init__(self) -> None:
        self.car = Car(zone=ZoneInfo("Europe/London"))
        self.heard = Heard()
        self.source = ReceiverSource(self.heard, lambda: self.car)

    def take(
        self, topic: str, message: Message | bytes, received: float = NOW, *, large: bool = False
    ) -> int:
        """Take a record over to its end; return how often that paused."""
        made = None if isinstance(message, bytes) else message
        content = message if isinstance(message, bytes) else b""
        record = Record(topic, b"t1", VIN, "1.2.0", made, content, large)  # type: ignore[arg-type]  # any of them
        return len(list(self.source.take(record, received)))


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


def link(interface: str = "", number: int = 1) -> Link:
    return Link(
        connection=Connection(Identity("vehicle_device", VIN)),
        connection_id=f"socket-{number}",
        network_interface=interface,
        opened_at=NOW,
    )


def payload(data: int = 1, level: float = 63.0) -> Payload:
    message = Payload()
    message.created_at.FromSeconds(int(NOW) - 10)
    for _ in range(data):
        message.data.add(key=Field.Value("BatteryLevel")).value.double_value = level
    return message


def test_nothing_is_connected_until_somebody_is(receiver: Receiver) -> None:
    receiver.source.announce()

    assert receiver.heard.links == [(0, None)]
    assert receiver.heard.events == []


def test_a_connection_says_that_the_car_is_awake(receiver: Receiver) -> None:
    receiver.source.link_opened(link("wifi"))

    assert receiver.heard.links == [(1, "wifi")]
    assert receiver.heard.events == [Event.CONNECTED]


def test_that_it_is_connected_is_known_before_that_it_is_awake(receiver: Receiver) -> None:
    receiver.source.link_opened(link())

    assert receiver.heard.order == ["1 links", "CONNECTED"]


def test_a_car_is_connected_as_long_as_one_of_its_sockets_is(receiver: Receiver) -> None:
    wifi, cellular = link("wifi", 1), link("cellular", 2)

    receiver.source.link_opened(wifi)
    receiver.source.link_opened(cellular)
    receiver.source.link_closed(wifi)
    receiver.source.link_closed(cellular)

    assert receiver.heard.links == [(1, "wifi"), (2, "cellular"), (1, "cellular"), (0, None)]


def test_an_older_socket_shows_its_network_again_when_the_newer_one_ends(receiver: Receiver) -> None:
    wifi, cellular = link("wifi", 1), link("cellular", 2)
    receiver.source.link_opened(wifi)
    receiver.source.link_opened(cellular)
    receiver.source.link_closed(cellular)

    assert receiver.heard.links[-1] == (1, "wifi")


def test_the_end_of_a_socket_that_nobody_knew_changes_nothing(receiver: Receiver) -> None:
    receiver.source.link_opened(link(number=1))
    receiver.source.link_closed(link(number=2))

    assert receiver.heard.links[-1] == (1, "")


def test_a_record_is_a_report_and_each_datum_is_billed(receiver: Receiver) -> None:
    assert receiver.take("V", payload(3)) == 0

    (report,) = receiver.heard.reports
    assert (report.values, report.at, report.received) == ({battery.LEVEL: 63.0}, NOW - 10, NOW)
    assert receiver.heard.signals == 3
    assert receiver.heard.fields == {Field.Value("BatteryLevel"): 3}


def test_what_is_invalid_unknown_or_sent_again_is_billed_too(receiver: Receiver) -> None:
    message = Payload(is_resend=True)
    message.data.add(key=Field.Value("Soc")).value.invalid = True
    message.data.add(key=Field.Value("Unknown")).value.double_value = 1.0
    message.data.add(key=Field.Value("Gear"))
    receiver.take("V", message)

    assert receiver.heard.signals == 3
    assert receiver.heard.fields == dict.fromkeys(map(Field.Value, ("Soc", "Unknown", "Gear")), 1)
    assert receiver.source.skipped == Counter({"Unknown": 1, "Gear": 1})


def test_an_empty_record_costs_nothing(receiver: Receiver) -> None:
    receiver.take("V", Payload())

    assert receiver.heard.signals == 0


def test_a_large_record_pauses_and_is_told_whole(receiver: Receiver) -> None:
    assert receiver.take("V", payload(5_000), large=True) > 1

    (report,) = receiver.heard.reports
    assert report.values == {battery.LEVEL: 63.0}
    assert receiver.heard.signals == 5_000
    assert receiver.heard.fields == {Field.Value("BatteryLevel"): 5_000}


def test_a_large_record_that_is_left_halfway_is_not_told(receiver: Receiver) -> None:
    record = Record("V", b"t1", VIN, "1.2.0", payload(5_000), b"", large=True)
    pauses = iter(receiver.source.take(record, NOW))
    next(pauses)

    assert receiver.heard.reports == []
    assert receiver.heard.signals == 0


def test_what_is_known_of_the_car_by_then_decides_how_it_is_read(receiver: Receiver) -> None:
    message = Payload()
    message.data.add(key=Field.Value("HvacLeftTemperatureRequest")).value.double_value = 20.0
    receiver.take("V", message)
    receiver.car = Car(zone=ZoneInfo("Europe/London"), right_hand_drive=True)
    receiver.take("V", message, NOW + 1)

    assert [set(report.values) for report in receiver.heard.reports] == [
        {climate.DRIVER_TEMP_SETTING},
        {climate.PASSENGER_TEMP_SETTING},
    ]


def test_a_record_that_was_late_does_not_undo_a_newer_one(receiver: Receiver) -> None:
    newer, older = Payload(), Payload()
    newer.created_at.FromSeconds(int(NOW) - 1)
    newer.data.add(key=Field.Value("VehicleSpeed")).value.double_value = 0.0
    older.created_at.FromSeconds(int(NOW) - 600)
    older.data.add(key=Field.Value("VehicleSpeed")).value.double_value = 58.0
    receiver.take("V", newer)
    receiver.take("V", older)

    assert receiver.heard.state.get(drive.SPEED) == 0.0


def test_alerts_are_handed_on_and_billed_one_each(receiver: Receiver) -> None:
    receiver.take("alerts", VehicleAlerts(alerts=[VehicleAlert(name="a"), VehicleAlert(name="b")]))

    assert [alert.name for alert in receiver.heard.alerts] == ["a", "b"]
    assert receiver.heard.signals == 2
    assert not receiver.heard.fields


def test_many_alerts_pause_and_none_is_lost(receiver: Receiver) -> None:
    many = VehicleAlerts(alerts=[VehicleAlert(name=str(number)) for number in range(1_234)])

    assert receiver.take("alerts", many) > 10
    assert [alert.name for alert in receiver.heard.alerts] == [str(number) for number in range(1_234)]


def test_errors_are_complaints_and_not_billed(receiver: Receiver) -> None:
    many = VehicleErrors(errors=[VehicleError(name=str(number)) for number in range(1_234)])

    assert receiver.take("errors", many) > 10
    assert [one.name for one in receiver.heard.complaints] == [str(number) for number in range(1_234)]
    assert {one.at for one in receiver.heard.complaints} == {NOW}
    assert receiver.heard.signals == 0


def metrics(**values: float) -> bytes:
    return VehicleMetrics(
        metrics=[Metric(name=name, value=value) for name, value in values.items()]
    ).SerializeToString()


def test_of_each_metric_the_newest_is_kept(receiver: Receiver) -> None:
    receiver.take("metrics", metrics(sent=1.0, dropped=0.0))
    receiver.take("metrics", metrics(sent=2.0))

    assert receiver.source.metrics == {"sent": 2.0, "dropped": 0.0}
    assert receiver.heard.signals == 0
    assert receiver.heard.reports == []


def test_a_car_cannot_make_us_keep_any_number_of_metrics(receiver: Receiver) -> None:
    receiver.take("metrics", metrics(**{f"m{number}": 1.0 for number in range(10 * METRICS_LIMIT)}))
    receiver.take("metrics", metrics(m0=7.0, another=1.0))

    assert len(receiver.source.metrics) == METRICS_LIMIT
    assert receiver.source.metrics["m0"] == 7.0


@pytest.mark.parametrize("content", [b"\xff", b"\x0a\x05", b"\x00" * 8])
def test_metrics_that_nobody_can_read_are_counted(receiver: Receiver, content: bytes) -> None:
    assert receiver.take("metrics", content) == 0

    assert receiver.source.metrics == {}
    assert receiver.source.skipped.total() == 1


@pytest.mark.parametrize("topic", ["connectivity", "something else"])
def test_what_is_none_of_these_is_left_alone(receiver: Receiver, topic: str) -> None:
    assert receiver.take(topic, b"\x0a\x01x") == 0

    assert receiver.heard.order == []
    assert receiver.heard.signals == 0
    assert receiver.source.skipped == Counter()
