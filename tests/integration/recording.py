"""Writes what an account leaves in `.storage` down as a recording, beside what was shown of it."""

from collections.abc import Callable, Mapping
import json
from pathlib import Path
from typing import Any

from homeassistant.helpers import entity_registry as er

from custom_components.tesla_direct.const import DOMAIN

from .account import Account
from .recorded import RELEASES, STATES, WORLD

MANIFEST = Path(__file__).parents[2] / "custom_components" / DOMAIN / "manifest.json"
# Numbered, so that none is ever written over; to record anew what nobody has yet, delete the newest.
RELEASE = f"{len(RELEASES) + 1:04}-{json.loads(MANIFEST.read_text())['version']}"
# Seconds; what a car sends is dated, and never taken for later than the real time of its arrival.
BEFORE_NOW = 3600.0
# Of Home Assistant's files, the lists that hold what is ours, and what tells that a row is.
OURS: Mapping[str, tuple[str, Callable[[dict[str, Any]], bool]]] = {
    "core.config_entries": ("entries", lambda row: bool(row["domain"] == DOMAIN)),
    "core.device_registry": ("devices", lambda row: any(one[0] == DOMAIN for one in row["identifiers"])),
    "core.entity_registry": ("entities", lambda row: bool(row["platform"] == DOMAIN)),
}


async def record(account: Account, folder: Path, world: dict[str, Any]) -> None:
    """Stop Home Assistant in good order, and write a folder.

    world: what has to be known of the world to go on in another one
    """
    hass = account.hass
    ours = er.async_entries_for_config_entry(er.async_get(hass), account.entry.entry_id)
    states = {one.entity_id: state.state for one in ours if (state := hass.states.get(one.entity_id))}
    await hass.async_stop(force=True)
    await hass.async_add_executor_job(_write, Path(hass.config.path(".storage")), folder)
    (folder / STATES).write_text(_pretty(dict(sorted(states.items()))))
    (folder / WORLD).write_text(_pretty(world))


def _write(storage: Path, folder: Path) -> None:
    folder.mkdir(parents=True)
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
        (folder / file.name).write_text(text)


def _pretty(content: Any) -> str:
    return json.dumps(content, indent=1) + "\n"
