"""What users ask of one car: from a wish in Home Assistant to the car's own word, and what is told of it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from homeassistant.core import CALLBACK_TYPE, Context, callback

from .commanded_car import READ_DATA, CommandedCar, reading
from .origin import Origins
from .tesla.command.command import Command, Origin
from .tesla.command.record import CommandLog, CommandRecord
from .tesla.command.wanted import PutOff
from .tesla.errors import TeslaError
from .tesla.fleet_api.client import FleetApi
from .tesla.fleet_api.endpoints import Endpoint, Price
from .tesla.fleet_api.ledger import Cause
from .tesla.source.poll import PollSource
from .tesla.vehicle.signal import Report, Signal
from .user_errors import translated

# The plan of the poll sees to what it costs.
REFRESH = reading("vehicle_data", ("vehicle_device_data",), Price.FREE, online=False)


class VehicleCommands:
    """One car's commands."""

    def __init__(self, car: CommandedCar, *, api: FleetApi, poll: PollSource, origins: Origins) -> None:
        """Ask nothing yet."""
        self.car = car
        self._api = api
        self._poll = poll
        self._origins = origins

    @property
    def log(self) -> CommandLog:
        """What became of the last ones."""
        return self.car.log

    async def async_send(
        self, command: Command, context: Context | None, *, over_budget: bool = False
    ) -> None:
        """Return once the car has said that it is done.

        over_budget: the user lets it go over the budget
        Raises: HomeAssistantError, in the user's language
        """
        origin = self._origins.async_of(context, consent=over_budget)
        with self._told(commanded=True):
            await self.car.sender.send(command, origin)

    async def async_wake(self, context: Context | None, *, over_budget: bool = False) -> None:
        """Return once the car is online; one that is costs nothing.

        Raises: HomeAssistantError, in the user's language
        """
        with self._told():
            await self.car.sender.wake(self._origins.async_of(context, consent=over_budget))

    async def async_refresh(
        self,
        context: Context | None,
        *,
        endpoints: Iterable[str] | None = None,
        over_budget: bool = False,
    ) -> None:
        """Fetch a car's data now; it is not woken for that.

        endpoints: which parts; None: what entities show and no push delivers
        Raises: HomeAssistantError, in the user's language
        """
        origin = self._origins.async_of(context, consent=over_budget)
        with self._told():
            await self.car.sender.admit(READ_DATA, origin)
            parts = self.car.vehicle.missing() if endpoints is None else frozenset(endpoints)
            if parts:
                await self._poll.read(
                    self.car.vin, parts, origin.cause, by=origin.by, consent=origin.consent, shared=True
                )

    async def refresh(self) -> None:
        """Fetch what is shown, if the car is online, for a user who wants the newest of everything.

        Raises: TeslaError
        """
        await self.car.sender.admit(REFRESH, Origin(Cause.USER))
        await self._poll.refresh(self.car.vin)

    async def async_read(  # noqa: PLR0913  # the request, and who wants it
        self,
        endpoint: Endpoint,
        context: Context | None,
        *,
        params: Mapping[str, str | float | bool | None] | None = None,
        online: bool = True,
        optional: bool = False,
        over_budget: bool = False,
    ) -> dict[str, Any]:
        """Return the whole answer of an endpoint about this car, once the guard has let it go.

        online:   the cloud has to ask the car; it is not woken for that
        optional: nobody would miss it
        Raises: HomeAssistantError, in the user's language
        """
        origin = self._origins.async_of(context, consent=over_budget)
        with self._told():
            ask = reading(endpoint.name, endpoint.scopes, endpoint.price, online=online)
            await self.car.sender.admit(ask, origin)
            return await self._api.request(
                endpoint,
                vin=self.car.vin,
                params=params,
                cause=origin.cause,
                by=origin.by,
                optional=optional,
                consent=origin.consent,
            )

    async def async_download(
        self, endpoint: Endpoint, context: Context | None, *, over_budget: bool = False
    ) -> bytes:
        """Return the file that an endpoint answers with; the car is not asked for it.

        Raises: HomeAssistantError, in the user's language
        """
        origin = self._origins.async_of(context, consent=over_budget)
        with self._told():
            ask = reading(endpoint.name, endpoint.scopes, endpoint.price, online=False)
            await self.car.sender.admit(ask, origin)
            return await self._api.file(
                endpoint, vin=self.car.vin, cause=origin.cause, by=origin.by, consent=origin.consent
            )

    def will_be[T](self, signal: Signal[T]) -> T | None:
        """Return a fact as it will be once what is on its way to the car is done."""
        wished = self.car.sender.wished(signal)
        value: T | None = self.car.vehicle.coordinator.data.get(signal) if wished is None else wished.value
        return value

    @callback
    def async_listen(self, tell: Callable[[CommandRecord], None]) -> CALLBACK_TYPE:
        """Tell what became of commands; return what ends that."""
        return self.car.async_listen(tell)

    @callback
    def heard(self, report: Report) -> None:
        """Take in what a source says; it may confirm a command."""
        self.car.heard(report)

    async def async_end(self) -> tuple[PutOff, ...]:
        """Leave nothing running, and let nothing more go; return what was put off."""
        return await self.car.async_end()

    @callback
    def async_resume(self, left: Iterable[PutOff]) -> None:
        """Go on with what was put off when the entry was unloaded, if it was a reload."""
        self.car.sender.resume(left)

    def to_json(self) -> dict[str, Any]:
        """Return what has to outlive a restart."""
        return self.car.to_json()

    @contextmanager
    def _told(self, *, commanded: bool = False) -> Iterator[None]:
        """Have what goes wrong raised as a HomeAssistantError, in the user's language."""
        try:
            yield
        except TeslaError as error:
            self.car.see_to(error)
            raise translated(error, commanded=commanded) from error
