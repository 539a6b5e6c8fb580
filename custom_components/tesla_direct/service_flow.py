"""An account with a service: what all of them have in common once somebody has signed in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlowResult,
)

from .const import (
    CONF_CLIENT_ID,
    CONF_LEFT_OUT,
    CONF_OAUTH_CLIENT,
    CONF_PROVIDER,
    CONF_RECEIVER,
    CONF_REGION,
    CONF_SIGNED_IN_AT,
    CONF_UNFINISHED,
    CONF_VEHICLES,
    RECEIVER_NEVER,
)
from .hosts import provider_of
from .shared import Shared, async_get_shared
from .sign_ins import OF_SERVICE, async_forget, async_keep_of_service
from .storage import NotDurable
from .tesla.errors import TokenUnavailable
from .tesla.fleet_api.oauth import Token
from .tesla.fleet_api.provider import Provider
from .tesla.fleet_api.tokens import TokenKeeper
from .tour import CARS, TourSteps, parts_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAccount:
    """Whose sign-in it is, and what it says of an entry.

    unique_id:    of the entry; names its token
    client_id:    what its requests are counted under
    oauth_client: what the service calls this installation; None with a token that was entered
    offered:      the cars that it reaches
    told:         what each sign-in says anew, beside the time of it
    """

    unique_id: str
    client_id: str
    provider: Provider
    token: Token
    oauth_client: str | None
    offered: frozenset[str]
    told: Mapping[str, Any]


class ServiceSteps(TourSteps):
    """Makes the entry of an account with a service, or goes on with one that is there."""

    async def _async_take_service(self, account: ServiceAccount) -> ConfigFlowResult | None:
        """Take a sign-in; None: its cars are to be picked."""
        await self.async_set_unique_id(account.unique_id, raise_on_progress=False)
        if self.source in (SOURCE_REAUTH, SOURCE_RECONFIGURE):
            self._abort_if_unique_id_mismatch(reason="wrong_account")
            return await self._async_keep_of_service(account)
        self._abort_if_unique_id_configured()
        await async_keep_of_service(
            self.hass, account.token, account.provider, account.unique_id, account.oauth_client
        )
        return None

    async def _async_nothing_to_pick(self, reason: str) -> ConfigFlowResult:
        """End: nobody is to be offered to go on from there."""
        await async_forget(self.hass, OF_SERVICE)
        return self.async_abort(reason=reason)

    async def _async_make_of_service(
        self, title: str, account: ServiceAccount, vehicles: dict[str, str], more: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Make the entry; what follows is a tour of its own.

        title: where no car has a name
        more:  what else the entry is to hold
        """
        shared = await async_get_shared(self.hass)
        try:
            await shared.tokens.async_save(account.unique_id, account.token)
        except NotDurable:
            return self.async_abort(reason="token_not_saved")
        await async_forget(self.hass, OF_SERVICE)
        data = {
            CONF_PROVIDER: account.provider.to_dict(),
            CONF_REGION: "",
            CONF_CLIENT_ID: account.client_id,
            CONF_VEHICLES: vehicles,
            CONF_LEFT_OUT: sorted(account.offered - vehicles.keys()),
            CONF_RECEIVER: RECEIVER_NEVER,
            **_of_sign_in(account, shared.clock()),
            **more,
        }
        data[CONF_UNFINISHED] = [part for part in parts_of(data) if part != CARS]
        return await self._async_make(", ".join(name for name in vehicles.values() if name) or title, data)

    async def _async_keep_of_service(self, account: ServiceAccount) -> ConfigFlowResult:
        """Go on with a new token; the entry reloads, and everything goes on with it."""
        entry, shared = self._service_entry, await async_get_shared(self.hass)
        try:
            await _async_replace_token(entry, account, shared)
        except NotDurable, TokenUnavailable:
            return self.async_abort(reason="token_not_saved")
        before = {name: value for name, value in entry.data.items() if name != CONF_OAUTH_CLIENT}
        return self.async_update_and_abort(entry, data=before | _of_sign_in(account, shared.clock()))

    @property
    def _service_entry(self) -> ConfigEntry[Any]:
        """The entry that is signed in again."""
        return self._get_reauth_entry() if self.source == SOURCE_REAUTH else self._get_reconfigure_entry()


async def _async_replace_token(entry: ConfigEntry[Any], account: ServiceAccount, shared: Shared) -> None:
    """Save a new token of an entry, whose keeper must not write its own over it.

    What runs still asks the hosts that it was begun with; others than those of the token never hear of it.
    Raises: NotDurable, TokenUnavailable
    """
    if entry.state is not ConfigEntryState.LOADED:
        await shared.tokens.async_save(account.unique_id, account.token)
        return
    tokens: TokenKeeper = entry.runtime_data.tokens
    if provider_of(entry.data) == account.provider:
        await tokens.adopt(account.token)
        return
    await tokens.close()
    try:
        await shared.tokens.async_save(account.unique_id, account.token)
    except NotDurable:
        tokens.stopping = False  # nothing is changed, and it goes on
        raise


def _of_sign_in(account: ServiceAccount, now: float) -> dict[str, Any]:
    """Return what each sign-in says anew of an entry."""
    data: dict[str, Any] = {**account.told, CONF_SIGNED_IN_AT: now}
    if account.oauth_client is not None:
        data[CONF_OAUTH_CLIENT] = account.oauth_client
    return data
