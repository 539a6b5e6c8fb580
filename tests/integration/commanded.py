"""One car of an account, and what people and automations ask of it."""

from typing import Any

from homeassistant.core import Context
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.tesla_direct.commands import VehicleCommands
from custom_components.tesla_direct.tesla.command.command import Command
from custom_components.tesla_direct.vehicle import Vehicle
from simulator.car.car import Car

from .account import Account

PERSON = Context(user_id="a person")
NOBODY = Context()


class Commanded:
    """One car of an account, and what is wanted of it."""

    def __init__(self, account: Account, car: Car) -> None:
        self.account = account
        self.car = car
        self.world = account.world

    @property
    def vehicle(self) -> Vehicle:
        return self.account.runtime.vehicles[self.car.vin]

    @property
    def commands(self) -> VehicleCommands:
        return self.vehicle.coordinator.commands

    async def send(self, command: Command, context: Context = PERSON, **how: Any) -> None:
        await self.account.wait_for(self.commands.async_send(command, context, **how))

    async def refused(self, command: Command, context: Context = PERSON, **how: Any) -> str:
        """Send what is to be refused without anything billed; return the key of what is told."""
        before = self.world.cloud.billed(self.car.vin)
        with pytest.raises(HomeAssistantError) as refusal:
            await self.send(command, context, **how)
        assert self.world.cloud.billed(self.car.vin) == before
        return str(refusal.value.translation_key)

    @property
    def billed(self) -> dict[str, int]:
        counts = self.world.cloud.billed(self.car.vin)
        return {name: counts[name] for name in ("command", "wake", "data")}

    @property
    def last(self) -> dict[str, Any]:
        return self.commands.log[-1].to_json()
