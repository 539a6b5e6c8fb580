import asyncio
from collections.abc import AsyncIterator
import socket

import pytest

from custom_components.tesla_direct.tesla.fleet_telemetry.gathered import Gathered, Gathering

PATIENCE = 60.0  # seconds


class Recorder(asyncio.Protocol):
    """A protocol that notes what happens to it."""

    def __init__(self) -> None:
        self.transport: asyncio.BaseTransport | None = None
        self.received = b""
        self.over = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.received += data

    def connection_lost(self, _error: Exception | None) -> None:
        self.over.set()


class Ends:
    """Both ends of a connection; ours is gathered."""

    def __init__(self, ours: Gathered, protocol: Recorder, theirs: socket.socket) -> None:
        self.ours = ours
        self.protocol = protocol
        self.theirs = theirs

    async def read(self) -> bytes:
        async with asyncio.timeout(PATIENCE):
            return await asyncio.get_running_loop().sock_recv(self.theirs, 1_000_000)


@pytest.fixture
async def ends() -> AsyncIterator[Ends]:
    ours, theirs = socket.socketpair()
    theirs.settimeout(0)
    protocol = Recorder()
    _, gathering = await asyncio.get_running_loop().create_connection(
        lambda: Gathering(lambda: protocol), sock=ours
    )
    yield Ends(gathering.transport, protocol, theirs)
    gathering.transport.abort()
    theirs.close()
    await protocol.over.wait()


class Written(asyncio.Transport):
    """A transport that notes each write."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[bytes] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.writes.append(bytes(data))

    def is_closing(self) -> bool:
        return False


async def test_what_is_written_in_one_turn_goes_out_together() -> None:
    behind = Written()
    transport = Gathered(behind)
    for part in (b"a", bytearray(b"b"), memoryview(b"c")):
        transport.write(part)
    transport.writelines([b"d", b"e"])
    assert not behind.writes

    await asyncio.sleep(0)
    assert behind.writes == [b"abcde"]

    transport.write(b"f")
    await asyncio.sleep(0)
    assert behind.writes == [b"abcde", b"f"]


async def test_closing_sends_what_was_written_first(ends: Ends) -> None:
    ends.ours.write(b"last words")
    ends.ours.close()

    assert ends.ours.is_closing()
    assert await ends.read() == b"last words"
    assert await ends.read() == b""


async def test_ending_at_once_does_not_take_back_what_was_written(ends: Ends) -> None:
    ends.ours.write(b"last words")
    ends.ours.abort()

    assert await ends.read() == b"last words"
    assert await ends.read() == b""


async def test_what_is_written_after_the_end_is_dropped(ends: Ends) -> None:
    ends.ours.close()
    ends.ours.write(b"too late")
    await asyncio.sleep(0)

    assert await ends.read() == b""
    assert ends.ours.get_write_buffer_size() == 0


async def test_who_does_not_read_is_noticed(ends: Ends) -> None:
    assert ends.ours.get_write_buffer_size() == 0
    for _ in range(100):
        ends.ours.write(bytes(50_000))
        await asyncio.sleep(0)

    assert ends.ours.get_write_buffer_size() > 1_000_000


async def test_the_protocol_is_served_as_if_nobody_stood_in(ends: Ends) -> None:
    assert ends.protocol.transport is ends.ours
    assert ends.ours.get_extra_info("socket").type == socket.SOCK_STREAM
    assert ends.ours.get_extra_info("nothing", 7) == 7

    ends.ours.pause_reading()
    assert not ends.ours.is_reading()
    ends.theirs.send(b"hello")
    await asyncio.sleep(0.01)
    assert ends.protocol.received == b""

    ends.ours.resume_reading()
    async with asyncio.timeout(PATIENCE):
        while ends.protocol.received != b"hello":  # noqa: ASYNC110  # a protocol has nothing to wait for
            await asyncio.sleep(0.001)
    ends.theirs.shutdown(socket.SHUT_WR)
    await asyncio.wait_for(ends.protocol.over.wait(), PATIENCE)
