"""Stands in for a voice library that would have to be compiled: Home Assistant's pages need its name only."""


class MicroVad:
    """Says so if somebody does want to use it."""

    def __init__(self) -> None:
        """Refuse."""
        raise RuntimeError("the demo has no voice")
