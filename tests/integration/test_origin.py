"""Who wants something: a person, an automation or a script, as Home Assistant's own contexts tell."""

from collections.abc import Iterator
from typing import Any

from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
import pytest

from custom_components.tesla_direct.origin import REMEMBERED, Origins
from custom_components.tesla_direct.tesla.command.command import Origin
from custom_components.tesla_direct.tesla.fleet_api.ledger import Cause

PERSON = Context(user_id="a person")


class Heard:
    """Whoever an action was called by."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.origins = Origins(hass)
        self.stop = self.origins.async_follow()
        self.of: list[Origin] = []
        hass.services.async_register("test", "act", self._act)

    def _act(self, call: ServiceCall) -> None:
        self.of.append(self.origins.async_of(call.context))


@pytest.fixture
def heard(hass: HomeAssistant) -> Iterator[Heard]:
    heard = Heard(hass)
    yield heard
    heard.stop()


@pytest.fixture
async def home(hass: HomeAssistant, heard: Heard) -> HomeAssistant:
    """A home with a script, and an automation that acts by itself or through the script."""
    act: dict[str, Any] = {"action": "test.act"}
    assert await async_setup_component(hass, "script", {"script": {"evening": {"sequence": [act]}}})
    automations = [
        {
            "id": name,
            "alias": name,
            "triggers": [{"trigger": "event", "event_type": name}],
            "actions": [action],
        }
        for name, action in (("sun", act), ("night", {"action": "script.evening"}))
    ]
    assert await async_setup_component(hass, "automation", {"automation": automations})
    return hass


async def test_a_person_is_one(home: HomeAssistant, heard: Heard) -> None:
    await home.services.async_call("test", "act", blocking=True, context=PERSON)

    assert heard.of == [Origin(Cause.USER)]


async def test_a_script_that_a_person_taps_on_is_a_persons_wish(home: HomeAssistant, heard: Heard) -> None:
    await home.services.async_call("script", "evening", blocking=True, context=PERSON)

    assert heard.of == [Origin(Cause.USER, "script.evening")]


async def test_a_script_that_nobody_has_begun_is_automatic(home: HomeAssistant, heard: Heard) -> None:
    await home.services.async_call("script", "evening", blocking=True)

    assert heard.of == [Origin(Cause.AUTOMATION, "script.evening")]


@pytest.mark.parametrize("context", [None, PERSON])
@pytest.mark.parametrize("name", ["sun", "night"])
async def test_an_automation_is_named_whatever_set_it_off_and_whatever_it_calls(
    home: HomeAssistant, heard: Heard, name: str, context: Context | None
) -> None:
    home.bus.async_fire(name, context=context)
    await home.async_block_till_done()

    assert heard.of == [Origin(Cause.AUTOMATION, f"automation.{name}")]


async def test_what_nobody_seems_to_have_begun_is_automatic(heard: Heard) -> None:
    assert heard.origins.async_of(None, consent=True) == Origin(Cause.AUTOMATION, consent=True)
    assert heard.origins.async_of(Context()) == Origin(Cause.AUTOMATION)
    assert heard.origins.async_of(PERSON, consent=True) == Origin(Cause.USER, consent=True)


async def test_what_an_automation_has_led_to_is_its_doing(hass: HomeAssistant, heard: Heard) -> None:
    run = Context()
    hass.bus.async_fire("automation_triggered", {"entity_id": "automation.sun"}, context=run)

    assert heard.origins.async_of(Context(parent_id=run.id)).by == "automation.sun"


async def test_a_run_without_a_name_has_none(hass: HomeAssistant, heard: Heard) -> None:
    run = Context()
    hass.bus.async_fire("script_started", {"name": "?"}, context=run)

    assert heard.origins.async_of(run).by is None


async def test_only_the_last_runs_are_remembered(hass: HomeAssistant, heard: Heard) -> None:
    runs = [Context() for _ in range(REMEMBERED + 1)]
    for number, run in enumerate(runs):
        hass.bus.async_fire("script_started", {"entity_id": f"script.number_{number}"}, context=run)

    assert heard.origins.async_of(runs[0]).by is None
    assert heard.origins.async_of(runs[1]).by == "script.number_1"
    assert heard.origins.async_of(runs[-1]).by == f"script.number_{REMEMBERED}"


async def test_nothing_is_watched_any_more_once_it_is_stopped(hass: HomeAssistant, heard: Heard) -> None:
    listeners = hass.bus.async_listeners()
    run = Context()
    heard.stop()
    hass.bus.async_fire("script_started", {"entity_id": "script.evening"}, context=run)

    assert heard.origins.async_of(run).by is None
    assert listeners["script_started"] - hass.bus.async_listeners().get("script_started", 0) == 1
    heard.stop = lambda: None
