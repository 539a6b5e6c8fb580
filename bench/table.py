"""Figures, and how they are printed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=False)
class Figure:
    """One measurement and its aim; without an aim it is told and not judged.

    scale: what an absolute aim is multiplied by on this machine
    """

    name: str
    value: float
    aim: float | None = None
    unit: str = ""
    at_least: bool = False
    scale: float = 1.0
    detail: str = ""

    @property
    def holds(self) -> bool:
        """Whether the aim is met."""
        if self.aim is None:
            return True
        limit = self.aim * self.scale
        return self.value >= limit if self.at_least else self.value <= limit

    def line(self) -> str:
        """Return it as a line of the table."""
        aim = ""
        if self.aim is not None:
            limit = self.aim * self.scale
            aim = f"{'>=' if self.at_least else '<='} {limit:.4g} {self.unit}"
        mark = " " if self.aim is None else "+" if self.holds else "-"
        value = f"{self.value:.4g} {self.unit}"
        return f"{mark} {self.name:<72} {value:>14}  {aim:<16} {self.detail}"
