"""A certificate that a proxy hands on: whom it is believed, and what of it is believed."""

import base64
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
import time
import traceback
from urllib.parse import quote

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, x25519
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, strategies
import pytest

from custom_components.tesla_direct.tesla.fleet_telemetry.authority import Authority
from custom_components.tesla_direct.tesla.fleet_telemetry.forwarded import (
    Forwarding,
    NotForwarded,
    read_peers,
)
from simulator.certificates import (
    CLIENT_AUTH,
    ISSUING_EXPIRED,
    MOTORS_PRODUCTS,
    PRODUCT,
    PRODUCT_ACCESS,
    PRODUCT_RSA,
    SERVER_AUTH,
    Authorities,
    Credential,
    authority,
    begin,
    name_of,
    new_key,
    pem,
    stranger,
)

from .frames import VIN

SECRET = "a secret of the proxy's"
ISSUED: dict[int, Credential] = {}
FORWARDING = Forwarding(read_peers(["192.0.2.7", "172.30.32.0/23", "2001:db8::/64"]), SECRET)


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def escaped(credential: Credential) -> str:
    """Write a certificate as nginx does."""
    return quote(pem(credential.certificate), safe="")


def sequence(certificate: x509.Certificate) -> str:
    """Write a certificate as RFC 9440 has it."""
    return f":{base64.b64encode(der(certificate)).decode()}:"


def read(
    tesla: list[Authority],
    *certificates: str,
    chains: tuple[str, ...] = (),
    secrets: tuple[str, ...] = (SECRET,),
    now: float | None = None,
) -> bytes:
    return FORWARDING.read(
        secrets=secrets,
        certificates=certificates,
        chains=chains,
        authorities=tesla,
        now=time.time() if now is None else now,
    )


def refusal(
    tesla: list[Authority],
    *certificates: str,
    chains: tuple[str, ...] = (),
    secrets: tuple[str, ...] = (SECRET,),
    now: float | None = None,
) -> str:
    with pytest.raises(NotForwarded) as told:
        read(tesla, *certificates, chains=chains, secrets=secrets, now=now)
    return told.value.reason


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("192.0.2.7", True),
        ("192.0.2.8", False),
        ("172.30.33.255", True),
        ("172.30.34.0", False),
        ("::ffff:192.0.2.7", True),
        ("::ffff:192.0.2.8", False),
        ("2001:db8::17", True),
        ("2001:db8:0:1::17", False),
        ("", False),
        ("fe80::1%eth0", False),
        ("cars.example.com", False),
    ],
)
def test_only_those_are_peers_whose_address_is_named(address: str, *, named: bool) -> None:
    assert FORWARDING.names(address) is named


def test_an_address_may_be_named_in_either_spelling() -> None:
    mapped = Forwarding(read_peers(["::ffff:192.0.2.7", "::ffff:172.30.33.0/120"]), SECRET)

    assert mapped.peers == read_peers(["192.0.2.7", "172.30.33.0/24"])
    assert mapped.names("192.0.2.7")
    assert mapped.names("::ffff:172.30.33.9")
    assert not mapped.names("172.30.34.1")
    assert read_peers(["::ffff:0:0/96"]) == (ip_network("0.0.0.0/0"),)
    assert read_peers(["::fffe:0:0/95"]) == (ip_network("::fffe:0:0/95"),)


def test_nobody_is_a_peer_unless_named() -> None:
    assert not Forwarding((), SECRET).names("127.0.0.1")


@pytest.mark.parametrize("address", ["", "192.0.2.300", "proxy.example.com", "192.0.2.0/33"])
def test_what_is_no_address_names_nobody(address: str) -> None:
    with pytest.raises(ValueError, match=r"does not appear|Octet|Netmask|IPv4"):
        read_peers([address])


@pytest.mark.parametrize("issuer", [PRODUCT, PRODUCT_RSA, MOTORS_PRODUCTS])
def test_both_spellings_of_a_cars_certificate_are_read(
    authorities: Authorities, tesla: list[Authority], issuer: str
) -> None:
    car = authorities.car_certificate(VIN, issuer=issuer)

    assert read(tesla, escaped(car)) == der(car.certificate)
    assert read(tesla, sequence(car.certificate)) == der(car.certificate)


def test_a_certificate_without_purposes_or_identifier_of_its_issuer_passes(
    authorities: Authorities, tesla: list[Authority]
) -> None:
    car = authorities.car_certificate(VIN, purposes=None, names_issuer=False)

    assert read(tesla, escaped(car)) == der(car.certificate)


