"""The car's envelopes, held to frames that an independent encoder made."""

from base64 import b64decode
import hashlib
from typing import Any

import pytest

from simulator.car.envelope import Stream, read_answer, write

from ..receiver import ack, error
from ..vectors import cases

# Frames by writers with another layout, or made too long or too short on purpose.
OTHER_LAYOUT = ("env-layout", "env-extra", "env-trailing", "env-truncated", "env-missing", "env-no-payload")
FILES = ("alerts", "connectivity", "enums", "envelope", "errors", "legacy_strings", "payloads", "values")


def official() -> list[Any]:
    return [
        pytest.param(case, id=name)
        for file in FILES
        for name, case in cases(file).items()
        if case["kind"] == "frame"
        and case["expect"].get("envelope")
        and not name.startswith(OTHER_LAYOUT)
        and "frame_b64" in case
    ]


@pytest.mark.parametrize("case", official())
def test_a_record_is_written_byte_for_byte_like_the_official_frame(case: dict[str, Any]) -> None:
    frame = b64decode(case["frame_b64"])
    said = case["expect"]["envelope"]
    payload = payload_in(frame, said)

    written = write(
        Stream(
            txid=said["txid"],
            topic=said["topic"],
            payload=payload,
            device_id=said["device_id"],
            created_at=said["created_at"],
            sender_id=said["sender_id"],
            device_type=said["device_type"],
            message_id=said["message_id"],
            delivered_at_epoch_ms=said["delivered_at_epoch_ms"],
        )
    )

    assert written == frame


def payload_in(frame: bytes, said: dict[str, Any]) -> bytes:
    """Find the payload in a frame by its length and hash, without reading the envelope."""
    length = said["payload_length"]
    for start in range(len(frame) - length + 1):
        found = frame[start : start + length]
        if hashlib.sha256(found).hexdigest() == said["payload_sha256"]:
            return found
    raise AssertionError(said["payload_sha256"])


def test_there_are_enough_official_frames() -> None:
    assert len(official()) > 100


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in cases("acks").items()])
def test_an_official_answer_is_read(case: dict[str, Any]) -> None:
    answer = read_answer(b64decode(case["expect"]["frame_b64"]))

    assert answer.txid == case["input"]["txid"]
    assert answer.topic == case["input"].get("topic", "")
    assert answer.refused is (case["kind"] == "error_frame")
    assert answer.strange is None


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in cases("acks").items()])
def test_the_receiver_of_these_tests_answers_in_the_official_bytes(case: dict[str, Any]) -> None:
    if case["kind"] == "ack":
        written = ack(case["input"]["txid"], case["input"]["topic"])
    else:
        written = error(case["input"]["txid"])

    assert written == b64decode(case["expect"]["frame_b64"])


@pytest.mark.parametrize(
    ("frame", "strange"),
    [
        (ack("t", "V", message_id="m"), "message_id is not empty"),
        (error("t", text=b"no"), "a stream message that is no error frame"),
        (error("t", topic="V"), "a stream message that is no error frame"),
        (ack("t", "V")[:12], "unreadable answer of 12 bytes"),
        (b"", "unreadable answer of 0 bytes"),
        (b"\xff" * 40, "unreadable answer of 40 bytes"),
    ],
)
def test_an_answer_that_tesla_would_not_give_is_called_strange(frame: bytes, strange: str) -> None:
    assert (read_answer(frame).strange or "").startswith(strange)


def test_a_message_of_an_unknown_type_is_called_strange() -> None:
    frame = bytearray(ack("t", "V"))
    frame[frame.index(5, 20)] = 1

    assert read_answer(bytes(frame)).strange == "message type 1"


def test_an_answer_without_any_slot_has_no_transaction() -> None:
    # A root table whose vtable has no slots: legal, and nothing in it.
    answer = read_answer(b"\x08\x00\x00\x00\x04\x00\x04\x00\x04\x00\x00\x00")

    assert answer.txid == ""
    assert answer.strange == "message type 0"
