"""What people in the car and around it notice: temperatures, sounds, and that it is awake."""

from collections.abc import Iterable
from functools import partial

from homeassistant.const import UnitOfTemperature
from homeassistant.util.unit_conversion import TemperatureConverter

from ..tesla.command.catalogue import climate as ask
from ..tesla.command.catalogue import other
from ..tesla.command.command import Command
from ..tesla.vehicle.signals import climate
from .action import Action, Asked, Doing, Parameter, sends
from .kinds import Choice, Number, Wrong

SIDES = {
    "driver_temp": climate.DRIVER_TEMP_SETTING,
    "passenger_temp": climate.PASSENGER_TEMP_SETTING,
}
SOUNDS = {"random": 0, "locate_ping": 2000}
# In whatever unit; what the car takes is looked at once the unit is known.
TEMPERATURE = Number(-100, 200)


def _set_temps(asked: Asked) -> Iterable[Command]:
    if asked.given.isdisjoint(SIDES):
        raise Wrong("not_any", options=", ".join(SIDES))
    wanted = {name: _celsius(asked, name) for name in SIDES}
    yield ask.set_temps(wanted["driver_temp"], wanted["passenger_temp"])


def _celsius(asked: Asked, name: str) -> float:
    """Return how warm a side is to be, in °C: as was said, or as it is."""
    unit = asked.hass.config.units.temperature_unit
    least = max(asked.state.get(climate.TEMP_MIN) or ask.COLDEST, ask.COLDEST)
    most = min(asked.state.get(climate.TEMP_MAX) or ask.WARMEST, ask.WARMEST)
    given: float | None = asked[name]
    if given is None:
        kept = asked.state.get(SIDES[name])
        if kept is None:
            raise Wrong("other_side_unknown", parameter=name)
        return kept
    celsius = TemperatureConverter.convert(given, unit, UnitOfTemperature.CELSIUS)
    # 59 °F are a little less than 15 °C once they have been there and back.
    celsius = round(celsius, 2)
    if not least <= celsius <= most:
        shown = (TemperatureConverter.convert(end, UnitOfTemperature.CELSIUS, unit) for end in (least, most))
        bounds = [f"{end:.4g} {unit}" for end in shown]
        raise Wrong("not_in_range", parameter=name, least=bounds[0], most=bounds[1])
    return celsius


def _wake(asked: Asked) -> Doing:
    return partial(_async_wake, asked)


async def _async_wake(asked: Asked) -> None:
    await asked.vehicle.coordinator.commands.async_wake(asked.context, over_budget=asked.over_budget)


ACTIONS = (
    Action(
        name="set_temps",
        parameters={name: Parameter(TEMPERATURE) for name in SIDES},
        prepare=sends(_set_temps),
    ),
    Action(
        name="boombox",
        parameters={"sound": Parameter(Choice(tuple(SOUNDS)), default="random")},
        prepare=sends(lambda asked: (other.remote_boombox(SOUNDS[asked["sound"]]),)),
    ),
    Action(name="wake", prepare=_wake),
)
