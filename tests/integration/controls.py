"""A person at Home Assistant's controls: on the entities of a car, whose answer is the car's own truth."""

from typing import Any

from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockUser  # type: ignore[import-untyped]  # has no types

from custom_components.tesla_direct.const import DOMAIN
from simulator.car.car import Car

from .account import Account
from .dialogue import PLACEHOLDER, TEXTS

# Requests that are billed, or would be.
PAID = ("signed_command", "command", "wake_up", "vehicle_data", "release_notes")


class Controls:
    """Calls Home Assistant's own actions on the entities of one car, as its owner does."""

    def __init__(self, hass: HomeAssistant, account: Account, car: Car) -> None:
        self.hass = hass
        self.account = account
        self.car = car
        self.user = MockUser(name="Owner", is_owner=True).add_to_hass(hass)

    async def ask(self, entity: str, action: str, **data: Any) -> None:
        """Ask an entity for something, named as in "lock.doors"."""
        platform, _, _ = entity.partition(".")
        await self.account.wait_for(
            self.hass.services.async_call(
                platform,
                action,
                {ATTR_ENTITY_ID: self.account.entity_id(self.car, entity), **data},
                blocking=True,
                context=Context(user_id=self.user.id),
            )
        )

    async def refused(self, entity: str, action: str, *, domain: str = DOMAIN, **data: Any) -> str:
        """Ask for something that does not go; return why, having seen that nobody was asked for money."""
        before = self.paid
        with pytest.raises(HomeAssistantError) as caught:
            await self.ask(entity, action, **data)
        assert self.paid == before
        assert caught.value.translation_domain == domain
        key = str(caught.value.translation_key)
        if domain == DOMAIN:
            wanted = PLACEHOLDER.findall(TEXTS["exceptions"][key]["message"])
            assert set(wanted) <= set(caught.value.translation_placeholders or {})
        return key

    async def told(self, entity: str, action: str, **data: Any) -> str:
        """Ask for something that the car refuses; return why."""
        before = len(self.car.declined)
        with pytest.raises(HomeAssistantError) as caught:
            await self.ask(entity, action, **data)
        assert len(self.car.declined) == before + 1
        return str(caught.value.translation_key)

    async def see(self, entity: str, seconds: float = 5.0) -> str:
        """Return what an entity shows once the car has told how it is."""
        for _ in range(round(seconds)):
            await self.account.live(1)
        await self.hass.async_block_till_done()
        return self.shows(entity)

    def shows(self, entity: str) -> str:
        return self.account.shows(self.car, entity)

    def attributes(self, entity: str) -> dict[str, Any]:
        return dict(self.account.state(self.car, entity).attributes)

    @property
    def paid(self) -> list[str]:
        """Return what was asked that costs money, in its order."""
        return [one.name for one in self.account.world.cloud.requests() if one.name in PAID]

    @property
    def executed(self) -> list[tuple[str, dict[str, Any]]]:
        """Return what the car has carried out, and with which arguments."""
        return [(one.name, dict(one.arguments)) for one in self.car.executed]
