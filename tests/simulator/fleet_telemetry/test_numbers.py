"""Numbers as Go writes them."""

import math
import struct

from hypothesis import given
from hypothesis import strategies as st
import pytest

from simulator.fleet_telemetry import numbers


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (0.0, "0"),
        (-0.0, "-0"),
        (1.0, "1"),
        (-12.5, "-12.5"),
        (100.0, "100"),
        (66.1, "66.1"),
        (1e-6, "0.000001"),
        (9.9e-7, "9.9e-7"),
        (-1e-7, "-1e-7"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (1.5e300, "1.5e+300"),
        (5e-324, "5e-324"),
        (0.1 + 0.2, "0.30000000000000004"),
        (123456789.125, "123456789.125"),
    ],
)
def test_64_bits(number: float, written: str) -> None:
    assert numbers.double(number) == written


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (0.1, "0.1"),
        (7.333333, "7.333333"),
        (16777216.0, "16777216"),
        (1e-7, "1e-7"),
        (3.4028235e38, "3.4028235e+38"),
    ],
)
def test_32_bits(number: float, written: str) -> None:
    (single,) = struct.unpack("<f", struct.pack("<f", number))
    assert numbers.single(single) == written


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_reads_back(number: float) -> None:
    assert float(numbers.double(number)) == number


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_every_number_of_32_bits_reads_back(number: float) -> None:
    (read,) = struct.unpack("<f", struct.pack("<f", float(numbers.single(number))))
    assert read == number


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_what_is_none_has_no_text(number: float) -> None:
    with pytest.raises(numbers.NoNumber):
        numbers.double(number)
