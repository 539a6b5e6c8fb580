"""What a car streams (topic V) into a report; typed and untyped cars alike.

Source: telemetry protocol, sections 6 and 15; tests/vectors/telemetry/
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cached_property, lru_cache
from struct import Struct
from typing import Any

from ..proto.vehicle_data_pb2 import Datum, Doors, Field, LocationValue, Payload, Time, TireLocation, Value
from ..vehicle.kind import number, wall_clock
from ..vehicle.signal import AnySignal, Report
from ..vehicle.signals import BY_FIELD
from ..vehicle.sources import RECEIVER

SLICE = 1_000  # data of a payload that are decoded without a pause, about 1 ms
SKIPPED_LIMIT = 400  # fields that are counted by themselves; there are 270
OTHERS = "others"
FLOAT = Struct("<f")
EARLIEST = 1_325_376_000  # 2012: before the first car that could stream, so a clock that was never set

# Fields that a firmware sends under each other's name, or of the other side of the car.
DOORS_SWAPPED_BEFORE = (2024, 44, 32)
VERSION_IS_AVAILABLE_ONE_BEFORE = (2024, 44)
SWAPPED_DOORS = {
    "DoorState.PassengerFront": "DoorState.DriverRear",
    "DoorState.DriverRear": "DoorState.PassengerFront",
}
SWAPPED_SIDES = {
    "HvacLeftTemperatureRequest": "HvacRightTemperatureRequest",
    "HvacRightTemperatureRequest": "HvacLeftTemperatureRequest",
}

type Convert = Callable[[Any], Any]
type Values = dict[AnySignal, Any]


@dataclass(frozen=True, kw_only=True)
class Car:
    """What has to be known of a car to read what it streams.

    zone:     the car's time zone; some times are its wall clock
    firmware: its version as numbers, None while nobody knows
    """

    zone: tzinfo
    right_hand_drive: bool = False
    firmware: tuple[int, ...] | None = None

    @cached_property
    def table(self) -> dict[int, Members]:
        """Return for each field's number where its values go."""
        old_doors = self.firmware is not None and self.firmware < DOORS_SWAPPED_BEFORE
        old_version = self.firmware is not None and self.firmware < VERSION_IS_AVAILABLE_ONE_BEFORE
        return _table(self.zone, self.right_hand_drive, old_doors, old_version)


def decode(
    payload: Payload, received: float, car: Car, skipped: Counter[str], source: str = RECEIVER
) -> Report:
    """Return what a payload says; what nobody can understand is skipped and counted.

    received: seconds since 1970, by our clock; a time ahead of it is clamped to it
    skipped:  counts field names, or numbers, that were left out
    source:   who has brought it
    """
    values: Values = {}
    _collect(payload.data, car.table, values, skipped)
    return Report(values, _measured_at(payload, received), source, received)


def decode_in_slices(
    payload: Payload, received: float, car: Car, skipped: Counter[str], then: Callable[[Report], None]
) -> Iterator[None]:
    """Do the same for a large payload, pausing now and then, and hand the report to `then`."""
    values: Values = {}
    for start in range(0, len(payload.data), SLICE):
        _collect(payload.data[start : start + SLICE], car.table, values, skipped)
        yield
    then(Report(values, _measured_at(payload, received), RECEIVER, received))


def _measured_at(payload: Payload, received: float) -> float:
    created_at = payload.created_at
    at: float = created_at.seconds + created_at.nanos * 1e-9
    return min(at, received) if at > EARLIEST else received


class Members(dict[str | None, tuple[Any, Convert | None]]):
    """For one field: which signal a member of Value goes to, and through what; made when first seen.

    A field of several facts has None for a signal; its converter returns values for all of them.
    """

    def __init__(self, parts: dict[AnySignal, str], zone: tzinfo) -> None:
        """Take a field's signals, each with the part of the field that is its own, empty for all of it."""
        super().__init__()
        self.parts = frozenset(parts.values())
        self._parts = parts
        self._zone = zone

    def __missing__(self, member: str | None) -> tuple[Any, Convert | None]:
        self[member] = step = self._make(member)
        return step

    def _make(self, member: str | None) -> tuple[Any, Convert | None]:
        if member is None:
            return None, None
        if any(self._parts.values()):
            return None, _several(self._parts, member)
        (signal,) = self._parts
        if member == "invalid":
            return signal, _unknown
        return signal, _one(signal, Value.DESCRIPTOR.fields_by_name[member], self._zone)


