"""Each action is declared, described and named, and its form allows what the code takes."""

import ast
from collections.abc import Iterator
import json
from pathlib import Path
import re
from typing import Any

from homeassistant.helpers.selector import selector
from homeassistant.util.yaml import load_yaml_dict
import pytest

from custom_components.tesla_direct.const import DANGEROUS
from custom_components.tesla_direct.services import ACTIONS
from custom_components.tesla_direct.services.action import Action, Parameter
from custom_components.tesla_direct.services.kinds import (
    Choice,
    Listed,
    Number,
    Several,
    Text,
    Whole,
    flag,
    members,
    moment,
    pin,
    place,
    time_of_day,
    url,
)

INTEGRATION = Path(__file__).parents[2] / "custom_components" / "tesla_direct"
DECLARED = load_yaml_dict(str(INTEGRATION / "services.yaml"))
TEXTS = json.loads((INTEGRATION / "translations" / "en.json").read_text(encoding="utf-8"))
ICONS = json.loads((INTEGRATION / "icons.json").read_text(encoding="utf-8"))["services"]
BY_NAME = {action.name: action for action in ACTIONS}
FIELDS = [(action, name) for action in ACTIONS for name in action.fields]
EACH_ACTION = pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
EACH_FIELD = pytest.mark.parametrize(
    ("action", "name"), FIELDS, ids=[f"{action.name}.{name}" for action, name in FIELDS]
)
# Which form is offered for what.
FORMS: dict[Any, str] = {
    Choice: "select",
    Number: "number",
    Several: "select",
    Text: "text",
    Whole: "number",
    flag: "boolean",
    members: "object",
    moment: "datetime",
    pin: "text",
    place: "location",
    time_of_day: "time",
    url: "text",
}
PLACEHOLDER = re.compile(r"{(\w+)}")


def declared(action: Action, name: str) -> dict[str, Any]:
    found = DECLARED[action.name]["fields"][name]
    assert isinstance(found, dict)
    return found


def test_each_action_is_declared_and_described_and_no_other() -> None:
    assert len(BY_NAME) == len(ACTIONS)
    assert set(DECLARED) == set(BY_NAME)
    assert set(TEXTS["services"]) == set(ICONS) == set(BY_NAME)


@EACH_ACTION
def test_each_action_has_its_fields_and_an_icon(action: Action) -> None:
    assert list(DECLARED[action.name]["fields"]) == list(action.fields)
    assert set(TEXTS["services"][action.name]["fields"]) == set(action.fields)
    assert TEXTS["services"][action.name]["name"]
    assert TEXTS["services"][action.name]["description"].endswith(".")
    assert ICONS[action.name]["service"].startswith("mdi:")
    assert action.dangerous is None or action.dangerous in DANGEROUS


def test_no_two_actions_look_alike() -> None:
    assert len({icon["service"] for icon in ICONS.values()}) == len(ICONS)
    assert len({text["name"] for text in TEXTS["services"].values()}) == len(ICONS)


@EACH_FIELD
def test_each_field_is_named_and_described(action: Action, name: str) -> None:
    text = TEXTS["services"][action.name]["fields"][name]

    assert text["name"]
    assert text["description"].endswith(".")


@EACH_FIELD
def test_the_form_of_each_field_fits_what_is_taken(action: Action, name: str) -> None:
    field, parameter = declared(action, name), action.fields[name]
    (form, config), *others = field["selector"].items()

    assert not others
    selector({form: config or {}})  # Home Assistant knows such a form
    assert field.get("required", False) is parameter.required
    kind = parameter.kind
    if isinstance(kind, Listed):
        assert form == "device" if name == "device_id" else form == "text"
        assert (config.get("multiple", False)) is not action.one_car
    else:
        assert FORMS.get(type(kind), FORMS.get(kind, "text")) == form
    if isinstance(kind, Whole) or (isinstance(kind, Number) and not name.endswith("_temp")):
        assert (config["min"], config["max"]) == (kind.least, kind.most)
    if isinstance(kind, Choice | Several):
        assert tuple(config["options"]) == tuple(kind.options)
        assert config.get("multiple", False) is isinstance(kind, Several)
        assert set(TEXTS["selector"][config["translation_key"]]["options"]) == set(kind.options)


@EACH_FIELD
def test_what_is_suggested_is_taken(action: Action, name: str) -> None:
    field, parameter = declared(action, name), action.fields[name]

    if "default" in field:
        assert parameter.kind(field["default"]) == parameter.default or parameter.required
    else:
        assert parameter.default is None
    if "example" in field and name != "device_id":
        assert parameter.kind(_read(parameter, field["example"])) is not None


def _read(parameter: Parameter, example: Any) -> Any:
    """Return what a user means who copies an example: objects are written as JSON there."""
    return json.loads(example) if parameter.kind in (place, members) else example


def told(tree: ast.AST) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the keys of the texts that some code refuses with, and with what it fills them in."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="Wrong" | "refused"), args=[ast.Constant(value=str(key))]):
                yield key, frozenset(word.arg or "**" for word in node.keywords)


@pytest.mark.parametrize("file", sorted((INTEGRATION / "services").glob("*.py")), ids=lambda file: file.name)
def test_each_refusal_has_a_text_and_all_that_it_says(file: Path) -> None:
    for key, filled in told(ast.parse(file.read_text(encoding="utf-8"))):
        wanted = set(PLACEHOLDER.findall(TEXTS["exceptions"][key]["message"]))
        # What a kind refuses is told of a parameter, which it does not know.
        assert "**" in filled or wanted <= filled | {"parameter"}, key


def test_each_group_that_is_switched_off_says_so() -> None:
    groups = {action.dangerous for action in ACTIONS if action.dangerous is not None}

    assert groups == {"pins", "raw_command"}
    assert all(TEXTS["exceptions"][f"{group}_not_allowed"]["message"] for group in groups)


def test_no_schema_is_left_to_home_assistant() -> None:
    # Its validators repeat what they refuse, and that may be a PIN.
    source = (INTEGRATION / "services" / "__init__.py").read_text(encoding="utf-8")

    assert "schema=" not in source
