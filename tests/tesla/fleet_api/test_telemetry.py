from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable
from functools import partial
import json
from typing import Any

from aiohttp import ClientSession
import pytest

from custom_components.tesla_direct.tesla.errors import (
    AnswerUnreadable,
    ConfigRefused,
    NotFound,
    NotRegistered,
    RateLimited,
    ScopeMissing,
    TeslaError,
)
from custom_components.tesla_direct.tesla.fleet_api import telemetry
from custom_components.tesla_direct.tesla.fleet_api.budget import Budget
from custom_components.tesla_direct.tesla.fleet_api.client import FleetApi
from custom_components.tesla_direct.tesla.fleet_api.endpoints import Price
from custom_components.tesla_direct.tesla.fleet_api.ledger import Cause, Ledger, Line
from custom_components.tesla_direct.tesla.fleet_api.limits import Limits
from custom_components.tesla_direct.tesla.fleet_api.provider import custom
from custom_components.tesla_direct.tesla.fleet_api.rows import Pushed, TelemetryConfigStatus, TelemetryError

from .host import OTHER_VIN, VIN, Clock, Host, reply

FIELDS = ("Location", "VehicleSpeed", "SelfDrivingMilesSinceReset", "Soc")
CAR = f"/api/1/vehicles/{VIN}"


def signed(claims: Any) -> str:
    """Return a token whose signature nobody looks at."""
    payload = urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"eyJhbGciOiJUZXNsYS5TUzI1NiJ9.{payload}.c2lnbmF0dXJl"


def config(fields: Iterable[str] = FIELDS) -> str:
    return signed({"fields": {name: {"interval_seconds": 10} for name in fields}})


class Asker:
    """One that asks with a token as it is."""

    async def access_token(self) -> str:
        return "access"

    async def replace(self, refused: str) -> str:
        raise AssertionError(refused)


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def api(host: Host, session: ClientSession, clock: Clock, ledger: Ledger) -> FleetApi:
    provider = custom(bases={"eu": host.url}, authorize_url=host.url, token_url=host.url)
    return FleetApi(
        session,
        provider,
        host.url,
        tokens=Asker(),
        budget=Budget(ledger),
        limits=Limits(),
        clock=clock,
        sleep=clock.sleep,
    )


async def test_a_configuration_is_read(api: FleetApi, host: Host) -> None:
    held = {"hostname": "telemetry.example.org", "fields": {}}
    host.answers.append(
        reply({"response": {"synced": False, "config": held, "limit_reached": False, "key_paired": True}})
    )

    assert await telemetry.read(api, VIN, Cause.KEEPER) == TelemetryConfigStatus(
        synced=False, config=held, limit_reached=False, key_paired=True
    )
    assert (host.requests[0].method, host.requests[0].path) == ("GET", f"{CAR}/fleet_telemetry_config")


async def test_a_configuration_is_sent_signed(api: FleetApi, host: Host) -> None:
    answer = {"updated_vehicles": 1, "skipped_vehicles": {"missing_key": [OTHER_VIN]}}
    host.answers.append(reply({"response": answer}))
    token = config()

    pushed = await telemetry.send(api, [VIN, OTHER_VIN], token, Cause.KEEPER)

    assert pushed == Pushed(updated=1, skipped={OTHER_VIN: "missing_key"})
    (asked,) = host.requests
    assert (asked.method, asked.path) == ("POST", "/api/1/vehicles/fleet_telemetry_config_jws")
    assert json.loads(asked.body) == {"vins": [VIN, OTHER_VIN], "token": token}


@pytest.mark.parametrize(
    ("status", "told", "fields", "category", "scope"),
    [
        (400, {"error": "Unknown field VehicleSpeed"}, ("VehicleSpeed",), None, None),
        (
            400,
            {"error": "minimum_delta of at least 1 is required for field SelfDrivingMilesSinceReset"},
            ("SelfDrivingMilesSinceReset",),
            None,
            None,
        ),
        (400, {"error": "total transfer rate too high"}, (), None, None),
        (
            400,
            {"error": "rate of category Driving is too high: Location, VehicleSpeed"},
            ("Location", "VehicleSpeed"),
            "Driving",
            None,
        ),
        (422, {"messages": {"Soc": ["too fast for the charging category"]}}, ("Soc",), "Charging", None),
        (
            403,
            {"error": "Unauthorized missing scopes", "error_description": "vehicle_location for: Location"},
            ("Location",),
            None,
            "vehicle_location",
        ),
        (400, {"error": "Locations and VehicleSpeedMax are none of ours"}, (), None, None),
    ],
)
async def test_a_refusal_names_what_is_wrong(  # noqa: PLR0913, PLR0917  # one row each
    api: FleetApi,
    host: Host,
    status: int,
    told: dict[str, Any],
    fields: tuple[str, ...],
    category: str | None,
    scope: str | None,
) -> None:
    host.answers.append(reply({"response": None} | told, status))

    with pytest.raises(ConfigRefused) as refused:
        await telemetry.send(api, [VIN], config(), Cause.KEEPER)

    assert refused.value.fields == fields
    assert (refused.value.category, refused.value.scope) == (category, scope)
    assert refused.value.status == status
    assert VIN not in str(refused.value)


