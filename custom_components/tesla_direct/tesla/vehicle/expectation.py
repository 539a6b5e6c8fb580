"""Expectation: what a fact should be once a command is done, as far as the car's own word goes."""

from dataclasses import dataclass
from typing import Any

from .signal import AnySignal

# Cars round what they are told: half a degree, whole amps, volumes in steps of a third.
CLOSE = 0.26


@dataclass(frozen=True, slots=True)
class Expectation:
    """What one fact should be.

    value: what is shown until the car has spoken
    also:  what proves the same: "charging" where we expect "starting"
    """

    signal: AnySignal
    value: Any
    also: tuple[Any, ...] = ()

    def met_by(self, value: Any) -> bool:
        """Return whether a value that the car has told is what was expected."""
        if isinstance(value, float | int) and isinstance(self.value, float | int):
            if isinstance(value, bool) or isinstance(self.value, bool):
                return value is self.value
            return abs(value - self.value) <= CLOSE
        return value == self.value or value in self.also
