"""Google Pub/Sub between a Fleet Telemetry server and whoever has what it publishes pushed to it.

Nothing is lost there and little is promised: what is not taken is pushed again, some comes twice, and
the order is whatever it turns out to be.

Source: providers, section 2, "Upstream"
"""

import asyncio
import base64
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Mapping
import json
from typing import Any, Self

import aiohttp

from .json_record import NoJson, json_record
from .record import DATA, Record

SUBSCRIPTION = "projects/example/subscriptions/telemetry_V"
KEPT = 1000  # messages that nobody has taken; Google keeps them for days

type Envelope = Mapping[str, Any]
# Tells whether the message was taken.
type Deliver = Callable[[Envelope], Awaitable[bool]]


class PubSub:
    """A dispatcher whose records are pushed on, as JSON.

    topics: of those records that are published
    twice:  every message comes two times
    """

    def __init__(self, deliver: Deliver, topics: Collection[str] = (DATA,)) -> None:
        """Have whatever is published delivered."""
        self.topics = frozenset(topics)
        self.twice = False
        self.published = 0
        self.backlog: deque[Envelope] = deque(maxlen=KEPT)
        self._deliver = deliver
        self._held: deque[Record] | None = None
        self._delivering = asyncio.Lock()

    async def __call__(self, record: Record) -> None:
        """Publish a record, if it is of a topic that is published."""
        if record.topic not in self.topics:
            return
        if self._held is None:
            await self._publish(record)
        elif self._held:
            earlier = self._held.popleft()
            await self._publish(record)
            await self._publish(earlier)
        else:
            self._held.append(record)

    async def reorder(self, *, on: bool = True) -> None:
        """Deliver of every two records the second first."""
        held, self._held = self._held, deque() if on else None
        for record in held or ():
            await self._publish(record)

    def repeat(self, *, on: bool = True) -> None:
        """Deliver every message twice."""
        self.twice = on

    async def _publish(self, record: Record) -> None:
        try:
            text = json.dumps(json_record(record), ensure_ascii=False)
        except NoJson:
            return
        self.published += 1
        message = envelope(text, self.published)
        self.backlog.extend([message] * (2 if self.twice else 1))
        async with self._delivering:
            while self.backlog and await self._deliver(self.backlog[0]):
                self.backlog.popleft()


class HttpPush:
    """Delivers by POST, as Google does; an asynchronous context manager."""

    def __init__(self, url: str) -> None:
        """Push to an address; whoever answers there is believed."""
        self._url = url
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Get ready."""
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Push nothing any more."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def __call__(self, message: Envelope) -> bool:
        """Push a message; tell whether it was taken."""
        if self._session is None:
            return False
        try:
            async with self._session.post(self._url, json=message, ssl=False) as response:
                return response.status < 300
        except aiohttp.ClientError:
            return False


def envelope(text: str, number: int = 1) -> Envelope:
    """Put a text into the form in which it is pushed."""
    data = base64.b64encode(text.encode()).decode()
    return {
        "message": {"data": data, "messageId": str(number), "attributes": {}},
        "subscription": SUBSCRIPTION,
    }
