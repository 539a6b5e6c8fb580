"""A subscriber to a broker, in the running loop, for tests to see what is published."""

import asyncio
from collections.abc import Callable
import json
from typing import Any, NamedTuple, override

from paho.mqtt.client import Client, MQTTMessage

from simulator.broker import Broker
from simulator.fleet_telemetry.mqtt import MqttConfig, Publisher


class Got(NamedTuple):
    """A message as it arrived."""

    topic: str
    payload: str
    retained: bool

    @property
    def json(self) -> Any:
        return json.loads(self.payload)


class Listener(Publisher):
    """Subscribes to everything and keeps it."""

    def __init__(self, broker: Broker) -> None:
        super().__init__(
            MqttConfig(host=broker.host, port=broker.port, username=broker.username, password=broker.password)
        )
        self.got: list[Got] = []
        self.came = asyncio.Event()
        self._client.on_message = self._on_message
        self._client.on_subscribe = lambda *_: self.came.set()

    @override
    async def open(self, limit: float = 5.0) -> None:
        await super().open(limit)
        self._client.subscribe("#")
        await self.until(self.came.is_set)

    async def until(self, reached: Callable[[], Any]) -> None:
        async with asyncio.timeout(60):
            while not reached():
                self.came.clear()
                await self.came.wait()

    def at(self, topic: str) -> list[Got]:
        return [one for one in self.got if one.topic == topic]

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        self.got.append(Got(message.topic, message.payload.decode(), message.retain))
        self.came.set()
