"""What a service that speaks as TeslaMate is used to says of a token. Free, and no car is asked itself.

A token of MyTeslaMate's own tells nothing of itself, so that whose it is has to be asked for.
"""

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256

from ..errors import (
    AnswerUnreadable,
    CloudError,
    LoginExpired,
    NotFound,
    RateLimited,
    TokenRefused,
    TokenUnavailable,
    WireError,
)
from . import endpoints, telemetry
from .claims import Claims, read_claims
from .client import FleetApi
from .ledger import Cause
from .provider import Provider
from .rows import TelemetryConfigStatus

BY_CARS = "cars-"  # precedes what stands for an account that nobody names
LENGTH = 32  # hex digits
# What a token may be good for of which nobody says it: whatever is too much is refused there.
ALL_SCOPES = frozenset({"vehicle_device_data", "vehicle_location", "vehicle_cmds", "vehicle_charging_cmds"})
# Answers that say nothing of whose a token is; any other is an answer to whether it is one.
UNDECIDED = (LoginExpired, RateLimited, TokenRefused, TokenUnavailable)


@dataclass(frozen=True, slots=True, kw_only=True)
class MetCar:
    """A car that a token reaches.

    name:       None where the owner gave none
    vehicle_id: Tesla's number of it, by which streams may call it; empty where nobody says it
    """

    name: str | None
    vehicle_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """Whose token it is, and what it reaches.

    account: of that provider, the same at each sign-in; where nobody names one, made of the cars
    scopes:  what it is good for, as far as anybody knows
    cars:    by VIN
    """

    account: str
    scopes: frozenset[str]
    cars: Mapping[str, MetCar]

    def is_of(self, account: str, vins: Collection[str]) -> bool:
        """Tell whether a token is of an account that was met before.

        vins: the cars that were the account's; they decide where nobody has named it, now or then
        """
        if self.account == account:
            return True
        unnamed = any(each.partition("-")[2].startswith(BY_CARS) for each in (self.account, account))
        return unnamed and not self.cars.keys().isdisjoint(vins)


async def meet(api: FleetApi, provider: Provider, token: str, cause: Cause) -> Met:
    """Return whose a token is, and which cars it reaches.

    Raises: TeslaError, as `FleetApi.products`: nobody knows, or it is refused
    """
    listed = await api.products(cause)
    cars = {
        car.vin: MetCar(name=car.name, vehicle_id="" if car.vehicle_id is None else str(car.vehicle_id))
        for car in listed.vehicles
    }
    claims = _claims(token)
    account = (claims.subject if claims else None) or await _named(api, cause)
    if account is None:
        account = BY_CARS + _shortened(",".join(sorted(cars)))
    return Met(
        account=f"{provider.name}-{account}",
        scopes=(claims.scopes if claims else None) or ALL_SCOPES,
        cars=cars,
    )


async def streamed(api: FleetApi, vin: str, cause: Cause) -> TelemetryConfigStatus | None:
    """Return what a car is told to stream, as the one who streams looks at it; None: nothing.

    Raises: TeslaError, as `FleetApi.request`
    """
    with suppress(NotFound):
        status = await telemetry.read(api, vin, cause)
        return status if status.config is not None else None
    return None


def _claims(token: str) -> Claims | None:
    """Return what a token says of itself, None where only the service can read it."""
    try:
        return read_claims(token)
    except WireError:
        return None


async def _named(api: FleetApi, cause: Cause) -> str | None:
    """Return the account as it is asked for, None where nobody says it."""
    try:
        document = await api.request(endpoints.ME, cause=cause)
    except UNDECIDED:
        raise
    except CloudError, AnswerUnreadable:  # not everybody knows this call
        return None
    user = document.get("response")
    if not isinstance(user, dict):
        return None
    uuid, email = user.get("vault_uuid"), user.get("email")
    if isinstance(uuid, str) and uuid:
        return uuid
    return _shortened(email.strip().lower()) if isinstance(email, str) and email else None


def _shortened(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:LENGTH]
