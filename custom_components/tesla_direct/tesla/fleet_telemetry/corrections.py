"""Corrections that the official server makes before it hands a record on.

Source: telemetry protocol, section 6; tests/vectors/telemetry/{legacy_strings,alerts}.json
"""

from collections.abc import Iterator
from math import isfinite
import re
from struct import Struct

from google.protobuf.timestamp_pb2 import Timestamp

from ..proto.vehicle_alert_pb2 import VehicleAlerts
from ..proto.vehicle_data_pb2 import Datum, Field, Payload

AT_ONCE = 250  # data, or alerts, that are looked at without a pause; half a millisecond
TEXT_LIMIT = 256  # characters of a string that are looked at; a number or a place of a car has 30 at most

# Without one of these in the bytes no string can need a correction; typed cars rarely have one. Each begins
# with a letter of its own, which is searched for ten times as fast as a choice.
LIKE_A_NUMBER = re.compile(rb"\.\d*+[eE][+-]?\d")
LIKE_A_PLACE = re.compile(rb"\([ \t]*+[+-]?[\d.]")
# Possessive, because nothing that follows can need a digit back: a megabyte of digits is read once.
NUMBER = r"([+-]?(?:\d++(?:\.\d*+)?|\.\d++)(?:[eE][+-]?\d++)?)"
PLACE = re.compile(rf"\([ \t]*+{NUMBER}[ \t]++([NS]),[ \t]++{NUMBER}[ \t]++([EW])\)", re.ASCII)
SCIENTIFIC = re.compile(r"[+-]?(?:\d*\.\d+|\d+\.)[eE][+-]?\d+", re.ASCII)
FLOAT = Struct("<f")
# Alerts may carry milliseconds where seconds belong; from here on (year 11970) they cannot be seconds.
MILLISECONDS_FROM = 315_576_000_000


def may_need_correction(raw: bytes) -> bool:
    """Return whether a payload has to be looked at, from the bytes it was read from; 1 µs for a kilobyte."""
    return LIKE_A_NUMBER.search(raw) is not None or LIKE_A_PLACE.search(raw) is not None


def correct_payload(payload: Payload) -> Iterator[None]:
    """Turn the first location string into a location, and scientific notation into plain decimals.

    Each iteration is a pause.
    """
    place_seen = False
    for number, datum in enumerate(payload.data, 1):
        first_place = datum.key == Field.Location and not place_seen
        place_seen = place_seen or first_place
        if datum.value.HasField("string_value"):
            _correct_string(datum, is_place=first_place)
        if number % AT_ONCE == 0:
            yield


def _correct_string(datum: Datum, *, is_place: bool) -> None:
    text = datum.value.string_value
    if is_place and (match := PLACE.match(text, 0, TEXT_LIMIT)):
        latitude = float(match[1]) * (-1 if match[2] == "S" else 1)
        longitude = float(match[3]) * (-1 if match[4] == "W" else 1)
        if isfinite(latitude) and isfinite(longitude):
            datum.value.location_value.latitude = latitude
            datum.value.location_value.longitude = longitude
    elif len(text) <= TEXT_LIMIT and SCIENTIFIC.fullmatch(text):
        number = float(text)
        try:
            (value,) = FLOAT.unpack(FLOAT.pack(number))
        except OverflowError:
            return  # it stays as it is if it fits no 32-bit float
        if isfinite(number):
            datum.value.string_value = f"{value:.5f}"


def correct_alerts(alerts: VehicleAlerts) -> Iterator[None]:
    """Read times that can only be milliseconds as such. Each iteration is a pause."""
    for number, alert in enumerate(alerts.alerts, 1):
        if alert.HasField("started_at"):
            _correct_time(alert.started_at)
        if alert.HasField("ended_at"):
            _correct_time(alert.ended_at)
        if number % AT_ONCE == 0:
            yield


def _correct_time(time: Timestamp) -> None:
    if time.seconds >= MILLISECONDS_FROM:
        seconds, milliseconds = divmod(time.seconds, 1000)
        time.seconds = seconds
        time.nanos = milliseconds * 1_000_000
