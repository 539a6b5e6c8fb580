"""Command: one request to a car, encoded and ready to be sent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from ..fleet_api.ledger import Cause
from ..vehicle.expectation import Expectation
from ..vehicle.model import ANY_CAR, Capability
from ..vehicle.state import VehicleState
from ..vehicle_command.domain import Domain

type Obstacle = str
"""Why a car cannot do it just now, as a key of the user's texts: "not_parked"."""

COMMANDS = "vehicle_cmds"
CHARGING = "vehicle_charging_cmds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One request.

    name:       the Fleet API's name for it; also that of its plain endpoint
    domain:     who in the car verifies it; None where nothing can be signed
    payload:    a serialized Action (infotainment) or UnsignedMessage (vehicle security)
    body:       the same request as the plain endpoint's JSON; None where there is no plain form
    unpublished: the signed form is not among those that Tesla's own client knows
    prefers_plain: the plain form works for cars that want signatures, too
    repeatable: doing it twice equals doing it once, so an unknown outcome may be sent again
    scopes:     what the user has to have granted, any one of them
    expects:    the facts that prove it; none where the car tells nothing of it
    holds:      refusals of the car that say that it is so already
    toggles:    it only changes over, so it is sent only where what it expects is known not to be so
    setpoint:   a value that is set by moving: of quick moves only the last counts, and an equal one is
                not sent at all; the name under which they are told apart
    exists:     which cars have it
    since:      the firmware that brought it, as in "2024.26"
    obstacle:   why the car cannot do it just now, None if it can, as far as anybody knows
    """

    name: str
    domain: Domain | None
    payload: bytes = field(default=b"", repr=False)
    body: Mapping[str, object] | None = field(default_factory=dict, repr=False)
    unpublished: bool = False
    prefers_plain: bool = False
    repeatable: bool = True
    scopes: tuple[str, ...] = (COMMANDS,)
    expects: tuple[Expectation, ...] = field(default=(), repr=False)
    holds: tuple[str, ...] = ("already_set",)
    toggles: bool = False
    setpoint: str | None = None
    exists: Capability = ANY_CAR
    since: str | None = None
    obstacle: Callable[[VehicleState], Obstacle | None] | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Who wants something.

    cause:   what the ledger files it under
    by:      which automation or script, None where it was none
    consent: the user lets it go over the budget
    """

    cause: Cause
    by: str | None = None
    consent: bool = False

    def together(self, other: Self) -> Self:
        """Return who wants what both want: a person counts before a program, and one consent is enough."""
        first = self if self.cause is Cause.USER is not other.cause else other
        return replace(first, consent=self.consent or other.consent)
