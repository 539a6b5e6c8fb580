"""What our own telemetry server delivers about one car."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import batched

from google.protobuf.message import DecodeError

from ..decode import alerts, payload
from ..decode.payload import Car
from ..fleet_telemetry.connection import TOPIC_METRICS, Record
from ..fleet_telemetry.server import Link
from ..proto.vehicle_alert_pb2 import VehicleAlerts
from ..proto.vehicle_data_pb2 import Datum, Payload
from ..proto.vehicle_error_pb2 import VehicleErrors
from ..proto.vehicle_metric_pb2 import VehicleMetrics
from ..vehicle.connectivity import Event
from ..vehicle.sources import RECEIVER
from .source import Sink

AT_ONCE = 50  # alerts or errors of a record that are handled without a pause, about 1 ms
METRICS_LIMIT = 100  # metrics of a car's telemetry client that are kept, by name


class ReceiverSource:
    """A subscriber of the telemetry server: records in, readings out.

    skipped: fields that nobody can read yet, counted by name or number
    metrics: the newest of what the car's telemetry client measures of itself
    """

    def __init__(self, sink: Sink, car: Callable[[], Car]) -> None:
        """Deliver to `sink`; `car` tells what has to be known to read the records."""
        self.links: list[Link] = []
        self.skipped: Counter[str] = Counter()
        self.metrics: dict[str, float] = {}
        self._sink = sink
        self._car = car

    def announce(self) -> None:
        """Say how many connections are open, before anything has happened."""
        self._tell_links()

    def link_opened(self, link: Link) -> None:
        """Learn that the car has connected: it is awake."""
        self.links.append(link)
        self._tell_links()
        self._sink.witness(Event.CONNECTED)

    def link_closed(self, link: Link) -> None:
        """Learn that a connection has ended; another one may still be open."""
        if link in self.links:
            self.links.remove(link)
        self._tell_links()

    def take(self, record: Record, received: float) -> Iterable[None]:
        """Take a record over; a large one in several goes."""
        message = record.message
        if isinstance(message, Payload):
            if record.large:
                return self._take_large(message, received)
            self._count(message.data)
            self._sink.apply(payload.decode(message, received, self._car(), self.skipped))
        elif isinstance(message, VehicleAlerts):
            self._sink.count(len(message.alerts))
            return self._take_alerts(message)
        elif isinstance(message, VehicleErrors):
            return self._take_errors(message, received)
        elif record.topic == TOPIC_METRICS:
            return self._take_metrics(record)
        return ()

    def _take_large(self, message: Payload, received: float) -> Iterator[None]:
        yield from payload.decode_in_slices(message, received, self._car(), self.skipped, self._sink.apply)
        for start in range(0, len(message.data), payload.SLICE):
            self._count(message.data[start : start + payload.SLICE])
            yield

    def _count(self, data: Sequence[Datum]) -> None:
        """Count each datum: Tesla bills what is invalid or sent again, too."""
        self._sink.count(len(data), [datum.key for datum in data])

    def _take_alerts(self, message: VehicleAlerts) -> Iterator[None]:
        for some in batched(message.alerts, AT_ONCE, strict=False):
            self._sink.alert(alerts.decode_alerts(some))
            yield

    def _take_errors(self, message: VehicleErrors, received: float) -> Iterator[None]:
        for some in batched(message.errors, AT_ONCE, strict=False):
            self._sink.complain(alerts.decode_errors(some, received))
            yield

    def _take_metrics(self, record: Record) -> Iterator[None]:
        try:
            message = VehicleMetrics.FromString(record.payload)
        except DecodeError:
            self.skipped["metrics"] += 1
            return
        for metric in message.metrics:
            if metric.name in self.metrics or len(self.metrics) < METRICS_LIMIT:
                self.metrics[metric.name] = metric.value
            yield

    def _tell_links(self) -> None:
        newest = self.links[-1].network_interface if self.links else None
        self._sink.set_links(RECEIVER, len(self.links), newest)
