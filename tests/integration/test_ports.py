"""The telemetry port itself: opened, in trouble, with certificates that come of age."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
import errno
from pathlib import Path
import socket
import ssl

from cryptography.hazmat.primitives.serialization import Encoding
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (  # type: ignore[import-untyped]  # has no types
    async_fire_time_changed,
)

from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.port import TelemetryPort, problem_key
from custom_components.tesla_direct.port_settings import EVERYWHERE, FILES, PortSettings, own_certificate
from custom_components.tesla_direct.tesla.errors import ChainIncomplete, NameMismatch
from custom_components.tesla_direct.tesla.fleet_telemetry.certificate import Pair, issue, read_chain
from custom_components.tesla_direct.tesla.fleet_telemetry.server import PortTaken
from simulator.car.car import Car
from simulator.certificates import Credential, server_certificate, stranger
from simulator.ports import free_port
from simulator.world import World
from tests.home import until
from tests.simulator.wall import Wall

from .account import HOST, Account, is_free
from .disk import data
from .files import Files
from .restart import restarted

HOUR = 3_600.0
DAY = 86_400.0


async def port_of(account: Account) -> TelemetryPort:
    shared = await account.shared()
    found = shared.ports.get(account.entry.data["receiver"])
    assert found is not None
    return found


async def after(hass: HomeAssistant, seconds: float) -> None:
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=seconds))
    await hass.async_block_till_done()


async def a_day(hass: HomeAssistant, hours: int = 24) -> None:
    """Let a day go by, hour by hour."""
    for hour in range(1, hours + 1):
        await after(hass, hour * (HOUR + 1))


async def use_files(account: Account, files: Files, port: int) -> None:
    """Set a port up with files of the user's own."""
    settings = PortSettings(
        port=port,
        addresses=("127.0.0.1",),
        host=HOST,
        certificate=FILES,
        certificate_file=str(files.certificate),
        key_file=str(files.key),
        ca=files.issuer.certificate_pem(),
        bundle=account.world.authorities.bundle(),
    )
    shared = await account.shared()
    await shared.ports.async_set(settings)


async def with_files(account: Account, folder: Path) -> tuple[Files, int]:
    """Make files, and set a port up with them; return both."""
    files, number = await account.hass.async_add_executor_job(Files, folder), free_port()
    await use_files(account, files, number)
    return files, number


