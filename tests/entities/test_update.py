from collections.abc import Callable
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.update.const import UpdateEntityFeature
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed  # type: ignore[import-untyped]  # has no types

from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal
from custom_components.tesla_direct.tesla.vehicle.signals import software
from tests.tesla.vehicle.states import NOW

from .cars import READ_SCOPES, Account

UPDATE = Platform.UPDATE
MOMENT = "2026-10-07T08:00:00+00:00"  # NOW
INSTALLED: dict[AnySignal, Any] = {software.VERSION: "2026.26.6", software.UPDATE_VERSION: None}
OFFERED: dict[AnySignal, Any] = {software.VERSION: "2026.26.6", software.UPDATE_VERSION: "2026.32.3"}
INSTALL, NOTES = UpdateEntityFeature.INSTALL, UpdateEntityFeature.RELEASE_NOTES


async def added(account: Account, told: dict[AnySignal, Any]) -> Account:
    await account.tell(told)
    await account.add(UPDATE)
    return account


def attributes(account: Account) -> dict[str, Any]:
    return dict(account.state(UPDATE, "software").attributes)


@pytest.mark.parametrize(
    ("told", "expected", "latest"),
    [
        ({}, "unknown", None),
        ({software.UPDATE_VERSION: "2026.32.3"}, "unknown", "2026.32.3"),
        (INSTALLED, "off", "2026.26.6"),
        (OFFERED, "on", "2026.32.3"),
        ({software.VERSION: "2026.32.3", software.UPDATE_VERSION: "2026.32.3"}, "off", "2026.32.3"),
        ({software.VERSION: "2026.32.10", software.UPDATE_VERSION: "2026.32.9"}, "off", "2026.32.9"),
    ],
)
async def test_an_update_is_there_while_its_version_is_another_one(
    account: Account, told: dict[AnySignal, Any], expected: str, latest: str | None
) -> None:
    await added(account, told)

    assert account.state(UPDATE, "software").state == expected
    assert attributes(account)["installed_version"] == told.get(software.VERSION)
    assert attributes(account)["latest_version"] == latest


@pytest.mark.parametrize(
    ("told", "offered"),
    [
        (INSTALLED, False),
        (OFFERED, False),
        (OFFERED | {software.UPDATE_STATUS: "available"}, True),
        (OFFERED | {software.UPDATE_STATUS: "scheduled"}, True),
        (OFFERED | {software.UPDATE_STATUS: "downloading"}, False),
        (OFFERED | {software.UPDATE_STATUS: "installing"}, False),
        (OFFERED | {software.UPDATE_AVAILABLE: True}, True),
        (OFFERED | {software.UPDATE_AVAILABLE: False}, False),
        (OFFERED | {software.UPDATE_AVAILABLE: True, software.UPDATE_IN_PROGRESS: True}, False),
        (OFFERED | {software.UPDATE_DOWNLOAD: 100.0}, True),
        (OFFERED | {software.UPDATE_DOWNLOAD: 63.0}, False),
        (INSTALLED | {software.UPDATE_STATUS: "available"}, False),
    ],
)
async def test_an_update_can_be_installed_once_the_car_has_it(
    account: Account,
    told: dict[AnySignal, Any],
    offered: bool,  # noqa: FBT001  # a value of the table
) -> None:
    await added(account, told)

    features = attributes(account)["supported_features"]
    assert bool(features & INSTALL) is offered
    assert features & NOTES


async def test_what_streams_later_says_more_than_what_was_polled(account: Account) -> None:
    await added(account, OFFERED | {software.UPDATE_STATUS: "available"})
    assert attributes(account)["supported_features"] & INSTALL

    await account.tell({software.UPDATE_IN_PROGRESS: True}, at=NOW + 60)

    assert not attributes(account)["supported_features"] & INSTALL
    assert attributes(account)["in_progress"] is True


async def test_the_status_costs_a_streaming_car_no_fetch(account: Account) -> None:
    await account.add(UPDATE)

    assert all(signal.field is not None for signal in account.coordinator.wanted)


async def test_an_update_is_installed_now(account: Account) -> None:
    await added(account, OFFERED | {software.UPDATE_STATUS: "available"})

    await account.entity(UPDATE, "software").async_install(None, backup=False)

    assert account.commands.said() == [("schedule_software_update", {"offset_sec": 0})]


