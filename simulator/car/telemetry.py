"""A car's telemetry client: collects what is due, and wants each record answered once."""

from collections.abc import Iterable, Mapping

from ..clock import Clock
from .body import Alert
from .collector import Collector
from .connections import Connections, Identity
from .firmware import Firmware
from .model import Model
from .outbox import Outbox, Record
from .records import alerts, errors, payload, signals
from .stream import StreamConfig
from .truth import Truth

# How long a record may stay without an answer while its connection is open. That cars send again
# is known, when they do so is not; after a lost connection these do at once.
ANSWER_LIMIT = 30.0  # real seconds


class Telemetry:
    """The client of one car.

    last_sent: the newest value of each field that went into a record
    """

    def __init__(self, who: Identity, clock: Clock) -> None:
        """Know who the car is; there is nothing to send before a configuration comes."""
        self.firmware = Firmware(who.model)
        self.config: StreamConfig | None = None
        self.outbox = Outbox(f"{who.random.getrandbits(88):022x}")
        self.connections = Connections(who, self.outbox, clock, self._again)
        self.last_sent: dict[str, object] = {}
        self._model, self._clock = who.model, clock
        self._collector: Collector | None = None
        self._awake = True
        self._ahead = 0.0

    def update(self, model: Model, now: float) -> None:
        """Go on with other software, which looks at the configuration anew."""
        self._model = model
        self.firmware = Firmware(model)
        self.connections.update(model)
        self.configure(self.config, now)

    def configure(self, config: StreamConfig | None, now: float) -> None:
        """Take on a configuration; None ends streaming."""
        self.config = config
        self._collector = Collector(config, self.firmware) if config else None
        if self._collector and self._collector.complaints:
            self.put(errors(self._collector.complaints, now, self._vin))
        self.connections.aim(config if self._awake else None)

    def set_awake(self, *, awake: bool) -> None:
        """Follow the car into sleep, where all is silent, and out of it, where all is told anew."""
        self._awake = awake
        if self._collector:
            self._collector.forget()
        self.connections.aim(self.config if awake else None)

    def date_ahead(self, seconds: float) -> None:
        """Date the next record into the future, as cars do just after waking."""
        self._ahead = seconds

    def collect(self, truth: Truth) -> None:
        """Send what is due; to be called as often as the collector sends."""
        if self.config and self.config.expires is not None and truth.now >= self.config.expires:
            self.configure(None, truth.now)
        if self._awake and self._collector:
            due = self._collector.due(truth, self._clock.passed)
            if due:
                self.send(due, truth.now)
        self._again(self.outbox.give_up(older_than=self._clock.now() - ANSWER_LIMIT))

    def send(self, values: Mapping[str, object], at: float) -> None:
        """Send these values in one record."""
        preferred = bool(self.config and self.config.prefer_typed)
        at, self._ahead = at + self._ahead, 0.0
        self.last_sent |= values
        self.put(signals(values, at, self._vin, self.firmware, preferred=preferred))

    def alert(self, raised: Iterable[Alert], at: float) -> None:
        """Send alerts, if the configuration asks for them."""
        if self.config and self.config.alert_types:
            self.put(alerts(raised, at, self._vin))

    def put(self, record: Record) -> None:
        """Send a record as it is, however odd."""
        self.outbox.put(record)
        self.connections.wake()

    def _again(self, records: list[Record]) -> None:
        """Send un-acknowledged data again, if car and configuration do so; else it is lost."""
        if not (self.config and self.config.resends and self.firmware.knows_policy):
            self.outbox.tally.lost += len(records)
            return
        if gathered := self.outbox.gather(records):
            data, at = gathered
            self.outbox.waiting.appendleft(payload(data, at, self._vin, resent=True))
            self.connections.wake()

    @property
    def _vin(self) -> str:
        """Return the VIN as it stands inside records: older clients leave it out."""
        return self._model.vin if self._model.client else ""
