"""What messages mean to the car, held to the payloads that the published proxy makes of each command."""

from collections.abc import Iterator
import json
from typing import Any

import pytest

from custom_components.tesla_direct.tesla.proto.car_server_pb2 import Action
from simulator.car.actions.refused import Refused
from simulator.car.actions.table import ACTIONS
from simulator.car.messages import infotainment, security
from simulator.car.messages.ask import Ask
from simulator.car.verifier import SECURITY, Fault
from simulator.cloud.parameters import PLAIN

from ...signer import action, closure, rke
from ...vectors import TESTS

CASES = json.loads((TESTS / "vectors" / "commands" / "payloads.json").read_text())["cases"]
LATEST_ID = 1_750_000_000  # later ones were made of the clock


def read(domain: int, payload: bytes) -> list[Ask]:
    if domain == SECURITY:
        return security.read(payload)[1]
    return infotainment.read(payload)[1]


def signed() -> Iterator[Any]:
    """Give each case with the payload that means what the documentation says."""
    for case in CASES:
        expect = case["expect"]
        if expect["result"] != "signed" or ("quirk" in case and "documented_payload" not in expect):
            continue
        payload = expect.get("documented_payload", expect["payload"])
        yield pytest.param(case, expect["domain_number"], bytes.fromhex(payload), id=case["id"])


@pytest.mark.parametrize(("case", "domain", "payload"), signed())
def test_a_signed_command_asks_for_what_the_plain_one_asks_for(
    case: dict[str, Any], domain: int, payload: bytes
) -> None:
    (ask,) = read(domain, payload)

    assert ask.name == case["command"]
    assert ask.name in ACTIONS
    if ask.name in PLAIN:
        plain = PLAIN[ask.name].read(ask.name, case["params"] or {})
        assert timeless(plain.arguments) == timeless(ask.arguments)


def timeless(arguments: Any) -> dict[str, Any]:
    return {
        name: 0 if name == "id" and value > LATEST_ID else value
        for name, value in arguments.items()
        if value is not None
    }


def test_every_command_that_can_be_signed_is_among_the_cases() -> None:
    asked = {case["command"] for case in CASES if case["expect"]["result"] == "signed"}
    never_signed_by_the_proxy = {
        "batch_remove_charge_schedules",
        "batch_remove_precondition_schedules",
        "close_trunk",
        "dashcam_save_clip",
        "auto_secure_vehicle",
        "navigation_gps_request",
        "navigation_request",
        "navigation_sc_request",
        "navigation_waypoints_request",
        "parental_controls_clear_pin",
        "remote_auto_steering_wheel_heat_climate_request",
        "remote_boombox",
        "remote_steering_wheel_heat_level_request",
        "set_recirculation",
        "sun_roof_control",
        "take_drivenote",
        "upcoming_calendar_entries",
        "wake_vehicle",
    }

    assert set(ACTIONS) == asked | never_signed_by_the_proxy


@pytest.mark.parametrize("domain", [2, 3])
@pytest.mark.parametrize(("payload", "fault"), [("ff", 10), ("", 9), ("a23f00", 9)])
def test_what_cannot_be_read_or_is_not_known_is_a_fault(domain: int, payload: str, fault: int) -> None:
    with pytest.raises(Fault) as refused:
        read(domain, bytes.fromhex(payload))

    assert refused.value.code == fault


@pytest.mark.parametrize("payload", [rke(99), closure(frontDriverDoor=3), closure()])
def test_vehicle_security_knows_what_it_can_do(payload: bytes) -> None:
    with pytest.raises((Fault, Refused)):
        read(SECURITY, payload)


@pytest.mark.parametrize(
    "payload",
    [
        action("chargingStartStopAction"),
        action("chargingStartStopAction", unknown={}),
        action("mediaUpdateVolume", volume_delta=0),
        action("vehicleControlWindowAction", unknown={}),
        action("vehicleControlSunroofOpenCloseAction", delta_level=3),
        action("stwHeatLevelAction"),
        action("parentalControlsEnableSettingsAction", setting=99),
    ],
)
def test_what_makes_no_sense_is_refused(payload: bytes) -> None:
    with pytest.raises(Refused, match="invalid_value"):
        read(3, payload)


@pytest.mark.parametrize(
    ("payload", "asked"),
    [
        (
            action("vehicleControlSunroofOpenCloseAction", absolute_level=40),
            {"state": "level", "percent": 40},
        ),
        (action("vehicleControlSunroofOpenCloseAction", vent={}), {"state": "vent"}),
        (action("stwHeatLevelAction", stw_heat_level=3), {"level": 3}),
        (action("navigationGpsRequest", lat=51.5, lon=0.5, order=1), {"lat": 51.5, "lon": 0.5, "order": 1}),
        (action("navigationRequest", destination="Somewhere"), {"text": "Somewhere"}),
        (action("boomboxAction", sound=2000), {"sound": 2000}),
        (
            action("batchRemoveChargeSchedulesAction", home=True),
            {"home": True, "work": False, "other": False},
        ),
    ],
)
def test_what_the_proxy_never_signs_is_understood_too(payload: bytes, asked: dict[str, Any]) -> None:
    (ask,) = read(3, payload)

    assert dict(ask.arguments) == asked


def test_several_seats_are_several_commands() -> None:
    message = Action()
    for level, seat in (
        ("SEAT_HEATER_LOW", "CAR_SEAT_FRONT_LEFT"),
        ("SEAT_HEATER_OFF", "CAR_SEAT_REAR_CENTER"),
    ):
        one = message.vehicleAction.hvacSeatHeaterActions.hvacSeatHeaterAction.add()
        getattr(one, level).SetInParent()
        getattr(one, seat).SetInParent()

    asks = read(3, message.SerializeToString())

    assert [dict(ask.arguments) for ask in asks] == [
        {"seat_position": 0, "level": 1},
        {"seat_position": 4, "level": 0},
    ]
