"""One car of a service's legacy stream: what it tells, and when it is asked for. Without I/O.

The service tells of no connections of the car, and whoever subscribes to it next takes its stream away, and
nobody says a word: the line stays open, and says hello. So an open line proves nothing, and a car counts as
connected only for a while after its last word.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import batched
from math import inf
from typing import Any

from ..decode import alerts, legacy_stream, payload
from ..decode.legacy_stream import COLUMNS, Raw, Update
from ..decode.named import values_of
from ..decode.record import Record, read_records
from ..proto.vehicle_alert_pb2 import VehicleAlerts
from ..proto.vehicle_connectivity_pb2 import ConnectivityEvent, VehicleConnectivity
from ..proto.vehicle_data_pb2 import Payload
from ..proto.vehicle_error_pb2 import VehicleErrors
from ..vehicle.connectivity import Event
from ..vehicle.signal import AnySignal, Report
from ..vehicle.signals import drive, place
from ..vehicle.sources import LEGACY_STREAM
from .legacy_silence import Elsewhere, lapse, patience
from .reconnect import DAY, Allowance
from .source import PushedCar

# Why a car does not stream here: keys of the user's texts.
NOT_SYNCED = "not_synced"
NO_CONFIGURATION = "no_configuration"
REFUSED_HERE = "refused_here"
TAKEN_OVER = "taken_over"
DISCONNECTS = "disconnects"

# Seconds until a car that is refused is asked for again: each time costs the service a request, and it may
# take hours until a car has taken over a configuration.
REFUSED_FOR = 4 * 3600.0
DOUBTS = 3  # refusals for no reason that we know, one after the other, before they are taken for a no
FIELDS_AT_ONCE = 300  # of a record, about 1 ms
ALERTS_AT_ONCE = 50
# A number of 0 comes out empty: what was told before, is filled in, and is empty now has become that.
EMPTY_AT_ZERO = (drive.SPEED, place.HEADING)
# Resubscriptions (providers, section 5): seconds, how they grow, and how many until it is enough for a while.
IN_GEAR_BASE, IN_GEAR_LONGEST = 1.3, 8.0
OTHER_SHORTEST, OTHER_LONGEST = 15.0, 30.0
STORM = 10
STORM_PAUSE = 1800.0
PER_DAY = 60  # resubscriptions of a car whose line breaks all the time; each costs the service a request


class LegacyCar:
    """Hands on what a car tells, and knows whether it is to be asked for.

    trouble: why it does not stream here, as a key of the user's texts; empty: it does, or may
    """

    def __init__(  # what it stands on, each named at the only place that makes one
        self,
        car: PushedCar,
        tag: str,
        now: float,
        *,
        on_trouble: Callable[[str], None],
        elsewhere: Callable[[], Elsewhere] = Elsewhere,
    ) -> None:
        """Deliver to a car, which the service calls `tag`."""
        self.tag = tag
        self.trouble = ""
        self._car = car
        self._on_trouble = on_trouble
        self._elsewhere = elsewhere
        self._allowance = Allowance(PER_DAY, now)
        # When it is to be asked for; -inf: at once; inf: it was, or only its owner can have it asked for.
        self._ask_at = -inf
        self._subscribed = False
        self._doubts = 0
        self._disconnects = 0
        self._open = False
        self._resumes = False  # it counted as connected when the connection to the service ended
        self._heard = False
        self._heard_at = -inf
        self._quiet_from = now  # since when it ought to say something
        self._told: dict[AnySignal, Any] = {}  # by the columns of this connection

    @property
    def ask_at(self) -> float:
        """When it is to be asked for, seconds since 1970; -inf: at once; inf: not by itself."""
        return self._ask_at

    @property
    def subscribed(self) -> bool:
        """Whether it was asked for on this connection, and is not another's by now."""
        return self._subscribed

    @property
    def heard(self) -> bool:
        """Whether it has told something on this connection."""
        return self._heard

    def announce(self) -> None:
        """Say that no connection is known, before anything has happened."""
        self._car.set_links(LEGACY_STREAM, 0)

    def asked(self, now: float) -> None:
        """Learn that it was asked for just now."""
        self._subscribed = True
        self._ask_at = inf
        self._quiet_from = now

    def accepted(self) -> None:
        """Learn that the service has agreed."""
        self._doubts = 0
        if self.trouble not in {TAKEN_OVER, DISCONNECTS}:  # which only its own word ends
            self._tell("")

    def resumed(self, now: float) -> None:
        """Learn that it is told of again, as it was until the connection to the service ended.

        That the service, or our line to it, was away says nothing of the car.
        """
        if self._resumes and not self._open and not self._silent(now, self._elsewhere()):
            self._open = True
            self._car.set_links(LEGACY_STREAM, 1)

    def refused(self, trouble: str, now: float) -> None:
        """Learn that the service does not stream this car; it is asked for again in some hours."""
        self._close()
        self._subscribed = False
        self._ask_at = now + REFUSED_FOR
        self._doubts = 0
        self._tell(trouble)

    def doubted(self, now: float) -> bool:
        """Learn that it was refused, and nobody knows why; return whether that was once too often."""
        self._doubts += 1
        if self._doubts < DOUBTS:
            return False
        self.refused(REFUSED_HERE, now)
        return True

    def lost(self) -> None:
        """Forget what is no longer known to be so: the connection to the service has ended."""
        resumes = self._open or self._resumes
        self._close()
        self._resumes = resumes
        self._told.clear()
        self._heard = False
        if self._subscribed:
            self._subscribed = False
            self._ask_at = -inf if self._ask_at == inf else self._ask_at

    def take_back(self, now: float) -> None:
        """Ask for it again, as its owner wants its stream here: whoever has it now loses it."""
        wait = self._allowance.take(now)  # also somebody who wants it all the time is no loop
        self._ask_at = now + wait if wait else -inf
        self._tell("")

    def take_update(self, said: Update, received: float, skipped: Counter[str]) -> None:
        """Take in columns.

        The service fills in what a car has not told anew with its last word, and dates all with the newest:
        only what has changed is of that time, and of the first ones nobody knows.
        """
        report = legacy_stream.decode(said.value, received, skipped)
        before, told = self._told, dict(report.values)
        if said.value.count(",") >= len(COLUMNS):
            told |= {signal: 0.0 for signal in EMPTY_AT_ZERO if signal in before and signal not in told}
        self._told = before | told
        self._hear(received)
        if not before:
            self._car.apply(replace(report, snapshot=True))
            return
        new = {
            signal: value for signal, value in told.items() if signal not in before or before[signal] != value
        }
        if new:
            self._car.apply(replace(report, values=new))

    def take_raw(self, said: Raw, received: float, skipped: Counter[str]) -> Iterator[None]:
        """Take in a record, a large one in several goes."""
        for record in read_records(said.record, skipped):
            yield from self._take_record(record, received, skipped)
            yield

    def disconnected(self, now: float) -> None:
        """Learn that its own line to the service has dropped, and plan to ask for it again."""
        self._disconnects += 1
        self._close()
        if self._disconnects % STORM == 0:
            wait = STORM_PAUSE
            self._tell(DISCONNECTS)
        elif self._told.get(drive.GEAR) is not None:
            wait = min(IN_GEAR_BASE**self._disconnects, IN_GEAR_LONGEST)
        else:
            wait = min(max(2.0**self._disconnects, OTHER_SHORTEST), OTHER_LONGEST)
        self._ask_at = now + max(wait, self._allowance.take(now))

    def offline(self) -> None:
        """Learn that it is offline."""
        self._close()

    def tend(self, now: float) -> None:
        """Notice what time alone brings: that it has been silent for too long."""
        # What is told of a time that has not come yet was so before our clock was set back.
        self._heard_at, self._quiet_from = min(self._heard_at, now), min(self._quiet_from, now)
        if self._ask_at < inf:
            self._ask_at = min(self._ask_at, now + DAY)
        elsewhere = self._elsewhere()
        if self._open and self._silent(now, elsewhere):
            self._close()
        limit = patience(elsewhere) if self._subscribed else None
        if limit is None:
            self._quiet_from = now
        elif now - max(self._heard_at, self._quiet_from) >= limit:
            self._tell(TAKEN_OVER)
            # Asking anew would only take it away from whoever has it now, who would do the same.
            self._subscribed = not elsewhere.online

    def _take_record(self, record: Record, received: float, skipped: Counter[str]) -> Iterator[None]:
        message = record.message
        if isinstance(message, VehicleConnectivity):
            if message.status == ConnectivityEvent.DISCONNECTED:
                self._close()
            return
        self._hear(received)
        if isinstance(message, Payload):
            self._car.apply(payload.decode(message, received, self._car.car(), skipped, LEGACY_STREAM))
        elif isinstance(message, VehicleAlerts):
            for some in batched(alerts.decode_alerts(message.alerts), ALERTS_AT_ONCE, strict=False):
                self._car.alert(some)
                yield
        elif isinstance(message, VehicleErrors):
            self._car.complain(alerts.decode_errors(message.errors, received, received))
        else:
            yield from self._take_flat(record, received, skipped)

    def _take_flat(self, record: Record, received: float, skipped: Counter[str]) -> Iterator[None]:
        car = self._car.car()
        values: payload.Values = {}
        for some in batched(record.fields.items(), FIELDS_AT_ONCE, strict=False):
            for name, raw in some:
                values.update(values_of(name, raw, car, skipped))
            yield
        at = record.created_at or 0.0
        at = at if payload.EARLIEST < at < received else received
        self._car.apply(Report(values, at, LEGACY_STREAM, received))

    def _hear(self, now: float) -> None:
        """Learn that it has just said something, which is proof that its stream is ours."""
        self._heard = True
        self._heard_at = now
        self._subscribed = True
        self._doubts = self._disconnects = 0
        self._ask_at = inf
        self._tell("")
        if not self._open:
            self._open = True
            self._car.set_links(LEGACY_STREAM, 1)
            self._car.witness(Event.CONNECTED)
        elif self._elsewhere().online is False:
            # It has woken since somebody has said that it sleeps.
            self._car.witness(Event.CONNECTED)

    def _silent(self, now: float, elsewhere: Elsewhere) -> bool:
        """Return whether it has said nothing for so long that it does not count as connected."""
        return now - self._heard_at >= lapse(elsewhere, self._heard_at)

    def _close(self) -> None:
        self._resumes = False
        if self._open:
            self._open = False
            self._car.set_links(LEGACY_STREAM, 0)

    def _tell(self, trouble: str) -> None:
        if trouble != self.trouble:
            self.trouble = trouble
            self._on_trouble(trouble)


def reason(detail: str) -> str | None:
    """Return why a car is refused, as a key of the user's texts; None where that may pass soon."""
    words = detail.casefold()
    if "synced" in words:
        return NOT_SYNCED
    if "configuration" in words:
        return NO_CONFIGURATION
    return None
