"""A car that hears what is delivered, and a broker that knows who has subscribed to what."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
import json
from typing import Any
from zoneinfo import ZoneInfo

from custom_components.tesla_direct.tesla.decode.payload import Car
from custom_components.tesla_direct.tesla.source.broker import Message, Subscribe
from custom_components.tesla_direct.tesla.source.mqtt import Form, MqttSource
from custom_components.tesla_direct.tesla.source.source import Health
from custom_components.tesla_direct.tesla.vehicle.alert import Alert, Complaint
from custom_components.tesla_direct.tesla.vehicle.connectivity import Event
from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal, Report
from custom_components.tesla_direct.tesla.vehicle.sources import MQTT

VIN = "5YJ3E1EA7KF000001"
OTHER = "5YJSA1E26MF000002"
NOW = 1_791_360_000.0


class Listener:
    """A car that keeps whatever is delivered, in the order of its arrival."""

    def __init__(self, car: Car | None = None, source: str = MQTT) -> None:
        self.source = source
        self.reports: list[Report] = []
        self.events: list[Event] = []
        self.alerts: list[Alert] = []
        self.kept_alerts: list[Alert] = []
        self.complaints: list[Complaint] = []
        self.links: list[tuple[int, str | None]] = []
        self.signals = 0
        self.fields: Counter[int] = Counter()
        self.about = Car(zone=ZoneInfo("Europe/London")) if car is None else car

    def car(self) -> Car:
        return self.about

    def apply(self, report: Report) -> None:
        self.reports.append(report)

    def witness(self, event: Event) -> None:
        self.events.append(event)

    def alert(self, alerts: Iterable[Alert], *, snapshot: bool = False) -> None:
        (self.kept_alerts if snapshot else self.alerts).extend(alerts)

    def complain(self, complaints: Iterable[Complaint]) -> None:
        self.complaints += complaints

    def count(self, signals: int, fields: Sequence[int] = ()) -> None:
        self.signals += signals
        self.fields.update(fields)

    def set_links(self, source: str, links: int, network_interface: str | None = None) -> None:
        assert source == self.source
        self.links.append((links, network_interface))

    @property
    def values(self) -> dict[AnySignal, Any]:
        """Return what was said last of each fact."""
        return {signal: value for report in self.reports for signal, value in report.values.items()}


class Subscriptions:
    """Who has subscribed to what; messages go to all whose filter fits, as with Home Assistant's MQTT."""

    def __init__(self) -> None:
        self.by_filter: dict[str, Callable[[Message], None]] = {}
        self.asked: list[str] = []
        self.refusals: list[Exception] = []

    async def subscribe(self, topic: str, hear: Callable[[Message], None]) -> Callable[[], None]:
        self.asked.append(topic)
        if self.refusals:
            raise self.refusals.pop(0)
        self.by_filter[topic] = hear

        def end() -> None:
            del self.by_filter[topic]

        return end

    def publish(self, topic: str, payload: bytes | str, *, retained: bool = False) -> None:
        content = payload.encode() if isinstance(payload, str) else payload
        for topic_filter, hear in tuple(self.by_filter.items()):
            if fits(topic_filter, topic):
                hear(Message(topic, content, retained))


def fits(topic_filter: str, topic: str) -> bool:
    """Return whether a topic is one of a filter's."""
    wanted, levels = topic_filter.split("/"), topic.split("/")
    for number, level in enumerate(wanted):
        if level == "#":
            return True
        if number >= len(levels) or level not in ("+", levels[number]):
            return False
    return len(wanted) == len(levels)


class Listened:
    """A source of one car or several, its broker, and a clock."""

    def __init__(
        self, *vins: str, form: Form = Form.TOPICS, topic: str = "telemetry", car: Car | None = None
    ) -> None:
        self.now = NOW
        self.broker = Subscriptions()
        self.cars = {vin: Listener(car) for vin in vins or (VIN,)}
        self.car = next(iter(self.cars.values()))
        self.healths: list[Health] = []
        self.found: list[str] = []
        self.slept: list[float] = []
        self.form, self.topic = form, topic
        self.source = self.made(self.broker.subscribe)

    def made(self, subscribe: Subscribe) -> MqttSource:
        """Return a source of these cars that subscribes in this way."""
        return MqttSource(
            self.cars,
            form=self.form,
            topic=self.topic,
            subscribe=subscribe,
            clock=lambda: self.now,
            on_health=self.healths.append,
            on_stranger=self.found.append,
            sleep=self._sleep,
        )

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def publish(self, topic: str, content: Any, *, retained: bool = False, vin: str = VIN) -> None:
        """Publish below a car's topic, and have it taken over."""
        self.broker.publish(f"telemetry/{vin}/{topic}", json.dumps(content), retained=retained)
        self.take_over()

    def publish_record(self, record: Any, topic: str = "records/V", *, retained: bool = False) -> None:
        """Publish a whole record, and have it taken over."""
        content = record if isinstance(record, bytes | str) else json.dumps(record)
        self.broker.publish(topic, content, retained=retained)
        self.take_over()

    def take_over(self) -> int:
        """Take over what has come in; return how often that paused."""
        return len(list(self.source.take_over()))
