"""Whether the key that signs for us is on a car, by what it has shown of it. Pure; times by our clock."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# Seconds for which what a car has shown of our key counts more than what the cloud says. That answers for the
# application's key, which may be another one, and may be late; but a car that was paired anew shows nothing.
SHOWN_FOR = 86_400.0


@dataclass(frozen=True, slots=True)
class KeyShown:
    """What a car has shown of our key: whether it takes what is signed with it, and when that was."""

    accepted: bool
    at: float


class KeyOnCar:
    """What is known of our key on one car."""

    def __init__(self, is_new: Callable[[], bool]) -> None:
        """Start out knowing nothing; `is_new` tells whether the key was just made: then no car knows it."""
        self._is_new = is_new
        self._shown: KeyShown | None = None
        self._streams: dict[str, int] = {}
        self._silent_since = 0.0

    def paired(self, now: float, *, told: bool | None) -> bool | None:
        """Return whether our key is on the car's keychain; None while nobody knows.

        told: what the cloud says of the application's key, which is hardly ever another one
        """
        if self._shown is not None and 0 <= now - self._shown.at < SHOWN_FOR:
            return self._shown.accepted
        if self._is_new():
            return False
        # Only a car that trusts the application's key was told to deliver to where it does.
        streams = any(self._streams.values()) or now - self._silent_since < SHOWN_FOR
        return True if streams else told

    def streams(self, source: str, links: int, now: float) -> None:
        """Learn how many connections are open to a source to which our own configuration leads."""
        before = any(self._streams.values())
        self._streams[source] = links
        if before and not any(self._streams.values()):
            self._silent_since = now

    def learn(self, now: float, *, accepted: bool) -> None:
        """Learn from the car whether it takes what is signed with our key."""
        self._shown = KeyShown(accepted, now)

    def doubt(self) -> None:
        """Believe the cloud again: the owner says that the key was paired since the car has refused it."""
        self._shown = None

    def doubt_streams(self) -> None:
        """Take an ended connection for no proof any more: Tesla says that the key is not there."""
        self._silent_since = 0.0

    def to_json(self) -> list[Any] | None:
        """Return what has to outlive a restart."""
        return None if self._shown is None else [self._shown.accepted, self._shown.at]

    def restore(self, kept: Any) -> None:
        """Take up what `to_json` returned.

        Raises: TypeError or ValueError if that makes no sense
        """
        if kept is None:
            self._shown = None
            return
        accepted, at = kept
        self._shown = KeyShown(bool(accepted), float(at))
