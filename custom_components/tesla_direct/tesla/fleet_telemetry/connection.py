"""What a car says on one telemetry connection, and what we owe it.

Source: telemetry protocol, sections 5 to 8; tests/vectors/telemetry/
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from google.protobuf.message import DecodeError

from ..errors import WireError
from ..proto.vehicle_alert_pb2 import VehicleAlerts
from ..proto.vehicle_connectivity_pb2 import ConnectivityEvent, VehicleConnectivity
from ..proto.vehicle_data_pb2 import Payload
from ..proto.vehicle_error_pb2 import VehicleErrors
from ..proto.vehicle_metric_pb2 import VehicleMetrics
from .corrections import correct_alerts, correct_payload, may_need_correction
from .envelope import Envelope, StreamMessage, acknowledgement, open_envelope, refusal
from .identity import Identity
from .slices import merge_in_slices

type Message = Payload | VehicleAlerts | VehicleErrors | VehicleConnectivity | VehicleMetrics

TOPIC_DATA = "V"
TOPIC_ALERTS = "alerts"
TOPIC_ERRORS = "errors"
TOPIC_CONNECTIVITY = "connectivity"
TOPIC_METRICS = "metrics"
MESSAGES: dict[str, type[Message]] = {
    TOPIC_DATA: Payload,
    TOPIC_ALERTS: VehicleAlerts,
    TOPIC_ERRORS: VehicleErrors,
    TOPIC_CONNECTIVITY: VehicleConnectivity,
}
TOPICS = frozenset((*MESSAGES, TOPIC_METRICS))

MESSAGE_LIMIT = 1_000_000  # bytes, inclusive: the official server's
# A payload above this is read in slices, so that nobody waits for one car. 16 KiB take about 0.2 ms.
SLICE = 16_384


class Record(NamedTuple):  # made for every message, which a frozen dataclass makes four times as slow
    """One message of a car, taken apart.

    message: the decoded and corrected message, None for a topic that has none
    payload: the bytes as they came, for a topic without message
    large:   worth handling in slices
    """

    topic: str
    txid: bytes
    vin: str
    client_version: str
    message: Message | None
    payload: bytes
    large: bool = False


class Connection:
    """One socket of one car: messages in, records and answers out."""

    def __init__(self, identity: Identity, client_version: str = "", topics: frozenset[str] = TOPICS) -> None:
        """Expect records of `topics`; others are acknowledged if their sender is right, and dropped."""
        self.identity = identity
        self.client_version = client_version
        self.outcomes: Counter[str] = Counter()
        self._topics = {topic.encode(): topic for topic in TOPICS | topics}
        self._wanted = topics
        self._senders = (identity.sender_id.encode(), identity.device_id.encode())
        self._records: list[Record] = []
        self._answers: list[bytes] = []

    def receive_message(self, message: bytes) -> None:
        """Take in one binary WebSocket message; one that cannot be read is answered, not raised."""
        for _ in self.receive_in_slices(message):
            pass

    def receive_in_slices(self, message: bytes) -> Iterable[None]:
        """Do the same, and pause where a large message has taken long enough."""
        if len(message) > MESSAGE_LIMIT:
            return self._refuse(b"")
        try:
            envelope = open_envelope(message) if message else None
        except WireError:
            return self._refuse(b"")
        if envelope is None or envelope.message is None:
            return self._answer_unknown(envelope)
        return self._take(envelope, envelope.message)

    def records_received(self) -> list[Record]:
        """Hand over the records that came in since the last call."""
        records, self._records = self._records, []
        return records

    def data_to_send(self) -> list[bytes]:
        """Hand over what has to go out, oldest first, once the records are taken over."""
        answers, self._answers = self._answers, []
        return answers

    def _refuse(self, txid: bytes) -> Iterable[None]:
        self.outcomes["rejected"] += 1
        self._answers.append(refusal(txid))
        return ()

    def _answer_unknown(self, envelope: Envelope | None) -> Iterable[None]:
        """Acknowledge what is no stream message; only one of a known other type keeps its txid."""
        txid = envelope.txid if envelope is not None and envelope.has_message else None
        self.outcomes["unknown_message"] += 1
        self._answers.append(acknowledgement(txid or b"", b""))
        return ()

    def _take(self, envelope: Envelope, stream: StreamMessage) -> Iterable[None]:
        topic = self._topics.get(envelope.topic or b"", "")
        if topic not in self._wanted and (stream.sender_id or b"") not in self._senders:
            return self._refuse(envelope.txid or b"")
        payload = stream.payload or b""
        kind = MESSAGES.get(topic)
        if kind is None:
            self._accept(envelope, topic, None, payload)
            return ()
        if len(payload) > SLICE:
            return self._take_in_slices(envelope, topic, kind(), payload)
        try:
            message = kind.FromString(payload)
        except DecodeError:
            return self._refuse(envelope.txid or b"")
        if kind is VehicleAlerts or (kind is Payload and may_need_correction(payload)):
            for _ in _correct(message):
                pass  # it is small
        self._accept(envelope, topic, message, payload)
        return ()

    def _take_in_slices(
        self, envelope: Envelope, topic: str, message: Message, payload: bytes
    ) -> Iterator[None]:
        try:
            yield from merge_in_slices(message, payload, SLICE)
        except DecodeError:
            self._refuse(envelope.txid or b"")
            return
        yield from _correct(message)
        self._accept(envelope, topic, message, payload)

    def _accept(self, envelope: Envelope, topic: str, message: Message | None, payload: bytes) -> None:
        """Take a record over if it is wanted, and acknowledge it; the certificate says whose it is."""
        txid = envelope.txid or b""
        vin = self.identity.device_id
        if message is not None:
            message.vin = vin
        if topic in self._wanted:
            self.outcomes["accepted"] += 1
            large = len(payload) > SLICE
            self._records.append(Record(topic, txid, vin, self.client_version, message, payload, large))
        else:
            self.outcomes["accepted_not_dispatched"] += 1
        self._answers.append(acknowledgement(txid, envelope.topic or b""))

    def connectivity(
        self, *, connected: bool, connection_id: str, network_interface: str, at_ns: int
    ) -> Record:
        """Return the record that a receiver makes itself when a socket is opened or ends.

        at_ns: nanoseconds since 1970, by our clock
        """
        message = VehicleConnectivity(
            vin=self.identity.device_id,
            connection_id=connection_id,
            status=ConnectivityEvent.CONNECTED if connected else ConnectivityEvent.DISCONNECTED,
            network_interface=network_interface,
        )
        message.created_at.FromNanoseconds(at_ns)
        return Record(
            TOPIC_CONNECTIVITY,
            connection_id.encode(),
            self.identity.device_id,
            self.client_version,
            message,
            b"",
        )


def _correct(message: Message) -> Iterator[None]:
    """Make the corrections that a message's kind has; each iteration is a pause."""
    if isinstance(message, Payload):
        yield from correct_payload(message)
    elif isinstance(message, VehicleAlerts):
        yield from correct_alerts(message)
