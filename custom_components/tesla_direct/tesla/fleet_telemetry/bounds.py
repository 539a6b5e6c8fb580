"""What strangers and cars may cost us: every bound of the telemetry port, with its unit and its reason."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The bounds of one port; nobody but a test needs others. Times are in seconds."""

    # At the gate, before it is known who somebody is.
    handshake: float = 10.0  # from the first packet to the end of it; a car on LTE needs one or two
    places: int = 256  # unfinished handshakes; a car's among 200 slow strangers a second lives 1.3 s
    pressure: int = 32  # handshakes waiting for their turn from which on a hello has to ask for our name
    handshake_share: float = 0.3  # of the loop's time
    known_networks: int = 64  # where cars got in from, which go first when there is a queue
    sweep: float = 1.0  # between looks for strangers whose time is over
    out_of_files: float = 1.0  # without accepting after the system had no file descriptor left

    # Of a client with a certificate of Tesla's, or who calls from where the user's proxy is.
    upgrade: float = 10.0  # from the handshake to the WebSocket upgrade
    undecided: int = 128  # who got in, and has not asked for anything yet; each has a buffer of 256 KiB
    farewell: float = 1.0  # for the other side to say goodbye when we do

    # Of a car that is expected.
    sockets_per_car: int = 8  # cars overlap two or three (Wi-Fi, cellular, one that died unnoticed)
    write: float = 10.0  # until a car has to have taken an answer, as in the official server
    subscriber: float = 60.0  # that a record waits for its subscriber while an entry is reloaded
    busy: float = 0.004  # of work for one connection before it has to pause
    # Bytes of a WebSocket message. Up to a million they are records, above that they are refused and the
    # socket stays; what exceeds this as well is no car, and not worth the memory.
    message: int = 4_000_000
