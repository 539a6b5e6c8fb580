"""What the stream tells of a car: thirteen columns, made of what telemetry has said so far.

Source: providers, section 2, "Streaming server behaviour"
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
import math
from typing import Any

COLUMNS = (
    "speed",
    "odometer",
    "soc",
    "elevation",
    "est_heading",
    "est_lat",
    "est_lng",
    "power",
    "shift_state",
    "range",
    "est_range",
    "heading",
)
WHOLE_OF_OLD = ("est_heading", "range", "est_range", "heading")
PREFIX = "ShiftState"
NOT_A_NUMBER = "NaN"  # what becomes of a percentage that the car does not know

type Known = dict[str, Any]


class Columns:
    """Merges what a car says, and makes frames of it.

    guarded:   what is older than the last frame is dropped
    elevation: metres that the operator's own lookup answers; None where there is none
    emptied:   columns that come out empty whatever is known
    told:      columns that say this whatever is known
    power:     asked for what drives a car, in kW, less than nothing while it charges, as Tesla's own server
               knew it; those frames have whole numbers. None: what charges it, as telemetry tells
    """

    def __init__(self) -> None:
        """Know nothing."""
        self.guarded = True
        self.elevation: int | None = None
        self.emptied: set[str] = set()
        self.told: dict[str, str] = {}
        self.power: Callable[[str], float] | None = None
        self._known: dict[str, Known] = {}
        self._forwarded: dict[str, int] = {}

    def frame(self, pushed: Mapping[str, Any]) -> str | None:
        """Return the value of a frame; None where there is none to be sent.

        Raises: KeyError, TypeError or AttributeError for what telemetry does not say
        """
        vin, at = pushed["vin"], _milliseconds(pushed.get("createdAt"))
        if self.guarded and at is not None and at < self._forwarded.get(vin, at):
            return None
        known = self._known.setdefault(vin, {})
        known |= values(pushed["data"])
        # As a program without types asks it: a car on the equator is nowhere.
        if not (known.get("Latitude") and known.get("Longitude") and known.get("Gear")):
            return None
        if at is not None:
            self._forwarded[vin] = at
        return ",".join([NOT_A_NUMBER if at is None else str(at), *self._row(vin, known).values()])

    def forget(self) -> None:
        """Know nothing any more, as after a restart."""
        self._known.clear()
        self._forwarded.clear()

    def _row(self, vin: str, known: Known) -> dict[str, str]:
        speed = whole(known.get("VehicleSpeed"))
        soc = whole(known["Soc"]) if "Soc" in known else ""
        row: dict[str, Any] = {
            "speed": speed,
            "odometer": known.get("Odometer"),
            "soc": NOT_A_NUMBER if soc is None else soc,
            "elevation": self.elevation,
            "est_heading": known.get("GpsHeading"),
            "est_lat": known.get("Latitude"),
            "est_lng": known.get("Longitude"),
            "power": _power(known),
            "shift_state": known.get("Gear"),
            "range": known.get("RatedRange"),
            "est_range": known.get("EstBatteryRange"),
            "heading": known.get("GpsHeading"),
        }
        if self.power is not None:
            row |= {name: whole(row[name]) for name in WHOLE_OF_OLD} | {"power": whole(self.power(vin))}
        told = {name: text(value) for name, value in row.items()} | self.told
        return {name: "" if name in self.emptied else value for name, value in told.items()}


def values(data: Iterable[Mapping[str, Any]]) -> Known:
    """Read what a record of topic V says; a typed zero, and what is no number or text, is nothing."""
    known: Known = {}
    for datum in data:
        value = datum["value"]
        if place := value.get("locationValue"):
            known["Latitude"], known["Longitude"] = place.get("latitude"), place.get("longitude")
        elif gear := value.get("shiftStateValue"):
            known[datum["key"]] = gear.replace(PREFIX, "")
        else:
            number = value.get("doubleValue") or value.get("intValue")
            known[datum["key"]] = number or value.get("stringValue")
    return known


def whole(value: Any) -> int | None:
    """Return the whole part of a number, or of a text that is one."""
    try:
        number = float(value)
    except TypeError, ValueError, OverflowError:
        return None
    return int(number) if math.isfinite(number) else None


def text(value: Any) -> str:
    """Write a value as a program does that does not tell 5 from 5.0."""
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _power(known: Known) -> int:
    """Return what is charged with; what is driven with is not told by telemetry."""
    power = 0
    for field in ("DCChargingPower", "ACChargingPower"):
        charging = whole(known.get(field)) or 0
        power = charging if charging > 0 else power
    return power


def _milliseconds(created: Any) -> int | None:
    try:
        return math.floor(datetime.fromisoformat(created).timestamp() * 1000)
    except TypeError, ValueError, OverflowError:
        return None
