"""One connection to a service's legacy stream, for all cars: without I/O.

Cars are asked for one after the other, for a refusal does not say whom it is about, and takes the connection
with it. The others are asked for again at once on the next one, and do not notice.
Source: providers, sections 2 and 5
"""

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping

from ..decode import legacy_stream
from ..decode.legacy_stream import Disconnected, Failed, Hello, Offline, Raw, Refused, Said, Update
from ..decode.mqtt import is_vin
from ..decode.record import RECORD
from .end import CLOUD_TROUBLE, REFUSED, End
from .legacy_car import REFUSED_HERE, LegacyCar, reason

# Seconds after which a hello may be one of those that come by themselves, and not an answer.
HELLO_EVERY = 8.0
STRANGER = "another car"


class Line:
    """What is said on one connection, and what we owe it.

    alive: something has come, so that a service is there
    end:   why it is to be ended; None while it is not
    """

    def __init__(  # noqa: PLR0913  # what it stands on, each named at the only place that makes one
        self,
        cars: Mapping[str, LegacyCar],
        token: str,
        now: float,
        *,
        raw: bool,
        skipped: Counter[str],
        on_stranger: Callable[[str], None],
    ) -> None:
        """Begin to ask for cars, by VIN.

        raw:      ask for all that they tell
        skipped:  counts what nobody can read
        """
        self.alive = False
        self.end: End | None = None
        self._cars = cars
        self._by_tag = {car.tag: car for car in cars.values()}
        self._token = token
        self._raw = raw
        self._named: LegacyCar | None = None  # whose subscription was agreed to by name
        self._skipped = skipped
        self._on_stranger = on_stranger
        self._asked: LegacyCar | None = None  # who is asked for, and not answered yet
        self._hellos = self._frames = 0  # since then
        self._to_send = deque[str]()
        self._ask(now)

    @property
    def heard(self) -> bool:
        """Whether a car has told something."""
        return any(car.heard for car in self._cars.values())

    @property
    def proven(self) -> bool:
        """Whether the token was seen to be good."""
        return self.heard or self._named is not None

    def give_up(self, end: End) -> None:
        """Learn that it is to be ended; the first reason counts."""
        self.end = self.end or end

    def data_to_send(self) -> Iterator[str]:
        """Hand over what has to go out."""
        while self._to_send:
            yield self._to_send.popleft()

    @property
    def unanswered(self) -> bool:
        """Whether nothing has come since a car was asked for."""
        return self._asked is not None and not self._frames

    def take(self, frame: bytes, now: float, open_for: float) -> Iterator[None]:
        """Take in a frame, a large one in several goes.

        now:      seconds since 1970, by our clock
        open_for: seconds for which the connection stands
        """
        self._frames += 1
        said = legacy_stream.read(frame, self._skipped)
        self.alive = self.alive or not isinstance(said, Refused | Failed | None)
        if isinstance(said, Raw):
            yield from self._take_raw(said, now)
        elif said is not None:
            self._take(said, now, open_for)
        self._ask(now)

    def tend(self, now: float) -> None:
        """Do what is due."""
        for car in self._cars.values():
            car.tend(now)
        self._ask(now)

    def _take(self, said: Said, now: float, open_for: float) -> None:
        match said:
            case Hello():
                self._greeted(said.tag, now, open_for)
            case Update():
                if (car := self._car(said.tag)) is not None:
                    self._answered(car)
                    car.take_update(said, now, self._skipped)
            case Disconnected() if (car := self._car(said.tag)) is not None:
                self._answered(car)
                car.disconnected(now)
            case Offline() if (car := self._car(said.tag)) is not None:
                self._answered(car)
                car.offline()
            case Refused():
                self._refused(said, now)
            case Failed():
                self.give_up(End(trouble=CLOUD_TROUBLE, detail=_plain(said.detail)))

    def _take_raw(self, said: Raw, now: float) -> Iterator[None]:
        told = said.record.get("vin", said.record.get("Vin"))
        if not isinstance(told, str):
            self._skipped[RECORD] += 1
        elif (car := self._cars.get(told)) is not None:
            self._answered(car)
            yield from car.take_raw(said, now, self._skipped)
        else:
            self._skipped[STRANGER] += 1
            if is_vin(told):
                self._on_stranger(told)

    def _car(self, tag: str) -> LegacyCar | None:
        car = self._by_tag.get(tag)
        if car is None:
            self._skipped[STRANGER] += 1
            if is_vin(tag):
                self._on_stranger(tag)
        return car

    def _greeted(self, tag: str, now: float, open_for: float) -> None:
        """Take a hello for the answer if it names the car, or cannot be one of those that come anyway."""
        self._hellos += 1
        if self._asked is None:
            return
        if tag == self._asked.tag or (not tag and (open_for < HELLO_EVERY or self._hellos > 1)):
            if tag:
                self._named = self._asked
            self._asked.resumed(now)
            self._answered(self._asked)

    def _answered(self, car: LegacyCar) -> None:
        car.accepted()
        if car is self._asked:
            self._asked = None

    def _refused(self, said: Refused, now: float) -> None:
        """Find out whom a refusal is about; the connection is over in any case."""
        car = self._by_tag.get(said.tag) if said.tag else self._asked
        self._asked = None
        detail = _plain(said.detail)
        why = reason(said.detail)
        if why is None and said.of_token:
            # That the token is good may have been seen by another car.
            others = (other for other in self._cars.values() if other is not car)
            if car is None or not any(other.heard or other is self._named for other in others):
                self.give_up(End(trouble=REFUSED, detail=detail, of_token=True))
                return
            why = REFUSED_HERE
        if car is None:
            self.give_up(End(trouble=REFUSED, detail=detail))
        elif why is not None:
            car.refused(why, now)
            self.give_up(End(trouble=why, again=True))
        else:
            given_up = car.doubted(now)
            self.give_up(End(trouble=CLOUD_TROUBLE, detail=detail, again=given_up))

    def _ask(self, now: float) -> None:
        """Ask for the next car, if it is time to, and no other is waited for."""
        if self._asked is not None or self.end is not None:
            return
        car = min(self._cars.values(), key=lambda car: car.ask_at)
        if car.ask_at <= now:
            self._asked, self._hellos, self._frames = car, 0, 0
            car.asked(now)
            self._to_send.append(legacy_stream.subscription(self._token, car.tag, raw=self._raw))


def _plain(detail: str) -> str:
    """Return as much of what a service says as can be shown: its kind, never what it quotes."""
    words = detail.casefold()
    return next((word for word in ("synced", "configuration", "token", "owner_api") if word in words), "")
