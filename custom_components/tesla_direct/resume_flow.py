"""Going on with a sign-in that was left, instead of signing in once more."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigFlowResult
from homeassistant.helpers.config_entry_oauth2_flow import AbstractOAuth2Implementation

from .cars_flow import CarSteps
from .const import DOMAIN
from .sign_ins import SignIn, async_find, async_forget, async_keep


class ResumeSteps(CarSteps):
    """Offers a sign-in that was left."""

    _left: SignIn | None = None

    async def async_step_sign_in_left(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask whether to go on with it."""
        return self.async_show_menu(step_id="sign_in_left", menu_options=["sign_in_resume", "sign_in_anew"])

    async def async_step_sign_in_resume(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Go on behind it."""
        assert self._left is not None  # noqa: S101  # the menu is shown only if there is one
        return await self._async_signed_in(self._left)

    async def async_step_sign_in_anew(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Forget it, and begin."""
        await async_forget(self.hass)
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
        """Look for a sign-in that was left, with credentials that are still known."""
        left = await async_find(self.hass)
        if left is None:
            return False
        entries = self.hass.config_entries.async_entries(DOMAIN)
        done = left.claims.subject in {entry.unique_id for entry in entries}
        if done or left.auth_implementation not in known:
            await async_forget(self.hass)
            return False
        self._left, self.flow_impl = left, known[left.auth_implementation]
        return True
