"""The bytes beside a payload: those of the published examples, one by one."""

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.errors import WireError
from custom_components.tesla_direct.tesla.proto import signatures_pb2
from custom_components.tesla_direct.tesla.vehicle_command import metadata
from custom_components.tesla_direct.tesla.vehicle_command.domain import Domain
from custom_components.tesla_direct.tesla.vehicle_command.metadata import END, Signature, Tag

from .car import EPOCH, VIN

NUMBERS = st.integers(min_value=0, max_value=0xFFFFFFFF)


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ({}, ""),
        ({Tag.PERSONALIZATION: b"abc"}, "0203616263"),
        ({Tag.COUNTER: (100).to_bytes(4)}, "050400000064"),
        ({Tag.PERSONALIZATION: b"abc", Tag.COUNTER: (100).to_bytes(4)}, "0203616263050400000064"),
        ({Tag.CHALLENGE: b""}, "0600"),
    ],
)
def test_items_are_written_one_after_the_other(items: dict[Tag, bytes], expected: str) -> None:
    assert metadata.serialize(items).hex() == expected


def test_a_value_that_is_too_long_is_refused() -> None:
    assert metadata.serialize({Tag.CHALLENGE: bytes(255)})[1] == 255
    with pytest.raises(WireError, match="256 bytes of CHALLENGE exceed 255"):
        metadata.serialize({Tag.CHALLENGE: bytes(256)})


def test_the_tags_and_kinds_are_teslas() -> None:
    tags = {f"TAG_{tag.name}": tag.value for tag in Tag} | {"TAG_END": END[0]}

    assert tags == dict(signatures_pb2.Tag.items())
    assert {kind.value for kind in Signature} == set(signatures_pb2.SignatureType.values()) - {0}


def test_a_session_info_is_that_of_the_worked_example() -> None:
    uuid = bytes.fromhex("1588d5a30eabc6f8fc9a951b11f6fd11")

    assert metadata.session_info(VIN, uuid).hex() == (
        "000106021135594a333031323334353637383941424306101588d5a30eabc6f8fc9a951b11f6fd11ff"
    )


@pytest.mark.parametrize(
    ("signature", "flags", "first", "last"),
    [
        (Signature.AES_GCM, 0, "000105", "ff"),
        (Signature.HMAC, 0, "000108", "ff"),
        (Signature.HMAC, 2, "000108", "070400000002ff"),
    ],
)
def test_a_request_is_that_of_the_worked_example_and_names_no_flags_that_are_zero(
    signature: Signature, flags: int, first: str, last: str
) -> None:
    head = metadata.request_head(signature, Domain.INFOTAINMENT, VIN, EPOCH)

    assert metadata.request(head, 2655, 7, flags).hex() == (
        f"{first}010103021135594a3330313233343536373839414243"
        f"03104c463f9cc0d3d26906e982ed224adde6040400000a5f050400000007{last}"
    )


@given(NUMBERS, NUMBERS, NUMBERS)
def test_a_request_says_expiry_and_counter_even_where_they_are_zero(
    expires_at: int, counter: int, flags: int
) -> None:
    items = {Tag.EXPIRES_AT: expires_at.to_bytes(4), Tag.COUNTER: counter.to_bytes(4)}
    if flags:
        items[Tag.FLAGS] = flags.to_bytes(4)

    assert metadata.request(b"head", expires_at, counter, flags) == b"head" + metadata.serialize(items) + END


def test_a_response_says_flags_and_fault_even_where_they_are_zero() -> None:
    got = metadata.response(2, VIN, counter=1, flags=0, request_hash=b"\x08hash", fault=0)

    assert got.hex() == (
        "000109010102021135594a3330313233343536373839414243"
        "050400000001070400000000080508686173680904" + "00000000ff"
    )


def test_a_fault_that_nobody_knows_is_no_accident() -> None:
    got = metadata.response(300, VIN, counter=1, flags=0, request_hash=b"", fault=-1)

    assert got.endswith(bytes.fromhex("0904ffffffffff"))
