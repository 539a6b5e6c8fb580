"""An account whose cars are told what to stream by the keeper, and its time."""

from dataclasses import replace
from typing import Any

from homeassistant.helpers import issue_registry as ir

from custom_components.tesla_direct.const import CONF_TELEMETRY, DOMAIN
from custom_components.tesla_direct.telemetry import Streaming
from custom_components.tesla_direct.tesla.fleet_telemetry.profile import Selection
from custom_components.tesla_direct.tesla.source.config_state import ConfigState, Phase
from custom_components.tesla_direct.tesla.source.keeper_plan import GATHER
from simulator.car.car import Car
from tests.home import until

from .account import Account

SEND, READ, DELETE, ERRORS = (
    "fleet_telemetry_config_jws",
    "fleet_telemetry_config",
    "fleet_telemetry_config_delete",
    "fleet_telemetry_errors",
)
CHOSEN = {CONF_TELEMETRY: Selection().to_json()}
FAR = 5.0  # seconds that pass at most for the cars in a step of the wall


class Kept:
    """The account, and what its keeper does."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.hass = account.hass
        self.world = account.world

    @property
    def streaming(self) -> Streaming:
        return self.account.runtime.streaming

    async def set_up(self, *cars: Car, chosen: bool = True, **more: Any) -> None:
        """Set the account up with a port that cars find."""
        number = await self.account.make_port()
        await self._public(number)
        options = CHOSEN if chosen else {}
        await self.account.set_up(*cars, receiver=number, options=options | more.pop("options", {}), **more)
        await self.quiet()

    async def _public(self, number: int) -> None:
        """Have cars told the port that we listen on, as nobody forwards another one here."""
        shared = await self.account.shared()
        port = shared.ports.get(number)
        assert port is not None
        await shared.ports.async_set(replace(port.settings, public_port=number))

    async def later(self, seconds: float, step: float | None = None) -> None:
        """Let time pass for keeper and poll, and some of it for the cars."""
        step = step or seconds
        for _ in range(round(seconds / step)):
            self.account.wall.move(step)
            await self.world.advance(min(step, FAR))
            self.account.runtime.poll.poke()
            await self.account.quiet()
            for wish in self.streaming._wishes.values():
                wish.look()
            self.streaming.async_changed()
            await self.quiet()

    async def gathered(self) -> None:
        """Let what is wished be gathered, sent, and taken by cars that are online."""
        await self.later(1)
        await self.later(GATHER)
        await self.later(40, 10)

    async def quiet(self) -> None:
        """Return once the keeper has nothing more to do just now."""
        task = self.streaming._task
        if task is not None:
            woken = self.streaming.keeper._something_happened
            await until(lambda: task.done() or (woken._waiters and not woken.is_set()))
            assert not task.done()
        await self.hass.async_block_till_done()

    def state(self, car: Car) -> ConfigState:
        return self.streaming.state(car.vin)

    def phase(self, car: Car) -> Phase:
        return self.state(car).phase

    def sent(self) -> int:
        return len(self.world.cloud.requests(SEND))

    def issue(self, key: str, place: int = 0) -> ir.IssueEntry | None:
        """Return a repair of a car, None while it is not shown."""
        issue_id = f"{key}_{self.account.entry.entry_id}_{place}"
        return ir.async_get(self.hass).async_get_issue(DOMAIN, issue_id)

    def issues(self) -> set[str]:
        """Return the texts of what is shown for single cars."""
        mark = f"_{self.account.entry.entry_id}_"
        return {
            str(issue.translation_key)
            for (domain, issue_id), issue in ir.async_get(self.hass).issues.items()
            if domain == DOMAIN and mark in issue_id
        }
