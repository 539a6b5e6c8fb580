"""[I/O] A look at our own telemetry port from outside, as far as one can stand outside one's own house.

Each address of the public host name is called on by itself, without a client certificate. Our receiver is
recognised by its leaf and by its gate having counted the call; what else answers is named.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
import hashlib
import re
import socket
import ssl

from .first_flight import leaf_shown, speaks_tls
from .reach import Reach, reach_of, relay_of
from .stranger import named, shown
from .tls import verifying

# What our gate counts a call without a client certificate as.
UNCERTIFIED = "peer_did_not_return_a_certificate"
ADDRESSES = 8  # of one name are looked at; two are usual
CHUNK = 65536
LONGEST_HELLO = 65536  # bytes that are kept of what comes in the clear; a chain of certificates has a tenth
LONGEST_ANSWER = 4096  # bytes of whoever answers a request; who it is stands at the beginning
TICK = 0.05  # seconds between looks at what our gate has counted
# With these a web server turns away who has shown no certificate; the last two are nginx's own.
TURNED_AWAY = frozenset({400, 401, 403, 495, 496})
STATUS_LINE = re.compile(rb"HTTP/1\.[01] (\d{3})")
SERVER = re.compile(rb"^server: *([^\r\n]+)", re.IGNORECASE | re.MULTILINE)


class Answer(StrEnum):
    """Who answers at an address."""

    OURS = "ours"
    OTHER_SERVER = "other_server"  # TLS ends there, with a certificate that is not ours
    TUNNEL = "tunnel"  # the same, and it is one that cannot hand a client's certificate on
    NO_TLS = "no_tls"
    REFUSED = "refused"  # at once, or as soon as we have said hello
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"  # this machine has no way there
    LETS_ANYBODY_IN = "lets_anybody_in"
    CHAIN_UNVERIFIED = "chain_unverified"  # cars would not believe it
    NOT_COUNTED = "not_counted"  # our leaf, but not our gate


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one address has answered.

    detail: who else answers, or what is wrong; may be empty
    """

    address: str
    reach: Reach
    answer: Answer
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What the addresses of a host name have answered.

    found: the name has addresses
    """

    host: str
    port: int
    found: bool
    looks: tuple[Look, ...] = ()

    @property
    def ours(self) -> bool:
        """Tell whether every address leads to us that this machine has a way to, and one at least."""
        answers = {look.answer for look in self.looks} - {Answer.UNREACHABLE}
        return answers == {Answer.OURS}

    @property
    def troubles(self) -> tuple[Look, ...]:
        """Return the looks that stand in the way."""
        return tuple(look for look in self.looks if look.answer is not Answer.OURS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long is waited, in seconds.

    resolve:   for the addresses
    connect:   for a connection; the first SYN and its first two repeats are lost by then
    handshake: for each step of it; our gate spreads them
    farewell:  for being turned away, which in TLS 1.3 comes after the handshake
    counted:   for our gate to count it
    """

    resolve: float = 5.0
    connect: float = 5.0
    handshake: float = 10.0
    farewell: float = 5.0
    counted: float = 2.0


type Resolve = Callable[[str, int], Awaitable[list[str]]]


async def addresses_of(host: str, port: int) -> list[str]:
    """Return the addresses of a host name, by this machine's own resolver; OSError if it has none."""
    loop = asyncio.get_running_loop()
    infos = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(info[4][0]) for info in infos))


async def found_by(resolve: Resolve, host: str, port: int, limits: Limits) -> list[str]:
    """Return the addresses of a host name that are looked at; none where nobody knows any in time."""
    try:
        async with asyncio.timeout(limits.resolve):
            return (await resolve(host, port))[:ADDRESSES]
    except OSError, UnicodeError:
        return []


def question(host: str) -> bytes:
    """Return what is asked of whoever shakes hands."""
    return f"GET /status HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()


def status_of(said: bytes) -> int | None:
    """Return the status of an answer to that, None if it is no answer of HTTP."""
    line = STATUS_LINE.match(said)
    return int(line[1]) if line else None


async def probe(  # noqa: PLR0913  # what is looked at, what it should be, and how long it may take
    host: str,
    port: int,
    *,
    leaf: bytes,
    ca: str,
    counted: Callable[[], int],
    resolve: Resolve = addresses_of,
    limits: Limits = Limits(),  # it cannot be changed
) -> Probe:
    """Call on each address of a public host name.

    leaf:    SHA-256 of our leaf's DER
    ca:      PEM of what cars are given to verify it with
    counted: how many calls without a client certificate our gate has counted (`UNCERTIFIED`)
    Raises:  FileUnreadable if `ca` holds no certificate
    """
    addresses = await found_by(resolve, host, port, limits)
    loop = asyncio.get_running_loop()
    verifying, blind = await loop.run_in_executor(None, _contexts, ca)
    caller = _Caller(host, port, leaf, verifying, blind, counted, limits)
    # One after the other, as our gate does not say whom it has counted.
    looks = [await caller.look(address) for address in addresses]
    return Probe(host=host, port=port, found=bool(addresses), looks=tuple(looks))


