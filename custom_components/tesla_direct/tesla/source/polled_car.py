"""A car as the poll sees it, and whoever hears how the poll fares."""

from collections.abc import Mapping
from typing import Any, Protocol

from ..errors import TeslaError
from ..vehicle.connectivity import Power
from ..vehicle.signal import AnySignal, Report
from .source import Sink


class PolledCar(Sink, Protocol):
    """A car as the poll sees it."""

    @property
    def power(self) -> Power:
        """How reachable it is."""

    @property
    def connected(self) -> bool:
        """Whether a telemetry connection of it is open."""

    @property
    def proven_until(self) -> float:
        """Until when that is proof that it is online, seconds since 1970, by our clock; see `CarView`."""

    @property
    def online_since(self) -> float | None:
        """Since when it has been online, seconds since 1970, by our clock; None while it is not."""

    @property
    def silent_since(self) -> float:
        """When its last telemetry connection ended, seconds since 1970, by our clock; 0 if it had none."""

    def wants(self, signal: AnySignal) -> bool:
        """Return whether somebody wants to know a fact."""

    def missing(self) -> frozenset[str]:
        """Return the endpoints of vehicle_data that hold what is wanted and no push delivers."""

    @property
    def paused(self) -> bool:
        """Whether nothing is to be fetched but what a user asks for."""

    def left_alone(self) -> bool:
        """Return whether it is parked, not charging, with nobody inside and sentry off."""

    def key_paired(self, *, told: bool | None) -> bool | None:
        """Return whether our key is on its keychain, where the cloud tells this of the application's key."""

    def decode(self, response: Mapping[str, Any], received: float) -> list[Report]:
        """Return what a `vehicle_data` says."""


class PollListener(Protocol):
    """Whoever hears how the poll fares."""

    def poll_works(self, *, works: bool) -> None:
        """Learn that free reads fail for good, or are answered again."""

    def poll_listed(self, vin: str, *, listed: bool) -> None:
        """Learn whether the account has a car; one that was sold or is no longer shared is not listed."""

    def poll_seen(self, names: Mapping[str, str | None], *, complete: bool) -> None:
        """Learn which cars the account has, by VIN, also such as nobody asks about.

        complete: there was none in the list that nobody could read
        """

    def poll_spent(self) -> None:
        """Learn that a paid fetch was tried; when is not to be forgotten."""

    def poll_answered(self, *, paid: bool) -> None:
        """Learn that a request was answered as it should be, a paid one or a free one."""

    def poll_failed(self, error: TeslaError) -> None:
        """Learn what went wrong; the user may have to see to it."""
