"""A wall clock that a test sets."""


class Wall:
    """Stands at one moment of October 2026 until it is moved."""

    def __init__(self, now: float = 1_791_360_000.25) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += seconds
