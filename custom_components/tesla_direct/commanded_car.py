"""One car as commands see it: how it is, what it may be asked, and what is learnt from what it says."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from .const import AMPS_FLOOR, CONF_AMPS_FLOOR, CONF_WAKE, LOGGER, WAKE_ALWAYS, WAKE_NEVER
from .coordinator import VehicleCoordinator
from .hosts import provider_of
from .names import name_of, place_of
from .notices import async_tell_contradiction
from .repairs import async_end_refusals, async_tell_refusal
from .tesla.command.command import Command, Origin
from .tesla.command.confirm import Confirmer
from .tesla.command.confirmations import Confirmations, Verdict
from .tesla.command.delivery import FleetApiDelivery
from .tesla.command.guard import Ask, Signer, Situation, obstacle_of
from .tesla.command.proxy import ProxyDelivery
from .tesla.command.record import CommandLog, CommandRecord, Outcome
from .tesla.command.sender import CommandSender, is_unsent
from .tesla.command.waker import Waker
from .tesla.command.wanted import PutOff
from .tesla.decode import vehicle_data
from .tesla.errors import CannotDo, KeyNotPaired, LoginExpired, TeslaError
from .tesla.fleet_api.budget import Budget
from .tesla.fleet_api.client import FleetApi
from .tesla.fleet_api.endpoints import Price
from .tesla.fleet_api.ledger import Cause, Line
from .tesla.fleet_api.limits import Limits
from .tesla.source.poll import SAID, PollSource
from .tesla.vehicle.connectivity import Event, Power
from .tesla.vehicle.expectation import Expectation
from .tesla.vehicle.model import wants_signature
from .tesla.vehicle.signal import AnySignal, Report
from .tesla.vehicle.signals import connection
from .tesla.vehicle.state import RESTORED, VehicleState
from .tesla.vehicle_command.keys import PrivateKey
from .vehicle import Vehicle

AMPS = "charging_amps"  # the setpoint that solar automations move all the time
FRESH = 30.0  # seconds for which what was seen of how reachable a car is needs no second look
KNOWN = 120.0  # seconds for which what a car told when it was asked is still so, as far as anybody knows


class CommandedCar:
    """One car as its sender, its waker and its confirmer see it.

    log:       what became of the last commands
    vehicle:   the car itself
    sender:    sends, and lets nothing else go that the guard refuses
    confirmer: compares what the car says with what commands were to bring about
    scopes:    what the user has granted
    """

    def __init__(  # noqa: PLR0913  # what it stands on, each named at the only place that makes one
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        vehicle: Vehicle,
        *,
        api: FleetApi,
        poll: PollSource,
        budget: Budget,
        limits: Limits,
        scopes: frozenset[str],
        key: PrivateKey | None,
        proxy: FleetApi | None = None,
        kept: Mapping[str, Any],
        on_session_changed: Callable[[], None],
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        """Send nothing yet.

        key:   ours, if there is one; it stays unused where somebody else signs
        proxy: the command proxy that signs, if there is one
        kept:  what `to_json` returned before a restart
        """
        self.log = CommandLog()
        self.vin = vehicle.vin
        self.scopes = scopes
        self._hass = hass
        self._entry = entry
        self.vehicle = vehicle
        self._api = api
        self._poll = poll
        self._budget = budget
        self._limits = limits
        provider = provider_of(entry.data)
        signer = Signer.PROVIDER if provider.signs else Signer.US if proxy is None else Signer.PROXY
        self._has_key = key is not None or signer is not Signer.US
        self._wakes_itself = provider.wakes
        self._clock = clock
        self._over = False
        self._listeners: list[Callable[[CommandRecord], None]] = []
        spawn = partial(entry.async_create_background_task, hass)
        self._direct = FleetApiDelivery(
            api,
            self.vin,
            provider=provider,
            key=key if signer is Signer.US else None,
            kept=kept,
            on_session_changed=on_session_changed,
            clock=clock,
            sleep=sleep,
        )
        self._by_proxy: ProxyDelivery | None = None
        if proxy is not None and signer is Signer.PROXY:
            self._by_proxy = ProxyDelivery(proxy, self._direct, self.vin, ledger=budget.ledger, clock=clock)
        self._waker = Waker(api, self, clock=clock, sleep=sleep, spawn=spawn, by_provider=self._wakes_itself)
        self.sender = CommandSender(
            self,
            self._by_proxy or self._direct,
            self._waker,
            floor=self._floor,
            clock=clock,
            sleep=sleep,
            spawn=spawn,
            signer=signer,
        )
        confirmations = Confirmations(self._coordinator.data.expected)
        self.confirmer = Confirmer(self, confirmations, clock=clock, sleep=sleep, spawn=spawn)

    @callback
    def async_listen(self, tell: Callable[[CommandRecord], None]) -> CALLBACK_TYPE:
        """Tell what became of commands; return what ends that."""
        self._listeners.append(tell)
        return partial(self._listeners.remove, tell)

    async def async_end(self) -> tuple[PutOff, ...]:
        """Leave nothing running, and let nothing more go; return what was put off."""
        self._over = True
        left = await self.sender.end()
        await self.confirmer.end()
        return left

    def to_json(self) -> dict[str, Any]:
        """Return what has to outlive a restart."""
        return self._direct.to_json()

    @property
    def power(self) -> Power:
        """How reachable the car is."""
        return self.vehicle.power

    @property
    def state(self) -> VehicleState:
        """What the car has said, with nothing laid over it."""
        return self._coordinator.truth

    @property
    def wants_signature(self) -> bool:
        """Whether it refuses plain commands, as most do while nobody has told."""
        return wants_signature(self.state, self.vin) is not False

    def situation(self, ask: Ask, command: Command | None, origin: Origin) -> Situation:
        """Return all that decides whether something may go now."""
        now = self._clock()
        vehicle, limits = self.vehicle, self._limits
        verdict = partial(self._budget.verdict, cause=origin.cause, consent=origin.consent, now=now)
        prices = (ask.price, *(self._by_proxy.reckoned if self._by_proxy and ask.keyed else ()))
        return Situation(
            loaded=not self._over,
            scopes=self.scopes,
            obstacle=None if command is None else obstacle_of(command, self._coordinator.data, self.vin),
            has_key=self._has_key,
            paired=self.state.get(connection.KEY_PAIRED),
            power=vehicle.power,
            fresh=vehicle.connected or 0 <= now - vehicle.seen_at <= FRESH,
            waking=self._waker.waking,
            unreachable_for=self._waker.unreachable_for(),
            may_wake=command is None or self._may_wake(origin),
            budget=verdict(prices),
            wake_budget=verdict((Price.WAKE, *prices)),
            free_in=limits.free_in(ask.price, self.vin, now),
            wake_free_in=limits.free_in(Price.WAKE, self.vin, now),
            wakes_itself=self._wakes_itself,
        )

    def holds(self, command: Command) -> bool:
        """Return whether all that a command is to bring about is known to be so already."""
        return bool(command.expects) and all(map(self._is_so, command.expects))

    async def know(self, command: Command, origin: Origin) -> None:
        """Have what a command is to change known as it is now, for money if need be."""
        signals = [expectation.signal for expectation in command.expects]
        parts = frozenset(vehicle_data.endpoints_for(signals))
        if parts and not all(map(self._is_sure, signals)):
            await self.sender.admit(READ_DATA, origin)
            await self._poll.read(self.vin, parts, origin.cause, by=origin.by, consent=origin.consent)
        if any(self._coordinator.data.get(signal) is None for signal in signals):
            raise CannotDo(f"{command.name}: nobody knows how it is now", obstacle="state_unknown")

    def _is_so(self, expectation: Expectation) -> bool:
        """Return whether a fact is known to be as expected; what the car denies is shown for a while yet."""
        signal = expectation.signal
        if self.confirmer.confirmations.believed(signal, self.state) is not None:
            return expectation.met_by(self._coordinator.data.get(signal))
        return self._is_told(signal) and expectation.met_by(self.state.get(signal))

    def _is_sure(self, signal: AnySignal) -> bool:
        """Return whether nothing has to be paid to know a fact: it was told, or brought about just now."""
        if (believed := self.confirmer.confirmations.believed(signal, self.state)) is not None:
            return not believed.decided
        # What the car denies it may have denied before it did it: a record in flight proves nothing.
        return signal not in self._coordinator.data.expected and self._is_told(signal)

    def _is_told(self, signal: AnySignal) -> bool:
        """Return whether the car itself has told a fact as it is now."""
        report = self.state.report(signal)
        if report is None or report.source == RESTORED:
            return False
        return 0 <= self._clock() - report.received <= KNOWN or self.streams((signal,))

    def streams(self, signals: Iterable[AnySignal]) -> bool:
        """Return whether the car tells all of these by itself."""
        return self.vehicle.streams(signals)

    @callback
    def witness(self, event: Event) -> None:
        """Learn what was seen of how reachable the car is."""
        self.vehicle.witness(event)

    @contextmanager
    def wakes_for(self, command: Command, origin: Origin) -> Iterator[None]:
        """Reckon with a wake that the provider may bill for a command; whether it does its bill tells."""
        taken, ledger, sent = self._clock(), self._budget.ledger, True
        self._limits.take(Price.WAKE, self.vin, taken)
        try:
            with ledger.underway(Price.WAKE):
                yield
        except TeslaError as error:
            sent = not is_unsent(error)
            raise
        finally:
            if sent:
                line = Line(Price.WAKE, origin.cause, self.vin, origin.by, f"{command.name} (wake)")
                ledger.record(line, None, self._clock())
            else:
                self._limits.give_back(Price.WAKE, self.vin, taken)

    @callback
    def learned(self, *, wants_signature: bool) -> None:
        """Learn from the car itself which form of commands it takes."""
        self.vehicle.learn_signing(wanted=wants_signature)

    async def look(self, origin: Origin) -> None:
        """Have its free state read, and its power follow from that."""
        row = await self._api.vehicle(self.vin, origin.cause)
        if event := SAID.get(row.power):
            self.vehicle.witness(event)

    async def read(self, signals: Iterable[AnySignal], origin: Origin) -> None:
        """Have facts read for money, if the budget and our limits allow it."""
        parts = frozenset(vehicle_data.endpoints_for(signals))
        if parts and self.power is Power.ONLINE and not self._over:
            await self._poll.read(
                self.vin, parts, origin.cause, by=origin.by, optional=True, consent=origin.consent
            )

    async def find_out(self, command: Command, since: float, origin: Origin) -> bool | None:
        """Return whether a command of which nobody knows was carried out, by the car's own word."""
        return await self.confirmer.find_out(command, since, origin)

    @callback
    def done(self, command: Command, record: CommandRecord, origin: Origin) -> None:
        """Learn that the car has said that a command is done."""
        if command.domain is not None and self.wants_signature and not command.prefers_plain:
            self.vehicle.learn_key(accepted=True)
        async_end_refusals(self._hass, self._entry, self.vin)
        self.log.append(record)
        told = tuple(expectation for expectation in command.expects if expectation.signal.told)
        for expectation in command.expects:
            if not expectation.signal.told:
                self.vehicle.remember(expectation)
        self.confirmer.done(replace(command, expects=told), record, origin)

    @callback
    def ended(self, record: CommandRecord, error: TeslaError | None) -> None:
        """Learn what became of a command that nothing more is to be expected of."""
        self.log.append(record)
        self._tell(record)
        if error is None:
            return
        self.see_to(error)
        if isinstance(error, KeyNotPaired):
            self.vehicle.learn_key(accepted=False)
            self._poll.check_soon()
        async_tell_refusal(self._hass, self._entry, self.vin, error)

    @callback
    def heard(self, report: Report) -> None:
        """Take in what a source says; it may confirm a command."""
        self.confirmer.heard(report)

    @callback
    def laid(self, signals: Iterable[AnySignal]) -> None:
        """Show anew what something was laid over, or taken away from."""
        self._coordinator.async_changed(frozenset(signals))

    @callback
    def decided(self, verdict: Verdict) -> None:
        """Learn what became of a command that the car had said was done."""
        self._tell(verdict.record)
        if verdict.outcome is Outcome.CONTRADICTED and verdict.signal is not None:
            LOGGER.info("%s: the car contradicts %s", self._coordinator.name, verdict.record.name)
            record, signal = verdict.record, verdict.signal
            says = "…" if signal.private else verdict.says
            place = f"{self._entry.entry_id}_{place_of(self._entry, self.vin)}"
            async_tell_contradiction(self._hass, name_of(self._entry, self.vin), place, record.name, says)

    def see_to(self, error: TeslaError) -> None:
        """Have the user asked to sign in again, if only that helps; the poll of cars that stream rests."""
        if isinstance(error, LoginExpired) and not self._over:
            self._entry.async_start_reauth(self._hass)

    @property
    def _coordinator(self) -> VehicleCoordinator:
        return self.vehicle.coordinator

    def _may_wake(self, origin: Origin) -> bool:
        setting = self._entry.options.get(CONF_WAKE, WAKE_ALWAYS)
        if setting == WAKE_NEVER:
            return False
        return setting == WAKE_ALWAYS or origin.cause is Cause.USER

    def _floor(self, setpoint: str) -> float:
        if setpoint != AMPS:
            return 0.0
        return float(self._entry.options.get(CONF_AMPS_FLOOR, AMPS_FLOOR))

    def _tell(self, record: CommandRecord) -> None:
        for tell in tuple(self._listeners):
            tell(record)


def reading(name: str, scopes: tuple[str, ...], price: Price, *, online: bool = True) -> Ask:
    """Return what a read asks of a car, which is not woken for it."""
    return Ask(name=name, scopes=scopes, online=online, wakes=False, price=price)


READ_DATA = reading("vehicle_data", ("vehicle_device_data",), Price.DATA)
