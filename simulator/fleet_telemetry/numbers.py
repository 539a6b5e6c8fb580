"""Numbers as Go writes them: the shortest text that reads back as the same number of 32 or 64 bits.

Source: telemetry protocol, section 12, "Text details of Go JSON"
"""

import math
import struct

DIGITS_32 = 9  # that always suffice for a number of 32 bits
SMALLEST_PLAIN, LARGEST_PLAIN = 1e-6, 1e21  # beyond those with an exponent


class NoNumber(ValueError):
    """JSON has no text for it: NaN or an infinity."""


def single(number: float) -> str:
    """Write a number of 32 bits.

    Raises: NoNumber
    """
    return _written(number, shortest_single(number))


def double(number: float) -> str:
    """Write a number of 64 bits.

    Raises: NoNumber
    """
    return _written(number, repr(number))


def shortest_single(number: float) -> str:
    """Return the shortest text that reads back as the same number of 32 bits."""
    for digits in range(1, DIGITS_32):
        text = f"{number:.{digits}g}"
        if _as_single(text) == number:
            return text
    return f"{number:.{DIGITS_32}g}"


def _as_single(text: str) -> float:
    try:
        (read,) = struct.unpack("<f", struct.pack("<f", float(text)))
    except OverflowError:  # one digit of the largest numbers is more than they are
        return math.inf
    return float(read)


def _written(number: float, shortest: str) -> str:
    """Put the digits of `shortest` into Go's form."""
    if not math.isfinite(number):
        raise NoNumber(f"{number} has no text in JSON")
    sign = "-" if math.copysign(1.0, number) < 0 else ""
    mantissa, _, exponent = shortest.lstrip("-").lower().partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    if not digits.strip("0"):
        return f"{sign}0"
    # 0.digits * 10**point
    point = len(whole) - (len(whole + fraction) - len(digits)) + int(exponent or 0)
    digits = digits.rstrip("0")
    if SMALLEST_PLAIN <= abs(number) < LARGEST_PLAIN:
        return sign + _plain(digits, point)
    tail = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{tail}e{point - 1:+}"


def _plain(digits: str, point: int) -> str:
    if point <= 0:
        return f"0.{'0' * -point}{digits}"
    if point >= len(digits):
        return digits + "0" * (point - len(digits))
    return f"{digits[:point]}.{digits[point:]}"
