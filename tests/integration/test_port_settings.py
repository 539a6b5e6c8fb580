"""Which certificate a telemetry port shows, and what cars have to hold; test_ports.py has the port itself."""

from collections.abc import Callable
from dataclasses import replace
import json
import os
from pathlib import Path
import time
from typing import Any

import pytest

from custom_components.tesla_direct.port_settings import (
    DAY,
    FILES,
    PortSettings,
    near_end,
    own_certificate,
    prepare,
    signature,
    with_files,
)
from custom_components.tesla_direct.tesla.errors import (
    CertificateError,
    CertificateExpired,
    ChainIncomplete,
    FileUnreadable,
)
from custom_components.tesla_direct.tesla.fleet_telemetry.certificate import Pair, issue
from simulator.certificates import Authorities, Credential, server_certificate, stranger

from .account import HOST
from .files import Files

NOW = time.time()


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


@pytest.fixture
def own(authorities: Authorities) -> PortSettings:
    return own_certificate(PortSettings(port=8443, host=HOST, bundle=authorities.bundle()), (), NOW)


@pytest.fixture
def theirs(authorities: Authorities, files: Files) -> PortSettings:
    return PortSettings(
        port=8443,
        host=HOST,
        certificate=FILES,
        certificate_file=str(files.certificate),
        key_file=str(files.key),
        ca=files.issuer.certificate_pem(),
        bundle=authorities.bundle(),
    )


def succeeded(files: Files) -> Credential:
    """Write a certificate of another authority, which stands in its chain; return the authority."""
    issuer = stranger("New CA")
    leaf = server_certificate(issuer, HOST)
    files.write(Credential(certificate=leaf.certificate, key=leaf.key, chain=(issuer.certificate,)))
    return issuer


def pair_of(credential: Credential) -> Pair:
    return Pair(credential.certificate_pem(), credential.key_pem())


def test_settings_come_back_as_they_were_stored(own: PortSettings) -> None:
    settings = replace(own, next_ca="x", peers=("192.0.2.7", "172.30.32.0/23"), secret="s", outside_at=1.5)

    assert PortSettings.from_dict(json.loads(json.dumps(settings.to_dict()))) == settings


def test_settings_of_earlier_versions_know_no_proxy(own: PortSettings) -> None:
    stored = own.to_dict()
    for name in ("next_ca", "peers", "secret", "outside_at"):
        del stored[name]

    assert PortSettings.from_dict(stored) == own


@pytest.mark.parametrize(
    "change",
    [
        {"peers": ["nonsense"]},
        {"peers": [["192.0.2.7"]]},
        {"peers": 5},
        {"leaf": "pem"},
        {"authority": {"certificate": "x"}},
        {"surplus": 1},
    ],
)
def test_what_can_be_no_port_is_refused_as_it_is_read(own: PortSettings, change: dict[str, Any]) -> None:
    with pytest.raises((AttributeError, KeyError, TypeError, ValueError)):
        PortSettings.from_dict(own.to_dict() | change)


def test_the_authority_is_one_for_all_ports(own: PortSettings) -> None:
    other = own_certificate(PortSettings(port=8444, host="auto.example.org", bundle=""), [own], NOW)

    assert other.authority == own.authority
    assert other.ca == own.ca
    assert own_certificate(replace(own, host="x.example.org"), (), NOW).ca == own.ca


def test_our_own_certificate_stays_until_it_is_due(own: PortSettings) -> None:
    assert prepare(own, NOW).settings == own
    assert own.authority is not None
    old = replace(own, leaf=issue(own.authority, HOST, NOW - 300 * DAY))
    renewed = prepare(old, NOW)

    assert renewed.leaf != old.leaf
    assert renewed.settings.ca == own.ca
    assert prepare(replace(own, leaf=None), NOW).leaf != own.leaf


def test_an_own_certificate_that_cars_could_not_verify_is_not_shown(own: PortSettings) -> None:
    with pytest.raises(ChainIncomplete):
        prepare(replace(own, ca=stranger("Other CA").certificate_pem()), NOW)


def test_files_are_shown_as_they_are(theirs: PortSettings, files: Files) -> None:
    prepared = prepare(theirs, NOW)

    assert prepared.leaf == pair_of(files.leaf)
    assert prepared.refused is None
    assert prepared.proxied is None
    assert prepared.settings.ca_for_cars == theirs.ca


