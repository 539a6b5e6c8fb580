"""Ports of this machine for whoever is to listen, or to be connected to in vain."""

from collections.abc import Iterator
from functools import cache
from itertools import cycle, islice
import os
from secrets import SystemRandom
import socket

PORTS = range(20_000, 32_000)  # below those that the system gives out by itself
APART = 40  # processes that take theirs at a time, each of another slice


def free_port() -> int:
    """Return a port that nobody listens at just now.

    It is none that the system gives out by itself, to whoever connects to somewhere before we listen; and
    none that was returned lately, as nobody may listen there yet.

    Raises: RuntimeError
    """
    ours = PORTS[os.getpid() % APART :: APART]
    for port in islice(_in_turn(ours), len(ours)):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise RuntimeError(f"none of {len(ours)} ports is free")


@cache
def _in_turn(ports: range) -> Iterator[int]:
    """Return ports one after the other for ever, in an order of their own."""
    return cycle(SystemRandom().sample(ports, k=len(ports)))