def test_an_issuer_that_is_not_in_the_bundle_has_to_be_handed_on_as_well(
    authorities: Authorities, tesla: list[Authority]
) -> None:
    car = authorities.car_certificate(VIN, issuer=PRODUCT_ACCESS)
    (between,) = car.chain

    assert refusal(tesla, escaped(car)) == "certificate_not_verified"
    assert read(tesla, sequence(car.certificate), chains=(sequence(between),)) == der(car.certificate)
    other = authorities[PRODUCT].certificate
    several = f"{sequence(other)}, {sequence(between)},"
    assert read(tesla, sequence(car.certificate), chains=(several,)) == der(car.certificate)


@pytest.mark.parametrize("secrets", [(), ("",), ("another",), (SECRET, SECRET), (f"{SECRET} ",), ("\udcff",)])
def test_without_the_secret_nothing_is_believed(
    authorities: Authorities, tesla: list[Authority], secrets: tuple[str, ...]
) -> None:
    car = authorities.car_certificate(VIN)

    assert refusal(tesla, escaped(car), secrets=secrets) == "wrong_secret"


@pytest.mark.parametrize("certificates", [(), ("",), ("(null)",), ("::",)])
def test_a_client_that_has_shown_none_is_told_apart(
    tesla: list[Authority], certificates: tuple[str, ...]
) -> None:
    assert refusal(tesla, *certificates) == "without_certificate"


def test_two_certificates_are_one_too_many(authorities: Authorities, tesla: list[Authority]) -> None:
    car = escaped(authorities.car_certificate(VIN))

    assert refusal(tesla, car, car) == "more_than_one_certificate"


@pytest.mark.parametrize(
    "value",
    [
        "FAILED:unable to verify the first certificate",
        ":AAAA:",
        ":A:",
        ": AAAA:",
        "-----BEGIN%20CERTIFICATE-----%0AAAAA%0A-----END%20CERTIFICATE-----",
        "-----BEGIN%20CERTIFICATE-----",
        "-----BEGIN\udcff",
    ],
)
def test_what_is_no_certificate_is_refused(tesla: list[Authority], value: str) -> None:
    assert refusal(tesla, value) == "unreadable_certificate"


def test_two_certificates_in_one_text_are_refused(authorities: Authorities, tesla: list[Authority]) -> None:
    car = escaped(authorities.car_certificate(VIN))

    assert refusal(tesla, car + car) == "unreadable_certificate"


def test_a_chain_that_cannot_be_read_is_refused(authorities: Authorities, tesla: list[Authority]) -> None:
    car = authorities.car_certificate(VIN)

    assert refusal(tesla, sequence(car.certificate), chains=("nonsense",)) == "unreadable_certificate"


@pytest.mark.parametrize("name", [PRODUCT, "Home CA"])
def test_an_authority_that_only_bears_the_name_vouches_for_nobody(
    authorities: Authorities, tesla: list[Authority], name: str
) -> None:
    other = stranger(name)
    car = authorities.car_certificate(VIN, issuer=other)

    assert refusal(tesla, escaped(car)) == "certificate_not_verified"
    chain = (sequence(other.certificate),)
    assert refusal(tesla, sequence(car.certificate), chains=chain) == "certificate_not_verified"


def test_what_has_expired_or_is_still_to_come_is_refused(
    authorities: Authorities, tesla: list[Authority]
) -> None:
    over = authorities.car_certificate(VIN, days=(30.0, -1.0))
    ahead = authorities.car_certificate(VIN, days=(-1.0, 30.0))
    old = authorities.car_certificate(VIN, issuer=ISSUING_EXPIRED)

    assert refusal(tesla, escaped(over)) == "certificate_not_verified"
    assert refusal(tesla, escaped(ahead)) == "certificate_not_verified"
    assert refusal(tesla, escaped(old)) == "certificate_not_verified"


def test_with_every_authority_expired_nobody_is_believed(
    authorities: Authorities, tesla: list[Authority]
) -> None:
    in_a_century = (datetime.now(UTC) + timedelta(36500)).timestamp()

    assert refusal(tesla, escaped(authorities.car_certificate(VIN)), now=in_a_century) == "no_authority"


def test_a_certificate_for_servers_alone_is_refused(authorities: Authorities, tesla: list[Authority]) -> None:
    car = authorities.car_certificate(VIN, purposes=(SERVER_AUTH,))

    assert refusal(tesla, escaped(car)) == "certificate_not_verified"


def test_a_chain_that_is_longer_than_any_is_not_looked_at(
    authorities: Authorities, tesla: list[Authority]
) -> None:
    car = authorities.car_certificate(VIN, issuer=PRODUCT_ACCESS)
    (between,) = car.chain

    assert read(tesla, sequence(car.certificate), chains=(sequence(between),) * 8)
    one_by_one = (sequence(between),) * 9
    assert refusal(tesla, sequence(car.certificate), chains=one_by_one) == "too_long_a_chain"
    at_once = (", ".join(["garbage"] * 9),)
    assert refusal(tesla, sequence(car.certificate), chains=at_once) == "too_long_a_chain"


