"""Where configurations are kept: what is asked of whom, and what of the answer counts."""

import json
from typing import Any

from aiohttp import ClientSession
import pytest

from custom_components.tesla_direct.tesla.errors import ConfigRefused, RateLimited
from custom_components.tesla_direct.tesla.fleet_api.budget import Budget
from custom_components.tesla_direct.tesla.fleet_api.client import FleetApi
from custom_components.tesla_direct.tesla.fleet_api.ledger import Cause, Ledger
from custom_components.tesla_direct.tesla.fleet_api.limits import Limits
from custom_components.tesla_direct.tesla.fleet_api.provider import TESLA, teslemetry
from custom_components.tesla_direct.tesla.fleet_api.rows import Pushed
from custom_components.tesla_direct.tesla.fleet_telemetry.config import Pace, TelemetryConfig
from custom_components.tesla_direct.tesla.source.config_state import Phase
from custom_components.tesla_direct.tesla.source.keeper import TelemetryKeeper
from custom_components.tesla_direct.tesla.source.keeper_plan import CarView
from custom_components.tesla_direct.tesla.source.telemetry_home import (
    ProxyHome,
    TelemetryHome,
    TeslaHome,
    TeslemetryHome,
)
from tests.tesla.fleet_api.conftest import clock, host, session
from tests.tesla.fleet_api.host import VIN, Clock, Host, Reply, Seen, reply

__all__ = ["clock", "host", "session"]
KEEPER = Cause.KEEPER
CONFIG = f"/api/config/{VIN}"
FIELDS = "/fields.json"
WISH = TelemetryConfig(
    hostname="cars.example.com",
    port=443,
    ca="PEM",
    fields={"Soc": Pace(60, 1.0), "Location": Pace(10, 5.0, 300, ("GpsHeading",))},
    expires=1_800_000_000,
)


class Asker:
    """One that asks with a token as it is."""

    async def access_token(self) -> str:
        return "access"

    async def replace(self, refused: str) -> str:
        raise AssertionError(refused)


@pytest.fixture
def other(socket_enabled: None) -> Host:
    return Host()


def api_of(host: Host, session: ClientSession, clock: Clock, *, service: bool = False) -> FleetApi:
    return FleetApi(
        session,
        teslemetry(host.url) if service else TESLA,
        host.url,
        tokens=Asker(),
        budget=Budget(Ledger()),
        limits=Limits(),
        clock=clock,
        sleep=clock.sleep,
    )


@pytest.fixture
def service(host: Host, session: ClientSession, clock: Clock) -> TeslemetryHome:
    """The service, which is asked first of all which fields it knows."""
    host.answers.append(reply(described("Soc", "Location", "Gear")))
    return TeslemetryHome(api_of(host, session, clock, service=True))


def described(*names: str) -> dict[str, Any]:
    """Return how the service describes fields."""
    return {name: {"type": "number", "interval_seconds": {"default": 60}} for name in names}


async def test_what_we_sign_goes_to_tesla_signed(host: Host, session: ClientSession, clock: Clock) -> None:
    async def sign(config: TelemetryConfig) -> str:
        return f"header.e30.{config.port}"

    home = TeslaHome(api_of(host, session, clock), sign)
    host.answers.append(reply({"response": {"updated_vehicles": 1}}))
    pushed = await home.send(VIN, await home.seal(WISH), KEEPER)

    assert pushed == Pushed(updated=1, skipped={})
    (seen,) = host.requests
    assert seen.path == "/api/1/vehicles/fleet_telemetry_config_jws"
    assert json.loads(seen.body) == {"vins": [VIN], "token": "header.e30.443"}


async def test_a_proxy_is_sent_what_it_signs_and_tesla_is_asked_all_else(
    host: Host, other: Host, session: ClientSession, clock: Clock
) -> None:
    await other.start()
    home = ProxyHome(api_of(host, session, clock), api_of(other, session, clock))
    host.answers.append(reply({"response": {"skipped_vehicles": {"missing_key": [VIN]}}}))
    there = {"synced": True, "config": WISH.claims(), "limit_reached": False, "key_paired": True}
    other.answers.extend(
        [
            reply({"response": there}),
            reply({"response": {"unpaired_vins": [VIN]}}),
            reply({"response": {"fleet_telemetry_errors": []}}),
            reply({"response": {"updated_vehicles": 1}}),
        ]
    )

    pushed = await home.send(VIN, await home.seal(WISH), KEEPER)
    answer = await home.read(VIN, KEEPER)
    status = await home.status(VIN, KEEPER)
    assert await home.errors(VIN, KEEPER) == []
    await home.delete(VIN, KEEPER)
    await other.stop()

    assert pushed.skipped == {VIN: "missing_key"}
    (seen,) = host.requests
    assert seen.path == "/api/1/vehicles/fleet_telemetry_config"
    assert json.loads(seen.body) == {"vins": [VIN], "config": WISH.claims()}
    assert answer.synced
    assert home.same(WISH, answer.config)
    assert status is not None
    assert status.paired is False
    assert len(other.requests) == 4


