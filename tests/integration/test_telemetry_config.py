"""Telemetry configurations that our code signs, sends, reads back and deletes in the simulated cloud."""

from collections.abc import AsyncIterator, Mapping

from aiohttp import ClientSession
from cryptography.hazmat.primitives.asymmetric import ec
import pytest

from custom_components.tesla_direct.application_credentials import SCOPES
from custom_components.tesla_direct.tesla.errors import BillingLimitExceeded, ConfigRefused, NotFound
from custom_components.tesla_direct.tesla.fleet_api import telemetry
from custom_components.tesla_direct.tesla.fleet_api.budget import Budget
from custom_components.tesla_direct.tesla.fleet_api.client import FleetApi
from custom_components.tesla_direct.tesla.fleet_api.ledger import Cause, Ledger
from custom_components.tesla_direct.tesla.fleet_api.limits import Limits
from custom_components.tesla_direct.tesla.fleet_api.provider import custom
from custom_components.tesla_direct.tesla.fleet_telemetry.config import Pace, TelemetryConfig
from simulator.car.car import Car
from simulator.certificates import stranger
from simulator.world import World
from tests.simulator.wall import Wall

from .key_files import new_key, public_bytes

NOBODY = "5YJ3E1EA7KF999999"
FIELDS = {"Soc": Pace(60), "VehicleSpeed": Pace(10, minimum_delta=1.0), "Gear": Pace(1, resend=600)}
FAST = (
    *("Soc", "Gear", "VehicleSpeed", "Odometer", "InsideTemp", "OutsideTemp"),
    *("Locked", "DoorState", "BatteryLevel", "ChargeState", "PackVoltage", "PackCurrent"),
)
CA = stranger("Tesla Direct").certificate_pem()
DAY = 86_400


class Asker:
    """One that asks with the owner's token."""

    def __init__(self, world: World) -> None:
        books = world.cloud.books
        world.cloud.account.consents[books.application.client_id] = frozenset(SCOPES)
        self._token = books.tokens.sign_in(world.cloud.account, books.application, SCOPES)["access_token"]

    async def access_token(self) -> str:
        return str(self._token)

    async def replace(self, refused: str) -> str:
        raise AssertionError("a good token was refused")


@pytest.fixture
def key(world: World, car: Car) -> ec.EllipticCurvePrivateKey:
    """A key that is registered, and on the car."""
    key = new_key()
    world.cloud.register_key(public_bytes(key))
    car.pair_key(public_bytes(key))
    return key


@pytest.fixture
async def api(world: World, wall: Wall) -> AsyncIterator[FleetApi]:
    cloud = world.cloud
    async with ClientSession() as session:
        yield FleetApi(
            session,
            custom(bases=cloud.bases, authorize_url=cloud.authorize_url, token_url=cloud.token_url),
            cloud.bases["eu"],
            tokens=Asker(world),
            budget=Budget(Ledger()),
            limits=Limits(),
            clock=wall,
            moves=False,
        )


def config(wall: Wall, fields: Mapping[str, Pace] = FIELDS, *, days: float = 90) -> TelemetryConfig:
    return TelemetryConfig(
        hostname="cars.example.com", port=443, ca=CA, fields=fields, expires=int(wall() + days * DAY)
    )


async def test_what_was_sent_is_read_back(
    api: FleetApi, car: Car, key: ec.EllipticCurvePrivateKey, wall: Wall
) -> None:
    assert (await telemetry.read(api, car.vin, Cause.KEEPER)).config is None
    wished = config(wall)

    pushed = await telemetry.send(api, [car.vin], wished.token(key), Cause.KEEPER)

    assert (pushed.updated, pushed.skipped) == (1, {})
    held = await telemetry.read(api, car.vin, Cause.KEEPER)
    assert (held.synced, held.limit_reached, held.key_paired) == (True, False, True)
    assert wished.same_as(held.config)
    assert car.told is not None
    assert set(car.told.fields) == set(FIELDS)


async def test_what_was_deleted_is_gone_and_can_be_deleted_again(
    api: FleetApi, car: Car, key: ec.EllipticCurvePrivateKey, wall: Wall
) -> None:
    await telemetry.send(api, [car.vin], config(wall).token(key), Cause.KEEPER)

    for _ in range(2):
        await telemetry.delete(api, car.vin, Cause.KEEPER)

        assert (await telemetry.read(api, car.vin, Cause.KEEPER)).config is None
    await telemetry.delete(api, NOBODY, Cause.KEEPER)


