"""Any command by Tesla's name for it."""

from typing import Any

from simulator.car.car import Car
from simulator.world import World

from .account import Account
from .actions import Caller, executed


async def test_a_command_goes_out_as_tesla_calls_it(caller: Caller, car: Car) -> None:
    await caller.call("raw_command", car, command="set_charge_limit", parameters={"percent": 71})
    await caller.call("raw_command", car, command="flash_lights")

    assert executed(car) == [("set_charge_limit", {"percent": 71}), ("flash_lights", {})]


async def test_what_is_shared_is_in_the_language_of_home_assistant_unless_somebody_names_another(
    caller: Caller, car: Car, world: World
) -> None:
    caller.hass.config.language, caller.hass.config.country = "de", "AT"
    await caller.call("raw_command", car, command="navigation_request", parameters={"value": "Graben 1"})
    named = {"value": "Graben 1", "locale": "fr-FR"}
    await caller.call("raw_command", car, command="navigation_request", parameters=named)
    await caller.refuses("raw_command", car, key="command_invalid", command="navigation_request")

    assert [request.json["locale"] for request in world.cloud.requests("command")] == ["de-AT", "fr-FR"]


async def test_what_the_catalogue_does_not_know_is_refused(caller: Caller, car: Car) -> None:
    nonsense: tuple[tuple[dict[str, Any], str], ...] = (
        ({}, "parameter_missing"),
        ({"command": ""}, "not_a_text"),
        ({"command": "open_the_pod_bay_doors"}, "command_invalid"),
        ({"command": "set_charge_limit"}, "command_invalid"),
        ({"command": "set_charge_limit", "parameters": {"percent": 101}}, "command_invalid"),
        ({"command": "set_charge_limit", "parameters": {"percent": "71"}}, "command_invalid"),
        ({"command": "set_charge_limit", "parameters": "percent: 71"}, "not_an_object"),
        ({"command": "set_charge_limit", "parameters": {1: 71}}, "not_an_object"),
        ({"command": "set_valet_mode", "parameters": {"on": True, "password": "47"}}, "command_invalid"),
    )
    for data, key in nonsense:
        said = await caller.refuses("raw_command", car, key=key, **data)
        assert "47" not in said

    assert executed(car) == []


async def test_the_range_is_named(caller: Caller, car: Car) -> None:
    said = await caller.refuses(
        "raw_command", car, key="command_invalid", command="set_charge_limit", parameters={"percent": 30}
    )

    assert "50" in said
    assert "100" in said


async def test_it_is_switched_off_unless_somebody_has_switched_it_on(
    account: Account, car: Car, world: World
) -> None:
    await account.set_up(car, options={"dangerous": ["pins", "unlock"]})
    caller = Caller(account)
    await caller.refuses("raw_command", car, key="raw_command_not_allowed", command="flash_lights")

    assert executed(car) == []
