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
    """In which form a command goes; for what is no command it does not matter.

    SIGNED: with a signature that the car checks, by us or by a proxy beside us
    PLAIN:  as the provider's REST interface takes it; whether it signs that is its business
    """

    SIGNED = "signed"
    PLAIN = "plain"


class Signer(Enum):
    """Who signs what a car takes only signed.

    PROXY:    a command proxy, which takes the plain form of those that it knows
    PROVIDER: whoever answers for the cloud, which takes the plain form of all
    """

    US = "us"
    PROXY = "proxy"
    PROVIDER = "provider"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is asked of a car, as far as the decision depends on it.

    name:    for errors
    scopes:  any one of them will do; none means that any token will
    route:   in which form it would go; None: only in a form that does not get there, see `misfit`
    misfit:  why it has no form that gets there, as a key of the user's texts
    keyed:   whether it needs a key on the car's keychain, whoever holds that
    online:  whether the car has to be awake
    wakes:   whether a sleeping car may be woken for it at all
    price:   what it is billed as, the wake not counted
    """

    name: str
    scopes: tuple[str, ...]
    route: Route | None = Route.PLAIN
    misfit: Obstacle = "signed_only"
    keyed: bool = False
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
    has_key:     there is a key to sign with, whoever has it
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
    wakes_itself: the provider wakes the car for a command, and bills the wake
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
    wakes_itself: bool = False


@dataclass(frozen=True, slots=True)
class Go:
    """It may go now.

    wakes: the provider may have to wake the car for it first, and then bills that
    """

    route: Route
    wakes: bool = False


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


def ask_of(command: Command, *, wants_signature: bool, signer: Signer = Signer.US) -> Ask:
    """Return what a command asks of a car.

    wants_signature: whether this car refuses plain commands
    """
    keyed = command.domain is not None and not command.prefers_plain and wants_signature
    plain = None if command.body is None else Route.PLAIN
    route, misfit = plain, "signed_only"
    if keyed and signer is Signer.US:
        route = Route.SIGNED
    elif keyed and signer is Signer.PROXY:
        # What Tesla's own client does not know the proxy refuses; plain this car does.
        route = None if plain is None or command.unpublished else Route.SIGNED
        misfit = "not_by_proxy"
    return Ask(name=command.name, scopes=command.scopes, route=route, misfit=misfit, keyed=keyed)


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
            # A wake that is wanted for itself is sent; whether a car still is online a look tells for free.
            awake = situation.power is Power.ONLINE
            if situation.wakes_itself and ask.wakes and ask != WAKE and not awake:
                return _woken_on_the_way(ask, route, situation)
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
        raise CannotDo(f"{ask.name}: has no form that gets there", obstacle=ask.misfit)
    if ask.keyed and not (situation.has_key and situation.paired is not False):
        raise NotPaired(f"{ask.name}: the key is not on the car's keychain")
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
    _wakable(ask, situation)
    return WakeFirst()


def _woken_on_the_way(ask: Ask, route: Route, situation: Situation) -> Go | Look:
    """Return what to do about a command for which the provider wakes the car, if it has to.

    The car is not looked at for that; only where a wake is not to be had a look tells whether one is needed.
    """
    if situation.waking:
        _affordable(ask, situation.budget, situation.free_in)
        return Go(route)
    try:
        _wakable(ask, situation)
    except TeslaError:
        if situation.fresh:
            raise
        _affordable(ask, situation.budget, 0.0)
        return Look()
    return Go(route, wakes=True)


def _wakable(ask: Ask, situation: Situation) -> None:
    """Raise what is in the way of waking a car for a request."""
    if (wait := situation.unreachable_for) > 0:
        text = f"{ask.name}: the car did not wake up; not tried again for {wait:.0f} s"
        raise WakeFailed(text, retry_after=wait)
    if not situation.may_wake:
        raise WakeNotAllowed(f"{ask.name}: the car is {situation.power.value}")
    _affordable(ask, situation.wake_budget, max(situation.wake_free_in, situation.free_in))


def _affordable(ask: Ask, budget: Verdict, wait: float) -> None:
    """Raise what money or our limits have against a request."""
    if budget is not Verdict.GO:
        raise budget.error(ask.name)
    if wait > PATIENCE:
        raise RateLimited(f"{ask.name}: free again in {wait:.0f} s", retry_after=wait)