def shown(port: int) -> bytes:
    """Return the certificate that a stranger is shown. Blocks."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", port), 5) as sock,
        context.wrap_socket(sock, server_hostname=HOST) as tls,
    ):
        return tls.getpeercert(binary_form=True) or b""


async def until_shown(hass: HomeAssistant, port: int, certificate: Credential) -> None:
    """Return once a stranger is shown a certificate."""
    expected = certificate.certificate.public_bytes(Encoding.DER)
    for _ in range(200):
        if await hass.async_add_executor_job(shown, port) == expected:
            return
    raise AssertionError("another certificate is shown")


async def test_a_taken_port_is_told_and_tried_again_until_it_is_free(
    account: Account, car: Car, hass: HomeAssistant, issue_registry: ir.IssueRegistry
) -> None:
    number = free_port()
    with socket.socket() as other:
        other.bind(("127.0.0.1", number))
        other.listen()
        await account.make_port(number)
        await account.set_up(car, receiver=number)
        issue = issue_registry.issues[DOMAIN, f"port_{number}"]
        assert issue.translation_key == "receiver_port_taken"
        assert account.shows(car, "sensor.battery_level") == "70"
        await after(hass, 61)
        assert (DOMAIN, f"port_{number}") in issue_registry.issues

    await after(hass, 61)
    assert (DOMAIN, f"port_{number}") not in issue_registry.issues
    await account.connect(car)


async def test_whoever_waited_for_a_port_hears_when_it_opens_for_somebody_else(
    account: Account, world: World, wall: Wall, car: Car, hass: HomeAssistant
) -> None:
    number = free_port()
    partner = world.cloud.add_account(email="partner@example.org")
    other = Account(hass, world, wall, partner)
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", number))
        somebody.listen()
        await account.make_port(number)
        await account.set_up(car, receiver=number)
        account.runtime.vehicles[car.vin].connected_before = True
        await other.set_up(world.add_car("untyped", account=partner), receiver=number)
        assert await hass.config_entries.async_unload(other.entry.entry_id)
    sources = account.runtime.vehicles[car.vin].coordinator.sources
    assert sources["receiver"] is False
    assert await hass.config_entries.async_setup(other.entry.entry_id)
    await other.quiet()

    assert account.runtime.vehicles[car.vin].coordinator.sources["receiver"] is True
    await account.connect(car)
    await after(hass, 61)
    assert car.telemetry.connections.connects == 1


async def test_a_port_that_is_changed_while_an_entry_reloads_takes_its_cars_again(
    streaming: Account, world: World, wall: Wall, car: Car, hass: HomeAssistant
) -> None:
    partner = world.cloud.add_account(email="partner@example.org")
    other = Account(hass, world, wall, partner)
    await other.set_up(world.add_car("untyped", account=partner), receiver=streaming.entry.data["receiver"])
    await hass.config_entries.async_unload(streaming.entry.entry_id)
    shared = await streaming.shared()
    await shared.ports.async_set(replace((await port_of(streaming)).settings, public_port=4443))
    await hass.config_entries.async_setup(streaming.entry.entry_id)
    await world.advance(40)
    await until(lambda: car.telemetry.connections.open)
    await streaming.push(car, BatteryLevel=41.0)

    assert streaming.shows(car, "sensor.battery_level") == "41.0"


async def test_a_port_that_closes_while_its_certificate_is_looked_at_stays_closed(
    streaming: Account, hass: HomeAssistant
) -> None:
    port = await port_of(streaming)
    await a_day(hass, hours=23)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=DAY + HOUR))
    await port.async_close()
    await hass.async_block_till_done()

    assert not port.listening
    assert is_free(streaming.entry.data["receiver"])


async def test_a_port_that_changes_while_its_certificate_is_looked_at_shows_the_new_one(
    account: Account, car: Car, hass: HomeAssistant, tmp_path: Path
) -> None:
    files, number = await with_files(account, tmp_path)
    await account.set_up(car, receiver=number)
    port = await port_of(account)
    files.write(server_certificate(files.issuer, HOST))
    own = await hass.async_add_executor_job(
        own_certificate, replace(port.settings, leaf=None), (), dt_util.utcnow().timestamp()
    )
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=HOUR + 1))
    await port.async_change(own)
    await hass.async_block_till_done()

    assert port.settings == own
    assert own.leaf is not None
    expected = read_chain(own.leaf.certificate.encode())[0].public_bytes(Encoding.DER)
    assert await hass.async_add_executor_job(shown, number) == expected


async def test_files_that_are_bad_are_told_as_the_ports_trouble_once_nothing_old_serves_any_more(
    account: Account, car: Car, hass: HomeAssistant, issue_registry: ir.IssueRegistry, tmp_path: Path
) -> None:
    files, number = await with_files(account, tmp_path)
    await account.set_up(car, receiver=number)
    port = await port_of(account)
    over = server_certificate(files.issuer, HOST, days=(90.0, -1.0))
    files.write(over)
    port.settings = replace(port.settings, leaf=Pair(over.certificate_pem(), over.key_pem()))
    await after(hass, HOUR + 1)
    await until(lambda: (DOMAIN, f"port_{number}") in issue_registry.issues)
    assert issue_registry.issues[DOMAIN, f"port_{number}"].translation_key == "receiver_certificate"

    files.write(server_certificate(files.issuer, HOST))
    await after(hass, 2 * HOUR + 2)
    await until(lambda: (DOMAIN, f"port_{number}") not in issue_registry.issues)


async def test_the_repair_of_a_port_goes_with_its_last_user(
    account: Account, car: Car, hass: HomeAssistant, issue_registry: ir.IssueRegistry
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        number: int = other.getsockname()[1]
        await account.make_port(number)
        await account.set_up(car, receiver=number)
        await hass.config_entries.async_remove(account.entry.entry_id)

        assert issue_registry.issues == {}
    await after(hass, 61)
    assert is_free(number)


async def test_a_port_can_listen_on_every_address(account: Account, car: Car) -> None:
    number = await account.make_port()
    shared = await account.shared()
    port = shared.ports.get(number)
    assert port is not None
    await shared.ports.async_set(replace(port.settings, addresses=EVERYWHERE))
    await account.set_up(car, receiver=number)

    await account.connect(car)


async def test_files_that_are_missing_are_told_until_they_are_back(
    account: Account, car: Car, hass: HomeAssistant, issue_registry: ir.IssueRegistry, tmp_path: Path
) -> None:
    files, number = await with_files(account, tmp_path)
    aside = files.key.rename(tmp_path / "aside.pem")
    await account.set_up(car, receiver=number)
    issue = issue_registry.issues[DOMAIN, f"port_{number}"]
    assert issue.translation_key == "receiver_certificate"

    aside.rename(files.key)
    await after(hass, 61)
    assert (DOMAIN, f"port_{number}") not in issue_registry.issues
    await account.connect(car)


async def test_a_certificate_for_another_name_is_told(
    account: Account, car: Car, hass: HomeAssistant, issue_registry: ir.IssueRegistry, tmp_path: Path
) -> None:
    files = await hass.async_add_executor_job(Files, tmp_path, "other.example.com")
    number = free_port()
    await use_files(account, files, number)
    await account.set_up(car, receiver=number)

    issue = issue_registry.issues[DOMAIN, f"port_{number}"]
    assert issue.translation_key == "receiver_name_mismatch"


def out_of_its_time(files: Files) -> None:
    files.write(server_certificate(files.issuer, HOST, days=(90.0, -1.0)))


def with_another_key(files: Files) -> None:
    files.write(files.leaf, key=server_certificate(files.issuer, HOST))


def of_another_authority(files: Files) -> None:
    files.write(server_certificate(stranger("Other CA"), HOST))


def unreadable(files: Files) -> None:
    files.certificate.write_bytes(b"\xff\xfe no certificate")


@pytest.mark.parametrize("go_bad", [out_of_its_time, with_another_key, of_another_authority, unreadable])
async def test_files_that_have_gone_bad_are_told_and_the_rest_keeps_working(
    account: Account,
    car: Car,
    issue_registry: ir.IssueRegistry,
    tmp_path: Path,
    go_bad: Callable[[Files], None],
) -> None:
    hass = account.hass
    files, number = await with_files(account, tmp_path)
    go_bad(files)
    await account.set_up(car, receiver=number)
    issue = issue_registry.issues[DOMAIN, f"port_{number}"]
    assert issue.translation_key == "receiver_certificate"
    assert (issue.translation_placeholders or {})["detail"]
    assert account.shows(car, "sensor.battery_level") == "70"
    assert is_free(number)

    files.write(files.leaf)
    await after(hass, 61)
    assert (DOMAIN, f"port_{number}") not in issue_registry.issues
    await account.connect(car)


async def test_a_renewed_file_is_shown_within_the_hour_and_connections_stay(
    account: Account, car: Car, hass: HomeAssistant, tmp_path: Path
) -> None:
    files, number = await with_files(account, tmp_path)
    await account.set_up(car, receiver=number)
    await account.connect(car)
    await until_shown(hass, number, files.leaf)
    renewed = server_certificate(files.issuer, HOST)
    files.write(renewed)
    await after(hass, HOUR + 1)

    await until_shown(hass, number, renewed)
    assert len(car.telemetry.connections.open) == 1
    assert car.telemetry.connections.connects == 1
    car.reconnect()
    await account.world.advance(40)
    await until(lambda: car.telemetry.connections.connects == 2)


def told(issue_registry: ir.IssueRegistry, key: str) -> dict[str, str] | None:
    """Return what is told of a certificate, None if nothing is."""
    found = [issue for issue in issue_registry.issues.values() if issue.translation_key == key]
    return (found[0].translation_placeholders or {}) if found else None


async def test_a_renewed_file_that_cars_would_refuse_is_not_shown_and_told(
    account: Account, car: Car, hass: HomeAssistant, issue_registry: ir.IssueRegistry, tmp_path: Path
) -> None:
    files, number = await with_files(account, tmp_path)
    await account.set_up(car, receiver=number)
    port = await port_of(account)
    before = port.ca_for_cars
    files.write(server_certificate(stranger("Other CA"), HOST))
    await after(hass, HOUR + 1)
    await until(lambda: told(issue_registry, "certificate_unfit"))
    await until_shown(hass, number, files.leaf)
    assert port.ca_for_cars == before

    renewed = server_certificate(files.issuer, HOST)
    files.write(renewed)
    await after(hass, 2 * HOUR + 2)
    await until(lambda: not told(issue_registry, "certificate_unfit"))
    await until_shown(hass, number, renewed)


@pytest.mark.parametrize("go_bad", [out_of_its_time, with_another_key, unreadable, Path.unlink])
async def test_what_was_good_is_shown_while_the_files_are_bad_even_after_a_restart(
    account: Account,
    car: Car,
    issue_registry: ir.IssueRegistry,
    tmp_path: Path,
    go_bad: Callable[..., None],
) -> None:
    hass = account.hass
    files, number = await with_files(account, tmp_path)
    await account.set_up(car, receiver=number)
    go_bad(files.certificate if go_bad is Path.unlink else files)
    await after(hass, HOUR + 1)
    await until(lambda: told(issue_registry, "certificate_unfit"))
    end = files.leaf.certificate.not_valid_after_utc
    shown = told(issue_registry, "certificate_unfit") or {}
    assert shown["date"] == dt_util.as_local(end).date().isoformat()

    async with restarted(account) as again:
        await until_shown(again.hass, number, files.leaf)
        assert told(ir.async_get(again.hass), "certificate_unfit")
        await again.connect(car)


class Successor:
    """What follows a user's files: of another authority, which stands in the chain."""

    def __init__(self, files: Files) -> None:
        self.issuer = stranger("New CA")
        leaf = server_certificate(self.issuer, HOST)
        chain = (self.issuer.certificate,)
        self.leaf = Credential(certificate=leaf.certificate, key=leaf.key, chain=chain)
        files.write(self.leaf)


