"""TLS contexts made from texts and files, and what a car thinks of our certificate."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
import os
from pathlib import Path
import shutil
import ssl
import tempfile
import time
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from OpenSSL import SSL
import pytest

from custom_components.tesla_direct.tesla.errors import (
    CertificateError,
    CertificateExpired,
    ChainIncomplete,
    FileUnreadable,
    KeyMismatch,
    NameMismatch,
)
from custom_components.tesla_direct.tesla.fleet_telemetry import tls
from custom_components.tesla_direct.tesla.fleet_telemetry.authority import Authority
from custom_components.tesla_direct.tesla.fleet_telemetry.certificate import Pair, issue, make_authority
from simulator.certificates import (
    CLIENT_AUTH,
    ISSUING_EXPIRED,
    SHA256,
    Authorities,
    Credential,
    authority,
    begin,
    name_of,
    new_key,
    server_certificate,
)

from .frames import VIN

HOST = "telemetry.example.org"
NOW = time.time()


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where temporary files are made; nothing may be left there."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


@pytest.fixture(scope="session")
def root() -> Credential:
    return new_authority("Root")


@pytest.fixture(scope="session")
def intermediate(root: Credential) -> Credential:
    return new_authority("Intermediate", root)


def new_authority(name: str, by: Credential | None = None) -> Credential:
    key = new_key("p256")
    now = datetime.now(UTC)
    builder = begin(name_of(f"CN={name}"), key, by, now - timedelta(30), now + timedelta(3_000))
    return authority(builder, key, by, digest=SHA256)


def pair_of(credential: Credential, *chain: Credential) -> Pair:
    return Pair(
        credential.certificate_pem() + "".join(one.certificate_pem() for one in chain), credential.key_pem()
    )


def handshake(server: ssl.SSLContext, client: ssl.SSLContext) -> tuple[ssl.SSLObject, ssl.SSLObject]:
    """Shake hands in memory; return the client's side and the server's."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    one = client.wrap_bio(to_client, to_server, server_hostname=HOST)
    other = server.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(4):
        for side in (one, other):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    return one, other


def car_context(credential: Credential | None, tmp_path: Path) -> ssl.SSLContext:
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.verify_mode = ssl.CERT_NONE
    if credential:
        client.load_cert_chain(credential.write(tmp_path / "car.pem"))
    return client


def test_a_context_for_proxies_takes_clients_without_a_certificate_but_no_false_ones(
    own_leaf: Pair, tesla: list[Authority], authorities: Authorities, impostor: Credential, tmp_path: Path
) -> None:
    context = tls.server_context(own_leaf, tesla, NOW, optional=True)
    _, other = handshake(context, car_context(None, tmp_path))
    assert other.getpeercert(binary_form=True) is None

    car = authorities.car_certificate(VIN)
    _, other = handshake(context, car_context(car, tmp_path))
    assert other.getpeercert(binary_form=True) == car.certificate.public_bytes(Encoding.DER)

    false = authorities.car_certificate(VIN, issuer=impostor)
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(context, car_context(false, tmp_path))


def test_who_verifies_can_show_a_certificate_of_its_own(
    own_leaf: Pair, own_authority: Pair, tesla: list[Authority], authorities: Authorities
) -> None:
    car = authorities.car_certificate(VIN)
    client = tls.verifying(own_authority.certificate, pair_of(car))
    one, other = handshake(tls.server_context(own_leaf, tesla, NOW), client)

    assert one.getpeercert(binary_form=True)
    assert other.getpeercert(binary_form=True) == car.certificate.public_bytes(Encoding.DER)
    with pytest.raises(FileUnreadable):
        tls.verifying("no certificate")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_car_is_let_in_with_either_version(
    version: ssl.TLSVersion, own_leaf: Pair, tesla: list[Authority], authorities: Authorities, tmp_path: Path
) -> None:
    client = car_context(authorities.car_certificate("VIN"), tmp_path)
    client.minimum_version = client.maximum_version = version
    client.set_alpn_protocols(["h2", "http/1.1"])

    one, other = handshake(tls.server_context(own_leaf, tesla, NOW), client)

    assert one.version() == other.version() == version.name.replace("_", ".")
    assert one.selected_alpn_protocol() == "http/1.1"
    assert other.getpeercert(binary_form=True)


