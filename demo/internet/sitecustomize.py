"""Stands in for name servers and a router: names of the demo lead to this machine, and their ports to others.

Python runs this first in whatever process finds it on its path. DEMO_NAMES holds the names as JSON, each with
its public ports and where they are forwarded to. All else is as it was.
"""

import json
import os
import socket
from typing import Any

import aiodns

HERE = "127.0.0.1"
NAMES: dict[str, dict[str, int]] = json.loads(os.environ.get("DEMO_NAMES", "{}"))
FORWARDED = {int(public): port for ports in NAMES.values() for public, port in ports.items()}

_getaddrinfo = socket.getaddrinfo
_resolve = aiodns.DNSResolver.getaddrinfo
_connect = socket.socket.connect


def _here(name: Any) -> Any:
    return HERE if name in NAMES else name


def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
    """Know the names that are on this machine."""
    return _getaddrinfo(_here(host), *args, **kwargs)


def resolve(resolver: aiodns.DNSResolver, host: str, *args: Any, **kwargs: Any) -> Any:
    """Know the same for Home Assistant's own web client."""
    return _resolve(resolver, _here(host), *args, **kwargs)


def connect(sock: socket.socket, address: Any) -> None:
    """Forward a public port as a router does."""
    if isinstance(address, tuple) and address[0] == HERE and address[1] in FORWARDED:
        address = (HERE, FORWARDED[address[1]])
    _connect(sock, address)


socket.getaddrinfo = getaddrinfo
aiodns.DNSResolver.getaddrinfo = resolve  # type: ignore[method-assign, assignment]  # what this file is for
socket.socket.connect = connect  # type: ignore[method-assign, assignment]  # likewise
