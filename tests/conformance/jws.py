"""Cases of the group jws: the signature Tesla.SS256."""

from collections.abc import Callable
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from custom_components.tesla_direct.tesla.errors import WireError
from custom_components.tesla_direct.tesla.fleet_telemetry import jws, p256
from custom_components.tesla_direct.tesla.fleet_telemetry.config import TelemetryConfig
from tests.conformance.expect import equal, refused

type Case = dict[str, Any]


def _key(scalar_hex: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int(scalar_hex, 16), ec.SECP256R1())


def check_nonce(case: Case) -> None:
    """Compare the nonce of RFC 6979."""
    given = case["input"]
    nonce = jws.derive_nonce(int(given["private_scalar_hex"], 16), bytes.fromhex(given["digest_hex"]))
    equal("nonce", nonce.to_bytes(32).hex(), case["expect"]["nonce_hex"])


def check_sign(case: Case) -> None:
    """Compare the signature of a message."""
    given, expect = case["input"], case["expect"]
    message = bytes.fromhex(given["message_hex"])
    key = _key(given["private_scalar_hex"])
    public = p256.multiply_base(key.private_numbers().private_value)
    assert public
    equal("public key", p256.encode(public).hex(), expect["public_key_hex"])
    equal("signature", jws.sign(key, message).hex(), expect["signature_hex"])


def check_verify(case: Case) -> None:
    """Compare whether a signature is accepted."""
    given, expect = case["input"], case["expect"]
    key, message, signature = (
        bytes.fromhex(given[f"{part}_hex"]) for part in ("public_key", "message", "signature")
    )
    if expect["valid"]:
        jws.verify(key, message, signature)
    else:
        refused(WireError, lambda: jws.verify(key, message, signature))


def check_jws(case: Case) -> None:
    """Compare a token, from the claims on and from the official text on."""
    given, expect = case["input"], case["expect"]
    key = _key(given["private_scalar_hex"])
    loaded = load_pem_private_key(given["private_key_pem"].encode(), None)
    assert isinstance(loaded, ec.EllipticCurvePrivateKey)
    equal("key", loaded.private_numbers(), key.private_numbers())
    audience = jws.audience(given["app"], given["vin"])
    equal("audience", audience, expect["audience"])
    equal(
        "token of the text",
        jws.sign_token(key, expect["header_json"], expect["claims_json"]),
        expect["token"],
    )
    claims = given["claims"]
    if isinstance(claims, str):
        claims = json.loads(claims)
    equal("token", jws.sign_claims(key, claims, audience), expect["token"])
    if "fields" in claims:
        config = TelemetryConfig.from_claims(claims)
        equal("claims of a configuration", config.claims(), claims)
        equal("token of a configuration", config.token(key), expect["token"])
    equal("issuer", jws.verify_token(expect["token"])["iss"], expect["issuer"])


def check_jws_verify(case: Case) -> None:
    """Compare whether a token is accepted."""
    token = case["input"]["token"]
    if case["expect"]["valid"]:
        jws.verify_token(token)
    else:
        refused(WireError, lambda: jws.verify_token(token))


KINDS: dict[str, Callable[[Case], None]] = {
    "nonce": check_nonce,
    "sign": check_sign,
    "verify": check_verify,
    "jws": check_jws,
    "jws_verify": check_jws_verify,
}
