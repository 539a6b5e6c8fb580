"""Authorities and certificates, judged by OpenSSL and by Tesla's table."""

from datetime import UTC, datetime
from pathlib import Path
import ssl
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
import pytest

from simulator.certificates import (
    ANY_PURPOSE,
    CLIENT_AUTH,
    ENERGY_DEVICE,
    ENGINEERING_VEHICLE,
    ISSUING_EXPIRED,
    MOTORS_PRODUCTS,
    PRODUCT,
    PRODUCT_ACCESS,
    PRODUCT_RSA,
    SERVER_AUTH,
    VEHICLE_BOARD,
    VEHICLE_DEVICE,
    VEHICLE_WIFI,
    Authorities,
    Credential,
    common_name,
    server_certificate,
    stranger,
)

VIN = "5YJ3E7EB0SF000001"


def handshake(bundle: str, shown: Credential, folder: Path) -> str | None:
    """Let OpenSSL verify a client over memory; return its complaint, None if it is content."""
    ca = stranger("Some CA")
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(server_certificate(ca, "host.example.org").write(folder / "server.pem"))
    server.verify_mode = ssl.CERT_REQUIRED
    server.load_verify_locations(cadata=bundle)
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.load_verify_locations(cadata=ca.certificate_pem())
    client.load_cert_chain(shown.write(folder / "client.pem"))
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends: list[Any] = [
        client.wrap_bio(to_client, to_server, server_hostname="host.example.org"),
        server.wrap_bio(to_server, to_client, server_side=True),
    ]
    done = [False, False]
    for _ in range(6):
        for place, end in enumerate(ends):
            try:
                end.do_handshake()
                done[place] = True
            except ssl.SSLWantReadError:
                pass
            except ssl.SSLError as error:
                return error.reason
    assert all(done)
    return None


def test_the_bundle_lists_tesla_s_fourteen_authorities_between_text(authorities: Authorities) -> None:
    bundle = authorities.bundle()
    read = x509.load_pem_x509_certificates(bundle.encode())

    assert len(read) == 14
    assert PRODUCT_ACCESS not in {common_name(certificate) for certificate in read}
    assert bundle.startswith("Issuer: CN=Tesla Policy CA, O=Tesla Motors, L=Palo Alto")
    assert "\nSubject: CN=Tesla Motors GF Austin Product Issuing CA, OU=Motors, OU=PKI" in bundle
    assert "Not After :" in bundle


def test_an_authority_is_made_once(authorities: Authorities) -> None:
    assert authorities[PRODUCT] is authorities[PRODUCT]


@pytest.mark.parametrize("name", [PRODUCT, PRODUCT_RSA, "Tesla Motors GF Berlin Product Issuing CA"])
def test_openssl_accepts_a_car_of_an_ordinary_authority(
    name: str, authorities: Authorities, tmp_path: Path
) -> None:
    shown = authorities.car_certificate(VIN, issuer=name)

    assert handshake(authorities.bundle(), shown, tmp_path) is None


def test_a_car_sends_the_access_issuer_that_is_not_in_the_bundle(
    authorities: Authorities, tmp_path: Path
) -> None:
    shown = authorities.car_certificate(VIN, issuer=PRODUCT_ACCESS)

    assert [common_name(certificate) for certificate in shown.chain] == [PRODUCT_ACCESS]
    assert handshake(authorities.bundle(), shown, tmp_path) is None


@pytest.mark.parametrize(
    "how",
    [
        {"issuer": ISSUING_EXPIRED},
        {"issuer": MOTORS_PRODUCTS},
        {"days": (30, -1)},
        {"days": (-1, 30)},
        {"purposes": (SERVER_AUTH,)},
        {"purposes": (VEHICLE_DEVICE,)},
        {"issuer": stranger()},
    ],
    ids=[
        "expired issuer",
        "any purpose",
        "over",
        "not yet",
        "server only",
        "no standard purpose",
        "stranger",
    ],
)
def test_openssl_refuses_by_itself(how: dict[str, Any], authorities: Authorities, tmp_path: Path) -> None:
    shown = authorities.car_certificate(VIN, **how)

    assert handshake(authorities.bundle(), shown, tmp_path) == "CERTIFICATE_VERIFY_FAILED"


@pytest.mark.parametrize(
    "purposes",
    [
        None,
        (CLIENT_AUTH,),
        (CLIENT_AUTH, VEHICLE_WIFI),
        (CLIENT_AUTH, VEHICLE_BOARD),
        (CLIENT_AUTH, ENERGY_DEVICE),
        (CLIENT_AUTH, ENGINEERING_VEHICLE),
    ],
)
def test_what_only_tesla_s_rules_refuse_passes_openssl(
    purposes: tuple[x509.ObjectIdentifier, ...] | None, authorities: Authorities, tmp_path: Path
) -> None:
    shown = authorities.car_certificate(VIN, purposes=purposes)

    assert handshake(authorities.bundle(), shown, tmp_path) is None


def test_the_names_are_as_wished(authorities: Authorities) -> None:
    subject = authorities.car_certificate("1.2.ENERGY", units=("Tesla Motors SN", "x")).certificate.subject

    assert [str(part.value) for part in subject] == [
        "1.2.ENERGY",
        "Tesla Motors SN",
        "x",
        "Tesla Inc.",
        "US",
    ]


def test_the_purposes_keep_their_order(authorities: Authorities) -> None:
    shown = authorities.car_certificate(VIN, purposes=(CLIENT_AUTH, VEHICLE_WIFI, VEHICLE_DEVICE))
    usage = shown.certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)

    assert list(usage.value) == [CLIENT_AUTH, VEHICLE_WIFI, VEHICLE_DEVICE]
    assert not usage.critical


def test_a_leaf_can_come_without_an_authority_key_identifier(authorities: Authorities) -> None:
    shown = authorities.car_certificate(VIN, names_issuer=False)

    with pytest.raises(x509.ExtensionNotFound):
        shown.certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier)


def test_the_odd_ones_are_odd_as_tesla_s_are(authorities: Authorities) -> None:
    expired = authorities[ISSUING_EXPIRED].certificate
    odd = authorities[MOTORS_PRODUCTS].certificate
    usage = odd.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    root = authorities["Tesla Product Root CA"]

    assert expired.not_valid_after_utc < datetime.now(UTC)
    assert (list(usage.value), usage.critical) == ([ANY_PURPOSE], False)
    assert isinstance(root.key, ec.EllipticCurvePrivateKey)
    assert root.key.curve.name == "secp521r1"
    assert isinstance(authorities[PRODUCT_RSA].key, rsa.RSAPrivateKey)
    assert isinstance(authorities[PRODUCT].certificate.signature_hash_algorithm, hashes.SHA512)


def test_a_folder_keeps_the_authorities(tmp_path: Path) -> None:
    first = Authorities(folder=tmp_path / "kept")[PRODUCT]
    second = Authorities(folder=tmp_path / "kept")[PRODUCT]

    assert first.certificate == second.certificate
    assert first.key_pem() == second.key_pem()
    assert (tmp_path / "kept" / f"{PRODUCT}.pem").stat().st_mode & 0o777 == 0o600


def test_a_server_certificate_names_hosts_and_addresses() -> None:
    shown = server_certificate(stranger("CA"), "cloud.example.org", "127.0.0.1")
    names = shown.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value

    assert names.get_values_for_type(x509.DNSName) == ["cloud.example.org"]
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1"]


def test_a_certificate_may_have_no_common_name() -> None:
    class Nameless:
        subject = x509.Name([])

    certificate: Any = Nameless()

    assert common_name(certificate) == ""
