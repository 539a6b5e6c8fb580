"""Which counters of one client were used."""

CONSULTED = 32
KEPT = (1 << 64) - 1


class Window:
    """The highest counter, and a bit for each of those just below it."""

    def __init__(self, counter: int = 0, seen: int = 0) -> None:
        """Start at `counter`; bit 0 of `seen` stands for the one before it."""
        self.counter = counter
        self.seen = seen

    def take(self, new: int) -> bool:
        """Use up a counter; False if it was used before or is too old to tell."""
        if new > self.counter:
            shift = new - self.counter
            # A leap leaves nothing; shifting by billions would only take memory.
            moved = self.seen << shift if shift <= 64 else 0
            self.seen = (moved | (1 << (shift - 1) if shift <= 64 else 0)) & KEPT
            self.counter = new
            return True
        age = self.counter - new
        if age == 0 or age > CONSULTED or self.seen >> (age - 1) & 1:
            return False
        self.seen |= 1 << (age - 1)
        return True

    def rise(self, new: int) -> bool:
        """Use up a counter where only higher ones are taken."""
        return new > self.counter and self.take(new)
