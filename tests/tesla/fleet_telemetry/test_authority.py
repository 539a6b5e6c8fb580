"""Whom we believe: the pinned set, and bundles of every condition."""

from datetime import UTC, datetime, timedelta
import hashlib
import ssl

from cryptography.hazmat.primitives.serialization import Encoding
import pytest

from custom_components.tesla_direct.tesla.errors import AuthorityUnknown, FileUnreadable
from custom_components.tesla_direct.tesla.fleet_telemetry.authority import (
    BUNDLE_LIMIT,
    PINNED,
    TRUST_FOR_CLIENTS,
    Authority,
    check_pins,
    read_bundle,
    trusted_pem,
)
from simulator.certificates import (
    AUTHORITIES,
    ISSUING_EXPIRED,
    PRODUCT,
    SHA256,
    Authorities,
    authority,
    begin,
    name_of,
    new_key,
    pem,
)

BEGIN, END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"

# Telemetry protocol, section 2.4: serial number of the table, first bytes of the SHA-256, common name.
TABLE = """
9210df2afb71dcdc Tesla Issuing CA
bdf7cf2fd449a780 Tesla Motors GF Austin Product Issuing CA
3468361b3dfe779e Tesla Motors GF Berlin Product Issuing CA
db8c6739f268c4e3 Tesla Motors GF0 Product Issuing CA
ca3087352e1b7785 Tesla Motors GF3 Product Issuing CA
6c221b7290db8ffc Tesla Motors GF3 Product RSA Issuing CA
2baa91cf98e3bf3d Tesla Motors Product Issuing CA
b18e1fe69a588703 Tesla Motors Product RSA Issuing CA
a1ffaf486020d464 Tesla Motors Products CA
4045a9064a7ff9ba Tesla Motors Root CA
56f74af54bc918ce Tesla Policy CA
9c1432cbd81d9f84 Tesla Product RSA Root CA
ebbaacc16eb93c2e Tesla Product Root CA
681c9455f1051a9e Tesla Root CA
""".strip().splitlines()
# SHA-256 over the 14 fingerprints, sorted, as bytes.
ALL_PINS = "e7797dadc0fec6bc3d0403a4d63778ba30104610a4c77b97693c1788e701722a"


@pytest.fixture(scope="session")
def bundle(authorities: Authorities) -> str:
    return authorities.bundle()


def test_the_pinned_set_is_teslas_production_bundle() -> None:
    assert [f"{fingerprint[:16]} {name}" for fingerprint, name in PINNED.items()] == TABLE
    together = b"".join(bytes.fromhex(fingerprint) for fingerprint in sorted(PINNED))
    assert hashlib.sha256(together).hexdigest() == ALL_PINS


def test_a_bundle_is_read_with_the_text_between_its_blocks(authorities: Authorities, bundle: str) -> None:
    assert "Not After" in bundle

    read = read_bundle(bundle.encode())

    assert [one.subject for one in read] == sorted(plan.name for plan in AUTHORITIES if plan.listed)
    for one in read:
        certificate = authorities[one.subject].certificate
        assert one.der == certificate.public_bytes(Encoding.DER)
        assert one.fingerprint == hashlib.sha256(one.der).hexdigest()
        assert one.expires == certificate.not_valid_after_utc


@pytest.mark.parametrize("newline", ["\r\n", "\n\n", " \n\t"])
def test_line_ends_do_not_matter(bundle: str, newline: str) -> None:
    assert read_bundle(bundle.replace("\n", newline).encode()) == read_bundle(bundle.encode())


def test_a_certificate_that_stands_there_twice_counts_once(bundle: str) -> None:
    assert read_bundle((bundle + bundle).encode()) == read_bundle(bundle.encode())


def test_text_around_it_may_be_of_any_encoding(bundle: str) -> None:
    assert read_bundle(b"\xff\xfe\0 -- \n" + bundle.encode() + b"\xff") == read_bundle(bundle.encode())


