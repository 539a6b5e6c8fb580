"""An action: what it may be called with, and what it does with each of the cars it is meant for.

All is looked at before anything is done: each parameter, each car, and for each car what would be sent to it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import (
    Context,
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import service
from homeassistant.util.json import JsonObjectType

from ..const import CONF_DANGEROUS, DOMAIN
from ..runtime import TeslaDirectConfigEntry
from ..tesla.command.command import Command
from ..tesla.errors import CommandInvalid, TeslaError
from ..tesla.fleet_api.endpoints import Endpoint
from ..tesla.fleet_api.request import Params
from ..tesla.vehicle.state import VehicleState
from ..user_errors import refused, translated
from ..vehicle import Vehicle
from .kinds import Kind, Listed, Wrong, flag

ATTR_OVER_BUDGET = "over_budget"


@dataclass(frozen=True, slots=True)
class Parameter:
    """What one parameter may be.

    default: what stands for it where it is left out
    """

    kind: Kind[Any]
    required: bool = False
    default: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One car's part of a call.

    values: every parameter of the action, checked; None or its default where it was left out
    """

    hass: HomeAssistant
    entry: TeslaDirectConfigEntry
    device: dr.DeviceEntry
    vehicle: Vehicle
    values: Mapping[str, Any] = field(repr=False)
    context: Context

    def __getitem__(self, name: str) -> Any:
        """Return the value of a parameter."""
        return self.values[name]

    @property
    def given(self) -> frozenset[str]:
        """Return which parameters say something."""
        return frozenset(name for name, value in self.values.items() if value is not None)

    @property
    def state(self) -> VehicleState:
        """Return what is known of the car."""
        return self.vehicle.coordinator.data

    @property
    def now(self) -> float:
        """Return the time, seconds since 1970."""
        return self.entry.runtime_data.clock()

    @property
    def over_budget(self) -> bool:
        """Return whether the user lets it go over the budget."""
        return bool(self.values[ATTR_OVER_BUDGET])

    async def async_send(self, commands: Iterable[Command]) -> None:
        """Send commands one after the other; return once the car has said that the last is done."""
        for command in commands:
            await self.vehicle.coordinator.commands.async_send(
                command, self.context, over_budget=self.over_budget
            )

    async def async_read(
        self,
        endpoint: Endpoint,
        *,
        params: Params | None = None,
        online: bool = False,
        optional: bool = False,
    ) -> dict[str, Any]:
        """Return the whole answer of an endpoint.

        online:   the cloud has to ask the car; it is not woken for that
        optional: nobody would miss it
        """
        return await self.vehicle.coordinator.commands.async_read(
            endpoint,
            self.context,
            params=params,
            online=online,
            optional=optional,
            over_budget=self.over_budget,
        )

    async def async_download(self, endpoint: Endpoint) -> bytes:
        """Return a file that an endpoint answers with."""
        return await self.vehicle.coordinator.commands.async_download(
            endpoint, self.context, over_budget=self.over_budget
        )


