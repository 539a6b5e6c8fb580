"""Facts, rows, their names and their icons belong together, and unique ids stay for ever."""

from collections.abc import Iterable, Mapping
import json
from pathlib import Path
from typing import Any

from homeassistant.components.climate.const import HVACMode
from homeassistant.components.cover.const import CoverState
from homeassistant.components.lock.const import LockState
from homeassistant.helpers.entity import EntityDescription
import pytest

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
from custom_components.tesla_direct.const import DANGEROUS
from custom_components.tesla_direct.entity import Row
from custom_components.tesla_direct.sensor import account
from custom_components.tesla_direct.tesla.command.command import CHARGING, COMMANDS
from custom_components.tesla_direct.tesla.proto.vehicle_data_pb2 import Doors, Field, TireLocation
from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal
from custom_components.tesla_direct.tesla.vehicle.signals import ALL, BY_FIELD, NOT_TAKEN

HERE = Path(__file__).parent
TESTS = HERE.parent
INTEGRATION = TESTS.parent / "custom_components" / "tesla_direct"
ICONS = json.loads((INTEGRATION / "icons.json").read_text(encoding="utf-8"))["entity"]
NAMES = json.loads((INTEGRATION / "translations" / "en.json").read_text(encoding="utf-8"))["entity"]

TABLES: Mapping[str, tuple[Row, ...]] = {
    "binary_sensor": binary_sensor.VEHICLE,
    "button": button.VEHICLE,
    "climate": climate.VEHICLE,
    "cover": cover.VEHICLE,
    "device_tracker": device_tracker.VEHICLE,
    "lock": lock.VEHICLE,
    "media_player": media_player.VEHICLE,
    "number": number.VEHICLE,
    "select": select.VEHICLE,
    "sensor": sensor.VEHICLE,
    "switch": switch.VEHICLE,
    "text": text.VEHICLE,
    "time": time.VEHICLE,
    "update": update.VEHICLE,
}
# What shows an account's spending.
ACCOUNT: Mapping[str, tuple[EntityDescription, ...]] = {
    "event": (account_event.BUDGET,),
    "sensor": account.ALL_ROWS,
    "switch": (account_switch.OVER_BUDGET,),
}
# What an entity can show where its row lists no options.
STATES: Mapping[str, Iterable[str]] = {"climate": HVACMode, "cover": CoverState, "lock": LockState}
ROWS = [(platform, row) for platform, table in TABLES.items() for row in table]
EACH_ROW = pytest.mark.parametrize(
    ("platform", "row"), ROWS, ids=[f"{platform}.{row.key}" for platform, row in ROWS]
)
# What may be asked of a car without showing anything of it.
ONLY_ASKED = ("button", "text")
# Members of one message, as dotted fields.
MEMBERS = {
    "DoorState": Doors.DESCRIPTOR.fields_by_name,
    "TpmsSoftWarnings": TireLocation.DESCRIPTOR.fields_by_name,
    "TpmsHardWarnings": TireLocation.DESCRIPTOR.fields_by_name,
}


def _documents() -> list[dict[str, Any]]:
    fixtures = sorted((TESTS / "fixtures").glob("vehicle_data_*.json"))
    answers = [json.loads(fixture.read_text(encoding="utf-8")) for fixture in fixtures]
    return [answer["response"] for answer in answers if isinstance(answer.get("response"), dict)]


DOCUMENTS = _documents()


def _resolves(signal: AnySignal, document: Any) -> bool:
    assert signal.path is not None
    found = document
    for key in signal.path.split("."):
        if not isinstance(found, dict) or key not in found:
            return False
        found = found[key]
    return not signal.members or any(member in found for member in signal.members)


@pytest.mark.parametrize("signal", [signal for signal in ALL if signal.path], ids=lambda one: one.name)
def test_each_path_stands_in_a_snapshot(signal: AnySignal) -> None:
    assert any(_resolves(signal, document) for document in DOCUMENTS)


@pytest.mark.parametrize("field", [*BY_FIELD, *NOT_TAKEN])
def test_each_field_is_one_of_teslas(field: str) -> None:
    name, _, member = field.partition(".")

    assert name in Field.DESCRIPTOR.values_by_name
    assert not member or member in MEMBERS[name]
    assert member or name not in MEMBERS


def test_no_field_of_teslas_is_forgotten() -> None:
    taken = {field.partition(".")[0] for field in BY_FIELD}

    assert taken | NOT_TAKEN.keys() == set(Field.DESCRIPTOR.values_by_name)


