"""Points of the curve P-256, for verifying only: every value here is public.

`cryptography` multiplies the base point, but neither another point nor adds two of them.
"""

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ..errors import WireError

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
PRIME = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
GENERATOR = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)

type Point = tuple[int, int] | None  # None is the point at infinity


def encode(point: tuple[int, int]) -> bytes:
    """Return the 65 bytes of an uncompressed point."""
    return b"\x04" + point[0].to_bytes(32) + point[1].to_bytes(32)


def decode(data: bytes) -> tuple[int, int]:
    """Read an uncompressed point.

    Raises: WireError if it is not 65 bytes, not uncompressed, or not on the curve
    """
    if len(data) != 65 or data[0] != 4:
        raise WireError("a public key that is no uncompressed point")
    x, y = int.from_bytes(data[1:33]), int.from_bytes(data[33:])
    if x >= PRIME or y >= PRIME or (y * y - (x * x * x - 3 * x + B)) % PRIME:
        raise WireError("a public key that is not on the curve")
    return x, y


def multiply_base(scalar: int) -> Point:
    """Return `scalar` times the base point; in constant time, so the scalar may be secret."""
    if not scalar:
        return None
    public = ec.derive_private_key(scalar, ec.SECP256R1()).public_key()
    return decode(public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def multiply(scalar: int, point: tuple[int, int]) -> Point:
    """Return `scalar` times a point; not in constant time, so both must be public."""
    result: Point = None
    addend: Point = point
    while scalar:
        if scalar & 1:
            result = add(result, addend)
        addend = add(addend, addend)
        scalar >>= 1
    return result


def add(one: Point, other: Point) -> Point:
    """Return the sum of two points."""
    if one is None:
        return other
    if other is None:
        return one
    (x1, y1), (x2, y2) = one, other
    if x1 == x2:
        if (y1 + y2) % PRIME == 0:
            return None
        slope = (3 * x1 * x1 - 3) * pow(2 * y1, -1, PRIME)
    else:
        slope = (y2 - y1) * pow(x2 - x1, -1, PRIME)
    x3 = (slope * slope - x1 - x2) % PRIME
    return x3, (slope * (x1 - x3) - y1) % PRIME
