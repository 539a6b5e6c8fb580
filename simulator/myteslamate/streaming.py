"""The streaming server: WebSockets in TeslaMate's way, fed by what is pushed to it.

A self-hosted one is fed by Google Pub/Sub, which pushes what a Fleet Telemetry server publishes there:
POST / with {"message": {"data": <base64 of the record's JSON>}}, which is always answered 200.

Source: providers, sections 2 and 5
"""

import asyncio
import base64
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
import json
from typing import Any, Self

from aiohttp import WSMsgType, web

from ..cloud.answers import Answer
from ..fleet_telemetry.pubsub import Envelope
from .columns import Columns
from .listener import CONNECTION_TIMEOUT_MS, HELLO_S, Ending, Listener, error, hello
from .shown import Shown

PATHS = ("/streaming/", "/streaming")
SHUTDOWN_S = 0.05  # real seconds that a socket has when the server goes down
UNTIL_LIMIT = 30.0  # real seconds that a test or a demo waits for a client
SUBSCRIBE, SUBSCRIBE_RAW = "data:subscribe_oauth", "data:subscribe_all"
OK = {"status": "ok"}

# Asks the service about a car with a client's token; None where no answer came.
type Check = Callable[[str, str], Awaitable[Answer | None]]


def by_vin(vin: str) -> tuple[str, ...]:
    """Call a car by its VIN."""
    return (vin,)


