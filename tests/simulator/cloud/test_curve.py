"""Arithmetic on the curve, beside that of a library."""

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
import pytest

from simulator.cloud import curve
from simulator.cloud.curve import BASE, NOWHERE, ORDER, NoPoint, P, add, base, combine, double, read, write

SCALARS = st.integers(1, ORDER - 1)


def library(scalar: int) -> bytes:
    """Multiply the base point with somebody else's code."""
    public = ec.derive_private_key(scalar, ec.SECP256R1()).public_key()
    return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


@given(SCALARS)
def test_a_multiple_of_the_base_is_what_a_library_says(scalar: int) -> None:
    assert write(combine(scalar, base(), 0, NOWHERE)) == library(scalar)


@given(SCALARS, SCALARS)
def test_a_sum_of_multiples_is_the_multiple_of_the_sum(one: int, other: int) -> None:
    total = combine(one, base(), other, base())

    expected = (one + other) % ORDER
    assert total.z == 0 if expected == 0 else write(total) == library(expected)


@pytest.mark.parametrize("scalar", [1, 2, 3, ORDER - 2, ORDER - 1])
def test_the_ends_of_the_range_are_no_exception(scalar: int) -> None:
    assert write(combine(0, NOWHERE, scalar, base())) == library(scalar)


def test_adding_knows_every_case() -> None:
    two = double(base())
    back = base()._replace(y=P - BASE[1])

    assert add(NOWHERE, two) == two
    assert add(two, NOWHERE) == two
    assert write(add(base(), base())) == write(two)
    assert write(add(two, base())) == library(3)
    assert add(base(), back).z == 0
    assert double(NOWHERE) == NOWHERE
    assert combine(ORDER, base(), 0, NOWHERE).z == 0


def test_a_point_is_written_as_it_was_read() -> None:
    data = library(12345)

    assert write(read(data)) == data
    with pytest.raises(NoPoint):
        write(NOWHERE)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes([2]) + bytes(32),
        bytes([4]) + bytes(64),
        bytes([3]) + library(7)[1:],
        bytes([4]) + P.to_bytes(32) + bytes(32),
        bytes([4]) + bytes(32) + P.to_bytes(32),
        library(7)[:-1] + bytes([library(7)[-1] ^ 1]),
    ],
)
def test_what_is_no_point_is_not_read(data: bytes) -> None:
    with pytest.raises(NoPoint):
        curve.read(data)
