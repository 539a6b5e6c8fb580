"""Points of P-256, against the arithmetic of `cryptography`."""

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.errors import WireError
from custom_components.tesla_direct.tesla.fleet_telemetry.p256 import (
    GENERATOR,
    ORDER,
    PRIME,
    B,
    add,
    decode,
    encode,
    multiply,
    multiply_base,
)

scalars = st.integers(1, ORDER - 1)


def public(scalar: int) -> bytes:
    key = ec.derive_private_key(scalar, ec.SECP256R1()).public_key()
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def negative(point: tuple[int, int]) -> tuple[int, int]:
    return point[0], PRIME - point[1]


def test_the_constants_are_those_of_the_curve() -> None:
    x, y = GENERATOR

    assert public(1) == encode(GENERATOR)
    assert (y * y - (x**3 - 3 * x + B)) % PRIME == 0
    assert multiply(ORDER, GENERATOR) is None
    assert multiply(ORDER - 1, GENERATOR) == negative(GENERATOR)


@settings(max_examples=20)
@given(scalars, scalars)
def test_multiples_are_those_of_the_library(one: int, other: int) -> None:
    point = multiply_base(one)
    assert point == decode(public(one)) == multiply(one, GENERATOR)

    assert multiply(other, point) == multiply_base(one * other % ORDER)
    assert add(point, multiply_base(other)) == multiply_base((one + other) % ORDER)


def test_infinity_is_nothing_to_add() -> None:
    assert multiply_base(0) is None
    assert multiply(0, GENERATOR) is None
    assert add(None, GENERATOR) == add(GENERATOR, None) == GENERATOR
    assert add(None, None) is None
    assert add(GENERATOR, negative(GENERATOR)) is None
    assert add(GENERATOR, GENERATOR) == multiply_base(2)


@given(scalars)
def test_a_point_is_read_as_it_is_written(scalar: int) -> None:
    assert encode(decode(public(scalar))) == public(scalar)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x04",
        encode(GENERATOR)[:-1],
        encode(GENERATOR) + b"\0",
        b"\x02" + encode(GENERATOR)[1:33],
        b"\x02" + encode(GENERATOR)[1:],
        b"\0" * 65,
        b"\x04" + b"\0" * 64,
        b"\x04" + b"\xff" * 64,
        encode((GENERATOR[0], GENERATOR[1] ^ 1)),
        encode((GENERATOR[0] + PRIME if GENERATOR[0] + PRIME < 2**256 else PRIME, 1)),
        encode((5, PRIME)),
    ],
)
def test_what_is_no_point_of_the_curve_is_refused(data: bytes) -> None:
    with pytest.raises(WireError):
        decode(data)


def test_a_coordinate_beyond_the_prime_is_refused_though_it_satisfies_the_equation() -> None:
    # The smallest x whose x plus the prime still fits 32 bytes and that has a y.
    x = next(x for x in range(1000) if pow(right := (x**3 - 3 * x + B) % PRIME, (PRIME - 1) // 2, PRIME) == 1)
    y = pow(right, (PRIME + 1) // 4, PRIME)
    assert decode(encode((x, y))) == (x, y)

    with pytest.raises(WireError):
        decode(encode((x + PRIME, y)))
