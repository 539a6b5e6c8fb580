"""One car, as its sources see it: what they deliver comes in here, and what they ask is answered here."""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from math import inf
from typing import Any

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.util import dt as dt_util

from .const import LOGGER
from .coordinator import VehicleCoordinator
from .storage import recovered
from .tesla.decode import vehicle_data
from .tesla.decode.payload import Car
from .tesla.fleet_api.month_start import MonthStart
from .tesla.journal.derived import SOURCE as JOURNAL
from .tesla.journal.journal import Journal
from .tesla.journal.signal_counts import SignalCounts
from .tesla.source.poll_plan import FREE_READ
from .tesla.source.quiet import left_alone
from .tesla.vehicle import model
from .tesla.vehicle.alert import Alert, AlertEvent, AlertLog, Complaint
from .tesla.vehicle.connectivity import Event, Power, after
from .tesla.vehicle.expectation import Expectation
from .tesla.vehicle.heard import Heard
from .tesla.vehicle.key_on_car import KeyOnCar
from .tesla.vehicle.linked import Linked
from .tesla.vehicle.signal import UNKNOWN_AGE, AnySignal, Report
from .tesla.vehicle.signals import config, connection, journal, security, software
from .tesla.vehicle.sources import INFERRED, POLL, PUSHES, TESLAMATE, UNDATED
from .tesla.vehicle.state import RESTORED
from .tesla.vehicle.stored import by_time, plain
from .tesla.vehicle.streamed import Streamed

# Seconds by which the copy of a value may be late that another source has told us.
LATE_COPY = 5.0
DELIVER = PUSHES | {POLL}  # the sources of what a car says, which are shown
COMPLAINTS = 20  # of a car's telemetry client that are kept
BY_COMMAND = "command"  # the source of what a car says of itself by how it takes a command
# What has to be known to read what a car streams.
CONTEXT = frozenset({config.UTC_OFFSET, config.RIGHT_HAND_DRIVE, software.VERSION})
# What a car is built of does not change: once it is known, it alone is no reason to pay.
BUILT_IN = frozenset({"vehicle_config"})
# True of connections that did not survive the restart either.
NOT_RESTORED = frozenset({connection.TELEMETRY_CONNECTED, connection.NETWORK_INTERFACE, journal.SOURCES})
# What we or the cloud know without the car's having said anything: no sign of how fresh its data are.
NOT_OF_THE_CAR = NOT_RESTORED | {
    connection.API_NUMBER,
    connection.IN_SERVICE,
    connection.KEY_PAIRED,
    connection.MOBILE_ACCESS,
    connection.NEEDS_SIGNATURE,
    connection.STREAM_NUMBER,
    security.PAIRED_KEYS,
    software.VEHICLE_NAME,
}


