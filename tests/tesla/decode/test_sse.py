"""What events of Teslemetry's stream say, and what they do not."""

from collections import Counter
import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.decode import sse
from custom_components.tesla_direct.tesla.decode.payload import Car
from custom_components.tesla_direct.tesla.decode.sse import (
    FIELDS_AT_ONCE,
    ROWS_AT_ONCE,
    Said,
    SaidAlerts,
    SaidConfig,
    SaidData,
    SaidErrors,
    SaidLink,
    SaidState,
    SaidVehicleData,
)
from custom_components.tesla_direct.tesla.fleet_api.teslemetry_rows import CreditsEvent
from custom_components.tesla_direct.tesla.vehicle.alert import Alert, Complaint
from custom_components.tesla_direct.tesla.vehicle.connectivity import Event
from custom_components.tesla_direct.tesla.vehicle.signal import UNKNOWN_AGE, AnySignal
from custom_components.tesla_direct.tesla.vehicle.signals import (
    battery,
    charge,
    closures,
    connection,
    drive,
    place,
)

FIXTURES = Path(__file__).parents[2] / "fixtures"
VIN = "5YJ3E7EB0SF000001"
OTHER_VIN = "7SAYGDEF1SA000002"
AT = 1_791_368_400.5  # 2026-10-07T10:20:00.5Z
CREATED = "2026-10-07T10:20:00.500Z"
RECEIVED = AT + 2
CAR = Car(zone=ZoneInfo("Europe/London"), firmware=(2026, 26, 6))


def read(event: Any, received: float = RECEIVED) -> tuple[list[Said | CreditsEvent], Counter[str]]:
    skipped = Counter[str]()
    return list(sse.read(json.dumps(event).encode(), received, skipped)), skipped


def one(**content: Any) -> Said | CreditsEvent:
    """Return the one thing that an event says."""
    (said,), skipped = read({"vin": VIN, "createdAt": CREATED} | content)
    assert not skipped
    return said


def values(**fields: Any) -> tuple[dict[AnySignal, Any], Counter[str]]:
    skipped = Counter[str]()
    said = SaidData(vin=VIN, at=AT, snapshot=False, fields=fields)
    return dict(sse.data_report(said, CAR, RECEIVED, skipped).values), skipped


def test_captured_events_are_understood() -> None:
    events = json.loads((FIXTURES / "teslemetry_sse_events.json").read_text())
    found = [said for event in events for said in read(event)[0]]

    assert [type(said) for said in found] == [SaidData, SaidState, SaidLink, SaidVehicleData, SaidAlerts]
    assert {said.vin for said in found} == {VIN}
    assert {(said.at, said.snapshot) for said in found} == {(AT, False)}


@pytest.mark.parametrize(
    ("word", "event"),
    [("online", Event.SAID_ONLINE), ("asleep", Event.SAID_ASLEEP), ("OFFLINE", Event.SAID_OFFLINE)],
)
def test_a_state_is_the_clouds_word(word: str, event: Event) -> None:
    assert one(state=word) == SaidState(vin=VIN, at=AT, snapshot=False, event=event)


def test_what_was_so_before_is_a_snapshot() -> None:
    assert one(state="online", isCache=True) == SaidState(
        vin=VIN, at=AT, snapshot=True, event=Event.SAID_ONLINE
    )


@pytest.mark.parametrize(
    ("cached", "snapshot"),
    [("true", True), (1, True), ("false", False), (0, False), (False, False), (None, False), ("x", False)],
)
def test_that_it_is_a_snapshot_may_be_told_in_any_spelling(cached: object, snapshot: bool) -> None:  # noqa: FBT001
    said = one(state="online", isCache=cached)

    assert isinstance(said, SaidState)
    assert said.snapshot is snapshot


