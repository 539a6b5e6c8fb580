"""What a stream says of one car, on its way to it: links, witnesses, readings."""

from collections import Counter
from dataclasses import replace
import json
from typing import Any

import pytest

from custom_components.tesla_direct.tesla.decode import sse
from custom_components.tesla_direct.tesla.decode.sse import Said, SaidLink, SaidState
from custom_components.tesla_direct.tesla.source.streamed_car import LATE, StreamedCar
from custom_components.tesla_direct.tesla.vehicle.connectivity import Event
from custom_components.tesla_direct.tesla.vehicle.signals import battery, drive

from .streamed import AT, CREATED, VIN
from .told import Told

NOW = AT + 1000


@pytest.fixture
def heard() -> Told:
    return Told("sse")


@pytest.fixture
def car(heard: Told) -> StreamedCar:
    return StreamedCar(heard)


def tell(car: StreamedCar, after: float = 0.0, **content: Any) -> Counter[str]:
    """Have the stream say something that was so some seconds after `AT`."""
    skipped = Counter[str]()
    raw = json.dumps({"vin": VIN, "createdAt": CREATED} | content).encode()
    for said in sse.read(raw, NOW, skipped):
        assert isinstance(said, Said)
        car.take(replace(said, at=said.at + after), NOW, skipped)
    return skipped


CONNECTED: dict[str, Any] = {"status": "CONNECTED", "networkInterface": "WiFi"}
DISCONNECTED: dict[str, Any] = {"status": "DISCONNECTED", "networkInterface": "WiFi"}
DATA: dict[str, Any] = {"data": {"BatteryLevel": 61.0}}


def test_at_first_no_connection_is_known(car: StreamedCar, heard: Told) -> None:
    car.announce()

    assert heard.heard == [("links", 0, None)]


def test_a_connection_is_told_and_seen(car: StreamedCar, heard: Told) -> None:
    tell(car, **CONNECTED)
    tell(car, 5, **DISCONNECTED)

    assert heard.heard == [("links", 1, "wifi"), Event.CONNECTED, ("links", 0, None)]


def test_an_older_word_on_the_connection_changes_nothing(car: StreamedCar, heard: Told) -> None:
    tell(car, 5, **CONNECTED)
    tell(car, 0, **DISCONNECTED)

    assert heard.links == [1]


def test_live_data_open_a_connection_while_none_is_known(car: StreamedCar, heard: Told) -> None:
    tell(car, **DATA)
    tell(car, 5, **DATA)

    assert heard.heard == [("links", 1, None), Event.CONNECTED, "report", "report"]
    assert heard.state.get(battery.LEVEL) == 61.0


def test_data_that_were_still_on_their_way_open_no_connection(car: StreamedCar, heard: Told) -> None:
    tell(car, **CONNECTED)
    tell(car, 20, **DISCONNECTED)
    tell(car, 20 + LATE, **DATA)

    assert heard.links == [1, 0]
    tell(car, 21 + LATE, **DATA)
    assert heard.links == [1, 0, 1]  # the word on its begin was lost


@pytest.mark.parametrize(
    "before",
    [
        [CONNECTED],
        [{"state": "online"}],
        [CONNECTED, {"state": "asleep"}],
        [DISCONNECTED, {"state": "online"}],
    ],
    ids=["link", "state", "asleep", "disconnected"],
)
def test_a_snapshot_shows_values_and_proves_nothing(
    car: StreamedCar, heard: Told, before: list[dict[str, Any]]
) -> None:
    for content in (DATA, *before, {"errors": [{"name": "E"}]}):
        tell(car, isCache=True, **content)

    assert heard.heard == ["report"]
    assert heard.reports[0].snapshot
    assert heard.state.get(battery.LEVEL) == 61.0


def test_a_car_that_is_kept_as_connected_and_online_is_that_until_it_is_contradicted(
    car: StreamedCar, heard: Told
) -> None:
    tell(car, isCache=True, state="online")
    tell(car, isCache=True, **CONNECTED)
    assert heard.heard == [("links", 1, "wifi"), Event.CONNECTED]

    tell(car, 5, state="offline")  # which is no proof against a connection that was told
    assert heard.links == [1, 0]
    tell(car, isCache=True, **CONNECTED)  # older than what is known by now
    assert heard.links == [1, 0]


def test_what_was_kept_says_nothing_about_another_stream(car: StreamedCar, heard: Told) -> None:
    tell(car, isCache=True, state="online")
    car.lost()
    tell(car, isCache=True, **CONNECTED)

    assert heard.links == []


