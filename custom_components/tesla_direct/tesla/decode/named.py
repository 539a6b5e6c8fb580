"""A field's name and its bare JSON value into facts, as MQTT topics and services' streams carry them.

Which fact it is, and what its spellings mean, stands in the table that a car's own records are read with.
Source: telemetry protocol, sections 12 and 13; tests/vectors/telemetry/
"""

from collections import Counter
from collections.abc import Mapping
import re
from types import NoneType, SimpleNamespace
from typing import Any

from ..proto.vehicle_data_pb2 import Doors, Field, LocationValue, TireLocation
from ..vehicle.kind import number as finite
from .payload import OTHERS, SKIPPED_LIMIT, Car, Members, Values, skip

NUMBERS: Mapping[str, int] = {field.name: field.number for field in Field.DESCRIPTOR.values}
INVALID = "<invalid>"  # what the official server's log has for null
# As which member of Value a bare value is read. A number may be any of four; the kinds take them all.
MEMBERS = {
    str: "string_value",
    bool: "boolean_value",
    int: "long_value",
    float: "double_value",
    NoneType: "invalid",
}
DOORS = {field.name: field.name for field in Doors.DESCRIPTOR.fields}
# MQTT has front_left, JSON records frontLeft, the log FrontLeft.
TIRES = {
    spelling: field.name
    for field in TireLocation.DESCRIPTOR.fields
    for spelling in (field.name, field.json_name, field.json_name[0].upper() + field.json_name[1:])
}
# Their facts take any name, so that the number of one that is not declared yet has to be told from a name.
ANY_NAME = frozenset({"CarType", "ChargePort"})
LIKE_A_FIELD = re.compile(r"(?=\w*[a-z])[A-Z]\w{1,63}", re.ASCII)


def field_number(name: str) -> int | None:
    """Return a field's number; one that the server did not know has its number for a name."""
    number = NUMBERS.get(name)
    if number is None and len(name) <= 6 and name.isascii() and name.isdecimal():
        return int(name)
    return number


def values_of(name: str, raw: Any, car: Car, skipped: Counter[str]) -> Values:
    """Return what a field's bare value says; nothing, and counted, where nobody can understand it.

    name: of the field, or its number
    raw:  as JSON has it; null is a value that the car itself does not know
    """
    number = field_number(name)
    members = None if number is None else car.table.get(number)
    if members is None:
        skip_name(name, number, skipped)
        return {}
    member = MEMBERS.get(type(raw))
    if member is None:
        member, raw = _of_object(raw, members)
    elif raw == INVALID or (name in ANY_NAME and member == "string_value" and raw.isdecimal()):
        member = "invalid"
    signal, convert = members[member]
    if convert is None:
        skip_name(name, number, skipped)
        return {}
    if signal is None:
        several: Values = convert(raw)
        return several
    value = convert(raw)
    if value is None and member in ("long_value", "double_value") and name not in ANY_NAME:
        # A name or a version may look like a number to whoever has published it.
        _, of_text = members["string_value"]
        value = of_text(str(raw)) if of_text and finite(raw) is not None else None
    return {signal: value}


def _of_object(raw: Any, members: Members) -> tuple[str | None, Any]:
    """Return the member of Value that an object stands for, and its content; no member if nobody knows."""
    if not isinstance(raw, dict):
        return None, None
    if "latitude" in raw and "longitude" in raw:
        latitude, longitude = finite(raw["latitude"]), finite(raw["longitude"])
        if latitude is None or longitude is None:
            return "invalid", None
        return "location_value", LocationValue(latitude=latitude, longitude=longitude)
    if raw.keys() & DOORS.keys():
        # All six are always told; of one that is not, nobody knows.
        return "door_value", SimpleNamespace(**{name: raw.get(name) for name in DOORS})
    # Of tyres MQTT lists only those that it is true of, so none is `{}`, as is a value without any member.
    # That the server's schema was too old to know the member is by far the rarer of the two.
    if raw.keys() & TIRES.keys() or (not raw and members.parts <= TIRES.keys()):
        told = {TIRES[name]: value for name, value in raw.items() if name in TIRES}
        return "tire_location_value", SimpleNamespace(**dict.fromkeys(TIRES.values(), False) | told)
    return None, None


def skip_name(name: str, number: int | None, skipped: Counter[str]) -> None:
    """Count a field by its name where it has one that a field can have."""
    if number is not None:
        skip(number, skipped)
    elif LIKE_A_FIELD.fullmatch(name) and (name in skipped or len(skipped) < SKIPPED_LIMIT):
        skipped[name] += 1
    else:
        skipped[OTHERS] += 1
