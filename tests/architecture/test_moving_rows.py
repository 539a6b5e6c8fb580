"""What is gone on with means the same and counts in the same unit, as the code of the others says."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import homeassistant
from homeassistant import const
from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
import pytest

from custom_components.tesla_direct.moving_rows import FORMER
from script.write_reference import TABLES

COMPONENTS = Path(homeassistant.__file__).parent / "components"
CORE = ("tesla_fleet", "teslemetry", "tessie")  # the other one is not installed with Home Assistant
OURS = {platform: {row.key: row for row in rows} for platform, rows in TABLES.items()}
NAMES = {**vars(const), "SensorDeviceClass": SensorDeviceClass, "SensorStateClass": SensorStateClass}


@cache
def source(domain: str) -> dict[str, ast.Module]:
    return {path.stem: ast.parse(path.read_text("utf-8")) for path in (COMPONENTS / domain).glob("*.py")}


@cache
def rows_of(domain: str, platform: str) -> dict[str, dict[str, ast.expr]]:
    """Return what a platform's tables say, by the last part of the unique id."""
    found = {}
    for node in ast.walk(source(domain)[platform]):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and "Description" in node.func.id:
            row = {word.arg: word.value for word in node.keywords if word.arg}
            key = row.get("unique_id", row.get("key"))
            if isinstance(key, ast.Constant):
                found[str(key.value)] = row
    return found


def texts_of(domain: str, platform: str) -> set[Any]:
    """Return every literal text that a platform's code mentions, and what its shared words are."""
    trees = [source(domain)[platform], source(domain)["const"]]
    return {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}


def value(node: ast.expr | None) -> Any:
    """Return what a name of Home Assistant's stands for."""
    match node:
        case ast.Constant(value=text):
            return text
        case ast.Name(id=name):
            return NAMES[name]
        case ast.Attribute(value=owner, attr=name):
            return getattr(value(owner), name)
    return None


def words(domain: str, node: ast.expr) -> Iterator[Any]:
    """Yield the words of a list of options: written out, or the values of a dictionary."""
    for part in ast.walk(node):
        if isinstance(part, ast.Constant):
            yield part.value
    names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    for tree in source(domain).values():
        for statement in tree.body:
            targets = statement.targets if isinstance(statement, ast.Assign) else []
            known = {target.id for target in targets if isinstance(target, ast.Name)}
            if known & names and isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Dict):
                yield from (part.value for part in statement.value.values if isinstance(part, ast.Constant))


@pytest.mark.parametrize("domain", FORMER)
def test_what_goes_on_is_ours(domain: str) -> None:
    missing = [row for row, ours in FORMER[domain].rows.items() if ours not in OURS[row[0]]]

    assert missing == []
    assert len(FORMER[domain].rows) > 30


@pytest.mark.parametrize("domain", CORE)
def test_what_goes_on_is_theirs(domain: str) -> None:
    missing = [
        (platform, theirs)
        for platform, theirs in FORMER[domain].rows
        if theirs not in rows_of(domain, platform) and theirs not in texts_of(domain, platform)
    ]

    assert missing == []


@pytest.mark.parametrize("domain", CORE)
def test_a_sensor_counts_in_the_same_unit_by_the_same_rule_or_has_the_same_words(domain: str) -> None:
    sensors = {
        theirs: ours for (platform, theirs), ours in FORMER[domain].rows.items() if platform == "sensor"
    }
    assert {theirs: ours for theirs, ours in sensors.items() if not is_same(domain, theirs, ours)} == {}


@pytest.mark.parametrize("domain", CORE)
def test_a_number_is_entered_in_the_same_unit_and_a_choice_has_their_words(domain: str) -> None:
    for (platform, theirs), ours in FORMER[domain].rows.items():
        row: Any = OURS[platform][ours]
        told = rows_of(domain, platform).get(theirs, {})
        if platform == "number":
            assert value(told["native_unit_of_measurement"]) == row.native_unit_of_measurement
        elif platform == "select":  # named in the code of each, and not always in a table
            levels = {"off", "low", "high"} if "wheel" in ours else {"off", "low", "medium", "high"}
            assert levels <= texts_of(domain, platform)
            assert levels <= set(row.options)


def is_same(domain: str, theirs: str, ours: str) -> bool:
    """Return whether two sensors agree; who says less contradicts nobody."""
    row: Any = OURS["sensor"][ours]
    told = rows_of(domain, "sensor")[theirs]
    return (
        value(told.get("native_unit_of_measurement")) == row.native_unit_of_measurement
        and value(told.get("device_class")) in {None, row.device_class}
        and value(told.get("state_class")) in {None, row.state_class}
        and (row.options is None or set(words(domain, told["options"])) == set(row.options))
    )


def test_a_counter_that_begins_at_zero_by_another_rule_is_left_out() -> None:
    for domain in CORE:
        told = rows_of(domain, "sensor")["charge_state_charge_energy_added"]
        assert "last_reset_fn" not in told
        assert ("sensor", "charge_state_charge_energy_added") not in FORMER[domain].rows
