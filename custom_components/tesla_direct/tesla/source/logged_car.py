"""One car as the user's own TeslaMate tells of it, on its way to the car: without I/O.

Topics tell of values neither their time nor which came together; so what arrives within a moment becomes one
report, as of its arrival. What the broker has kept says neither when it was so nor whether TeslaMate is still
there; but as soon as TeslaMate says anything, its last word on the car's state is of now, and the rest is of
when that state began.
"""

from collections import Counter
from collections.abc import Callable

from ..decode.teslamate import KEYS, says_nothing, state_since, values_of, values_of_sleep
from ..decode.teslamate_topics import AWAKE, EMPTIED, HEALTHY, STATE, STATES
from ..vehicle.connectivity import Event
from ..vehicle.kind import flag
from ..vehicle.signal import UNKNOWN_AGE, Report
from ..vehicle.signals import software
from ..vehicle.sources import TESLAMATE
from .source import PushedCar

# Seconds without a word about a car that is awake, after which TeslaMate is taken for gone. It leaves a car
# alone for half an hour, so that it can fall asleep, and is silent while an update is installed.
SILENT_FOR = 3600.0
# Seconds for which a trouble lasts before it is told of: when TeslaMate begins it knows nothing for a moment.
TROUBLE_AFTER = 60.0
LIMIT = 16_384  # bytes of a text; a route with a long name has 300
# What is counted where it cannot be read.
TOPIC = "a topic"
TOO_LARGE = "too large"
NOT_UTF8 = "not UTF-8"
SLEEPS = {"asleep": Event.SAID_ASLEEP, "offline": Event.SAID_OFFLINE}
DATED = AWAKE | SLEEPS.keys()  # states in which TeslaMate has had data of the car
NO_DATA = frozenset({"start", "unavailable"})
# Why nothing is heard of a car, though the broker is there: keys of the user's texts.
UNHEALTHY = "teslamate_unhealthy"
UNAVAILABLE = "teslamate_unavailable"
SILENT = "teslamate_silent"


