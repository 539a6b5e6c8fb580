"""A value in the protobuf JSON mapping into the message Value, as leniently as our kinds take it.

A number may come as text and text as a number; an enum's name that we do not know becomes a number that is
not declared, and a member that we do not know none, as both do where a car's own bytes are read.
Source: telemetry protocol, section 11; tests/vectors/telemetry/ (member `json`)
"""

from collections.abc import Callable, Iterable
from math import isfinite
from typing import Any

from google.protobuf.descriptor import FieldDescriptor

from ..proto.vehicle_data_pb2 import Value
from ..vehicle.kind import flag, number
from .named import MEMBERS

type Fill = Callable[[Value, Any], None]

UNDECLARED = 2**31 - 1  # an enum's number that stands for any name that we do not know
INTEGERS = {FieldDescriptor.CPPTYPE_INT32: 2**31, FieldDescriptor.CPPTYPE_INT64: 2**63}
FLOATS = (FieldDescriptor.CPPTYPE_FLOAT, FieldDescriptor.CPPTYPE_DOUBLE)


def fill(value: Value, raw: Any) -> None:
    """Set the member that some JSON names; none is set where nobody can understand it."""
    if not isinstance(raw, dict):
        # Not what the mapping has, but plain enough.
        if (member := MEMBERS.get(type(raw))) is not None:
            FILLERS[member](value, raw)
        return
    for member, content in raw.items():
        if (filler := FILLERS.get(member)) is not None:
            filler(value, content)


def _text(name: str) -> Fill:
    def set_text(value: Value, raw: Any) -> None:
        if isinstance(raw, bool):
            raw = "true" if raw else "false"
        if isinstance(raw, str | int | float):
            setattr(value, name, str(raw))

    return set_text


def _integer(name: str, limit: int) -> Fill:
    def set_integer(value: Value, raw: Any) -> None:
        if isinstance(raw, str):
            raw = _integer_of(raw)
        if isinstance(raw, int) and not isinstance(raw, bool) and -limit <= raw < limit:
            setattr(value, name, raw)
        else:
            _set_number(value, raw)

    return set_integer


def _integer_of(text: str) -> Any:
    """Return the whole number that a text has, exactly, or the text."""
    try:
        return int(text)
    except ValueError:
        return text


def _float(name: str) -> Fill:
    def set_float(value: Value, raw: Any) -> None:
        if type(raw) is float and isfinite(raw):
            setattr(value, name, raw)
        else:
            _set_number(value, raw)

    return set_float


def _set_number(value: Value, raw: Any) -> None:
    """Set what is no number of its kind as the number that it can be read as; NaN is none."""
    told = number(raw)
    if told is not None:
        value.double_value = told
    elif raw is None or isinstance(raw, str | float):
        value.invalid = True


def _boolean(name: str) -> Fill:
    def set_boolean(value: Value, raw: Any) -> None:
        told = flag(raw)
        if told is not None:
            setattr(value, name, told)
        elif raw is None or isinstance(raw, str):
            value.invalid = True

    return set_boolean


def _enum(name: str, enum: Any) -> Fill:
    numbers = {member.name: member.number for member in enum.values}

    def set_enum(value: Value, raw: Any) -> None:
        if isinstance(raw, str):
            raw = numbers.get(raw, UNDECLARED)
        if isinstance(raw, int) and not isinstance(raw, bool):
            setattr(value, name, raw if abs(raw) < UNDECLARED else UNDECLARED)

    return set_enum


def _object(name: str, parts: Iterable[Any]) -> Fill:
    """Return what sets a message of plain members; what is left out is their default, as in any protobuf."""
    spellings = {spelling: part for part in parts for spelling in (part.name, part.json_name)}

    def set_object(value: Value, raw: Any) -> None:
        if not isinstance(raw, dict):
            return
        told = {spellings[key]: content for key, content in raw.items() if key in spellings}
        read = {part.name: _part(part, content) for part, content in told.items()}
        if None in read.values():
            value.invalid = True
            return
        message = getattr(value, name)
        message.SetInParent()
        for key, content in read.items():
            setattr(message, key, content)

    return set_object


def _part(part: Any, raw: Any) -> Any:
    if part.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
        return flag(raw)
    told = number(raw)
    if told is None or part.cpp_type in FLOATS:
        return told
    return round(told) if abs(told) < INTEGERS[FieldDescriptor.CPPTYPE_INT32] else None


def _invalid(value: Value, raw: Any) -> None:
    value.invalid = raw is True


def _filler(field: Any) -> Fill:
    if field.name == "invalid":
        return _invalid
    if field.enum_type is not None:
        return _enum(field.name, field.enum_type)
    if field.message_type is not None:
        return _object(field.name, field.message_type.fields)
    if field.cpp_type in FLOATS:
        return _float(field.name)
    if field.cpp_type in INTEGERS:
        return _integer(field.name, INTEGERS[field.cpp_type])
    return _boolean(field.name) if field.cpp_type == FieldDescriptor.CPPTYPE_BOOL else _text(field.name)


FILLERS: dict[str, Fill] = {
    spelling: _filler(field)
    for field in Value.DESCRIPTOR.fields
    for spelling in (field.json_name, field.name)
}
