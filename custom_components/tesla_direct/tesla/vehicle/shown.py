"""What is shown of a car: its state, with what we expect of commands laid over it."""

from typing import override

from .expectation import Expectation
from .signal import AnySignal, Signal
from .state import VehicleState


class ShownState(VehicleState):
    """A view of a state: what was expected last is shown until the car has spoken; nothing is merged.

    expected: what is laid over the state; whoever lays it takes it away again
    """

    def __init__(self, state: VehicleState) -> None:
        """Show `state`, whatever it takes in."""
        self._newest = state._newest  # noqa: SLF001  # the same class, looking at itself
        self.expected: dict[AnySignal, Expectation] = {}

    @override
    def get[T](self, signal: Signal[T]) -> T | None:
        if self.expected and (expectation := self.expected.get(signal)) is not None:
            value: T | None = expectation.value
            return value
        report = self._newest.get(signal)
        return None if report is None else report.values[signal]