async def test_a_refusal_by_way_of_a_proxy_names_the_fields(
    host: Host, session: ClientSession, clock: Clock
) -> None:
    home = ProxyHome(api_of(host, session, clock), api_of(host, session, clock))
    host.answers.append(reply({"error": "field Location needs scope vehicle_location"}, 400))
    with pytest.raises(ConfigRefused) as refused:
        await home.send(VIN, await home.seal(WISH), KEEPER)

    assert (refused.value.fields, refused.value.scope) == (("Location",), "vehicle_location")


# Teslemetry


async def test_a_service_is_sent_fields_and_nothing_else(host: Host, service: TeslemetryHome) -> None:
    host.answers.append(reply({"updated_vehicles": 1}))
    pushed = await service.send(VIN, await service.seal(WISH), KEEPER)

    assert pushed == Pushed(updated=1, skipped={})
    asked, seen = host.requests
    assert (asked.method, asked.path) == ("GET", FIELDS)
    assert (seen.method, seen.path) == ("POST", CONFIG)
    assert json.loads(seen.body) == {
        "fields": {
            "Soc": {"interval_seconds": 60, "minimum_delta": 1},
            "Location": {"interval_seconds": 10, "minimum_delta": 5, "resend_interval_seconds": 300},
        }
    }


async def test_why_a_service_leaves_a_car_out_is_told(host: Host, service: TeslemetryHome) -> None:
    host.answers.append(reply({"updated_vehicles": 0, "skipped_vehicles": {"missing_key": [VIN]}}))

    assert (await service.send(VIN, await service.seal(WISH), KEEPER)).skipped == {VIN: "missing_key"}


async def test_fields_that_a_service_does_not_know_are_named(host: Host, service: TeslemetryHome) -> None:
    host.answers.append(reply({"updated_vehicles": 1, "ignoredFields": ["Soc", "SomethingElses"]}))
    with pytest.raises(ConfigRefused) as refused:
        await service.send(VIN, await service.seal(WISH), KEEPER)
    assert refused.value.fields == ("Soc",)

    host.answers.append(reply({"error": "Location is not allowed"}))
    with pytest.raises(ConfigRefused) as refused:
        await service.send(VIN, await service.seal(WISH), KEEPER)
    assert refused.value.fields == ("Location",)