class StreamingServer:
    """Listens for clients, each of which holds some cars; the newest one holds a car alone.

    check:    who is asked whether a token is good; None lets everybody in
    tags:     what a car may be called: its VIN, its number at Tesla, or both
    enforces: a token that is not good is refused in the plain form too, not in the raw form only
    hello_s:  real seconds between two signs of life on new sockets
    stalling: so many sockets from now on never say anything
    upgrades: what who asks for a socket gets instead: a status; 0 is no answer at all, None a socket
    refusals: what clients are told of a car whatever the service says
    storming: cars of which it is said at every subscription that their link has dropped
    original: bad tokens are answered in the words of Tesla's own server of old, and sockets stay
    shown:    its certificate; None where it speaks plainly
    counts:   sockets, subscriptions, refusals, frames pushed, forwarded and dropped
    """

    def __init__(
        self,
        *,
        port: int = 0,
        shown: Shown | None = None,
        check: Check | None = None,
        tags: Callable[[str], tuple[str, ...]] = by_vin,
    ) -> None:
        """Prepare to listen; port 0 takes any free one."""
        self.port, self.shown, self.check, self.tags = port, shown, check, tags
        self.enforces = self.binary = self.original = False
        self.hello_s = HELLO_S
        self.stalling = 0
        self.upgrades: int | None = None
        self.columns = Columns()
        self.listeners: list[Listener] = []
        self.refusals: dict[str, str] = {}
        self.storming: set[str] = set()
        self.counts: Counter[str] = Counter()
        self._holders: dict[str, Listener] = {}
        self._raw: set[str] = set()
        self._refused: set[tuple[str, str]] = set()
        self._moved, self._over = asyncio.Event(), asyncio.Event()
        self._runner: web.ServerRunner | None = None

    async def __aenter__(self) -> Self:
        """Begin to listen."""
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop listening."""
        await self.close()

    @property
    def address(self) -> str:
        """Return its address, to which clients append /streaming/."""
        return f"{'wss' if self.shown else 'ws'}://127.0.0.1:{self.port}"

    @property
    def push_address(self) -> str:
        """Return where Pub/Sub is told to push to."""
        return f"{'https' if self.shown else 'http'}://127.0.0.1:{self.port}/"

    async def open(self) -> None:
        """Begin to listen, on the port it had."""
        if self._runner is None:
            runner = web.ServerRunner(web.Server(self._serve, access_log=None), shutdown_timeout=SHUTDOWN_S)
            await runner.setup()
            tls = self.shown.context if self.shown else None
            await web.TCPSite(runner, "127.0.0.1", self.port, ssl_context=tls).start()
            self.port = runner.addresses[0][1]
            self._runner = runner
            self._over.clear()

    async def close(self) -> None:
        """Stop listening and drop every client."""
        runner, self._runner = self._runner, None
        self._over.set()
        if runner is not None:
            await runner.cleanup()

    async def present(self, shown: Shown | None) -> None:
        """Show another certificate from now on, or none."""
        await self.close()
        self.shown = shown
        await self.open()

    async def restart(self) -> None:
        """Start anew, with nothing known of cars and tokens."""
        await self.close()
        self.columns.forget()
        self._refused.clear()
        await self.open()

    def holder(self, tag: str) -> Listener | None:
        """Return who is told of a car."""
        return self._holders.get(tag)

    def hold(self, tag: str, listener: Listener) -> None:
        """Let somebody be told of a car, and nobody else."""
        self._holders[tag] = listener
        self._moved.set()

    async def until(self, reached: Callable[[], bool], limit: float = UNTIL_LIMIT) -> None:
        """Return once something has come true that a client or a push can change; in real seconds.

        Raises: TimeoutError
        """
        async with asyncio.timeout(limit):
            while not reached():
                self._moved.clear()
                await self._moved.wait()

    async def take(self, message: Envelope | Any) -> bool:
        """Take what Pub/Sub pushes, whether it can be read or not; tell whether anybody was there."""
        if self._runner is None:
            return False
        try:
            document = json.loads(_ascii(base64.b64decode(message["message"]["data"])))
        except KeyError, TypeError, ValueError:
            self.counts["unreadable"] += 1
        else:
            self.push(document)
        return True

    def push(self, pushed: Any) -> None:
        """Take what telemetry says of a car, and tell whoever holds it."""
        self.counts["pushed"] += 1
        try:
            tags = self.tags(pushed["vin"])
            frame = None if self._raw & set(tags) else self.columns.frame(pushed)
        except KeyError, TypeError, AttributeError:
            self.counts["unreadable"] += 1
            return
        for tag in tags:
            if tag in self._raw:
                self.tell(tag, pushed)
            elif frame is not None:
                self.tell(tag, {"msg_type": "data:update", "tag": tag, "value": frame})
        self._moved.set()

    def tell(self, tag: str, message: Mapping[str, Any] | str) -> None:
        """Tell whoever holds a car; nobody hears it where nobody does."""
        holder = self._holders.get(tag)
        said = message if isinstance(message, str) else json.dumps(message, separators=(",", ":"))
        self.counts["told" if holder is not None and holder.tell(said) else "lost"] += 1

    def end(self, how: Ending = "clean") -> None:
        """End every open socket."""
        for listener in tuple(self.listeners):
            listener.end(how)

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path in PATHS and request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._upgraded(request)
        if request.path == "/" and request.method == "POST":
            try:
                message = json.loads(await request.text())
            except ValueError:
                message = None
            await self.take(message)
            return web.json_response(OK)
        if request.path == "/" and request.method == "GET":
            return web.json_response(OK)
        return web.Response(status=404)

    async def _upgraded(self, request: web.BaseRequest) -> web.StreamResponse:
        if self.upgrades is None:
            return await self._listen(request)
        self.counts["not upgraded"] += 1
        self._moved.set()
        if self.upgrades:
            return web.Response(status=self.upgrades)
        await self._over.wait()
        return web.Response(status=503)

    async def _listen(self, request: web.BaseRequest) -> web.StreamResponse:
        listener = Listener(self.hello_s, binary=self.binary)
        await listener.socket.prepare(request)
        self.counts["sockets"] += 1
        if self.stalling > 0:
            self.stalling -= 1
            listener.stall()
        self.listeners.append(listener)
        self._moved.set()
        writing = asyncio.create_task(listener.write(request), name="stream of MyTeslaMate")
        try:
            async for message in listener.socket:
                if message.type in {WSMsgType.TEXT, WSMsgType.BINARY}:
                    await self._heard(listener, message.data)
                else:
                    await listener.answer(message.type, message.data)
        finally:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
            self._gone(listener)
        return listener.socket

    async def _heard(self, listener: Listener, said: str | bytes) -> None:
        """Take what a client says; leaving a car changes nothing, nor does nonsense."""
        try:
            message = json.loads(said)
            kind, tag = message.get("msg_type"), str(message.get("tag"))
        except ValueError, AttributeError:
            self.counts["nonsense"] += 1
            return
        self.counts[str(kind)] += 1
        if kind not in {SUBSCRIBE, SUBSCRIBE_RAW}:
            return
        self.hold(tag, listener)  # before anybody has been asked whether that may be
        wrong = await self._wrong(tag, str(message.get("token") or ""))
        raw = kind == SUBSCRIBE_RAW
        if wrong and (raw or self.enforces or tag in self.refusals):
            self._refuse(listener, tag, wrong)
            return
        if raw:
            self._raw.add(tag)
        listener.tell(hello(tag if raw else ""))
        if tag in self.storming:
            listener.tell(error(tag, "vehicle_disconnected"))

    def _refuse(self, listener: Listener, tag: str, wrong: str) -> None:
        self.counts["refused"] += 1
        if self.original:
            listener.tell(error(tag, "client_error", f"Can't validate token. {wrong}"))
            return
        refusal = {"msg_type": "error", "error_detail": wrong, "connection_timeout": CONNECTION_TIMEOUT_MS}
        listener.tell(json.dumps(refusal))
        listener.end()

    async def _wrong(self, tag: str, token: str) -> str:
        """Say what is wrong with a token, or with the car; nothing if nothing is."""
        if tag in self.refusals:
            return self.refusals[tag]
        if not token.strip():
            return "Token is missing or empty"
        if (tag, token) in self._refused:
            return "Token invalid (already tried)"
        return self._judged(tag, token, await self.check(tag, token)) if self.check else ""

    def _judged(self, tag: str, token: str, answer: Answer | None) -> str:
        """Say what a service's answer means; what is no clear no is a yes."""
        if answer is None:
            return "Error: socket hang up"
        if answer.status == 401:
            self._refused.add((tag, token))
            return answer.text
        return _unfit(answer) if answer.status == 200 else ""

    def _gone(self, listener: Listener) -> None:
        """Forget a client; who was not told while it held a car is not told now either."""
        self.listeners.remove(listener)
        for tag in [tag for tag, holder in self._holders.items() if holder is listener]:
            del self._holders[tag]
            self._raw.discard(tag)
        self._moved.set()


def _ascii(data: bytes) -> str:
    """Read a text as the service does, which has only heard of seven bits: a name may end all."""
    return bytes(byte & 0x7F for byte in data).decode("ascii")


def _unfit(answer: Answer) -> str:
    """Say why a car does not stream, by its configuration."""
    try:
        response = json.loads(answer.text)["response"]
    except (KeyError, TypeError, ValueError) as error:
        return str(error)
    if not response or not response.get("synced"):
        return "Fleet telemetry is not synced"
    return "" if response.get("config") else "No telemetry configuration available"
