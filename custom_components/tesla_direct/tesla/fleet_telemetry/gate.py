"""[I/O] The gate in front of the telemetry port: whoever is no car costs as little as possible.

Strangers wait here until their first TLS message is complete; only then is a handshake begun, and
handshakes together get a bounded share of the loop's time. At the cap the oldest unfinished one goes, never
the newcomer: behind Docker or a pass-through everybody has the same address, and a car is among them.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
import logging
import socket
import ssl

from .hello import Verdict, judge

_LOGGER = logging.getLogger(__name__)

HANDSHAKE_LIMIT = (
    10.0  # seconds from the first packet to the end of the handshake; a car on LTE needs one or two
)
CAP = 256  # unfinished handshakes over all; a car's share of 200 slow strangers a second lives 1.3 s
BACKLOG = 128  # connections the kernel holds for us
ACCEPT_AT_ONCE = 16  # connections taken in one turn of the loop
PRESSURE = 32  # handshakes waiting for their turn from which on a hello has to ask for our name
HANDSHAKE_SHARE = 0.3  # of the loop's time
KNOWN_ADDRESSES = 64  # addresses a car got in from, which go first when there is a queue
SWEEP = 1.0  # seconds between looks for strangers whose time is over
OUT_OF_FILES_PAUSE = 1.0  # seconds without accepting after the system had no file descriptor left
# A dead peer is noticed after about two minutes: 60 s of silence, then four probes 15 s apart.
KEEP_ALIVE = (
    (socket.SOL_SOCKET, "SO_KEEPALIVE", 1),
    (socket.IPPROTO_TCP, "TCP_KEEPIDLE", 60),
    (socket.IPPROTO_TCP, "TCP_KEEPINTVL", 15),
    (socket.IPPROTO_TCP, "TCP_KEEPCNT", 4),
)


@dataclass(slots=True, eq=False)
class Stranger:
    """A connection whose handshake is not finished.

    since: when it came, by the loop's clock
    task:  its handshake, once that has begun
    """

    sock: socket.socket
    address: str
    since: float
    watched: bool = False
    task: asyncio.Task[None] | None = None


class Gate:
    """Accepts connections on one port, and hands over those whose TLS handshake succeeds."""

    def __init__(
        self,
        context: ssl.SSLContext,
        admit: Callable[[], asyncio.Protocol],
        *,
        server_names: frozenset[str],
        handshake_cost: float,
        on_admitted: Callable[[asyncio.Transport], None],
    ) -> None:
        """Prepare to guard a port.

        admit:          makes the protocol that talks to whoever got in
        server_names:   what cars ask for; under pressure nobody else gets a handshake
        handshake_cost: seconds of processor time of one handshake on this machine
        """
        self.context = context
        self.server_names = server_names
        self.refused: Counter[str] = Counter()
        self.admitted = 0
        self._admit = admit
        self._on_admitted = on_admitted
        self._spacing = handshake_cost / HANDSHAKE_SHARE
        self._loop = asyncio.get_running_loop()
        self._listeners: list[socket.socket] = []
        self._strangers: dict[Stranger, None] = {}  # oldest first
        self._waiting: deque[Stranger] = deque()
        self._known: dict[str, None] = {}
        self._next_start = 0.0
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def listen(self, sockets: list[socket.socket]) -> None:
        """Begin to accept on sockets that are bound and listening."""
        for sock in sockets:
            sock.settimeout(0)
            self._listeners.append(sock)
            self._loop.add_reader(sock, self._accept, sock)

    async def close(self) -> None:
        """Stop accepting, and drop everybody who is not in yet."""
        for sock in self._listeners:
            self._loop.remove_reader(sock)
            sock.close()
        self._listeners.clear()
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        tasks = [stranger.task for stranger in self._strangers if stranger.task]
        for stranger in tuple(self._strangers):
            self._drop(stranger, "closing")
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def unfinished(self) -> int:
        """Return how many handshakes have not come to an end."""
        return len(self._strangers)

    def _accept(self, listener: socket.socket) -> None:
        for _ in range(ACCEPT_AT_ONCE):
            try:
                sock, address = listener.accept()
            except BlockingIOError, InterruptedError, ConnectionAbortedError:
                return
            except OSError as error:
                # No file descriptor left: the connection waits in the kernel, so look away for a while.
                _LOGGER.debug("Telemetry port cannot accept: %s", error)
                self._loop.remove_reader(listener)
                self._later("accept", OUT_OF_FILES_PAUSE, lambda: self.listen_again(listener))
                return
            sock.settimeout(0)
            self._meet(Stranger(sock, str(address[0]), self._loop.time()))

    def listen_again(self, listener: socket.socket) -> None:
        """Accept again after a pause."""
        if listener in self._listeners:
            self._loop.add_reader(listener, self._accept, listener)

    def _meet(self, stranger: Stranger) -> None:
        if len(self._strangers) >= CAP:
            self._drop(self._most_dispensable(), "crowded_out")
        self._strangers[stranger] = None
        if "sweep" not in self._timers:
            self._later("sweep", SWEEP, self._sweep)
        self._look(stranger)

    def _most_dispensable(self) -> Stranger:
        """Return the oldest of the address that holds most of the places."""
        places = Counter(stranger.address for stranger in self._strangers)
        crowd = places.most_common(1)[0][0]
        return next(stranger for stranger in self._strangers if stranger.address == crowd)

    def _look(self, stranger: Stranger) -> None:
        """Look at what a stranger has sent without taking it; the TLS layer will read it."""
        try:
            data = stranger.sock.recv(20_000, socket.MSG_PEEK)
        except BlockingIOError, InterruptedError:
            self._watch(stranger, 1)
            return
        except OSError:
            self._drop(stranger, "connection_lost")
            return
        if not data:
            self._drop(stranger, "connection_lost")
            return
        judgement = judge(data)
        if judgement.verdict is Verdict.INCOMPLETE:
            self._watch(stranger, judgement.needed)
        elif judgement.verdict is not Verdict.HELLO:
            self._drop(stranger, judgement.verdict.value)
        elif len(self._waiting) >= PRESSURE and judgement.server_name not in self.server_names:
            self._drop(stranger, "wrong_name_under_pressure")
        else:
            self._unwatch(stranger)
            if stranger.address in self._known:
                self._waiting.appendleft(stranger)
            else:
                self._waiting.append(stranger)
            self._start_next()

    def _watch(self, stranger: Stranger, needed: int) -> None:
        """Come back when `needed` bytes are there; with fewer the kernel keeps quiet."""
        stranger.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, needed)
        if not stranger.watched:
            stranger.watched = True
            self._loop.add_reader(stranger.sock, self._look, stranger)

    def _unwatch(self, stranger: Stranger) -> None:
        if stranger.watched:
            stranger.watched = False
            self._loop.remove_reader(stranger.sock)

    def _start_next(self) -> None:
        """Begin the next handshake if its turn has come, so that all of them get their share and no more."""
        if "start" in self._timers:
            return
        wait = self._next_start - self._loop.time()
        if wait > 0:
            self._later("start", wait, self._start_next)
            return
        while self._waiting:
            stranger = self._waiting.popleft()
            if stranger in self._strangers:
                self._next_start = self._loop.time() + self._spacing
                stranger.task = self._loop.create_task(self._handshake(stranger), name="telemetry handshake")
                break
        if self._waiting:
            self._later("start", self._spacing, self._start_next)

    async def _handshake(self, stranger: Stranger) -> None:
        stranger.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
        for level, name, value in KEEP_ALIVE:
            if (option := getattr(socket, name, None)) is not None:
                stranger.sock.setsockopt(level, option, value)
        try:
            transport, _ = await self._loop.connect_accepted_socket(
                self._admit,
                stranger.sock,
                ssl=self.context,
                ssl_handshake_timeout=HANDSHAKE_LIMIT,
                ssl_shutdown_timeout=1.0,
            )
        except ssl.SSLError as error:
            self._refuse(stranger, (error.reason or "tls_error").lower())
        except ConnectionAbortedError:  # asyncio's word for a handshake that took too long
            self._refuse(stranger, "too_slow")
        except OSError:
            self._refuse(stranger, "connection_lost")
        else:
            self.admitted += 1
            self._remember(stranger.address)
            self._on_admitted(transport)
        finally:
            self._strangers.pop(stranger, None)

    def _remember(self, address: str) -> None:
        """Let the next one from this address go first, as far as there is room for it."""
        self._known.pop(address, None)
        self._known[address] = None
        if len(self._known) > KNOWN_ADDRESSES:
            del self._known[next(iter(self._known))]

    def _refuse(self, stranger: Stranger, reason: str) -> None:
        self.refused[reason] += 1
        _LOGGER.debug("Telemetry port: refused %s: %s", stranger.address, reason)

    def _drop(self, stranger: Stranger, reason: str) -> None:
        """Send a stranger away before its handshake came to an end."""
        self._strangers.pop(stranger, None)
        self._refuse(stranger, reason)
        self._unwatch(stranger)
        if stranger.task:
            stranger.task.cancel()
        else:
            stranger.sock.close()

    def _sweep(self) -> None:
        """Drop those whose time is over; they stand in the order in which they came."""
        too_old = self._loop.time() - HANDSHAKE_LIMIT
        for stranger in tuple(self._strangers):
            if stranger.since > too_old:
                break
            self._drop(stranger, "too_slow")
        if self._strangers:
            self._later("sweep", SWEEP, self._sweep)

    def _later(self, name: str, delay: float, then: Callable[[], None]) -> None:
        """Do something later, unless that is planned already."""

        def due() -> None:
            del self._timers[name]
            then()

        if name not in self._timers:
            self._timers[name] = self._loop.call_later(delay, due)
