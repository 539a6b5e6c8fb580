"""[I/O] A transport that sends together what is written in one turn of the loop.

A car that delivers what it had to keep gets many short answers in a row; each by itself would cost a TLS
record and a system call, a third of what a frame costs otherwise.
"""

import asyncio
from collections.abc import Callable
from typing import Any, override


class Gathered(asyncio.Transport):
    """A transport in front of another one; everything but writing is left to that.

    Whether what lies behind is closing is asked once a turn, before the first write.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        """Write to `transport`."""
        super().__init__()
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._behind = 0  # bytes that the other side had not taken when we last looked
        self._parts: list[bytes | bytearray | memoryview] = []

    @override
    def write(self, data: bytes | bytearray | memoryview) -> None:
        if not self._parts:
            self._loop.call_soon(self._flush)
        self._parts.append(data)

    @override
    def get_write_buffer_size(self) -> int:
        """Return the bytes that wait for the other side, not for the end of this turn."""
        if self._behind:
            self._behind = self._ask_behind()
        return self._behind

    @override
    def close(self) -> None:
        self._flush()
        self._transport.close()

    @override
    def abort(self) -> None:
        self._flush()  # what was written before is on its way as it would be without us
        self._transport.abort()

    @override
    def is_closing(self) -> bool:
        return not self._parts and self._transport.is_closing()

    @override
    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._transport.get_extra_info(name, default)

    @override
    def pause_reading(self) -> None:
        self._transport.pause_reading()

    @override
    def resume_reading(self) -> None:
        self._transport.resume_reading()

    @override
    def is_reading(self) -> bool:
        return self._transport.is_reading()

    def _flush(self) -> None:
        parts, self._parts = self._parts, []
        if parts and not self._transport.is_closing():
            self._transport.write(b"".join(parts))
            self._behind = self._ask_behind()

    def _ask_behind(self) -> int:
        # A transport of TLS that was closed cannot be asked any more.
        return 0 if self._transport.is_closing() else self._transport.get_write_buffer_size()


class Gathering(asyncio.Protocol):
    """Stands in for a protocol until the connection is made, and then steps aside for it.

    transport: what the protocol writes to, once the connection is made
    """

    transport: Gathered

    def __init__(self, make: Callable[[], asyncio.Protocol]) -> None:
        """Stand in for the protocol that `make` makes."""
        self._make = make

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  # TLS has no other
        self.transport = Gathered(transport)
        protocol = self._make()
        transport.set_protocol(protocol)
        protocol.connection_made(self.transport)
