"""Where telemetry configurations of cars are kept: with Tesla, signed by us or a proxy, or a service.

All of it is free, and no car is asked itself.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
import logging
import re
from typing import Any, Protocol

from ..errors import ConfigRefused, RequestRefused, TeslaError
from ..fleet_api import telemetry, teslemetry, teslemetry_rows
from ..fleet_api.client import FleetApi
from ..fleet_api.ledger import Cause
from ..fleet_api.rows import FleetStatus, Pushed, TelemetryConfigStatus, TelemetryError
from ..fleet_telemetry.config import TelemetryConfig

_LOGGER = logging.getLogger(__name__)

FIELD_PACE = ("interval_seconds", "minimum_delta", "resend_interval_seconds")  # what a service takes of one


@dataclass(frozen=True, slots=True)
class Sealed:
    """A configuration that is ready to be sent; `token` is it signed, empty where others sign."""

    config: TelemetryConfig
    token: str = ""


class TelemetryHome(Protocol):
    """Who holds the configurations of an account's cars."""

    async def read(self, vin: str, cause: Cause) -> TelemetryConfigStatus:
        """Return what is there for a car."""

    async def seal(self, config: TelemetryConfig) -> Sealed:
        """Make a configuration ready to be sent, which may take a while."""

    async def send(self, vin: str, sealed: Sealed, cause: Cause) -> Pushed:
        """Give it to a car, which takes it when it is next online.

        Raises: ConfigRefused if it is wrong, with the fields that are named
        """

    async def delete(self, vin: str, cause: Cause) -> None:
        """Have a car stream no more; it does not matter whether it did."""

    async def errors(self, vin: str, cause: Cause) -> list[TelemetryError]:
        """Return what a car has reported about its telemetry."""

    async def status(self, vin: str, cause: Cause) -> FleetStatus | None:
        """Return how ready a car is for it, None where nobody says."""

    def same(self, wish: TelemetryConfig, there: Mapping[str, Any] | None) -> bool:
        """Return whether what is there makes a car do what is wished."""


class TeslaHome:
    """Tesla, with configurations that we sign."""

    def __init__(self, api: FleetApi, sign: Callable[[TelemetryConfig], Awaitable[str]]) -> None:
        """Ask by `api`; `sign` returns a configuration as the cars' key signs it."""
        self._api = api
        self._sign = sign

    async def read(self, vin: str, cause: Cause) -> TelemetryConfigStatus:
        return await telemetry.read(self._api, vin, cause)

    async def seal(self, config: TelemetryConfig) -> Sealed:
        return Sealed(config, await self._sign(config))

    async def send(self, vin: str, sealed: Sealed, cause: Cause) -> Pushed:
        return await telemetry.send(self._api, (vin,), sealed.token, cause)

    async def delete(self, vin: str, cause: Cause) -> None:
        await telemetry.delete(self._api, vin, cause)

    async def errors(self, vin: str, cause: Cause) -> list[TelemetryError]:
        return await telemetry.errors(self._api, vin, cause)

    async def status(self, vin: str, cause: Cause) -> FleetStatus | None:
        return (await self._api.fleet_status((vin,), cause)).get(vin)

    def same(self, wish: TelemetryConfig, there: Mapping[str, Any] | None) -> bool:
        return wish.same_as(there)


class ProxyHome(TeslaHome):
    """Tesla, with configurations that a command proxy signs; it is asked for nothing else."""

    def __init__(self, proxy: FleetApi, api: FleetApi) -> None:
        """Send by `proxy`, and ask Tesla itself by `api`."""
        super().__init__(api, _unsigned)
        self._proxy = proxy

    async def send(self, vin: str, sealed: Sealed, cause: Cause) -> Pushed:
        try:
            return await telemetry.send_unsigned(self._proxy, (vin,), sealed.config.claims(), cause)
        except ConfigRefused as error:
            if not error.told:
                # What is not about the configuration Tesla says when it is asked itself, too, and says why.
                await self.read(vin, cause)
            raise


class TeslemetryHome:
    """Teslemetry, which holds one configuration for all programs of an account, and renews it by itself.

    Only fields count: where cars deliver to is its own business. What else is there besides is somebody
    else's wish, and streams without costing anything. Fields that it does not know are left out: for one of
    them it would refuse all, without a word on which.
    """

    def __init__(self, api: FleetApi) -> None:
        """Ask by `api`."""
        self._api = api
        self._known = frozenset[str]()  # the fields that it knows; none before it was asked

    async def read(self, vin: str, cause: Cause) -> TelemetryConfigStatus:
        await self._learn(cause)
        there = dict(await teslemetry.read_config(self._api, vin, cause))
        there.pop("exp", None)
        # Whether the car has taken it is not said; that nothing comes the stream shows by itself.
        return TelemetryConfigStatus(
            synced=bool(there), config=there or None, limit_reached=False, key_paired=None
        )

    async def seal(self, config: TelemetryConfig) -> Sealed:
        return Sealed(config)

    async def send(self, vin: str, sealed: Sealed, cause: Cause) -> Pushed:
        await self._learn(cause)
        known = self._of_those_known(sealed.config.fields)
        fields = {
            name: {key: value for key, value in pace.to_json().items() if key in FIELD_PACE}
            for name, pace in sealed.config.fields.items()
            if name in known
        }
        if unknown := sealed.config.fields.keys() - known:
            _LOGGER.info("The service does not know these fields, left out: %s", ", ".join(sorted(unknown)))
        if not fields:
            raise ConfigRefused("config: no field that is known", fields=tuple(sealed.config.fields))
        try:
            answer = await teslemetry.replace_config(self._api, vin, fields, cause)
        except RequestRefused as error:
            named = tuple(name for name in fields if re.search(rf"\b{re.escape(name)}\b", str(error)))
            if not named:
                self._known = frozenset()  # perhaps it knows fewer by now; the next look tells
            raise ConfigRefused(str(error), status=error.status, fields=named) from None
        if ignored := tuple(name for name in answer.ignored if name in fields):
            raise ConfigRefused("config: fields that are not known", status=200, fields=ignored)
        return Pushed(updated=answer.updated, skipped=answer.skipped)

    async def delete(self, vin: str, cause: Cause) -> None:
        await teslemetry.delete_config(self._api, vin, cause)

    async def errors(self, vin: str, cause: Cause) -> list[TelemetryError]:
        return []  # they come with the stream

    async def status(self, vin: str, cause: Cause) -> FleetStatus | None:
        account = await teslemetry.metadata(self._api, cause)
        return teslemetry_rows.readiness(account).get(vin)

    def same(self, wish: TelemetryConfig, there: Mapping[str, Any] | None) -> bool:
        fields = (there or {}).get("fields")
        return isinstance(fields, Mapping) and self._of_those_known(wish.fields) <= fields.keys()

    def _of_those_known(self, fields: Iterable[str]) -> frozenset[str]:
        """Return what is left of fields without those that the service does not know."""
        return frozenset(fields) & self._known if self._known else frozenset(fields)

    async def _learn(self, cause: Cause) -> None:
        """Ask once which fields there are; where that is not answered, it is seen what becomes of them."""
        if self._known:
            return
        try:
            self._known = await teslemetry.known_fields(self._api, cause)
        except TeslaError as error:
            _LOGGER.debug("Which fields there are is not told: %s", error)


async def _unsigned(config: TelemetryConfig) -> str:
    return ""
