"""Tyres: pressures in bar, when they were measured, and warnings.

Older tables of Tesla's call the unit of the stream atmospheres; the newest says bar.
"""

from ..kind import epoch, flag, number, wall_clock
from ..signal import Signal


def _pressure(wheel: str) -> Signal[float]:
    return Signal(
        name=f"tpms_pressure_{wheel}",
        kind=number,
        path=f"vehicle_state.tpms_pressure_{wheel}",
        field=f"TpmsPressure{wheel.capitalize()}",
    )


def _last_seen(wheel: str) -> Signal[float]:
    """Return when a pressure was measured: polled in UTC, streamed as a wall clock in disguise."""
    return Signal(
        name=f"tpms_last_seen_{wheel}",
        kind=epoch,
        path=f"vehicle_state.tpms_last_seen_pressure_time_{wheel}",
        field=f"TpmsLastSeenPressureTime{wheel.capitalize()}",
        field_kind=wall_clock,
    )


def _warning(level: str, wheel: str, member: str) -> Signal[bool]:
    """Return one of the facts of `TpmsSoftWarnings` or `TpmsHardWarnings`."""
    return Signal(
        name=f"tpms_{level}_warning_{wheel}",
        kind=flag,
        path=f"vehicle_state.tpms_{level}_warning_{wheel}",
        field=f"Tpms{level.capitalize()}Warnings.{member}",
        since="2024.44.25",
    )


PRESSURE_FRONT_LEFT = _pressure("fl")
PRESSURE_FRONT_RIGHT = _pressure("fr")
PRESSURE_REAR_LEFT = _pressure("rl")
PRESSURE_REAR_RIGHT = _pressure("rr")
LAST_SEEN_FRONT_LEFT = _last_seen("fl")
LAST_SEEN_FRONT_RIGHT = _last_seen("fr")
LAST_SEEN_REAR_LEFT = _last_seen("rl")
LAST_SEEN_REAR_RIGHT = _last_seen("rr")
SOFT_WARNING_FRONT_LEFT = _warning("soft", "fl", "front_left")
SOFT_WARNING_FRONT_RIGHT = _warning("soft", "fr", "front_right")
SOFT_WARNING_REAR_LEFT = _warning("soft", "rl", "rear_left")
SOFT_WARNING_REAR_RIGHT = _warning("soft", "rr", "rear_right")
HARD_WARNING_FRONT_LEFT = _warning("hard", "fl", "front_left")
HARD_WARNING_FRONT_RIGHT = _warning("hard", "fr", "front_right")
HARD_WARNING_REAR_LEFT = _warning("hard", "rl", "rear_left")
HARD_WARNING_REAR_RIGHT = _warning("hard", "rr", "rear_right")
RECOMMENDED_FRONT = Signal(
    name="tpms_recommended_front", kind=number, path="vehicle_state.tpms_rcp_front_value"
)
RECOMMENDED_REAR = Signal(name="tpms_recommended_rear", kind=number, path="vehicle_state.tpms_rcp_rear_value")

WHEELS = ("fl", "fr", "rl", "rr")
PRESSURES = (PRESSURE_FRONT_LEFT, PRESSURE_FRONT_RIGHT, PRESSURE_REAR_LEFT, PRESSURE_REAR_RIGHT)
LAST_SEEN = (LAST_SEEN_FRONT_LEFT, LAST_SEEN_FRONT_RIGHT, LAST_SEEN_REAR_LEFT, LAST_SEEN_REAR_RIGHT)
SOFT_WARNINGS = (
    SOFT_WARNING_FRONT_LEFT,
    SOFT_WARNING_FRONT_RIGHT,
    SOFT_WARNING_REAR_LEFT,
    SOFT_WARNING_REAR_RIGHT,
)
HARD_WARNINGS = (
    HARD_WARNING_FRONT_LEFT,
    HARD_WARNING_FRONT_RIGHT,
    HARD_WARNING_REAR_LEFT,
    HARD_WARNING_REAR_RIGHT,
)