async def hold_up(port: TelemetryPort) -> None:
    """Have one more user of a port, whose cars are not told of a new authority by themselves."""
    await port.async_acquire("another entry", lambda _: None)


async def test_a_file_of_another_authority_waits_until_cars_hold_both(
    account: Account, car: Car, hass: HomeAssistant, issue_registry: ir.IssueRegistry, tmp_path: Path
) -> None:
    files, number = await with_files(account, tmp_path)
    await account.set_up(car, receiver=number)
    await account.connect(car)
    port = await port_of(account)
    await hold_up(port)
    calls: list[str] = []
    stop = port.async_watch(lambda: calls.append(port.ca_for_cars))
    new = await hass.async_add_executor_job(Successor, files)
    await after(hass, HOUR + 1)

    await until(lambda: told(issue_registry, "certificate_not_served"))
    await until_shown(hass, number, files.leaf)
    both = port.ca_for_cars
    assert both == files.issuer.certificate_pem() + new.issuer.certificate_pem()
    assert calls == [both]
    await port.async_ca_synced("another entry", files.issuer.certificate_pem())
    assert told(issue_registry, "certificate_not_served")

    await port.async_ca_synced("another entry", both)
    await until_shown(hass, number, new.leaf)
    assert not told(issue_registry, "certificate_not_served")
    assert port.ca_for_cars == both  # so nothing has to be sent again
    assert len(car.telemetry.connections.open) == 1
    car.reconnect()
    stop()
    await account.connect(car, ca=both)
    assert calls == [both]


