"""The docs name what is there: each page that is linked, each field of a dialogue, each rule of the scale."""

import json
from pathlib import Path
import re
from typing import Any

from homeassistant.util.yaml import load_yaml_dict
import pytest

from custom_components.tesla_direct.sign_ins import OF_SERVICE, STORE

PROJECT = Path(__file__).parents[2]
INTEGRATION = PROJECT / "custom_components" / "tesla_direct"
PAGES = [*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md")]
LINK = re.compile(r"]\(([^):#]+\.(?:md|yaml))(?:#[^)]*)?\)")
PICTURE = re.compile(r"!\[[^]]+]\(([^):]+\.png)\)")
TO_HEADING = re.compile(r"]\(([^):#]*)#([^)]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
STORED = re.compile(r'JsonStore\(hass, f?"([a-z_]+)')
LARGEST = 150_000  # bytes of a picture: the docs are cloned with the code
LABEL = re.compile(r"(?<!\*)\*([A-Z][^*\n]+)\*(?!\*)")
# What others call what is to be clicked, and what is no such thing.
OF_OTHERS = {
    *("Custom repositories", "Download diagnostics", "Enable debug logging", "Listen to a topic"),
    *("Discarded incomplete fetch result", "Let's Encrypt", "NGINX Home Assistant SSL proxy", "Set-up"),
}
TROUBLE = "source_trouble_"
# Home Assistant's integration quality scale, from bronze to platinum.
RULES = {
    *("action-setup", "appropriate-polling", "brands", "common-modules", "config-flow"),
    *("config-flow-test-coverage", "dependency-transparency", "docs-actions", "docs-conditions"),
    *("docs-high-level-description", "docs-installation-instructions", "docs-removal-instructions"),
    *("docs-triggers", "entity-event-setup", "entity-unique-id", "has-entity-name", "runtime-data"),
    *("test-before-configure", "test-before-setup", "unique-config-entry"),
    *("action-exceptions", "config-entry-unloading", "docs-configuration-parameters"),
    *("docs-installation-parameters", "entity-unavailable", "integration-owner", "log-when-unavailable"),
    *("parallel-updates", "reauthentication-flow", "test-coverage"),
    *("devices", "diagnostics", "discovery", "discovery-update-info", "docs-data-update", "docs-examples"),
    *("docs-known-limitations", "docs-supported-devices", "docs-supported-functions"),
    *("docs-troubleshooting", "docs-use-cases", "dynamic-devices", "entity-category"),
    *("entity-device-class", "entity-disabled-by-default", "entity-translations", "exception-translations"),
    *("icon-translations", "reconfiguration-flow", "repair-issues", "stale-devices"),
    *("async-dependency", "inject-websession", "strict-typing"),
}
TEXTS = json.loads((INTEGRATION / "translations" / "en.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_each_link_leads_to_a_page(page: Path) -> None:
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / link).is_file(), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_each_link_to_a_heading_leads_to_one(page: Path) -> None:
    for link, heading in TO_HEADING.findall(page.read_text(encoding="utf-8")):
        assert heading in anchors(page.parent / link if link else page), f"{link}#{heading}"


def anchors(page: Path) -> set[str]:
    """Return what GitHub lets one jump to."""
    headings = HEADING.findall(CODE.sub("", page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_each_picture_is_there_and_each_that_is_there_is_shown() -> None:
    shown = {
        (page.parent / link).resolve() for page in PAGES for link in PICTURE.findall(page.read_text("utf-8"))
    }

    assert shown == {*(PROJECT / "docs").rglob("*.png")}
    assert not [picture.name for picture in shown if picture.stat().st_size > LARGEST]


def test_each_page_for_users_can_be_reached_from_the_front_door() -> None:
    reached, ahead = set[Path](), [PROJECT / "README.md"]
    while ahead:
        page = ahead.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        ahead += [(page.parent / link).resolve() for link in LINK.findall(page.read_text(encoding="utf-8"))]
    docs = PROJECT / "docs"
    for_users = {*docs.glob("setup/*.md"), *docs.glob("reference/*.md"), *docs.glob("*.md")}

    assert for_users - reached == {docs / "glossary.md"}


def test_what_is_to_be_clicked_is_called_so() -> None:
    pages = [
        PROJECT / "README.md",
        *(PROJECT / "docs").glob("*.md"),
        *(PROJECT / "docs" / "setup").glob("*.md"),
    ]
    labels = {label for page in pages for label in LABEL.findall(page.read_text(encoding="utf-8"))}
    shown = "\n".join(texts(TEXTS))

    assert len(labels) > 50
    assert {label for label in labels if label.rstrip(" …") not in shown} == OF_OTHERS


def texts(node: Any) -> list[str]:
    return [text for below in node.values() for text in texts(below)] if isinstance(node, dict) else [node]


@pytest.mark.parametrize("part", ["config", "options"])
def test_each_field_of_a_dialogue_is_described(part: str) -> None:
    page = (PROJECT / "docs" / "setup" / "parameters.md").read_text(encoding="utf-8")
    asked = {label for step in TEXTS[part]["step"].values() for label in step.get("data", {}).values()}

    assert not [label for label in asked if label not in page]


def test_each_field_of_a_further_source_is_described() -> None:
    page = (PROJECT / "docs" / "setup" / "parameters.md").read_text(encoding="utf-8")
    flows = TEXTS["config_subentries"].values()
    asked = {
        label for flow in flows for step in flow["step"].values() for label in step.get("data", {}).values()
    }

    assert asked
    assert not [label for label in asked if label not in page]


def test_each_reason_why_a_source_is_silent_is_explained() -> None:
    page = (PROJECT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    reasons = [key.removeprefix(TROUBLE) for key in TEXTS["common"] if key.startswith(TROUBLE)]

    assert len(reasons) > 10
    assert not [reason for reason in reasons if f"`{reason}`" not in page]


def test_each_file_that_is_kept_is_named_where_it_is_told_what_stays() -> None:
    page = (PROJECT / "docs" / "setup" / "removal.md").read_text(encoding="utf-8")
    code = "".join(file.read_text(encoding="utf-8") for file in sorted(INTEGRATION.glob("*.py")))
    kept = {*STORED.findall(code), STORE, OF_SERVICE}

    assert {"tokens", "key", "readings", "sessions"} <= kept
    assert not [name for name in kept if f"`.storage/{INTEGRATION.name}.{name}" not in page]


def test_each_rule_of_the_scale_is_met_or_says_why_not() -> None:
    rules = load_yaml_dict(str(INTEGRATION / "quality_scale.yaml"))["rules"]

    assert set(rules) == RULES
    for rule, status in rules.items():
        assert status == "done" or (status["status"] == "exempt" and status["comment"]), rule


@pytest.mark.parametrize("name", ["fleet_telemetry", "vehicle_command"])
def test_the_floor_plan_shows_each_file_of_a_room_of_many(name: str) -> None:
    plan = (PROJECT / "docs" / "architecture.md").read_text(encoding="utf-8")
    room = INTEGRATION / "tesla" / name

    assert not [file.name for file in room.glob("*.py") if file.stem != "__init__" and file.name not in plan]
