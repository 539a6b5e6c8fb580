"""A counter that only grows, made of counters that begin anew with every plug-in.

Several sources tell the same energy, each with its own rounding and from its own moment on. Each of them is
a basis: its value plus an offset is its estimate of our total, and the total is the highest estimate there
was. So a basis that is new adds nothing, one that returns after a gap brings what was missed, and none is
counted twice.

What it may be wrong by:
- too little: what flowed between the last word of one basis and the first of another, unless the first one
  comes back; what the counter told before, where an unseen plug-in has surpassed it and neither the cable
  nor the odometer gave it away; a few Wh of a session that ends below `REVISION`
- too much: the difference of two bases over the same session
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from .plug import Plug

REVISION = 0.1  # kWh; below it there is nothing yet, and a fall of less is the value's own noise
LIFETIME_REVISION = 1.0  # kWh by which a lifetime counter may fall and still be the same one
SAME = 0.005  # kWh; half of what a poll's two decimals can show
SLOW, FAST = 25.0, 500.0  # kW that an AC charger gives at most, and any charger
SPIKE = 1_000.0, 1.0  # kW, kWh: a rise beyond both together is no energy, but an error of the value
LIFETIME_ALIVE = 3_600.0  # seconds after which a lifetime counter that keeps silent is not waited for
DIGITS = 4  # of a kWh


class Told(NamedTuple):
    """What a source says: kWh, and when the car measured it."""

    source: str
    value: float
    at: float


class Basis:
    """One source's counter.

    peak:     its highest value in this session, kWh
    at:       when the car measured its last value
    offset:   what has to be added to it for our total
    session:  the session it was last seen in
    resolved: up to which proof of an absent cable (`Plug.out_known`) its values have been judged
    before:   peak and offset before it fell to nothing without such a proof
    """

    __slots__ = ("at", "before", "offset", "peak", "resolved", "session")

    def __init__(self, peak: float, at: float, offset: float, session: int, resolved: float) -> None:
        """Begin with a value."""
        self.peak = peak
        self.at = at
        self.offset = offset
        self.session = session
        self.resolved = resolved
        self.before: tuple[float, float] | None = None

    def to_json(self) -> list[float]:
        """Return what has to outlive a restart."""
        return [self.peak, self.at, self.offset, self.session, self.resolved]

    @classmethod
    def from_json(cls, kept: Iterable[Any]) -> Basis:
        """Return what `to_json` kept.

        Raises: TypeError, ValueError if it did not.
        """
        peak, at, offset, session, resolved = kept
        return cls(float(peak), float(at), float(offset), int(session), float(resolved))


class Counter:
    """The total, in kWh; None until there is a first value.

    started: since when the counters of this session count; None until a plug-in was seen
    """

    def __init__(self) -> None:
        """Start out without a value."""
        self.total: float | None = None
        self.started: float | None = None
        self._session = 0
        self._bases: dict[str, Basis] = {}
        self._lifetime: Basis | None = None

    def waits_for_lifetime(self, at: float) -> bool:
        """Return whether a lifetime counter speaks, so that a session's need not."""
        return self._lifetime is not None and at - self._lifetime.at <= LIFETIME_ALIVE

    def feed_lifetime(self, value: float, at: float) -> None:
        """Take in a counter that never begins anew."""
        told = Told("", value, at)
        basis = self._lifetime
        if basis is None:
            self._lifetime = self._first(told, 0.0)
            return
        if at <= basis.at:
            return
        if told.value < basis.peak - LIFETIME_REVISION or _is_spike(basis, told):
            basis.peak, basis.offset = told.value, self._now() - told.value  # another computer
        basis.peak, basis.at = max(told.value, basis.peak), told.at
        self._raise(basis)
        # The others go on from here, so that they can take over without adding their difference.
        for other in self._bases.values():
            other.offset = self._now() - other.peak

    def feed(self, told: Told, plug: Plug, *, limit: float = FAST) -> None:
        """Take in a counter that begins anew with every plug-in.

        limit: kW that can have flowed
        """
        basis = self._known(told, plug.out_known if plug.is_back() else 0.0)
        if basis is None:
            return
        if basis.session != self._session:
            self._join(basis, told, plug, limit)
        elif basis.before is not None and _is_back_too_fast(basis, told, plug):
            basis.peak, basis.offset = basis.before  # it was an error, and is over
        elif _is_anew(basis, told, plug, limit):
            self._begin(basis, told, plug)
        elif _is_spike(basis, told):
            basis.peak, basis.offset = told.value, self._now() - told.value
        basis.peak, basis.at = max(told.value, basis.peak), told.at
        if basis.peak >= REVISION:
            basis.before = None
        if basis.session == self._session and not self.waits_for_lifetime(told.at):
            self._raise(basis)

    def skip(self, told: Told, plug: Plug) -> None:
        """Take in a value that means nothing, so that it is known for what it is when it is repeated."""
        basis = self._known(told, 0.0)
        if basis is not None:
            basis.peak, basis.at, basis.offset = told.value, told.at, self._now() - told.value
            _resolve(basis, plug)

    def _known(self, told: Told, resolved: float) -> Basis | None:
        """Return the basis of a value that is news; a first one is taken in here, and adds nothing."""
        if told.value < 0:
            return None
        basis = self._bases.get(told.source)
        if basis is None:
            self._bases[told.source] = self._first(told, resolved)
            return None
        return basis if told.at > basis.at else None

    def _first(self, told: Told, resolved: float) -> Basis:
        self.total = self._now()
        return Basis(told.value, told.at, self.total - told.value, self._session, resolved)

    def _begin(self, basis: Basis, told: Told, plug: Plug) -> None:
        """Count from zero: all of the value belongs to a new session."""
        fell = told.value < REVISION < basis.peak - told.value
        basis.before = (basis.peak, basis.offset) if fell and not _was_out(basis, plug) else None
        self._session += 1
        self.started = plug.since(told.at)
        basis.session = self._session
        basis.peak, basis.offset = told.value, self._now()
        _resolve(basis, plug)

    def _join(self, basis: Basis, told: Told, plug: Plug, limit: float) -> None:
        """Let a basis follow into a session that another one has opened, where it adds nothing."""
        if abs(told.value - basis.peak) < SAME or told.at < (self.started or 0.0):
            return
        latest = max(other.at for other in self._bases.values() if other.session == self._session)
        if plug.out_known > latest and plug.is_back() and _had_time(told, plug, limit):
            self._begin(basis, told, plug)  # that session is over, and this is the first word of the next
            return
        basis.session = self._session
        basis.peak, basis.offset = told.value, self._now() - told.value
        _resolve(basis, plug)

    def _raise(self, basis: Basis) -> None:
        self.total = max(self._now(), round(basis.peak + basis.offset, DIGITS))

    def _now(self) -> float:
        return self.total or 0.0

    def to_json(self) -> dict[str, Any]:
        """Return what has to outlive a restart."""
        return {
            "total": self.total,
            "started": self.started,
            "session": self._session,
            "bases": {source: basis.to_json() for source, basis in self._bases.items()},
            "lifetime": None if self._lifetime is None else self._lifetime.to_json(),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Counter:
        """Return what `to_json` kept.

        Raises: KeyError, TypeError, ValueError if it did not.
        """
        counter = cls()
        counter.total = None if kept["total"] is None else float(kept["total"])
        counter.started = None if kept["started"] is None else float(kept["started"])
        counter._session = int(kept["session"])
        counter._bases = {source: Basis.from_json(basis) for source, basis in kept["bases"].items()}
        if kept["lifetime"] is not None:
            counter._lifetime = Basis.from_json(kept["lifetime"])
        return counter


def _is_anew(basis: Basis, told: Told, plug: Plug, limit: float) -> bool:
    """Return whether a value counts from another plug-in than the one before it."""
    if told.value < basis.peak - REVISION:
        # A charger that nobody saw plugged in begins at nothing, and gives no more than it can. Anything
        # else was revised, however much, and adds nothing until it is surpassed.
        return _was_out(basis, plug) or told.value < max(REVISION, _flowed(SLOW, told.at - basis.at))
    if not _was_out(basis, plug) or told.value < basis.peak + SAME:
        return False  # nobody pulled the cable; or the old session's value, told once more or revised
    if not plug.is_back():
        return False  # the end of the old session, told late
    # The cable was out, and the value is higher than before: a new one, if there was time for it.
    basis.resolved = plug.out_known
    return _had_time(told, plug, limit)


def _was_out(basis: Basis, plug: Plug) -> bool:
    """Return whether the cable was out since a basis was judged last."""
    return plug.out_known > basis.resolved


def _had_time(told: Told, plug: Plug, limit: float) -> bool:
    """Return whether all of a value can have flowed since the cable was out."""
    return told.value <= _flowed(limit, told.at - plug.out_after)


def _flowed(power: float, seconds: float) -> float:
    """Return the kWh that so many kW give in a time."""
    return power * seconds / 3600


def _resolve(basis: Basis, plug: Plug) -> None:
    """Note that the proofs so far are behind this value; while the cable is out the next one is not."""
    if plug.is_back():
        basis.resolved = plug.out_known


def _is_spike(basis: Basis, told: Told) -> bool:
    power, slack = SPIKE
    return told.value - basis.peak > _flowed(power, told.at - basis.at) + slack


def _is_back_too_fast(basis: Basis, told: Told, plug: Plug) -> bool:
    """Return whether a value that fell to nothing has jumped back, faster than an AC charger could."""
    rise = told.value - basis.peak
    return rise > _flowed(SLOW, told.at - basis.at) + REVISION and not _was_out(basis, plug)
