"""Which telemetry connections of a car are open, as each of its sources tells. Pure; times by our clock."""


class Linked:
    """The open telemetry connections of one car.

    of:           how many each source knows to be open
    silent_since: when the last one of all ended, seconds since 1970; 0 if there was none
    """

    def __init__(self) -> None:
        """Start out with a car that is not connected."""
        self.of: dict[str, int] = {}
        self.silent_since = 0.0
        self._interfaces: dict[str, str | None] = {}

    @property
    def open(self) -> bool:
        """Whether a connection is open, to whichever source."""
        return any(self.of.values())

    @property
    def network_interface(self) -> str | None:
        """Return what the connection goes over, in the car's own word, of the source that told it last."""
        return next((one for one in reversed(self._interfaces.values()) if one), None)

    def set(self, source: str, links: int, network_interface: str | None, now: float) -> None:
        """Learn how many connections a source knows to be open, and what the newest goes over."""
        before = self.open
        self.of[source] = links
        self._interfaces.pop(source, None)
        if links:
            self._interfaces[source] = network_interface
        if before and not self.open:
            self.silent_since = now
