"""Commands by their names in Fleet API, with parameters as JSON has them.

Source: commands.md, "Reading the tables". Unknown parameters are ignored, as Tesla does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import Parameter as Argument
from inspect import signature
from types import ModuleType
from typing import Any

from ...errors import CommandInvalid
from ..command import Command
from . import charge, climate, closures, media, navigation, other, power, schedules, seats, security, software

_PARTS = (charge, climate, closures, media, navigation, other, power, schedules, seats, security, software)
# Requests that have no plain form, nor a name in Fleet API.
_NAMELESS = frozenset({"close_trunk", "dashcam_save_clip", "parental_controls_clear_pin", "ping"})

_NUMBER, _FLAG, _TEXT, _ANYTHING = "a number", "true or false", "text", "anything"
# Of the annotations of our functions. Where nothing may be given, JSON may leave it out, but not say null.
_KINDS: Mapping[Any, str] = {
    float: _NUMBER,
    float | None: _NUMBER,
    int: _NUMBER,
    bool: _FLAG,
    str: _TEXT,
    str | None: _TEXT,
    object: _ANYTHING,
}
_MISSING = object()


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its name in Fleet API, what JSON it is, whether it has to be there."""

    name: str
    kind: str
    required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """One command of Fleet API.

    function:   makes it
    parameters: what it is given; None where everything is handed on as it is
    dated:      whether it has to know what time it is
    """

    function: Callable[..., Command]
    parameters: tuple[Parameter, ...] | None
    dated: bool


def _named(function: Callable[..., Command]) -> Named:
    arguments = signature(function).parameters
    if "parameters" in arguments:
        return Named(function=function, parameters=None, dated=False)
    parameters = tuple(
        Parameter(name, _KINDS[argument.annotation], argument.default is Argument.empty)
        for name, argument in arguments.items()
        # What can only be named is ours, and not Fleet API's.
        if argument.kind is Argument.POSITIONAL_OR_KEYWORD
    )
    return Named(function=function, parameters=parameters, dated="now" in arguments)


def _commands_of(part: ModuleType) -> dict[str, Callable[..., Command]]:
    return {
        name: thing
        for name, thing in vars(part).items()
        if callable(thing) and getattr(thing, "__module__", None) == part.__name__ and name[0] != "_"
    }


ALL: Mapping[str, Named] = {
    name: _named(function)
    for part in _PARTS
    for name, function in _commands_of(part).items()
    if name not in _NAMELESS
}


def from_rest(name: str, parameters: Mapping[str, Any] | None, *, now: float) -> Command:
    """Return the command that Fleet API knows by a name.

    parameters: what its JSON body would hold; None where there is none
    now:        seconds since 1970
    Raises: CommandInvalid if there is no such command, or it does not take these parameters
    """
    named = ALL.get(name)
    if named is None:
        raise CommandInvalid("there is no such command")
    if parameters is None:
        parameters = {}
    elif not isinstance(parameters, Mapping):
        raise CommandInvalid(f"{name}: the parameters have to be an object")
    if named.parameters is None:
        return named.function(parameters)
    given: dict[str, Any] = {"now": now} if named.dated else {}
    for parameter in named.parameters:
        value = parameters.get(parameter.name, _MISSING)
        if value is not _MISSING:
            if not _is(parameter.kind, value):
                raise CommandInvalid(f"{parameter.name} has to be {parameter.kind}", parameter=parameter.name)
            given[parameter.name] = value
        elif parameter.required:
            raise CommandInvalid(f"{parameter.name} is missing", parameter=parameter.name)
    return named.function(**given)


def _is(kind: str, value: object) -> bool:
    """Return whether a value is what JSON calls by that name: 1 is no flag, and "1" is no number."""
    if kind is _NUMBER:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind is _FLAG:
        return isinstance(value, bool)
    return isinstance(value, str) if kind is _TEXT else True
