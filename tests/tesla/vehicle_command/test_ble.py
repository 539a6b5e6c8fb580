"""Bluetooth's names and frames: vectors hold most of it; here is what they leave out."""

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.errors import WireError
from custom_components.tesla_direct.tesla.vehicle_command import ble
from custom_components.tesla_direct.tesla.vehicle_command.ble import LONGEST, Receiver, block_length, blocks


def test_a_car_advertises_a_name_that_follows_from_its_vin() -> None:
    assert ble.local_name("5YJS0000000000000") == "S1a87a5a75f3df858C"


def test_the_characteristics_are_teslas() -> None:
    assert {ble.SERVICE[4:8], ble.TO_CAR[4:8], ble.FROM_CAR[4:8]} == {"0211", "0212", "0213"}
    assert len({uuid[8:] for uuid in (ble.SERVICE, ble.TO_CAR, ble.FROM_CAR)}) == 1


@pytest.mark.parametrize(("mtu", "length"), [(None, 20), (23, 20), (185, 182), (1024, 1021), (2000, 1021)])
def test_a_block_is_as_long_as_was_negotiated(mtu: int | None, length: int) -> None:
    assert block_length(mtu) == length


def test_a_message_that_no_car_takes_is_not_sent() -> None:
    assert b"".join(blocks(bytes(LONGEST), 20)) == b"\x04\x00" + bytes(LONGEST)
    with pytest.raises(WireError, match="1025 bytes exceed 1024"):
        blocks(bytes(LONGEST + 1), 20)


@given(st.lists(st.binary(max_size=200), max_size=5), st.integers(min_value=1, max_value=300))
def test_what_was_cut_is_put_together_again(messages: list[bytes], length: int) -> None:
    receiver, received = Receiver(lambda: 1.0), []
    for message in messages:
        for block in blocks(message, length):
            received += receiver.receive(block)

    assert received == messages
    assert receiver.buffered == 0


@given(st.lists(st.binary(max_size=60), max_size=30))
def test_noise_is_never_kept_for_long(chunks: list[bytes]) -> None:
    receiver = Receiver(lambda: 1.0)

    for chunk in chunks:
        messages = receiver.receive(chunk)
        assert all(len(message) <= LONGEST for message in messages)
        assert receiver.buffered < LONGEST + 2


def test_a_piece_that_is_not_continued_is_forgotten() -> None:
    now = 0.0
    receiver = Receiver(lambda: now)
    receiver.receive(b"\x00\x05ab")
    now = 1.0
    receiver.receive(b"c")
    assert receiver.buffered == 5

    now = 2.1

    assert receiver.receive(b"\x00\x01z") == [b"z"]


def test_what_was_complete_before_the_noise_is_kept() -> None:
    assert Receiver(lambda: 1.0).receive(b"\x00\x01a\x04\x01xyz") == [b"a"]
