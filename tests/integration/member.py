"""An account with the simulated MyTeslaMate, set up without the dialogues."""

from collections.abc import Iterable, Mapping
from typing import Any

from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry  # type: ignore[import-untyped]  # has no types

from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.tesla.fleet_api.myteslamate import ALL_SCOPES
from custom_components.tesla_direct.tesla.fleet_api.oauth import NOT_RENEWED, lasting
from custom_components.tesla_direct.tesla.fleet_api.provider import Provider, myteslamate
from simulator.car.car import Car
from simulator.myteslamate.service import MyTeslaMate

from .account import Account

NAME = "myteslamate-someone"


class Member:
    """An account of Home Assistant's, and the service that it is with."""

    def __init__(self, account: Account, service: MyTeslaMate) -> None:
        self.account = account
        self.service = service
        self.hass = account.hass

    async def set_up(  # noqa: PLR0913  # all that makes one such account differ from another
        self,
        *cars: Car,
        provider: Provider | None = None,
        refresh_token: str = NOT_RENEWED,
        tags: Mapping[str, str] | None = None,
        raw: bool = True,
        options: Mapping[str, Any] | None = None,
        unfinished: Iterable[str] = (),
    ) -> None:
        """Add the entry with a token that was entered, and wait until its first questions are answered.

        provider: without one the service's API, and nothing of its stream
        tags:     what the stream calls the cars that are to be followed on it, by VIN
        """
        shared = await self.account.shared()
        token = lasting(self.service.token, (), self.account.wall(), refresh_token)
        await shared.tokens.async_save(NAME, token)
        entry = MockConfigEntry(
            domain=DOMAIN,
            title="Marmalade",
            unique_id=NAME,
            data={
                "provider": (provider or myteslamate(self.service.address)).to_dict(),
                "region": "",
                "client_id": NAME,
                "oauth_client": "ownerapi",
                "scopes": sorted(ALL_SCOPES),
                "vehicles": {car.vin: car.truth.name for car in cars},
                "left_out": [],
                "receiver": "never",
                "signed_in_at": self.account.wall(),
                "unfinished": list(unfinished),
                "tags": dict(tags or {}),
                "raw": raw,
            },
            options=options or {},
        )
        self.account.entry = entry
        entry.add_to_hass(self.hass)
        assert await self.hass.config_entries.async_setup(entry.entry_id)
        await self.account.quiet()

    def asked(self, name: str) -> int:
        """Return how often the service's API was asked for something."""
        return sum(asked.host != "stream" for asked in self.service.requests(name))

    def notices(self) -> set[str]:
        """Return which notices are shown, by their texts."""
        issues = ir.async_get(self.hass).issues.values()
        return {str(issue.translation_key) for issue in issues if issue.active and issue.domain == DOMAIN}