def test_a_client_that_offers_nothing_we_speak_is_let_in_without_a_choice(
    own_leaf: Pair, tesla: list[Authority], authorities: Authorities, tmp_path: Path
) -> None:
    client = car_context(authorities.car_certificate("VIN"), tmp_path)
    client.set_alpn_protocols(["h2"])

    one, _ = handshake(tls.server_context(own_leaf, tesla, NOW), client)

    assert one.selected_alpn_protocol() is None


def test_older_versions_are_refused(own_leaf: Pair, tesla: list[Authority]) -> None:
    context = tls.server_context(own_leaf, tesla, NOW)

    assert context.minimum_version is ssl.TLSVersion.TLSv1_2


def test_no_certificate_no_entry(own_leaf: Pair, tesla: list[Authority], tmp_path: Path) -> None:
    context = tls.server_context(own_leaf, tesla, NOW)

    with pytest.raises(ssl.SSLError, match="PEER_DID_NOT_RETURN_A_CERTIFICATE"):
        handshake(context, car_context(None, tmp_path))


def test_clients_are_not_told_whose_certificates_we_take(
    own_leaf: Pair, tesla: list[Authority], authorities: Authorities
) -> None:
    # A list of authorities in the request has made cars come without a certificate; none means any.
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = tls.server_context(own_leaf, tesla, NOW).wrap_bio(to_server, to_client, server_side=True)
    car = authorities.car_certificate("VIN")
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.use_certificate(car.certificate)
    context.use_privatekey(car.key)
    client = SSL.Connection(context, None)
    client.set_connect_state()
    for _ in range(4):
        with suppress(SSL.WantReadError):
            client.do_handshake()
        with suppress(SSL.WantReadError):
            to_server.write(client.bio_read(65_536))
        with suppress(ssl.SSLWantReadError):
            server.do_handshake()
        with suppress(SSL.Error):
            client.bio_write(to_client.read())

    assert client.get_client_ca_list() == []
    assert server.getpeercert(binary_form=True)


def test_no_ticket_is_given_to_come_back_with(
    own_leaf: Pair, tesla: list[Authority], authorities: Authorities, tmp_path: Path
) -> None:
    client = car_context(authorities.car_certificate("VIN"), tmp_path)

    one, _ = handshake(tls.server_context(own_leaf, tesla, NOW), client)

    assert one.session is None or not one.session.has_ticket


def test_an_authority_of_nobody_we_know_is_not_believed(
    own_leaf: Pair, tesla: list[Authority], impostor: Credential, authorities: Authorities, tmp_path: Path
) -> None:
    client = car_context(authorities.car_certificate("VIN", issuer=impostor), tmp_path)

    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(tls.server_context(own_leaf, tesla, NOW), client)


def test_the_systems_authorities_are_not_believed(own_leaf: Pair, tesla: list[Authority]) -> None:
    context = tls.server_context(own_leaf, tesla, NOW)

    assert context.cert_store_stats()["x509"] == len(tesla) - 1  # one of them has expired


def test_an_authority_is_believed_until_it_expires(
    own_leaf: Pair, tesla: list[Authority], authorities: Authorities, tmp_path: Path
) -> None:
    # OpenSSL does not look at the validity of a trusted anchor, so it has to be left out.
    client = car_context(authorities.car_certificate("VIN", issuer=ISSUING_EXPIRED), tmp_path)
    (expired,) = [one for one in tesla if one.subject == ISSUING_EXPIRED]
    before = expired.expires.timestamp() - 1

    handshake(tls.server_context(own_leaf, [expired], before), client)

    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(tls.server_context(own_leaf, tesla, NOW), client)
    with pytest.raises(CertificateExpired):
        tls.server_context(own_leaf, [expired], NOW)


def test_without_authorities_there_is_no_context(own_leaf: Pair) -> None:
    with pytest.raises(CertificateError):
        tls.server_context(own_leaf, [], NOW)


def test_our_own_leaf_verifies_with_our_authority(own_leaf: Pair, own_authority: Pair) -> None:
    assert tls.verify_server(own_leaf, HOST, own_authority.certificate) == own_authority.certificate


@pytest.mark.parametrize("address", ["192.0.2.7", "2001:db8::7"])
def test_an_address_verifies_as_well(own_authority: Pair, address: str) -> None:
    leaf = issue(own_authority, address, NOW)

    assert tls.verify_server(leaf, address, own_authority.certificate)
    with pytest.raises(NameMismatch):
        tls.verify_server(leaf, "192.0.2.8", own_authority.certificate)