@pytest.mark.parametrize(
    ("told", "expected", "percent"),
    [
        ({}, False, None),
        ({software.UPDATE_STATUS: "installing", software.UPDATE_INSTALL: 42.0}, True, 42.0),
        ({software.UPDATE_IN_PROGRESS: True, software.UPDATE_INSTALL: 42.0}, True, 42.0),
        ({software.UPDATE_IN_PROGRESS: True}, True, None),
        ({software.UPDATE_STATUS: "available", software.UPDATE_INSTALL: 1.0}, False, None),
    ],
)
async def test_progress_is_shown_while_it_installs(
    account: Account,
    told: dict[AnySignal, Any],
    expected: bool,  # noqa: FBT001  # a value of the table
    percent: float | None,
) -> None:
    await added(account, OFFERED | told)

    assert attributes(account)["in_progress"] is expected
    assert attributes(account)["update_percentage"] == percent


async def test_what_is_scheduled_counts_as_being_installed_when_its_time_has_come(
    hass: HomeAssistant, account: Account, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(MOMENT)
    at = NOW + 600
    await added(account, OFFERED | {software.UPDATE_STATUS: "scheduled", software.UPDATE_SCHEDULED: at})
    seen = [attributes(account)["in_progress"]]

    for seconds in (400, 90, 200):  # 600 - 110 = 490 seconds later it is about to begin
        freezer.tick(timedelta(seconds=seconds))
        async_fire_time_changed(hass)
        await hass.async_block_till_done()
        seen.append(attributes(account)["in_progress"])
    assert seen == [False, False, True, True]

    freezer.tick(timedelta(seconds=60))
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
    assert attributes(account)["in_progress"] is False


async def test_a_schedule_of_what_is_installed_already_means_nothing(
    account: Account, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(MOMENT)

    await added(account, INSTALLED | {software.UPDATE_SCHEDULED: NOW})

    assert attributes(account)["in_progress"] is False


async def test_a_schedule_that_was_taken_back_is_not_waited_for(
    hass: HomeAssistant, account: Account, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(MOMENT)
    await added(account, OFFERED | {software.UPDATE_SCHEDULED: NOW + 600})

    await account.tell({software.UPDATE_SCHEDULED: None}, at=NOW + 1)
    freezer.tick(timedelta(seconds=600))
    async_fire_time_changed(hass)
    await hass.async_block_till_done()

    assert attributes(account)["in_progress"] is False


async def test_who_may_not_send_commands_sees_the_update_all_the_same(
    open_account: Callable[..., Account],
) -> None:
    told = OFFERED | {software.UPDATE_STATUS: "available"}
    account = await added(open_account(scopes=READ_SCOPES), told)

    assert account.state(UPDATE, "software").state == "on"
    assert not attributes(account)["supported_features"] & INSTALL


NEW = {
    "response": {
        "response": {
            "release_notes": [
                {"title": "Minor fixes", "subtitle": "Some detail", "description": "Fixes."},
                {"title": "More", "subtitle": "", "description": None},
                "odd",
            ]
        }
    }
}


async def test_release_notes_are_asked_for_once_a_version(account: Account) -> None:
    await added(account, OFFERED)
    account.commands.answers["release_notes"] = NEW
    update = account.entity(UPDATE, "software")

    notes = await update.async_release_notes()

    assert notes == "## Minor fixes\n\n**Some detail**\n\nFixes.\n\n## More"
    assert await update.async_release_notes() == notes
    assert account.commands.reads == [("release_notes", {"staged": True}, None)]

    await account.tell({software.VERSION: "2026.32.3"}, at=NOW + 1)
    await update.async_release_notes()
    assert len(account.commands.reads) == 1  # the same version, installed now

    await account.tell({software.UPDATE_VERSION: "2026.36.1"}, at=NOW + 2)
    await update.async_release_notes()
    assert len(account.commands.reads) == 2


async def test_notes_of_what_is_installed_are_not_those_of_what_is_staged(account: Account) -> None:
    await added(account, INSTALLED)
    account.commands.answers["release_notes"] = NEW

    await account.entity(UPDATE, "software").async_release_notes()

    assert account.commands.reads == [("release_notes", {"staged": False}, None)]


async def test_notes_that_cannot_be_read_are_told_as_such(account: Account) -> None:
    await added(account, INSTALLED)
    account.commands.answers["release_notes"] = {"response": "odd"}

    with pytest.raises(HomeAssistantError) as told:
        await account.entity(UPDATE, "software").async_release_notes()

    assert told.value.translation_key == "answer_unreadable"