def test_a_successor_waits_and_the_cars_have_to_hold_both(theirs: PortSettings, files: Files) -> None:
    before = prepare(theirs, NOW).settings
    new = succeeded(files)
    prepared = prepare(before, NOW)

    assert prepared.leaf == pair_of(files.leaf)
    assert isinstance(prepared.refused, ChainIncomplete)
    assert prepared.settings.ca_for_cars == before.ca + new.certificate_pem()
    assert prepare(prepared.settings, NOW).settings == prepared.settings

    both = replace(prepared.settings, ca=prepared.settings.ca_for_cars, next_ca="")
    after = prepare(both, NOW)
    assert after.refused is None
    assert after.leaf != prepared.leaf
    assert after.settings.ca_for_cars == prepared.settings.ca_for_cars


def test_of_what_cars_hold_only_what_is_needed_goes_on(theirs: PortSettings, files: Files) -> None:
    settings = replace(theirs, ca=stranger("Long ago").certificate_pem() + theirs.ca)
    before = prepare(settings, NOW).settings
    assert before.ca == settings.ca
    new = succeeded(files)

    assert prepare(before, NOW).settings.ca_for_cars == theirs.ca + new.certificate_pem()


def test_a_successor_that_goes_away_again_is_waited_for_no_more(theirs: PortSettings, files: Files) -> None:
    before = prepare(theirs, NOW).settings
    succeeded(files)
    waiting = prepare(before, NOW).settings
    files.write(files.leaf)

    assert prepare(waiting, NOW).settings == before


def test_a_successor_is_shown_where_cars_could_not_believe_what_was_before(
    theirs: PortSettings, files: Files
) -> None:
    over = server_certificate(files.issuer, HOST, days=(90.0, -1.0))
    new = succeeded(files)
    prepared = prepare(replace(theirs, leaf=pair_of(over)), NOW)

    assert prepared.leaf.certificate.endswith(new.certificate_pem())
    assert prepared.refused is not None
    assert prepared.settings.next_ca == new.certificate_pem()


def lost(files: Files) -> None:
    files.key.unlink()


def out_of_its_time(files: Files) -> None:
    files.write(server_certificate(files.issuer, HOST, days=(90.0, -1.0)))


def of_a_stranger(files: Files) -> None:
    files.write(server_certificate(stranger("Other CA"), HOST))


@pytest.mark.parametrize(
    ("go_bad", "error"),
    [(lost, FileUnreadable), (out_of_its_time, CertificateExpired), (of_a_stranger, ChainIncomplete)],
)
def test_files_that_have_gone_bad_are_refused_and_what_was_good_is_shown(
    theirs: PortSettings,
    files: Files,
    go_bad: Callable[[Files], None],
    error: type[CertificateError],
) -> None:
    before = prepare(theirs, NOW).settings
    go_bad(files)
    prepared = prepare(before, NOW)

    assert prepared.settings == before
    assert isinstance(prepared.refused, error)
    with pytest.raises(error):
        prepare(theirs, NOW)