type Doing = Callable[[], Awaitable[JsonObjectType | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One action.

    prepare:   looks at a call for one car, raises what is wrong with it, and returns what is to be done
    response:  whether it answers; to each car its own answer, under the device's id
    dangerous: only for users who have switched this group on in the options; one of const.DANGEROUS
    costs:     whether it asks for something that Tesla bills, or may bill
    one_car:   what it does makes sense for one car at a time only
    """

    name: str
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    prepare: Callable[[Asked], Doing]
    response: SupportsResponse = SupportsResponse.NONE
    dangerous: str | None = None
    costs: bool = True
    one_car: bool = False

    @property
    def fields(self) -> dict[str, Parameter]:
        """Return all that it may be called with."""
        consent = {ATTR_OVER_BUDGET: Parameter(flag, default=False)} if self.costs else {}
        return {ATTR_DEVICE_ID: Parameter(Listed(), required=True), **self.parameters, **consent}


def sends(commands: Callable[[Asked], Iterable[Command]]) -> Callable[[Asked], Doing]:
    """Return what prepares an action that sends commands, and answers nothing."""

    def prepare(asked: Asked) -> Doing:
        wanted = tuple(commands(asked))

        async def send() -> None:
            await asked.async_send(wanted)

        return send

    return prepare


async def async_call(action: Action, call: ServiceCall) -> ServiceResponse:
    """Carry out an action.

    Raises: ServiceValidationError for what makes no sense, and then nothing was done; HomeAssistantError
    """
    values = _read(action, call.data)
    cars = [_async_car(call, device_id, values) for device_id in dict.fromkeys(values[ATTR_DEVICE_ID])]
    doings = [_prepared(action, asked) for asked in cars]
    # A car that refuses, or cannot be reached, keeps no other from doing as it is told.
    done = await asyncio.gather(*map(_done, doings))
    failed = [(asked, error) for asked, (_, error) in zip(cars, done, strict=True) if error is not None]
    if failed and len(cars) == 1:
        raise failed[0][1]
    if failed:
        told = "; ".join(f"{_name(asked.device)}: {error}" for asked, error in failed)
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="some_cars_failed",
            translation_placeholders={"failed": told},
        ) from failed[0][1]
    if not call.return_response:
        return None
    return {asked.device.id: answer for asked, (answer, _) in zip(cars, done, strict=True)}


def _read(action: Action, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the value of each parameter, checked."""
    fields = action.fields
    for name in data:
        if name not in fields:
            raise refused("unknown_parameter", parameter=str(name), known=", ".join(fields))
    values: dict[str, Any] = {ATTR_OVER_BUDGET: False}
    for name, parameter in fields.items():
        raw = data.get(name)
        if raw is None:
            if parameter.required:
                raise refused("parameter_missing", parameter=name)
            values[name] = parameter.default
            continue
        try:
            values[name] = parameter.kind(raw)
        except Wrong as wrong:
            raise refused(wrong.key, parameter=name, **wrong.told) from None
    if action.one_car and len(values[ATTR_DEVICE_ID]) > 1:
        raise refused("one_car_only")
    return values


@callback
def _async_car(call: ServiceCall, device_id: str, values: Mapping[str, Any]) -> Asked:
    """Return a car's part of a call; raise if the device is none of our cars, or its account not loaded."""
    device, found = service.async_get_device_and_config_entry(
        call.hass, DOMAIN, device_id, include_child_devices=False
    )
    entry: TeslaDirectConfigEntry = found
    vins = [identifier for domain, identifier in device.identifiers if domain == DOMAIN]
    vehicle = next(
        (entry.runtime_data.vehicles[vin] for vin in vins if vin in entry.runtime_data.vehicles), None
    )
    if vehicle is None:
        raise refused("not_a_car", device=_name(device))
    return Asked(
        hass=call.hass, entry=entry, device=device, vehicle=vehicle, values=values, context=call.context
    )


def _prepared(action: Action, asked: Asked) -> Doing:
    """Return what is to be done for one car; raise what is in its way as far as it can be known."""
    if action.dangerous is not None and action.dangerous not in asked.entry.options.get(CONF_DANGEROUS, ()):
        raise refused(f"{action.dangerous}_not_allowed")
    try:
        return action.prepare(asked)
    except Wrong as wrong:
        raise refused(wrong.key, **wrong.told) from None
    except CommandInvalid as error:
        raise translated(error) from None


async def _done(doing: Doing) -> tuple[JsonObjectType | None, HomeAssistantError | None]:
    """Return what one car was answered, or what went wrong."""
    try:
        return await doing(), None
    except HomeAssistantError as error:
        return None, error
    except TeslaError as error:
        return None, translated(error)


def _name(device: dr.DeviceEntry) -> str:
    return device.name_by_user or device.name or device.id
