"""Configurations of ours, taken by the simulated cloud and its cars, which share no code with us."""

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
import pytest

from custom_components.tesla_direct.tesla.fleet_telemetry.config import TelemetryConfig
from custom_components.tesla_direct.tesla.fleet_telemetry.fields import FIELDS
from custom_components.tesla_direct.tesla.fleet_telemetry.held import held_back
from custom_components.tesla_direct.tesla.fleet_telemetry.profile import (
    Profile,
    Selection,
    Tuning,
    paces,
    slowed,
)
from simulator.car.collector import Collector
from simulator.car.firmware import Firmware, version
from simulator.car.model import KINDS
from simulator.car.stream import read_config
from simulator.cloud import jws
from simulator.cloud.accounts import SCOPES
from simulator.cloud.claims import refused

NOW = 1_790_000_000.0
EVERYTHING = frozenset(FIELDS)
CHOICES = {
    **{profile.value: Selection(profile, EVERYTHING) for profile in Profile},
    "tuned": Selection(
        Profile.OWN,
        EVERYTHING,
        {
            name: Tuning(interval=1, minimum_delta=0.0, resend=60, include=tuple(FIELDS))
            for name in ("VehicleSpeed", "SelfDrivingMilesSinceReset", "Version", "Locked")
        },
    ),
}
EACH_CHOICE = pytest.mark.parametrize("choice", CHOICES.values(), ids=CHOICES)
EACH_CAR = pytest.mark.parametrize("kind", KINDS)


def configuration(choice: Selection, *, held: frozenset[str] = frozenset()) -> TelemetryConfig:
    """Return all that a choice asks for, but for some fields."""
    return TelemetryConfig(
        hostname="telemetry.example.org",
        port=443,
        ca="-----BEGIN CERTIFICATE-----\nMIIBtest\n-----END CERTIFICATE-----\n",
        fields={name: pace for name, pace in paces(choice, EVERYTHING).items() if name not in held},
        expires=round(NOW) + 86_400,
    )


@EACH_CHOICE
def test_the_cloud_reads_our_signature_and_finds_nothing_wrong(choice: Selection) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    config = configuration(choice)

    signed = jws.read(config.token(key))

    assert signed.issuer == key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    assert signed.claims["aud"] == jws.AUDIENCE
    assert refused(signed.claims, frozenset(SCOPES), NOW) is None
    assert config.same_as(signed.claims)


@EACH_CHOICE
def test_what_the_cloud_takes_it_takes_at_eighty_percent_of_the_budget_too(choice: Selection) -> None:
    config = configuration(choice)
    slow = TelemetryConfig(
        hostname=config.hostname,
        port=config.port,
        ca=config.ca,
        fields=slowed(config.fields),
        expires=config.expires,
    )

    assert refused(slow.claims(), frozenset(SCOPES), NOW) is None


@EACH_CAR
def test_no_car_complains_of_what_it_is_asked_for(kind: str) -> None:
    model = KINDS[kind]
    firmware = version(model.firmware)
    held = held_back(EVERYTHING, firmware, hardware4=model.hardware4)
    config = configuration(Selection(Profile.DETAILED), held=held)

    complaints = Collector(read_config(config.claims()), Firmware(model)).complaints

    # One field is documented for all, and unknown to many.
    assert {dict(complaint.tags)["field_name"] for complaint in complaints} <= {"LifetimeEnergyGainedRegen"}


@EACH_CAR
def test_nothing_is_held_back_that_a_car_knows(kind: str) -> None:
    model = KINDS[kind]
    held = held_back(EVERYTHING, version(model.firmware), hardware4=model.hardware4)

    assert not [name for name in held if Firmware(model).row(name) is not None]
