from collections.abc import Callable

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.tesla_direct.tesla.vehicle.signals import config, route, software
from tests.tesla.vehicle.states import NOW

from .cars import READ_SCOPES, Account

TEXT = Platform.TEXT


@pytest.fixture
async def texts(account: Account) -> Account:
    account.enable(TEXT, "vehicle_name")
    await account.tell({config.CAN_ACCEPT_NAVIGATION: True, software.VEHICLE_NAME: "Marmalade"})
    await account.add(TEXT)
    return account


async def test_a_car_is_told_where_to_go(texts: Account, freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to("2026-10-07T08:00:01+00:00")

    await texts.entity(TEXT, "navigation_destination").async_set_value(" Alexanderplatz, Berlin ")

    ((name, body),) = texts.commands.said()
    assert name == "navigation_request"
    assert body["value"] == {"android.intent.extra.TEXT": "Alexanderplatz, Berlin"}
    assert body["timestamp_ms"] == round((NOW + 1) * 1000)


async def test_where_the_car_goes_is_shown_elsewhere(texts: Account) -> None:
    await texts.tell({route.DESTINATION: "Home"}, NOW + 1)

    state = texts.state(TEXT, "navigation_destination")
    assert state.state == "unknown"
    assert "measured_at" not in state.attributes


async def test_a_car_is_renamed(texts: Account) -> None:
    assert texts.state(TEXT, "vehicle_name").state == "Marmalade"

    await texts.entity(TEXT, "vehicle_name").async_set_value("Toast")

    assert texts.commands.said() == [("set_vehicle_name", {"vehicle_name": "Toast"})]


@pytest.mark.parametrize("key", ["navigation_destination", "vehicle_name"])
@pytest.mark.parametrize("value", ["", "   "])
async def test_nothing_is_no_text(texts: Account, key: str, value: str) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await texts.entity(TEXT, key).async_set_value(value)

    assert refused.value.translation_key == "text_empty"
    assert texts.commands.said() == []


@pytest.mark.parametrize("key", ["navigation_destination", "vehicle_name"])
async def test_half_a_character_is_refused_before_it_is_sent(texts: Account, key: str) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await texts.entity(TEXT, key).async_set_value("\ud83d")

    assert refused.value.translation_key == "command_invalid"
    assert texts.commands.said() == []


async def test_who_may_only_look_writes_nothing(
    hass: HomeAssistant, open_account: Callable[..., Account]
) -> None:
    account = open_account(scopes=READ_SCOPES)
    await account.tell({config.CAN_ACCEPT_NAVIGATION: True})

    await account.add(TEXT)

    assert er.async_entries_for_config_entry(er.async_get(hass), account.entry.entry_id) == []
