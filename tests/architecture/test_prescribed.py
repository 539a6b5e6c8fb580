"""What Home Assistant's and HACS's own checks ask of an integration; neither can be installed here."""

import ast
import json
from pathlib import Path
import re
import string
import tomllib
from typing import Any

from homeassistant.const import Platform
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.selector import validate_selector
from homeassistant.util.yaml import load_yaml_dict
from PIL import Image
import probatio as vol
import pytest

PROJECT = Path(__file__).parents[2]
INTEGRATION = PROJECT / "custom_components" / "tesla_direct"
TEXTS = json.loads((INTEGRATION / "translations" / "en.json").read_text(encoding="utf-8"))
MANIFEST = json.loads((INTEGRATION / "manifest.json").read_text(encoding="utf-8"))
HACS = json.loads((PROJECT / "hacs.json").read_text(encoding="utf-8"))
# What may be imported from without being named in the manifest: it is always there.
ALWAYS = {*Platform, "persistent_notification", "system_health", "websocket_api"}
ADDRESS = re.compile(r"://[a-z0-9]|\bwww\.", re.IGNORECASE)
QUOTED_GAP = re.compile(r"'{\w+}'")
KEY = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")


def a_key(value: str) -> str:
    if KEY.fullmatch(value) is None:
        raise vol.Invalid(f"no key: {value}")
    return value


def a_text(value: Any) -> str:
    """Addresses come as placeholders, so that translators cannot lead anybody elsewhere."""
    text: str = cv.string_with_no_html(value)
    if ADDRESS.search(text) or QUOTED_GAP.search(text) or text != text.strip():
        raise vol.Invalid(f"an address, a gap in quotes, or a space around: {text}")
    if not all(gap.isidentifier() for gap in gaps(text)):
        raise vol.Invalid(f"an odd gap: {text}")
    return text


def without_gaps(value: Any) -> str:
    if gaps(a_text(value)):
        raise vol.Invalid(f"nobody fills this: {value}")
    return str(value)


def gaps(text: str) -> list[str]:
    return [gap for _, gap, _, _ in string.Formatter().parse(text) if gap]


def something(value: Any) -> Any:
    if value is None:
        raise vol.Invalid("nothing")
    return value


def an_icon(value: Any) -> str:
    if not str(value).startswith("mdi:"):
        raise vol.Invalid(f"no icon: {value}")
    return str(value)


def other_than_usual(icons: dict[str, Any]) -> dict[str, Any]:
    if icons.get("default") in icons.get("state", {}).values():
        raise vol.Invalid("the icon of a state is that of all others")
    return icons


def of_fields(step: dict[str, Any]) -> dict[str, Any]:
    if odd := step.get("data_description", {}).keys() - step.get("data", {}).keys():
        raise vol.Invalid(f"descriptions of fields that are not there: {odd}")
    return step


ONE_TEXT = {str: a_text}
FIELDS: dict[Any, Any] = {vol.Optional("data"): ONE_TEXT, vol.Optional("data_description"): ONE_TEXT}
SECTION = vol.All({**FIELDS, vol.Optional("name"): a_text, vol.Optional("description"): a_text}, of_fields)
STEP = vol.All(
    {
        **FIELDS,
        **{vol.Optional(name): a_text for name in ("title", "description", "submit")},
        **{vol.Optional(name): ONE_TEXT for name in ("menu_options", "menu_option_descriptions")},
        vol.Optional("sections"): {str: SECTION},
    },
    of_fields,
)
DIALOGUE: dict[Any, Any] = {
    vol.Required("step"): {str: STEP},
    vol.Optional("flow_title"): a_text,
    vol.Optional("initiate_flow"): {vol.Required("user"): a_text},
    **{vol.Optional(name): ONE_TEXT for name in ("error", "abort", "progress", "create_entry")},
}
ISSUE = vol.Any(
    {vol.Required("title"): a_text, vol.Required("description"): a_text},
    {vol.Required("title"): a_text, vol.Required("fix_flow"): DIALOGUE},
)
STATES = {a_key: without_gaps}
ENTITY = {
    vol.Optional("name"): a_text,
    vol.Optional("state"): STATES,
    vol.Optional("unit_of_measurement"): without_gaps,
    vol.Optional("state_attributes"): {
        a_key: {vol.Optional("name"): without_gaps, vol.Optional("state"): STATES}
    },
}
DESCRIBED = {vol.Required("name"): a_text, vol.Required("description"): a_text}
FOR_USERS = vol.Schema(
    {
        "title": a_text,
        "config": DIALOGUE,
        "options": DIALOGUE,
        "config_subentries": {
            cv.slug: {
                **DIALOGUE,
                vol.Required("entry_type"): a_text,
                vol.Required("initiate_flow"): {vol.Required("user"): a_text, str: a_text},
            }
        },
        "application_credentials": {"description": a_text},
        "common": {cv.slug: a_text},
        "device": {a_key: {"name": a_text}},
        "entity": {cv.slug: {a_key: ENTITY}},
        "exceptions": {cv.slug: {"message": a_text}},
        "issues": {str: ISSUE},
        "selector": {cv.slug: {vol.Optional("options"): {a_key: a_text}}},
        "services": {
            a_key: {
                **DESCRIBED,
                vol.Optional("fields"): {a_key: DESCRIBED},
                vol.Optional("sections"): {a_key: DESCRIBED},
            }
        },
        "system_health": {"info": {a_key: a_text}},
    }
)
FIELD = vol.Schema(
    {
        "example": something,
        "default": something,
        "required": bool,
        "selector": validate_selector,
    }
)
ACTIONS = vol.Schema(
    {cv.slug: {"fields": {str: vol.Any(FIELD, {"collapsed": bool, vol.Required("fields"): {str: FIELD}})}}}
)
ICONS = vol.Schema(
    {
        "entity": {
            cv.slug: {
                a_key: vol.All(
                    {
                        "default": an_icon,
                        "state": {a_key: an_icon},
                        "state_attributes": {a_key: {"default": an_icon, "state": {a_key: an_icon}}},
                        "range": {str: an_icon},
                    },
                    other_than_usual,
                )
            }
        },
        "services": {a_key: {"service": an_icon, "sections": {a_key: an_icon}}},
    }
)


