"""The proxy over real TLS: its status table, line by line, and what it passes on."""

import asyncio
from pathlib import Path
import ssl

import aiohttp
import pytest

from custom_components.tesla_direct.tesla.proto import universal_message_pb2 as um
from simulator.cloud import jws
from simulator.proxy import answers
from simulator.proxy.server import Proxy
from simulator.world import World

from .conftest import SHORT, Said, User

NOBODY = "5YJ3E1EA7KF000009"
VCSEC = "vcsec could not execute command: genericError:GENERICERROR_"


async def test_a_command_is_carried_out(user: User) -> None:
    said = await user.command("set_charge_limit", percent=77)

    assert (said.status, said.body) == (200, {"response": {"result": True, "reason": ""}})
    assert user.car.body.charge_limit_percent == 77


@pytest.mark.parametrize(
    ("name", "reason", "told"),
    [
        ("flash_lights", "user_present", "car could not execute command: user_present"),
        ("flash_lights", "", "car could not execute command: unspecified error"),
        (
            "door_lock",
            "closures_open",
            VCSEC + "CLOSURES_OPEN",
        ),
        ("door_lock", "tired", VCSEC + "UNKNOWN"),
    ],
)
async def test_a_refusal_of_the_car_is_a_200(user: User, name: str, reason: str, told: str) -> None:
    user.car.refuse(name, reason)

    said = await user.command(name)

    assert said.status == 200
    assert said.body == {
        "response": {"result": False, "reason": told},
        "error": "",
        "error_description": "",
    }


async def test_a_missing_parameter_is_a_400(user: User) -> None:
    said = await user.command("set_charge_limit")

    assert said.status == 400
    assert said.body["response"] == {"result": False, "reason": "missing percent param"}


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("fly", "invalid_command"),
        ("remote_boombox", answers.NOT_IMPLEMENTED),
        ("navigation_request", answers.ONLY_PLAIN),
        ("set_managed_charger_location", answers.ONLY_PLAIN),
        ("set_managed_charge_current_request", answers.ONLY_PLAIN),
        ("set_managed_scheduled_charging_time", answers.ONLY_PLAIN),
    ],
)
async def test_what_it_does_not_know_or_cannot_carry_is_a_400(
    user: User, world: World, name: str, error: str
) -> None:
    said = await user.command(name)

    assert (said.status, said.body["response"], said.error) == (400, None, error)
    assert world.cloud.requests() == []


@pytest.mark.parametrize("body", [b"{", b"[]"])
async def test_a_body_that_is_no_json_object_is_a_400(user: User, body: bytes) -> None:
    path = f"/api/1/vehicles/{user.car.vin}/command/door_lock"
    said = await user.ask("POST", path, data=body)

    assert (said.status, said.text.strip()) == (400, answers.UNREADABLE)


@pytest.mark.parametrize(
    ("token", "error"),
    [
        ("", answers.NO_TOKEN),
        ("Basic abc", answers.NO_TOKEN),
        ("Bearer abc", answers.ODD_TOKEN),
        ("Bearer a.e3.c", answers.ODD_TOKEN),
        ("Bearer a.W10.c", answers.ODD_TOKEN),
    ],
)
async def test_no_token_or_an_odd_one_is_a_403(user: User, token: str, error: str) -> None:
    said = await user.ask("GET", "/api/1/vehicles", token=token)

    assert said.status == 403
    assert said.error.startswith(error)


async def test_what_is_no_vin_is_a_404(user: User) -> None:
    said = await user.command("door_lock", vin="123456")

    assert said.status == 404
    assert said.error.startswith("expected 17-character VIN")


async def test_what_is_not_posted_is_a_405(user: User) -> None:
    said = await user.ask("GET", f"/api/1/vehicles/{user.car.vin}/command/door_lock")

    assert (said.status, said.error) == (405, "Method Not Allowed")


async def test_a_car_that_another_command_holds_is_a_503(user: User) -> None:
    await user.proxy.hold(user.car.vin)
    user.proxy.set_timeout(SHORT)
    said = await user.command("door_lock")
    assert (said.status, said.error) == (503, answers.DEADLINE)

    user.proxy.set_timeout()
    await user.proxy.hold(user.car.vin, on=False)
    assert (await user.command("door_lock")).status == 200


