"""The telemetry port, set up and changed in the reconfigure dialogue."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
import socket
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.port_settings import EVERYWHERE
from simulator.car.car import Car
from simulator.certificates import Authorities, stranger
from simulator.ports import free_port
from simulator.world import World
from tests.home import until
from tests.simulator.wall import Wall

from .account import HOST, Account, is_free
from .dialogue import Dialogue
from .files import (
    Files,
    a_folder,
    expired,
    missing,
    no_certificate,
    of_another_authority,
    of_another_name,
    of_no_public_authority,
    with_another_key,
    without_authority_file,
)


class Publisher:
    """Stands in for the page where Tesla publishes its authorities; sends what it is given, bit by bit."""

    def __init__(self, bundle: str) -> None:
        self.pieces = [bundle.encode()]
        self.status = 200
        self.asked = 0

    async def publish(self, request: web.Request) -> web.StreamResponse:
        self.asked += 1
        response = web.StreamResponse(status=self.status)
        await response.prepare(request)
        for piece in self.pieces:
            for start in range(0, len(piece), 4096):
                await response.write(piece[start : start + 4096])
        return response


@pytest.fixture
async def publisher(account: Account, authorities: Authorities) -> AsyncIterator[Publisher]:
    publisher = Publisher(authorities.bundle())
    app = web.Application()
    app.router.add_get("/prod_ca.crt", publisher.publish)
    async with TestServer(app) as server:
        shared = await account.shared()
        shared.ports.bundle_url = str(server.make_url("/prod_ca.crt"))
        yield publisher


@pytest.fixture
def bundle_file(tmp_path: Path, authorities: Authorities) -> str:
    file = tmp_path / "bundle.pem"
    file.write_text(authorities.bundle())
    return str(file)


def wanted(port: int, **changes: Any) -> dict[str, Any]:
    """Return what a user enters on the first page; nothing is between the public port and ours."""
    return {
        "way": "port",
        "host": HOST,
        "public_port": port,
        "port": port,
        "certificate": "own",
        "authorities": "file",
        "addresses": ["127.0.0.1"],
    } | changes


async def settings_of(account: Account, port: int) -> Any:
    shared = await account.shared()
    found = shared.ports.get(port)
    assert found is not None
    return found.settings


@pytest.fixture(autouse=True)
async def names_lead_here(account: Account) -> None:
    """The public name leads to this machine, as it does at home."""
    (await account.shared()).ports.resolve = to_this_machine


async def to_this_machine(_host: str, _port: int) -> list[str]:
    return ["127.0.0.1"]


@pytest.fixture
async def polled(account: Account, world: World) -> Account:
    """An account whose cars are only polled."""
    await account.set_up(world.add_car(), receiver="later")
    return account


async def test_a_port_with_a_certificate_of_our_own_takes_a_car(
    polled: Account, dialogue: Dialogue, world: World, bundle_file: str
) -> None:
    (car,) = world.cars.values()
    port = free_port()
    await dialogue.reconfigure(polled.entry, "receiver")
    assert dialogue.step["description_placeholders"]["shared"] == ""
    await dialogue.answer(**wanted(port, host=" https://Cars.Example.COM./ "))
    await dialogue.answer(authorities_file=bundle_file)

    await dialogue.progress()
    assert dialogue.step["step_id"] == "receiver_done"
    told = dialogue.step["description_placeholders"]
    assert (told["host"], told["port"], told["public_port"]) == (HOST, str(port), str(port))

    assert "127.0.0.1, this machine itself: this Home Assistant answers" in told["looks"]
    await dialogue.answer()
    assert dialogue.step["reason"] == "receiver_ready"
    assert polled.entry.data["receiver"] == port
    assert polled.runtime.port is not None
    await polled.connect(car, ca=polled.runtime.port.ca_for_cars)
    assert polled.shows(car, "binary_sensor.telemetry_connected") == "on"


@pytest.mark.parametrize(
    "host",
    ["", "cars", "cars example.com", "-cars.example.com", "https://", "a." * 130 + "b"],
)
async def test_a_name_that_is_none_is_refused(polled: Account, dialogue: Dialogue, host: str) -> None:
    await dialogue.reconfigure(polled.entry, "receiver")
    await dialogue.answer(**wanted(free_port(), host=host))

    assert dialogue.errors == {"host": "host_invalid"}


@pytest.mark.parametrize(
    ("host", "error"),
    [
        ("homeassistant.local", "host_private"),
        ("cars.example.com:8443", "host_with_port"),
        ("https://cars.example.com:8443/", "host_with_port"),
    ],
)
async def test_a_name_that_cars_cannot_use_is_refused_with_the_reason(
    polled: Account, dialogue: Dialogue, host: str, error: str
) -> None:
    await dialogue.reconfigure(polled.entry, "receiver")
    await dialogue.answer(**wanted(free_port(), host=host))

    assert dialogue.errors == {"host": error}


async def test_a_name_of_another_script_is_written_as_the_internet_does(
    polled: Account, dialogue: Dialogue, bundle_file: str
) -> None:
    port = free_port()
    await dialogue.reconfigure(polled.entry, "receiver")
    await dialogue.answer(**wanted(port, host="Käfer.example.com"))
    await dialogue.answer(authorities_file=bundle_file)

    assert (await settings_of(polled, port)).host == "xn--kfer-loa.example.com"


async def test_an_address_can_be_the_public_name(
    polled: Account, dialogue: Dialogue, bundle_file: str
) -> None:
    port = free_port()
    await dialogue.reconfigure(polled.entry, "receiver")
    await dialogue.answer(**wanted(port, host=" [::1] "))
    await dialogue.answer(authorities_file=bundle_file)
    await dialogue.progress()

    assert dialogue.step["description_placeholders"]["host"] == "::1"


async def test_a_port_that_somebody_else_has_is_refused(polled: Account, dialogue: Dialogue) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        await dialogue.reconfigure(polled.entry, "receiver")
        await dialogue.answer(**wanted(other.getsockname()[1]))

        assert dialogue.errors == {"port": "port_taken"}


@pytest.mark.parametrize("address", ["192.0.2.1", "no address"])
async def test_addresses_that_this_machine_does_not_have_are_refused(
    polled: Account, dialogue: Dialogue, address: str
) -> None:
    await dialogue.reconfigure(polled.entry, "receiver")
    await dialogue.answer(**wanted(free_port(), addresses=[address]))

    assert dialogue.errors == {"port": "port_unusable"}


async def test_files_of_the_users_own_are_shown_to_cars(
    polled: Account, dialogue: Dialogue, world: World, bundle_file: str, tmp_path: Path
) -> None:
    files = Files(tmp_path)
    (car,) = world.cars.values()
    port = free_port()
    await dialogue.reconfigure(polled.entry, "receiver")
    await dialogue.answer(**wanted(port, certificate="files"))
    assert dialogue.step["step_id"] == "receiver_files"
    await dialogue.answer(**files.answers())
    await dialogue.answer(authorities_file=bundle_file)
    await dialogue.progress()

    assert polled.runtime.port is not None
    assert polled.runtime.port.ca_for_cars == files.issuer.certificate_pem()
    await polled.connect(car)
    assert polled.shows(car, "binary_sensor.telemetry_connected") == "on"


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (expired, "certificate_expired"),
        (of_another_name, "name_mismatch"),
        (with_another_key, "key_mismatch"),
        (of_another_authority, "chain_incomplete"),
        (of_no_public_authority, "chain_incomplete"),
        (missing, "file_unreadable"),
        (a_folder, "file_unreadable"),
        (no_certificate, "file_unreadable"),
        (without_authority_file, "file_unreadable"),
    ],
    ids=lambda each: getattr(each, "__name__", each),
)
async def test_files_that_a_car_would_refuse_are_refused(
    polled: Account, dialogue: Dialogue, tmp_path: Path, make: Callable[[Path], dict[str, str]], error: str
) -> None:
    hass = polled.hass
    answers = await hass.async_add_executor_job(make, tmp_path)
    await dialogue.reconfigure(polled.entry, "receiver")
    await dialogue.answer(**wanted(free_port(), certificate="files"))
    await dialogue.answer(**answers)

    assert dialogue.errors == {"base": error}
    assert dialogue.step["description_placeholders"]["detail"]
    assert polled.entry.data["receiver"] == "later"

    files = await hass.async_add_executor_job(Files, tmp_path)
    await dialogue.answer(**files.answers())
    assert dialogue.step["step_id"] == "receiver_bundle_file"


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe", b"-----BEGIN CERTIFICATE-----\n"])
async def test_authorities_that_cannot_be_read_are_refused(
    polled: Account, dialogue: Dialogue, tmp_path: Path, bundle_file: str, content: bytes | None
) -> None:
    file = tmp_path / "bad.pem"
    if content is not None:
        await polled.hass.async_add_executor_job(file.write_bytes, content)
    await dialogue.reconfigure(polled.entry, "receiver")
    await dialogue.answer(**wanted(free_port()))
    await dialogue.answer(authorities_file=str(file))
    assert dialogue.errors == {"authorities_file": "file_unreadable"}

    await dialogue.answer(authorities_file=bundle_file)
    await dialogue.progress()
    assert dialogue.step["step_id"] == "receiver_done"


async def test_authorities_nobody_knows_need_consent_once(
    polled: Account, dialogue: Dialogue, authorities: Authorities, publisher: Publisher
) -> None:
    port = free_port()
    await dialogue.reconfigure(polled.entry, "receiver")
    await dialogue.answer(**wanted(port, authorities="tesla"))

    assert dialogue.step["step_id"] == "receiver_unknown"
    named = dialogue.step["description_placeholders"]["unknown"].splitlines()
    assert len(named) == authorities.bundle().count("BEGIN CERTIFICATE")
    assert any("Tesla Product Root CA" in line for line in named)

    await dialogue.answer(trust=False)
    assert dialogue.errors == {"base": "not_trusted"}
    assert polled.entry.data["receiver"] == "later"
    await dialogue.answer(trust=True)
    await dialogue.progress()
    assert dialogue.step["step_id"] == "receiver_done"
    assert (await settings_of(polled, port)).bundle == authorities.bundle()

    await dialogue.reconfigure(polled.entry, "receiver")
    await dialogue.answer(**wanted(port, authorities="tesla"))
    await dialogue.progress()
    assert dialogue.step["step_id"] == "receiver_done"
    assert publisher.asked == 2


async def test_a_new_authority_in_a_known_bundle_needs_consent(
    polled: Account, dialogue: Dialogue, authorities: Authorities, publisher: Publisher
) -> None:
    port = free_port()
    await dialogue.reconfigure(polled.entry, "receiver")
    await dialogue.answer(**wanted(port, authorities="tesla"))
    await dialogue.answer(trust=True)
    publisher.pieces.append(stranger("Tesla Product Root CA").certificate_pem().encode())
    await dialogue.reconfigure(polled.entry, "receiver")
    await dialogue.answer(**wanted(port, authorities="tesla"))

    assert dialogue.step["step_id"] == "receiver_unknown"
    assert len(dialogue.step["description_placeholders"]["unknown"].splitlines()) == 1


async def test_text_of_any_encoding_may_stand_between_the_authorities(
    polled: Account, dialogue: Dialogue, publisher: Publisher
) -> None:
    publisher.pieces.insert(0, b"\xff\xfe M\xfcller\n")
    await dialogue.reconfigure(polled.entry, "receiver")
    await dialogue.answer(**wanted(free_port(), authorities="tesla"))
    await dialogue.answer(trust=True)

    await dialogue.progress()
    assert dialogue.step["step_id"] == "receiver_done"


@pytest.mark.parametrize(
    ("status", "content"),
    [(404, b"Not found"), (200, b"<html>Sign in to this network</html>"), (200, b"x" * 300_000)],
    ids=["missing", "captive", "endless"],
)
async def test_authorities_that_cannot_be_fetched_can_be_fetched_again(
    polled: Account, dialogue: Dialogue, publisher: Publisher, status: int, content: bytes
) -> None:
    honest = publisher.pieces
    publisher.status, publisher.pieces = status, [content]
    await dialogue.reconfigure(polled.entry, "receiver")
    await dialogue.answer(**wanted(free_port(), authorities="tesla"))
    assert dialogue.step["step_id"] == "receiver_bundle"
    assert dialogue.errors == {"base": "bundle_unreachable"}

    publisher.status, publisher.pieces = 200, honest
    await dialogue.answer(authorities="tesla")
    assert dialogue.step["step_id"] == "receiver_unknown"


async def test_without_internet_access_authorities_are_taken_from_a_file(
    polled: Account, dialogue: Dialogue, bundle_file: str
) -> None:
    shared = await polled.shared()
    shared.ports.bundle_url = f"http://127.0.0.1:{free_port()}/"
    await dialogue.reconfigure(polled.entry, "receiver")
    await dialogue.answer(**wanted(free_port(), authorities="tesla"))
    assert dialogue.errors == {"base": "bundle_unreachable"}

    await dialogue.answer(authorities="file")
    await dialogue.answer(authorities_file=bundle_file)
    await dialogue.progress()
    assert dialogue.step["step_id"] == "receiver_done"


async def test_the_own_authority_stays_when_name_and_port_change(
    polled: Account, dialogue: Dialogue, bundle_file: str
) -> None:
    first, second = free_port(), free_port()
    await dialogue.reconfigure(polled.entry, "receiver")
    await dialogue.answer(**wanted(first))
    await dialogue.answer(authorities_file=bundle_file)
    before = await settings_of(polled, first)
    await dialogue.reconfigure(polled.entry, "receiver")
    await dialogue.answer(**wanted(second, host="auto.example.org"))
    await dialogue.answer(authorities_file=bundle_file)

    after = await settings_of(polled, second)
    assert after.ca == before.ca
    assert after.leaf != before.leaf
    shared = await polled.shared()
    assert shared.ports.get(first) is None
    assert is_free(first)


async def test_what_is_set_up_is_suggested_again(
    account: Account, world: World, dialogue: Dialogue, bundle_file: str
) -> None:
    port = await account.make_port()
    await account.set_up(world.add_car(), receiver=port)
    await dialogue.reconfigure(account.entry, "receiver")

    suggested = {field["name"]: field.get("description", {}) for field in dialogue._fields()}
    assert suggested["way"] == {"suggested_value": "port"}
    assert suggested["host"] == {"suggested_value": HOST}
    assert suggested["port"] == {"suggested_value": port}
    assert suggested["addresses"] == {"suggested_value": ["127.0.0.1"]}


async def test_all_addresses_are_not_suggested_by_their_names(
    account: Account, world: World, dialogue: Dialogue
) -> None:
    port = await account.make_port()
    await account.set_up(world.add_car(), receiver=port)
    shared = await account.shared()
    await shared.ports.async_set(replace(await settings_of(account, port), addresses=EVERYWHERE))
    await dialogue.reconfigure(account.entry, "receiver")

    suggested = {field["name"]: field.get("description", {}) for field in dialogue._fields()}
    assert suggested["addresses"] == {}


async def test_a_port_whose_settings_are_lost_can_be_set_up_again(
    account: Account, world: World, dialogue: Dialogue, bundle_file: str, issue_registry: ir.IssueRegistry
) -> None:
    car, port = world.add_car(), free_port()
    await account.set_up(car, receiver=free_port())
    assert (DOMAIN, f"receiver_lost_{account.entry.entry_id}") in issue_registry.issues
    await dialogue.reconfigure(account.entry, "receiver")
    await dialogue.answer(**wanted(port))
    await dialogue.answer(authorities_file=bundle_file)

    await dialogue.progress()
    assert dialogue.step["step_id"] == "receiver_done"
    assert not issue_registry.issues
    await account.connect(car)


async def test_the_port_we_listen_on_can_get_other_addresses(
    account: Account, world: World, dialogue: Dialogue, bundle_file: str
) -> None:
    car = world.add_car()
    port = await account.make_port()
    await account.set_up(car, receiver=port)
    await account.connect(car)
    await dialogue.reconfigure(account.entry, "receiver")
    await dialogue.answer(**wanted(port, addresses=["127.0.0.1", "127.0.0.2"]))
    assert not dialogue.errors
    await dialogue.answer(authorities_file=bundle_file)

    assert not is_free(port, "127.0.0.2")
    await world.advance(60)
    await until(lambda: car.telemetry.connections.open)


async def test_the_user_is_told_who_else_uses_the_port(
    account: Account, world: World, wall: Wall, dialogue: Dialogue
) -> None:
    port = await account.make_port()
    await account.set_up(world.add_car("typed"), receiver=port)
    partner = world.cloud.add_account(email="partner@example.org")
    other = Account(account.hass, world, wall, partner)
    await other.set_up(world.add_car("untyped", account=partner), receiver=port)
    await dialogue.reconfigure(account.entry, "receiver")

    assert dialogue.step["description_placeholders"]["shared"].startswith("Also used by: Biscuit.")


async def test_who_leaves_a_port_that_others_use_leaves_it_to_them(
    account: Account, world: World, wall: Wall, dialogue: Dialogue, bundle_file: str
) -> None:
    port, elsewhere = await account.make_port(), free_port()
    await account.set_up(world.add_car("typed"), receiver=port)
    partner = world.cloud.add_account(email="partner@example.org")
    other = Account(account.hass, world, wall, partner)
    await other.set_up(world.add_car("untyped", account=partner), receiver=port)
    await dialogue.reconfigure(account.entry, "receiver")
    await dialogue.answer(**wanted(elsewhere))
    await dialogue.answer(authorities_file=bundle_file)

    assert not is_free(port)
    assert not is_free(elsewhere)
    assert other.runtime.port is not None
    assert other.runtime.port.users == {other.entry.entry_id}


async def test_what_is_confirmed_as_it_was_disconnects_no_car(
    streaming: Account, car: Car, dialogue: Dialogue, bundle_file: str
) -> None:
    port = streaming.entry.data["receiver"]
    await dialogue.reconfigure(streaming.entry, "receiver")
    await dialogue.answer(**wanted(port, public_port=443))
    await dialogue.answer(authorities_file=bundle_file)
    await streaming.world.advance(60)

    assert len(car.telemetry.connections.open) == 1
    assert car.telemetry.connections.connects == 1


async def test_the_name_is_suggested_under_which_home_assistant_is_found(
    polled: Account, dialogue: Dialogue
) -> None:
    await polled.hass.config.async_update(external_url="https://home.example.org:8443")
    await dialogue.reconfigure(polled.entry, "receiver")

    suggested = {field["name"]: field.get("description", {}) for field in dialogue._fields()}
    assert suggested["host"] == {"suggested_value": "home.example.org"}
    assert suggested["public_port"] == {}  # the usual one is free for cars


async def test_where_web_pages_have_the_usual_port_another_one_is_suggested(
    polled: Account, dialogue: Dialogue
) -> None:
    await polled.hass.config.async_update(external_url="https://home.example.org")
    await dialogue.reconfigure(polled.entry, "receiver")

    suggested = {field["name"]: field.get("description", {}) for field in dialogue._fields()}
    assert suggested["public_port"] == {"suggested_value": 8443}


async def test_the_direct_connection_can_be_given_up_for_good(
    account: Account, world: World, dialogue: Dialogue
) -> None:
    car = world.add_car()
    port = await account.make_port()
    await account.set_up(car, receiver=port)
    await account.connect(car)
    await dialogue.reconfigure(account.entry, "receiver_off")
    await dialogue.answer()
    assert dialogue.step["reason"] == "reconfigure_successful"
    assert account.entry.data["receiver"] == "never"
    assert is_free(port)
    assert account.shows(car, "binary_sensor.telemetry_connected") != "on"
    await dialogue.reconfigure(account.entry, "receiver")
    assert dialogue.step["step_id"] == "receiver"
