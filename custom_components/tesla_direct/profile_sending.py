"""A choice of fields on its way: sent to each car, followed until the car has it, and told."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from .const import LOGGER
from .names import name_of
from .runtime import Runtime
from .telemetry import Streaming
from .tesla.errors import TeslaError
from .tesla.source.config_state import ConfigState, Phase, Reason
from .tesla.vehicle.connectivity import Power
from .texts import async_text
from .user_errors import translated
from .vehicle import Vehicle

FOLLOW = (2.0, 3.0, 5.0, 10.0, 10.0, 15.0, 15.0)  # seconds between looks; a minute in all
REFUSALS = 5  # of one sending: Tesla names one field at a time, and the rest is worth having without it
IS_THERE = frozenset({Phase.SENT, Phase.SYNCED})
NOT_THERE = frozenset({Phase.SKIPPED, Phase.ABSENT, Phase.REMOVED, Phase.REFUSED})
# Why it may not be there, where there are better words than Tesla's.
EXPLAINED = frozenset(
    {
        Reason.BILLING_LIMIT,
        Reason.MAX_CONFIGS,
        Reason.MISSING_KEY,
        Reason.NOT_PASSED_ON,
        Reason.STREAMING_TOGGLE,
        Reason.UNSUPPORTED_FIRMWARE,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of it for one car.

    state:    how its configuration stands
    awake:    the car may be awake, so that it will fetch it soon
    refused:  fields that Tesla did not take, and that were left out
    error:    what came in between
    """

    state: ConfigState
    awake: bool
    refused: frozenset[str] = frozenset()
    error: TeslaError | None = None

    @property
    def stands(self) -> bool:
        """Whether nothing is left to be done but to wait; a car that cannot stream is no trouble."""
        return self.error is None and self.state.phase in {*IS_THERE, Phase.IMPOSSIBLE}

    @property
    def told(self) -> bool:
        """Whether there is something to be said about it."""
        return not self.stands or self.state.phase is Phase.SENT or bool(self.refused)


async def async_send(
    runtime: Runtime,
    running: Callable[[], Awaitable[Runtime | None]],
    sleep: Callable[[float], Awaitable[None]],
) -> dict[str, Outcome] | None:
    """Send what is wished to all cars that have not got it yet, and follow those that may be awake.

    running: returns what runs of the account later; it may be made anew, as when a car is added
    sleep:   waits so many seconds
    Returns what became of it for each car, None if nothing runs any more.
    """
    streaming = runtime.streaming
    streaming.async_changed()
    async with streaming.sending:
        errors = {vin: await _async_send_one(streaming, vin) for vin in runtime.vehicles}
    for pause in FOLLOW:
        waiting = [vin for vin, error in errors.items() if error is None and _is_awaited(runtime, vin)]
        if not waiting:
            break
        await sleep(pause)
        if (later := await running()) is None:
            return None
        runtime = later
        for vin in waiting:
            if vin in runtime.vehicles:
                await _async_look(runtime.streaming, vin)
    return {
        vin: Outcome(
            state=runtime.streaming.state(vin),
            awake=_may_be_awake(runtime.vehicles[vin]),
            refused=runtime.streaming.wished(vin).withheld,
            error=error,
        )
        for vin, error in errors.items()
        if vin in runtime.vehicles
    }


async def _async_send_one(streaming: Streaming, vin: str) -> TeslaError | None:
    """Send to one car, unless it has the same already; return what came in between."""
    try:
        state = await streaming.async_look(vin)
        if state.phase in IS_THERE and state.sent == state.target:
            return None
        state = (await streaming.async_send_now(vin))[vin]
        for _ in range(REFUSALS):
            if state.phase is not Phase.REFUSED or not state.named:
                break
            await asyncio.sleep(0)  # in the next turn of the loop less is wished
            state = (await streaming.keeper.send_now((vin,)))[vin]
    except TeslaError as error:
        return error
    return None


async def _async_look(streaming: Streaming, vin: str) -> None:
    try:
        await streaming.async_look(vin)
    except TeslaError as error:
        LOGGER.debug("It cannot be seen whether a car has its telemetry configuration: %s", error)


def _is_awaited(runtime: Runtime, vin: str) -> bool:
    """Return whether a car will soon have what was sent."""
    vehicle = runtime.vehicles.get(vin)
    sent = runtime.streaming.state(vin).phase is Phase.SENT
    return vehicle is not None and sent and _may_be_awake(vehicle)


def _may_be_awake(vehicle: Vehicle) -> bool:
    """Return whether nobody knows better: just after a start nothing is known of a car."""
    return vehicle.connected or vehicle.power not in {Power.ASLEEP, Power.OFFLINE}


async def async_told(
    hass: HomeAssistant, entry: ConfigEntry[Runtime], outcomes: Mapping[str, Outcome]
) -> str:
    """Return a list, as Markdown: what became of it for each car, and what its owner can do."""
    lines = []
    for vin, outcome in outcomes.items():
        text = await async_text(hass, "telemetry_outcome", _key(outcome))
        told = text.format(
            reason=(outcome.state.reason or "-").replace("_", " "),
            fields=", ".join(sorted({*outcome.state.named, *outcome.refused})) or "-",
            detail="" if outcome.error is None else str(translated(outcome.error)),
        )
        if outcome.stands and outcome.refused:
            without = await async_text(hass, "telemetry_outcome", "without")
            told += " " + without.format(fields=", ".join(sorted(outcome.refused)))
        lines.append(f"- **{name_of(entry, vin)}**: {told}")
    return "\n".join(lines)


def _key(outcome: Outcome) -> str:
    """Return which text says it."""
    if outcome.error is not None:
        return "error"
    phase, reason = outcome.state.phase, outcome.state.reason
    if phase is Phase.SENT:
        return "sent" if outcome.awake else "sent_asleep"
    if phase in NOT_THERE and reason in EXPLAINED:
        return f"not_there_{reason}"
    if phase in {Phase.UNKNOWN, Phase.ABSENT}:
        return "nothing"
    return phase.value
