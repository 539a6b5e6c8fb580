"""[I/O] The gate in front of the telemetry port: whoever is no car costs as little as possible.

Strangers wait here until their first TLS message is complete; only then is a handshake begun, and
handshakes together get a bounded share of the loop's time. When all places are taken the oldest unfinished
one goes, never the newcomer: behind Docker or a pass-through everybody has the same address, and a car is
among them.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
import logging
import socket
import ssl

from .bounds import Bounds
from .gathered import Gathering
from .hello import Verdict, judge

_LOGGER = logging.getLogger(__name__)

ACCEPT_AT_ONCE = 16  # connections taken in one turn of the loop
PEEK = 20_000  # bytes of a stranger that are looked at; a TLS record has 16,645 at most
# A dead peer is noticed after about two minutes: 60 s of silence, then four probes 15 s apart. The kernel
# does not probe while an answer of ours is on the way, so that has its own limit, in milliseconds.
KEEP_ALIVE = (
    (socket.SOL_SOCKET, "SO_KEEPALIVE", 1),
    (socket.IPPROTO_TCP, "TCP_KEEPIDLE", 60),
    (socket.IPPROTO_TCP, "TCP_KEEPINTVL", 15),
    (socket.IPPROTO_TCP, "TCP_KEEPCNT", 4),
    (socket.IPPROTO_TCP, "TCP_USER_TIMEOUT", 120_000),
)


@dataclass(slots=True, eq=False)
class Stranger:
    """A connection whose handshake is not finished.

    network: where it comes from
    peer:    it calls from where the user's proxy is
    outside: it calls from outside, as far as its address tells
    since:   when it came, by the loop's clock
    seen:    how many bytes it had sent when we last looked
    watched: whether we are told when there is more
    task:    its handshake, once that has begun
    """

    sock: socket.socket
    network: str
    peer: bool
    outside: bool
    since: float
    seen: int = 0
    watched: bool = False
    task: asyncio.Task[None] | None = None


class Gate:
    """Accepts connections on one port, and hands over those whose TLS handshake succeeds.

    context:      shows our certificate; may be replaced at any time, for the handshakes that follow
    peer_context: the same for a proxy of the user's, which shows no certificate of its own; whoever gets in
                  by this one has yet to prove who it is
    outside:      how many callers from outside, by their address, have sent a hello
    """

    def __init__(  # noqa: PLR0913  # what a port has, and what its server wants to know
        self,
        context: ssl.SSLContext,
        admit: Callable[[], asyncio.Protocol],
        *,
        server_names: Iterable[str],
        handshake_cost: float,
        on_admitted: Callable[[asyncio.Transport], None],
        bounds: Bounds,
        is_peer: Callable[[str], bool] = lambda _: False,
    ) -> None:
        """Prepare to guard a port.

        admit:          makes the protocol that talks to whoever got in
        server_names:   what cars ask for; under pressure nobody else gets a handshake
        handshake_cost: seconds of processor time of one handshake on this machine
        is_peer:        whether an address is one where a proxy of the user's is
        """
        self.context = context
        self.peer_context: ssl.SSLContext | None = None
        self.outside = 0
        self.refused: Counter[str] = Counter()
        self.admitted = 0
        self._names = frozenset(map(_asked_for, server_names))
        self._is_peer = is_peer
        self._admit = admit
        self._on_admitted = on_admitted
        self._bounds = bounds
        self._spacing = handshake_cost / bounds.handshake_share
        self._loop = asyncio.get_running_loop()
        self._listeners: list[socket.socket] = []
        self._strangers: dict[Stranger, None] = {}  # oldest first
        self._waiting: dict[Stranger, None] = {}  # those whose handshake can begin
        self._known: dict[str, None] = {}
        self._next_start = 0.0
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def listen(self, sockets: Iterable[socket.socket]) -> None:
        """Begin to accept on sockets that are bound and listening."""
        self._listeners.extend(sockets)
        for sock in self._listeners:
            sock.settimeout(0)
        self._accept_again()

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
        await asyncio.gather(*tasks)

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
                # No file descriptor left: connections wait in the kernel, so look away for a while.
                _LOGGER.debug("Telemetry port cannot accept: %s", error)
                self._loop.remove_reader(listener)
                self._later("accept", self._bounds.out_of_files, self._accept_again)
                return
            sock.settimeout(0)
            self._meet(self._stranger(sock, str(address[0])))

    def _stranger(self, sock: socket.socket, address: str) -> Stranger:
        outside = is_outside(address, str(sock.getsockname()[0]))
        return Stranger(sock, network_of(address), self._is_peer(address), outside, self._loop.time())

    def _accept_again(self) -> None:
        for listener in self._listeners:
            self._loop.add_reader(listener, self._accept, listener)

    def _meet(self, stranger: Stranger) -> None:
        if len(self._strangers) >= self._bounds.places:
            self._drop(self._most_dispensable(), "crowded_out")
        self._strangers[stranger] = None
        self._later("sweep", self._bounds.sweep, self._sweep)
        self._look(stranger)

    def _most_dispensable(self) -> Stranger:
        """Return the oldest from the network that holds most of the places."""
        places = Counter(stranger.network for stranger in self._strangers)
        crowd = places.most_common(1)[0][0]
        return next(stranger for stranger in self._strangers if stranger.network == crowd)

    def _look(self, stranger: Stranger) -> None:
        """Look at what a stranger has sent without taking it; the TLS layer will read it."""
        try:
            data = stranger.sock.recv(PEEK, socket.MSG_PEEK)
        except BlockingIOError, InterruptedError:
            self._watch(stranger, 1)
            return
        except OSError:
            self._drop(stranger, "connection_lost")
            return
        # Called without a byte more than last time: nothing will follow, the other side is done sending.
        if len(data) == stranger.seen:
            self._drop(stranger, "connection_lost")
            return
        stranger.seen = len(data)
        judgement = judge(data)
        if judgement.verdict is Verdict.INCOMPLETE:
            self._watch(stranger, judgement.needed)
        elif judgement.verdict is not Verdict.HELLO:
            self._drop(stranger, judgement.verdict.value)
        elif len(self._waiting) >= self._bounds.pressure and judgement.server_name not in self._names:
            self._drop(stranger, "wrong_name_under_pressure")
        else:
            self._unwatch(stranger)
            self.outside += stranger.outside
            self._waiting[stranger] = None
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
        if not self._waiting:
            return
        wait = self._next_start - self._loop.time()
        if wait <= 0:
            stranger = next((one for one in self._waiting if one.network in self._known), None)
            stranger = stranger or next(iter(self._waiting))
            del self._waiting[stranger]
            self._next_start = self._loop.time() + self._spacing
            handshake = self._handshake(stranger)
            stranger.task = asyncio.create_task(handshake, name="telemetry handshake", eager_start=True)
            wait = self._spacing
        if self._waiting:
            self._later("start", wait, self._start_next)

    async def _handshake(self, stranger: Stranger) -> None:
        try:
            _prepare(stranger.sock)
            transport, protocol = await self._loop.connect_accepted_socket(
                lambda: Gathering(self._admit),
                stranger.sock,
                ssl=(stranger.peer and self.peer_context) or self.context,
                ssl_handshake_timeout=self._bounds.handshake,
                ssl_shutdown_timeout=self._bounds.farewell,
            )
        except ssl.SSLError as error:
            self._failed(stranger, (error.reason or "tls_error").lower())
        except ConnectionAbortedError:  # asyncio's word for a handshake that took too long
            self._failed(stranger, "too_slow")
        except OSError:
            self._failed(stranger, "connection_lost")
            stranger.sock.close()
        else:
            if stranger not in self._strangers:  # dropped in the last moment
                transport.abort()
                return
            del self._strangers[stranger]
            self.admitted += 1
            self._remember(stranger.network)
            self._on_admitted(protocol.transport)

    def _failed(self, stranger: Stranger, reason: str) -> None:
        """Note why a handshake has failed, unless we have ended it ourselves."""
        if stranger in self._strangers:
            del self._strangers[stranger]
            self._refuse(stranger, reason)

    def _remember(self, network: str) -> None:
        """Let the next one from this network go first, as far as there is room for it."""
        self._known.pop(network, None)
        self._known[network] = None
        if len(self._known) > self._bounds.known_networks:
            del self._known[next(iter(self._known))]

    def _refuse(self, stranger: Stranger, reason: str) -> None:
        self.refused[reason] += 1
        _LOGGER.debug("Telemetry port: refused %s: %s", stranger.network, reason)

    def _drop(self, stranger: Stranger, reason: str) -> None:
        """Send a stranger away before its handshake came to an end."""
        del self._strangers[stranger]
        self._waiting.pop(stranger, None)
        self._refuse(stranger, reason)
        self._unwatch(stranger)
        if stranger.task:
            # The transport closes it when it sees the end; cancelling would have it say goodbye first.
            with suppress(OSError):
                stranger.sock.shutdown(socket.SHUT_RDWR)
        else:
            stranger.sock.close()

    def _sweep(self) -> None:
        """Drop those whose time is over; they stand in the order in which they came."""
        too_old = self._loop.time() - self._bounds.handshake
        for stranger in tuple(self._strangers):
            if stranger.since > too_old:
                break
            self._drop(stranger, "too_slow")
        if self._strangers:
            self._later("sweep", self._bounds.sweep, self._sweep)

    def _later(self, name: str, delay: float, then: Callable[[], None]) -> None:
        """Do something later, unless that is planned already."""

        def due() -> None:
            del self._timers[name]
            then()

        if name not in self._timers:
            self._timers[name] = self._loop.call_later(delay, due)


def network_of(address: str) -> str:
    """Return whom an address belongs to: for IPv6 the first 64 bits, as one machine has all that follow."""
    if ":" not in address:
        return address
    return ":".join(ip_address(address).exploded.split(":")[:4])


def is_outside(address: str, own: str) -> bool:
    """Tell whether somebody has a public address, and one of another network than ours."""
    try:
        return ip_address(address).is_global and network_of(address) != network_of(own)
    except ValueError:
        return False


def _asked_for(name: str) -> str:
    """Return what a client asks for that was told this host name: nothing if it is an address."""
    try:
        ip_address(name)
    except ValueError:
        return name.lower()
    return ""


def _prepare(sock: socket.socket) -> None:
    """Have the kernel report every byte again, and find out whether the other side is still there."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
    for level, name, value in KEEP_ALIVE:
        if (option := getattr(socket, name, None)) is not None:
            sock.setsockopt(level, option, value)
