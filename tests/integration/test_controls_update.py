"""The update, from Home Assistant's action to the car and back."""

from typing import Any

from homeassistant.components.update.const import UpdateEntityFeature
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator  # type: ignore[import-untyped]  # has no types

from custom_components.tesla_direct.tesla.fleet_api.ledger import Cause
from simulator.car.car import Car

from .account import Account
from .controls import Controls

UPDATE = "update.software"
FIELDS = (
    "Version",
    "SoftwareUpdateVersion",
    "SoftwareUpdateAvailable",
    "SoftwareUpdateInProgress",
    "SoftwareUpdateDownloadPercentComplete",
    "SoftwareUpdateInstallationPercentComplete",
    "SoftwareUpdateScheduledStartTime",
    "SoftwareUpdateExpectedDurationMinutes",
)


@pytest.fixture
async def controls(account: Account, car: Car) -> Controls:
    port = await account.make_port()
    await account.set_up(car, receiver=port)
    await account.connect(car, *FIELDS)
    return Controls(account.hass, account, car)


async def test_what_the_car_has_can_be_installed(controls: Controls, car: Car) -> None:
    assert await controls.see(UPDATE) == "off"
    car.offer_update("2026.36.1")
    assert await controls.see(UPDATE) == "on"
    assert controls.attributes(UPDATE)["supported_features"] & UpdateEntityFeature.INSTALL

    await controls.ask(UPDATE, "install")

    assert controls.executed == [("schedule_software_update", {"offset_sec": 0})]
    assert car.body.update_status in ("scheduled", "installing")


async def test_what_is_not_there_cannot_be_installed(controls: Controls) -> None:
    await controls.see(UPDATE)
    before = controls.paid

    with pytest.raises(Exception, match="install") as caught:
        await controls.ask(UPDATE, "install")

    assert type(caught.value).__name__ == "ServiceNotSupported"
    assert controls.paid == before


async def release_notes(controls: Controls, client: Any) -> Any:
    await client.send_json_auto_id(
        {"type": "update/release_notes", "entity_id": controls.account.entity_id(controls.car, UPDATE)}
    )
    return await client.receive_json()


async def test_release_notes_are_shown_and_paid_for_once(
    controls: Controls, hass_ws_client: WebSocketGenerator
) -> None:
    client = await hass_ws_client(controls.hass)

    first = await release_notes(controls, client)
    again = await release_notes(controls, client)

    assert first["result"].startswith("## Minor fixes\n\n**Some detail**")
    assert again["result"] == first["result"]
    assert controls.paid.count("release_notes") == 1
    spent = controls.account.runtime.ledger.month(controls.account.wall()).top_spenders()
    assert [one.cause for one in spent if one.what == "release_notes"] == [Cause.USER]


async def test_release_notes_of_a_car_that_sleeps_wake_nobody(
    account: Account, car: Car, hass_ws_client: WebSocketGenerator
) -> None:
    await account.set_up(car)
    car.sleep()
    await account.later(150)
    controls = Controls(account.hass, account, car)

    answer = await release_notes(controls, await hass_ws_client(controls.hass))

    assert not answer["success"]
    assert "asleep" in answer["error"]["message"]
    assert "wake_up" not in controls.paid
    assert "release_notes" not in controls.paid