@pytest.mark.parametrize("host", ["other.example.org", "sub.telemetry.example.org", "192.0.2.7"])
def test_another_name_is_told(own_leaf: Pair, own_authority: Pair, host: str) -> None:
    with pytest.raises(NameMismatch):
        tls.verify_server(own_leaf, host, own_authority.certificate)


@pytest.mark.parametrize("host", ["", ".example.org", "a\0b", "x" * 300 + ".example.org"])
def test_a_name_that_nobody_can_have_is_told(own_leaf: Pair, own_authority: Pair, host: str) -> None:
    with pytest.raises(CertificateError):
        tls.verify_server(own_leaf, host, own_authority.certificate)


@pytest.mark.parametrize("days", [(30.0, -1.0), (-1.0, 30.0)], ids=["over", "not begun"])
def test_a_certificate_out_of_its_time_is_told(root: Credential, days: tuple[float, float]) -> None:
    leaf = server_certificate(root, HOST, days=days)

    with pytest.raises(CertificateExpired):
        tls.verify_server(pair_of(leaf), HOST, root.certificate_pem())


def test_another_authority_is_told(own_leaf: Pair) -> None:
    with pytest.raises(ChainIncomplete):
        tls.verify_server(own_leaf, HOST, make_authority(NOW).certificate)


def test_a_missing_intermediate_is_told(root: Credential, intermediate: Credential) -> None:
    leaf = server_certificate(intermediate, HOST)

    with pytest.raises(ChainIncomplete):
        tls.verify_server(pair_of(leaf), HOST, root.certificate_pem())


def test_a_car_gets_the_verified_chain_above_the_leaf(root: Credential, intermediate: Credential) -> None:
    leaf = pair_of(server_certificate(intermediate, HOST), intermediate)

    given = tls.verify_server(leaf, HOST, root.certificate_pem())

    assert given == intermediate.certificate_pem() + root.certificate_pem()
    assert tls.verify_server(leaf, HOST, given) == given


def test_what_cars_hold_may_be_more_than_is_needed(
    root: Credential, intermediate: Credential, own_authority: Pair
) -> None:
    leaf = pair_of(server_certificate(intermediate, HOST), intermediate)
    ca = f"# Autorität für Autos\n{own_authority.certificate}{root.certificate_pem()}"

    assert root.certificate_pem() in tls.verify_server(leaf, HOST, ca)


def test_an_intermediate_alone_is_no_anchor(root: Credential, intermediate: Credential) -> None:
    leaf = pair_of(server_certificate(intermediate, HOST), intermediate)

    with pytest.raises(ChainIncomplete):
        tls.verify_server(leaf, HOST, intermediate.certificate_pem())


def test_a_certificate_that_vouches_for_itself_is_its_own_authority() -> None:
    itself = self_signed(new_key("p256"))

    assert tls.verify_server(pair_of(itself), HOST, itself.certificate_pem()) == itself.certificate_pem()
    with pytest.raises(ChainIncomplete):
        tls.verify_server(pair_of(itself), HOST, None)


def test_the_machines_own_authorities_do_not_know_ours(own_leaf: Pair) -> None:
    with pytest.raises(ChainIncomplete):
        tls.verify_server(own_leaf, HOST, None)


@pytest.mark.parametrize(
    "ca", ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----"]
)
def test_a_ca_that_is_none_is_told(own_leaf: Pair, ca: str) -> None:
    with pytest.raises(FileUnreadable):
        tls.verify_server(own_leaf, HOST, ca)


def test_a_certificate_for_clients_does_not_serve(root: Credential, authorities: Authorities) -> None:
    leaf = authorities.car_certificate(HOST, issuer=root, purposes=[CLIENT_AUTH])

    with pytest.raises(CertificateError):
        tls.verify_server(pair_of(leaf), HOST, root.certificate_pem())


def test_measuring_a_handshake_gives_a_time(own_leaf: Pair) -> None:
    assert 0.0 < tls.handshake_cost(own_leaf) < 1.0


@pytest.fixture
def files(tmp_path: Path, own_leaf: Pair) -> tuple[Path, Path]:
    certificate, key = tmp_path / "fullchain.pem", tmp_path / "privkey.pem"
    certificate.write_text(own_leaf.certificate)
    key.write_text(own_leaf.key)
    return certificate, key


def read(files: tuple[Path, Path]) -> Pair:
    return tls.read_files(*map(str, files))


