"""A dialogue of Home Assistant, gone through over the interface that its pages use [I/O]."""

import asyncio
from collections.abc import Mapping
from typing import Any

from .home import Home

FLOWS = "/api/config/config_entries/flow"
OPTIONS = "/api/config/config_entries/options/flow"
REPAIRS = "/api/repairs/issues/fix"
LOOK = 0.1  # seconds between two looks at something that is being done

type Step = dict[str, Any]


async def answer(
    home: Home, step: Step, expected: str, values: Mapping[str, Any], flows: str = FLOWS
) -> Step:
    """Answer a form, and return what follows; a form that complains is an error.

    flows: where dialogues of this kind are
    """
    if step.get("step_id") != expected:
        raise RuntimeError(f"expected the step {expected}, got {step}")
    following: Step = await home.post(f"{flows}/{step['flow_id']}", values)
    if following.get("errors"):
        raise RuntimeError(f"{expected}: {following['errors']} {following.get('description_placeholders')}")
    return following


async def settled(home: Home, step: Step, flows: str = FLOWS) -> Step:
    """Return what follows once nothing is being done any more."""
    while step["type"] == "progress":
        await asyncio.sleep(LOOK)
        step = await home.get(f"{flows}/{step['flow_id']}")
    return step


async def confirm(home: Home, step: Step, flows: str = FLOWS, **changed: Any) -> Step:
    """Submit a form as it is filled in, but for what is changed."""
    return await answer(home, step, step["step_id"], filled_in(step["data_schema"], changed), flows)


async def choose(home: Home, step: Step, option: str, flows: str = FLOWS) -> Step:
    """Take one option of a menu."""
    return await answer(home, step, step["step_id"], {"next_step_id": option}, flows)


def filled_in(fields: list[dict[str, Any]], changed: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a form submits: what stands in its fields, and what is changed, wherever the field is.

    Raises: RuntimeError if there is no such field
    """
    values, used = _filled_in(fields, changed)
    if missing := changed.keys() - used:
        raise RuntimeError(f"the form has no field {', '.join(missing)}")
    return values


def _filled_in(fields: list[dict[str, Any]], changed: Mapping[str, Any]) -> tuple[dict[str, Any], set[str]]:
    values: dict[str, Any] = {}
    used = set[str]()
    for field in fields:
        name = field["name"]
        if field.get("type") == "expandable":
            values[name], inner = _filled_in(field["schema"], changed)
            used |= inner
        elif name in changed:
            values[name] = changed[name]
            used.add(name)
        elif (value := field.get("description", {}).get("suggested_value", field.get("default"))) is not None:
            values[name] = value
    return values, used