@pytest.mark.parametrize("name", ["certificate", "key"])
def test_a_file_that_is_still_being_written_is_not_shown(
    theirs: PortSettings, files: Files, name: str
) -> None:
    before = prepare(theirs, NOW).settings
    renewed = server_certificate(files.issuer, HOST)
    files.write(renewed)
    file: Path = getattr(files, name)
    whole = file.read_bytes()
    for length in (0, 1, 30, len(whole) // 2, len(whole) - 30):
        file.write_bytes(whole[:length])
        prepared = prepare(before, NOW)
        assert isinstance(prepared.refused, FileUnreadable)
        assert prepared.settings == before
    file.write_bytes(b"\xff\xfe" + whole)
    assert isinstance(prepare(before, NOW).refused, FileUnreadable)

    file.write_bytes(whole)
    assert prepare(before, NOW).leaf == pair_of(renewed)


def test_what_is_secret_is_not_shown_by_chance(own: PortSettings) -> None:
    told = repr(prepare(replace(own, secret="guess me if you can", peers=("192.0.2.7",)), NOW))

    assert "guess me" not in told
    assert "PRIVATE KEY" not in told


def test_behind_a_proxy_cars_hold_what_the_proxy_is_verified_with(own: PortSettings, files: Files) -> None:
    proxied = replace(own, peers=("192.0.2.7",), secret="secret", ca=files.issuer.certificate_pem())
    prepared = prepare(proxied, NOW)

    assert prepared.settings == proxied
    assert prepared.proxied is not None
    assert prepared.proxied.forwarding.secret == "secret"
    assert prepared.proxied.forwarding.names("192.0.2.7")
    assert own_certificate(proxied, (), NOW).ca == proxied.ca


def test_behind_a_proxy_files_need_not_be_for_the_public_name(theirs: PortSettings, files: Files) -> None:
    files.write(server_certificate(files.issuer, "homeassistant.local"))
    prepared = prepare(replace(theirs, peers=("192.0.2.7",), secret="secret", ca=""), NOW)

    assert prepared.leaf.certificate == files.certificate.read_text()


def test_what_cars_need_for_the_users_files_is_found_out(theirs: PortSettings, files: Files) -> None:
    fresh = replace(theirs, ca="")

    assert with_files(fresh, str(files.ca)).ca_for_cars == files.issuer.certificate_pem()
    with pytest.raises(ChainIncomplete):
        with_files(fresh, None)


def test_cars_that_know_our_authority_are_told_of_the_users_before_they_see_it(
    own: PortSettings, theirs: PortSettings, files: Files
) -> None:
    mine = replace(own, certificate_file=theirs.certificate_file, key_file=theirs.key_file)
    wanted = with_files(mine, str(files.ca))
    prepared = prepare(wanted, NOW)

    assert prepared.leaf == own.leaf
    assert prepared.settings.ca_for_cars == own.ca + files.issuer.certificate_pem()
    both = replace(prepared.settings, ca=prepared.settings.ca_for_cars, next_ca="")
    assert prepare(both, NOW).leaf == pair_of(files.leaf)


def test_the_same_files_again_change_nothing(theirs: PortSettings, files: Files) -> None:
    before = prepare(theirs, NOW).settings

    assert with_files(before, str(files.ca)) == before


def test_for_another_name_nothing_old_is_shown(own: PortSettings, theirs: PortSettings, files: Files) -> None:
    files.write(server_certificate(files.issuer, "auto.example.org"))
    moved = replace(
        own, host="auto.example.org", certificate_file=theirs.certificate_file, key_file=theirs.key_file
    )

    assert with_files(moved, str(files.ca)).ca_for_cars == files.issuer.certificate_pem()


def test_our_own_certificate_is_not_issued_without_need(own: PortSettings, theirs: PortSettings) -> None:
    assert own_certificate(own, (), NOW) == own
    assert own_certificate(replace(own, host="auto.example.org"), (), NOW).leaf != own.leaf
    files = prepare(theirs, NOW).settings
    assert own_certificate(replace(files, authority=own.authority), (), NOW).leaf != files.leaf


def test_a_renewed_file_is_noticed(theirs: PortSettings, files: Files, own: PortSettings) -> None:
    first = signature(theirs)
    assert signature(theirs) == first
    os.utime(files.key, ns=(0, 0))
    assert signature(theirs) != first
    files.key.unlink()
    assert signature(theirs) == ()
    assert signature(own) == ()


@pytest.mark.parametrize(
    ("days", "soon"), [((60.0, 30.0), False), ((80.0, 10.0), True), ((1.0, 5.0), False), ((5.0, 1.0), True)]
)
def test_an_end_is_near_when_it_should_have_been_put_off(
    theirs: PortSettings, files: Files, days: tuple[float, float], *, soon: bool
) -> None:
    leaf = server_certificate(files.issuer, HOST, days=days)
    end = near_end(replace(theirs, leaf=pair_of(leaf)), NOW)

    assert end == (leaf.certificate.not_valid_after_utc.timestamp() if soon else None)


def test_the_end_of_what_cars_hold_counts_as_well(own: PortSettings) -> None:
    in_twenty_years = NOW + 20 * 365 * DAY - 10 * DAY
    proxied = replace(own, peers=("192.0.2.7",))

    assert near_end(own, NOW) is None
    assert near_end(proxied, NOW) is None
    assert near_end(proxied, in_twenty_years)
    assert near_end(replace(proxied, ca=""), in_twenty_years) is None
