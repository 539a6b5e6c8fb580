"""Tesla.SS256: signatures and tokens; the vectors are run by tests/conformance."""

import base64
import hashlib
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.errors import WireError
from custom_components.tesla_direct.tesla.fleet_telemetry import p256
from custom_components.tesla_direct.tesla.fleet_telemetry.jws import (
    HEADER,
    TELEMETRY,
    audience,
    derive_nonce,
    issuer,
    serialize,
    sign,
    sign_claims,
    sign_token,
    verify,
    verify_token,
)

SCALAR = 0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721  # RFC 6979, A.2.5
KEY = ec.derive_private_key(SCALAR, ec.SECP256R1())
PUBLIC = KEY.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
CLAIMS: dict[str, Any] = {"hostname": "telemetry.example.org", "port": 443, "fields": {}}


@pytest.mark.parametrize(
    ("message", "nonce"),
    [
        (b"sample", 0xA6E3C57DD01ABE90086538398355DD4C3B17AA873382B0F24D6129493D8AAD60),
        (b"test", 0xD16B6AE827F17175E040871A1C7EC3500192C4C92677336EC2537ACAEE0008E0),
    ],
)
def test_the_nonce_is_that_of_rfc_6979(message: bytes, nonce: int) -> None:
    assert derive_nonce(SCALAR, hashlib.sha256(message).digest()) == nonce


def test_a_nonce_beyond_the_order_is_drawn_again() -> None:
    # The case "nonce-rejection" of the vectors: the first candidate is too large.
    digest = bytes.fromhex("0080c36864c5f2f460e3767983c65677b65cef901bcedcb223f9b365c68f52f6")

    assert derive_nonce(0x0300000000000000000000000000000000000000000000000000000000000000, digest).to_bytes(
        32
    ).hex() == ("264fc6592fbea24fd0954e0b86b886e8743161758ddad2f7e9fed75a0019e005")


def test_a_signature_is_the_same_each_time_and_verifies() -> None:
    signature = sign(KEY, b"message")

    assert len(signature) == 96
    assert sign(KEY, b"message") == signature
    verify(PUBLIC, b"message", signature)


@settings(max_examples=25)
@given(scalar=st.integers(1, p256.ORDER - 1), message=st.binary(max_size=200))
def test_what_any_key_signs_verifies_with_its_public_half_alone(scalar: int, message: bytes) -> None:
    key = ec.derive_private_key(scalar, ec.SECP256R1())
    public = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    signature = sign(key, message)

    verify(public, message, signature)
    for wrong in ((PUBLIC, message, signature), (public, message + b"x", signature)):
        with pytest.raises(WireError):
            verify(*wrong)


@pytest.mark.parametrize("at", [0, 31, 32, 63, 64, 95])
def test_a_signature_with_one_bit_changed_is_refused(at: int) -> None:
    changed = bytearray(sign(KEY, b"message"))
    changed[at] ^= 1

    with pytest.raises(WireError):
        verify(PUBLIC, b"message", bytes(changed))


@pytest.mark.parametrize("signature", [b"", b"\0" * 95, b"\0" * 97, b"\0" * 96, b"\xff" * 96])
def test_what_is_no_signature_is_refused(signature: bytes) -> None:
    with pytest.raises(WireError):
        verify(PUBLIC, b"message", signature)


def test_the_public_key_has_to_be_a_point() -> None:
    with pytest.raises(WireError):
        verify(b"\x04" + b"\1" * 64, b"message", sign(KEY, b"message"))


def test_claims_are_written_as_teslas_tool_writes_them() -> None:
    assert serialize({"b": 1, "a": {"d": True, "c": None}, "e": '<&>\u2028\u2029ä\n"'}) == (
        '{"a":{"c":null,"d":true},"b":1,"e":"\\u003c\\u0026\\u003e\\u2028\\u2029ä\\n\\""}'
    )


