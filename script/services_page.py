"""The page of actions for docs/reference/, from their rows, their forms and their texts."""

import json
from pathlib import Path
from typing import Any

from homeassistant.core import SupportsResponse

from custom_components.tesla_direct.services import ACTIONS
from custom_components.tesla_direct.services.action import Action, Parameter
from custom_components.tesla_direct.services.comfort import TEMPERATURE
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
from custom_components.tesla_direct.services.schedules import ID

INTEGRATION = Path(__file__).parent.parent / "custom_components" / "tesla_direct"
TEXTS = json.loads((INTEGRATION / "translations" / "en.json").read_text(encoding="utf-8"))["services"]
WORDS: dict[Any, str] = {
    flag: "true or false",
    members: "an object",
    moment: "a date, with or without a time",
    pin: "four digits, in quotes",
    place: "`latitude` and `longitude`",
    time_of_day: 'a time of day in quotes, as in `"07:30"`',
    url: "a link",
    Listed(): "a list of texts",
    ID.kind: "a whole number",
    TEMPERATURE: "degrees, as far as the car goes",
}
ANSWERS = {
    SupportsResponse.NONE: "Response: none.",
    SupportsResponse.OPTIONAL: "Response: if it is asked for.",
    SupportsResponse.ONLY: "Response: always; it has to be asked for.",
}
LARGEST = 2**53 - 1  # that is named as a range; what JSON carries without loss goes without saying


def services() -> str:
    """Return the page of actions."""
    lines = [
        "# Actions",
        "",
        "Each is for one or several cars, named by their devices; `device_id` takes one or a list.",
        "A template finds a car by one of its entities: `{{ device_id('sensor.marmalade_battery_level') }}`.",
        "All that is asked for is looked at before anything is sent, for all cars;",
        "what a car itself refuses keeps no other car from doing it.",
        "An answer holds one object for each car, under the id of its device.",
        "`over_budget` lets an action go although the monthly budget does not allow it any more.",
        "What is marked *switched off* has to be switched on in the options, under Commands.",
        "",
    ]
    for action in ACTIONS:
        lines += _action(action)
    return "\n".join(lines)


def _action(action: Action) -> list[str]:
    text = TEXTS[action.name]
    off = " *(switched off)*" if action.dangerous else ""
    lines = [f"## {action.name}: {text['name']}{off}", "", text["description"], ANSWERS[action.response], ""]
    if action.parameters:
        lines += ["| field | value | default | |", "|---|---|---|---|"]
        lines += [
            _field(name, parameter, text["fields"][name]["description"])
            for name, parameter in action.parameters.items()
        ]
        lines.append("")
    return lines


def _field(name: str, parameter: Parameter, description: str) -> str:
    default = "required" if parameter.required else _default(parameter.default)
    cells = (f"`{name}`", _value(parameter.kind), default, description)
    return f"| {' | '.join(cells)} |"


def _default(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return "all"
    return f"`{json.dumps(value)}`" if isinstance(value, bool) else f"`{value}`"


def _value(kind: Any) -> str:
    """Return in words what a parameter may be."""
    words = WORDS.get(kind, "text")
    match kind:
        case Whole(least=least, most=most) if most < LARGEST:
            words = f"a whole number, {least} to {most}"
        case Number(least=least, most=most) if kind not in WORDS:
            words = f"a number, {least:g} to {most:g}"
        case Choice(options=options):
            words = f"one of {_listed(options)}"
        case Several(options=options):
            words = f"some of {_listed(options)}"
        case Text(most=most):
            words = f"text of at most {most} characters"
    return words


def _listed(options: tuple[str, ...]) -> str:
    return ", ".join(f"`{option}`" for option in options)
