"""Messages: built as the published example shows, read whatever comes, and told apart."""

from collections.abc import Callable

from hypothesis import example, given
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.errors import WireError
from custom_components.tesla_direct.tesla.proto.universal_message_pb2 import RoutableMessage
from custom_components.tesla_direct.tesla.vehicle_command import message
from custom_components.tesla_direct.tesla.vehicle_command.domain import Domain
from custom_components.tesla_direct.tesla.vehicle_command.message import (
    LONGEST,
    Pending,
    Reply,
    Request,
    read,
    why_not,
)

from .car import CLIMATE_ON, EPOCH, Car, our_key

ADDRESS = bytes.fromhex("2c907bd76c640d360b3027dc7404efde")
UUID = bytes.fromhex("1588d5a30eabc6f8fc9a951b11f6fd11")
ANSWER = Car().answer(message.hello(Domain.INFOTAINMENT, ADDRESS, UUID, our_key().public), b"\x0a\x00")


def pending(domain: Domain = Domain.INFOTAINMENT) -> Pending:
    return Pending(domain=domain, address=ADDRESS, uuid=UUID, message=b"")


def test_a_handshake_names_our_key_and_nothing_is_signed() -> None:
    built = RoutableMessage.FromString(message.hello(Domain.VEHICLE_SECURITY, ADDRESS, UUID, b"\x04key"))

    assert built.to_destination.domain == 2
    assert built.from_destination.routing_address == ADDRESS
    assert built.session_info_request.public_key == b"\x04key"
    assert built.uuid == UUID
    assert not built.HasField("signature_data")
    assert not built.flags


@pytest.mark.parametrize("method", ["hmac", "gcm"])
def test_a_command_carries_what_its_signature_is_about(method: str) -> None:
    request = Request(
        domain=Domain.INFOTAINMENT,
        address=ADDRESS,
        uuid=UUID,
        epoch=EPOCH,
        counter=7,
        expires_at=2655,
        flags=2,
        payload=CLIMATE_ON,
    )
    if method == "hmac":
        built = RoutableMessage.FromString(message.with_hmac(request, b"\x04key", b"tag"))
        data = built.signature_data.HMAC_Personalized_data
        content = CLIMATE_ON
    else:
        built = RoutableMessage.FromString(message.with_gcm(request, b"\x04key", b"nonce", b"secret", b"tag"))
        sealed = built.signature_data.AES_GCM_Personalized_data
        assert (sealed.epoch, sealed.nonce, sealed.counter, sealed.expires_at, sealed.tag) == (
            EPOCH,
            b"nonce",
            7,
            2655,
            b"tag",
        )
        data, content = None, b"secret"

    if data is not None:
        assert (data.epoch, data.counter, data.expires_at, data.tag) == (EPOCH, 7, 2655, b"tag")
    assert built.signature_data.signer_identity.public_key == b"\x04key"
    assert built.protobuf_message_as_bytes == content
    assert (built.to_destination.domain, built.uuid, built.flags) == (3, UUID, 2)


def test_an_answer_is_read() -> None:
    reply = read(ANSWER)

    assert reply == Reply(
        sender=3,
        address=ADDRESS,
        request_uuid=UUID,
        flags=0,
        fault=0,
        status=0,
        payload=b"\x0a\x00",
        session_info=None,
        tag=b"",
        seal=None,
    )


def test_an_empty_message_says_nothing() -> None:
    reply = read(b"")

    assert (reply.sender, reply.address, reply.payload, reply.session_info) == (None, None, None, None)


def test_a_payload_that_is_there_but_empty_is_not_an_absent_one() -> None:
    assert read(RoutableMessage(protobuf_message_as_bytes=b"").SerializeToString()).payload == b""


def test_what_is_private_is_not_shown() -> None:
    reply = read(Car().greet(message.hello(Domain.INFOTAINMENT, ADDRESS, UUID, our_key().public)))
    assert reply.session_info
    request = Request(
        domain=Domain.INFOTAINMENT,
        address=ADDRESS,
        uuid=UUID,
        epoch=EPOCH,
        counter=7,
        expires_at=2655,
        flags=2,
        payload=b"PIN 1234",
    )

    assert "payload" not in f"{reply!r} {request!r} {read(ANSWER)!r}"
    assert "message" not in repr(pending())


@given(st.binary(max_size=300))
@example(b"\xff")
@example(ANSWER[:-1])
@example(bytes(LONGEST + 1))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        reply = read(data)
    except WireError:
        return
    why_not(reply, pending())


def test_an_answer_of_any_length_is_refused() -> None:
    with pytest.raises(WireError, match="100001 bytes exceed 100000"):
        read(bytes(LONGEST + 1))


def no_sender(answer: RoutableMessage) -> None:
    answer.ClearField("from_destination")


def other_sender(answer: RoutableMessage) -> None:
    answer.from_destination.domain = 2  # type: ignore[assignment]  # vehicle security


def sender_is_an_address(answer: RoutableMessage) -> None:
    answer.from_destination.routing_address = ADDRESS


def broadcast(answer: RoutableMessage) -> None:
    answer.to_destination.domain = 0  # type: ignore[assignment]  # everybody


def nowhere(answer: RoutableMessage) -> None:
    answer.to_destination.Clear()


def no_destination(answer: RoutableMessage) -> None:
    answer.ClearField("to_destination")


def other_address(answer: RoutableMessage) -> None:
    answer.to_destination.routing_address = bytes(16)


def short_address(answer: RoutableMessage) -> None:
    answer.to_destination.routing_address = ADDRESS[:12]


def short_uuid(answer: RoutableMessage) -> None:
    answer.request_uuid = UUID[:8]


def no_uuid(answer: RoutableMessage) -> None:
    answer.request_uuid = b""


def other_uuid(answer: RoutableMessage) -> None:
    answer.request_uuid = bytes(16)


@pytest.mark.parametrize(
    "change",
    [
        no_sender,
        other_sender,
        sender_is_an_address,
        broadcast,
        nowhere,
        no_destination,
        other_address,
        short_address,
        short_uuid,
        no_uuid,
        other_uuid,
    ],
)
def test_what_is_not_the_answer_is_known_by_it(change: Callable[[RoutableMessage], None]) -> None:
    assert why_not(read(ANSWER), pending()) is None

    answer = RoutableMessage.FromString(ANSWER)
    change(answer)

    assert why_not(read(answer.SerializeToString()), pending())


@pytest.mark.parametrize("change", [no_uuid, other_uuid])
def test_vehicle_security_need_not_name_the_request(change: Callable[[RoutableMessage], None]) -> None:
    answer = RoutableMessage.FromString(ANSWER)
    other_sender(answer)
    change(answer)

    assert why_not(read(answer.SerializeToString()), pending(Domain.VEHICLE_SECURITY)) is None
    short_uuid(answer)
    assert why_not(read(answer.SerializeToString()), pending(Domain.VEHICLE_SECURITY))