class Vehicle:
    """A car: what sources deliver goes through here into its coordinator."""

    def __init__(  # noqa: PLR0913  # what it stands on, each named at the only place that makes one
        self,
        coordinator: VehicleCoordinator,
        *,
        clock: Callable[[], float],
        scopes: frozenset[str],
        count: Callable[[str, int, float], None],
        on_news: Callable[[], None],
        on_links: Callable[[Vehicle, str], None],
        key_is_new: Callable[[], bool],
        month_start: Callable[[], MonthStart],
    ) -> None:
        """Start out knowing nothing of the car.

        clock:   seconds since 1970
        scopes:  what the user has granted
        count:   counts signals that Tesla bills, for a VIN, at a time
        on_news: is told whenever there is something new to be kept
        on_links: is told of which source the telemetry connections have changed
        key_is_new: tells whether our key was just made, so that no car can know it
        month_start: tells when a billing month begins
        """
        self.vin = coordinator.vin
        self.coordinator = coordinator
        self.power = Power.UNKNOWN
        self.seen_at = 0.0  # when anybody has seen how reachable it is
        self.online_since: float | None = None
        self.heard: dict[str, Heard] = {}
        self.connected_before = False
        self.complaints: deque[Complaint] = deque(maxlen=COMPLAINTS)
        self.skipped: Counter[str] = Counter()
        self.alerts = AlertLog()
        self.signal_counts = SignalCounts(month_start)
        self._month_start = month_start
        self._clock = clock
        self._scopes = scopes
        self._count = count
        self._on_news = on_news
        self._on_links = on_links
        self._linked = Linked()
        self._key = KeyOnCar(key_is_new)
        self._journal = Journal()
        self._streamed = Streamed()
        self._alert_listeners: list[Callable[[AlertEvent], None]] = []
        self._followers: tuple[Callable[[Report], None], ...] = ()
        self._car: Car | None = None

    @callback
    def apply(self, report: Report, feed: str | None = None) -> None:
        """Take in what a source says, and what follows from it.

        feed: which of the account's sources it is, where one kind of them is there twice
        """
        feed = feed or report.source
        news = self._news(report, feed)
        changed = self.coordinator.async_apply(news)
        if not report.snapshot:
            self._follow(report, feed, news)
        elif report.source == TESLAMATE and report.at != UNKNOWN_AGE:
            # A TeslaMate that is there tells it again once it changes, so nobody has to be asked for it.
            self._streamed.take(feed, report.values, self._clock())
        if not changed.isdisjoint(CONTEXT):
            self._car = None
        for tell in self._followers:
            tell(news)
        self._on_news()

    def _news(self, report: Report, feed: str) -> Report:
        """Return a report without what the car tells another source, if that knows better when it was so."""
        others = [source for source, links in self.links.items() if links and source != feed]
        if not others or not (report.snapshot or report.source in PUSHES):
            return report
        # What a broker tells has no time: it may be a late copy of what another one has told anew since.
        undated = report.source in UNDATED and report.at == report.received
        dating = [source for source in others if not source.startswith(tuple(UNDATED))] if undated else []
        now = self._clock()

        def is_copy(signal: AnySignal) -> bool:
            if report.snapshot:
                # All of it has the time of its newest value, so the rest may be older than it looks.
                return self._streamed.to(others, signal, now)
            known = self.coordinator.truth.report(signal)
            if known is None or known.source == report.source or known.source not in PUSHES:
                return False
            return known.at == report.at or self._streamed.to(dating, signal, now, within=LATE_COPY)

        values = {signal: value for signal, value in report.values.items() if not is_copy(signal)}
        return report if len(values) == len(report.values) else replace(report, values=values)

    @callback
    def _follow(self, report: Report, feed: str, news: Report) -> None:
        """Do what follows from what the car has said just now, or not long ago.

        news: what of it no other source has said
        """
        self.coordinator.commands.heard(report)
        if NOT_OF_THE_CAR.issuperset(report.values):
            return
        for more in self._journal.take(news, self.coordinator.truth):
            self.coordinator.async_apply(more)
        now = self._clock()
        if report.source in PUSHES:
            self._streamed.take(feed, report.values, now)
        if report.source in DELIVER:
            self.heard.setdefault(feed, Heard()).take(len(report.values), now)

    @callback
    def witness(self, event: Event) -> None:
        """Learn what was seen of how reachable the car is."""
        self.seen_at = self._clock()
        power = after(self.power, event, connected=self.proven_until > self._clock())
        if power is self.power:
            return
        now = self._clock()
        self.online_since = now if power is Power.ONLINE else None
        self.power = power
        self.coordinator.async_apply(Report({connection.STATE: power.value}, now, JOURNAL, now))
        self._on_news()

    @callback
    def alert(self, alerts: Iterable[Alert], *, snapshot: bool = False) -> None:
        """Take in alerts, and tell those that are new; of a snapshot's nobody is told."""
        for event in self.alerts.take(alerts):
            for tell in () if snapshot else tuple(self._alert_listeners):
                tell(event)
        self._on_news()

    @callback
    def complain(self, complaints: Iterable[Complaint]) -> None:
        """Keep what the car's telemetry client is unhappy about, for diagnostics."""
        self.complaints.extend(complaints)

    @callback
    def count(self, signals: int, fields: Sequence[int] = ()) -> None:
        """Count signals that Tesla bills, and each telemetry field among them by itself."""
        now = self._clock()
        self._count(self.vin, signals, now)
        if fields:
            self.signal_counts.take(fields, now)

    @property
    def links(self) -> Mapping[str, int]:
        """How many telemetry connections each source knows to be open."""
        return self._linked.of

    @property
    def connected(self) -> bool:
        """Whether a telemetry connection of the car is open, to whichever source."""
        return self._linked.open

    @property
    def proven_until(self) -> float:
        """Until when an open connection is proof that the car is online, seconds since 1970; 0 without one.

        Whoever only infers it from what the car tells is believed for a while.
        """
        return max((self._proof(source) for source, links in self.links.items() if links), default=0.0)

    def _proof(self, source: str) -> float:
        if not source.startswith(tuple(INFERRED)):
            return inf
        last = self.heard[source].last_at if source in self.heard else None
        # What was told before our clock was set back proves nothing.
        return 0.0 if last is None or last > self._clock() else last + FREE_READ

    @property
    def silent_since(self) -> float:
        """When the last telemetry connection has ended, seconds since 1970, by our clock; 0 if none was."""
        return self._linked.silent_since

    @callback
    def set_links(
        self, source: str, links: int, network_interface: str | None = None, *, ours: bool = False
    ) -> None:
        """Learn how many telemetry connections of the car a source knows to be open.

        network_interface: of the newest, in the car's own word; None where nobody tells
        ours: it was our own configuration that led the car there, so that our key is on it
        """
        now = self._clock()
        self._linked.set(source, links, network_interface, now)
        self.connected_before = self.connected_before or (ours and links > 0)
        interface = connection.NETWORK_INTERFACE.kind(self._linked.network_interface)
        facts: dict[AnySignal, Any] = {
            connection.TELEMETRY_CONNECTED: self.connected,
            connection.NETWORK_INTERFACE: interface,
        }
        self.apply(Report(facts, now, source, now))
        if ours:
            self._key.streams(source, links, now)
            if links:
                self._tell_key(self.key_paired(told=None), source)
        self._on_links(self, source)
        self.tell_sources()

    @callback
    def set_works(self, source: str, *, works: bool | None, trouble: str = "", lately: bool = False) -> None:
        """Learn whether a source works for this car, None while it was not tried; and if not, why.

        lately: it did until just now
        """
        self.coordinator.async_set_works(source, works=works, trouble=trouble, lately=lately)
        self.tell_sources()

    @callback
    def tell_sources(self) -> None:
        """Show how each source fares; what moves with time alone, such as a rate, once a minute."""
        now = self._clock()
        self.coordinator.async_apply(Report({journal.SOURCES: self.sources()}, now, JOURNAL, now))

    def sources(self) -> dict[str, dict[str, Any]]:
        """Return how each source fares now, by its name."""
        now = self._clock()
        nothing = Heard()
        return {
            name: {
                "works": works,
                "trouble": self.coordinator.troubles.get(name) or None,
                "links": self.links.get(name),
                **self.heard.get(name, nothing).to_dict(now),
            }
            for name, works in self.coordinator.sources.items()
        }

    def key_paired(self, *, told: bool | None) -> bool | None:
        """Return whether our key is on the car's keychain; None while nobody knows.

        told: what the cloud says of the application's key, which is hardly ever another one
        """
        return self._key.paired(self._clock(), told=told)

    @callback
    def learn_key(self, *, accepted: bool) -> None:
        """Learn from the car whether it takes what is signed with our key."""
        self._key.learn(self._clock(), accepted=accepted)
        self._tell_key(accepted, BY_COMMAND)

    @callback
    def doubt_key(self) -> None:
        """Believe the cloud again: the owner says that the key was paired since the car has refused it."""
        self._key.doubt()

    @callback
    def doubt_streams(self) -> None:
        """Take an ended connection for no proof of our key any more: Tesla says that it is not there."""
        self._key.doubt_streams()

    @callback
    def forget_key(self) -> None:
        """Forget what is known of our key on the car: it is another one."""
        self._key.doubt()
        self._tell_key(self.key_paired(told=None), JOURNAL)

    @callback
    def learn_signing(self, *, wanted: bool) -> None:
        """Learn from how the car takes a command whether it refuses plain ones."""
        self._tell(connection.NEEDS_SIGNATURE, wanted, BY_COMMAND)

    @callback
    def _tell_key(self, paired: bool | None, source: str) -> None:  # noqa: FBT001  # a fact, as any other
        self._tell(connection.KEY_PAIRED, paired, source)

    @callback
    def _tell(self, signal: AnySignal, value: Any, source: str) -> None:
        now = self._clock()
        self.apply(Report({signal: value}, now, source, now))

    @callback
    def wants(self, signal: AnySignal) -> bool:
        """Return whether somebody wants to know a fact."""
        return signal in self.coordinator.wanted

    @callback
    def streams(self, signals: Iterable[AnySignal]) -> bool:
        """Return whether the car tells all of these by itself, as long as it is connected."""
        return self.connected and all(self._is_streamed(signal) for signal in signals)

    @callback
    def missing(self) -> frozenset[str]:
        """Return the endpoints of vehicle_data that hold what entities show and no push delivers."""
        wanted = (signal for signal in self.coordinator.wanted if signal.scope in (None, *self._scopes))
        if self.connected:
            wanted = (signal for signal in wanted if not self._is_streamed(signal))
        endpoints = frozenset(vehicle_data.endpoints_for(wanted))
        if self.connected and endpoints == BUILT_IN and self.coordinator.data.report(config.CAR_TYPE):
            return frozenset()
        return endpoints

    @property
    def paused(self) -> bool:
        """Whether the user wants nothing fetched but what is asked for."""
        return self.coordinator.truth.get(journal.POLLING) is False

    @callback
    def set_polling(self, *, on: bool) -> None:
        """Learn whether the user wants data fetched without asking for them."""
        self._tell(journal.POLLING, on, JOURNAL)

    @callback
    def remember(self, expectation: Expectation) -> None:
        """Keep what a command has brought about, of which no car tells."""
        self._tell(expectation.signal, expectation.value, JOURNAL)

    def left_alone(self) -> bool:
        """Return whether questions would only keep the car awake."""
        return left_alone(self.coordinator.truth)

    def decode(self, response: Mapping[str, Any], received: float) -> list[Report]:
        """Return what a `vehicle_data` says."""
        return vehicle_data.decode(response, received, self.skipped)

    def car(self) -> Car:
        """Return what has to be known to read what the car streams."""
        if self._car is None:
            state = self.coordinator.data
            self._car = Car(
                zone=model.zone(state, dt_util.get_default_time_zone(), self._clock()),
                right_hand_drive=state.get(config.RIGHT_HAND_DRIVE) is True,
                firmware=model.firmware(state.get(software.VERSION)),
            )
        return self._car

    @callback
    def async_listen_alerts(self, tell: Callable[[AlertEvent], None]) -> CALLBACK_TYPE:
        """Tell alerts that begin or end; return what ends that."""
        self._alert_listeners.append(tell)

        @callback
        def stop() -> None:
            self._alert_listeners.remove(tell)

        return stop

    @callback
    def async_follow(self, tell: Callable[[Report], None]) -> CALLBACK_TYPE:
        """Tell each report once it and what follows from it are known; return what ends that.

        Whoever shows the car is told once in a turn of the loop; of several reports, only of the last.
        """
        self._followers = (*self._followers, tell)

        @callback
        def stop() -> None:
            self._followers = tuple(one for one in self._followers if one is not tell)

        return stop

    def snapshot(self) -> dict[str, Any]:
        """Return what has to outlive a restart."""
        state = self.coordinator.truth
        readings = {
            signal: reading
            for signal in state
            if signal not in NOT_RESTORED and (reading := state.reading(signal)) is not None
        }
        return {
            "readings": {signal.name: [plain(one.value), one.at] for signal, one in readings.items()},
            "journal": self._journal.to_json(),
            "alerts": self.alerts.to_json(),
            "signal_counts": self.signal_counts.to_json(),
            "streamed": self._streamed.to_json(),
            "connected_before": self.connected_before,
            "key_shown": self._key.to_json(),
        }

    def restore(self, data: Mapping[str, Any]) -> None:
        """Take in what was known before a restart, with the times it was measured at."""
        name = self.coordinator.name
        now = self._clock()
        kept, odd = recovered(f"{name}'s readings", by_time, data.get("readings", {}), {})
        if odd:
            LOGGER.warning("What was kept of %d readings cannot be read, and is learnt anew", odd)
        for at, values in kept.items():
            for signal in NOT_RESTORED & values.keys():
                del values[signal]
            self.coordinator.truth.apply(Report(values, min(at, now), RESTORED, now, snapshot=True))
        self._streamed = recovered(
            f"what {name} streams",
            lambda streamed: Streamed.from_json(streamed, now),
            data.get("streamed", {}),
            {},
        )
        self._journal = recovered(f"{name}'s energy counters", Journal.from_json, data.get("journal", {}), {})
        self.alerts = recovered(f"{name}'s alerts", AlertLog.from_json, data.get("alerts", {}), {})
        self.signal_counts = recovered(
            f"{name}'s signals",
            lambda kept: SignalCounts.from_json(kept, self._month_start),
            data.get("signal_counts", {}),
            {},
        )
        self.connected_before = bool(data.get("connected_before"))
        recovered(f"{name}'s key", self._key.restore, data.get("key_shown"), None)

    def _is_streamed(self, signal: AnySignal) -> bool:
        """Return whether the car tells a fact by itself, to a source that it is connected to."""
        connected = [source for source, links in self.links.items() if links]
        return self._streamed.to(connected, signal, self._clock())