def test_a_car_cannot_vouch_for_another(authorities: Authorities, tesla: list[Authority]) -> None:
    car = authorities.car_certificate(VIN)
    other = authorities.car_certificate("5YJ3E1EA7KF000002", issuer=car)

    assert (
        refusal(tesla, sequence(other.certificate), chains=(sequence(car.certificate),))
        == "certificate_not_verified"
    )


@pytest.mark.parametrize("flaw", ["no_authority", "may_not_sign", "for_servers"])
def test_an_authority_between_vouches_only_for_what_it_may(
    authorities: Authorities, tesla: list[Authority], flaw: str
) -> None:
    key = new_key("p256")
    above = authorities["Tesla Product Root CA"]
    now = datetime.now(UTC)
    start = begin(name_of("CN=Between"), key, above, now - timedelta(1), now + timedelta(30))
    if flaw == "for_servers":
        start = start.add_extension(x509.ExtendedKeyUsage([SERVER_AUTH]), critical=False)
        made = authority(start, key, above, digest=hashes.SHA512())
    else:
        may_sign = flaw == "no_authority"
        start = start.add_extension(x509.BasicConstraints(ca=not may_sign, path_length=None), critical=True)
        usage = x509.KeyUsage(*[True] + [False] * 4 + [may_sign] + [False] * 3)
        signed = start.add_extension(usage, critical=True).sign(above.key, hashes.SHA512())
        made = Credential(certificate=signed, key=key)
    car = authorities.car_certificate(VIN, issuer=made, purposes=(CLIENT_AUTH,))

    chain = (sequence(made.certificate),)
    assert refusal(tesla, sequence(car.certificate), chains=chain) == "certificate_not_verified"


@pytest.mark.parametrize(
    "key",
    [
        ec.generate_private_key(ec.SECP256K1()).public_key(),
        ed25519.Ed25519PrivateKey.generate().public_key(),
        ed448.Ed448PrivateKey.generate().public_key(),
        x25519.X25519PrivateKey.generate().public_key(),
    ],
    ids=["secp256k1", "ed25519", "ed448", "x25519"],
)
def test_a_key_of_another_kind_is_no_way_in(tesla: list[Authority], key: CertificatePublicKeyTypes) -> None:
    other = stranger(PRODUCT)
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name_of(f"CN={VIN}"))
        .issuer_name(other.certificate.subject)
        .public_key(key)
        .serial_number(17)
        .not_valid_before(now - timedelta(1))
        .not_valid_after(now + timedelta(1))
        .sign(other.key, hashes.SHA256())
    )

    assert refusal(tesla, sequence(made)) == "certificate_not_verified"


# A serial number below 1 is warned of by the library; whether it is one plays no part here.
@pytest.mark.filterwarnings("ignore:Parsed a serial number")
@given(strategies.data())
def test_a_certificate_with_wrong_bytes_in_it_is_refused(
    authorities: Authorities, tesla: list[Authority], impostor: Credential, data: strategies.DataObject
) -> None:
    signed = data.draw(strategies.sampled_from([authorities[PRODUCT], impostor]))
    good = der(ISSUED.setdefault(id(signed), authorities.car_certificate(VIN, issuer=signed)).certificate)
    bad = bytearray(good)
    place = data.draw(strategies.integers(0, len(good) - 1))
    bad[place] ^= data.draw(strategies.integers(1, 255))
    value = f":{base64.b64encode(bad).decode()}:"

    assert refusal(tesla, value) in {"unreadable_certificate", "certificate_not_verified"}


def test_a_stranger_whose_name_cannot_be_written_is_refused_too(
    tesla: list[Authority], authorities: Authorities, impostor: Credential
) -> None:
    """The library fails at its own message about such a certificate."""
    made = authorities.car_certificate(VIN, issuer=impostor, purposes=(SERVER_AUTH,))
    good = der(made.certificate)
    bad = good.replace(VIN.encode(), b"\xff" * len(VIN))
    value = f":{base64.b64encode(bad).decode()}:"

    assert refusal(tesla, value) == "unreadable_certificate"


def test_nobody_is_named_in_what_is_told_of_a_refusal(
    tesla: list[Authority], authorities: Authorities, impostor: Credential
) -> None:
    made = authorities.car_certificate(VIN, issuer=impostor, purposes=(SERVER_AUTH,))
    with pytest.raises(NotForwarded) as told:
        read(tesla, sequence(made.certificate))

    assert VIN not in "".join(traceback.format_exception(told.value))


def test_the_secret_is_not_shown_by_chance() -> None:
    assert SECRET not in repr(FORWARDING)


@given(strategies.text(), strategies.text())
def test_whatever_the_headers_are_they_are_read_or_refused(value: str, chain: str) -> None:
    with pytest.raises(NotForwarded):
        FORWARDING.read(secrets=[SECRET], certificates=[value], chains=[chain], authorities=[], now=0.0)
