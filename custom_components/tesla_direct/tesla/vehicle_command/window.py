"""Which counters of the replies to one request were seen."""

REACH = 32  # counters below the highest that are still told apart
WIDTH = 64  # bits that Tesla's own code keeps


class Window:
    """The highest counter that was accepted, and a bit for each of those just below it."""

    __slots__ = ("_highest", "_seen")

    def __init__(self, highest: int | None = None, seen: int = 0) -> None:
        """Start out with nothing seen, or in a given state: bit n of `seen` stands for `highest` - 1 - n."""
        self._highest = highest
        self._seen = seen

    @property
    def state(self) -> tuple[int | None, int]:
        """Return the highest counter and the bits below it."""
        return self._highest, self._seen

    def accept(self, counter: int) -> bool:
        """Return whether a counter is new, and remember it; the first one always is."""
        if self._highest is None:
            self._highest = counter
            return True
        ahead = counter - self._highest
        if ahead > 0:
            shifted = self._seen << ahead | 1 << (ahead - 1) if ahead <= WIDTH else 0
            self._seen = shifted & ((1 << WIDTH) - 1)
            self._highest = counter
            return True
        if ahead == 0 or ahead < -REACH:
            return False
        bit = 1 << (-ahead - 1)
        new = not self._seen & bit
        self._seen |= bit
        return new