def _collect(data: Iterable[Datum], table: dict[int, Members], values: Values, skipped: Counter[str]) -> None:
    """Put the values of some data where their signals belong; of two the later one counts."""
    for datum in data:
        members = table.get(datum.key)
        if members is None:
            skip(datum.key, skipped)
            continue
        value = datum.value
        member = value.WhichOneof("value")
        signal, convert = members[member]
        if convert is number:  # by far the most that cars send, and most of these need no look
            raw = getattr(value, member)
            finite = raw.__class__ is float and raw - raw == 0.0
            values[signal] = raw if finite else number(raw)
        elif convert is None:
            skip(datum.key, skipped)
        elif signal is None:
            values.update(convert(getattr(value, member)))
        else:
            values[signal] = convert(getattr(value, member))


def _one(signal: AnySignal, field: Any, zone: tzinfo) -> Convert:
    """Return what turns one member of Value (its descriptor) into the value of a signal."""
    kind = signal.field_kind or signal.kind
    if field.enum_type is not None:
        # A number that is not declared yet is in none of our lists either.
        names = field.enum_type.values_by_number
        return {number: _local(kind(name.name), zone) for number, name in names.items()}.get
    if field.message_type is not None:
        return lambda raw: kind(_plain(raw))
    if field.name == "float_value":
        return lambda raw: kind(_shortest(raw))
    if kind is wall_clock or field.name in ("string_value", "long_value", "int_value"):
        return lambda raw: _local(kind(raw), zone)
    return kind


def _several(parts: dict[AnySignal, str], member: str) -> Convert:
    """Return what turns a message of flags, or its text, into a value for each of them."""
    kinds = {signal: signal.field_kind or signal.kind for signal in parts}
    if member == "invalid":
        return lambda _raw: dict.fromkeys(parts)
    if member == "string_value":
        names = frozenset(parts.values())

        def listed(raw: str) -> Values:
            # Untyped cars list what is open: "DriverFront|TrunkRear", nothing if nothing is.
            found = frozenset(raw.split("|")) - {""}
            # Beside a word that nobody knows, what is not listed is not known to be shut.
            other = False if found <= names else None
            return {signal: kinds[signal](part in found or other) for signal, part in parts.items()}

        return listed
    message = Value.DESCRIPTOR.fields_by_name[member].message_type
    # A car that sends doors where tyres belong says nothing of tyres.
    if message is not None and all(part in message.fields_by_name for part in parts.values()):
        return lambda raw: {signal: kinds[signal](getattr(raw, part)) for signal, part in parts.items()}
    return lambda _raw: dict.fromkeys(parts)


def _shortest(raw: float) -> float:
    """Return a 32-bit number as whoever prints it does: 7.333333, not 7.3333330154418945."""
    bits = FLOAT.pack(raw)
    printed = (float(f"{raw:.{digits}g}") for digits in range(6, 10))
    return next((number for number in printed if FLOAT.pack(number) == bits), raw)


def _plain(raw: Any) -> Any:
    """Return a message of Value as a kind takes it."""
    if isinstance(raw, LocationValue):
        return raw.latitude, raw.longitude
    if isinstance(raw, Time):
        return f"{raw.hour:02}:{raw.minute:02}:{raw.second:02}"
    if isinstance(raw, Doors | TireLocation):
        return None
    return raw


def _local(value: Any, zone: tzinfo) -> Any:
    """Return seconds since 1970 for a wall clock of the car, and anything else as it is."""
    return value.replace(tzinfo=zone).timestamp() if isinstance(value, datetime) else value


def _unknown(_raw: Any) -> None:
    """Return what the car itself calls invalid."""


def skip(number: int, skipped: Counter[str]) -> None:
    """Count a field that is left out, by its name or number; of many unknown ones together."""
    names = Field.DESCRIPTOR.values_by_number
    name = names[number].name if number in names else str(number)
    skipped[name if name in skipped or len(skipped) < SKIPPED_LIMIT else OTHERS] += 1


@lru_cache(maxsize=16)  # cars of one household share theirs
def _table(zone: tzinfo, right_hand_drive: bool, old_doors: bool, old_version: bool) -> dict[int, Members]:  # noqa: FBT001  # a cache's key
    """Return for each field's number where its values go."""
    renamed: dict[str, str] = {}
    if right_hand_drive:
        renamed |= SWAPPED_SIDES
    if old_doors:
        renamed |= SWAPPED_DOORS
    by_field: dict[str, dict[AnySignal, str]] = {}
    for name, signals in BY_FIELD.items():
        field, _, part = renamed.get(name, name).partition(".")
        by_field.setdefault(field, {}).update(dict.fromkeys(signals, part))
    if old_version:
        by_field.pop("Version", None)
    numbers = Field.DESCRIPTOR.values_by_name
    return {numbers[field].number: Members(parts, zone) for field, parts in by_field.items()}
