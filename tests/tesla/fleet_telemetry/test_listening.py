"""Listening sockets: one port, at every address that this machine has."""

from collections.abc import Iterator
from contextlib import contextmanager
import errno
import socket

import pytest

from custom_components.tesla_direct.tesla.fleet_telemetry.listening import PortTaken, check_port, listen

NOT_OURS = "192.0.2.1"  # set aside for examples (RFC 5737, RFC 3849), so no machine has them
NOT_OURS_6 = "2001:db8::1"

pytestmark = pytest.mark.usefixtures("socket_enabled")


@contextmanager
def listening(port: int, *addresses: str) -> Iterator[list[socket.socket]]:
    sockets = listen(port, addresses)
    try:
        yield sockets
    finally:
        for sock in sockets:
            sock.close()


def connects(port: int) -> bool:
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0


def test_all_addresses_share_one_port() -> None:
    with listening(0, "127.0.0.1", "127.0.0.2") as sockets:
        (first, port), (second, other) = (sock.getsockname() for sock in sockets)

        assert (first, second) == ("127.0.0.1", "127.0.0.2")
        assert port == other
        assert connects(port)


def test_everywhere_means_both_families_side_by_side() -> None:
    with listening(0, "0.0.0.0", "::") as sockets:  # noqa: S104  # what is listened on by default
        families = [sock.family for sock in sockets]

        assert families[0] == socket.AF_INET
        assert families[1:] in ([], [socket.AF_INET6])  # a machine may have no IPv6
        assert len({sock.getsockname()[1] for sock in sockets}) == 1


def test_an_address_of_ipv6_that_this_machine_has_not_is_left_out() -> None:
    with listening(0, NOT_OURS_6, "127.0.0.1", NOT_OURS_6) as sockets:
        assert [sock.getsockname()[0] for sock in sockets] == ["127.0.0.1"]


def test_without_any_address_nothing_can_be_opened() -> None:
    for addresses in ([NOT_OURS_6], []):
        with pytest.raises(OSError, match="no such address") as caught:
            listen(0, addresses)
        assert caught.value.errno == errno.EADDRNOTAVAIL
        assert not isinstance(caught.value, PortTaken)


def test_an_address_of_ipv4_that_this_machine_has_not_is_told() -> None:
    with pytest.raises(OSError, match=r".+") as caught:
        listen(0, ["127.0.0.1", NOT_OURS])

    assert caught.value.errno == errno.EADDRNOTAVAIL


def test_a_port_that_is_taken_is_told() -> None:
    with listening(0, "127.0.0.1") as sockets:
        port = sockets[0].getsockname()[1]
        with pytest.raises(PortTaken):
            listen(port, ["127.0.0.1"])
        with pytest.raises(PortTaken):
            check_port(port, ["127.0.0.2", "127.0.0.1"])

        # What was opened before the failure is closed again.
        check_port(port, ["127.0.0.2"])


def test_checking_a_port_leaves_it_free() -> None:
    with listening(0, "127.0.0.1") as sockets:
        port = sockets[0].getsockname()[1]

    for _ in range(2):
        check_port(port, ["127.0.0.1"])
    assert not connects(port)


def test_a_port_is_free_again_although_connections_of_it_linger() -> None:
    with listening(0, "127.0.0.1") as sockets:
        port = sockets[0].getsockname()[1]
        client = socket.create_connection(("127.0.0.1", port))
        server, _ = sockets[0].accept()
        server.close()  # whoever closes first has the connection linger
        client.close()

    check_port(port, ["127.0.0.1"])