@pytest.mark.parametrize("created", [None, "soon", 5, "1970-01-01T00:00:00Z"])
def test_an_undated_snapshot_is_of_unknown_age(created: object) -> None:
    event = {"vin": VIN, "createdAt": created, "data": {"Soc": 5}}
    (cached,), _ = read(event | {"isCache": True})
    (live,), _ = read(event)

    assert cached.at == UNKNOWN_AGE
    assert live.at == RECEIVED


def test_an_event_that_says_very_much_says_it_in_several_goes() -> None:
    fields = {f"Field{number}": number for number in range(2 * FIELDS_AT_ONCE + 1)}
    alerts = [{"name": f"alert {number}"} for number in range(2 * ROWS_AT_ONCE + 1)]
    errors = [{"name": f"error {number}"} for number in range(2 * ROWS_AT_ONCE + 1)]
    found, skipped = read(
        {"vin": VIN, "createdAt": CREATED, "data": fields, "alerts": alerts, "errors": errors}
    )

    said = {
        kind: [one for one in found if isinstance(one, kind)] for kind in (SaidData, SaidAlerts, SaidErrors)
    }
    assert [len(parts) for parts in said.values()] == [3, 3, 3]
    assert {
        name: raw for part in found if isinstance(part, SaidData) for name, raw in part.fields.items()
    } == fields
    told = [alert.name for part in found if isinstance(part, SaidAlerts) for alert in part.alerts]
    assert told == [alert["name"] for alert in alerts]
    complaints = [one.name for part in found if isinstance(part, SaidErrors) for one in part.complaints]
    assert complaints == [error["name"] for error in errors]
    assert not skipped


@pytest.mark.parametrize(
    ("status", "interface", "link"),
    [
        ("CONNECTED", "wifi", (True, "wifi")),
        ("connected", "WiFi", (True, "wifi")),
        ("Disconnected", "Cellular", (False, "cellular")),
        ("DISCONNECTED", None, (False, None)),
    ],
)
def test_connections_are_told_in_any_case(
    status: str, interface: str | None, link: tuple[bool, str | None]
) -> None:
    said = one(status=status, networkInterface=interface)

    assert isinstance(said, SaidLink)
    assert (said.connected, said.network_interface) == link


def test_alerts_are_told_with_their_times() -> None:
    said = one(
        alerts=[
            {
                "name": "A",
                "audiences": ["Customer", "ServiceFix", "Odd", 3],
                "startedAt": "2026-10-02T08:11:00Z",
            },
            {"name": "B", "startedAt": "2026-10-02T08:11:00.123456789", "endedAt": "2026-10-02T08:12:00Z"},
            {"name": "never ends", "startedAt": None, "endedAt": "soon"},
            {"name": "no begin", "startedAt": 5},
            {"audiences": []},
            "nonsense",
        ]
    )

    assert isinstance(said, SaidAlerts)
    assert said.alerts == (
        Alert("A", ("customer", "service_fix"), 1_790_928_660.0, None),
        Alert("B", (), 1_790_928_660.123456, 1_790_928_720.0),
    )


def test_errors_are_told_with_their_tags() -> None:
    said = one(
        errors=[
            {"name": "E", "body": "why", "createdAt": "2026-10-02T08:11:00Z", "tags": {"b": 1, "a": "x"}},
            {"name": "F", "body": None, "createdAt": "2036-10-02T08:11:00Z"},
            {"name": "G"},
            {"body": "no name"},
            None,
        ]
    )

    assert isinstance(said, SaidErrors)
    assert said.complaints == (
        Complaint("E", "why", (("a", "x"), ("b", "1")), 1_790_928_660.0),
        Complaint("F", "", (), RECEIVED),
        Complaint("G", "", (), AT),
    )


@pytest.mark.parametrize(
    ("config", "fields"),
    [({"fields": {"Soc": None}}, {"Soc": None}), ({"fields": None}, {}), ({}, {}), (None, {})],
)
def test_a_configuration_is_told_whole(config: object, fields: dict[str, Any]) -> None:
    assert one(config=config) == SaidConfig(vin=VIN, at=AT, snapshot=False, fields=fields)


