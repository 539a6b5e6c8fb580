"""Record what this release leaves in `.storage`: run by script/record-storage, never with the tests."""

from collections.abc import Callable, Mapping
import json
from pathlib import Path
import time
from typing import Any

from homeassistant.helpers import entity_registry as er

from custom_components.tesla_direct.const import DOMAIN
from demo.home import free_port
from simulator.world import World
from tests.home import until

from .account import Account
from .dialogue import Dialogue
from .public_name import ORIGIN, PublicName
from .recorded import FOLDER, RELEASES, STATES, WORLD, describe
from .test_receiver_flow import bundle_file, to_this_machine, wanted
from .waited import progressed

__all__ = ["bundle_file"]

MANIFEST = Path(__file__).parents[2] / "custom_components" / DOMAIN / "manifest.json"
# Seconds; what a car sends is dated, and never taken for later than the real time of its arrival.
BEFORE_NOW = 3600.0
# Of Home Assistant's files, the lists that hold what is ours, and what tells that a row is.
OURS: Mapping[str, tuple[str, Callable[[dict[str, Any]], bool]]] = {
    "core.config_entries": ("entries", lambda row: bool(row["domain"] == DOMAIN)),
    "core.device_registry": ("devices", lambda row: any(one[0] == DOMAIN for one in row["identifiers"])),
    "core.entity_registry": ("entities", lambda row: bool(row["platform"] == DOMAIN)),
}


async def test_record(
    account: Account,
    world: World,
    dialogue: Dialogue,
    public_name: PublicName,
    bundle_file: str,
) -> None:
    """Go the whole way as a user does, charge one of two cars, and stop in good order."""
    hass = account.hass
    account.wall.now = round(time.time()) - BEFORE_NOW
    car, _ = world.add_car("typed"), world.add_car("untyped")
    shared = await account.shared()
    shared.ports.resolve = to_this_machine
    world.cloud.unregister()
    world.cloud.set_origins(ORIGIN, at_once=True)
    await dialogue.until_cars()
    (account.entry,) = hass.config_entries.async_entries(DOMAIN)
    await dialogue.follow()
    await dialogue.answer(next_step_id="hosting_check")
    await progressed(account, dialogue)
    await dialogue.answer(vehicles=list(world.cars))
    await progressed(account, dialogue)
    while dialogue.step["step_id"] == "pairing_car":
        link = dialogue.step["description_placeholders"]["link"]
        assert await world.cloud.follow_pairing_link(link, link.partition("vin=")[2]) == "paired"
        await dialogue.answer()
        await progressed(account, dialogue)
    port = free_port()
    await dialogue.answer(**wanted(port))
    await dialogue.answer(authorities_file=bundle_file)
    await progressed(account, dialogue)
    await dialogue.answer()
    await dialogue.answer(profile="standard")
    await progressed(account, dialogue)
    assert dialogue.step["reason"] == "tour_done", dialogue.step
    await until(lambda: bool(car.telemetry.connections.open))
    car.raise_alert()
    car.charge("ac", limit=90)
    for seconds in (*[60] * 10, 1):
        await account.pass_time(seconds)
    car.stop_charging()
    car.unplug()
    await account.pass_time(60)
    for each in world.cars.values():
        each.sleep()
    await until(lambda: not car.telemetry.connections.open)
    await account.pass_time(121)
    ours = er.async_entries_for_config_entry(er.async_get(hass), account.entry.entry_id)
    states = {one.entity_id: state.state for one in ours if (state := hass.states.get(one.entity_id))}
    await hass.async_stop(force=True)

    # Numbered, so that none is ever written over; to record anew what nobody has yet, delete the newest.
    release = FOLDER / f"{len(RELEASES) + 1:04}-{json.loads(MANIFEST.read_text())['version']}"
    await hass.async_add_executor_job(_write, Path(hass.config.path(".storage")), release)
    (release / STATES).write_text(_pretty(dict(sorted(states.items()))))
    (release / WORLD).write_text(_pretty(describe(world, port)))


def _write(storage: Path, release: Path) -> None:
    release.mkdir(parents=True)
    for file in sorted(storage.iterdir()):
        content = json.loads(file.read_text())
        if file.name in OURS:
            key, is_ours = OURS[file.name]
            content["data"] = {
                name: [row for row in rows if name == key and is_ours(row)]
                if isinstance(rows, list)
                else rows
                for name, rows in content["data"].items()
            }
        elif not file.name.startswith(f"{DOMAIN}."):
            continue
        # The entities are many, and nobody reads them.
        text = json.dumps(content) + "\n" if file.name == "core.entity_registry" else _pretty(content)
        (release / file.name).write_text(text)


def _pretty(content: Any) -> str:
    return json.dumps(content, indent=1) + "\n"
