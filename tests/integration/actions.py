"""A user who calls actions: on the cars of an account, by their devices."""

from typing import Any

from homeassistant.core import Context
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr
import pytest

from custom_components.tesla_direct.const import DOMAIN
from simulator.car.car import Car

from .account import Account
from .dialogue import PLACEHOLDER, TEXTS

USER = "0123456789abcdef0123456789abcdef"
# What costs; a refusal must not have asked for any of it.
BILLED = ("signed_command", "command", "wake_up", "vehicle_data", "nearby_charging_sites", "recent_alerts")


class Caller:
    """Calls actions as the owner of an account does."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.hass = account.hass

    def device_id(self, car: Car) -> str:
        """Return what Home Assistant calls a car."""
        (device,) = dr.async_get(self.hass).async_get_devices(identifiers={(DOMAIN, car.vin)})
        return device.id

    async def call(self, action: str, *cars: Car, response: bool = False, **data: Any) -> Any:
        """Call an action on cars, and return its response."""
        devices = [self.device_id(car) for car in cars]
        return await self.call_devices(action, devices, response=response, **data)

    async def call_devices(self, action: str, devices: Any, *, response: bool = False, **data: Any) -> Any:
        """Call an action on devices, whatever they are."""
        call = self.hass.services.async_call(
            DOMAIN,
            action,
            {"device_id": devices, **data},
            blocking=True,
            context=Context(user_id=USER),
            return_response=response,
        )
        return await self.account.wait_for(call)

    async def ask(self, action: str, car: Car, **data: Any) -> dict[str, Any]:
        """Call an action that answers, on one car, and return what it says of that car."""
        answers = await self.call(action, car, response=True, **data)
        assert list(answers) == [self.device_id(car)]
        answer = answers[self.device_id(car)]
        assert isinstance(answer, dict)
        return answer

    async def refuses(self, action: str, *cars: Car, key: str, response: bool = False, **data: Any) -> str:
        """Call an action that makes no sense, and return what the user is told: nobody has been asked."""
        before = self.asked()
        with pytest.raises(ServiceValidationError) as caught:
            await self.call(action, *cars, response=response, **data)
        assert self.asked() == before
        return told(caught.value, key)

    async def fails(self, action: str, *cars: Car, key: str, response: bool = False, **data: Any) -> str:
        """Call an action that does not succeed, and return what the user is told."""
        with pytest.raises(HomeAssistantError) as caught:
            await self.call(action, *cars, response=response, **data)
        assert not isinstance(caught.value, ServiceValidationError)
        return told(caught.value, key)

    def asked(self) -> int:
        """Return how much was asked that costs."""
        requests = self.account.world.cloud.requests()
        return sum(1 for request in requests if request.name in BILLED)


def told(error: HomeAssistantError, key: str) -> str:
    """Return an error in the user's language."""
    assert (error.translation_domain, error.translation_key) == (DOMAIN, key)
    text: str = TEXTS["exceptions"][key]["message"]
    placeholders = error.translation_placeholders or {}
    assert set(PLACEHOLDER.findall(text)) <= set(placeholders)
    return text.format(**placeholders)


def executed(car: Car) -> list[tuple[str, dict[str, Any]]]:
    """Return what a car was told to do and did."""
    return [(one.name, dict(one.arguments)) for one in car.executed]