def test_a_token_names_its_signer_and_whom_it_is_for() -> None:
    given_claims = {**CLAIMS, "iss": "somebody", "aud": "something"}

    token = sign_claims(KEY, given_claims, audience(TELEMETRY))

    claims = verify_token(token)
    assert claims == {**CLAIMS, "iss": issuer(PUBLIC), "aud": "com.tesla.fleet.TelemetryClient"}
    assert base64.b64decode(claims["iss"]) == PUBLIC
    assert json.loads(part(token, 0)) == {"alg": "Tesla.SS256", "typ": "JWT"}
    assert given_claims["iss"] == "somebody"


def part(token: str, index: int) -> bytes:
    return base64.urlsafe_b64decode(token.split(".")[index] + "==")


def test_a_token_for_one_car_names_it() -> None:
    assert audience("app", "VIN") == "com.tesla.vehicle.VIN.app"


def test_a_token_has_no_padding() -> None:
    for length in range(4):
        assert "=" not in sign_token(KEY, HEADER, "x" * length)


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token_of(header: object, claims: object) -> str:
    """Sign whatever texts; a correct signature is no excuse."""
    texts = [one if isinstance(one, str) else json.dumps(one) for one in (header, claims)]
    return sign_token(KEY, *texts)


GOOD = {**CLAIMS, "iss": issuer(PUBLIC), "aud": "x"}
ALG = {"alg": "Tesla.SS256"}


@pytest.mark.parametrize(
    ("header", "claims"),
    [
        ({"alg": "ES256"}, GOOD),
        ({"alg": "none"}, GOOD),
        ({"alg": "tesla.ss256"}, GOOD),
        ({"alg": None}, GOOD),
        ({}, GOOD),
        ([], GOOD),
        ("null", GOOD),
        ("1", GOOD),
        ("no json", GOOD),
        ("", GOOD),
        (ALG, ""),
        (ALG, "null"),
        (ALG, []),
        (ALG, ["iss"]),
        (ALG, '"iss"'),
        (ALG, CLAIMS),
        (ALG, {**GOOD, "iss": None}),
        (ALG, {**GOOD, "iss": 1}),
        (ALG, {**GOOD, "iss": ["x"]}),
        (ALG, {**GOOD, "iss": ""}),
        (ALG, {**GOOD, "iss": "ä"}),
        (ALG, {**GOOD, "iss": issuer(PUBLIC)[:-2]}),
        (ALG, {**GOOD, "iss": issuer(PUBLIC[:-1])}),
        (ALG, {**GOOD, "iss": issuer(p256.encode(p256.GENERATOR))}),
        pytest.param(ALG, "[" * 100_000, id="deep claims"),
        pytest.param("[" * 100_000, GOOD, id="deep header"),
    ],
)
def test_a_token_that_says_something_else_is_refused(header: object, claims: object) -> None:
    with pytest.raises(WireError):
        verify_token(token_of(header, claims))


def test_a_token_in_another_form_is_refused() -> None:
    good = token_of(ALG, GOOD)
    header, claims, signature = good.split(".")
    assert verify_token(good)
    bad = [
        "",
        "..",
        f"{header}.{claims}",
        f"{good}.",
        f"{good}=",
        f"{header}=.{claims}.{signature}",
        f"{header}.{claims}.{signature[:-2]}",
        f"{header}.{claims}.{signature}AA",
        f"{header}.{claims}.",
        f"{header} .{claims}.{signature}",
        f"{header}\n.{claims}.{signature}",
        f"{header}.{claims}ä.{signature}",
        f"{header}.{claims}+/.{signature}",
        f"{header}.{encoded(b'\xff\xfe')}.{signature}",
        f"{header}.{encoded(json.dumps({**GOOD, 'port': 1}).encode())}.{signature}",
    ]
    for token in bad:
        with pytest.raises(WireError):
            verify_token(token)


@given(st.text(max_size=60))
def test_any_text_is_a_token_or_refused(text: str) -> None:
    with pytest.raises(WireError):
        verify_token(text)
