"""One telemetry connection: mutual TLS, WebSocket, one binary frame for each record."""

import asyncio
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
import socket
import ssl
from typing import Literal, override

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from .stream import StreamConfig

CONNECT_LIMIT = 10.0  # real seconds for TCP, TLS and upgrade together
CLOSE_LIMIT = 2.0  # real seconds that a receiver has to answer a close frame
LARGEST_ANSWER = 65536  # bytes; acknowledgements have about a hundred
OFFERED_WINDOW = 15  # of permessage-deflate, which cars offer and cannot stand to have accepted

# What can go wrong on the way to an open connection.
TROUBLES = (aiohttp.ClientError, OSError, TimeoutError)


type WebSocket = aiohttp.ClientWebSocketResponse[Literal[True]]


class NotHere(OSError):
    """The configuration names an address outside this machine."""


class CompressionAccepted(aiohttp.ClientError):
    """The receiver accepted compression; a car cannot go on."""


class Loopback(AbstractResolver):
    """Finds every name on this machine, so that a car never leaves it."""

    @override
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=0, flags=0)
        ]

    @override
    async def close(self) -> None:
        """Hold nothing that would have to be closed."""


class Link:
    """An open connection.

    ended: set to have it closed in good order
    ghost: the network died without a word; the other side still believes in it
    """

    def __init__(self, ws: WebSocket, connection: str, interface: str) -> None:
        """Take over an upgraded connection."""
        self._ws = ws
        self.connection = connection
        self.interface = interface
        self.ended = asyncio.Event()
        self.ghost = False
        self.answers = 0

    async def send(self, frame: bytes) -> None:
        """Send one record."""
        await self._ws.send_bytes(frame)

    async def receive(self) -> aiohttp.WSMessage:
        """Return what comes next, pings included."""
        return await self._ws.receive()

    async def pong(self, data: bytes) -> None:
        """Answer a ping."""
        await self._ws.pong(data)

    async def close(self) -> None:
        """Say goodbye and close."""
        await self._ws.close()

    def cut(self) -> None:
        """End it at once, without goodbye, as when the network goes."""
        raw = self._ws.get_extra_info("socket")
        if raw is not None:
            with suppress(OSError):  # it may be gone already
                raw.shutdown(socket.SHUT_RDWR)


def context(config: StreamConfig, credential: Path) -> ssl.SSLContext:
    """Make the car's TLS: its own certificate, and the configuration's `ca` alone is trusted.

    Raises: ssl.SSLError where the `ca` is no certificate
    """
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    tls.minimum_version = ssl.TLSVersion.TLSv1_2
    tls.load_cert_chain(credential)
    try:
        tls.load_verify_locations(cadata=config.ca)
    except ValueError as error:  # what Python says to an empty text
        raise ssl.SSLError(str(error)) from error
    return tls


async def connect(
    session: aiohttp.ClientSession,
    config: StreamConfig,
    credential: Path,
    *,
    headers: dict[str, str],
) -> Link:
    """Open a connection to where the configuration says, on this machine.

    Raises: one of TROUBLES
    """
    if _elsewhere(config.hostname):
        raise NotHere(f"{config.hostname} is not on this machine")
    async with asyncio.timeout(CONNECT_LIMIT):
        ws = await session.ws_connect(
            f"https://{config.hostname}:{config.port}/",
            ssl=context(config, credential),
            headers=headers,
            compress=OFFERED_WINDOW,
            autoping=False,
            max_msg_size=LARGEST_ANSWER,
            timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_LIMIT),
        )
    link = Link(ws, headers["X-TXID"], headers["X-Network-Interface"])
    if ws.compress:
        link.cut()
        await link.close()
        raise CompressionAccepted("the receiver accepted permessage-deflate")
    return link


def _elsewhere(hostname: str) -> bool:
    try:
        return not ip_address(hostname).is_loopback
    except ValueError:
        return False
