"""What a broker delivers about one car, on its way to the car: without I/O.

Topics tell of values neither their time nor which came together; so what arrives within a moment becomes one
report, as of its arrival. What the broker has kept says nothing of when it was so.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import batched
from typing import Any

from ..decode import alerts, mqtt, payload
from ..decode.mqtt import About, Connectivity
from ..decode.named import field_number, values_of
from ..decode.record import Record
from ..errors import WireError
from ..proto.vehicle_alert_pb2 import VehicleAlerts
from ..proto.vehicle_connectivity_pb2 import ConnectivityEvent, VehicleConnectivity
from ..proto.vehicle_data_pb2 import Payload
from ..vehicle.alert import Alert
from ..vehicle.connectivity import Event
from ..vehicle.signal import UNKNOWN_AGE, Report
from ..vehicle.sources import MQTT
from .links import Links
from .source import PushedCar

AT_ONCE = 50  # alerts or errors that are handled without a pause, about 1 ms
FIELDS_AT_ONCE = 300  # the same of fields; a car has 270
# What is counted where it cannot be read.
TOPIC = "a topic"
ALERT = "an alert"
ERROR = "an error"
CONNECTIVITY = "connectivity"
STATUS = {ConnectivityEvent.CONNECTED: True, ConnectivityEvent.DISCONNECTED: False}


class Broadcast:
    """One car's topics, or records, taken over.

    links: which of its telemetry connections are open
    """

    def __init__(self, car: PushedCar, skipped: Counter[str]) -> None:
        """Deliver to a car.

        skipped: counts what nobody can read
        """
        self.links = Links()
        self._car = car
        self._skipped = skipped
        self._told: tuple[int, str | None] | None = None
        self._live: payload.Values = {}
        self._kept: payload.Values = {}
        self._fields: list[int] = []  # of values that are not counted yet
        self._unnumbered = 0  # values of fields that only a newer schema has, the same

    def take_topic(self, rest: str, text: bytes, now: float, *, retained: bool) -> Iterable[None]:
        """Take over one topic's message, a large one in several goes.

        rest: the part of its topic behind the VIN
        now:  when it arrived, seconds since 1970, by our clock
        """
        topic = mqtt.read_topic(rest)
        if topic is None:
            self._skipped[TOPIC] += 1
            return ()
        about, name = topic
        try:
            raw = mqtt.read_json(text)
        except WireError as error:
            self._skipped[str(error)] += 1
            return ()
        if about is About.CONNECTIVITY:
            self._take_connectivity(mqtt.connectivity_of(raw), now, retained=retained)
            return ()
        if not retained:
            self._heard(now)
        if about is About.FIELD:
            self._take_field(name, raw, retained=retained)
        elif about is About.ERROR:
            self._take_error(name, raw, now, retained=retained)
        elif about is About.ALERT:
            return self._take_alerts(name, [raw], retained=retained)
        elif not isinstance(raw, list):
            self._skipped[ALERT] += 1
        else:
            if not retained:
                # Each alert of the car's record is in here once; the current one is one of them.
                self._car.count(len(raw))
            return self._take_alerts(name, raw, retained=retained)
        return ()

    def take_record(self, record: Record, now: float, *, retained: bool) -> Iterable[None]:
        """Take over one record, a large one in several goes."""
        message = record.message
        if isinstance(message, VehicleConnectivity):
            self._take_connectivity(_connectivity(message), now, retained=retained)
            return ()
        if not retained:
            self._heard(now)
        if isinstance(message, Payload):
            if not retained:
                self._car.count(
                    len(message.data) + len(record.unnamed), [datum.key for datum in message.data]
                )
            self._take_payload(message, now, retained=retained)
        elif message is None:
            return self._take_flat(record, now, retained=retained)
        elif isinstance(message, VehicleAlerts):
            if not retained:
                self._car.count(len(message.alerts))
            return self._tell_alerts(alerts.decode_alerts(message.alerts), snapshot=retained)
        else:
            otherwise = UNKNOWN_AGE if retained else now
            self._car.complain(alerts.decode_errors(message.errors, now, otherwise))
        return ()

    def flush(self, now: float) -> None:
        """Deliver the values that topics have told since the last time.

        now: when the last of them arrived, seconds since 1970, by our clock
        """
        if self._kept:
            kept, self._kept = self._kept, {}
            self._car.apply(Report(kept, UNKNOWN_AGE, MQTT, now, snapshot=True))
        if self._fields or self._unnumbered:
            fields, self._fields = self._fields, []
            unnumbered, self._unnumbered = self._unnumbered, 0
            self._car.count(len(fields) + unnumbered, fields)
        if self._live:
            live, self._live = self._live, {}
            self._car.apply(Report(live, now, MQTT, now))

    def lapse(self, now: float) -> float | None:
        """Forget connections that are not to be believed in any more; return when to look again."""
        again = self.links.lapse(now)
        self.tell_links()
        return again

    def forget(self, _now: float) -> None:
        """Forget all connections: the broker is away, and so is whoever tells of them."""
        self.links = Links()
        self.tell_links()

    def tell_links(self) -> None:
        """Tell the car what has changed of its connections."""
        told = self.links.count, self.links.network_interface
        if told == self._told:
            return
        before, self._told = self._told, told
        self._car.set_links(MQTT, *told)
        if told[0] > (before[0] if before else 0):
            self._car.witness(Event.CONNECTED)

    def _heard(self, now: float) -> None:
        self.links.heard(now)
        self.tell_links()

    def _take_field(self, name: str, raw: Any, *, retained: bool) -> None:
        if name in mqtt.NO_FIELDS:
            return
        if not retained:
            # A field that a record has twice is published once, and so counted once.
            number = field_number(name)
            if number is None:
                self._unnumbered += 1
            else:
                self._fields.append(number)
        (self._kept if retained else self._live).update(values_of(name, raw, self._car.car(), self._skipped))

    def _take_alerts(self, name: str, raw: list[Any], *, retained: bool) -> Iterator[None]:
        for some in batched(raw, AT_ONCE, strict=False):
            read = [mqtt.alert_of(name, one) for one in some]
            self._skipped[ALERT] += read.count(None)
            if known := [one for one in read if one is not None]:
                self._car.alert(known, snapshot=retained)
            yield

    def _tell_alerts(self, told: list[Alert], *, snapshot: bool) -> Iterator[None]:
        for some in batched(told, AT_ONCE, strict=False):
            self._car.alert(some, snapshot=snapshot)
            yield

    def _take_error(self, name: str, raw: Any, now: float, *, retained: bool) -> None:
        complaint = mqtt.complaint_of(name, raw, UNKNOWN_AGE if retained else now, now)
        if complaint is None:
            self._skipped[ERROR] += 1
        else:
            self._car.complain([complaint])

    def _take_connectivity(self, told: Connectivity | None, now: float, *, retained: bool) -> None:
        if told is None:
            self._skipped[CONNECTIVITY] += 1
        elif retained:
            # It may be months old: it counts once the car is heard.
            self.links.keep(told.connection if told.connected else None)
        elif told.connected:
            self.links.opened(told.connection, told.network_interface, now)
        elif told.connected is False:
            self.links.closed(told.connection, now)
        self.tell_links()

    def _take_payload(self, message: Payload, now: float, *, retained: bool) -> None:
        report = payload.decode(message, now, self._car.car(), self._skipped, MQTT)
        if retained:
            report.snapshot = True
            # What it is dated by may be missing, or lie ahead; it was so at some time before now.
            report.at = report.at if report.at < now else UNKNOWN_AGE
        self._car.apply(report)

    def _take_flat(self, record: Record, now: float, *, retained: bool) -> Iterator[None]:
        car = self._car.car()
        values: payload.Values = {}
        for some in batched(record.fields.items(), FIELDS_AT_ONCE, strict=False):
            for name, raw in some:
                values.update(values_of(name, raw, car, self._skipped))
            if not retained:
                numbers = [field_number(name) for name, _ in some]
                self._car.count(len(numbers), [number for number in numbers if number is not None])
            yield
        otherwise = UNKNOWN_AGE if retained else now
        at = record.created_at or 0.0
        at = at if payload.EARLIEST < at < now else otherwise
        self._car.apply(Report(values, at, MQTT, now, snapshot=retained))


def _connectivity(message: VehicleConnectivity) -> Connectivity:
    return Connectivity(
        STATUS.get(message.status), message.connection_id.casefold(), message.network_interface or None
    )