@EACH_ROW
def test_each_row_reads_facts_of_the_catalogue(platform: str, row: Row) -> None:
    assert row.facts or platform in ONLY_ASKED
    assert set(row.reads) <= set(ALL)
    assert len(set(row.reads)) == len(row.reads)


@EACH_ROW
def test_each_row_asks_for_the_scope_of_its_facts(platform: str, row: Row) -> None:
    needed = {signal.scope for signal in row.reads} - {None}

    assert {row.scope} - {None} == needed


@EACH_ROW
def test_what_changes_a_car_asks_for_a_scope_and_for_nothing_that_no_option_names(
    platform: str, row: Row
) -> None:
    assert set(row.scopes) | set(row.twin_of) <= {COMMANDS, CHARGING}
    assert row.dangerous is None or (row.dangerous in DANGEROUS and row.scopes)


@EACH_ROW
def test_what_is_only_watched_is_not_wanted_as_well(platform: str, row: Row) -> None:
    assert set(row.watches) <= set(ALL)
    assert not set(row.watches) & set(row.reads)


def test_each_twin_stands_in_for_something() -> None:
    controls = {row.scopes for _, row in ROWS if row.scopes}

    assert {row.twin_of for _, row in ROWS if row.twin_of} <= controls


@EACH_ROW
def test_each_row_has_a_name(platform: str, row: Row) -> None:
    assert NAMES[platform][row.key]["name"]


@EACH_ROW
def test_each_option_has_a_name(platform: str, row: Row) -> None:
    options = getattr(row, "options", None) or []
    named = NAMES[platform][row.key].get("state", {})

    if options:
        assert set(named) == set(options)
    else:
        assert set(named) <= {"on", "off"}


@EACH_ROW
def test_each_row_has_an_icon(platform: str, row: Row) -> None:
    if row.device_class in (None, "enum"):
        assert ICONS[platform][row.key]["default"].startswith("mdi:")


@pytest.mark.parametrize("platform", TABLES)
def test_nothing_is_named_that_does_not_exist(platform: str) -> None:
    keys = {row.key for row in (*TABLES[platform], *ACCOUNT.get(platform, ()))}

    assert set(ICONS.get(platform, {})) <= keys
    assert set(NAMES[platform]) == keys


@pytest.mark.parametrize("platform", TABLES)
def test_names_of_one_platform_differ(platform: str) -> None:
    names = [entry["name"] for entry in NAMES[platform].values()]

    assert len(names) == len(set(names))


@pytest.mark.parametrize("platform", TABLES)
def test_an_icon_for_a_state_is_another_one(platform: str) -> None:
    states = [*STATES.get(platform, ("on", "off"))]
    rows = (*TABLES[platform], *ACCOUNT.get(platform, ()))
    options = {row.key: getattr(row, "options", None) or states for row in rows}
    for key, icon in ICONS.get(platform, {}).items():
        assert set(icon.get("state", {})) <= set(options[key])
        assert icon["default"] not in icon.get("state", {}).values()


def test_unique_ids_only_grow() -> None:
    kept = json.loads((HERE / "unique_ids.json").read_text(encoding="utf-8"))

    for platform, table in TABLES.items():
        keys = [row.key for row in table]
        assert len(keys) == len(set(keys))
        # A key that is gone takes its users' history with it; a new one is to be added to the file.
        assert sorted(keys) == kept[platform]


def test_unique_ids_of_the_account_only_grow() -> None:
    kept = json.loads((HERE / "unique_ids.json").read_text(encoding="utf-8"))["account"]

    assert {platform: sorted(row.key for row in table) for platform, table in ACCOUNT.items()} == kept


@pytest.mark.parametrize("platform", ACCOUNT)
def test_each_entity_of_the_account_has_a_name_an_icon_and_names_for_its_options(platform: str) -> None:
    for row in ACCOUNT[platform]:
        named = NAMES[platform][row.key]
        assert named["name"]
        if row.device_class is None:
            assert ICONS[platform][row.key]["default"].startswith("mdi:")
        assert set(named.get("state", {})) == set(getattr(row, "options", None) or [])
        if kinds := getattr(row, "event_types", None):
            assert set(named["state_attributes"]["event_type"]["state"]) == set(kinds)


def test_names_of_facts_only_grow() -> None:
    kept = json.loads((HERE / "signal_names.json").read_text(encoding="utf-8"))

    # Readings are stored under these names.
    assert sorted(signal.name for signal in ALL) == kept
