"""Messages of the old stream."""

import json

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.served.frames import Message, error, hello, read, update

SUBSCRIPTION = {
    "msg_type": "data:subscribe_oauth",
    "token": "x",
    "value": "speed,odometer",
    "tag": "2930000000001",
}


def test_a_subscription_is_read_as_text_and_as_bytes() -> None:
    wanted = Message(kind="data:subscribe_oauth", tag="2930000000001", token="x")

    assert read(json.dumps(SUBSCRIPTION)) == wanted
    assert read(json.dumps(SUBSCRIPTION).encode()) == wanted
    assert read(json.dumps(SUBSCRIPTION | {"tag": 2930000000001})) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no",
        "[]",
        "null",
        '"data:subscribe_oauth"',
        "[" * 100_000,
        b"\xff\xfe",
        '{"msg_type": true}',
        "{}",
    ],
)
def test_what_makes_no_sense_is_of_no_kind(text: str | bytes) -> None:
    assert read(text) == Message(kind="", tag="", token="")


@given(st.text() | st.binary())
def test_nothing_that_comes_raises(text: str | bytes) -> None:
    assert isinstance(read(text), Message)


def test_what_is_said_is_what_teslamate_knows() -> None:
    assert json.loads(hello()) == {"msg_type": "control:hello", "connection_timeout": 30000}
    assert json.loads(update("t", "1,2")) == {"msg_type": "data:update", "tag": "t", "value": "1,2"}
    assert json.loads(error("t", "vehicle_error", "Vehicle is offline")) == {
        "msg_type": "data:error",
        "tag": "t",
        "error_type": "vehicle_error",
        "value": "Vehicle is offline",
    }
