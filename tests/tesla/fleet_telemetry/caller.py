"""Whoever calls the telemetry port: a car, or somebody else.

Speaks WebSocket by hand, so that it can misbehave.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
import socket
import ssl
from typing import Self

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
LIMIT = 60.0  # seconds after which a test has waited long enough
MASK = b"\x12\x34\x56\x78"


async def until(condition: Callable[[], object]) -> None:
    """Let the loop turn until something is so."""
    async with asyncio.timeout(LIMIT):
        while not condition():  # noqa: ASYNC110  # what is waited for is on the other side of a socket
            await asyncio.sleep(0)


async def passed(seconds: float) -> None:
    """Let the loop turn until its clock has gone on."""
    now = asyncio.get_running_loop().time
    then = now() + seconds
    await until(lambda: now() >= then)


async def turns(count: int) -> None:
    """Let the loop turn a number of times."""
    for _ in range(count):
        await asyncio.sleep(0)


def knock(port: int, *, source: str = "127.0.0.1") -> socket.socket:
    """Connect without a word; `source` is one of the loopback addresses."""
    sock = socket.create_connection(("127.0.0.1", port), source_address=(source, 0))
    sock.settimeout(0)
    return sock


def hello(server_name: str | None, context: ssl.SSLContext | None = None) -> bytes:
    """Return what a TLS client sends first."""
    client = context or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    outgoing = ssl.MemoryBIO()
    tls = client.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=server_name)
    try:
        tls.do_handshake()
    except ssl.SSLWantReadError:
        return outgoing.read()
    raise AssertionError("nobody has answered yet")


async def shake_hands(sock: socket.socket, context: ssl.SSLContext, *, at_a_time: int = 65_536) -> None:
    """Shake hands by hand, sending so many bytes at a time; afterwards nobody answers to anything."""
    loop = asyncio.get_running_loop()
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(incoming, outgoing)
    done = False
    async with asyncio.timeout(LIMIT):
        while not done:
            try:
                tls.do_handshake()
                done = True
            except ssl.SSLWantReadError:
                pass
            while data := outgoing.read(at_a_time):
                await loop.sock_sendall(sock, data)
                await turns(3)
            if not done:
                incoming.write(await loop.sock_recv(sock, 65_536))


async def closed(sock: socket.socket) -> bytes:
    """Wait until the other side has closed; return what it had said before."""
    loop = asyncio.get_running_loop()
    heard = b""
    async with asyncio.timeout(LIMIT):
        try:
            while data := await loop.sock_recv(sock, 65_536):
                heard += data
        except ConnectionError:
            pass
        finally:
            sock.close()
    return heard


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered with."""

    status: int
    headers: dict[str, str]
    body: bytes = b""


class Caller:
    """One TLS connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def call(
        cls, port: int, context: ssl.SSLContext, *, name: str | None = None, source: str = "127.0.0.1"
    ) -> Self:
        """Connect and shake hands."""
        async with asyncio.timeout(LIMIT):
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", port, ssl=context, server_hostname=name or "", local_addr=(source, 0)
            )
        return cls(reader, writer)

    @property
    def transport(self) -> asyncio.WriteTransport:
        return self._writer.transport

    def write(self, data: bytes) -> None:
        self._writer.write(data)

    async def ask(self, request: str, headers: dict[str, str | bytes] | None = None) -> Answer:
        """Send a request, as in "GET /"; return the answer, its body whole."""
        lines = [f"{request} HTTP/1.1".encode(), b"Host: x"]
        lines += [
            name.encode() + b": " + (value if isinstance(value, bytes) else value.encode())
            for name, value in (headers or {}).items()
        ]
        self.write(b"\r\n".join([*lines, b"", b""]))
        return await self.answer()

    async def answer(self) -> Answer:
        """Read an answer."""
        async with asyncio.timeout(LIMIT):
            head = (await self._reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            fields = dict(line.lower().split(": ", 1) for line in head[1:] if line)
            body = await self._reader.readexactly(int(fields.get("content-length", "0")))
        return Answer(int(head[0].split()[1]), fields, body)

    async def upgrade(self, path: str = "/", /, **headers: str | bytes) -> Answer:
        """Ask for a WebSocket; names of headers are written with underscores."""
        asked: dict[str, str | bytes] = {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        }
        asked |= {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.ask(f"GET {path}", {name: value for name, value in asked.items() if value != ""})

    def send(self, payload: bytes, opcode: int = BINARY, *, last: bool = True) -> None:
        """Send one frame."""
        self.write(ws_frame(payload, opcode, last=last))

    async def receive(self) -> tuple[int, bytes]:
        """Read one frame; return its opcode and its payload."""
        async with asyncio.timeout(LIMIT):
            first, length = await self._reader.readexactly(2)
            if length > 125:
                length = int.from_bytes(await self._reader.readexactly(2 if length == 126 else 8))
            assert first & 0x70 == 0  # neither compressed nor anything else that was not agreed
            return first & 0x0F, await self._reader.readexactly(length)

    async def hear(self) -> bytes:
        """Read a binary message."""
        opcode, payload = await self.receive()
        assert opcode == BINARY
        return payload

    async def rest(self) -> bytes:
        """Wait until the other side has ended the connection; return what it had said before."""
        heard = b""
        async with asyncio.timeout(LIMIT):
            try:
                while data := await self._reader.read(65_536):
                    heard += data
            except ConnectionError, ssl.SSLError:
                pass
        self.leave()
        return heard

    def leave(self) -> None:
        """End the connection without a word."""
        self._writer.transport.abort()

    def stop_reading(self) -> None:
        """Take nothing any more."""
        transport = self._writer.transport
        assert isinstance(transport, asyncio.Transport)
        transport.pause_reading()


def ws_frame(payload: bytes, opcode: int = BINARY, *, last: bool = True) -> bytes:
    """Write a frame as a client does, with a mask."""
    if len(payload) < 126:
        length = bytes([0x80 | len(payload)])
    elif len(payload) < 65_536:
        length = b"\xfe" + len(payload).to_bytes(2)
    else:
        length = b"\xff" + len(payload).to_bytes(8)
    padded = MASK * (len(payload) // 4 + 1)
    masked = int.from_bytes(payload) ^ int.from_bytes(padded[: len(payload)])
    return bytes([(0x80 if last else 0) | opcode]) + length + MASK + masked.to_bytes(len(payload))