async def test_fields_that_a_service_is_known_not_to_know_are_left_out(
    host: Host, session: ClientSession, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    home = TeslemetryHome(api_of(host, session, clock, service=True))
    there = {"fields": {"Soc": None}}
    assert not home.same(WISH, there)  # nothing is known of it yet
    host.answers.extend([reply({"response": {"fields": described("Soc", "Gear")}}), reply({})])
    await home.read(VIN, KEEPER)
    host.answers.append(reply({"updated_vehicles": 1}))
    await home.send(VIN, await home.seal(WISH), KEEPER)

    assert json.loads(host.requests[-1].body)["fields"].keys() == {"Soc"}
    assert home.same(WISH, there)
    assert [seen.path for seen in host.requests] == [FIELDS, CONFIG, CONFIG]  # the first is asked once
    assert "left out: Location" in caplog.text


async def test_a_configuration_of_nothing_that_is_known_is_not_sent(
    host: Host, session: ClientSession, clock: Clock
) -> None:
    home = TeslemetryHome(api_of(host, session, clock, service=True))
    host.answers.append(reply(described("Gear")))
    with pytest.raises(ConfigRefused) as refused:
        await home.send(VIN, await home.seal(WISH), KEEPER)

    assert set(refused.value.fields) == WISH.fields.keys()
    assert [seen.path for seen in host.requests] == [FIELDS]


@pytest.mark.parametrize("told", [reply({"error": "gone"}, 404), reply({"Soc": 1}), reply([])])
async def test_all_is_sent_while_it_is_not_told_what_is_known(
    host: Host, session: ClientSession, clock: Clock, told: Reply
) -> None:
    home = TeslemetryHome(api_of(host, session, clock, service=True))
    host.answers.extend([told, reply({"updated_vehicles": 1})])
    await home.send(VIN, await home.seal(WISH), KEEPER)

    assert json.loads(host.requests[-1].body)["fields"].keys() == WISH.fields.keys()


async def test_after_a_refusal_that_names_nothing_it_is_asked_again_what_is_known(
    host: Host, service: TeslemetryHome
) -> None:
    host.answers.append(reply({"response": None, "error": "fst_err_validation"}, 400))
    with pytest.raises(ConfigRefused) as refused:
        await service.send(VIN, await service.seal(WISH), KEEPER)
    assert refused.value.fields == ()

    host.answers.extend([reply(described("Soc")), reply({"updated_vehicles": 1})])
    await service.send(VIN, await service.seal(WISH), KEEPER)
    assert json.loads(host.requests[-1].body)["fields"].keys() == {"Soc"}


async def test_what_is_no_fault_of_the_fields_is_told_as_it_is(host: Host, service: TeslemetryHome) -> None:
    host.answers.append(reply({"error": "Too Many Requests"}, 429))
    with pytest.raises(RateLimited):
        await service.send(VIN, await service.seal(WISH), KEEPER)


async def test_a_service_that_has_nothing_for_a_car_says_so_with_404(
    host: Host, service: TeslemetryHome
) -> None:
    host.answers.append(reply({"error": "not_found"}, 404))
    answer = await service.read(VIN, KEEPER)

    assert (answer.config, answer.synced) == (None, False)
    assert not service.same(WISH, answer.config)


async def test_a_configuration_is_the_services_own_to_renew(host: Host, service: TeslemetryHome) -> None:
    fields = {"Soc": None, "Location": {"interval_seconds": 10}, "Gear": {"interval_seconds": 1}}
    host.answers.append(
        reply({"hostname": "api.teslemetry.com", "port": 443, "exp": 1_799_000_000, "fields": fields})
    )
    answer = await service.read(VIN, KEEPER)

    assert answer.synced
    assert answer.config is not None
    assert "exp" not in answer.config
    # What others want besides is theirs; what of ours is missing is not.
    assert service.same(WISH, answer.config)
    assert not service.same(WISH, {"fields": {"Soc": None}})
    assert not service.same(WISH, {"fields": None})


async def test_a_service_tells_the_state_of_a_car_with_the_account(
    host: Host, session: ClientSession, clock: Clock
) -> None:
    service = TeslemetryHome(api_of(host, session, clock, service=True))
    host.answers.append(reply({"uid": "account", "vehicles": {VIN: {"access": True, "issue": "key"}}}))
    status = await service.status(VIN, KEEPER)

    assert status is not None
    assert status.paired is False
    assert await service.errors(VIN, KEEPER) == []  # the stream tells them
    assert [seen.path for seen in host.requests] == ["/api/metadata"]


class Told:
    """Who hears of the configurations."""

    def keeper_view(self, vin: str) -> CarView:
        return CarView()

    def keeper_changed(self, vin: str) -> None:
        pass

    def keeper_failed(self, error: Exception) -> None:
        raise error


async def test_the_same_keeper_keeps_what_a_service_holds(
    host: Host, session: ClientSession, clock: Clock
) -> None:
    held: dict[str, Any] = {}

    def answer(seen: Seen) -> Any:
        if seen.path == FIELDS:
            return reply({})
        if seen.path != CONFIG:
            return reply({"uid": "account", "vehicles": {VIN: {"access": True}}})
        if seen.method == "POST":
            held.update(json.loads(seen.body))
        if seen.method == "DELETE":
            held.clear()
        return reply(held) if held else reply({"error": "not_found"}, 404)

    host.otherwise = answer
    home: TelemetryHome = TeslemetryHome(api_of(host, session, clock, service=True))
    keeper = TelemetryKeeper(Told(), home=home, clock=clock, kept={})
    keeper.wish(VIN, WISH)
    assert (await keeper.send_now([VIN]))[VIN].phase is Phase.SENT
    state = await keeper.look(VIN)

    assert held["fields"].keys() == WISH.fields.keys()
    assert (state.phase, state.expires) == (Phase.SYNCED, None)
    await keeper.delete_now(VIN)
    assert (await keeper.look(VIN)).phase is Phase.ABSENT
