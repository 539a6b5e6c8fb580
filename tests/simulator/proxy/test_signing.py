"""Configurations signed by the proxy, seen through the eyes of who verifies them."""

import base64

from cryptography.hazmat.primitives.asymmetric import ec
import pytest

from simulator.car.authentication import CURVE, public_bytes
from simulator.cloud import jws
from simulator.proxy.signing import token


def test_a_signature_is_the_keys_own() -> None:
    key = ec.generate_private_key(CURVE)
    read = jws.read(token(key, {"fields": {}, "aud": "other", "iss": "other"}))

    assert read.issuer == public_bytes(key)
    assert read.claims == {
        "fields": {},
        "aud": jws.AUDIENCE,
        "iss": base64.b64encode(public_bytes(key)).decode(),
    }


def test_nothing_in_it_can_be_changed() -> None:
    head, body, tail = token(ec.generate_private_key(CURVE), {"port": 1}).split(".")
    other = base64.urlsafe_b64encode(
        base64.urlsafe_b64decode(body + "==").replace(b'"port": 1', b'"port": 2')
    )

    with pytest.raises(jws.BadToken):
        jws.read(f"{head}.{other.decode().rstrip('=')}.{tail}")


def test_no_two_signatures_are_the_same() -> None:
    key = ec.generate_private_key(CURVE)
    assert token(key, {}) != token(key, {})
