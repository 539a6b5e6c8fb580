"""Records in protobuf."""

from custom_components.tesla_direct.tesla.proto import (
    vehicle_alert_pb2 as alert_pb,
)
from custom_components.tesla_direct.tesla.proto import (
    vehicle_data_pb2 as data_pb,
)
from custom_components.tesla_direct.tesla.proto import (
    vehicle_error_pb2 as error_pb,
)
from simulator.car.body import Alert
from simulator.car.collector import Complaint
from simulator.car.firmware import Firmware
from simulator.car.model import MODEL_3, MODEL_Y
from simulator.car.records import alerts, errors, payload, signals, stamp

from ..vectors import fixture

NOW = 1_791_360_000.5009


def test_signals_carry_time_and_vin() -> None:
    record = signals({"Soc": 62.17, "VehicleSpeed": None}, NOW, "VIN1", Firmware(MODEL_3), preferred=True)
    message = data_pb.Payload.FromString(record.payload)

    assert (message.vin, message.is_resend) == ("VIN1", False)
    assert (message.created_at.seconds, message.created_at.nanos) == (1_791_360_000, 500_000_000)
    assert {datum.key: datum.value.WhichOneof("value") for datum in message.data} == {
        data_pb.Field.Soc: "double_value",
        data_pb.Field.VehicleSpeed: "invalid",
    }
    assert record.data == tuple(message.data)


def test_old_firmware_writes_what_the_fixture_shows() -> None:
    said = {row["key"]: row["value"] for row in fixture("telemetry_payload_strings")["data"]}
    values = {
        "BatteryLevel": 63.42,
        "ChargeState": "Enable",
        "Gear": "P",
        "Locked": True,
        "SentryMode": "Armed",
        "VehicleSpeed": None,
    }

    record = signals(values, NOW, "", Firmware(MODEL_Y), preferred=True)

    message = data_pb.Payload.FromString(record.payload)
    for datum in message.data:
        assert {"stringValue": datum.value.string_value} == said[data_pb.Field.Name(datum.key)]


def test_no_time_is_rounded_ahead() -> None:
    written = stamp(1.9999)

    assert (written.seconds, written.nanos) == (1, 999_000_000)


def test_a_resend_says_so() -> None:
    message = data_pb.Payload.FromString(payload((), NOW, "VIN1", resent=True).payload)

    assert message.is_resend
    assert len(message.data) == 0


def test_alerts_end_or_go_on() -> None:
    over = Alert(name="A", audiences=("Service", "Customer"), started=1.0, ended=2.0)
    record = alerts([over, Alert(name="B", audiences=(), started=3.0)], NOW, "VIN1")
    message = alert_pb.VehicleAlerts.FromString(record.payload)

    assert record.topic == "alerts"
    assert [(row.name, list(row.audiences), row.HasField("ended_at")) for row in message.alerts] == [
        ("A", [alert_pb.Service, alert_pb.Customer], True),
        ("B", [], False),
    ]


def test_errors_carry_their_tags() -> None:
    record = errors([Complaint("unsupported_field", (("field_name", "X"),))], NOW, "VIN1")
    message = error_pb.VehicleErrors.FromString(record.payload)

    assert record.topic == "errors"
    assert message.errors[0].name == "unsupported_field"
    assert dict(message.errors[0].tags) == {"field_name": "X"}
