"""Every error and every repair that can be shown has its text, and every text its error."""

import ast
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.port import UNKNOWN, problem_key
from custom_components.tesla_direct.proxy_repairs import CLOUD_CERTIFICATE
from custom_components.tesla_direct.repairs import (
    KEY_TROUBLES,
    OF_APPLICATION,
    OF_SERVICE,
    REFUSALS,
    TROUBLES,
    async_tell_key,
    async_tell_refusal,
    async_tell_trouble,
)
from custom_components.tesla_direct.repairs_certificate import CERTIFICATE_TROUBLES
from custom_components.tesla_direct.repairs_tour import LEADS
from custom_components.tesla_direct.serving import PROBLEMS as NOT_SERVED
from custom_components.tesla_direct.strangers import TESLAMATE_CARS
from custom_components.tesla_direct.stream_repairs import STREAM_CERTIFICATE, STREAM_TAKEN_OVER
from custom_components.tesla_direct.telemetry_repairs import TEXTS as TELEMETRY
from custom_components.tesla_direct.tesla import errors
from custom_components.tesla_direct.tesla.fleet_telemetry.server import PortTaken
from custom_components.tesla_direct.teslamate_twins import TESLAMATE_TWIN
from custom_components.tesla_direct.teslemetry_repairs import CAR as WITHOUT_SUBSCRIPTION
from custom_components.tesla_direct.teslemetry_repairs import STREAM_EXPIRED, STREAM_UNPAID
from custom_components.tesla_direct.texts import plain
from custom_components.tesla_direct.user_errors import MESSAGES, OBSTACLES, REASONS, UNPAID, translated
from simulator.car.car import Car

from .account import Account
from .dialogue import PLACEHOLDER, TEXTS

INTEGRATION = Path(__file__).parents[2] / "custom_components" / DOMAIN
# What a port can be in trouble with.
PORT_TROUBLES = (PortTaken(), PermissionError(), OSError(), errors.NameMismatch(), errors.CertificateError())


def leaves(branch: type[errors.TeslaError]) -> list[type[errors.TeslaError]]:
    return [branch, *(leaf for below in branch.__subclasses__() for leaf in leaves(below))]


