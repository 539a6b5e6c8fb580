"""What the docs give to be pasted, pasted: the dashboard, the automations, the recorder's exceptions."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from fnmatch import fnmatch
from pathlib import Path
import re
from typing import Any

from homeassistant.components.automation import DATA_COMPONENT, entities_in_automation
from homeassistant.components.persistent_notification import _async_get_or_create_notifications
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util.yaml import parse_yaml
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed  # type: ignore[import-untyped]  # has no types
from pytest_homeassistant_custom_component.typing import WebSocketGenerator  # type: ignore[import-untyped]  # has no types

from custom_components.tesla_direct.const import DOMAIN, PLATFORMS
from custom_components.tesla_direct.tesla.proto.vehicle_data_pb2 import Field
from simulator.car.car import Car
from simulator.world import World

from .account import Account

DOCS = Path(__file__).parents[2] / "docs"
DASHBOARD = (DOCS / "dashboard.yaml").read_text(encoding="utf-8")
YAML = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: str) -> list[Any]:
    """Return what a page gives to be pasted."""
    return [parse_yaml(block) for block in YAML.findall((DOCS / page).read_text(encoding="utf-8"))]


EXAMPLES = blocks("examples.md")
(RECORDER,) = blocks("setup/recorder.md")
ROUTE = "device_tracker.marmalade_route"  # there is none while the car is not on its way
# Of the car, and of the account's device.
ENTITY_ID = re.compile(rf"\b(?:{'|'.join(PLATFORMS)})\.(?:marmalade|tesla_fleet_api)_\w+")


@pytest.fixture
async def marmalade(account: Account, world: World, car: Car) -> Account:
    """A car of the name that the docs give it, as it is after the set-up: polled once, then live."""
    assert car.model.name == "Marmalade"
    port = await account.make_port()
    await account.set_up(car, receiver=port)
    await account.connect(car)
    return account


def check_shown(hass: HomeAssistant, entity_ids: set[str]) -> None:
    """Each of them is an entity of ours that is enabled without anybody's doing, and available."""
    registry = er.async_get(hass)
    for entity_id in entity_ids:
        entry = registry.async_get(entity_id)
        assert entry is not None, entity_id
        assert entry.platform == DOMAIN
        state = hass.states.get(entity_id)
        assert state is not None, entity_id
        assert state.state != "unavailable" or entity_id == ROUTE, entity_id


async def test_the_dashboard_can_be_pasted_and_each_of_its_entities_is_there(
    marmalade: Account, hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    page: Any = parse_yaml(DASHBOARD)
    assert await async_setup_component(hass, "lovelace", {})
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "lovelace/config/save", "config": {"views": [page]}})
    assert (await client.receive_json())["success"]
    await client.send_json_auto_id({"type": "lovelace/config"})
    shown = (await client.receive_json())["result"]

    assert shown["views"] == [page]
    entities = set(_entities(page))
    assert len(entities) > 30
    assert entities == set(ENTITY_ID.findall(DASHBOARD))
    check_shown(hass, entities)


def _entities(card: Any) -> list[str]:
    """Return what a card and those within it show."""
    if isinstance(card, list):
        return [found for one in card for found in _entities(one)]
    if not isinstance(card, dict):
        return []
    own = [card["entity"]] if "entity" in card else []
    return own + [found for one in card.values() for found in _entities(one)]


@asynccontextmanager
async def automated(hass: HomeAssistant, example: Any, *, on: bool = True) -> AsyncIterator[str]:
    """Set up an automation, and take it out of use afterwards.

    on: its own triggers may start it
    """
    assert await async_setup_component(hass, "automation", {"automation": [example | {"initial_state": on}]})
    await hass.async_block_till_done()
    (state,) = hass.states.async_all("automation")
    assert state.state == ("on" if on else "off")
    yield state.entity_id
    await hass.services.async_call("automation", "turn_off", {"entity_id": state.entity_id}, blocking=True)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example["alias"]))