async def test_commands_to_one_car_wait_for_each_other(user: User, world: World) -> None:
    world.cloud.delay("signed_command", 0.05)

    said = await asyncio.gather(*(user.command("flash_lights") for _ in range(3)))

    assert [one.status for one in said] == [200] * 3
    assert [asked.command for asked in world.cloud.requests()] == [
        "handshake",
        "handshake",
        *["flash_lights"] * 3,
    ]


async def test_a_car_that_sleeps_is_a_500(user: User, world: World) -> None:
    user.car.sleep()

    said = await user.command("door_lock")

    assert (said.status, said.body) == (
        500,
        {"response": None, "error": answers.ASLEEP, "error_description": ""},
    )
    assert world.cloud.billed()["command"] == 1


@pytest.mark.parametrize("how", ["forgotten", "changed"])
async def test_a_key_that_is_not_paired_is_a_500(user: User, how: str) -> None:
    if how == "forgotten":
        user.car.forget_key(user.proxy.public_key)
    else:
        user.proxy.change_key()

    said = await user.command("door_lock")

    assert (said.status, said.error) == (500, answers.NOT_PAIRED)
    assert not user.car.times_executed("door_lock")


@pytest.mark.parametrize("after", [False, True])
async def test_a_time_out_is_a_500_with_and_without_effect(user: User, *, after: bool) -> None:
    user.proxy.carrier.stall(after=after)
    user.proxy.set_timeout(SHORT)

    said = await user.command("door_lock")

    assert (said.status, said.error) == (500, answers.DEADLINE)
    assert user.car.times_executed("door_lock") == int(after)
    user.proxy.set_timeout()
    assert (await user.command("flash_lights")).status == 200


async def test_an_answer_that_is_lost_on_the_way_is_a_time_out_too(user: User, world: World) -> None:
    await user.command("flash_lights")
    world.cloud.lose_answer(how="hang", after=True)
    user.proxy.set_timeout(SHORT)

    said = await user.command("door_lock")

    assert (said.status, said.error) == (500, answers.DEADLINE)
    assert user.car.times_executed("door_lock") == 1


async def test_protocol_faults_come_by_their_names(user: User) -> None:
    user.proxy.carrier.answer_fault("MESSAGEFAULT_ERROR_TIME_EXPIRED")
    said = await user.command("door_lock")
    assert (said.status, said.error) == (500, "MESSAGEFAULT_ERROR_TIME_EXPIRED")

    user.car.disable_key(user.proxy.public_key)
    await user.proxy.restart()
    assert (await user.command("door_lock")).error == "MESSAGEFAULT_ERROR_INACTIVE_KEY"
    user.car.disable_key(user.proxy.public_key, on=False)

    user.car.answer_fault(um.MESSAGEFAULT_ERROR_INSUFFICIENT_PRIVILEGES)
    said = await user.command("door_lock")
    assert (said.status, said.error) == (500, "MESSAGEFAULT_ERROR_INSUFFICIENT_PRIVILEGES")

    user.car.answer_fault(99)
    assert (await user.command("door_lock")).error == "99"

    with pytest.raises(ValueError, match="nonsense"):
        user.proxy.carrier.answer_fault("nonsense")


async def test_a_busy_car_is_asked_again(user: User, world: World) -> None:
    user.car.be_busy(2)
    user.car.be_busy(1, how="busy")
    user.car.answer_fault(um.MESSAGEFAULT_ERROR_INCORRECT_EPOCH)

    assert (await user.command("door_lock")).status == 200

    assert user.car.times_executed("door_lock") == 1
    assert [asked.command for asked in world.cloud.requests()].count("door_lock") == 5


async def test_a_car_that_boots_all_the_time_is_a_time_out(user: User, world: World) -> None:
    world.cloud.lift_limits()
    user.car.reboot_infotainment()
    user.proxy.set_timeout(SHORT)
    assert (await user.command("flash_lights")).error == answers.DEADLINE


async def test_the_first_command_costs_two_handshakes_more(user: User, world: World) -> None:
    await user.command("flash_lights")
    assert world.cloud.billed()["command"] == 3
    await user.command("flash_lights")
    assert world.cloud.billed()["command"] == 4
    await user.proxy.restart()
    await user.command("flash_lights")
    assert world.cloud.billed()["command"] == 7


