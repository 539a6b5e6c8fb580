"""Names and frames of Bluetooth LE; there is no such transport yet.

Shape:  each message behind its length in two bytes, big-endian; both ways
Source: teslamotors/vehicle-command; tests/vectors/commands/ble.json
"""

from collections.abc import Callable
import hashlib

from ..errors import WireError

SERVICE = "00000211-b2d1-43f0-9b88-960cebf8b91e"
TO_CAR = "00000212-b2d1-43f0-9b88-960cebf8b91e"  # written, with response
FROM_CAR = "00000213-b2d1-43f0-9b88-960cebf8b91e"  # indications

LONGEST = 1024  # bytes of a message; what declares to be longer is noise
STALE = 1.0  # seconds after which a piece of a message is not continued
WITHOUT_MTU = 20  # bytes of a block where nothing was negotiated
HEADER = 3  # bytes of each block that are not ours


def local_name(vin: str) -> str:
    """Return the name under which a car advertises itself."""
    return f"S{hashlib.sha1(vin.encode()).hexdigest()[:16]}C"  # noqa: S324  # Tesla's choice


def block_length(mtu: int | None) -> int:
    """Return how many bytes of a frame can be written at once."""
    return WITHOUT_MTU if mtu is None else min(mtu, LONGEST) - HEADER


def blocks(message: bytes, length: int) -> list[bytes]:
    """Return a message's frame, cut into what can be written at once.

    Raises: WireError if it is longer than a car takes
    """
    if len(message) > LONGEST:
        raise WireError(f"{len(message)} bytes exceed {LONGEST}")
    frame = len(message).to_bytes(2) + message
    return [frame[start : start + length] for start in range(0, len(frame), length)]


class Receiver:
    """Puts the messages of a car together again."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Start out with nothing received.

        clock: seconds, of one that does not jump
        """
        self._clock = clock
        self._buffer = b""
        self._at = clock()

    @property
    def buffered(self) -> int:
        """Return how many bytes wait for the rest of their message."""
        return len(self._buffer)

    def receive(self, chunk: bytes) -> list[bytes]:
        """Take in one notification; return the messages that it completes."""
        now = self._clock()
        if now - self._at > STALE:
            self._buffer = b""
        self._at = now
        self._buffer += chunk
        messages = []
        while len(self._buffer) >= 2:
            length = int.from_bytes(self._buffer[:2])
            if length > LONGEST:
                self._buffer = b""
                break
            if len(self._buffer) < 2 + length:
                break
            messages.append(self._buffer[2 : 2 + length])
            self._buffer = self._buffer[2 + length :]
        return messages