def test_of_a_snapshot_only_that_counts_which_was_not_told_before(car: StreamedCar, heard: Told) -> None:
    tell(car, data={"BatteryLevel": 61.0, "VehicleSpeed": 30, "Gear": None})
    car.lost()
    tell(car, 100, isCache=True, data={"BatteryLevel": 61.0, "VehicleSpeed": 20, "Gear": None, "Odometer": 9})

    assert heard.reports[1].values == {drive.SPEED: 20, drive.ODOMETER: 9}
    tell(car, 200, isCache=True, data={"BatteryLevel": 60.0, "VehicleSpeed": 20})
    assert heard.reports[2].values == {battery.LEVEL: 60.0}
    tell(car, 300, isCache=True, data={"BatteryLevel": 60.0})
    assert len(heard.reports) == 3


def test_alerts_of_a_snapshot_are_told_as_such(car: StreamedCar, heard: Told) -> None:
    tell(car, alerts=[{"name": "A"}], isCache=True)
    tell(car, alerts=[{"name": "B"}])

    assert heard.heard == [("alerts", ("A",), True), ("alerts", ("B",), False)]


def test_errors_of_the_telemetry_client_are_told(car: StreamedCar, heard: Told) -> None:
    tell(car, errors=[{"name": "E"}])

    assert heard.heard == [("errors", ("E",))]


def test_the_clouds_word_is_witnessed_in_its_order(car: StreamedCar, heard: Told) -> None:
    tell(car, 10, state="asleep")
    tell(car, 5, state="online")
    tell(car, 15, state="offline")

    assert heard.heard == [Event.SAID_ASLEEP, Event.SAID_OFFLINE]


@pytest.mark.parametrize(
    ("opened_by", "state", "links"),
    [
        (CONNECTED, "asleep", [1, 0]),
        (CONNECTED, "offline", [1]),
        (CONNECTED, "online", [1]),
        (DATA, "asleep", [1, 0]),
        (DATA, "offline", [1, 0]),
        (DATA, "online", [1]),
    ],
)
def test_a_connection_whose_end_was_lost_ends_with_the_clouds_word(
    car: StreamedCar, heard: Told, opened_by: dict[str, Any], state: str, links: list[int]
) -> None:
    tell(car, **opened_by)
    tell(car, 5, state=state)

    assert heard.links == links


def test_a_car_that_has_spoken_since_is_not_asleep(car: StreamedCar, heard: Told) -> None:
    tell(car, 10, **DATA)
    tell(car, 5, state="asleep")

    assert heard.links == [1]
    assert heard.heard[-1] is Event.SAID_ASLEEP  # what counts more is decided where all sources meet


def test_an_end_that_was_concluded_holds_against_data_on_their_way(car: StreamedCar, heard: Told) -> None:
    tell(car, **CONNECTED)
    tell(car, 50, state="asleep")
    tell(car, 55, **DATA)

    assert heard.links == [1, 0]


def test_without_the_stream_nothing_is_known_of_the_connection(car: StreamedCar, heard: Told) -> None:
    tell(car, 50, **CONNECTED)
    car.lost()
    car.lost()
    assert heard.links == [1, 0]

    tell(car, 0, **DATA)
    assert heard.links == [1, 0, 1]


def test_a_whole_vehicle_data_is_read_with_its_own_times(car: StreamedCar, heard: Told) -> None:
    timestamp = (AT - 100) * 1000
    tell(
        car,
        vehicle_data={"vin": VIN, "state": "online", "drive_state": {"speed": 30, "timestamp": timestamp}},
    )

    (report,) = heard.reports
    assert report.at == AT - 100
    assert heard.state.get(drive.SPEED) == 30
    assert heard.links == []


def test_what_nobody_can_read_is_counted(car: StreamedCar, heard: Told) -> None:
    skipped = tell(car, data={"OfTomorrow": 1, "BatteryLevel": None})

    assert sum(skipped.values()) == 1
    assert heard.state.get(battery.LEVEL) is None


def test_a_clock_that_was_set_back_makes_nobody_deaf(car: StreamedCar, heard: Told) -> None:
    ahead = SaidLink(vin=VIN, at=NOW + 3600, snapshot=False, connected=True, network_interface=None)
    car.take(ahead, NOW + 3600, Counter())
    car.take(replace(ahead, at=NOW, connected=False), NOW, Counter())

    assert heard.links == [1, 0]

    asleep = SaidState(vin=VIN, at=NOW + 3600, snapshot=False, event=Event.SAID_ASLEEP)
    car.take(asleep, NOW + 3600, Counter())
    car.take(replace(asleep, at=NOW, event=Event.SAID_ONLINE), NOW, Counter())

    assert heard.heard[-2:] == [Event.SAID_ASLEEP, Event.SAID_ONLINE]
