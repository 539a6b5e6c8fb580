"""Signal: one fact.  Report: what one source said at one time.  Reading: its word on one fact."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .kind import Kind


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Signal[T]:
    """One fact, and how each source spells it.

    name:       ours; never changes, because unique ids and history hang on it
    kind:       turns any of those spellings into T
    path:       where a poll carries it, as in `charge_state.charge_limit_soc`
    members:    the path leads to an object, and the kind reads these members of it; a poll without any of
                them says nothing
    field:      Fleet Telemetry's name for it; MQTT and SSE use the same one.
                `DoorState.DriverFront` is one member of a field that carries several facts
    field_kind: the field's spelling, where it is in another unit or range than the poll's
    since:      the firmware that brought the field, as in "2024.44.25"
    pushed_as:  facts with fields that tell the same in another way: a car that streams one of them need not
                be asked for this one
    scope:      what the user has to have granted for it beyond vehicle_device_data
    clears:     a poll that leaves the path out says that it is over (a route)
    private:    must not reach a log or a bug report: a place, a name
    """

    name: str
    kind: Kind[T]
    path: str | None = None
    members: tuple[str, ...] = ()
    field: str | None = None
    field_kind: Kind[Any] | None = None
    pushed_as: tuple[AnySignal, ...] = ()
    since: str | None = None
    scope: str | None = None
    clears: bool = False
    private: bool = False

    @property
    def told(self) -> bool:
        """Whether cars tell it; what they do not is known from us alone."""
        return self.path is not None or self.field is not None


LOCATION_SCOPE = "vehicle_location"

UNKNOWN_AGE = 0.0  # the time of what nobody can date: it shows only where nothing else is known

type AnySignal = Signal[Any]
type Values = Mapping[AnySignal, Any]


# Not frozen: one is made for every record, and that would take twice as long.
@dataclass(slots=True, eq=False)
class Report:
    """What one source said at one time: a value for each fact it mentioned, None where it does not know.

    Readings of one record share their time and their source, so they travel together; a reading by itself
    exists only where somebody asks the state for it.

    values: the facts
    at:     when the car measured them, seconds since 1970, by the car's clock, never ahead of `received`;
            `UNKNOWN_AGE` where nobody can tell
    source: who told us; shown to the user, never used to decide between readings
    received: when it reached us, seconds since 1970, by our clock
    snapshot: it says what was so before we began to listen: it fires nothing, confirms nothing, and is no
            sign of life
    """

    values: Values
    at: float
    source: str
    received: float
    snapshot: bool = False


@dataclass(frozen=True, slots=True)
class Reading[T]:
    """One source's word on one fact, and when it was measured (seconds since 1970, by the car's clock)."""

    value: T | None
    at: float
    source: str