@pytest.mark.parametrize("part", sorted(TEXTS))
def test_texts_have_the_prescribed_form(part: str) -> None:
    assert FOR_USERS({part: TEXTS[part]})


def test_actions_have_the_prescribed_form() -> None:
    assert ACTIONS(load_yaml_dict(str(INTEGRATION / "services.yaml")))


def test_icons_have_the_prescribed_form() -> None:
    assert ICONS(json.loads((INTEGRATION / "icons.json").read_text(encoding="utf-8")))


def test_what_is_prescribed_would_be_missed() -> None:
    for odd in ("at https://example.com", "www.example.com", "a '{name}'", " a", "<b>a</b>", "{a-b}"):
        with pytest.raises(vol.Invalid):
            a_text(odd)
    for odd in ("USD", "_a", "a__b"):
        with pytest.raises(vol.Invalid):
            a_key(odd)


def test_the_manifest_begins_with_domain_and_name_and_is_sorted() -> None:
    first, second, *others = MANIFEST

    assert (first, second) == ("domain", "name")
    assert others == sorted(others)


def test_the_manifest_says_what_is_asked_of_it() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert MANIFEST["domain"] == INTEGRATION.name
    assert MANIFEST["version"] == project["version"]
    assert MANIFEST["config_flow"] is True
    assert all(owner.startswith("@") for owner in MANIFEST["codeowners"])
    assert all(MANIFEST[name].startswith("https://") for name in ("documentation", "issue_tracker"))
    assert not any(" " in requirement for requirement in MANIFEST["requirements"])
    assert {"integration_type", "iot_class"} <= MANIFEST.keys()
    assert set(MANIFEST["dependencies"]).isdisjoint(MANIFEST["after_dependencies"])


def test_each_integration_that_is_used_is_named_in_the_manifest() -> None:
    named = {*MANIFEST["dependencies"], *MANIFEST["after_dependencies"]}
    platforms = {path.stem for path in INTEGRATION.iterdir()}

    assert "mqtt" in imported()
    assert imported() <= named | platforms | ALWAYS


def imported() -> set[str]:
    """Return the integrations that ours imports from."""
    found = set[str]()
    for file in INTEGRATION.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.ImportFrom(module="homeassistant.components", names=names):
                    found.update(name.name for name in names)
                case ast.ImportFrom(module=str(module)) if module.startswith("homeassistant.components."):
                    found.add(module.split(".")[2])
                case ast.Import(names=names):
                    found.update(
                        name.name.split(".")[2]
                        for name in names
                        if name.name.startswith("homeassistant.components.")
                    )
    return found


def test_hacs_is_told_the_oldest_home_assistant_and_nothing_that_it_does_not_know() -> None:
    assert HACS.keys() <= {"name", "homeassistant", "render_readme"}
    assert HACS["name"] == MANIFEST["name"]
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    assert f"Home Assistant {HACS['homeassistant'].removesuffix('.0')} or newer" in readme


@pytest.mark.parametrize(
    ("name", "height"), [("icon", 256), ("icon@2x", 512), ("logo", 256), ("logo@2x", 512)]
)
def test_each_picture_of_the_brand_has_its_size(name: str, height: int) -> None:
    with Image.open(INTEGRATION / "brand" / f"{name}.png") as picture:
        assert picture.format == "PNG"
        assert min(picture.size) == height
        assert "icon" not in name or picture.width == picture.height
