"""Where something is: one value of two numbers, and how sources spell it."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import Any

from .kind import Kind, number

EARTH_RADIUS = 6_371_000.0  # metres, of a sphere: good to half a per cent


@dataclass(frozen=True, slots=True)
class Location:
    """A place in degrees, WGS 84 (in China GCJ-02, where the car says so)."""

    latitude: float
    longitude: float

    def metres_to(self, other: Location) -> float:
        """Return how far another place is, along the ground."""
        north, other_north = radians(self.latitude), radians(other.latitude)
        half_north = sin((other_north - north) / 2)
        half_east = sin(radians(other.longitude - self.longitude) / 2)
        chord = half_north**2 + cos(north) * cos(other_north) * half_east**2
        return 2 * EARTH_RADIUS * asin(min(1.0, sqrt(chord)))


def location(raw: Any) -> Location | None:
    """Accept a pair of latitude and longitude, or an object with these members."""
    if isinstance(raw, tuple) and len(raw) == 2:
        return _place(*raw)
    return of_members("latitude", "longitude")(raw)


def of_members(latitude: str, longitude: str) -> Kind[Location]:
    """Accept an object that holds a place under two names."""

    def kind(raw: Any) -> Location | None:
        if not isinstance(raw, Mapping):
            return None
        return _place(raw.get(latitude), raw.get(longitude))

    return kind


_of_the_car = of_members("latitude", "longitude")
_of_the_car_natively = of_members("native_latitude", "native_longitude")


def car_location(raw: Any) -> Location | None:
    """Accept a poll's `drive_state`; Chinese cars have their own coordinates beside those of the world."""
    if isinstance(raw, Mapping) and raw.get("native_type") == "gcj":
        return _of_the_car_natively(raw)
    return _of_the_car(raw)


def _place(latitude: Any, longitude: Any) -> Location | None:
    north, east = number(latitude), number(longitude)
    if north is None or east is None or abs(north) > 90 or abs(east) > 180:
        return None
    return Location(north, east)
