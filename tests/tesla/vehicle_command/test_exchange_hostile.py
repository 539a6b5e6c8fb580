"""Answers that are not the car's: forged, replayed, late or cut off, they are never believed."""

from collections.abc import Callable

from hypothesis import example, given
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.errors import (
    HandshakeUnanswered,
    NoAnswer,
    ReplyUnreadable,
    TeslaError,
    WireError,
)
from custom_components.tesla_direct.tesla.proto.universal_message_pb2 import RoutableMessage
from custom_components.tesla_direct.tesla.vehicle_command.domain import Domain
from custom_components.tesla_direct.tesla.vehicle_command.exchange import Post

from .car import refusal
from .stage import DONE, Stage


@pytest.fixture
def stage() -> Stage:
    return Stage()


def other_address(answer: RoutableMessage) -> None:
    answer.to_destination.routing_address = bytes(16)


def other_domain(answer: RoutableMessage) -> None:
    answer.from_destination.domain = 2  # type: ignore[assignment]  # vehicle security


def spoilt_tag(answer: RoutableMessage) -> None:
    answer.signature_data.session_info_tag.tag = bytes(32)


@pytest.mark.parametrize("change", [other_address, other_domain, spoilt_tag])
def test_a_forged_handshake_begins_nothing(change: Callable[[RoutableMessage], None]) -> None:
    stage = Stage(known=False)

    way = stage.send(lambda post: stage.car.greet(post.message, change=change), seconds=3.0)

    assert isinstance(way.error, HandshakeUnanswered)
    assert not stage.session.ready
    assert way.commands == []


def encrypted_once(stage: Stage) -> None:
    """Let the car show that it encrypts."""
    assert stage.send(stage.obeys).result
    assert stage.session.encrypts


def known_of(stage: Stage) -> dict[str, object]:
    return stage.session.to_dict(0.0, 0.0) | {"counter": 0}


@pytest.mark.parametrize("domain", Domain)
def test_a_success_in_clear_is_not_believed_of_a_car_that_encrypts(domain: Domain) -> None:
    stage = Stage(domain)
    encrypted_once(stage)

    for payload in (b"", DONE, None, refusal("already_set")):

        def in_clear(post: Post, payload: bytes | None = payload) -> bytes:
            return stage.car.answer(post.message, payload)

        way = stage.send(in_clear, repeatable=False)
        assert isinstance(way.error, NoAnswer)
        assert way.error.may_have_succeeded


def test_a_success_in_clear_is_not_believed_where_the_firmware_is_known_to_encrypt(stage: Stage) -> None:
    def in_clear(post: Post) -> bytes:
        return stage.car.answer(post.message, DONE)

    assert isinstance(stage.send(in_clear, repeatable=False, encrypts=True).error, NoAnswer)
    assert stage.send(in_clear, repeatable=False).result


def test_what_a_car_says_before_it_knows_us_is_in_clear_though_it_encrypts(stage: Stage) -> None:
    encrypted_once(stage)

    way = stage.send(stage.waits, stage.faults(6, informed=True), stage.obeys)

    assert way.result
    assert isinstance(stage.send(stage.faults(7)).error, TeslaError)


@pytest.mark.parametrize("domain", Domain)
@pytest.mark.parametrize("change", [other_address, lambda answer: answer.from_destination.Clear()])
def test_an_answer_to_somebody_else_is_not_believed(
    domain: Domain, change: Callable[[RoutableMessage], None]
) -> None:
    stage = Stage(domain)
    before = known_of(stage)

    way = stage.send(
        lambda post: stage.car.answer(post.message, DONE, fault=6, informed=True, change=change, counter=999),
        repeatable=False,
    )

    assert isinstance(way.error, NoAnswer)
    assert known_of(stage) == before
    assert stage.session.counter == 7


def test_a_replayed_answer_is_not_believed(stage: Stage) -> None:
    kept: list[bytes] = []

    def obeys(post: Post) -> bytes:
        kept.append(stage.obeys(post))
        return kept[-1]

    assert stage.send(obeys).result

    def replays(post: Post) -> bytes:
        # With the addresses of the new question, as a man in the middle would do.
        asked, answer = RoutableMessage.FromString(post.message), RoutableMessage.FromString(kept[0])
        answer.request_uuid = asked.uuid
        answer.to_destination.routing_address = asked.from_destination.routing_address
        return answer.SerializeToString()

    assert isinstance(stage.send(kept[0], repeatable=False).error, NoAnswer)
    assert isinstance(stage.send(replays, repeatable=False).error, NoAnswer)


def test_a_late_answer_to_an_earlier_attempt_is_not_taken_for_this_one(stage: Stage) -> None:
    late: list[bytes] = []

    def swallows(post: Post) -> bytes:
        late.append(stage.obeys(post))
        return b"\xff"

    assert isinstance(stage.send(swallows, repeatable=False).error, ReplyUnreadable)
    assert isinstance(stage.send(late[0], repeatable=False).error, NoAnswer)


def test_a_session_info_where_a_result_was_due_is_no_success(stage: Stage) -> None:
    way = stage.send(stage.greets, repeatable=False)

    assert isinstance(way.error, ReplyUnreadable)
    assert way.error.may_have_succeeded


def needed(stage: Stage) -> int:
    """Return the length of an answer without its own uuid, which comes last and which nobody needs."""
    answer = RoutableMessage.FromString(stage.obeys(Post(b"", handshake=False, counter=None)))
    answer.ClearField("uuid")
    return answer.ByteSize()


@pytest.mark.parametrize("domain", Domain)
@given(data=st.data())
def test_a_truncated_answer_is_never_a_success(domain: Domain, data: st.DataObject) -> None:
    stage = Stage(domain)
    length = data.draw(st.integers(min_value=0, max_value=needed(stage) - 1))

    def cut(post: Post) -> bytes:
        return stage.obeys(post)[:length]

    way = stage.send(cut, repeatable=False, encrypts=True)

    assert way.result is None
    assert way.error
    assert way.error.may_have_succeeded


@pytest.mark.parametrize("domain", Domain)
@given(data=st.data())
def test_an_altered_answer_is_never_a_success(domain: Domain, data: st.DataObject) -> None:
    stage = Stage(domain)
    before = known_of(stage)
    place = data.draw(st.integers(min_value=0, max_value=needed(stage) - 1))
    bits = data.draw(st.integers(min_value=1, max_value=255))

    def alter(post: Post) -> bytes:
        whole = bytearray(stage.obeys(post))
        whole[place] ^= bits
        return bytes(whole)

    way = stage.send(alter, repeatable=False, encrypts=True)

    if way.result is not None:
        # What vehicle security does not authenticate: it may leave the uuid out.
        assert domain is Domain.VEHICLE_SECURITY
    else:
        assert way.error
    assert known_of(stage) | {"encrypts": False} == before


@pytest.mark.parametrize("known", [True, False])
@given(answer=st.binary(max_size=200))
@example(answer=b"")
@example(answer=b"\xff")
def test_any_bytes_for_an_answer_end_in_an_error_of_ours(answer: bytes, *, known: bool) -> None:
    stage = Stage(known=known)
    before = known_of(stage)

    way = stage.send(answer, repeatable=False, seconds=2.0)

    assert isinstance(way.error, NoAnswer | WireError | HandshakeUnanswered)
    assert way.error.may_have_succeeded == known
    assert known_of(stage) == before