async def test_what_tesla_says_comes_with_its_status_and_without_its_headers(
    user: User, world: World
) -> None:
    world.cloud.refuse("signed_command", "rate_limited_account", times=1)

    said = await user.command("door_lock")

    assert (said.status, said.error) == (429, "Rate limit exceeded")
    assert "Retry-After" not in said.headers

    world.cloud.refuse("signed_command", "internal_error", times=1)
    assert (await user.command("door_lock")).status == 500

    world.cloud.refuse("signed_command", "service_unavailable", times=1)
    assert (await user.command("door_lock")).status == 200


async def test_a_cloud_that_is_down_or_hangs_up_is_a_500(user: User, world: World) -> None:
    world.cloud.drop("signed_command", times=1)
    assert (await user.command("door_lock")).error.endswith("EOF")

    await world.cloud.down("eu")
    said = await user.command("door_lock")
    assert (said.status, said.error.split(": ")[-1]) == (500, "connection refused")


async def test_a_scope_that_is_missing_is_teslas_403(user: User, world: World) -> None:
    world.cloud.revoke_scope("vehicle_cmds")
    assert (await user.command("door_lock")).error == "Unauthorized missing scopes"
    world.cloud.revoke_scope("vehicle_charging_cmds")
    assert (await user.command("charge_start")).error == "Unauthorized missing scopes"


async def test_a_car_without_the_protocol_is_remembered_and_asked_plainly(user: User, world: World) -> None:
    old = world.add_car("old")

    for _ in range(2):
        said = await user.command("flash_lights", vin=old.vin)
        assert said.status == 200

    assert old.times_executed("flash_lights") == 2
    assert [asked.name for asked in world.cloud.requests()] == ["signed_command", "command", "command"]


async def test_the_rest_is_passed_on_with_the_users_token(user: User, world: World) -> None:
    said = await user.ask("GET", "/api/1/vehicles", params={"page": 1})

    assert said.status == 200
    assert said.body["response"][0]["vin"] == user.car.vin
    (asked,) = world.cloud.requests()
    assert (asked.name, asked.query) == ("vehicles", {"page": "1"})
    assert asked.headers["X-Forwarded-For"] == "127.0.0.1"


async def test_a_token_without_a_region_goes_to_north_america(user: User, world: World) -> None:
    said = await user.ask("GET", "/api/1/vehicles", token="Bearer a.e30.c")  # says nothing

    assert (said.status, said.error) == (401, "Unauthorized")
    assert world.cloud.requests()[0].host == "na"


async def test_of_a_refusal_that_is_passed_on_only_the_status_is_left(user: User, world: World) -> None:
    world.cloud.refuse("vehicles", "rate_limited_account")
    said = await user.ask("GET", "/api/1/vehicles")
    assert (said.status, said.error) == (429, "Too Many Requests")
    assert "Retry-After" not in said.headers

    world.cloud.refuse("vehicles", 540)
    assert (await user.ask("GET", "/api/1/vehicles")).error == ""


async def test_an_older_proxy_passes_refusals_on_whole_and_names_reasons_otherwise(
    user: User, world: World
) -> None:
    user.proxy.be_older(reasons="string")
    world.cloud.refuse("vehicles", "rate_limited_account")
    said = await user.ask("GET", "/api/1/vehicles")
    assert (said.error, said.headers["Retry-After"]) == ("Rate limit exceeded", "37")

    user.car.refuse("flash_lights", "user_present")
    told = "car could not execute command: user_present"
    assert (await user.command("flash_lights")).body["response"] == {"result": False, "string": told}


async def test_only_success_is_said_to_be_json(user: User) -> None:
    done, refused = await user.command("flash_lights"), await user.command("fly")

    assert done.headers["Content-Type"].startswith("application/json")
    assert refused.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert refused.text.endswith("}\n")


async def test_a_cloud_out_of_reach_is_a_502_and_a_slow_one_a_504(user: User, world: World) -> None:
    world.cloud.hang("vehicles", times=1)
    user.proxy.set_timeout(SHORT)
    said = await user.ask("GET", "/api/1/vehicles")
    assert (said.status, said.error) == (504, answers.DEADLINE)

    await world.cloud.down("eu")
    assert (await user.ask("GET", "/api/1/vehicles")).status == 502


