"""Token buckets, as Tesla counts requests: for each car and for the account, shared by all applications."""

from collections.abc import Callable

# Requests a minute.
A_MINUTE = {"data": 60, "command": 30, "wake": 3}
AUTH_A_SECOND = 20


class Bucket:
    """So many requests in so much time, refilled steadily."""

    def __init__(self, size: int, period: float) -> None:
        """Start full; `period` is in seconds."""
        self.size = size
        self._rate = size / period
        self._tokens = float(size)
        self._at: float | None = None

    def free_in(self, now: float) -> float:
        """Return the seconds until the next request may come; 0 now."""
        if self._at is not None:
            self._tokens = min(self._tokens + (now - self._at) * self._rate, self.size)
        self._at = now
        return 0.0 if self._tokens >= 1.0 else (1.0 - self._tokens) / self._rate

    def take(self) -> None:
        """Count one request."""
        self._tokens -= 1.0


class Limits:
    """The buckets of one cloud; real time, because clients live in it however fast the world runs.

    lifted: nothing is counted
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        """Start with every bucket full."""
        self.lifted = False
        self._clock = clock
        self._buckets: dict[tuple[str, str], Bucket] = {}

    def ask(self, category: str, *who: str) -> tuple[int, float]:
        """Take a request of each of `who` (an account, a car) at once, or of none.

        Returns: the limit that is reached and the seconds to wait; 0 seconds if the request may pass
        """
        if self.lifted or (category not in A_MINUTE and category != "auth"):
            return 0, 0.0
        buckets = [self._bucket(category, name) for name in who]
        now = self._clock()
        size, wait = max(((bucket.size, bucket.free_in(now)) for bucket in buckets), key=lambda row: row[1])
        if wait <= 0:
            for bucket in buckets:
                bucket.take()
        return size, wait

    def _bucket(self, category: str, name: str) -> Bucket:
        key = (category, name)
        if key not in self._buckets:
            size, period = (AUTH_A_SECOND, 1.0) if category == "auth" else (A_MINUTE[category], 60.0)
            self._buckets[key] = Bucket(size, period)
        return self._buckets[key]
