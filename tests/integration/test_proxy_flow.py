"""A command proxy is set up, looked at before it is believed, and left again; it really listens."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigFlowContext
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.proxy_repairs import async_tell_proxy, in_pairs
from custom_components.tesla_direct.telemetry_repairs import async_tell_telemetry
from custom_components.tesla_direct.tesla.errors import CertificateUnexpected, NotSent, TeslaError
from custom_components.tesla_direct.tesla.source.config_state import ConfigState, Phase
from simulator.car.car import Car
from simulator.proxy.server import Proxy
from simulator.world import World
from tests.integration.account import is_free

from .account import Account
from .dialogue import Dialogue

DOMAIN_OF_KEY = "keys.example.com"


@pytest.fixture
async def proxy(may_hang_up: None, world: World, tmp_path: Path) -> AsyncIterator[Proxy]:
    """A proxy whose key the application is registered with, and no car knows."""
    async with Proxy(world.cloud, tmp_path, cloud_ca=world.cloud_ca) as proxy:
        yield proxy


@pytest.fixture
async def entry(account: Account, car: Car, proxy: Proxy) -> Any:
    await account.set_up(car)
    account.world.cloud.register_key(proxy.public_key)
    return account.entry


async def look(dialogue: Dialogue, proxy: Proxy, **asked: str) -> None:
    """Enter where the proxy is, and see what is found there."""
    await dialogue.answer(**{"base": proxy.base, "domain": DOMAIN_OF_KEY} | asked)
    await dialogue.progress()


def file_with(folder: Path, text: str) -> str:
    path = folder / "authority.pem"
    path.write_text(text)
    return str(path)


async def test_without_trust_the_certificate_is_named_and_nothing_is_said(
    dialogue: Dialogue, proxy: Proxy, entry: Any
) -> None:
    await dialogue.reconfigure(entry, "proxy")
    await look(dialogue, proxy)

    assert dialogue.step["step_id"] == "proxy_certificate"
    told = dialogue.step["description_placeholders"]
    assert told["fingerprint"] == in_pairs(proxy.fingerprint)
    assert told["ends"][:2] == "20"
    assert "nobody vouches for" in told["problem"]
    assert "proxy" not in entry.data


async def test_a_certificate_that_the_user_accepts_is_pinned_and_cars_are_paired_with_its_key(
    dialogue: Dialogue, proxy: Proxy, entry: Any
) -> None:
    await dialogue.reconfigure(entry, "proxy")
    await look(dialogue, proxy)
    await dialogue.answer(next_step_id="proxy_pin")
    await dialogue.progress()

    assert entry.data["proxy"] == {
        "base": proxy.base,
        "authority": None,
        "fingerprint": proxy.fingerprint,
        "domain": DOMAIN_OF_KEY,
    }
    assert entry.data["unfinished"] == ["pairing"]
    assert dialogue.step["step_id"] == "pairing_other"
    assert dialogue.step["description_placeholders"]["elsewhere"] == ""
    assert DOMAIN_OF_KEY in dialogue.step["description_placeholders"]["link"]


@pytest.mark.parametrize("how", ["authority_file", "fingerprint"])
async def test_what_is_known_beforehand_is_believed_at_once(
    dialogue: Dialogue, proxy: Proxy, entry: Any, tmp_path: Path, how: str
) -> None:
    path = await dialogue.hass.async_add_executor_job(file_with, tmp_path, proxy.certificate)
    known = {"authority_file": path, "fingerprint": in_pairs(proxy.fingerprint)}
    await dialogue.reconfigure(entry, "proxy")
    await look(dialogue, proxy, **{how: known[how]})

    stored = entry.data["proxy"]
    assert stored["fingerprint"] == (proxy.fingerprint if how == "fingerprint" else None)
    assert stored["authority"] == (proxy.certificate if how == "authority_file" else None)


async def test_another_certificate_than_expected_is_refused_and_named(
    dialogue: Dialogue, proxy: Proxy, entry: Any
) -> None:
    expected = proxy.fingerprint
    await proxy.change_certificate()
    await dialogue.reconfigure(entry, "proxy")
    await look(dialogue, proxy, fingerprint=expected)

    told = dialogue.step["description_placeholders"]
    assert told["fingerprint"] == in_pairs(proxy.fingerprint)
    assert "another certificate" in told["problem"]
    await dialogue.answer(next_step_id="proxy_later")
    assert dialogue.step["reason"] == "proxy_unchanged"
    assert "proxy" not in entry.data


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("base", "http://192.0.2.1:4443", "proxy_address_invalid"),
        ("base", "http://127.0.0.1:4443", "proxy_address_invalid"),
        ("base", "https://user:password@192.0.2.1", "proxy_address_invalid"),
        ("domain", "192.0.2.1", "domain_is_address"),
        ("domain", "keys.local", "domain_private"),
        ("fingerprint", "AA:BB", "fingerprint_invalid"),
        ("authority_file", "/nowhere/at/all.pem", "file_unreadable"),
        ("authority_file", __file__, "file_unreadable"),
    ],
)
async def test_what_makes_no_sense_is_said_at_its_field(
    dialogue: Dialogue, entry: Any, field: str, value: str, error: str
) -> None:
    await dialogue.reconfigure(entry, "proxy")
    await dialogue.answer(**{"base": "https://192.0.2.1:4443", "domain": DOMAIN_OF_KEY} | {field: value})

    assert dialogue.errors == {field: error}


async def test_a_proxy_that_does_not_answer_is_told_and_looked_at_again(
    dialogue: Dialogue, proxy: Proxy, entry: Any
) -> None:
    await proxy.close()
    assert is_free(proxy.port)
    await dialogue.reconfigure(entry, "proxy")
    await look(dialogue, proxy, fingerprint=proxy.fingerprint)
    assert dialogue.step["step_id"] == "proxy_failed"
    assert "Nobody answers" in dialogue.step["description_placeholders"]["problem"]

    await proxy.open()
    await dialogue.answer(next_step_id="proxy_look")
    await dialogue.progress()
    assert entry.data["proxy"]["fingerprint"] == proxy.fingerprint


async def test_somebody_else_who_answers_is_no_proxy(
    dialogue: Dialogue, world: World, proxy: Proxy, entry: Any
) -> None:
    assert world.cloud_ca is None
    await dialogue.reconfigure(entry, "proxy")
    address = next(iter(world.cloud.bases.values())).replace("http:", "https:")
    await look(dialogue, proxy, base=address)

    assert dialogue.step["step_id"] == "proxy_failed"
    assert "Somebody answers" in dialogue.step["description_placeholders"]["problem"]


async def test_on_the_tour_a_key_in_a_proxy_takes_the_place_of_hosting_and_registration(
    dialogue: Dialogue, account: Account, car: Car, proxy: Proxy
) -> None:
    await account.set_up(car, paired=False)
    account.world.cloud.register_key(proxy.public_key)
    entry = account.entry
    unfinished = ["hosting", "pairing", "registration"]
    account.hass.config_entries.async_update_entry(entry, data={**entry.data, "unfinished": unfinished})
    await dialogue.reconfigure(entry, "tour")
    assert dialogue.step["step_id"] == "hosting"
    await dialogue.answer(next_step_id="proxy_set")
    await look(dialogue, proxy, fingerprint=proxy.fingerprint)

    assert dialogue.step["step_id"] == "pairing_other"
    assert entry.data["unfinished"] == ["pairing"]


async def test_on_the_tour_a_proxy_can_wait(
    dialogue: Dialogue, account: Account, car: Car, proxy: Proxy
) -> None:
    await account.set_up(car, paired=False)
    entry = account.entry
    unfinished = ["hosting", "registration"]
    account.hass.config_entries.async_update_entry(entry, data={**entry.data, "unfinished": unfinished})
    await dialogue.reconfigure(entry, "tour")
    await dialogue.answer(next_step_id="proxy_set")
    await look(dialogue, proxy)
    await dialogue.answer(next_step_id="proxy_later")

    assert dialogue.step["step_id"] == "tour_done"
    assert entry.data["unfinished"] == unfinished


async def with_proxy(dialogue: Dialogue, proxy: Proxy, entry: Any) -> None:
    await dialogue.reconfigure(entry, "proxy")
    await look(dialogue, proxy, fingerprint=proxy.fingerprint)
    data = {**entry.data, "unfinished": []}
    dialogue.hass.config_entries.async_update_entry(entry, data=data)


async def test_what_is_set_up_is_shown_checked_and_changed(
    dialogue: Dialogue, proxy: Proxy, entry: Any
) -> None:
    await with_proxy(dialogue, proxy, entry)
    await dialogue.reconfigure(entry, "proxy")
    assert dialogue.step["description_placeholders"] == {
        "address": proxy.base,
        "domain": DOMAIN_OF_KEY,
        "fingerprint": in_pairs(proxy.fingerprint),
    }
    await dialogue.answer(next_step_id="proxy_check")
    await dialogue.progress()
    assert dialogue.step["reason"] == "proxy_kept"

    await dialogue.reconfigure(entry, "proxy")
    await dialogue.answer(next_step_id="proxy_set")
    fields = {field["name"]: field for field in dialogue._fields()}
    assert fields["base"]["description"] == {"suggested_value": proxy.base}
    await look(dialogue, proxy, domain="other.example.com", fingerprint=proxy.fingerprint)
    assert entry.data["proxy"]["domain"] == "other.example.com"
    assert entry.data["unfinished"] == ["pairing"]


async def test_signing_here_again_needs_a_key_on_the_cars(
    dialogue: Dialogue, proxy: Proxy, entry: Any
) -> None:
    await with_proxy(dialogue, proxy, entry)
    await dialogue.reconfigure(entry, "proxy")
    await dialogue.answer(next_step_id="proxy_off")

    assert dialogue.step["step_id"] == "hosting"
    assert "proxy" not in entry.data
    assert entry.data["unfinished"] == ["hosting", "pairing", "registration"]


def notice(hass: HomeAssistant, entry: Any, key: str, place: str = "") -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(DOMAIN, f"{key}_{entry.entry_id}{place}")


async def test_a_notice_about_another_certificate_leads_to_where_it_is_compared(
    hass: HomeAssistant, dialogue: Dialogue, proxy: Proxy, entry: Any
) -> None:
    await with_proxy(dialogue, proxy, entry)
    fingerprint = await proxy.change_certificate()
    async_tell_proxy(hass, entry, CertificateUnexpected("another one", fingerprint=fingerprint))
    issue = notice(hass, entry, "command_proxy_certificate")
    assert issue is not None
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["fingerprint"] == in_pairs(fingerprint)

    await dialogue.begin_repair(issue)
    await dialogue.answer_repair()
    await dialogue.look(dialogue.step["next_flow"][1])
    await dialogue.answer(next_step_id="proxy_check")
    await dialogue.progress()
    assert dialogue.step["step_id"] == "proxy_certificate"
    await dialogue.answer(next_step_id="proxy_pin")
    await dialogue.progress()

    assert dialogue.step["reason"] == "proxy_kept"
    assert entry.data["proxy"]["fingerprint"] == fingerprint
    assert notice(hass, entry, "command_proxy_certificate") is None


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (NotSent("nobody answers"), ["command_proxy_away"]),
        (CertificateUnexpected("another one"), ["command_proxy_certificate"]),
        (TeslaError("something else"), []),
        (None, []),
    ],
)
async def test_only_the_last_trouble_is_told(
    dialogue: Dialogue, proxy: Proxy, entry: Any, error: TeslaError | None, told: list[str]
) -> None:
    hass = dialogue.hass
    await with_proxy(dialogue, proxy, entry)
    keys = ["command_proxy_away", "command_proxy_certificate"]
    for before in (NotSent("nobody answers"), CertificateUnexpected("another one", fingerprint="ab" * 32)):
        async_tell_proxy(hass, entry, before)
        async_tell_proxy(hass, entry, error)

        assert [key for key in keys if notice(hass, entry, key)] == told


async def test_an_entry_that_is_not_loaded_can_be_given_a_proxy(
    hass: HomeAssistant, dialogue: Dialogue, proxy: Proxy, entry: Any
) -> None:
    assert await hass.config_entries.async_unload(entry.entry_id)
    await dialogue.reconfigure(entry, "proxy")
    await look(dialogue, proxy, fingerprint=proxy.fingerprint)

    assert dialogue.step["reason"] == "not_loaded"
    assert entry.data["proxy"]["base"] == proxy.base


async def test_where_a_proxy_signs_nobody_is_asked_about_a_key(
    dialogue: Dialogue, proxy: Proxy, entry: Any
) -> None:
    await with_proxy(dialogue, proxy, entry)
    await dialogue.begin_options(entry, "commands")
    assert dialogue.step["type"] == "form"
    menus = dialogue.hass.config_entries
    options: Any = await menus.options.async_init(entry.entry_id)
    assert "key" not in options["menu_options"]

    await dialogue.reconfigure(entry, "proxy")
    assert dialogue.step["step_id"] == "proxy"
    context = ConfigFlowContext(source="reconfigure", entry_id=entry.entry_id)
    menu: Any = await menus.flow.async_init(DOMAIN, context=context)
    assert {"key", "hosting", "registration"}.isdisjoint(menu["menu_options"])


@pytest.mark.parametrize(
    ("reason", "text"), [("Charging", "config_refused"), ("not_passed_on", "config_refused_not_passed_on")]
)
async def test_why_a_configuration_is_refused_is_said_as_far_as_the_proxy_passes_it_on(
    account: Account, entry: Any, car: Car, *, reason: str, text: str
) -> None:
    streaming = account.runtime.streaming
    refused = ConfigState(phase=Phase.REFUSED, reason=reason, target="0123456789abcdef")
    streaming.keeper._states[car.vin] = refused
    hass = account.hass
    async_tell_telemetry(hass, entry, car.vin, streaming)
    issue = notice(hass, entry, "config_refused", "_0")

    assert issue is not None
    assert issue.translation_key == text


async def test_whoever_answers_in_the_clouds_place_is_named_until_it_answers_itself(
    hass: HomeAssistant, account: Account, proxy: Proxy, entry: Any
) -> None:
    base, account.runtime.api.base = account.runtime.api.base, proxy.base  # which no authority vouches for
    with pytest.raises(CertificateUnexpected):
        await account.runtime.poll.check()
    issue = notice(hass, entry, "cloud_certificate")
    assert issue is not None
    assert (issue.translation_placeholders or {})["fingerprint"] == in_pairs(proxy.fingerprint)

    account.runtime.api.base = base
    await account.runtime.poll.check()
    assert notice(hass, entry, "cloud_certificate") is None
