"""[I/O] Listening sockets: one port, at every address that this machine has."""

from collections.abc import Iterable
import errno
import socket

BACKLOG = 128  # connections the kernel holds for us


class PortTaken(OSError):
    """Somebody else listens on the port."""


def check_port(port: int, addresses: Iterable[str]) -> None:
    """Find out whether a port could be opened, by opening it for a moment.

    Raises: PortTaken, OSError
    """
    for sock in listen(port, addresses):
        sock.close()


def listen(port: int, addresses: Iterable[str]) -> list[socket.socket]:
    """Open a listening socket at each address that this machine has, all with the same port.

    Raises: PortTaken, OSError
    """
    sockets: list[socket.socket] = []
    try:
        for address in addresses:
            if sock := _bind(address, port):
                sockets.append(sock)
                port = sock.getsockname()[1]
    except OSError as error:
        for sock in sockets:
            sock.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(error.errno, error.strerror) from error
        raise
    if not sockets:
        raise OSError(errno.EADDRNOTAVAIL, "no such address on this machine")
    return sockets


def _bind(address: str, port: int) -> socket.socket | None:
    """Open a listening socket, None if the address is one of IPv6 and this machine has none."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = None
    try:
        sock = socket.socket(family, socket.SOCK_STREAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind((address, port))
        sock.listen(BACKLOG)
    except OSError as error:
        if sock:
            sock.close()
        if family == socket.AF_INET6 and error.errno in (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL):
            return None
        raise
    return sock