@pytest.mark.parametrize(
    ("status", "told", "error"),
    [
        (403, "Unauthorized missing scopes", ScopeMissing),
        (404, f"{VIN} not_found", NotFound),
        (412, "must be registered in the current region", NotRegistered),
        (429, "Retry in 40 seconds", RateLimited),
    ],
)
async def test_what_is_not_about_the_configuration_stays_what_it_is(
    api: FleetApi, host: Host, status: int, told: str, error: type[TeslaError]
) -> None:
    host.answers.append(reply({"response": None, "error": told}, status))

    with pytest.raises(error) as raised:
        await telemetry.send(api, [VIN], config(), Cause.KEEPER)

    assert type(raised.value) is error


async def test_a_configuration_is_deleted(api: FleetApi, host: Host) -> None:
    host.answers.append(reply({"response": {"updated_vehicles": 1}}))

    await telemetry.delete(api, VIN, Cause.KEEPER)

    assert (host.requests[0].method, host.requests[0].path) == ("DELETE", f"{CAR}/fleet_telemetry_config")


PROXIED = {"fields": {"Soc": {"interval_seconds": 60}}}


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [("Bad Request", 400, False), ("", 400, False), ("Forbidden", 403, False), ("rate too high", 400, True)],
)
async def test_of_a_refusal_a_proxy_may_leave_the_status_only(
    api: FleetApi, host: Host, error: str, status: int, *, told: bool
) -> None:
    host.otherwise = lambda _: reply({"response": None, "error": error, "error_description": ""}, status)
    with pytest.raises(ConfigRefused) as refused:
        await telemetry.send_unsigned(api, [VIN], PROXIED, Cause.KEEPER)
    assert refused.value.told is told

    with pytest.raises(ConfigRefused) as straight:
        await telemetry.send(api, [VIN], config(), Cause.KEEPER)
    assert straight.value.told


async def test_a_token_that_a_proxy_cannot_read_is_no_refusal_of_the_configuration(
    api: FleetApi, host: Host
) -> None:
    words = "client provided malformed OAuth token"
    host.otherwise = lambda _: reply({"response": None, "error": words, "error_description": ""}, 403)

    with pytest.raises(AssertionError, match="access"):  # another token is asked for
        await telemetry.send_unsigned(api, [VIN], PROXIED, Cause.KEEPER)


async def test_of_a_car_that_is_gone_there_is_nothing_to_delete(api: FleetApi, host: Host) -> None:
    host.answers.append(reply({"response": None, "error": "not_found"}, 404))

    await telemetry.delete(api, VIN, Cause.KEEPER)

    assert len(host.requests) == 1


COMPLAINT = {"name": "client", "error": "unknown issuer", "vin": VIN}


@pytest.mark.parametrize("response", [{"fleet_telemetry_errors": [COMPLAINT]}, [COMPLAINT]])
async def test_what_a_car_complained_of_is_listed(api: FleetApi, host: Host, response: Any) -> None:
    host.answers.append(reply({"response": response}))

    assert await telemetry.errors(api, VIN, Cause.USER) == [
        TelemetryError(name="client", text="unknown issuer", error_name=None, at=None)
    ]
    assert host.requests[0].path == f"{CAR}/fleet_telemetry_errors"


ASKING: tuple[Callable[[FleetApi], Any], ...] = (
    partial(telemetry.read, vin=VIN, cause=Cause.USER),
    partial(telemetry.send, vins=[VIN], token=config(), cause=Cause.USER),
    partial(telemetry.errors, vin=VIN, cause=Cause.USER),
)


@pytest.mark.parametrize("ask", ASKING)
@pytest.mark.parametrize("response", [None, 7, "fine"])
async def test_an_answer_of_another_shape_is_unreadable(
    api: FleetApi, host: Host, ask: Callable[[FleetApi], Any], response: Any
) -> None:
    host.answers.append(reply({"response": response}))

    with pytest.raises(AnswerUnreadable):
        await ask(api)


async def test_all_of_it_is_free_and_told_by_its_cause(
    api: FleetApi, host: Host, ledger: Ledger, clock: Clock
) -> None:
    host.otherwise = lambda _: reply({"response": {"updated_vehicles": 1, "fleet_telemetry_errors": []}})

    await telemetry.read(api, VIN, Cause.KEEPER)
    await telemetry.send(api, [VIN], config(), Cause.USER)
    await telemetry.errors(api, VIN, Cause.KEEPER)
    await telemetry.delete(api, VIN, Cause.KEEPER)

    assert ledger.committed(clock()) == 0
    assert ledger.month(clock()).answered == {
        Line(Price.FREE, Cause.KEEPER, VIN): 3,
        Line(Price.FREE, Cause.USER): 1,  # one call for however many cars
    }
