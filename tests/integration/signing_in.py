"""Signing in with a service, whichever it is: the way to where a token is asked for, and what follows."""

from typing import Any

from homeassistant.core import HomeAssistant

from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.shared import async_get_shared
from custom_components.tesla_direct.sign_ins import OF_SERVICE
from custom_components.tesla_direct.tesla.fleet_api.oauth import Token
from simulator.car.car import Car
from simulator.myteslamate.service import MyTeslaMate
from simulator.teslemetry.service import Teslemetry

from .dialogue import Dialogue
from .disk import path as file_of


async def choose_teslemetry(dialogue: Dialogue, service: Teslemetry, way: str) -> None:
    """Go to the service at its own address, and choose how to sign in."""
    await dialogue.begin()
    await dialogue.answer(next_step_id="teslemetry")
    assert dialogue.step["step_id"] == "teslemetry"
    await dialogue.answer(next_step_id="teslemetry_server")
    await dialogue.answer(address=service.base)
    assert dialogue.step["step_id"] == "teslemetry_own"
    await dialogue.answer(next_step_id=way)


async def choose_myteslamate(dialogue: Dialogue, service: MyTeslaMate, **more: str) -> None:
    """Go to the service at its own address, to where a token is asked for."""
    await dialogue.begin()
    await dialogue.answer(next_step_id="myteslamate")
    assert dialogue.step["step_id"] == "myteslamate"
    await dialogue.answer(next_step_id="myteslamate_server")
    await dialogue.answer(address=service.address, **({"stream": service.stream_address} | more))
    assert dialogue.step["step_id"] == "myteslamate_token"
    told = dialogue.step["description_placeholders"]
    hosts = (service.address, more.get("stream", service.stream_address))
    assert (told["where"], told["addresses"]) == ("", ", ".join(f"`{host}`" for host in hosts if host))


class WithTeslemetry:
    """Signs in there with a token.

    name:   precedes its steps
    called: is asked first with a token
    """

    name = "teslemetry"
    called = "metadata"
    refused, unreachable, no_cars = "teslemetry_refused", "teslemetry_unreachable", "teslemetry_no_cars"

    def __init__(self, dialogue: Dialogue, service: Teslemetry) -> None:
        self.dialogue = dialogue
        self.service = service

    async def choose(self) -> None:
        await choose_teslemetry(self.dialogue, self.service, "teslemetry_token")

    async def pick(self, *cars: Car) -> None:
        await self.dialogue.answer(vehicles=[car.vin for car in cars])

    async def again(self, entry: Any) -> None:
        await self.dialogue.reconfigure(entry, "teslemetry_again")
        await self.dialogue.answer(next_step_id="teslemetry_token")

    async def anew(self) -> None:
        await self.dialogue.answer()
        assert self.dialogue.step["type"] == "external"


class WithMyTeslaMate:
    """Signs in there with a token, and leaves the stream to others."""

    name = "myteslamate"
    called = "products"
    refused, unreachable, no_cars = "service_refused", "service_unreachable", "service_no_cars"

    def __init__(self, dialogue: Dialogue, service: MyTeslaMate) -> None:
        self.dialogue = dialogue
        self.service = service

    async def choose(self) -> None:
        await choose_myteslamate(self.dialogue, self.service)

    async def pick(self, *cars: Car) -> None:
        await self.dialogue.answer(vehicles=[car.vin for car in cars])
        if self.dialogue.step["type"] == "menu":
            await self.dialogue.answer(next_step_id="legacy_stream_none")

    async def again(self, entry: Any) -> None:
        await self.dialogue.reconfigure(entry, "myteslamate_again")

    async def anew(self) -> None:
        await self.dialogue.answer(token=self.service.paste_token())
        assert self.dialogue.step["step_id"] == "myteslamate_cars"


type SigningIn = WithTeslemetry | WithMyTeslaMate


def leave(hass: HomeAssistant) -> None:
    """Leave whatever is open: the tour, mostly."""
    for flow in hass.config_entries.flow.async_progress():
        hass.config_entries.flow.async_abort(flow["flow_id"])


def entry_of(hass: HomeAssistant) -> Any:
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    return entry


async def stored(hass: HomeAssistant, name: str) -> Token:
    """Return the token of an account."""
    token = await (await async_get_shared(hass)).tokens.async_load(name)
    assert token is not None
    return token


async def kept(hass: HomeAssistant) -> bool:
    """Return whether a sign-in is kept that is not set up to the end."""
    return bool(await hass.async_add_executor_job(file_of(hass, OF_SERVICE).exists))
