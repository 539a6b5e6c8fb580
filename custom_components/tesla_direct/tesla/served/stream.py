"""[I/O] One client of the stream: the cars that it follows, and what it has not taken yet."""

import asyncio
from collections import Counter
from collections.abc import Callable

from aiohttp import WSMsgType, web

from ..vehicle.connectivity import Power
from . import frames
from .bounds import Bounds
from .car import ServedCar
from .refusals import (
    NO_SUBSCRIPTION,
    NOT_A_READ,
    TOO_MANY_CARS,
    TOO_SLOW,
    UNKNOWN_VEHICLE,
)


class Client:
    """Who follows some cars on one connection.

    tags: the cars that it follows, by what it calls them
    """

    def __init__(  # noqa: PLR0913  # what it stands on, each named at the only place that makes one
        self,
        ws: web.WebSocketResponse,
        transport: asyncio.Transport,
        *,
        bounds: Bounds,
        refused: Counter[str],
        opens: Callable[[str], bool],
        find: Callable[[str], ServedCar | None],
    ) -> None:
        """Serve nothing yet.

        refused: counts what was not done, and why
        opens:   tells whether a token is the right one; it remembers who comes with another
        find:    returns the car that is meant by a tag
        """
        self.tags: dict[str, ServedCar] = {}
        self._ws = ws
        self._transport = transport
        self._bounds = bounds
        self._refused = refused
        self._opens = opens
        self._find = find
        # None says that there is nothing more to come.
        self._waiting = asyncio.Queue[str | None](bounds.waiting)

    async def serve(self) -> None:
        """Take what the client sends, and send what it follows, until one of them ends."""
        async with asyncio.TaskGroup() as group:
            writing = group.create_task(self._write(), name="tesla_direct served client")
            try:
                await self._read()
            finally:
                writing.cancel()

    def tell(self, car: ServedCar, value: str) -> None:
        """Have the client told how a car is."""
        for tag in self._called(car):
            self._put(frames.update(tag, value))

    def tell_offline(self, car: ServedCar) -> None:
        """Have the client told that a car is not online any more."""
        for tag in self._called(car):
            self._put(frames.error(tag, frames.VEHICLE_ERROR, frames.VEHICLE_OFFLINE))

    def end(self) -> None:
        """Send the client away, at once."""
        self._transport.abort()

    def _called(self, car: ServedCar) -> list[str]:
        return [tag for tag, followed in self.tags.items() if followed is car]

    def _put(self, text: str | None) -> None:
        try:
            self._waiting.put_nowait(text)
        except asyncio.QueueFull:
            self._refused[TOO_SLOW] += 1
            self.end()

    async def _write(self) -> None:
        """Send what waits, until there is nothing more to come."""
        try:
            while (text := await self._next()) is not None:
                async with asyncio.timeout(self._bounds.write):
                    await self._ws.send_str(text)
            async with asyncio.timeout(self._bounds.write):
                await self._ws.close()
        except TimeoutError:
            self._refused[TOO_SLOW] += 1
            self.end()
        except ConnectionError:
            self.end()  # it has left, as reading will find out

    async def _next(self) -> str | None:
        """Return what waits, once there is something; or that we are there, after a while without.

        Of cars that are not online nothing is said at all: TeslaMate takes the silence for a reason to ask
        whether a car, whose sleep it does not want to disturb, is asleep now.
        """
        silent = 0.0
        while silent < self._bounds.asleep:
            try:
                async with asyncio.timeout(self._bounds.hello):
                    return await self._waiting.get()
            except TimeoutError:
                if not self.tags or any(car.power is Power.ONLINE for car in self.tags.values()):
                    return frames.hello()
                silent += self._bounds.hello
        return None

    async def _read(self) -> None:
        """Take what the client wants, until it leaves or is sent away."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self._bounds.subscribe
        while True:
            followed = bool(self.tags)
            try:
                async with asyncio.timeout_at(None if followed else until):
                    message = await self._ws.receive()
            except TimeoutError:
                self._refused[NO_SUBSCRIPTION] += 1
                return
            if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                return
            self._take(frames.read(message.data))
            if followed:
                until = loop.time() + self._bounds.subscribe

    def _take(self, message: frames.Message) -> None:
        if message.kind == frames.UNSUBSCRIBE:
            self.tags.pop(message.tag, None)
        elif message.kind == frames.SUBSCRIBE:
            self._subscribe(message)
        else:
            self._refused[NOT_A_READ] += 1
            self._put(frames.error(message.tag, frames.CLIENT_ERROR, frames.READ_ONLY))
            self._put(None)

    def _subscribe(self, message: frames.Message) -> None:
        if not self._opens(message.token):
            self._put(frames.error(message.tag, frames.CLIENT_ERROR, frames.WRONG_TOKEN))
            self._put(None)
            return
        car = self._find(message.tag)
        if car is None or len(self.tags.keys() | {message.tag}) > self._bounds.cars:
            self._refused[UNKNOWN_VEHICLE if car is None else TOO_MANY_CARS] += 1
            self._put(frames.error(message.tag, frames.VEHICLE_ERROR, frames.NO_SUCH_VEHICLE))
            return
        self.tags[message.tag] = car
        self._put(frames.hello())
        if car.power is not Power.ONLINE:
            self._put(frames.error(message.tag, frames.VEHICLE_ERROR, frames.VEHICLE_OFFLINE))
        elif (value := car.value()) is not None:
            self._put(frames.update(message.tag, value))
