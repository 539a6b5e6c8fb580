"""What a command says, in a form that a table can hold."""

from typing import Any

from custom_components.tesla_direct.tesla.command.command import Command


def expected(command: Command) -> dict[str, Any]:
    """Return which fact is expected to be what."""
    return {expectation.signal.name: expectation.value for expectation in command.expects}


def proven_by(command: Command, *values: Any) -> list[bool]:
    """Return which values of its only fact prove a command."""
    (expectation,) = command.expects
    return [expectation.met_by(value) for value in values]