async def test_a_huge_answer_is_not_passed_on(user: User, world: World) -> None:
    world.cloud.refuse("vehicles", 200, body="x" * 10_000_001)
    said = await user.ask("GET", "/api/1/vehicles")
    assert (said.status, said.error) == (502, answers.REPLY_LIMIT)


async def test_where_an_account_lives_is_remembered(user: User, world: World) -> None:
    world.cloud.move_account("na")

    assert (await user.ask("GET", "/api/1/vehicles")).status == 200
    assert (await user.command("flash_lights")).status == 200
    hosts = [asked.host for asked in world.cloud.requests()]
    assert hosts == ["eu", "na", "na", "na", "na"]

    await user.proxy.restart()
    world.cloud.books.asked.clear()
    assert (await user.command("flash_lights")).status == 200
    assert [asked.host for asked in world.cloud.requests()] == ["eu", "na", "na", "na"]


async def test_an_account_that_is_told_nowhere_stays_out(user: User, world: World) -> None:
    world.cloud.move_account("na")
    world.cloud.tell_region("body")
    said = await user.ask("GET", "/api/1/vehicles")
    assert (said.status, said.error) == (421, "Misdirected Request")

    world.cloud.tell_region()
    assert (await user.command("flash_lights")).status == 421

    world.cloud.tell_region("body")
    assert (await user.command("flash_lights")).status == 200


async def test_a_telemetry_configuration_is_signed_and_handed_in(user: User, world: World) -> None:
    config = {
        "hostname": "telemetry.example.org",
        "port": 4443,
        "ca": "PEM",
        "fields": {"Soc": {"interval_seconds": 10}},
    }
    body = {"vins": [user.car.vin], "config": config | {"aud": "somebody", "iss": "else"}}

    said = await user.ask("POST", "/api/1/vehicles/fleet_telemetry_config", json=body)

    assert said.status == 200, said.text
    assert said.body["response"]["updated_vehicles"] == 1
    (asked,) = world.cloud.requests()
    assert asked.name == "fleet_telemetry_config_jws"
    token = jws.read(asked.json["token"])
    assert token.issuer.hex() == user.proxy.public_key
    assert token.claims["aud"] == jws.AUDIENCE
    assert user.car.told is not None
    assert user.car.synced


async def test_a_telemetry_configuration_has_to_be_one(user: User) -> None:
    path = "/api/1/vehicles/fleet_telemetry_config"
    said = await user.ask("POST", path, json={"vins": [user.car.vin]})
    assert said.status == 400
    assert said.error.startswith("could not parse JSON body")
    assert (await user.ask("GET", path)).status == 405


async def test_health_needs_no_token(user: User) -> None:
    said = await user.ask("GET", "/health", token="")
    assert (said.status, said.text) == (200, "OK")


async def test_its_certificate_can_become_another(user: User, web: aiohttp.ClientSession) -> None:
    before, tls = user.proxy.fingerprint, ssl.create_default_context(cadata=user.proxy.certificate)
    after = await user.proxy.change_certificate()

    assert after != before
    assert after == user.proxy.fingerprint
    with pytest.raises(aiohttp.ClientConnectorCertificateError):
        await web.get(f"{user.proxy.base}/health", ssl=tls)
    assert (await user.ask("GET", "/health")).status == 200

    await user.proxy.change_certificate(days=-1)
    with pytest.raises(aiohttp.ClientConnectorCertificateError, match="expired"):
        await user.ask("GET", "/health")


async def test_as_teslas_instructions_make_it_the_certificate_names_no_host(
    world: World, web: aiohttp.ClientSession, tmp_path: Path
) -> None:
    async with Proxy(world.cloud, tmp_path, names=()) as proxy:
        tls = ssl.create_default_context(cadata=proxy.certificate)
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await web.get(f"{proxy.base}/health", ssl=tls)
        pinned = aiohttp.Fingerprint(bytes.fromhex(proxy.fingerprint))
        async with web.get(f"{proxy.base}/health", ssl=pinned) as answer:
            assert answer.status == 200


async def test_an_unknown_car_is_teslas_404(user: User) -> None:
    said: Said = await user.command("flash_lights", vin=NOBODY)
    assert said.status == 404
