"""What a car does as the twelve columns of the old stream, and as a poll words the same facts.

Source: providers, section 5
"""

from ..vehicle import conclusions
from ..vehicle.signal import AnySignal
from ..vehicle.signals import battery, charge, drive, journal, place
from ..vehicle.state import VehicleState

# What the columns are made of: whoever tells one of these tells a frame.
MADE_OF: frozenset[AnySignal] = frozenset(
    {
        battery.CURRENT,  # of which the pack's power follows
        battery.LEVEL,
        battery.USABLE_LEVEL,
        battery.RANGE,
        battery.RANGE_ESTIMATED,
        battery.VOLTAGE,
        charge.AC_POWER,
        charge.DC_POWER,
        charge.POWER,
        charge.STATE,
        drive.ELEVATION,
        drive.GEAR,
        drive.ODOMETER,
        drive.POWER,
        drive.SPEED,
        journal.PACK_POWER,
        place.HEADING,
        place.LOCATION,
    }
)
STALE = 60.0  # seconds; a power measured so much before the speed is of another stretch of road
DIGITS = 9  # after the point; of a degree that is a tenth of a millimetre


def value(state: VehicleState, at: float) -> str | None:
    """Return what an update says, None where nobody could make a drive of it: who knows where the car is.

    A car that charges has no gear, as on the old stream: TeslaMate takes both together for the sign to look.

    at: when it was so, seconds since 1970
    """
    where = state.get(place.LOCATION)
    gear = conclusions.gear(state)
    if where is None and gear in ("d", "n", "r"):
        return None
    heading = _whole(state.get(place.HEADING))
    return ",".join(
        (
            str(round(at * 1000)),
            _whole(conclusions.speed(state)),
            _fine(state.get(drive.ODOMETER)),
            _whole(level(state)),
            _whole(state.get(drive.ELEVATION)),
            heading,
            _fine(None if where is None else where.latitude),
            _fine(None if where is None else where.longitude),
            _whole(power(state)),
            "" if gear is None or (gear == "p" and conclusions.charging(state)) else gear.upper(),
            _whole(state.get(battery.RANGE)),
            _whole(state.get(battery.RANGE_ESTIMATED)),
            heading,
        )
    )


def level(state: VehicleState) -> float | None:
    """Return how full the battery is, in percent; some cars tell only what of it is usable."""
    known = state.get(battery.LEVEL)
    return state.get(battery.USABLE_LEVEL) if known is None else known


def power(state: VehicleState) -> int | None:
    """Return what the car draws, in kW, as the old stream has it: negative while it charges the battery.

    Of a pack, plus is what flows in: Tesla does not say so, but cars do while they charge.
    Whoever logs cars takes a number for the sign that this one is really awake; a parked car draws next to
    nothing, so that much is known of it.
    """
    told = conclusions.latest(state, drive.POWER, journal.PACK_POWER)
    pack = state.get(journal.PACK_POWER) if told is journal.PACK_POWER else None
    if conclusions.charging(state):
        flowing = conclusions.charger_power(state) or pack
        return -max(1, round(abs(flowing))) if flowing else 0
    if told is not None and not _stale(state, told):
        return round(state.get(drive.POWER) or 0.0 if pack is None else -pack)
    return 0 if conclusions.parked(state) else None


def _stale(state: VehicleState, told: AnySignal) -> bool:
    measured, moved = state.reading(told), state.reading(drive.SPEED)
    return measured is not None and moved is not None and measured.at < moved.at - STALE


def _whole(number: float | None) -> str:
    return "" if number is None else str(round(number))


def _fine(number: float | None) -> str:
    return "" if number is None else f"{number:.{DIGITS}f}".rstrip("0").rstrip(".")
