"""What a car says on one telemetry connection, and what we owe it.

Source: telemetry protocol, sections 5 to 8; tests/vectors/telemetry/
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from google.protobuf.message import DecodeError

from ..errors import WireError
from ..proto.vehicle_alert_pb2 import VehicleAlerts
from ..proto.vehicle_connectivity_pb2 import ConnectivityEvent, VehicleConnectivity
from ..proto.vehicle_data_pb2 import Payload
from ..proto.vehicle_error_pb2 import VehicleErrors
from ..proto.vehicle_metric_pb2 import VehicleMetrics
from .corrections import correct_alerts, correct_payload
from .envelope import STREAM, Envelope, acknowledgement, open_envelope, refusal
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


@dataclass(frozen=True, slots=True)
class Record:
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

    def receive_in_slices(self, message: bytes) -> Iterator[None]:
        """Do the same, and pause where a large message has taken long enough."""
        txid = b""
        try:
            if len(message) > MESSAGE_LIMIT:
                raise WireError(f"{len(message)} bytes exceed {MESSAGE_LIMIT}")  # noqa: TRY301  # one way out
            envelope = open_envelope(message) if message else None
            if envelope is None or not envelope.has_message or envelope.message_type != STREAM:
                self._answer_unknown(envelope)
                return
            txid = envelope.txid or b""
            yield from self._take(envelope, txid)
        except WireError:
            self.outcomes["rejected"] += 1
            self._answers.append(refusal(txid))

    def records_received(self) -> list[Record]:
        """Hand over the records that came in since the last call."""
        records, self._records = self._records, []
        return records

    def data_to_send(self) -> list[bytes]:
        """Hand over what has to go out, oldest first, once the records are taken over."""
        answers, self._answers = self._answers, []
        return answers

    def _answer_unknown(self, envelope: Envelope | None) -> None:
        """Acknowledge what is no stream message; only one of a known other type keeps its txid."""
        has_message = envelope is not None and envelope.has_message
        txid = envelope.txid if envelope is not None and has_message else None
        self.outcomes["unknown_message"] += 1
        self._answers.append(acknowledgement(txid or b"", b""))

    def _take(self, envelope: Envelope, txid: bytes) -> Iterator[None]:
        stream = envelope.message
        assert stream is not None  # noqa: S101  # a stream message, as the caller has made sure
        raw_topic = envelope.topic or b""
        topic = self._topics.get(raw_topic, "")
        wanted = topic in self._wanted
        if not wanted and (stream.sender_id or b"") not in self._senders:
            raise WireError("a sender that is not the certificate's")
        payload = stream.payload or b""
        large = len(payload) > SLICE
        message: Message | None = None
        if topic in MESSAGES:
            message = MESSAGES[topic]()
            try:
                if large:
                    yield from merge_in_slices(message, payload, SLICE)
                else:
                    message.ParseFromString(payload)
            except DecodeError as error:
                raise WireError("a payload that is not its topic's message") from error
            message.vin = self.identity.device_id
            if isinstance(message, Payload):
                yield from correct_payload(message, payload)
            elif isinstance(message, VehicleAlerts):
                yield from correct_alerts(message)
        self.outcomes["accepted" if wanted else "accepted_not_dispatched"] += 1
        if wanted:
            self._records.append(
                Record(topic, txid, self.identity.device_id, self.client_version, message, payload, large)
            )
        self._answers.append(acknowledgement(txid, raw_topic))

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
