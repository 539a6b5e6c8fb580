"""The page on which TeslaMate is promised what is known here."""

import re
import socket
from typing import Any

import aiohttp
from homeassistant.components.http import ApiConfig
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry  # type: ignore[import-untyped]  # has no types

from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.serving import settings_text
from custom_components.tesla_direct.tesla.fleet_api import provider as providers
from simulator.car.car import Car
from simulator.ports import free_port
from simulator.teslamate.reader import Reader, Refused

from .account import Account
from .dialogue import Dialogue
from .disk import full_disk, mend_disk, spoil_disk

TOKEN = re.compile(r"TOKEN=\?token=(\S+)")


@pytest.fixture
async def polled(account: Account, car: Car) -> Account:
    await account.set_up(car)
    return account


def token_of(dialogue: Dialogue) -> str:
    found = TOKEN.search(dialogue.step["description_placeholders"]["settings"])
    assert found is not None
    return found[1]


def suggested(dialogue: Dialogue) -> dict[str, Any]:
    fields = dialogue.step["data_schema"].schema
    return {str(field): field.description["suggested_value"] for field in fields}


async def products(port: int, token: str) -> list[dict[str, Any]]:
    async with aiohttp.ClientSession() as session:
        return await Reader(session, f"http://127.0.0.1:{port}", "", token).products()


async def switch_on(polled: Account, dialogue: Dialogue, port: int) -> str:
    """Go through the pages; return the token that they show."""
    await dialogue.begin_options(polled.entry, "serving")
    await dialogue.answer_options(serve=True, host=" 127.0.0.1 ", port=port)
    assert dialogue.step["step_id"] == "serving_settings", dialogue.step
    return token_of(dialogue)


async def test_it_is_off_and_shows_what_teslamate_needs_once_it_is_switched_on(
    polled: Account, dialogue: Dialogue, car: Car
) -> None:
    await dialogue.begin_options(polled.entry, "serving")
    assert suggested(dialogue) == {"serve": False, "host": "127.0.0.1", "port": 8124}

    port = free_port()
    token = await switch_on(polled, dialogue, port)
    assert dialogue.step["description_placeholders"]["settings"] == "\n".join(
        (
            f"TOKEN=?token={token}",
            f"TESLA_API_HOST=http://127.0.0.1:{port}",
            f"TESLA_AUTH_HOST=http://127.0.0.1:{port}",
            "TESLA_AUTH_PATH=/oauth2/v3",
            f"TESLA_WSS_HOST=ws://127.0.0.1:{port}",
            "TESLA_WSS_USE_VIN=true",
        )
    )
    assert polled.entry.options == {}
    await dialogue.answer_options(new_token=False)
    assert dialogue.step["type"] == "create_entry"
    await polled.quiet()

    assert polled.entry.options == {"serve": {"host": "127.0.0.1", "port": port}}
    assert [row["vin"] for row in await products(port, token)] == [car.vin]


async def test_the_page_shows_it_again_without_a_reload_and_it_can_be_switched_off(
    polled: Account, dialogue: Dialogue
) -> None:
    port = free_port()
    token = await switch_on(polled, dialogue, port)
    await dialogue.answer_options(new_token=False)
    await polled.quiet()
    serving = polled.runtime.serving

    assert await switch_on(polled, dialogue, port) == token
    await dialogue.answer_options(new_token=False)
    await polled.quiet()
    assert polled.runtime.serving is serving

    await dialogue.begin_options(polled.entry, "serving")
    await dialogue.answer_options(serve=False, host="127.0.0.1", port=port)
    await polled.quiet()
    assert polled.entry.options == {}
    with pytest.raises(aiohttp.ClientConnectorError):
        await products(port, token)
    assert await switch_on(polled, dialogue, port) == token  # so that TeslaMate need not be set up anew