async def test_a_file_waits_for_the_cars_of_an_account_that_has_not_started_yet(
    account: Account, wall: Wall, car: Car, issue_registry: ir.IssueRegistry, tmp_path: Path
) -> None:
    hass, world = account.hass, account.world
    files, number = await with_files(account, tmp_path)
    partner = world.cloud.add_account(email="partner@example.org")
    other = Account(hass, world, wall, partner)
    other.add_entry(world.add_car("untyped", account=partner), receiver=number)
    await account.set_up(car, receiver=number)
    port = await port_of(account)
    assert await hass.config_entries.async_unload(other.entry.entry_id)  # it had started with the other one
    new = await hass.async_add_executor_job(Successor, files)
    await after(hass, HOUR + 1)
    await until(lambda: told(issue_registry, "certificate_not_served"))
    await until_shown(hass, number, files.leaf)

    await port.async_ca_synced(other.entry.entry_id, port.ca_for_cars)
    await until_shown(hass, number, new.leaf)


async def test_a_file_waits_for_nobody_where_no_car_was_told_of_the_old_one(
    account: Account, car: Car, hass: HomeAssistant, issue_registry: ir.IssueRegistry, tmp_path: Path
) -> None:
    files, number = await with_files(account, tmp_path)
    await account.set_up(car, receiver=number)
    new = await hass.async_add_executor_job(Successor, files)
    await after(hass, HOUR + 1)

    await until_shown(hass, number, new.leaf)
    assert not told(issue_registry, "certificate_not_served")
    assert not told(issue_registry, "certificate_unfit")


async def test_what_waited_opens_a_port_that_had_nothing_to_show(
    account: Account, car: Car, hass: HomeAssistant, tmp_path: Path
) -> None:
    files, number = await with_files(account, tmp_path)
    with socket.socket() as other:
        other.bind(("127.0.0.1", number))
        other.listen()
        new = await hass.async_add_executor_job(Successor, files)
        port = (await account.shared()).ports.get(number)
        assert port is not None
        await hold_up(port)
        await account.set_up(car, receiver=number)
        opened = [port.listening]
    await port.async_ca_synced("another entry", port.ca_for_cars)

    assert [*opened, port.listening] == [False, True]
    await until_shown(hass, number, new.leaf)


