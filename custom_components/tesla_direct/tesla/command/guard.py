"""May it go now, and how: go, look first, wake first, or no and why. A pure function of two values.

The order of the questions is the order in which a user can do something about the answers; nothing is asked
of anybody before all that is known already has said yes.
"""

from dataclasses import dataclass
from enum import Enum

from ..errors import (
    CannotDo,
    CarUnreachable,
    NotLoaded,
    NotPaired,
    RateLimited,
    ScopeMissing,
    TeslaError,
    WakeFailed,
    WakeNotAllowed,
)
from ..fleet_api.budget import Verdict
from ..fleet_api.endpoints import Price
from ..vehicle.connectivity import Power
from ..vehicle.model import firmware
from ..vehicle.signals import software
from ..vehicle.state import VehicleState
from .command import COMMANDS, Command, Obstacle

PATIENCE = 10.0  # seconds that a command waits for an empty bucket before it is refused (decision 15)


class Route(Enum):
    """In which form a command goes; for what is no command it does not matter."""

    SIGNED = "signed"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is asked of a car, as far as the decision depends on it.

    name:    for errors
    scopes:  any one of them will do; none means that any token will
    route:   in which form it would go; None: only in a form that this car does not take
    online:  whether the car has to be awake
    wakes:   whether a sleeping car may be woken for it at all
    price:   what it is billed as, the wake not counted
    """

    name: str
    scopes: tuple[str, ...]
    route: Route | None = Route.PLAIN
    online: bool = True
    wakes: bool = True
    price: Price = Price.COMMAND


# Waking is asked for like everything else; on a car that is online it is done already.
WAKE = Ask(name="wake_up", scopes=(COMMANDS,), price=Price.FREE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that the decision depends on.

    loaded:      the entry is loaded, and not being unloaded
    scopes:      what the user has granted
    obstacle:    why this car cannot do it just now, None as far as anybody knows; see `obstacle_of`
    has_key:     we have a key to sign with
    paired:      the key is on the car's keychain; None until anybody has told
    power:       how reachable the car is
    fresh:       that was seen just now, or an open connection proves it
    waking:      a wake is underway; to wait for it costs nothing more
    unreachable_for: seconds for which a wake that has failed is not repeated
    may_wake:    the user's settings allow waking the car for this
    budget:      whether the budget allows the request
    wake_budget: whether it allows a wake and the request
    free_in:     seconds until our limits have room for the request
    wake_free_in: seconds until they have room for a wake
    """

    loaded: bool
    scopes: frozenset[str]
    obstacle: Obstacle | None
    has_key: bool
    paired: bool | None
    power: Power
    fresh: bool
    waking: bool
    unreachable_for: float
    may_wake: bool
    budget: Verdict
    wake_budget: Verdict
    free_in: float
    wake_free_in: float


@dataclass(frozen=True, slots=True)
class Go:
    """It may go now."""

    route: Route


@dataclass(frozen=True, slots=True)
class Look:
    """Nobody knows whether the car is awake: look first, which is free, and ask again."""


@dataclass(frozen=True, slots=True)
class WakeFirst:
    """Wake the car, and ask again."""


@dataclass(frozen=True, slots=True)
class No:
    """It may not go; the error says why."""

    error: TeslaError


type Plan = Go | Look | WakeFirst | No

ASLEEP = (Power.ASLEEP, Power.OFFLINE)  # many sleeping cars report `offline`, so both are woken (decision 11)


def ask_of(command: Command, *, wants_signature: bool) -> Ask:
    """Return what a command asks of a car.

    wants_signature: whether this car refuses plain commands
    """
    route: Route | None = Route.SIGNED
    if command.domain is None or command.prefers_plain or not wants_signature:
        route = None if command.body is None else Route.PLAIN
    return Ask(name=command.name, scopes=command.scopes, route=route)


def obstacle_of(command: Command, state: VehicleState, vin: str) -> Obstacle | None:
    """Return why a car cannot do something just now, as a key of the user's texts."""
    if command.exists(state, vin) is False:
        return "not_fitted"
    version, needed = firmware(state.get(software.VERSION)), firmware(command.since)
    if version is not None and needed is not None and version < needed:
        return "firmware_too_old"
    return None if command.obstacle is None else command.obstacle(state)


def plan(ask: Ask, situation: Situation) -> Plan:
    """Return what to do about a request now."""
    try:
        route = _permitted(ask, situation)
        if ask.online and not (situation.power is Power.ONLINE and situation.fresh):
            return _about_sleep(ask, situation)
        _affordable(ask, situation.budget, situation.free_in)
    except TeslaError as error:
        return No(error)
    return Go(route)


def _permitted(ask: Ask, situation: Situation) -> Route:
    """Return in which form a request may go at all; raise what is in its way whatever the car does."""
    if not situation.loaded:
        raise NotLoaded(f"{ask.name}: the account is not loaded")
    if ask.scopes and situation.scopes.isdisjoint(ask.scopes):
        raise ScopeMissing(f"{ask.name}: needs {' or '.join(ask.scopes)}")
    if situation.obstacle is not None:
        raise CannotDo(f"{ask.name}: {situation.obstacle}", obstacle=situation.obstacle)
    if ask.route is None:
        raise CannotDo(f"{ask.name}: exists only signed", obstacle="signed_only")
    if ask.route is Route.SIGNED and not (situation.has_key and situation.paired is not False):
        raise NotPaired(f"{ask.name}: our key is not on the car's keychain")
    return ask.route


def _about_sleep(ask: Ask, situation: Situation) -> Look | WakeFirst:
    """Return what to do about a car that is not known to be awake."""
    if not situation.fresh:
        _affordable(ask, situation.budget, 0.0)  # what the budget forbids anyway needs no look
        return Look()
    if situation.power not in ASLEEP:
        raise CarUnreachable(f"{ask.name}: nobody knows where the car is")
    if not ask.wakes:
        raise CarUnreachable(f"{ask.name}: the car is {situation.power.value}")
    if situation.waking:
        _affordable(ask, situation.budget, situation.free_in)
        return WakeFirst()
    if (wait := situation.unreachable_for) > 0:
        text = f"{ask.name}: the car did not wake up; not tried again for {wait:.0f} s"
        raise WakeFailed(text, retry_after=wait)
    if not situation.may_wake:
        raise WakeNotAllowed(f"{ask.name}: the car is {situation.power.value}")
    _affordable(ask, situation.wake_budget, max(situation.wake_free_in, situation.free_in))
    return WakeFirst()


def _affordable(ask: Ask, budget: Verdict, wait: float) -> None:
    """Raise what money or our limits have against a request."""
    if budget is not Verdict.GO:
        raise budget.error(ask.name)
    if wait > PATIENCE:
        raise RateLimited(f"{ask.name}: free again in {wait:.0f} s", retry_after=wait)
