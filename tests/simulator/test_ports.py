"""Ports that nobody listens at, of none that the system gives out by itself."""

import os
import socket

import pytest

from simulator import ports
from simulator.ports import APART, free_port


def test_a_port_is_below_those_of_the_system(socket_enabled: None) -> None:
    assert 20_000 <= free_port() < 32_000


def test_processes_that_take_theirs_at_a_time_take_none_twice(
    socket_enabled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = set()
    for process in range(5000, 5000 + APART):
        monkeypatch.setattr(os, "getpid", lambda process=process: process)
        taken.add(free_port())
    assert len(taken) == APART


def test_a_port_is_not_given_again_before_somebody_can_listen_there(socket_enabled: None) -> None:
    given = [free_port() for _ in range(100)]
    assert len(set(given)) == 100


def test_where_all_are_taken_it_is_said(socket_enabled: None, monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    monkeypatch.setattr(ports, "PORTS", range(port, port + 1))
    monkeypatch.setattr(ports, "APART", 1)
    with socket.create_server(("127.0.0.1", port)), pytest.raises(RuntimeError, match="none of 1"):
        free_port()
