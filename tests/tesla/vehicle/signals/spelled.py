"""What becomes of a value as a poll spells it, and as telemetry does."""

from typing import Any

from custom_components.tesla_direct.tesla.vehicle.signal import Signal


def polled[T](signal: Signal[T], raw: Any) -> T | None:
    """Return the value of what a poll carries at the signal's path."""
    assert signal.path is not None
    return signal.kind(raw)


def streamed[T](signal: Signal[T], raw: Any) -> Any:
    """Return the value of what telemetry carries in the signal's field."""
    assert signal.field is not None
    return (signal.field_kind or signal.kind)(raw)
