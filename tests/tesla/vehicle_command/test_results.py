"""What answers mean. Vectors hold the breadth; here are words, order and what the Internet changes."""

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.errors import (
    ActionRefused,
    CarBusy,
    CarError,
    KeychainRefused,
    KeyNotPaired,
    NoAnswer,
    ReplyUnreadable,
    StatusUnknown,
    TeslaError,
    WireError,
)
from custom_components.tesla_direct.tesla.proto.car_server_pb2 import Response
from custom_components.tesla_direct.tesla.proto.vcsec_pb2 import FromVCSECMessage, UnsignedMessage
from custom_components.tesla_direct.tesla.vehicle_command import results
from custom_components.tesla_direct.tesla.vehicle_command.domain import Domain
from custom_components.tesla_direct.tesla.vehicle_command.message import Reply
from custom_components.tesla_direct.tesla.vehicle_command.results import Kind

from .car import CLIMATE_ON, UNLOCK, refusal

LOCK = UnsignedMessage(RKEAction="RKE_ACTION_LOCK").SerializeToString()
KEYS = UnsignedMessage(WhitelistOperation={}).SerializeToString()
QUESTION = UnsignedMessage(InformationRequest={}).SerializeToString()
OK, BEGUN = b"", bytes.fromhex("2200")  # a commandStatus that says OK and nothing else


def reply(*, fault: int = 0, status: int = 0, session_info: bytes | None = None) -> Reply:
    return Reply(
        sender=2,
        address=bytes(16),
        request_uuid=b"",
        flags=0,
        fault=fault,
        status=status,
        payload=None,
        session_info=session_info,
        tag=b"",
        seal=None,
    )


@pytest.mark.parametrize("status", [0, 2])
def test_ok_is_no_error_and_neither_is_error(status: int) -> None:
    results.check(reply(status=status))
    results.check_handshake(reply(status=status))


def test_a_fault_comes_before_all_else() -> None:
    with pytest.raises(CarError) as refused:
        results.check_handshake(reply(fault=21, status=1, session_info=b"\x28\x01"))

    assert refused.value.fault == 21


@pytest.mark.parametrize(
    ("status", "session_info", "error"),
    [
        (1, None, CarBusy),
        (3, None, StatusUnknown),
        (-1, None, StatusUnknown),
        (0, b"\x28\x01", KeyNotPaired),
        (1, b"\x28\x01", KeyNotPaired),
        (0, b"\x28\x02", StatusUnknown),
        (0, b"\xff\xff", WireError),
    ],
)
def test_an_answer_to_a_handshake_can_be_an_error(
    status: int, session_info: bytes | None, error: type[TeslaError]
) -> None:
    with pytest.raises(error) as refused:
        results.check_handshake(reply(status=status, session_info=session_info))

    assert refused.type is error
    assert not refused.value.may_have_succeeded


@pytest.mark.parametrize(
    ("payload", "kind"),
    [(LOCK, Kind.ACTION), (UNLOCK, Kind.ACTION), (KEYS, Kind.KEYS), (QUESTION, Kind.INFORMATION)],
)
def test_what_was_asked_for_is_read_from_the_request(payload: bytes, kind: Kind) -> None:
    assert results.kind_of(payload) is kind


def test_infotainment_says_yes_in_many_ways() -> None:
    assert results.infotainment(b"").message == Response()
    said = Response()
    said.actionStatus.result_reason.plain_text = "requested"
    said.ping.ping_id = 1

    result = results.infotainment(said.SerializeToString())

    assert (result.message, result.reason) == (said, "requested")


def test_infotainment_refuses_with_its_reason() -> None:
    with pytest.raises(ActionRefused, match="already_set") as refused:
        results.infotainment(refusal("already_set"))
    assert refused.value.reason == "already_set"

    with pytest.raises(ActionRefused, match="no reason") as refused:
        results.infotainment(refusal(""))
    assert refused.value.reason == ""


def test_a_reason_of_any_length_is_cut() -> None:
    with pytest.raises(ActionRefused) as refused:
        results.infotainment(refusal("x" * 50_000))

    assert len(refused.value.reason) == 200


@pytest.mark.parametrize(
    ("number", "reason"), [(0, "none"), (2, "closures_open"), (5, "vehicle_not_in_park"), (8, "8")]
)
def test_vehicle_security_refuses_with_a_word(number: int, reason: str) -> None:
    said = FromVCSECMessage()
    said.nominalError.genericError = number  # type: ignore[assignment]  # any number
    said.nominalError.SetInParent()

    with pytest.raises(ActionRefused) as refused:
        results.vehicle_security(said.SerializeToString(), Kind.ACTION)

    assert (refused.type, refused.value.reason) == (ActionRefused, reason)


def test_a_change_of_keys_is_refused_with_a_word() -> None:
    said = FromVCSECMessage()
    said.commandStatus.whitelistOperationStatus.whitelistOperationInformation = 4  # type: ignore[assignment]

    with pytest.raises(KeychainRefused) as refused:
        results.vehicle_security(said.SerializeToString(), Kind.KEYS)

    assert refused.value.reason == "whitelist_full"


@pytest.mark.parametrize(
    ("payload", "request_payload"),
    [
        (OK, LOCK),
        (BEGUN, LOCK),
        (BEGUN, KEYS),
        (OK, QUESTION),
        (BEGUN, QUESTION),
        (b"\x0a\x02\x10\x01", LOCK),
    ],
)
def test_over_the_internet_a_lone_ok_is_success(payload: bytes, request_payload: bytes) -> None:
    result = results.read(reply(), payload, request_payload, Domain.VEHICLE_SECURITY)

    assert result.message == FromVCSECMessage.FromString(payload)


@pytest.mark.parametrize(
    ("payload", "request_payload"),
    [
        (OK, KEYS),
        (bytes.fromhex("2206080212020801"), LOCK),  # an error whose reason would follow
        (bytes.fromhex("22021a00"), LOCK),
        (bytes.fromhex("22041a020804"), LOCK),
    ],
)
def test_over_the_internet_no_other_word_follows(payload: bytes, request_payload: bytes) -> None:
    with pytest.raises(NoAnswer):
        results.read(reply(), payload, request_payload, Domain.VEHICLE_SECURITY)


def test_a_session_info_is_no_result() -> None:
    for domain in Domain:
        with pytest.raises(ReplyUnreadable):
            results.read(reply(session_info=b"\x08\x01"), None, UNLOCK, domain)


def test_no_payload_is_an_empty_one() -> None:
    assert results.read(reply(), None, CLIMATE_ON, Domain.INFOTAINMENT).message == Response()
    assert results.read(reply(), None, UNLOCK, Domain.VEHICLE_SECURITY).message == FromVCSECMessage()


@given(st.binary(max_size=60), st.sampled_from(Domain), st.sampled_from([LOCK, KEYS, QUESTION]))
def test_any_payload_is_a_result_or_an_error_of_ours(payload: bytes, domain: Domain, request: bytes) -> None:
    try:
        results.read(reply(), payload, request, domain)
    except CarError, NoAnswer, WireError:
        return


def test_what_cannot_be_read_may_have_been_done() -> None:
    for domain in Domain:
        with pytest.raises(ReplyUnreadable) as refused:
            results.read(reply(), b"\xff", UNLOCK, domain)
        assert refused.value.may_have_succeeded