def test_credits_may_be_of_no_car() -> None:
    event = {"createdAt": CREATED, "credits": {"type": "wake", "cost": 20, "name": "wake_up", "balance": 5}}

    (spent,), _ = read(event)

    assert spent == CreditsEvent(
        kind="wake", name="wake_up", cost=20.0, balance=5.0, quota={}, vin=None, at=AT, snapshot=False
    )


@pytest.mark.parametrize(
    ("created", "at"),
    [
        ("2026-10-07T10:20:00.500Z", AT),
        ("2026-10-07T10:20:00.500000Z", AT),
        ("2026-10-07T10:20:00.500000000Z", AT),
        ("2026-10-07T10:20:00.500", AT),
        ("2026-10-07T12:20:00.5+02:00", AT),
        ("2016-01-01T00:00:00Z", 1_451_606_400.0),
        ("2026-10-07T10:20:30Z", RECEIVED),  # ahead of us
        ("1970-01-01T00:00:01Z", RECEIVED),  # a clock that was never set
        ("yesterday", RECEIVED),
        ("9999-12-31T23:59:59.999999999-23:59", RECEIVED),
        (1_791_368_400, RECEIVED),
        (None, RECEIVED),
    ],
)
def test_times_are_read_in_every_spelling(created: object, at: float) -> None:
    (said,), _ = read({"vin": VIN, "createdAt": created, "state": "online"})

    assert isinstance(said, SaidState)
    assert said.at == at


def test_a_vin_is_found_in_any_case() -> None:
    (said,), _ = read({"vin": VIN.lower(), "createdAt": CREATED, "state": "online"})

    assert said.vin == VIN


@pytest.mark.parametrize(
    ("event", "counted"),
    [
        ({"vin": VIN, "state": "dreaming"}, "state"),
        ({"vin": VIN, "state": None}, "state"),
        ({"state": "online"}, "state"),
        ({"vin": 5, "state": "online"}, "state"),
        ({"vin": VIN, "data": [{"key": "Soc"}]}, "data"),
        ({"vin": VIN, "status": "maybe"}, "status"),
        ({"vin": VIN, "alerts": {}}, "alerts"),
        ({"vin": VIN, "errors": "none"}, "errors"),
        ({"vin": VIN, "vehicle_data": None}, "vehicle_data"),
        ({"vin": VIN, "vehicle_data": {"vin": OTHER_VIN}}, "vehicle_data"),
        ({"vin": VIN, "config": []}, "config"),
        ({"credits": None}, "credits"),
        ({"vin": VIN, "weather": "fine"}, "unknown"),
        ({}, "unknown"),
        ({"site_id": 5, "live_status": {}}, "live_status"),
        ({"site_id": "5", "site_info": {}}, "site_info"),
        ({"site_id": "5", "tariff_content_v2": None}, "tariff_content_v2"),
        ({"id": 5, "date": "2026-10-04", "totals": {}}, "totals"),
        ([], "no_json"),
        ("text", "no_json"),
    ],
)
def test_what_says_nothing_is_counted(event: object, counted: str) -> None:
    assert read(event) == ([], Counter({counted: 1}))


@pytest.mark.parametrize("data", [b"", b"{", b'{"vin":', b"\xff\xfe", b"[" * 100_000, b"9" * 5_000])
def test_what_is_no_json_is_counted(data: bytes) -> None:
    skipped = Counter[str]()

    assert list(sse.read(data, RECEIVED, skipped)) == []
    assert skipped == {"no_json": 1}


def test_one_event_may_say_several_things() -> None:
    found, _ = read({"vin": VIN, "createdAt": CREATED, "state": "online", "data": {"Soc": 5}})

    assert [type(said) for said in found] == [SaidState, SaidData]


