from typing import Any

import pytest

from custom_components.tesla_direct.tesla.command.catalogue import navigation
from custom_components.tesla_direct.tesla.command.command import Command
from custom_components.tesla_direct.tesla.errors import CommandInvalid
from custom_components.tesla_direct.tesla.vehicle import model
from custom_components.tesla_direct.tesla.vehicle_command.domain import Domain

NOW = 1_791_360_000.5
SIGNED: tuple[tuple[Command, str, dict[str, Any]], ...] = (
    (
        navigation.navigation_gps_request(51.5, -0.25, order=2),
        "1217aa03140900000000 00c04940 11000000000000d0bf 1802",
        {"lat": 51.5, "lon": -0.25, "order": 2},
    ),
    (navigation.navigation_sc_request(7), "1207b20104 0807 1001", {"id": 7, "order": 1}),
    (
        navigation.navigation_waypoints_request("refId:a,refId:b"),
        "1214d205110a0f" + b"refId:a,refId:b".hex(),
        {"waypoints": "refId:a,refId:b"},
    ),
)


@pytest.mark.parametrize(("command", "payload", "body"), SIGNED)
def test_a_destination_goes_plain_where_it_can(command: Command, payload: str, body: dict[str, Any]) -> None:
    assert command.domain is Domain.INFOTAINMENT
    assert command.payload == bytes.fromhex(payload)
    assert command.body == body
    assert command.unpublished
    assert command.prefers_plain
    assert not command.repeatable
    assert command.exists is model.NAVIGATION


def test_text_is_shared_as_android_does() -> None:
    command = navigation.navigation_request("Brandenburg Gate, Berlin", now=NOW)

    assert command.domain is None
    assert command.payload == b""
    assert command.prefers_plain
    assert not command.repeatable
    assert command.body == {
        "type": "share_ext_content_raw",
        "value": {"android.intent.extra.TEXT": "Brandenburg Gate, Berlin"},
        "locale": "en-US",
        "timestamp_ms": 1_791_360_000_500,
    }


def test_what_is_given_in_full_is_handed_on() -> None:
    shared = {"android.intent.extra.TEXT": "x", "android.intent.extra.SUBJECT": "y"}
    command = navigation.navigation_request(shared, "share", "de-DE", "1539465730", now=NOW)

    assert command.body == {"type": "share", "value": shared, "locale": "de-DE", "timestamp_ms": "1539465730"}


@pytest.mark.parametrize(
    ("value", "timestamp", "parameter"),
    [
        ("", None, "value"),
        (" ", None, "value"),
        (7, None, "value"),
        (None, None, "value"),
        ("\ud83d", None, "value"),
        ("home", True, "timestamp_ms"),
        ("home", [], "timestamp_ms"),
    ],
)
def test_what_says_nothing_is_not_shared(value: object, timestamp: object, parameter: str) -> None:
    with pytest.raises(CommandInvalid) as refused:
        navigation.navigation_request(value, timestamp_ms=timestamp, now=NOW)

    assert refused.value.parameter == parameter


def test_orders_and_places_are_checked() -> None:
    with pytest.raises(CommandInvalid, match="order has to be one of 1, 2, 3"):
        navigation.navigation_gps_request(0, 0, order=0)
    with pytest.raises(CommandInvalid, match="lon has to be"):
        navigation.navigation_gps_request(0, 200)
    with pytest.raises(CommandInvalid, match="id has to be a whole number"):
        navigation.navigation_sc_request(1.5)
