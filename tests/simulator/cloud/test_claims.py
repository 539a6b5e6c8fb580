"""What is wrong with a configuration, one thing at a time."""

from typing import Any

import pytest

from simulator.cloud.claims import faults, refused

from .developer import configuration

SCOPES = frozenset({"vehicle_device_data", "vehicle_location"})
NOW = 1_791_360_000.0
YEAR = 365 * 86_400


def one(**row: Any) -> dict[str, Any]:
    """Make a configuration of one field."""
    return configuration(Soc={"interval_seconds": 60, **row})


@pytest.mark.parametrize(
    "claims",
    [
        configuration(Soc=60, Location={"interval_seconds": 10, "minimum_delta": 25}),
        configuration(**dict.fromkeys(("Soc", "Gear", "Locked", "Odometer", "BatteryLevel"), 1)),
        configuration() | {"port": "8443", "prefer_typed": True, "delivery_policy": "latest"},
        {name: value for name, value in configuration().items() if name != "port"},
        configuration() | {"exp": int(NOW + YEAR), "alert_types": ["service"], "delivery_policy": "no_retry"},
        one(resend_interval_seconds=600, include_fields=["Soc"]),
        configuration(
            MilesSinceReset=60,
            SelfDrivingMilesSinceReset={
                "interval_seconds": 60,
                "minimum_delta": 1,
                "include_fields": ["MilesSinceReset"],
            },
        ),
    ],
)
def test_what_is_right_is_let_through(claims: dict[str, Any]) -> None:
    assert refused(claims, SCOPES, NOW) is None


@pytest.mark.parametrize(
    ("claims", "text"),
    [
        ({}, "fields is required"),
        (configuration() | {"fields": {}}, "fields is required"),
        (configuration() | {"fields": []}, "fields is required"),
        (configuration() | {"hostname": ""}, "Invalid hostname"),
        (configuration() | {"ca": None}, "Invalid ca"),
        (configuration() | {"port": 0}, "Invalid port"),
        (configuration() | {"port": True}, "Invalid port"),
        (configuration() | {"port": "https"}, "Invalid port"),
        (configuration() | {"port": 65536}, "Invalid port"),
        (configuration() | {"alert_types": "service"}, "Invalid alert_types"),
        (configuration() | {"alert_types": [1]}, "Invalid alert_types"),
        (configuration() | {"prefer_typed": 1}, "Invalid prefer_typed"),
        (configuration() | {"delivery_policy": "all"}, "Invalid delivery_policy"),
        (configuration() | {"delivery_policy": ["latest"]}, "Invalid delivery_policy"),
        (configuration() | {"exp": "soon"}, "Invalid exp"),
        (configuration() | {"exp": int(NOW)}, "expiration should be greater than 1791360000"),
        (configuration() | {"exp": int(NOW) + YEAR + 1}, "and less than 1822896000"),
        (configuration(soc=60), "Unknown field soc"),
        (configuration(Unknown=60), "Unknown field Unknown"),
        (configuration(Experimental_1=60), "Unknown field Experimental_1"),
        (configuration(Deprecated_1=60), "Unknown field Deprecated_1"),
        (configuration(Soc=60, Nonsense=1, Rubbish=1), "Unknown field Nonsense"),
        (configuration() | {"fields": {"Soc": 60}}, "Invalid field Soc"),
        (one(interval=60), "Invalid field Soc"),
        (configuration() | {"fields": {"Soc": {}}}, "Invalid interval_seconds for field Soc"),
        (configuration(Soc=0), "Invalid interval_seconds for field Soc"),
        (configuration(Soc=True), "Invalid interval_seconds for field Soc"),
        (configuration(Soc=float("inf")), "Invalid interval_seconds for field Soc"),
        (configuration(Soc="60"), "Invalid interval_seconds for field Soc"),
        (one(minimum_delta=-1), "Invalid minimum_delta for field Soc"),
        (one(minimum_delta="1"), "Invalid minimum_delta for field Soc"),
        (one(resend_interval_seconds=0), "Invalid resend_interval_seconds for field Soc"),
        (one(include_fields="Gear"), "Invalid include_fields for field Soc"),
        (one(include_fields=["Gear"]), "Invalid include_fields for field Soc"),
        (one(include_fields=[7]), "Invalid include_fields for field Soc"),
        (one(include_fields=["Nonsense"]), "Invalid include_fields for field Soc"),
        (
            configuration(Soc=60, MilesSinceReset={"interval_seconds": 60, "include_fields": ["Soc"]}),
            "Invalid include_fields for field MilesSinceReset",
        ),
        (
            configuration(SelfDrivingMilesSinceReset=60),
            "minimum_delta of at least 1 is required for field SelfDrivingMilesSinceReset",
        ),
        (
            configuration(
                **dict.fromkeys(
                    (
                        "BatteryLevel",
                        "ChargeLimitSoc",
                        "EnergyRemaining",
                        "Gear",
                        "InsideTemp",
                        "Locked",
                        "Odometer",
                        "OutsideTemp",
                        "RatedRange",
                        "Soc",
                        "VehicleSpeed",
                    ),
                    1,
                )
            ),
            "total transfer rate too high",
        ),
    ],
)
def test_what_is_wrong_is_named(claims: dict[str, Any], text: str) -> None:
    answer = refused(claims, SCOPES, NOW)

    assert answer is not None
    assert answer.status == 400
    assert text in answer.body["error"]


def test_everything_that_is_wrong_can_be_told() -> None:
    wrong = configuration(Soc=0, Nonsense=60) | {"hostname": ""}
    shapeless = configuration() | {"fields": {"Soc": 60}, "exp": 1}

    assert list(faults({}, NOW)) == ["fields is required"]
    assert list(faults(wrong, NOW)) == [
        "Invalid hostname",
        "Invalid interval_seconds for field Soc",
        "Unknown field Nonsense",
    ]
    assert list(faults(shapeless, NOW)) == ["Invalid field Soc"]


def test_places_need_a_scope_of_their_own() -> None:
    answer = refused(configuration(Location=10, Soc=60, GpsState=60), frozenset(), NOW)

    assert answer is not None
    assert answer.status == 403
    assert answer.body["error"] == "Unauthorized missing scopes"
    assert answer.body["error_description"].endswith("fields: GpsState, Location")
