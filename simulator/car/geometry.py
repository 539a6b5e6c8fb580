"""Places on the ground: how far, which way, and how a line of them is written down."""

from collections.abc import Sequence
import math

type Place = tuple[float, float]  # latitude, longitude; WGS 84 degrees

EARTH_M = 6_371_000.0
MILE_M = 1609.344


def metres_between(one: Place, other: Place) -> float:
    """Return the great-circle distance."""
    (lat_1, lon_1), (lat_2, lon_2) = (tuple(map(math.radians, place)) for place in (one, other))
    half = (
        math.sin((lat_2 - lat_1) / 2) ** 2
        + math.cos(lat_1) * math.cos(lat_2) * math.sin((lon_2 - lon_1) / 2) ** 2
    )
    return 2 * EARTH_M * math.asin(math.sqrt(half))


def bearing(one: Place, other: Place) -> float:
    """Return the way from one to the other: degrees, 0 is north, 90 is east."""
    (lat_1, lon_1), (lat_2, lon_2) = (tuple(map(math.radians, place)) for place in (one, other))
    east = math.sin(lon_2 - lon_1) * math.cos(lat_2)
    north = math.cos(lat_1) * math.sin(lat_2) - math.sin(lat_1) * math.cos(lat_2) * math.cos(lon_2 - lon_1)
    return math.degrees(math.atan2(east, north)) % 360.0


def between(one: Place, other: Place, share: float) -> Place:
    """Return the place a share of the way along a short straight line."""
    return (one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share)


def polyline(places: Sequence[Place], *, decimals: int = 6) -> str:
    """Write a line in the encoded polyline format.

    Source: the format's public description; Tesla uses six decimals
    """
    text = []
    last = [0, 0]
    for place in places:
        for axis, degrees in enumerate(place):
            value = round(degrees * 10**decimals)
            text.append(_digits(value - last[axis]))
            last[axis] = value
    return "".join(text)


def _digits(value: int) -> str:
    rest = ~(value << 1) if value < 0 else value << 1
    out = ""
    while rest >= 0x20:  # five bits a character, the sixth says that more follow
        out += chr((0x20 | (rest & 0x1F)) + 63)
        rest >>= 5
    return out + chr(rest + 63)
