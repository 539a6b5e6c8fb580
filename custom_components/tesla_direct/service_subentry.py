"""A service's stream beside another provider: a subentry, with a sign-in of its own.

It only tells of cars that the entry has. Nothing that costs is ever asked for with its token.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Protocol

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.data_entry_flow import AbortFlow

from .const import CONF_ACCOUNT, CONF_OAUTH_CLIENT, CONF_SIGNED_IN_AT, CONF_VEHICLES, DOMAIN
from .feed_stream import token_of
from .shared import async_get_shared
from .source_subentry import SourceSubentryFlow
from .storage import NotDurable
from .tesla.fleet_api.oauth import Token


class SignedIn(Protocol):
    """What a sign-in has brought that is kept of it.

    oauth_client: what the service calls this installation; None where nobody renews the token
    """

    @property
    def token(self) -> Token: ...
    @property
    def oauth_client(self) -> str | None: ...


class ServiceSubentryFlow(SourceSubentryFlow):
    """Signs in for the stream of an entry's cars."""

    def _abort_if_of_no_use(self, account: str, vins: AbstractSet[str], *, same: bool) -> None:
        """End the dialogue if a sign-in brings nothing.

        vins: the cars that it reaches
        same: it is the account of the stream that is changed
        """
        if self._changed is not None and not same:
            raise AbortFlow("wrong_account")
        if self._changed is None and self._in_use(account):
            raise AbortFlow("stream_in_use")
        if vins.isdisjoint(self._get_entry().data[CONF_VEHICLES]):
            raise AbortFlow("stream_no_cars")

    def _in_use(self, account: str) -> bool:
        """Return whether the stream of an account is there already; two would renew one token in turns."""
        return any(
            subentry.data[CONF_ACCOUNT] == account
            for entry in self.hass.config_entries.async_entries(DOMAIN)
            for subentry in entry.get_subentries_of_type(self._subentry_type)
        )

    async def _async_keep_sign_in(
        self, title: str, account: str, signed_in: SignedIn, more: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Keep what a sign-in has brought, the token first.

        title: of a stream that is new
        more:  what else is to be known of it
        """
        shared, name = await async_get_shared(self.hass), token_of(self._subentry_type, account)
        try:
            await shared.tokens.async_save(name, signed_in.token)
        except NotDurable:
            raise AbortFlow("token_not_saved") from None
        data = {
            CONF_ACCOUNT: account,
            CONF_SIGNED_IN_AT: shared.clock(),  # so that the entry reloads, and goes on with the new token
            **more,
        }
        if signed_in.oauth_client is not None:
            data[CONF_OAUTH_CLIENT] = signed_in.oauth_client
        if self._changed is not None:
            return self._change(data=data)
        return self._keep(
            {"data": data, "subentry_type": self._subentry_type, "title": title, "unique_id": name}
        )