def test_files_are_read_as_they_are(files: tuple[Path, Path], own_leaf: Pair) -> None:
    assert read(files) == own_leaf


def test_one_file_may_hold_both(tmp_path: Path, own_leaf: Pair, own_authority: Pair) -> None:
    both = tmp_path / "both.pem"
    both.write_text(own_leaf.key + own_leaf.certificate)

    assert tls.verify_server(read((both, both)), HOST, own_authority.certificate)


def test_a_key_of_somebody_else_is_told(files: tuple[Path, Path], own_authority: Pair) -> None:
    files[1].write_text(own_authority.key)
    with pytest.raises(KeyMismatch):
        read(files)
    with pytest.raises(KeyMismatch):
        tls.verify_server(Pair(files[0].read_text(), own_authority.key), HOST, own_authority.certificate)


def test_a_key_of_another_kind_is_told(files: tuple[Path, Path], authorities: Authorities) -> None:
    files[1].write_text(authorities["Tesla Root CA"].key_pem())

    with pytest.raises(KeyMismatch):
        read(files)


def test_a_key_under_a_password_is_told(files: tuple[Path, Path], own_leaf: Pair) -> None:
    key = load_pem_private_key(own_leaf.key.encode(), None)
    for encryption in (b"secret", b" "):
        files[1].write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(encryption))
        )
        with pytest.raises(FileUnreadable, match="password"):
            read(files)


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("content", [b"", b"text", b"\xff\xfe\0", b"-----BEGIN CERTIFICATE-----"])
def test_a_file_of_something_else_is_told(files: tuple[Path, Path], which: int, content: bytes) -> None:
    files[which].write_bytes(content)

    with pytest.raises(FileUnreadable):
        read(files)


@pytest.mark.parametrize("which", [0, 1])
def test_what_is_no_file_is_told(files: tuple[Path, Path], which: int, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(tls.FILE_LIMIT + 1)
    for path in (tmp_path, pipe, Path("/dev/zero"), tmp_path / "missing", tmp_path / "a\0b", large):
        given = [*files]
        given[which] = path
        with pytest.raises(FileUnreadable):
            read((given[0], given[1]))


def test_a_file_that_fails_when_it_is_read_is_told(files: tuple[Path, Path]) -> None:
    with pytest.raises(FileUnreadable):
        read((files[0], Path("/proc/self/mem")))  # a file to the eye, but nobody may read its beginning


def test_a_certificate_too_weak_to_serve_is_told(files: tuple[Path, Path]) -> None:
    key = rsa.generate_private_key(65537, 1024)  # noqa: S505  # that is the point
    weak = self_signed(key)
    files[0].write_text(weak.certificate_pem())
    files[1].write_text(weak.key_pem())

    with pytest.raises(CertificateError, match="EE_KEY_TOO_SMALL"):
        read(files)


def self_signed(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> Credential:
    """Make a certificate that vouches for itself."""
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.DNSName(HOST)])
    builder = begin(name_of(f"CN={HOST}"), key, None, now, now + timedelta(1))
    return Credential(certificate=builder.add_extension(names, critical=False).sign(key, SHA256), key=key)


def test_no_private_key_touches_the_disk_in_clear(
    own_leaf: Pair, tesla: list[Authority], own_authority: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents, modes = list[str](), set[int]()
    remove = shutil.rmtree

    def remove_looking(folder: str, *args: Any, **kwargs: Any) -> None:
        modes.add(Path(folder).stat().st_mode & 0o777)
        contents.extend(file.read_text() for file in Path(folder).iterdir())
        remove(folder, *args, **kwargs)

    monkeypatch.setattr(shutil, "rmtree", remove_looking)
    tls.server_context(own_leaf, tesla, NOW)
    tls.verify_server(own_leaf, HOST, own_authority.certificate)
    tls.handshake_cost(own_leaf)

    assert modes == {0o700}
    assert sum("BEGIN ENCRYPTED PRIVATE KEY" in content for content in contents) == 3
    assert not any("BEGIN PRIVATE KEY" in content or "EC PRIVATE KEY" in content for content in contents)


def test_a_failure_leaves_nothing_behind(own_leaf: Pair, own_authority: Pair) -> None:
    # The fixture `scratch` looks.
    with pytest.raises(KeyMismatch):
        tls.verify_server(Pair(own_leaf.certificate, own_authority.key), HOST, own_authority.certificate)
