"""Records in the words of the stream, as the reference's events have them."""

import json
from pathlib import Path
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp
import pytest

from custom_components.tesla_direct.tesla.proto import (
    vehicle_alert_pb2 as alert_pb,
)
from custom_components.tesla_direct.tesla.proto import (
    vehicle_data_pb2 as data_pb,
)
from custom_components.tesla_direct.tesla.proto import (
    vehicle_error_pb2 as error_pb,
)
from simulator.car.car import Car
from simulator.teslemetry import spoken
from simulator.teslemetry.service import Teslemetry
from simulator.world import World

from .client import Client

FIXTURE = Path(__file__).parents[2] / "fixtures" / "teslemetry_sse_events.json"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (data_pb.Value(double_value=62.17), 62.17),
        (data_pb.Value(float_value=0.1), 0.1),
        (data_pb.Value(float_value=1 / 3), 0.33333334),
        (data_pb.Value(float_value=16777217), 16777216.0),
        (data_pb.Value(int_value=-3), -3),
        (data_pb.Value(long_value=1_791_360_000_000), 1_791_360_000_000),
        (data_pb.Value(boolean_value=False), False),
        (data_pb.Value(string_value="66.1"), "66.1"),
        (data_pb.Value(string_value="<invalid>"), None),
        (data_pb.Value(invalid=True), None),
        (data_pb.Value(), None),
        (data_pb.Value(shift_state_value="ShiftStateD"), "ShiftStateD"),
        (
            data_pb.Value(detailed_charge_state_value="DetailedChargeStateCharging"),
            "DetailedChargeStateCharging",
        ),
        (
            data_pb.Value(location_value=data_pb.LocationValue(latitude=51.5, longitude=-0.1)),
            {"latitude": 51.5, "longitude": -0.1},
        ),
        (data_pb.Value(time_value=data_pb.Time(hour=7, minute=30)), "07:30:00"),
        (
            data_pb.Value(door_value=data_pb.Doors(DriverFront=True)),
            {
                "DriverFront": True,
                "DriverRear": False,
                "PassengerFront": False,
                "PassengerRear": False,
                "TrunkFront": False,
                "TrunkRear": False,
            },
        ),
    ],
    ids=str,
)
def test_values_are_typed(written: data_pb.Value, said: Any) -> None:
    assert spoken.value(written) == said


def test_numbers_that_have_no_name_stay_numbers() -> None:
    value = data_pb.Value.FromString(data_pb.Value(shift_state_value=99).SerializeToString())  # type: ignore[arg-type]  # as from a newer car

    assert spoken.value(value) == 99
    assert spoken.values(data_pb.Payload(data=[data_pb.Datum(key=300)])) == {"300": None}  # type: ignore[arg-type]  # likewise


def test_times_have_a_fraction_where_there_is_one() -> None:
    assert spoken.stamp(Timestamp(seconds=1_790_928_660)) == "2026-10-02T08:11:00Z"
    assert spoken.stamp(Timestamp(seconds=1_790_928_660, nanos=500_000_000)) == "2026-10-02T08:11:00.500Z"


def test_alerts_and_errors() -> None:
    began = Timestamp(seconds=1_790_928_660)
    alert = alert_pb.VehicleAlert(name="A", audiences=[alert_pb.Customer], started_at=began)
    error = error_pb.VehicleError(name="E", body="B", tags={"field_name": "F"}, created_at=began)

    assert spoken.said("alerts", alert_pb.VehicleAlerts(alerts=[alert])) == {
        "alerts": [{"name": "A", "audiences": ["Customer"], "startedAt": "2026-10-02T08:11:00Z"}]
    }
    assert spoken.said("errors", error_pb.VehicleErrors(errors=[error])) == {
        "errors": [
            {"name": "E", "body": "B", "createdAt": "2026-10-02T08:11:00Z", "tags": {"field_name": "F"}}
        ]
    }


async def test_events_have_the_members_that_the_reference_shows(
    client: Client, service: Teslemetry, world: World, car: Car
) -> None:
    examples = json.loads(FIXTURE.read_text())
    service.write_plainly()
    async with client.listen(cache="true") as listener:
        service.stream(car.vin, Soc=1, DetailedChargeState=1, Gear=1)
        await world.advance(2)
        car.raise_alert()
        await world.advance(1)
        await client.get(f"/api/refresh/{car.vin}")
        await listener.until(lambda: bool(listener.of("vehicle_data") and listener.of("alerts")))
        await listener.until(lambda: bool(listener.of("data") and listener.of("status")))

    for example in examples:
        (key,) = set(example) & {"data", "state", "status", "vehicle_data", "alerts"}
        found = listener.of(key)[0]
        assert set(found) - {"isCache"} == set(example)
        assert found["vin"] == car.vin
    data = listener.of("data")[0]["data"]
    assert data == {
        "Soc": pytest.approx(70, abs=0.1),
        "DetailedChargeState": "DetailedChargeStateDisconnected",
        "Gear": "ShiftStateP",
    }
    alert = listener.of("alerts")[0]["alerts"][0]
    assert set(alert) == {"name", "audiences", "startedAt"}