def test_fields_are_read_in_whichever_spelling() -> None:
    found, skipped = values(
        BatteryLevel="66.1",
        DetailedChargeState="DetailedChargeStateCharging",
        Gear=None,
        VehicleSpeed=31,
        DoorState={"DriverFront": True, "DriverRear": False, "TrunkRear": False},
        Location={"latitude": 51.5, "longitude": -0.1},
        OfTomorrow=1,
    )

    assert found[battery.LEVEL] == 66.1
    assert found[charge.STATE] == "charging"
    assert found[drive.GEAR] is None
    assert found[drive.SPEED] == 31
    assert found[closures.DOOR_DRIVER_FRONT] is True
    assert found[place.LOCATION] is not None
    assert sum(skipped.values()) == 1


def test_fields_are_dated_by_the_car() -> None:
    said = SaidData(vin=VIN, at=AT, snapshot=True, fields={"BatteryLevel": 5})

    report = sse.data_report(said, CAR, RECEIVED, Counter())

    assert (report.at, report.received, report.source, report.snapshot) == (AT, RECEIVED, "sse", True)


def test_a_snapshot_of_the_cloud_has_its_own_times() -> None:
    document = json.loads((FIXTURES / "vehicle_data_charging.json").read_text())["response"]
    at = document["charge_state"]["timestamp"] / 1000
    said = SaidVehicleData(vin=VIN, at=at + 60, snapshot=True, document=document)

    reports = sse.vehicle_data_reports(said, at + 90, Counter())

    charging = next(report for report in reports if battery.LEVEL in report.values)
    assert (charging.at, charging.received) == (at, at + 90)
    assert {(report.source, report.snapshot) for report in reports} == {("poll", True)}
    assert not [report for report in reports if connection.STATE in report.values]
    top = next(report for report in reports if connection.IN_SERVICE in report.values)
    assert top.at == at + 60  # undated, so it is as old as what brought it


def test_a_snapshot_that_says_nothing_but_its_state_is_no_report() -> None:
    said = SaidVehicleData(vin=VIN, at=AT, snapshot=False, document={"state": "online"})

    assert sse.vehicle_data_reports(said, RECEIVED, Counter()) == []


def test_nothing_private_is_shown_in_a_log() -> None:
    found, _ = read(
        {
            "vin": VIN,
            "data": {"Location": {"latitude": 51.5, "longitude": -0.1}},
            "vehicle_data": {"drive_state": {"latitude": 51.5}},
        }
    )

    assert len(found) == 2
    assert VIN not in repr(found)
    assert "51.5" not in repr(found)


FIELD_NAMES = st.sampled_from(
    [
        "Soc",
        "Gear",
        "Location",
        "DoorState",
        "Version",
        "ScheduledChargingStartTime",
        "CarType",
        "Nonsense",
        "5",
    ]
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["online", "<invalid>", "5", CREATED, VIN, "CONNECTED", ""])
    | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            FIELD_NAMES
            | st.sampled_from(
                ["name", "startedAt", "tags", "fields", "latitude", "longitude", "cost", "charge_state"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(
        st.sampled_from([*sse.READERS, *sse.ENERGY, "vin", "createdAt", "isCache", "odd"]), VALUES
    ),
    st.booleans(),
)
def test_whatever_an_event_holds_nothing_is_raised(event: dict[str, Any], ours: bool) -> None:  # noqa: FBT001  # drawn
    skipped = Counter[str]()
    found = list(sse.read(json.dumps(event | ({"vin": VIN} if ours else {})).encode(), RECEIVED, skipped))

    assert found or skipped
    for said in found:
        assert said.at <= RECEIVED
        if isinstance(said, SaidData):
            report = sse.data_report(said, CAR, RECEIVED, skipped)
            assert report.at <= RECEIVED
        elif isinstance(said, SaidVehicleData):
            for report in sse.vehicle_data_reports(said, RECEIVED, skipped):
                assert report.at <= RECEIVED


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_counted(data: bytes) -> None:
    skipped = Counter[str]()

    assert list(sse.read(data, RECEIVED, skipped)) or skipped