async def test_each_automation_is_valid_and_each_of_its_entities_is_there(
    marmalade: Account, hass: HomeAssistant, example: Any
) -> None:
    async with automated(hass, example) as automation:
        entities = set(entities_in_automation(hass, automation)) | set(ENTITY_ID.findall(str(example)))
        assert entities
        check_shown(hass, entities)


async def test_the_end_of_charging_is_told(marmalade: Account, hass: HomeAssistant, car: Car) -> None:
    example = next(one for one in EXAMPLES if one["alias"] == "Charging is over")
    for component, config in (("persistent_notification", {}), ("notify", {}), ("automation", [example])):
        assert await async_setup_component(hass, component, {component: config})
    await hass.async_block_till_done()
    assert hass.data[DATA_COMPONENT].entities
    await marmalade.push(car, DetailedChargeState="Charging")
    await marmalade.push(car, DetailedChargeState="Complete", BatteryLevel=80.0)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=2))
    await hass.async_block_till_done()

    (notification,) = _async_get_or_create_notifications(hass).values()
    assert notification["message"].startswith("80.0 %, ")


async def test_each_pattern_for_the_recorder_meets_an_entity(
    marmalade: Account, hass: HomeAssistant, car: Car
) -> None:
    await marmalade.connect(car, *(name for name in Field.keys() if name != "Unknown"))  # noqa: SIM118  # an enum
    registry = er.async_get(hass)
    ours = er.async_entries_for_config_entry(registry, marmalade.entry.entry_id)

    for pattern in RECORDER["recorder"]["exclude"]["entity_globs"]:
        assert any(fnmatch(entry.entity_id, pattern) for entry in ours), pattern


async def run(account: Account, alias: str) -> None:
    """Set up an automation of the docs, and let it do what it does when it is triggered.

    Its own triggers go by the clock of the machine, which may just strike.
    """
    hass = account.hass
    example = next(one for one in EXAMPLES if one["alias"] == alias)
    for component in ("persistent_notification", "notify"):
        assert await async_setup_component(hass, component, {component: {}})
    async with automated(hass, example, on=False) as automation:
        target = {"entity_id": automation, "skip_condition": False}
        await account.wait_for(hass.services.async_call("automation", "trigger", target, blocking=True))


async def test_the_car_is_told_in_the_evening_when_to_be_warm(
    marmalade: Account, hass: HomeAssistant, car: Car
) -> None:
    await hass.config.async_update(latitude=car.body.latitude, longitude=car.body.longitude)
    assert await async_setup_component(hass, "zone", {})
    await marmalade.push(car, Location=(car.body.latitude + 1e-4, car.body.longitude))
    await run(marmalade, "Be warm when I leave")
    (schedule,) = car.body.precondition_schedules

    tomorrow = dt_util.now() + timedelta(days=1)
    assert schedule["days_of_week"] == 1 << tomorrow.isoweekday() % 7
    assert (schedule["precondition_time"], schedule["one_time"]) == (450, True)


@pytest.mark.parametrize(("surplus", "amps"), [("1400", 12), ("-10000", 5), ("10000", 16)])
async def test_the_sun_decides_on_the_current(
    marmalade: Account, hass: HomeAssistant, car: Car, surplus: str, amps: int
) -> None:
    car.charge()
    car.body.charge_amps_wanted = 6
    await marmalade.push(
        car, DetailedChargeState="Charging", ChargeCurrentRequest=6, ChargeCurrentRequestMax=16
    )
    hass.states.async_set("sensor.solar_surplus", surplus)
    await run(marmalade, "Charge with what the sun leaves over")

    assert car.body.charge_amps_wanted == amps
    assert [one.name for one in car.executed] == ["set_charging_amps"]


async def test_chargers_are_told_of_when_they_are_needed(
    marmalade: Account, hass: HomeAssistant, car: Car
) -> None:
    await run(marmalade, "Where could I charge")
    (notification,) = _async_get_or_create_notifications(hass).values()

    assert " ".join(notification["message"].split()) == "Gallions Reach, GB: 7 of 12 free, 5.4 mi away"
