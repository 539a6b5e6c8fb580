"""An account with the simulated Teslemetry, set up without the dialogues."""

from collections.abc import Iterable, Mapping
from typing import Any

from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry  # type: ignore[import-untyped]  # has no types

from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.tesla.fleet_api import provider
from custom_components.tesla_direct.tesla.fleet_api.oauth import lasting
from custom_components.tesla_direct.teslemetry_watch import TeslemetryWatch
from simulator.car.car import Car
from simulator.teslemetry.service import UID, Teslemetry
from tests.home import until

from .account import Account


class Subscriber:
    """An account of Home Assistant's, and the service that it is with."""

    def __init__(self, account: Account, service: Teslemetry) -> None:
        self.account = account
        self.service = service
        self.hass = account.hass

    async def set_up(
        self,
        *cars: Car,
        scopes: Iterable[str] | None = None,
        options: Mapping[str, Any] | None = None,
        unfinished: Iterable[str] = (),
    ) -> None:
        """Add the entry with a token that was entered, and wait until the service has said how it is."""
        shared = await self.account.shared()
        await shared.tokens.async_save(UID, lasting(self.service.token, (), self.account.wall()))
        entry = MockConfigEntry(
            domain=DOMAIN,
            title="Marmalade",
            unique_id=UID,
            data={
                "provider": provider.teslemetry(self.service.base).to_dict(),
                "region": "",
                "client_id": f"teslemetry-{UID}",
                "scopes": sorted(self.service.customer.scopes if scopes is None else scopes),
                "vehicles": {car.vin: car.truth.name for car in cars},
                "left_out": [],
                "receiver": "never",
                "signed_in_at": self.account.wall(),
                "unfinished": list(unfinished),
            },
            options=options or {},
        )
        self.account.entry = entry
        entry.add_to_hass(self.hass)
        assert await self.hass.config_entries.async_setup(entry.entry_id)
        await until(lambda: self.service.office.streams)
        await self.asked()

    @property
    def watch(self) -> TeslemetryWatch:
        watch = self.account.runtime.teslemetry
        assert watch is not None
        return watch

    async def asked(self, before: int = 0) -> None:
        """Return once the account was asked for more often than before, and what is said is taken in."""
        await until(lambda: len(self.service.requests("metadata")) > before and not self.watch._asking)
        await self.account.quiet()
        await self.hass.async_block_till_done()

    async def look(self) -> None:
        """Have the account looked at."""
        await self.watch.async_ask()
        await self.hass.async_block_till_done()

    def notices(self) -> set[str]:
        """Return which notices are shown, by their texts."""
        issues = ir.async_get(self.hass).issues.values()
        return {str(issue.translation_key) for issue in issues if issue.active and issue.domain == DOMAIN}
