"""What a car is told of streaming: written as Tesla writes it, signed, compared with what is read back."""

from dataclasses import replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
import pytest

from custom_components.tesla_direct.tesla.fleet_telemetry.config import Pace, TelemetryConfig
from custom_components.tesla_direct.tesla.fleet_telemetry.jws import verify_token

CA = "-----BEGIN CERTIFICATE-----\nMIIBtest\n-----END CERTIFICATE-----\n"
CONFIG = TelemetryConfig(
    hostname="telemetry.example.org",
    port=443,
    ca=CA,
    fields={
        "VehicleSpeed": Pace(10, 1.0),
        "Location": Pace(10, 2.5),
        "Version": Pace(300, resend=600),
        "PackCurrent": Pace(60, 1.0, include=("PackVoltage", "Soc")),
    },
    expires=2_000_000_000,
)
CLAIMS = {
    "hostname": "telemetry.example.org",
    "port": 443,
    "ca": CA,
    "fields": {
        "VehicleSpeed": {"interval_seconds": 10, "minimum_delta": 1},
        "Location": {"interval_seconds": 10, "minimum_delta": 2.5},
        "Version": {"interval_seconds": 300, "resend_interval_seconds": 600},
        "PackCurrent": {
            "interval_seconds": 60,
            "minimum_delta": 1,
            "include_fields": ["PackVoltage", "Soc"],
        },
    },
    "alert_types": ["service"],
    "prefer_typed": True,
    "delivery_policy": "latest",
    "exp": 2_000_000_000,
}


def read_back(**changes: Any) -> dict[str, Any]:
    """Return the claims as the cloud gives them back, changed."""
    return {**CLAIMS, "iss": "BAbc", "aud": "com.tesla.fleet.TelemetryClient", **changes}


def with_field(name: str, **members: Any) -> dict[str, Any]:
    """Return what was read back with another pace of one field."""
    return read_back(fields={**CONFIG.claims()["fields"], name: members})


def test_the_claims_are_teslas() -> None:
    assert CONFIG.claims() == CLAIMS


def test_a_whole_delta_is_written_without_a_point() -> None:
    assert repr(Pace(10, 1.0).to_json()["minimum_delta"]) == "1"


def test_a_delta_of_nothing_is_left_out_since_it_is_refused() -> None:
    assert Pace(10, 0.0).to_json() == {"interval_seconds": 10}


def test_claims_that_were_written_are_read_again() -> None:
    again = TelemetryConfig.from_claims(CONFIG.claims())

    assert again == CONFIG
    assert again.expires == CONFIG.expires


def test_the_token_is_signed_for_all_cars_that_trust_the_key() -> None:
    claims = verify_token(CONFIG.token(ec.generate_private_key(ec.SECP256R1())))

    assert claims.pop("aud") == "com.tesla.fleet.TelemetryClient"
    claims.pop("iss")
    assert claims == CLAIMS


def test_a_configuration_with_another_end_is_the_same() -> None:
    assert replace(CONFIG, expires=1) == CONFIG


@pytest.mark.parametrize(
    "raw",
    [
        read_back(),
        read_back(exp=1),
        read_back(prefer_typed=False),
        {name: value for name, value in read_back().items() if name not in ("delivery_policy", "exp")},
        read_back(ca=CA.replace("\n", "\r\n")),
        with_field("VehicleSpeed", interval_seconds=10.0, minimum_delta=1.0000001),
        with_field(
            "PackCurrent", interval_seconds=60, minimum_delta=1, include_fields=["Soc", "PackVoltage"]
        ),
        with_field("Version", interval_seconds=300, resend_interval_seconds=600, minimum_delta=None),
    ],
    ids=["all", "end", "typed", "less", "lines", "floats", "order", "null"],
)
def test_what_makes_a_car_do_the_same_is_the_same(raw: dict[str, Any]) -> None:
    assert CONFIG.same_as(raw)


@pytest.mark.parametrize(
    "raw",
    [
        None,
        {},
        [],
        read_back(fields=None),
        read_back(fields={}),
        read_back(hostname="other.example.org"),
        read_back(port=8443),
        read_back(port="443"),
        read_back(port=True),
        read_back(ca=CA.replace("test", "rest")),
        read_back(ca=None),
        read_back(alert_types=None),
        read_back(alert_types="service"),
        read_back(delivery_policy="newest"),
        with_field("Soc", interval_seconds=60),
        with_field("VehicleSpeed", interval_seconds=11, minimum_delta=1),
        with_field("VehicleSpeed", interval_seconds=10, minimum_delta=2),
        with_field("VehicleSpeed", interval_seconds=10),
        with_field("VehicleSpeed", interval_seconds=10, minimum_delta=1, resend_interval_seconds=60),
        with_field("PackCurrent", interval_seconds=60, minimum_delta=1, include_fields=["Soc"]),
        with_field("PackCurrent", interval_seconds=60, minimum_delta=1, include_fields="PackVoltage"),
        with_field("VehicleSpeed", minimum_delta=1),
        with_field("VehicleSpeed", interval_seconds="soon", minimum_delta=1),
        with_field("VehicleSpeed", interval_seconds=1e400, minimum_delta=1),
        with_field("VehicleSpeed", interval_seconds=10, minimum_delta=float("nan")),
        read_back(fields={"VehicleSpeed": 10}),
        read_back(fields={"VehicleSpeed": None}),
    ],
)
def test_what_makes_a_car_do_something_else_or_is_no_configuration_is_not(raw: Any) -> None:
    assert not CONFIG.same_as(raw)


@pytest.mark.parametrize("pace", CONFIG.fields.values(), ids=CONFIG.fields)
def test_a_pace_that_was_written_is_read_again(pace: Pace) -> None:
    assert Pace.from_json(pace.to_json()) == pace
