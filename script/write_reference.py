"""Write docs/reference/ from the tables: which entity shows which fact, from where, in which unit."""

from collections.abc import Iterable
import json
from pathlib import Path
import sys
from typing import Any

from homeassistant.helpers.entity import EntityDescription

from custom_components.tesla_direct import (
    account_event,
    account_switch,
    binary_sensor,
    button,
    climate,
    cover,
    device_tracker,
    lock,
    media_player,
    number,
    select,
    sensor,
    switch,
    text,
    time,
    update,
)
from custom_components.tesla_direct.entity import Row
from custom_components.tesla_direct.sensor import account
from custom_components.tesla_direct.tesla.vehicle.signals import ALL, NOT_TAKEN
from script.services_page import services
from script.telemetry_page import telemetry

PROJECT = Path(__file__).parent.parent
FOLDER = PROJECT / "docs" / "reference"
TRANSLATIONS = PROJECT / "custom_components" / "tesla_direct" / "translations" / "en.json"

TABLES: dict[str, Iterable[Row]] = {
    "sensor": sensor.VEHICLE,
    "binary_sensor": binary_sensor.VEHICLE,
    "device_tracker": device_tracker.VEHICLE,
    "climate": climate.VEHICLE,
    "cover": cover.VEHICLE,
    "lock": lock.VEHICLE,
    "media_player": media_player.VEHICLE,
    "number": number.VEHICLE,
    "select": select.VEHICLE,
    "switch": switch.VEHICLE,
    "button": button.VEHICLE,
    "text": text.VEHICLE,
    "time": time.VEHICLE,
    "update": update.VEHICLE,
}

ACCOUNT: dict[str, Iterable[EntityDescription]] = {
    "sensor": account.ACCOUNT,
    "switch": (account_switch.OVER_BUDGET,),
    "event": (account_event.BUDGET,),
}


def entities() -> str:
    """Return the page of entities."""
    names = json.loads(TRANSLATIONS.read_text())["entity"]
    lines = [
        "# Entities of a car",
        "",
        "*poll*: path in `vehicle_data`; *field*: name in Fleet Telemetry; *on*: enabled by default.",
        "An entity without a poll is known only for cars that stream,",
        "one without a field only for polled ones.",
        "*needs*: a scope, any one of those listed; what has to be switched on in the options is in bold;",
        "what is there only *without* a scope shows what a control shows to whoever has granted it.",
        "",
    ]
    for platform, rows in TABLES.items():
        lines += [f"## {platform}", "", "| key | name | unit | on | needs | poll | field |"]
        lines += ["|---|---|---|---|---|---|---|"]
        lines += [_entity(row, names[platform]) for row in sorted(rows, key=lambda row: row.key)]
        lines.append("")
    lines += ["## event", "", "| key | name | on | field |", "|---|---|---|---|"]
    lines.append(f"| `alert` | {names['event']['alert']['name']} | yes | records of the topic `alerts` |")
    lines += ["", "## Of the account", ""]
    lines += ["What its application costs, on a device of its own; see [costs](../setup/costs.md).", ""]
    lines += ["| platform | key | name | on |", "|---|---|---|---|"]
    lines += [_of_the_account(platform, row, names) for platform, rows in ACCOUNT.items() for row in rows]
    return "\n".join(lines) + "\n"


def _of_the_account(platform: str, row: EntityDescription, names: dict[str, dict[str, Any]]) -> str:
    on = "yes" if row.entity_registry_enabled_default else ""
    return f"| {platform} | `{row.key}` | {names[platform][row.key]['name']} | {on} |"


def _entity(row: Row, names: dict[str, dict[str, str]]) -> str:
    unit = getattr(row, "native_unit_of_measurement", None) or ""
    shown = (*row.reads, *row.watches)
    paths = dict.fromkeys(signal.path for signal in shown if signal.path)
    fields = dict.fromkeys(signal.field for signal in shown if signal.field)
    cells = (
        f"`{row.key}`",
        names[row.key]["name"],
        str(unit),
        "yes" if row.entity_registry_enabled_default else "",
        _needs(row),
        ", ".join(f"`{path}`" for path in paths),
        ", ".join(f"`{field}`" for field in fields),
    )
    return f"| {' | '.join(cells)} |"


def _needs(row: Row) -> str:
    needed = " or ".join(f"`{scope}`" for scope in row.scopes)
    if row.scope:
        needed = f"`{row.scope}` and {needed}" if needed else f"`{row.scope}`"
    if row.twin_of:
        needed = "*without* " + " and ".join(f"`{scope}`" for scope in row.twin_of)
    return f"{needed}, **{row.dangerous}**" if row.dangerous else needed


def signals() -> str:
    """Return the page of signals."""
    lines = [
        "# Signals",
        "",
        "Every fact that is taken in, whether an entity shows it or not.",
        "",
        "| name | poll | field | firmware | private |",
        "|---|---|---|---|---|",
    ]
    for signal in sorted(ALL, key=lambda signal: signal.name):
        path = f"`{signal.path}`" if signal.path else ""
        field = f"`{signal.field}`" if signal.field else ""
        private = "yes" if signal.private else ""
        lines.append(f"| `{signal.name}` | {path} | {field} | {signal.since or ''} | {private} |")
    lines += ["", "## Fields that are not taken", "", "| field | why |", "|---|---|"]
    lines += [f"| `{field}` | {reason} |" for field, reason in sorted(NOT_TAKEN.items())]
    return "\n".join(lines) + "\n"


def telemetry_fields() -> str:
    """Return the page of telemetry fields."""
    return telemetry(row for rows in TABLES.values() for row in rows)


PAGES = {
    "entities.md": entities,
    "services.md": services,
    "signals.md": signals,
    "telemetry.md": telemetry_fields,
}


def main() -> int:
    """Write the pages, or with --check compare them; return the exit code."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    stale = [name for name, page in PAGES.items() if _read(FOLDER / name) != page()]
    if "--check" in sys.argv:
        for name in stale:
            print(f"docs/reference/{name} is not what script/reference writes")
        return 1 if stale else 0
    for name in stale:
        (FOLDER / name).write_text(PAGES[name]())
        print(f"wrote docs/reference/{name}")
    return 0


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main())