async def test_a_certificate_that_ends_soon_is_told_until_it_is_renewed(
    account: Account, car: Car, hass: HomeAssistant, issue_registry: ir.IssueRegistry, tmp_path: Path
) -> None:
    files, number = await with_files(account, tmp_path)
    files.write(server_certificate(files.issuer, HOST, days=(80.0, 10.0)))
    await account.set_up(car, receiver=number)
    end = dt_util.utcnow() + timedelta(10)
    shown = told(issue_registry, "certificate_ends_soon")
    assert shown is not None
    assert shown["date"] == dt_util.as_local(end).date().isoformat()

    files.write(server_certificate(files.issuer, HOST))
    await after(hass, HOUR + 1)
    await until(lambda: not told(issue_registry, "certificate_ends_soon"))


async def test_a_certificate_that_lives_for_days_only_is_not_told_before_its_last(
    account: Account, car: Car, hass: HomeAssistant, issue_registry: ir.IssueRegistry, tmp_path: Path
) -> None:
    files, number = await with_files(account, tmp_path)
    files.write(server_certificate(files.issuer, HOST, days=(1.0, 5.0)))
    await account.set_up(car, receiver=number)
    assert not told(issue_registry, "certificate_ends_soon")

    files.write(server_certificate(files.issuer, HOST, days=(5.0, 1.0)))
    await after(hass, HOUR + 1)
    await until(lambda: told(issue_registry, "certificate_ends_soon"))
    await hass.config_entries.async_remove(account.entry.entry_id)
    assert not issue_registry.issues


async def test_that_somebody_outside_has_reached_the_port_is_kept(streaming: Account) -> None:
    port = await port_of(streaming)
    reached = [port.reached_from_outside]
    streaming.server.gate.outside += 1  # nobody on this machine has a public address
    assert [*reached, port.reached_from_outside] == [False, True]
    await after(streaming.hass, HOUR + 1)
    await until(lambda: port.settings.outside_at)

    async with restarted(streaming) as again:
        assert (await port_of(again)).reached_from_outside


async def test_our_own_certificate_is_issued_anew_in_time_by_the_same_authority(
    streaming: Account, car: Car, hass: HomeAssistant
) -> None:
    port = await port_of(streaming)
    settings = port.settings
    assert settings.authority is not None
    old = await hass.async_add_executor_job(
        issue, settings.authority, HOST, dt_util.utcnow().timestamp() - 300 * DAY
    )
    port.settings = replace(settings, leaf=old)
    await a_day(hass)

    await until(lambda: port.settings.leaf not in (old, settings.leaf))
    assert port.settings.ca == settings.ca
    await after(hass, 25 * (HOUR + 1))
    kept = await hass.async_add_executor_job(data, hass, "ports")
    assert kept["ports"][0]["leaf"]["certificate"] == port.settings.leaf.certificate  # type: ignore[union-attr]  # it has one
    car.reconnect()
    await streaming.world.advance(40)
    await until(lambda: car.telemetry.connections.connects == 2)


async def test_a_certificate_that_came_of_age_meanwhile_is_issued_anew_at_the_start(
    streaming: Account, car: Car, hass: HomeAssistant
) -> None:
    port = await port_of(streaming)
    settings = port.settings
    assert settings.authority is not None
    old = await hass.async_add_executor_job(
        issue, settings.authority, HOST, dt_util.utcnow().timestamp() - 500 * DAY
    )
    shared = await streaming.shared()
    port.settings = replace(settings, leaf=old)
    await shared.ports._async_save()
    async with restarted(streaming) as again:
        assert (await port_of(again)).settings.leaf != old
        await again.world.advance(40)
        await until(lambda: car.telemetry.connections.open)


async def test_a_port_comes_back_after_a_restart_as_it_was(streaming: Account, world: World) -> None:
    before = (await port_of(streaming)).settings
    async with restarted(streaming) as again:
        assert (await port_of(again)).settings == before
        assert (await port_of(again)).listening


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (PortTaken(errno.EADDRINUSE, "in use"), "port_taken"),
        (PermissionError(errno.EACCES, "not allowed"), "port_forbidden"),
        (OSError(errno.EADDRNOTAVAIL, "no such address"), "unknown"),
        (NameMismatch("of another name"), "name_mismatch"),
        (ChainIncomplete("of nobody we know"), "certificate"),
    ],
)
def test_each_reason_for_a_closed_port_has_its_word(error: Exception, key: str) -> None:
    assert problem_key(error) == key
