"""Keys: made, loaded in every usual spelling, refused with the reason, and never shown."""

from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_public_key,
)
from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.errors import (
    CurveUnsupported,
    KeyEncrypted,
    KeyNotPrivate,
    KeyUnreadable,
    PublicKeyInvalid,
    SigningKeyError,
)
from custom_components.tesla_direct.tesla.vehicle_command.keys import LONGEST_PEM, PrivateKey

from .car import Car, our_key

SECRET = BestAvailableEncryption(b"secret")
# What OpenSSL writes before a SEC1 key: the curve, by its name.
EC_PARAMETERS = b"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"


def pem(
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey,
    style: PrivateFormat,
    encryption: KeySerializationEncryption | None = None,
) -> bytes:
    return key.private_bytes(Encoding.PEM, style, encryption or NoEncryption())


@pytest.mark.parametrize("style", [PrivateFormat.TraditionalOpenSSL, PrivateFormat.PKCS8])
@pytest.mark.parametrize("before", [b"", EC_PARAMETERS, b"Bag Attributes\n  friendlyName: tesla\n"])
def test_a_key_is_loaded_in_both_styles(style: PrivateFormat, before: bytes) -> None:
    key = our_key()

    loaded = PrivateKey.from_pem(before + pem(key.key, style))

    assert loaded.public == key.public
    assert loaded.agree(Car().public).secret == key.agree(Car().public).secret


def test_a_key_comes_back_as_it_was_written() -> None:
    key = PrivateKey.generate()

    assert PrivateKey.from_pem(key.to_pem()).public == key.public
    assert key.to_pem().startswith(b"-----BEGIN PRIVATE KEY-----\n")


def test_no_two_keys_are_the_same() -> None:
    assert PrivateKey.generate().public != PrivateKey.generate().public


def test_the_public_half_is_an_uncompressed_point_and_can_be_hosted() -> None:
    key = our_key()

    hosted = load_pem_public_key(key.public_pem)
    assert isinstance(hosted, ec.EllipticCurvePublicKey)
    assert hosted.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint) == key.public
    assert key.public.hex().startswith("04b2b6bc68c2da06")
    assert len(key.public) == 65


def encrypted_sec1() -> bytes:
    return pem(our_key().key, PrivateFormat.TraditionalOpenSSL, SECRET)


def encrypted_pkcs8() -> bytes:
    return pem(our_key().key, PrivateFormat.PKCS8, SECRET)


def other_curve() -> bytes:
    return pem(ec.generate_private_key(ec.SECP384R1()), PrivateFormat.PKCS8)


def other_kind() -> bytes:
    return pem(ed25519.Ed25519PrivateKey.generate(), PrivateFormat.PKCS8)


def certificate() -> bytes:
    return b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"


def damaged() -> bytes:
    text = our_key().to_pem()
    return text[:80] + text[90:]


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (encrypted_sec1, KeyEncrypted, "passphrase"),
        (encrypted_pkcs8, KeyEncrypted, "passphrase"),
        (other_curve, CurveUnsupported, "secp384r1"),
        (other_kind, CurveUnsupported, "another kind"),
        (lambda: our_key().public_pem, KeyNotPrivate, "public key"),
        (
            lambda: b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
            KeyNotPrivate,
            "certificate",
        ),
        (damaged, KeyUnreadable, "damaged"),
        (lambda: b"-----BEGIN EC PRIVATE KEY-----\n-----END EC PRIVATE KEY-----", KeyUnreadable, "damaged"),
        (lambda: b"", KeyUnreadable, "not PEM"),
        (lambda: b"ssh-ed25519 AAAA", KeyUnreadable, "not PEM"),
        (lambda: b"\x30\x77\x02\x01\x01", KeyUnreadable, "not PEM"),
        (lambda: bytes(LONGEST_PEM + 1), KeyUnreadable, "65537 bytes"),
    ],
)
def test_what_cannot_sign_is_refused_with_the_reason(
    make: Callable[[], bytes], error: type[SigningKeyError], says: str
) -> None:
    with pytest.raises(error, match=says) as refused:
        PrivateKey.from_pem(make())

    assert refused.type is error
    assert refused.value.__cause__ is None


@given(st.binary(max_size=300), st.sampled_from([b"PRIVATE KEY", b"EC PRIVATE KEY", b"RSA PRIVATE KEY"]))
def test_any_bytes_are_a_key_or_are_refused(body: bytes, label: bytes) -> None:
    for data in (body, b"-----BEGIN %b-----\n%b\n-----END %b-----\n" % (label, body, label)):
        with pytest.raises(SigningKeyError):
            PrivateKey.from_pem(data)


@given(st.binary(max_size=70))
def test_any_bytes_are_a_point_or_are_refused(peer: bytes) -> None:
    with pytest.raises(PublicKeyInvalid):
        our_key().agree(peer)


def test_a_compressed_point_is_refused_though_it_is_one() -> None:
    key = ec.derive_private_key(7, ec.SECP256R1()).public_key()

    with pytest.raises(PublicKeyInvalid, match="33 bytes"):
        our_key().agree(key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint))


def test_nothing_secret_is_shown() -> None:
    key, shared = our_key(), our_key().agree(Car().public)
    secrets = (f"{key.key.private_numbers().private_value:064x}", shared.secret.hex(), shared.command.hex())

    shown = f"{key!r} {key} {shared!r} {shared} {[key, shared]}"

    assert not [secret for secret in secrets if secret in shown]
    assert repr(key) == f"PrivateKey({key.fingerprint})"
    assert not hasattr(key, "__dict__")


def test_the_worked_example_agrees_on_the_published_keys() -> None:
    shared = our_key().agree(Car().public)

    assert shared.secret.hex() == "1b2fce19967b79db696f909cff89ea9a"
    assert shared.session_info.hex() == "fceb679ee7bca756fcd441bf238bf2f338629b41d9eb9c67be1b32c9672ce300"
    assert shared.secret == Car().secret
