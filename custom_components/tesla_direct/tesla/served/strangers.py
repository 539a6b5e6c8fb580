"""Connections on which nobody has shown the token yet: each has its time, and makes room."""

import math
from typing import Protocol

from .bounds import Bounds


class Transport(Protocol):
    """What carries a connection."""

    def abort(self) -> None: ...


class Connection(Protocol):
    """Somebody's connection; without what carries it, it is over or has not begun."""

    @property
    def transport(self) -> Transport | None: ...


class Strangers:
    """Who has connected, and is nobody yet; the oldest first."""

    def __init__(self, bounds: Bounds) -> None:
        """Know of nobody."""
        self._bounds = bounds
        self._until: dict[Connection, float] = {}

    def __contains__(self, one: object) -> bool:
        return one in self._until

    def greet(self, one: Connection, now: float) -> None:
        """Learn of a new connection."""
        self._until[one] = now + self._bounds.first_request

    def leave_alone(self, one: Connection) -> None:
        """Leave it to somebody else for how long a connection may be a stranger's."""
        if one in self._until:
            self._until[one] = math.inf

    def forget(self, one: Connection) -> None:
        """Learn that the token was shown on a connection, or that it is over."""
        self._until.pop(one, None)

    def make_room(self) -> bool:
        """End the oldest connection; return whether there was one."""
        oldest = next((one for one in self._until if one.transport is not None), None)
        return oldest is not None and self._end(oldest)

    def end_overdue(self, now: float) -> int:
        """End the connections whose time is up; return how many were still there."""
        return sum(self._end(one) for one in [one for one, until in self._until.items() if until <= now])

    def _end(self, one: Connection) -> bool:
        del self._until[one]
        if one.transport is None:
            return False
        one.transport.abort()
        return True
