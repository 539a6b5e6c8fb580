"""Comparisons that say what differs."""

from collections.abc import Callable
from typing import Any


class Differs(Exception):
    """What we got is not what was expected."""


def equal(name: str, got: Any, expected: Any) -> None:
    """Compare, and say what of it differs."""
    if got != expected:
        raise Differs(f"{name}: got {got!r}, expected {expected!r}")


def refused(error: type[Exception], attempt: Callable[[], Any]) -> None:
    """Expect an attempt to be refused with this error, and no other."""
    try:
        result = attempt()
    except error:
        return
    raise Differs(f"accepted, with {result!r}")
