"""One account's access to Tesla's cloud: its tokens, limits and region, and the one gate to all of it."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from .const import CONF_CLIENT_ID, CONF_OAUTH_CLIENT, CONF_PROXY, CONF_REGION
from .hosts import base_of, provider_of
from .proxy_repairs import async_tell_certificate, async_tell_proxy
from .shared import Shared
from .storage import AccountTokens, recovered
from .tesla.errors import NoAccount
from .tesla.fleet_api.client import FleetApi
from .tesla.fleet_api.limits import Limits
from .tesla.fleet_api.proxy import Proxy, billed_as
from .tesla.fleet_api.tokens import TokenKeeper
from .tesla.fleet_api.transport import Trust


class NoTokens:
    """Stands for the tokens of those who have not signed in anywhere: whatever needs one is refused."""

    stopping = False

    async def access_token(self) -> str:
        """Return none.

        Raises: NoAccount
        """
        raise NoAccount("nobody has signed in, so there is no cloud to ask")

    async def replace(self, refused: str) -> str:
        """Return none either.

        Raises: NoAccount
        """
        return await self.access_token()

    async def close(self) -> None:
        """Let go of nothing."""


class Cloud:
    """What an account asks, and with what right.

    asked: whether there is anybody to ask
    proxy: who signs commands in our place, None if nobody does; it is asked for nothing else
    """

    def __init__(  # noqa: PLR0913  # what it stands on
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        shared: Shared,
        stored: Mapping[str, Any],
        context: Trust,
        *,
        proxy_trust: Trust = None,
        on_moved: CALLBACK_TYPE | None = None,
    ) -> None:
        """Put it together; nothing is asked yet.

        stored:   what `to_json` returned before a restart, among other things
        context:  who is to be believed at the provider's hosts
        proxy_trust: who is to be believed at the address of the command proxy, if there is one
        on_moved: is told when the account turns out to live elsewhere
        """
        self._clock = shared.clock
        self._on_moved = on_moved
        self._region: str = entry.data[CONF_REGION]
        provider = provider_of(entry.data)
        self.asked = bool(provider.bases)
        # Where the cloud has sent us to, for as long as the user leaves the region as it was.
        self._base: str | None = None
        base = stored.get("base")
        if stored.get(CONF_REGION) == self._region and isinstance(base, str):
            self._base = provider.trusted(base)
        session = async_get_clientsession(hass)
        client_id: str = entry.data[CONF_CLIENT_ID]
        self.meter = shared.ledgers.meter_of(client_id, provider.unit)
        self.limits = recovered(
            "the limits", lambda kept: Limits.from_dict(kept, self._clock()), stored.get("limits", {}), {}
        )
        self.limits.in_all = shared.together(provider)
        self.keeper: TokenKeeper | None = None
        if self.asked:
            self.keeper = TokenKeeper(
                session,
                provider.token_url,
                entry.data.get(CONF_OAUTH_CLIENT, client_id),
                store=AccountTokens(shared.tokens, str(entry.unique_id)),
                clock=self._clock,
                ssl=context if provider.renewed_here else None,
                json=provider.json_renewal,
            )
        self.tokens = self.keeper or NoTokens()
        self.api = FleetApi(
            session,
            provider,
            self._base or base_of(entry.data),
            tokens=self.tokens,
            budget=self.meter.budget,
            limits=self.limits,
            clock=self._clock,
            ssl=context,
            on_base_changed=self._base_changed,
            on_reached=partial(async_tell_certificate, hass, entry),
        )
        self.proxy: FleetApi | None = None
        if CONF_PROXY in entry.data:
            self.proxy = FleetApi(
                session,
                provider,
                Proxy.from_dict(entry.data[CONF_PROXY]).base,
                tokens=self.tokens,
                budget=self.meter.budget,
                limits=self.limits,
                clock=self._clock,
                ssl=proxy_trust,
                moves=False,  # it finds by itself where the account lives
                billed_as=billed_as,
                on_reached=partial(async_tell_proxy, hass, entry),
            )

    def to_json(self) -> dict[str, Any]:
        """Return what has to outlive a restart."""
        return {
            CONF_REGION: self._region,
            "base": self._base,
            "limits": self.limits.to_dict(self._clock()),
        }

    @callback
    def _base_changed(self, base: str) -> None:
        """Keep the address that the cloud has sent us to."""
        self._base = base
        if self._on_moved is not None:
            self._on_moved()