async def test_cars_are_skipped_by_reason(
    world: World, api: FleetApi, car: Car, key: ec.EllipticCurvePrivateKey, wall: Wall
) -> None:
    old, unpaired = world.add_car("old"), world.add_car(vin="5YJ3E7EB0SF000008", paired=False)
    full = world.add_car(vin="5YJ3E7EB0SF000009")
    full.pair_key(public_bytes(key))
    full.fill_applications(5)
    cars = [car, old, unpaired, full]

    pushed = await telemetry.send(api, [one.vin for one in cars], config(wall).token(key), Cause.KEEPER)

    assert pushed.updated == 1
    assert pushed.skipped == {
        old.vin: "unsupported_hardware",
        unpaired.vin: "missing_key",
        full.vin: "max_configs",
    }


@pytest.mark.parametrize(
    ("fields", "named", "why"),
    [
        ({"Soc": Pace(60), "Sock": Pace(60)}, ("Sock",), "Unknown field"),
        ({"Soc": Pace(0)}, ("Soc",), "interval_seconds"),
        ({"SelfDrivingMilesSinceReset": Pace(60)}, ("SelfDrivingMilesSinceReset",), "minimum_delta"),
        (dict.fromkeys(FAST, Pace(1)), (), "total transfer rate too high"),
    ],
    ids=["unknown", "interval", "delta", "rate"],
)
async def test_a_refusal_names_the_field(  # noqa: PLR0913, PLR0917  # what is sent by whom, and what is named
    api: FleetApi,
    car: Car,
    key: ec.EllipticCurvePrivateKey,
    wall: Wall,
    fields: dict[str, Pace],
    named: tuple[str, ...],
    why: str,
) -> None:
    with pytest.raises(ConfigRefused) as refused:
        await telemetry.send(api, [car.vin], config(wall, fields).token(key), Cause.KEEPER)

    assert refused.value.fields == named
    assert why in str(refused.value)
    assert car.told is None


async def test_places_without_their_scope_are_named_with_it(
    world: World, api: FleetApi, car: Car, key: ec.EllipticCurvePrivateKey, wall: Wall
) -> None:
    world.cloud.revoke_scope("vehicle_location")
    token = config(wall, FIELDS | {"Location": Pace(10), "GpsState": Pace(10)}).token(key)

    with pytest.raises(ConfigRefused) as refused:
        await telemetry.send(api, [car.vin], token, Cause.KEEPER)

    assert set(refused.value.fields) == {"GpsState", "Location"}
    assert refused.value.scope == "vehicle_location"


async def test_what_lasts_too_long_is_refused_without_a_field(
    api: FleetApi, car: Car, key: ec.EllipticCurvePrivateKey, wall: Wall
) -> None:
    with pytest.raises(ConfigRefused) as refused:
        await telemetry.send(api, [car.vin], config(wall, days=500).token(key), Cause.KEEPER)

    assert refused.value.fields == ()
    assert "expiration" in str(refused.value)


async def test_of_an_unknown_car_nothing_is_told(
    api: FleetApi, car: Car, key: ec.EllipticCurvePrivateKey, wall: Wall
) -> None:
    with pytest.raises(NotFound) as unknown:
        await telemetry.send(api, [NOBODY], config(wall).token(key), Cause.KEEPER)

    assert NOBODY not in str(unknown.value)


async def test_a_car_that_does_not_know_the_key_complains(
    world: World, api: FleetApi, car: Car, key: ec.EllipticCurvePrivateKey, wall: Wall
) -> None:
    assert await telemetry.errors(api, car.vin, Cause.USER) == []
    car.report_telemetry_error("error loading config file: InvalidSignature: unknown issuer")

    (error,) = await telemetry.errors(api, car.vin, Cause.USER)

    assert error.error_name == "config_manager_error"
    assert error.name == world.cloud.books.application.client_id
    assert "unknown issuer" in error.text
    assert error.at is not None
    assert abs(error.at - wall()) < DAY


async def test_a_car_without_room_accepts_nothing_and_says_so(
    api: FleetApi, car: Car, key: ec.EllipticCurvePrivateKey, wall: Wall
) -> None:
    car.fill_applications(5, unnoticed=True)

    assert (await telemetry.send(api, [car.vin], config(wall).token(key), Cause.KEEPER)).updated == 1

    held = await telemetry.read(api, car.vin, Cause.KEEPER)
    assert (held.synced, held.config, held.limit_reached) == (True, None, True)


async def test_at_the_billing_limit_all_of_it_is_refused(
    world: World, api: FleetApi, car: Car, key: ec.EllipticCurvePrivateKey, wall: Wall
) -> None:
    await telemetry.send(api, [car.vin], config(wall).token(key), Cause.KEEPER)
    world.cloud.set_billing_limit(0)
    world.cloud.books.charge_signals(1_600_000)

    with pytest.raises(BillingLimitExceeded):
        await telemetry.send(api, [car.vin], config(wall).token(key), Cause.KEEPER)

    assert car.told is None