def literals() -> set[str]:
    """Return every text that stands in the integration's code."""
    return {
        node.value
        for file in sorted(INTEGRATION.rglob("*.py"))
        if not file.stem.endswith("_pb2")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_every_message_is_used_and_every_error_has_one() -> None:
    of_errors = set(MESSAGES.values())
    of_reasons = {f"cannot_{one}" for one in OBSTACLES} | {f"refused_{one}" for one in REASONS}
    of_reasons |= {f"unpaid_{what}" for what in UNPAID}
    of_reasons |= {f"{group}_not_allowed" for group in ("pins", "raw_command")}
    texts = set(TEXTS["exceptions"])

    assert of_errors | of_reasons <= texts
    assert texts - of_reasons <= literals()


@pytest.mark.parametrize(
    "error",
    [
        errors.RateLimited("too many", retry_after=90.4),
        errors.LoginExpired("expired"),
        errors.CarSilent("no answer"),
        errors.OutcomeUnknown("504"),
        errors.SignatureUnsupported("422"),
        errors.WireError("odd"),
        errors.NotSent("no connection"),
        errors.CarTrouble("540"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_says_what_its_nearest_ancestor_says(error: errors.TeslaError) -> None:
    told = translated(error)

    text = TEXTS["exceptions"][told.translation_key]["message"]
    assert set(PLACEHOLDER.findall(text)) <= set(told.translation_placeholders or ())
    assert told.translation_domain == DOMAIN
    nearest = next(cls for cls in type(error).__mro__ if cls in MESSAGES)
    assert told.translation_key == MESSAGES[nearest]


@pytest.mark.parametrize("error", [errors.CarSilent("no answer"), errors.OutcomeUnknown("504")])
def test_of_a_command_it_is_told_that_it_may_have_been_done(error: errors.TeslaError) -> None:
    assert translated(error, commanded=True).translation_key == "outcome_open"


def test_a_wait_is_told_in_whole_seconds() -> None:
    told = translated(errors.RateLimited("too many", retry_after=90.4))

    assert (told.translation_placeholders or {})["seconds"] == "90"


def test_every_repair_has_a_text_and_every_text_its_repair() -> None:
    ports = {f"receiver_{problem_key(error)}" for error in PORT_TROUBLES}
    assert f"receiver_{UNKNOWN}" in ports
    of_cars = {"not_listed", "key_not_paired", "commands_not_granted", *REFUSALS.values()}
    shown = {*TROUBLES.values(), *ports, *of_cars, *KEY_TROUBLES, *CERTIFICATE_TROUBLES, *LEADS, *TELEMETRY}
    shown |= {*OF_SERVICE, WITHOUT_SUBSCRIPTION, STREAM_EXPIRED, *STREAM_UNPAID.values(), CLOUD_CERTIFICATE}
    shown |= {f"{key}_service" for key in OF_APPLICATION}
    shown |= {STREAM_CERTIFICATE, STREAM_TAKEN_OVER, TESLAMATE_CARS, TESLAMATE_TWIN, *NOT_SERVED.values()}

    assert shown == set(TEXTS["issues"])


def check(issue: ir.IssueEntry) -> None:
    text: dict[str, Any] = TEXTS["issues"][issue.translation_key]
    told = set(issue.translation_placeholders or ())
    # What can be mended in a dialogue is described there.
    description = "" if issue.is_fixable else text["description"]
    assert set(PLACEHOLDER.findall(text["title"] + description)) <= told


async def test_every_trouble_of_the_cloud_can_be_read(
    account: Account, car: Car, hass: HomeAssistant, issue_registry: ir.IssueRegistry
) -> None:
    account.add_entry(car)
    for cls in TROUBLES:
        async_tell_trouble(hass, account.entry, cls("so it is"))

    assert len(issue_registry.issues) == len(TROUBLES)
    for issue in issue_registry.issues.values():
        check(issue)


@pytest.mark.parametrize("cls", [errors.KeyNotPaired, errors.NotPaired, errors.ScopeMissing, *REFUSALS])
async def test_every_refusal_that_the_owner_can_end_can_be_read(
    account: Account,
    car: Car,
    hass: HomeAssistant,
    issue_registry: ir.IssueRegistry,
    cls: type[errors.TeslaError],
) -> None:
    account.add_entry(car)
    async_tell_refusal(hass, account.entry, car.vin, cls("so it is"))

    (issue,) = issue_registry.issues.values()
    check(issue)
    assert car.vin not in str(issue)


async def test_every_trouble_with_the_key_can_be_read(
    hass: HomeAssistant, issue_registry: ir.IssueRegistry
) -> None:
    for trouble in KEY_TROUBLES:
        async_tell_key(hass, trouble)
        (issue,) = issue_registry.issues.values()
        assert issue.translation_key == trouble
        check(issue)
    async_tell_key(hass, None)

    assert not issue_registry.issues


async def test_a_direct_connection_that_was_put_off_is_called_to_mind(
    account: Account, car: Car, issue_registry: ir.IssueRegistry
) -> None:
    await account.set_up(car, receiver="later")

    (issue,) = issue_registry.issues.values()
    assert issue.translation_key == "receiver_later"
    check(issue)


async def test_every_trouble_of_a_port_can_be_read(
    account: Account, hass: HomeAssistant, issue_registry: ir.IssueRegistry
) -> None:
    number = await account.make_port()
    shared = await account.shared()
    port = shared.ports.get(number)
    assert port is not None
    for error in PORT_TROUBLES:
        port._tell_problem(error)
        (issue,) = issue_registry.issues.values()
        check(issue)
    port._tell_problem(None)
    assert not issue_registry.issues


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("Marmalade", "Marmalade"),
        ("Mein *rotes* Auto_2 #1", "Mein *rotes* Auto_2 #1"),
        ("[Sign in again](https://evil.example)", "(Sign in again)(https evil.example)"),
        ("![](//evil.example/x.png)", "!()(//evil.example/x.png)"),
        ("<img src=x onerror=y>", "(img src=x onerror=y)"),
        ("see WWW.evil.example or HTTP://evil.example", "see  evil.example or HTTP evil.example"),
        ("`a`\n\n# Update\tnow", "'a' # Update now"),
        ("Blue\x00\x1b[31m\x7f car", "Blue(31m car"),
        ("a\u202egnp.exe\u2066", "agnp.exe"),
        ("ht\x00tps:/\u200e/evil.example", "https evil.example"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("x" * 1000, "x" * 500),
        ("", ""),
    ],
)
def test_words_from_outside_are_shown_as_words(told: str, shown: str) -> None:
    assert plain(told) == shown


@pytest.mark.parametrize("part", ["config", "options", "config_subentries"])
def test_the_title_of_a_menu_has_no_gaps(part: str) -> None:
    """Home Assistant's pages fill in the gaps of a form's title, but not those of a menu's."""
    flows = TEXTS[part].values() if part == "config_subentries" else [TEXTS[part]]
    menus = [step for flow in flows for step in flow["step"].values() if "menu_options" in step]

    assert menus
    assert not [menu["title"] for menu in menus if PLACEHOLDER.search(menu["title"])]
