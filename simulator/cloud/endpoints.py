"""What Fleet API offers: one row for each call, with its name, path, category and scopes."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
import re

from .accounts import Account
from .answers import Answer
from .asked import Asked
from .books import Books

USER, PARTNER = "user", "partner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that passed every check, with all that is needed to carry it out.

    account: the user; for the application itself somebody who has all the cars of its users
    """

    asked: Asked
    books: Books
    account: Account
    client_id: str
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One call.

    path:     below the base; a part in braces is a value
    category: what it is billed and limited as; "free" is neither
    scopes:   any one of these suffices; none means that every token does
    tokens:   whose tokens are taken: a "user"'s, or the application's own, "partner"
    """

    name: str
    method: str = "GET"
    path: str
    serve: Callable[[Call], Answer | Awaitable[Answer]]
    category: str = "free"
    scopes: frozenset[str] = field(default_factory=frozenset)
    tokens: frozenset[str] = frozenset({USER})

    def match(self, path: str) -> Mapping[str, str] | None:
        """Return the values in a path, None if it is not this call's."""
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.path)
        found = re.fullmatch(pattern, path)
        return found.groupdict() if found else None


class Table:
    """The endpoints by name, found by method and path."""

    def __init__(self, *rows: tuple[Endpoint, ...]) -> None:
        """Join the rows of several rooms."""
        self._rows = {row.name: row for room in rows for row in room}

    def __getitem__(self, name: str) -> Endpoint:
        """Return a row by its name."""
        return self._rows[name]

    def names(self) -> list[str]:
        """Return every name."""
        return list(self._rows)

    def find(self, method: str, path: str) -> tuple[str, Mapping[str, str]]:
        """Return the name and the values of a path: "unknown" for none, "other method" for a wrong one."""
        known = False
        for row in self._rows.values():
            values = row.match(path)
            if values is None:
                continue
            if row.method == method:
                return row.name, values
            known = True
        return ("other method" if known else "unknown"), {}
