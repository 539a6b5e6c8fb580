"""Any command, by Tesla's name for it; for those who know what they do."""

from collections.abc import Iterable

from ..tesla.command.catalogue import from_rest
from ..tesla.command.catalogue.navigation import navigation_request
from ..tesla.command.command import Command
from .action import Action, Asked, Parameter, sends
from .kinds import Text, members
from .navigation import locale_of

NAME_LIMIT = 100  # characters


def _raw_command(asked: Asked) -> Iterable[Command]:
    name, parameters = asked["command"], asked["parameters"]
    if name == navigation_request.__name__:
        parameters = {"locale": locale_of(asked.hass), **(parameters or {})}
    yield from_rest(name, parameters, now=asked.now)


ACTIONS = (
    Action(
        name="raw_command",
        parameters={
            "command": Parameter(Text(NAME_LIMIT), required=True),
            "parameters": Parameter(members),
        },
        prepare=sends(_raw_command),
        dangerous="raw_command",
    ),
)
