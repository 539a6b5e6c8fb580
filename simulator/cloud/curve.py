"""Points of the curve P-256, as needed to look at a signature: nothing secret passes here.

Jacobian coordinates: (x, y, z) stands for the point (x / z**2, y / z**3), and z = 0 for none.
Source: SEC 2, section 2.4.2, for the numbers; formulas for a = -3 from any textbook
"""

from typing import NamedTuple

P = 2**256 - 2**224 + 2**192 + 2**96 - 1
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
BASE = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
COORDINATE = 32  # bytes
UNCOMPRESSED = 4


class Point(NamedTuple):
    """A point in Jacobian coordinates."""

    x: int
    y: int
    z: int


NOWHERE = Point(1, 1, 0)


class NoPoint(ValueError):
    """These bytes are no point of the curve."""


def base() -> Point:
    """Return the point that all keys are multiples of."""
    return Point(*BASE, 1)


def read(data: bytes) -> Point:
    """Read an uncompressed point (65 bytes).

    Raises: NoPoint
    """
    if len(data) != 1 + 2 * COORDINATE or data[0] != UNCOMPRESSED:
        raise NoPoint("not an uncompressed point")
    x = int.from_bytes(data[1 : 1 + COORDINATE])
    y = int.from_bytes(data[1 + COORDINATE :])
    if x >= P or y >= P or (y * y - x * x * x + 3 * x - B) % P:
        raise NoPoint("not on the curve")
    return Point(x, y, 1)


def write(point: Point) -> bytes:
    """Write a point uncompressed; none has no such form.

    Raises: NoPoint
    """
    if point.z == 0:
        raise NoPoint("no point")
    inverse = pow(point.z, -1, P)
    square = inverse * inverse % P
    x, y = point.x * square % P, point.y * square * inverse % P
    return bytes([UNCOMPRESSED]) + x.to_bytes(COORDINATE) + y.to_bytes(COORDINATE)


def double(point: Point) -> Point:
    """Add a point to itself."""
    x, y, z = point
    if z == 0:
        return NOWHERE
    delta, gamma = z * z, y * y
    beta = x * gamma
    alpha = 3 * (x - delta) * (x + delta) % P
    new_x = (alpha * alpha - 8 * beta) % P
    new_y = (alpha * (4 * beta - new_x) - 8 * gamma * gamma) % P
    return Point(new_x, new_y, ((y + z) ** 2 - gamma - delta) % P)


def add(one: Point, other: Point) -> Point:
    """Add two points, whichever they are."""
    if one.z == 0:
        return other
    if other.z == 0:
        return one
    square, other_square = one.z * one.z % P, other.z * other.z % P
    u, s = one.x * other_square % P, one.y * other.z * other_square % P
    h = (other.x * square - u) % P
    r = (other.y * one.z * square - s) % P
    if h == 0:
        return double(one) if r == 0 else NOWHERE
    h_square = h * h % P
    h_cube, v = h * h_square % P, u * h_square % P
    x = (r * r - h_cube - 2 * v) % P
    return Point(x, (r * (v - x) - s * h_cube) % P, h * one.z * other.z % P)


def combine(first: int, one: Point, second: int, other: Point) -> Point:
    """Return first * one + second * other, both numbers taken bit by bit together."""
    table = (NOWHERE, one, other, add(one, other))
    total = NOWHERE
    for bit in range(max(first.bit_length(), second.bit_length()) - 1, -1, -1):
        total = add(double(total), table[(first >> bit & 1) | (second >> bit & 1) << 1])
    return total
