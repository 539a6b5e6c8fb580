"""What waits to be sent and what waits for its answer: buffering, acknowledgements, resending."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from custom_components.tesla_direct.tesla.proto import vehicle_data_pb2 as pb

from .envelope import Answer

BUFFER = 5000  # messages a car keeps while nobody listens


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One message of the car.

    at:   seconds since 1970, by the car's clock
    data: what a payload holds, so that it can be sent again together with others
    """

    topic: str
    at: float
    payload: bytes
    data: tuple[pb.Datum, ...] = ()
    resent: bool = False

    @property
    def signals(self) -> int:
        """Return what it counts for on the bill; an alert or an error counts for one."""
        return len(self.data) if self.topic == "V" else 1


@dataclass(slots=True)
class Tally:
    """What became of the records of one car."""

    sent: int = 0
    signals: int = 0
    acknowledged: int = 0
    refused: int = 0
    dropped: int = 0
    lost: int = 0
    resent: int = 0


@dataclass(slots=True)
class Sent:
    """A record that is out: over which connection it went, and when, in real seconds since 1970."""

    record: Record
    connection: str
    at: float


class Outbox:
    """Keeps records until they are answered.

    Every record is owed exactly one answer, over the connection that carried it. What else
    arrives is noted in `strange`, which a test of a receiver wants to be empty.
    """

    def __init__(self, serial: str) -> None:
        """Start empty; `serial` begins every transaction id."""
        self.waiting: deque[Record] = deque()
        self.unanswered: dict[str, Sent] = {}
        self.tally = Tally()
        self.strange: list[str] = []
        self._serial = serial
        self._count = 0

    def put(self, record: Record) -> None:
        """Add a record; when the buffer is full the oldest goes."""
        if len(self.waiting) >= BUFFER:
            self.waiting.popleft()
            self.tally.dropped += 1
        self.waiting.append(record)

    def take(self, connection: str, now: float) -> tuple[str, Record] | None:
        """Take the oldest record for sending; return it with its new transaction id."""
        if not self.waiting:
            return None
        record = self.waiting.popleft()
        self._count += 1
        txid = f"{self._serial}-{self._count:09}"
        self.unanswered[txid] = Sent(record, connection, now)
        self.tally.sent += 1
        self.tally.signals += record.signals
        return txid, record

    def untake(self, txid: str) -> None:
        """Put back a record that could not be sent."""
        record = self.unanswered.pop(txid).record
        self.waiting.appendleft(record)
        self.tally.sent -= 1
        self.tally.signals -= record.signals

    def answered(self, answer: Answer, connection: str) -> None:
        """Take in what a receiver sent over a connection."""
        if answer.strange:
            self.strange.append(answer.strange)
        sent = self.unanswered.pop(answer.txid, None)
        if sent is None:
            if not answer.strange:
                self.strange.append(f"an answer to {answer.txid or 'nothing'}, which waits for none")
            return
        if sent.connection != connection:
            self.strange.append("an answer over another connection than the record's")
        if answer.refused:
            self.tally.refused += 1
        elif answer.topic != sent.record.topic:
            self.strange.append(f"topic {answer.topic!r} for a record on {sent.record.topic!r}")
        else:
            self.tally.acknowledged += 1

    def give_up(self, connection: str | None = None, *, older_than: float | None = None) -> list[Record]:
        """Wait no longer for what went over a connection, or for what is too old.

        older_than: real time; None means all
        """
        over = [
            txid
            for txid, sent in self.unanswered.items()
            if (connection is None or sent.connection == connection)
            and (older_than is None or sent.at < older_than)
        ]
        return [self.unanswered.pop(txid).record for txid in over]

    def gather(self, records: Sequence[Record]) -> tuple[list[pb.Datum], float] | None:
        """Gather un-acknowledged data for sending it again together, with the time it is of.

        Of a field sent twice the newer value stays. Alerts and errors are not sent again.
        """
        newest: dict[int, pb.Datum] = {}
        data = [record for record in records if record.data]
        for record in sorted(data, key=lambda record: record.at):
            newest |= {datum.key: datum for datum in record.data}
        self.tally.lost += len(records) - len(data)
        if not newest:
            return None
        self.tally.resent += 1
        return list(newest.values()), max(record.at for record in data)