@pytest.mark.parametrize("cut", [10, 200, 700])
def test_a_bundle_that_was_cut_off_is_refused(bundle: str, cut: int) -> None:
    with pytest.raises(FileUnreadable, match="cut off"):
        read_bundle(bundle.rstrip()[:-cut].encode())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no certificate"),
        (b"404: Not Found", "no certificate"),
        (b"<!DOCTYPE html>", "no certificate"),
        (f"{BEGIN}\n{END}".encode(), "cannot be read"),
        (f"{BEGIN}{END}".encode(), "no certificate"),
        (f"{BEGIN}\nAAAA\n{END}".encode(), "cannot be read"),
        (f"{BEGIN}\nAAA\n{END}".encode(), "cannot be read"),
        (f"{BEGIN}\n!!!!\n{END}".encode(), "no certificate"),
        (b"-----BEGIN TRUSTED CERTIFICATE-----\nAAAA\n-----END TRUSTED CERTIFICATE-----", "no certificate"),
    ],
)
def test_what_is_no_bundle_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(FileUnreadable, match=reason):
        read_bundle(content)


def test_a_bundle_with_one_damaged_certificate_is_refused(bundle: str) -> None:
    at = bundle.index(BEGIN) + len(BEGIN) + 5

    with pytest.raises(FileUnreadable, match="cannot be read"):
        read_bundle((bundle[:at] + "A" + bundle[at + 1 :]).encode())


def test_a_huge_bundle_is_refused() -> None:
    with pytest.raises(FileUnreadable, match=str(BUNDLE_LIMIT)):
        read_bundle(b"x" * (BUNDLE_LIMIT + 1))


@pytest.mark.parametrize("filling", ["", "\n", "\nA", "A", "=", "-", "\n" + "A" * 64])
def test_no_bundle_keeps_us_busy(filling: str) -> None:
    # A pattern that tries each way to divide the white space would never come back.
    repeated = (BEGIN + filling * 20) * 200 + BEGIN + filling * 100_000

    with pytest.raises(FileUnreadable):
        read_bundle(repeated[:BUNDLE_LIMIT].encode())


def test_an_authority_without_a_common_name_is_named_by_what_it_has() -> None:
    key = new_key("p256")
    now = datetime.now(UTC)
    made = authority(begin(name_of("O=Tesla Inc."), key, None, now, now), key, None, digest=SHA256)

    (one,) = read_bundle(pem(made.certificate).encode())

    assert one.subject == "O=Tesla Inc."


def test_pinned_authorities_pass_and_any_other_is_named(bundle: str) -> None:
    fingerprint, name = next(iter(PINNED.items()))
    known = Authority(b"", fingerprint, name, datetime.now(UTC))
    check_pins([known])
    check_pins([])
    strangers = read_bundle(bundle.encode())

    with pytest.raises(AuthorityUnknown) as caught:
        check_pins([known, *strangers])

    assert caught.value.unknown == {one.fingerprint: one.subject for one in strangers}
    assert fingerprint not in caught.value.unknown
    assert all(one.subject in str(caught.value) for one in strangers)


def test_a_pin_is_the_certificate_and_not_its_name(authorities: Authorities) -> None:
    (one,) = read_bundle(pem(authorities[PRODUCT].certificate).encode())
    assert one.subject in PINNED.values()

    with pytest.raises(AuthorityUnknown):
        check_pins([one])


def test_each_anchor_is_trusted_for_clients_alone(bundle: str) -> None:
    read = [one for one in read_bundle(bundle.encode()) if one.subject != ISSUING_EXPIRED]

    text = trusted_pem(read, datetime.now(UTC).timestamp())

    assert text.count("-----BEGIN TRUSTED CERTIFICATE-----") == len(read)
    plain = text.replace("TRUSTED ", "")
    found = read_trusted(plain)
    assert found == [one.der + TRUST_FOR_CLIENTS for one in read]


def read_trusted(text: str) -> list[bytes]:
    blocks = text.split(BEGIN)[1:]
    return [ssl.PEM_cert_to_DER_cert(BEGIN + block.rstrip() + "\n") for block in blocks]


def test_what_has_expired_vouches_for_nobody(bundle: str) -> None:
    read = read_bundle(bundle.encode())
    now = datetime.now(UTC)
    assert any(one.expires < now for one in read)

    assert trusted_pem(read, now.timestamp()).count("BEGIN") == len(read) - 1
    assert trusted_pem(read, (now + timedelta(days=365 * 50)).timestamp()) == ""
    assert trusted_pem([], now.timestamp()) == ""


def test_an_authority_counts_up_to_the_second_in_which_it_expires(bundle: str) -> None:
    one = read_bundle(bundle.encode())[0]

    assert trusted_pem([one], one.expires.timestamp() - 1)
    assert not trusted_pem([one], one.expires.timestamp())