async def test_it_may_be_moved_to_another_address_with_the_port_that_it_has(
    polled: Account, dialogue: Dialogue
) -> None:
    port = free_port()
    token = await switch_on(polled, dialogue, port)
    await dialogue.answer_options(new_token=False)
    await polled.quiet()

    await dialogue.begin_options(polled.entry, "serving")
    await dialogue.answer_options(serve=True, host="192.0.2.1", port=port)
    assert dialogue.step["errors"] == {"host": "serving_address_unusable"}
    await dialogue.answer_options(serve=True, host="0.0.0.0", port=port)  # noqa: S104  # every address
    assert dialogue.step["step_id"] == "serving_settings", dialogue.step
    await dialogue.answer_options(new_token=False)
    await polled.quiet()
    assert polled.entry.options["serve"]["host"] == "0.0.0.0"  # noqa: S104  # every address
    assert await products(port, token)


async def test_another_token_counts_at_once_and_the_old_one_no_more(
    polled: Account, dialogue: Dialogue
) -> None:
    port = free_port()
    old = await switch_on(polled, dialogue, port)
    await dialogue.answer_options(new_token=False)
    await polled.quiet()

    await switch_on(polled, dialogue, port)
    await dialogue.answer_options(new_token=True)
    new = token_of(dialogue)
    assert new != old
    assert await products(port, new)
    with pytest.raises(Refused, match="401"):
        await products(port, old)


async def test_another_token_may_be_had_before_anything_is_served(
    polled: Account, dialogue: Dialogue, hass: HomeAssistant
) -> None:
    first = await switch_on(polled, dialogue, free_port())
    await dialogue.answer_options(new_token=True)
    second = token_of(dialogue)
    assert second != first

    assert await hass.config_entries.async_unload(polled.entry.entry_id)
    await dialogue.answer_options(new_token=True)
    assert token_of(dialogue) not in (first, second)


async def test_what_only_a_teslamate_tells_is_not_told_to_a_teslamate(
    dialogue: Dialogue, hass: HomeAssistant, account: Account
) -> None:
    await account.shared()
    entry = MockConfigEntry(
        domain=DOMAIN,
        data={
            "auth_implementation": DOMAIN,
            "provider": providers.NONE.to_dict(),
            "region": "",
            "client_id": "",
            "scopes": [],
            "vehicles": {"5YJ3E7EB0SF000001": ""},
            "receiver": "never",
            "signed_in_at": 0.0,
        },
        subentries_data=[
            {
                "subentry_type": "teslamate",
                "title": "TeslaMate",
                "unique_id": None,
                "data": {"namespace": "", "cars": {"1": "5YJ3E7EB0SF000001"}},
            }
        ],
    )
    entry.add_to_hass(hass)
    await dialogue.begin_options(entry, "serving")
    assert dialogue.step["data_schema"]
    await dialogue.answer_options(serve=True, host="127.0.0.1", port=free_port())

    assert dialogue.step["errors"] == {"base": "serving_circle"}


async def heard(dialogue: Dialogue, account: Account, car: Car) -> None:
    """Switch it on where one of several sources is a TeslaMate."""
    teslamate = {
        "subentry_type": "teslamate",
        "title": "TeslaMate",
        "unique_id": "teslamate:",
        "data": {"namespace": "", "cars": {"1": car.vin}, "left_out": []},
    }
    await account.shared()
    account.add_entry(car, subentries_data=[teslamate])
    await dialogue.begin_options(account.entry, "serving")
    await dialogue.answer_options(serve=True, host="127.0.0.1", port=free_port())
    assert dialogue.step["step_id"] == "serving_heard"


async def test_a_teslamate_that_is_a_source_here_is_not_told_what_it_has_said(
    dialogue: Dialogue, account: Account, car: Car
) -> None:
    await heard(dialogue, account, car)
    await dialogue.answer_options(next_step_id="serving_echo")

    assert dialogue.step["reason"] == "serving_echo"
    assert account.entry.options == {}


async def test_another_teslamate_than_the_one_that_is_heard_may_be_served(
    dialogue: Dialogue, account: Account, car: Car
) -> None:
    await heard(dialogue, account, car)
    await dialogue.answer_options(next_step_id="serving_settings")
    await dialogue.answer_options(new_token=False)
    assert "serve" in account.entry.options

    await dialogue.begin_options(account.entry, "serving")
    await dialogue.answer_options(serve=True, **account.entry.options["serve"])
    assert dialogue.step["step_id"] == "serving_settings"  # nobody is asked twice