class LoggedCar:
    """A car's topics, taken over."""

    def __init__(
        self, car: PushedCar, skipped: Counter[str], on_trouble: Callable[[str], None] = lambda _trouble: None
    ) -> None:
        """Deliver to a car.

        skipped:    counts what nobody can read
        on_trouble: is told why nothing is heard of it; empty once something is
        """
        self._car = car
        self._skipped = skipped
        self._on_trouble = on_trouble
        self._known: dict[str, str] = {}  # the newest text of each key
        self._kept: dict[str, str] = {}  # what has come since the last flush, kept by the broker
        self._live: dict[str, str] = {}  # the same, told just now
        self._awake: dict[str, str] = {}  # what was told since it fell asleep last
        self._without_data: set[str] = set()  # keys of what TeslaMate has told while it had none
        # Keys of what the broker has kept, as long as nobody knows since when.
        self._undated: set[str] = set()
        self._believed = False  # TeslaMate was heard, so that its last words on the car and itself are of now
        self._silent = False
        self._witnessed: str | None = None
        self._heard_at = 0.0
        self._lost_at: float | None = None
        self._links: int | None = None
        self._trouble = self._told_trouble = ""
        self._trouble_at = 0.0

    def take(self, key: str, payload: bytes, *, retained: bool) -> None:
        """Take over one topic's message."""
        if key not in KEYS:
            self._skipped[TOPIC] += 1
            return
        if len(payload) > LIMIT:
            self._skipped[TOO_LARGE] += 1
            return
        try:
            text = payload.decode()
        except UnicodeDecodeError:
            self._skipped[NOT_UTF8] += 1
            return
        if not text and key not in EMPTIED:
            return  # TeslaMate does not say so; somebody has cleared up
        if (key == STATE and text not in STATES) or (key == HEALTHY and flag(text) is None):
            self._skipped[key] += 1
            return
        (self._kept if retained else self._live)[key] = text

    def flush(self, now: float) -> None:
        """Deliver what was told since the last time.

        now: when the last of it arrived, seconds since 1970, by our clock
        """
        if self._kept:
            kept, self._kept = self._kept, {}
            self._take_kept(kept, now)
        if self._live:
            live, self._live = self._live, {}
            self._take_live(live, now)

    def lapse(self, now: float) -> float | None:
        """Stop believing what is too long ago, tell of a trouble that lasts; return when to look again.

        now: seconds since 1970, by our clock, which may be set back: then the last word is of now
        """
        self._heard_at = min(self._heard_at, now)
        silent_at = self._heard_at + SILENT_FOR
        if self._is_open and now >= silent_at:
            self._believed, self._silent = False, True
            self.tell_links()
        if (trouble := self._why()) != self._trouble:
            self._trouble, self._trouble_at = trouble, now
        self._trouble_at = min(self._trouble_at, now)
        tell_at = self._trouble_at + (TROUBLE_AFTER if trouble else 0.0)
        if now >= tell_at:
            self._tell_trouble(trouble)
        elif trouble != self._told_trouble:
            return tell_at
        return silent_at if self._is_open else None

    def forget(self, now: float) -> None:
        """Forget that the car is connected: the broker is away, and so is TeslaMate."""
        self.flush(now)  # what has come before
        self._lost_at = now
        self._believed = self._silent = False
        self._witnessed = None
        self._without_data.clear()  # it may have told all of it again meanwhile
        self.tell_links()
        self._tell_trouble("")

    def tell_links(self) -> None:
        """Tell the car whether it is connected."""
        links = int(self._is_open)
        if links == self._links:
            return
        self._links = links
        self._car.set_links(TESLAMATE, links)
        if links:
            self._car.witness(Event.CONNECTED)

    @property
    def _state(self) -> str | None:
        """Return what TeslaMate believes that the car does, None if that may have been long ago."""
        return self._known.get(STATE) if self._believed else None

    @property
    def _is_open(self) -> bool:
        return self._state in AWAKE and flag(self._known.get(HEALTHY)) is not False

    def _why(self) -> str:
        """Return why nothing is heard of the car."""
        if self._silent:
            return SILENT
        if self._believed and flag(self._known.get(HEALTHY)) is False:
            return UNHEALTHY
        return UNAVAILABLE if self._state in NO_DATA else ""

    def _tell_trouble(self, trouble: str) -> None:
        self._trouble = trouble
        if trouble != self._told_trouble:
            self._told_trouble = trouble
            self._on_trouble(trouble)

    def _take_kept(self, kept: dict[str, str], now: float) -> None:
        """Take over what the broker has kept."""
        changed = [key for key, text in kept.items() if key in self._known and self._known[key] != text]
        new = [key for key in kept if key not in self._known]
        self._known |= kept
        # What is another than before has changed since the broker was lost.
        for keys, at in ((new, UNKNOWN_AGE), (changed, self._lost_at or UNKNOWN_AGE)):
            if values := values_of(keys, self._known, self._skipped):
                self._car.apply(Report(values, min(at, now), TESLAMATE, now, snapshot=True))
        self._undated.update(new)
        self._date(now)

    def _date(self, now: float) -> None:
        """Tell anew what has no time yet: TeslaMate is there, so it was so when the car's state began.

        Without that, what is known from before a restart of ours would stay until there is another value.
        """
        since = state_since(self._known)
        if self._undated and self._state in DATED and since is not None:
            values = values_of(self._undated, self._known, Counter())
            self._undated.clear()
            if values:
                self._car.apply(Report(values, min(since, now), TESLAMATE, now, snapshot=True))

    def _take_sleep(self, now: float) -> None:
        """End what cannot go on: TeslaMate may have been away when a drive, or a charge, came to its end."""
        if values := values_of_sleep(self._awake):
            since = state_since(self._known) or now
            self._car.apply(Report(values, min(since, now), TESLAMATE, now, snapshot=True))
        self._awake.clear()

    def _with_told_before(self, live: dict[str, str]) -> dict[str, str]:
        """Return what is told just now, with what TeslaMate has told right before and does not tell again.

        When it begins it empties what it does not know yet. If that is so as soon as it has data, it says
        nothing more of it. And of its first data its state may arrive last.
        """
        if self._state in STATES - AWAKE:
            self._without_data |= live.keys()
            if self._state not in NO_DATA:  # what it tells of a car that sleeps is from its database
                self._without_data = {
                    key for key in self._without_data if says_nothing(key, self._known[key])
                }
            return live
        before, self._without_data = self._without_data, set()
        return {key: self._known[key] for key in before} | live

    def _take_live(self, live: dict[str, str], now: float) -> None:
        """Take over what TeslaMate tells just now."""
        was_open = self._links
        self._known |= live
        self._heard_at, self._believed, self._silent = now, True, False
        self.tell_links()
        if (state := self._state) != self._witnessed:
            if state in AWAKE and not was_open:
                self._undated.update(self._known)  # it has just had all of it
            self._witnessed = state
            if state in SLEEPS:
                self._car.witness(SLEEPS[state])
            if state == "asleep":
                self._take_sleep(now)
        live = self._with_told_before(live)
        self._undated -= live.keys()
        self._date(now)
        values = values_of(live, self._known, self._skipped)
        if state in AWAKE and STATE in live:
            values[software.UPDATE_IN_PROGRESS] = state == "updating"
        if not values:
            return
        if state is None or state in AWAKE:
            self._awake |= live
            self._car.apply(Report(values, now, TESLAMATE, now))
        else:
            # When it begins while a car sleeps, it tells what it has in its database.
            self._car.apply(Report(values, UNKNOWN_AGE, TESLAMATE, now, snapshot=True))
