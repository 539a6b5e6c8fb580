"""Devices that TeslaMate itself tells Home Assistant of, beside the cars that follow it."""

from typing import Any

from homeassistant.components import mqtt as ha_mqtt
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.teslamate_twins import TESLAMATE_TWIN
from simulator.car.car import Car
from tests.broker import Broker, broker

from .account import Account
from .dialogue import Dialogue
from .mqtt import connected
from .sources import set_up_alone, teslamate_feed, works

__all__ = ["broker", "connected"]


def add_device(
    hass: HomeAssistant, number: int = 1, *, node: str = "teslamate", name: str = "Aurora"
) -> dr.DeviceEntry:
    """Have TeslaMate tell Home Assistant's MQTT of a car."""
    (entry,) = hass.config_entries.async_entries(ha_mqtt.DOMAIN)
    return dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(ha_mqtt.DOMAIN, f"{node}_car_{number}")},
        name=name,
    )


def told(issues: ir.IssueRegistry) -> list[ir.IssueEntry]:
    """Return what is said of twins, left or not."""
    return [issue for issue in issues.issues.values() if issue.translation_key == TESLAMATE_TWIN]


@pytest.fixture
async def twin(account: Account, car: Car, mqtt: Broker) -> dr.DeviceEntry:
    device = add_device(account.hass)
    await set_up_alone(account, car, feeds=[teslamate_feed(car)])
    await works(account, "teslamate")
    return device


async def test_the_second_device_is_switched_off_if_its_owner_wants_that(
    hass: HomeAssistant, twin: dr.DeviceEntry, dialogue: Dialogue, issue_registry: ir.IssueRegistry
) -> None:
    (issue,) = told(issue_registry)
    assert issue.translation_placeholders == {"device": "Aurora"}
    await dialogue.begin_repair(issue)
    assert dialogue.step["menu_options"] == ["switch_off", "leave"]
    await dialogue.answer_repair(next_step_id="switch_off")

    device = dr.async_get(hass).async_get(twin.id)
    assert device is not None
    assert device.disabled_by is dr.DeviceEntryDisabler.USER
    assert told(issue_registry) == []


async def test_it_is_left_if_its_owner_wants_that_and_not_mentioned_any_more(
    hass: HomeAssistant,
    account: Account,
    twin: dr.DeviceEntry,
    dialogue: Dialogue,
    issue_registry: ir.IssueRegistry,
) -> None:
    (issue,) = told(issue_registry)
    await dialogue.begin_repair(issue)
    await dialogue.answer_repair(next_step_id="leave")
    assert dialogue.step["reason"] == "left"
    await hass.config_entries.async_reload(account.entry.entry_id)
    await works(account, "teslamate")

    (issue,) = told(issue_registry)
    assert issue.dismissed_version is not None
    device = dr.async_get(hass).async_get(twin.id)
    assert device is not None
    assert not device.disabled


async def test_a_device_that_comes_later_is_seen_and_one_that_goes_is_not_mentioned_any_more(
    hass: HomeAssistant, account: Account, car: Car, mqtt: Broker, issue_registry: ir.IssueRegistry
) -> None:
    await set_up_alone(account, car, feeds=[teslamate_feed(car)])
    await works(account, "teslamate")
    assert told(issue_registry) == []

    device = add_device(hass)
    add_device(hass, number=2)  # a car that is not followed here
    await hass.async_block_till_done()
    (issue,) = told(issue_registry)
    assert issue.data == {"key": TESLAMATE_TWIN, "device": device.id}

    dr.async_get(hass).async_remove_device(device.id)
    await hass.async_block_till_done()
    assert told(issue_registry) == []


async def test_a_car_of_the_same_number_in_another_teslamate_is_no_second_device(
    hass: HomeAssistant, account: Account, car: Car, mqtt: Broker, issue_registry: ir.IssueRegistry
) -> None:
    await set_up_alone(account, car, feeds=[teslamate_feed(car, namespace="home")])
    await works(account, "teslamate")
    add_device(hass)
    add_device(hass, node="teslamate_work")
    own = add_device(hass, node="teslamate_home")
    await hass.async_block_till_done()

    assert [issue.data for issue in told(issue_registry)] == [{"key": TESLAMATE_TWIN, "device": own.id}]


async def test_the_name_of_a_second_device_is_shown_as_text(
    hass: HomeAssistant, account: Account, car: Car, mqtt: Broker, issue_registry: ir.IssueRegistry
) -> None:
    await set_up_alone(account, car, feeds=[teslamate_feed(car)])
    await works(account, "teslamate")
    add_device(hass, name="<b>[x](https://example.com)")
    await hass.async_block_till_done()

    (issue,) = told(issue_registry)
    assert issue.translation_placeholders == {"device": "(b)(x)(https example.com)"}


@pytest.mark.parametrize("choice", ["", "switch_off"])
async def test_a_device_that_goes_while_one_reads_the_notice_needs_nothing(
    hass: HomeAssistant,
    twin: dr.DeviceEntry,
    dialogue: Dialogue,
    issue_registry: ir.IssueRegistry,
    choice: str,
) -> None:
    (issue,) = told(issue_registry)
    registry = dr.async_get(hass)
    if choice:
        await dialogue.begin_repair(issue)
        registry.async_update_device(twin.id, disabled_by=dr.DeviceEntryDisabler.USER)
        await dialogue.answer_repair(next_step_id=choice)
    else:
        disable(hass, twin, issue)
        await dialogue.begin_repair(issue)

    assert dialogue.step["reason"] == "mended"


def disable(hass: HomeAssistant, twin: dr.DeviceEntry, issue: ir.IssueEntry) -> None:
    """Switch the device off, and have a page opened that shows the notice still."""
    dr.async_get(hass).async_update_device(twin.id, disabled_by=dr.DeviceEntryDisabler.USER)
    data: dict[str, Any] = dict(issue.data or {})
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue.issue_id,
        data=data,
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=TESLAMATE_TWIN,
        translation_placeholders=issue.translation_placeholders,
    )


async def test_with_the_source_goes_the_notice(
    hass: HomeAssistant, account: Account, twin: dr.DeviceEntry, issue_registry: ir.IssueRegistry
) -> None:
    assert told(issue_registry)
    await hass.config_entries.async_unload(account.entry.entry_id)

    assert told(issue_registry) == []
