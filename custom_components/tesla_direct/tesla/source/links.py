"""Which telemetry connections of a car are open, as somebody else's server tells: without I/O."""

# Seconds without any message after which a connection that nobody has told of is no longer taken for open.
INFERRED_FOR = 600.0
# Seconds for which a message may come late, after the end of the connection that it was sent on. One that
# comes later was sent on another, of whose begin nobody has told: that message was lost.
LATE_FOR = 60.0
# Seconds for which an older connection may stay open beside a newer one. Cars that change networks have two
# for a minute; one that stays was that of a server that was killed, and could not say so.
REPLACED_AFTER = 600.0
# Seconds without any message after which a connection is forgotten, for the same reason.
SILENT_FOR = 86_400.0
OPEN_LIMIT = 10  # connections that are believed in at once; cars have one, for a minute two
ENDED_LIMIT = 50  # ended connections that are remembered, since MQTT may tell the end before the begin


class Links:
    """The open connections of one car.

    As long as nobody tells of connections, a message says that there is one; once somebody has told, that
    counts, and a message says so only if it is not just a late one.
    """

    def __init__(self) -> None:
        """Know of none."""
        self._open: dict[str, tuple[float, str | None]] = {}
        self._ended: dict[str, None] = {}
        self._kept: str | None = None
        self._told_at: float | None = None
        self._inferred = False
        self._heard_at = 0.0

    @property
    def count(self) -> int:
        """Return how many are open."""
        return len(self._open) + self._inferred

    @property
    def network_interface(self) -> str | None:
        """Return that of the newest, where it is told."""
        return next(reversed(self._open.values()))[1] if self._open else None

    def heard(self, now: float) -> None:
        """Learn that the car has just said something."""
        self._heard_at = now
        if self._open or (self._told_at is not None and 0 <= now - self._told_at < LATE_FOR):
            return
        if self._kept is not None:
            # The last word of before we listened was that this one is open, and the car does talk.
            self.opened(self._kept, None, now)
        else:
            self._inferred = True

    def opened(self, connection: str, network_interface: str | None, now: float) -> None:
        """Learn that a connection was opened; one that has ended already is not."""
        self._told_at, self._heard_at = now, now
        self._inferred, self._kept = False, None
        if connection not in self._ended:
            self._open.pop(connection, None)
            self._open[connection] = now, network_interface
            if len(self._open) > OPEN_LIMIT:
                del self._open[next(iter(self._open))]

    def closed(self, connection: str, now: float) -> None:
        """Learn that a connection has ended, also one that nobody has told of."""
        self._told_at, self._heard_at = now, now
        self._inferred, self._kept = False, None
        self._open.pop(connection, None)
        self._ended[connection] = None
        if len(self._ended) > ENDED_LIMIT:
            del self._ended[next(iter(self._ended))]

    def keep(self, connection: str | None) -> None:
        """Learn what a broker has kept as the last word: which one is open; it may be months old."""
        if self._told_at is None:
            self._kept = connection

    def lapse(self, now: float) -> float | None:
        """Forget connections that nobody can believe in any more; return when to look again.

        Times are seconds since 1970, by our clock, which may be set back: then they are taken for now.
        """
        self._heard_at = min(self._heard_at, now)
        silent = self._heard_at + (INFERRED_FOR if self._inferred else SILENT_FOR)
        if now >= silent:
            self._inferred = False
            self._open.clear()
        newest = max((min(opened_at, now) for opened_at, _ in self._open.values()), default=now)
        replaced = newest + REPLACED_AFTER
        if now >= replaced:
            self._open = {name: link for name, link in self._open.items() if link[0] >= newest}
        if not self.count:
            return None
        return min(silent, replaced) if len(self._open) > 1 and replaced > now else silent
