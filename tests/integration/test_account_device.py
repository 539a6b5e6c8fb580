"""What the device of an account is called that shows what is spent: after whom it is an account with."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr

from custom_components.tesla_direct.account_entity import account_identifier
from custom_components.tesla_direct.const import DEVELOPER_PORTAL
from custom_components.tesla_direct.tesla.fleet_api.provider import teslamate_style
from simulator.car.car import Car
from simulator.myteslamate.service import PAIRING
from simulator.world import World

from .account import Account
from .member import Member


def device_of(hass: HomeAssistant, account: Account) -> dr.DeviceEntry:
    identifier = account_identifier(account.entry)
    device = dr.async_get(hass).async_get_device_by_identifier(identifier, account.entry.entry_id)
    assert device
    return device


async def test_an_account_with_tesla_is_called_after_its_interface(
    hass: HomeAssistant, account: Account, car: Car
) -> None:
    await account.set_up(car)

    device = device_of(hass, account)
    assert (device.name, device.manufacturer) == ("Tesla Fleet API", "Tesla")
    assert device.configuration_url == DEVELOPER_PORTAL


async def test_an_account_with_myteslamate_is_called_after_it_and_leads_to_its_page(
    hass: HomeAssistant, account: Account, car: Car, world: World
) -> None:
    member = Member(account, await world.open_myteslamate())
    await member.set_up(car)

    device = device_of(hass, account)
    assert (device.name, device.manufacturer, device.model) == ("MyTeslaMate", "MyTeslaMate", "MyTeslaMate")
    assert device.configuration_url == PAIRING


async def test_an_account_at_addresses_of_ones_own_is_called_after_its_host(
    hass: HomeAssistant, account: Account, car: Car, world: World
) -> None:
    member = Member(account, await world.open_myteslamate())
    await member.set_up(car, provider=teslamate_style(address=member.service.address))

    device = device_of(hass, account)
    assert (device.name, device.manufacturer) == ("Service at 127.0.0.1", None)
    assert device.configuration_url is None
