"""What notices call a stream: after who streams, as an account's own has no title."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry  # type: ignore[import-untyped]  # has no types

from custom_components.tesla_direct.const import CONF_PROVIDER, CONF_VEHICLES, DOMAIN
from custom_components.tesla_direct.stream_repairs import (
    async_tell_stream_certificate,
    async_tell_taken_over,
)
from custom_components.tesla_direct.tesla.fleet_api.addresses import StreamHost
from custom_components.tesla_direct.tesla.fleet_api.provider import Provider, myteslamate, teslamate_style

VIN = "5YJ3E7EB0SF000001"
OWN = teslamate_style(address="https://api.example.com", stream=StreamHost(url="wss://streaming.example.com"))


@pytest.mark.parametrize(
    ("provider", "called"), [(myteslamate(), "MyTeslaMate"), (OWN, "streaming.example.com")]
)
def test_an_accounts_own_stream_is_called_after_who_streams(
    hass: HomeAssistant, issue_registry: ir.IssueRegistry, provider: Provider, called: str
) -> None:
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Marmalade",
        data={CONF_PROVIDER: provider.to_dict(), CONF_VEHICLES: {VIN: "Marmalade"}},
    )
    async_tell_taken_over(hass, entry, VIN, "", taken=True)
    async_tell_stream_certificate(hass, entry, "", doubted=True)

    notices = list(issue_registry.issues.values())
    assert len(notices) == 2
    assert [(issue.translation_placeholders or {})["stream"] for issue in notices] == [called, called]
