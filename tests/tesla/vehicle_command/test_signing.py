"""Tags, seals and hashes: those of the published example, and no others."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.errors import TagWrong
from custom_components.tesla_direct.tesla.vehicle_command import message, metadata, signing
from custom_components.tesla_direct.tesla.vehicle_command.domain import Domain
from custom_components.tesla_direct.tesla.vehicle_command.message import Reply, Request, Seal, read
from custom_components.tesla_direct.tesla.vehicle_command.metadata import Signature

from .car import CLIMATE_ON, EPOCH, VIN, Car, our_key

ADDRESS = bytes.fromhex("2c907bd76c640d360b3027dc7404efde")
UUID = bytes.fromhex("1588d5a30eabc6f8fc9a951b11f6fd11")
SHARED = our_key().agree(Car().public)
REQUEST = Request(
    domain=Domain.INFOTAINMENT,
    address=ADDRESS,
    uuid=UUID,
    epoch=EPOCH,
    counter=7,
    expires_at=2655,
    flags=0,
    payload=CLIMATE_ON,
)
INFO = bytes.fromhex(
    "0806124104c7a1f47138486aa4729971494878d33b1a24e39571f748a6e16c5955b3d877d3"
    "a6aaa0e955166474af5d32c410f439a2234137ad1bb085fd4e8813c958f11d97"
    "1a104c463f9cc0d3d26906e982ed224adde6255a0a0000"
)
INFO_TAG = bytes.fromhex("996c1fe38331be138f8039c194b14db2198846ed7d8251e6749284d7b32ea002")


def test_a_command_is_sealed_as_in_the_worked_example() -> None:
    head = metadata.request_head(Signature.AES_GCM, Domain.INFOTAINMENT, VIN, EPOCH)

    ciphertext, tag = signing.gcm_seal(SHARED, head, REQUEST, bytes.fromhex("dbf79447fa156674dae1caed"))

    assert (ciphertext.hex(), tag.hex()) == ("38038e8c0f2e", "8e128da165f162f4d7d2c8da866cf82a")
    hashed = signing.request_hash(Signature.AES_GCM, Domain.INFOTAINMENT, tag)
    assert hashed.hex() == "058e128da165f162f4d7d2c8da866cf82a"


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        (0, "6d75c4e7c5e144996e22f1bdf694e453c94774a636e4382053cb8e358bf25ea8"),
        (2, "f3c24554a00e42160e6acef6dd4f1c8ef9c30ed6391ec818d75663bee00a47f0"),
    ],
)
def test_a_command_gets_the_tag_that_teslas_own_code_gives_it(flags: int, expected: str) -> None:
    head = metadata.request_head(Signature.HMAC, Domain.INFOTAINMENT, VIN, EPOCH)

    assert signing.hmac_tag(SHARED, head, replace(REQUEST, flags=flags)).hex() == expected


@pytest.mark.parametrize(
    ("signature", "domain", "length"),
    [
        (Signature.HMAC, Domain.INFOTAINMENT, 33),
        (Signature.HMAC, Domain.VEHICLE_SECURITY, 17),
        (Signature.AES_GCM, Domain.INFOTAINMENT, 17),
        (Signature.AES_GCM, Domain.VEHICLE_SECURITY, 17),
    ],
)
def test_a_request_is_named_by_the_beginning_of_its_tag(
    signature: Signature, domain: Domain, length: int
) -> None:
    tag = bytes(range(32 if signature is Signature.HMAC else 16))

    hashed = signing.request_hash(signature, domain, tag)

    assert hashed == (bytes((signature,)) + tag)[:length]
    assert len(hashed) == length


def test_the_session_info_of_the_worked_example_is_accepted() -> None:
    signing.check_session_info(SHARED, VIN, UUID, INFO, INFO_TAG)


@pytest.mark.parametrize(
    ("vin", "challenge", "info", "tag"),
    [
        (VIN[:-1] + "D", UUID, INFO, INFO_TAG),
        (VIN, bytes(16), INFO, INFO_TAG),
        (VIN, UUID, INFO + b"\x28\x01", INFO_TAG),
        (VIN, UUID, INFO[:-1], INFO_TAG),
        (VIN, UUID, INFO, INFO_TAG[:16]),
        (VIN, UUID, INFO, b""),
        (VIN, UUID, INFO, INFO_TAG + b"\x00"),
    ],
)
def test_any_other_session_info_is_refused(vin: str, challenge: bytes, info: bytes, tag: bytes) -> None:
    with pytest.raises(TagWrong):
        signing.check_session_info(SHARED, vin, challenge, info, tag)


def answered(payload: bytes = b"\x0a\x00") -> tuple[Reply, bytes]:
    head = metadata.request_head(Signature.HMAC, Domain.INFOTAINMENT, VIN, EPOCH)
    tag = signing.hmac_tag(SHARED, head, REQUEST)
    sent = message.with_hmac(REQUEST, our_key().public, tag)
    hashed = signing.request_hash(Signature.HMAC, Domain.INFOTAINMENT, tag)
    return read(Car().answer(sent, payload, encrypted=True)), hashed


@pytest.mark.parametrize("payload", [b"", b"\x0a\x00", bytes(500)])
def test_an_encrypted_reply_is_opened(payload: bytes) -> None:
    reply, hashed = answered(payload)

    assert signing.open_response(SHARED, VIN, reply, hashed) == payload


def test_a_reply_that_was_touched_is_not_opened() -> None:
    reply, hashed = answered()
    seal = reply.seal
    assert seal
    payload = reply.payload or b""

    for touched in (
        replace(reply, sender=2),
        replace(reply, flags=1),
        replace(reply, fault=1),
        replace(reply, payload=payload + b"\x00"),
        replace(reply, payload=None),
        replace(reply, seal=None),
        replace(reply, seal=replace(seal, counter=2)),
        replace(reply, seal=replace(seal, nonce=bytes(12))),
        replace(reply, seal=replace(seal, nonce=seal.nonce + b"\x00")),
        replace(reply, seal=replace(seal, nonce=b"")),
        replace(reply, seal=replace(seal, tag=bytes(16))),
        # The same bytes, cut elsewhere.
        replace(reply, payload=payload + seal.tag[:1], seal=replace(seal, tag=seal.tag[1:])),
        replace(reply, payload=payload[:-1], seal=replace(seal, tag=payload[-1:] + seal.tag)),
    ):
        with pytest.raises(TagWrong):
            signing.open_response(SHARED, VIN, touched, hashed)
    with pytest.raises(TagWrong):
        signing.open_response(SHARED, VIN, reply, hashed[:17])
    with pytest.raises(TagWrong):
        signing.open_response(SHARED, "5YJ30123456789ABD", reply, hashed)


@given(st.binary(max_size=40), st.binary(max_size=40), st.binary(max_size=20), st.integers(0, 2**32 - 1))
def test_nobody_without_the_key_can_make_a_reply(
    payload: bytes, nonce: bytes, tag: bytes, counter: int
) -> None:
    reply, hashed = answered()

    with pytest.raises(TagWrong):
        signing.open_response(
            SHARED, VIN, replace(reply, payload=payload, seal=Seal(nonce, counter, tag)), hashed
        )