@pytest.mark.parametrize("host", ["", "homeassistant.local", "192.168.1", "1.2.3.4:80"])
async def test_what_is_no_address_is_not_taken(polled: Account, dialogue: Dialogue, host: str) -> None:
    await dialogue.begin_options(polled.entry, "serving")
    await dialogue.answer_options(serve=True, host=host, port=8124)

    assert dialogue.step["errors"] == {"host": "serving_address_invalid"}


async def test_an_address_that_this_machine_does_not_have_is_not_taken(
    polled: Account, dialogue: Dialogue
) -> None:
    await dialogue.begin_options(polled.entry, "serving")
    await dialogue.answer_options(serve=True, host="192.0.2.1", port=8124)

    assert dialogue.step["errors"] == {"host": "serving_address_unusable"}


async def test_a_port_that_somebody_has_is_not_taken(polled: Account, dialogue: Dialogue) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        await dialogue.begin_options(polled.entry, "serving")
        await dialogue.answer_options(serve=True, host="127.0.0.1", port=other.getsockname()[1])

    assert dialogue.step["errors"] == {"port": "port_taken"}


async def test_a_token_that_cannot_be_saved_is_said_so_and_nothing_is_served(
    polled: Account, dialogue: Dialogue, hass: HomeAssistant
) -> None:
    name = f"serving.{polled.entry.entry_id}"
    port = free_port()
    await dialogue.begin_options(polled.entry, "serving")
    await hass.async_add_executor_job(spoil_disk, hass, name)
    await dialogue.answer_options(serve=True, host="127.0.0.1", port=port)
    assert dialogue.step["errors"] == {"base": "serving_not_saved"}
    await hass.async_add_executor_job(mend_disk, hass, name)

    await dialogue.answer_options(serve=True, host="127.0.0.1", port=port)
    token = token_of(dialogue)
    with full_disk():
        await dialogue.answer_options(new_token=True)
    assert dialogue.step["errors"] == {"base": "serving_not_saved"}
    assert token_of(dialogue) == token
    await dialogue.answer_options(new_token=False)
    await polled.quiet()
    assert await products(port, token)


async def test_without_its_token_nothing_is_served_and_it_is_tried_again(
    polled: Account, dialogue: Dialogue, hass: HomeAssistant
) -> None:
    port = free_port()
    await switch_on(polled, dialogue, port)
    await dialogue.answer_options(new_token=False)
    await polled.quiet()
    await hass.async_add_executor_job(spoil_disk, hass, f"serving.{polled.entry.entry_id}")

    assert await hass.config_entries.async_reload(polled.entry.entry_id)
    assert polled.runtime.serving.problem == "serving_token_unreadable"


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("192.168.1.10", "192.168.1.10:8124"),
        ("fd00::1", "[fd00::1]:8124"),
        ("0.0.0.0", "homeassistant.local:8124"),  # noqa: S104  # every address
        ("::", "homeassistant.local:8124"),
    ],
)
async def test_the_settings_name_an_address_that_others_can_call(
    hass: HomeAssistant, host: str, shown: str
) -> None:
    settings = settings_text(hass, {"host": host, "port": 8124}, "x")

    assert f"TESLA_API_HOST=http://{shown}" in settings.splitlines()
    assert f"TESLA_WSS_HOST=ws://{shown}" in settings.splitlines()


async def test_of_all_addresses_of_a_machine_the_one_is_named_that_home_assistant_knows(
    hass: HomeAssistant,
) -> None:
    assert await async_setup_component(hass, "http", {})
    hass.config.api = ApiConfig("192.168.1.20", "homeassistant.local", 8123, use_ssl=False)

    settings = settings_text(hass, {"host": "0.0.0.0", "port": 8124}, "x")  # noqa: S104  # every address
    assert "TESLA_API_HOST=http://192.168.1.20:8124" in settings.splitlines()
