"""The server's MQTT dispatcher, over a real broker; also a bridge that publishes whole records as JSON.

Source: telemetry protocol, sections 12 and 13
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
import json
from random import Random
import socket
from typing import Any, Self

from paho.mqtt.client import Client, MQTTMessageInfo
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

from .json_record import NoJson, json_record
from .record import ERRORS, Record
from .render import Message, Ruinous, Unhandled, Unrenderable, published
from .server import Crashed, NotDispatched

RETRY_S = 0.2  # real seconds between two tries to reach the broker; Tesla's waits ten
PUBLISH_LIMIT = 2.5  # real seconds for all messages of a record
CONNECT_LIMIT = 30.0  # real seconds; Tesla's server ends when its broker is not there by then
CLOSE_LIMIT = 1.0  # real seconds to say goodbye
MISC_S = 1.0  # real seconds between two looks at keep-alive
TOPICS, RECORDS = "topics", "records"


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttConfig:
    """The dispatcher's part of the server's configuration.

    form:       "topics", Tesla's own, one for each value; "records", a bridge's, with whole records in JSON
    topic_base: of topics; of records the namespace, which stands before `_V` and its like
    """

    host: str
    port: int
    topic_base: str = "telemetry"
    form: str = TOPICS
    qos: int = 0
    retained: bool = False
    username: str = ""
    password: str = ""
    client_id: str = ""
    keep_alive_s: int = 30


class Publisher:
    """Keeps one connection to a broker, in the running loop, and publishes over it."""

    def __init__(self, config: MqttConfig) -> None:
        """Connect nowhere yet."""
        self.config = config
        self.connects = self.published = 0
        self._up = asyncio.Event()
        self._down = asyncio.Event()
        self._down.set()
        self._waiting: dict[int, asyncio.Future[None]] = {}
        self._run: asyncio.Task[None] | None = None
        self._misc: asyncio.Task[None] | None = None
        self._client = self._made()

    async def __aenter__(self) -> Self:
        """Connect; a broker that is not there is tried again until it is."""
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Disconnect."""
        await self.close()

    @property
    def connected(self) -> bool:
        """Tell whether the broker has taken the connection."""
        return self._up.is_set()

    async def open(self, limit: float = CONNECT_LIMIT) -> None:
        """Connect.

        Raises: TimeoutError where the broker does not come up; Tesla's server ends then
        """
        loop = asyncio.get_running_loop()
        self._run = loop.create_task(self._keep_connected(), name="mqtt connection")
        self._misc = loop.create_task(self._keep_alive(), name="mqtt keep-alive")
        async with asyncio.timeout(limit):
            await self._up.wait()

    async def close(self) -> None:
        """Disconnect, and try no more."""
        tasks = [task for task in (self._run, self._misc) if task is not None]
        self._run = self._misc = None
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        if self._client.disconnect() == MQTTErrorCode.MQTT_ERR_SUCCESS:
            with suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_LIMIT):
                    await self._down.wait()

    def cut(self) -> None:
        """End the connection at once, without goodbye."""
        sock = self._client.socket()
        if isinstance(sock, socket.socket):
            sock.shutdown(socket.SHUT_RDWR)

    async def until_connected(self, limit: float = CONNECT_LIMIT) -> None:
        """Return once there is a connection.

        Raises: TimeoutError
        """
        async with asyncio.timeout(limit):
            await self._up.wait()

    async def lost(self, limit: float = CONNECT_LIMIT) -> None:
        """Return once there is no connection.

        Raises: TimeoutError
        """
        async with asyncio.timeout(limit):
            await self._down.wait()

    async def publish(
        self, messages: Iterable[tuple[str, str | bytes]], *, retained: bool | None = None
    ) -> None:
        """Publish messages, and return once the broker has them as far as the quality of service says.

        retained: instead of what the configuration says
        Raises: NotDispatched
        """
        retain = self.config.retained if retained is None else retained
        if not self.connected:
            raise NotDispatched("the broker is not there")
        try:
            infos = [self._client.publish(*message, self.config.qos, retain) for message in messages]
        except ValueError as error:  # no broker takes a topic with a wildcard in it
            raise NotDispatched(str(error)) from error
        try:
            async with asyncio.timeout(PUBLISH_LIMIT):
                for info in infos:
                    await self._arrived(info)
        except TimeoutError as error:
            raise NotDispatched("the broker took its time") from error
        self.published += len(infos)

    async def _arrived(self, info: MQTTMessageInfo) -> None:
        if info.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise NotDispatched("the broker is not there")
        if not info.is_published():
            waiting = self._waiting[info.mid] = asyncio.get_running_loop().create_future()
            await waiting

    def _made(self) -> Client:
        config = self.config
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=config.client_id,
            clean_session=True,
            reconnect_on_failure=False,
        )
        client.max_queued_messages_set(0)
        client.max_inflight_messages_set(0)
        if config.username:
            client.username_pw_set(config.username, config.password)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_publish = self._on_publish
        client.on_socket_open = self._on_socket_open
        client.on_socket_close = self._on_socket_close
        client.on_socket_register_write = self._on_write
        client.on_socket_unregister_write = self._on_written
        return client

    async def _keep_connected(self) -> None:
        while True:
            self._down.clear()
            with suppress(OSError):
                self._client.connect(self.config.host, self.config.port, self.config.keep_alive_s)
                await self._down.wait()
            await asyncio.sleep(RETRY_S)

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(MISC_S)
            self._client.loop_misc()

    def _on_connect(self, _client: Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if not reason.is_failure:
            self.connects += 1
            self._up.set()

    def _on_disconnect(self, *_: Any) -> None:
        self._up.clear()
        self._down.set()
        waiting, self._waiting = self._waiting, {}
        for one in waiting.values():
            if not one.done():
                one.set_exception(NotDispatched("the broker went"))

    def _on_publish(self, _client: Client, _data: Any, mid: int, _reason: Any, _properties: Any) -> None:
        if (waiting := self._waiting.pop(mid, None)) and not waiting.done():
            waiting.set_result(None)

    def _on_socket_open(self, client: Client, _data: Any, sock: Any) -> None:
        asyncio.get_running_loop().add_reader(sock, client.loop_read)

    def _on_socket_close(self, _client: Client, _data: Any, sock: Any) -> None:
        asyncio.get_running_loop().remove_reader(sock)
        asyncio.get_running_loop().remove_writer(sock)

    def _on_write(self, client: Client, _data: Any, sock: Any) -> None:
        asyncio.get_running_loop().add_writer(sock, client.loop_write)

    def _on_written(self, _client: Client, _data: Any, sock: Any) -> None:
        asyncio.get_running_loop().remove_writer(sock)


class MqttDispatcher(Publisher):
    """Publishes records."""

    def __init__(self, config: MqttConfig, random: Random) -> None:
        """Publish with the chance of a world."""
        super().__init__(config)
        self.random = random

    async def __call__(self, record: Record) -> None:
        """Publish one record.

        Raises: NotDispatched, Crashed
        """
        messages, failure = self.written(record)
        await self.publish(messages)
        if failure:
            raise NotDispatched(failure)

    def written(self, record: Record) -> tuple[list[Message], str]:
        """Return what a record becomes, in an order of chance as Go's maps have it, and what failed.

        Raises: Crashed
        """
        told: list[Message] = []
        failure = ""
        try:
            if self.config.form == RECORDS:
                told.append(self._whole(record))
            else:
                for message in published(record, self.config.topic_base):
                    told.append(message)  # noqa: PERF402  # what came before a failure stays
        except Ruinous as error:
            raise Crashed(str(error)) from error
        except (Unhandled, Unrenderable, NoJson) as error:
            failure = str(error)
        if record.topic != ERRORS:  # two errors of one name are published one after the other
            self.random.shuffle(told)
        return told, failure

    def _whole(self, record: Record) -> Message:
        text = json.dumps(json_record(record), separators=(",", ":"), ensure_ascii=False)
        return Message(f"{self.config.topic_base}_{record.topic}", text)
