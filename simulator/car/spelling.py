"""How a value is written in telemetry: typed, or as the text that older firmware sends."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from custom_components.tesla_direct.tesla.proto import vehicle_data_pb2 as pb

from .geometry import Place

PACIFIC = ZoneInfo("America/Los_Angeles")
ALWAYS_TYPED_FROM = 179  # fields from here on were never sent as text


class Enumeration(Protocol):
    """What the generated code gives for an enum."""

    def Value(self, name: str) -> int: ...  # noqa: N802  # protobuf's own name


def _same(raw: Any) -> Any:
    return raw


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of value.

    member: of the message Value
    typed:  what that member takes
    text:   what firmware without types writes
    none:   how such firmware writes that there is no value
    sharp:  the value as fine as it is sent, so that what is not seen on the wire is no change
    """

    member: str
    typed: Callable[[Any], Any]
    text: Callable[[Any], str]
    none: str = ""
    sharp: Callable[[Any], Any] = _same

    def value(self, raw: object, *, typed: bool) -> pb.Value:
        """Write a value; None is one that the car does not have just now."""
        if raw is None:
            return pb.Value(invalid=True) if typed else pb.Value(string_value=self.none)
        if typed:
            return pb.Value(**{self.member: self.typed(raw)})
        return pb.Value(string_value=self.text(raw))


@dataclass(frozen=True, slots=True)
class LocalTime:
    """A moment together with the zone of the car, as skewed times need both."""

    at: float
    zone: str

    @property
    def wall(self) -> datetime:
        """Return what a clock in the car shows."""
        return datetime.fromtimestamp(self.at, ZoneInfo(self.zone)).replace(tzinfo=None)

    @property
    def skewed(self) -> int:
        """Return the epoch that the car sends: its wall clock, taken for Pacific time."""
        return int(self.wall.replace(tzinfo=PACIFIC).timestamp())


def _rounded(raw: float) -> float:
    return round(float(raw), 4)


def _place_text(place: Place) -> str:
    latitude, longitude = place
    return (
        f"({abs(latitude):.6f} {'N' if latitude >= 0 else 'S'}, "
        f"{abs(longitude):.6f} {'E' if longitude >= 0 else 'W'})"
    )


def _clock_text(moment: LocalTime) -> str:
    wall = moment.wall
    return f"{wall:%a %b} {wall.day} {wall:%H:%M:%S %Y}"


NUMBER = Kind("double_value", _rounded, lambda raw: repr(_rounded(raw)), sharp=_rounded)
# Not rounded, so that a sensor's noise keeps its scientific notation.
EXACT = Kind("double_value", float, repr)
WHOLE = Kind("int_value", int, lambda raw: str(int(raw)), sharp=int)
FLAG = Kind("boolean_value", bool, lambda raw: "true" if raw else "false")
TEXT = Kind("string_value", str, str, none="<invalid>")
PLACE = Kind(
    "location_value",
    lambda place: {"latitude": round(place[0], 6), "longitude": round(place[1], 6)},
    _place_text,
)
DOORS = Kind("door_value", dict, lambda doors: "|".join(name for name, opened in doors.items() if opened))
TYRES = Kind("tire_location_value", dict, str)
MOMENT = Kind("long_value", lambda moment: moment.skewed, _clock_text)


def choice(member: str, names: Enumeration, prefix: str, *, bare: bool = True) -> Kind:
    """Make the kind of an enum.

    bare: old firmware leaves the prefix away; the sentry's was seen to keep it
    """
    return Kind(
        member,
        lambda raw: names.Value(prefix + raw),
        str if bare else lambda raw: prefix + raw,
        none="<invalid>",
    )


@dataclass(frozen=True, slots=True)
class Row:
    """One telemetry field: its kind, and where the truth has it."""

    kind: Kind
    read: Callable[[Any], Any]


type Rows = Mapping[str, Row]


def always(value: object) -> Callable[[Any], Any]:
    """Read what never changes."""
    return lambda _car: value


def number_of(field: str) -> int:
    """Return Tesla's number of a field."""
    return pb.Field.Value(field)
