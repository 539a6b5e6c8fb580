"""From what a user sets to the commands that bring it about: the same for every platform with a table."""

from collections.abc import Callable, Iterable

from .entity import CommandEntity
from .tesla.command.command import Command
from .tesla.errors import TeslaError
from .tesla.vehicle.state import VehicleState
from .user_errors import translated

type Wish[T] = Callable[[VehicleState, T], Iterable[Command]]
"""What to send for a value, in this order. Raises TeslaError for a value that cannot be sent."""


def one[T](command: Callable[[T], Command]) -> Wish[T]:
    """Return what takes one command, whatever is known of the car."""
    return lambda _state, value: (command(value),)


class WishEntity(CommandEntity):
    """One row of a table that users set."""

    async def async_wish[T](self, wish: Wish[T], value: T) -> None:
        """Send what brings a value about.

        Raises: HomeAssistantError, in the user's language; ServiceValidationError before anything is sent
        """
        try:
            commands = tuple(wish(self.coordinator.data, value))
        except TeslaError as error:
            raise translated(error) from error
        await self.async_command(*commands)