def _contexts(ca: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return a context that verifies as cars do, and one that does not; blocks."""
    blind = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    blind.check_hostname = False
    blind.verify_mode = ssl.CERT_NONE
    contexts = verifying(ca), blind
    for context in contexts:
        context.set_alpn_protocols(["http/1.1"])
    return contexts


class _Failed(Exception):
    """Nobody was met."""

    def __init__(self, answer: Answer, detail: str = "") -> None:
        super().__init__(detail)
        self.answer = answer
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class _Met:
    """Who was met.

    leaf:        DER of the certificate, None where it was not shown
    turned_away: for want of a client certificate
    said:        what is known besides of who it is
    """

    leaf: bytes | None
    turned_away: bool
    said: str = ""


@dataclass(frozen=True, slots=True)
class _Caller:
    """Calls on the addresses of one host name."""

    host: str
    port: int
    leaf: bytes
    verifying: ssl.SSLContext
    blind: ssl.SSLContext
    counted: Callable[[], int]
    limits: Limits

    async def look(self, address: str) -> Look:
        """Find out who answers at an address."""
        answer, detail = await self._answer(address)
        return Look(address=address, reach=reach_of(address), answer=answer, detail=detail)

    async def _answer(self, address: str) -> tuple[Answer, str]:
        before, doubt = self.counted(), ""
        try:
            try:
                met = await self._meet(address, self.verifying)
            except ssl.SSLCertVerificationError as error:
                before, doubt = self.counted(), error.verify_message
                met = await self._meet(address, self.blind)
        except _Failed as error:
            return error.answer, error.detail
        if met.leaf is None or self.leaf != hashlib.sha256(met.leaf).digest():
            return self._stranger(address, met)
        if not met.turned_away:
            return Answer.LETS_ANYBODY_IN, met.said
        if doubt:
            return Answer.CHAIN_UNVERIFIED, doubt
        return (Answer.OURS if await self._counts(before) else Answer.NOT_COUNTED), ""

    def _stranger(self, address: str, met: _Met) -> tuple[Answer, str]:
        """Name whoever it is."""
        names, who = named(met.leaf)
        relay = relay_of(address, (self.host, *names))
        if relay is None and met.said.lower() == "cloudflare":
            relay = "Cloudflare"
        if relay is not None:
            return Answer.TUNNEL, relay
        return Answer.OTHER_SERVER, ", ".join(filter(None, (who, met.said)))

    async def _counts(self, before: int) -> bool:
        """Tell whether our gate has counted a call; its side of it may end a little later than ours."""
        try:
            async with asyncio.timeout(self.limits.counted):
                while self.counted() <= before:  # noqa: ASYNC110  # a gate rings no bell for each stranger
                    await asyncio.sleep(TICK)
        except TimeoutError:
            return False
        return True

    async def _meet(self, address: str, context: ssl.SSLContext) -> _Met:
        """Connect, shake hands, and see whether we are turned away.

        Raises: _Failed, SSLCertVerificationError
        """
        try:
            async with asyncio.timeout(self.limits.connect):
                reader, writer = await asyncio.open_connection(address, self.port)
        except ConnectionRefusedError:
            raise _Failed(Answer.REFUSED) from None
        except TimeoutError:
            raise _Failed(Answer.TIMEOUT) from None
        except OSError as error:
            raise _Failed(Answer.UNREACHABLE, error.strerror or "") from None
        call = _Call(reader, writer, context, self.host, self.limits)
        try:
            return await call.meet()
        except TimeoutError:
            raise _Failed(Answer.TIMEOUT) from None
        except ConnectionError:
            raise _Failed(Answer.REFUSED) from None
        finally:
            writer.transport.abort()


class _Call:
    """One connection, on which TLS is spoken by hand, so that what stands in the clear is heard too."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        context: ssl.SSLContext,
        host: str,
        limits: Limits,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._host = host
        self._limits = limits
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)
        self._heard = bytearray()

    async def meet(self) -> _Met:
        """Shake hands and ask for something.

        Raises: _Failed, SSLCertVerificationError, TimeoutError, ConnectionError
        """
        try:
            await self._turns(self._tls.do_handshake, self._limits.handshake)
        except ssl.SSLCertVerificationError:
            raise
        except (ssl.SSLError, ConnectionError) as error:
            return self._stopped(error)
        leaf = self._tls.getpeercert(binary_form=True)
        self._tls.write(question(self._host))
        try:
            said = await self._turns(lambda: self._tls.read(LONGEST_ANSWER), self._limits.farewell)
        except ssl.SSLError, ConnectionError:
            return _Met(leaf=leaf, turned_away=True)
        server = SERVER.search(said)
        return _Met(
            leaf=leaf,
            turned_away=not said or status_of(said) in TURNED_AWAY,
            said=shown(server[1].decode(errors="replace")) if server else "",
        )

    def _stopped(self, error: ssl.SSLError | ConnectionError) -> _Met:
        """Return whom a handshake was ended by; up to TLS 1.2 also for want of a client certificate.

        Raises: _Failed, ConnectionError
        """
        heard = bytes(self._heard)
        if not heard:
            raise error
        if not speaks_tls(heard):
            raise _Failed(Answer.NO_TLS, "HTTP" if heard.startswith(b"HTTP/") else "") from None
        reason = (error.reason or "") if isinstance(error, ssl.SSLError) else ""
        return _Met(leaf=leaf_shown(heard), turned_away=True, said=shown(reason.lower().replace("_", " ")))

    async def _turns[T](self, step: Callable[[], T], limit: float) -> T:
        """Take a step of TLS, with as many messages as it needs."""
        async with asyncio.timeout(limit):
            while True:
                try:
                    return step()
                except ssl.SSLWantReadError:
                    pass
                finally:
                    self._writer.write(self._outgoing.read())
                data = await self._reader.read(CHUNK)
                if not data:
                    raise ConnectionResetError
                self._heard += data[: LONGEST_HELLO - len(self._heard)]
                self._incoming.write(data)
