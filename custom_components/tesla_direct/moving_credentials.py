"""The application of Home Assistant's own integration: its client id and secret need not be entered again."""

from abc import abstractmethod
from typing import Any

from homeassistant.components.application_credentials import DATA_COMPONENT, ClientCredential
from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
from homeassistant.const import CONF_CLIENT_ID, CONF_CLIENT_SECRET, CONF_DOMAIN, CONF_NAME

from .const import DOMAIN

FLEET = "tesla_fleet"


class CredentialSteps(ConfigFlow):
    """Offers credentials that are there, but for another integration; nobody is shown the secret."""

    async def async_step_credentials_found(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask whether to use the same application, or another one."""
        return self.async_show_menu(
            step_id="credentials_found", menu_options=["credentials_take", "credentials_enter"]
        )

    async def async_step_credentials_take(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Copy them, as if the user had entered them; the other integration keeps its own."""
        for credential in self._fleet_credentials:
            # Not imported: what is imported has another id than the entry knows it by, and could be deleted
            # while it is in use.
            await self.hass.data[DATA_COMPONENT].async_create_item(
                {
                    CONF_DOMAIN: DOMAIN,
                    CONF_CLIENT_ID: credential.client_id,
                    CONF_CLIENT_SECRET: credential.client_secret,
                    CONF_NAME: credential.name or "Tesla Fleet",
                }
            )
        return await self.async_step_application()

    @abstractmethod
    async def async_step_application(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Go on with what there is now."""

    @property
    def _fleet_credentials(self) -> list[ClientCredential]:
        return list(self.hass.data[DATA_COMPONENT].async_client_credentials(FLEET).values())
