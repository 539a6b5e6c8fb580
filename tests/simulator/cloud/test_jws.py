"""Signed tokens, against bytes that nobody here has made."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from simulator.cloud.curve import NoPoint
from simulator.cloud.jws import BadToken, read, signed_by

from .developer import Developer, packed

VECTORS = Path(__file__).parents[2] / "vectors" / "jws"


def cases(*kinds: str) -> list[Any]:
    """Return the cases of some kinds."""
    files = [json.loads(path.read_text()) for path in sorted(VECTORS.glob("*.json"))]
    found = [case for file in files for case in file["cases"] if case["kind"] in kinds]
    assert found
    return [pytest.param(case, id=case["id"]) for case in found]


@pytest.mark.parametrize("case", cases("sign"))
def test_a_signature_of_others_is_seen_to_be_right(case: dict[str, Any]) -> None:
    expect = case["expect"]
    key, signature = bytes.fromhex(expect["public_key_hex"]), bytes.fromhex(expect["signature_hex"])
    message = bytes.fromhex(case["input"]["message_hex"])

    assert signed_by(key, message, signature)
    assert not signed_by(key, message + b"!", signature)


@pytest.mark.parametrize("case", cases("verify"))
def test_a_signature_is_judged_as_others_judge_it(case: dict[str, Any]) -> None:
    key, message, signature = (
        bytes.fromhex(case["input"][f"{part}_hex"]) for part in ("public_key", "message", "signature")
    )
    if case["expect"]["error"] == "invalid public key":
        with pytest.raises(NoPoint):
            signed_by(key, message, signature)
    else:
        assert signed_by(key, message, signature) is case["expect"]["valid"]


@pytest.mark.parametrize("case", cases("jws"))
def test_a_token_of_others_is_read(case: dict[str, Any]) -> None:
    signed = read(case["expect"]["token"])

    assert signed.claims == json.loads(case["expect"]["claims_json"])
    assert base64.b64encode(signed.issuer).decode() == case["expect"]["issuer"]


@pytest.mark.parametrize("case", cases("jws_verify"))
def test_a_token_is_judged_as_others_judge_it(case: dict[str, Any]) -> None:
    if case["expect"]["valid"]:
        assert read(case["input"]["token"]).issuer
    else:
        with pytest.raises(BadToken):
            read(case["input"]["token"])


GOOD = Developer().token({"hostname": "h"})
HEAD, BODY, TAIL = GOOD.split(".")


def changed(part: str, **claims: Any) -> str:
    """Change what a part says, and leave the signature."""
    said = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return packed(json.dumps(said | claims).encode())


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        (None, "three parts"),
        (7, "three parts"),
        ("", "three parts"),
        (f"{HEAD}.{BODY}", "three parts"),
        (f"{GOOD}.", "three parts"),
        (f"{changed(HEAD, alg='ES256')}.{BODY}.{TAIL}", "algorithm"),
        (f"{HEAD}.{changed(BODY, hostname='i')}.{TAIL}", "issuer's"),
        (f"{HEAD}.{changed(BODY, iss=7)}.{TAIL}", "no key"),
        (f"{HEAD}.{changed(BODY, iss='!')}.{TAIL}", "no key"),
        (f"{HEAD}.{changed(BODY, iss='BAAA')}.{TAIL}", "no key"),
        (f"{packed(b'[]')}.{BODY}.{TAIL}", "JSON object"),
        (f"{packed(b'{')}.{BODY}.{TAIL}", "not JSON"),
        (f"{HEAD}.{BODY}.{TAIL[:-4]}", "issuer's"),
        (f"{HEAD}.{BODY}.A", "base64url"),
        (f"{HEAD}.{BODY}.{TAIL}=", "base64url"),
        (f"{HEAD}.{BODY}.é", "base64url"),
        (f"{HEAD}.{BODY}.{TAIL[:9]}!!!!{TAIL[9:]}", "base64url"),
        (f"{HEAD}.{BODY}.{TAIL}\n", "base64url"),
        (f"{HEAD}.{BODY}.", "issuer's"),
    ],
)
def test_what_is_no_token_is_said_to_be_none(token: object, reason: str) -> None:
    with pytest.raises(BadToken, match=reason):
        read(token)


def test_a_token_of_our_own_making_is_right_too() -> None:
    assert read(GOOD).issuer == Developer().public
