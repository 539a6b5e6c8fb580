"""Going on with a sign-in that was left, instead of signing in once more."""

from collections.abc import Container, Mapping
from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigFlowResult
from homeassistant.helpers.config_entry_oauth2_flow import AbstractOAuth2Implementation

from .cars_flow import CarSteps
from .const import DOMAIN
from .myteslamate_flow import MyTeslaMateSteps, speaks_so
from .sign_ins import (
    OF_SERVICE,
    ServiceSignIn,
    SignIn,
    async_find,
    async_find_of_service,
    async_forget,
    async_keep,
)
from .teslemetry_flow import TeslemetrySteps


class ResumeSteps(CarSteps, TeslemetrySteps, MyTeslaMateSteps):
    """Offers a sign-in that was left, with Tesla or with a service."""

    _left: SignIn | None = None
    _left_of_service: ServiceSignIn | None = None

    async def async_step_sign_in_left(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask whether to go on with it."""
        return self.async_show_menu(step_id="sign_in_left", menu_options=["sign_in_resume", "sign_in_anew"])

    async def async_step_sign_in_resume(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Go on behind it."""
        if self._left_of_service is not None:
            left = self._left_of_service
            return await (
                self._async_resume_with_myteslamate(left)
                if speaks_so(left.provider)
                else self._async_resume_with_teslemetry(left)
            )
        assert self._left is not None  # noqa: S101  # the menu is shown only if there is one
        return await self._async_signed_in(self._left)

    async def async_step_sign_in_anew(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Forget it, and begin."""
        await async_forget(self.hass)
        await async_forget(self.hass, OF_SERVICE)
        return await self.async_step_user()

    async def _async_signed_in(self, sign_in: SignIn) -> ConfigFlowResult:
        """Go on to region and cars with a sign-in."""
        self._token, self._claims, self._provider = sign_in.token, sign_in.claims, sign_in.provider
        # Another dialogue may be left over from a browser that was closed; whoever is first ends the others.
        await self.async_set_unique_id(sign_in.claims.subject, raise_on_progress=False)
        self._abort_if_unique_id_configured()
        self._auth_implementation = sign_in.auth_implementation
        self._region = self._provider.region_of(sign_in.claims, sign_in.token.refresh_token) or ""
        if self.source != SOURCE_RECONFIGURE:  # where it is for an entry that is there
            await async_keep(self.hass, sign_in)
        return await self.async_step_region()

    async def _async_find_left(self, known: Mapping[str, AbstractOAuth2Implementation]) -> bool:
        """Look for a sign-in that was left, with credentials that are still known or with a service."""
        done = {entry.unique_id for entry in self.hass.config_entries.async_entries(DOMAIN)}
        if known and await self._async_find_own(known, done):
            return True
        left = await async_find_of_service(self.hass)
        if left is not None and left.account in done:
            await async_forget(self.hass, OF_SERVICE)
            return False
        self._left_of_service = left
        return left is not None

    async def _async_find_own(
        self, known: Mapping[str, AbstractOAuth2Implementation], done: Container[str | None]
    ) -> bool:
        left = await async_find(self.hass)
        if left is None:
            return False
        if left.claims.subject in done or left.auth_implementation not in known:
            await async_forget(self.hass)
            return False
        self._left, self.flow_impl = left, known[left.auth_implementation]
        return True
