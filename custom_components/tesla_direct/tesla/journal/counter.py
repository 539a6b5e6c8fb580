"""A counter that only grows, made of counters that begin anew with every plug-in.

Several sources tell the same energy, each with its own rounding and from its own moment on. Each of them is
a basis: its value plus an offset is its estimate of our total, and the total is the highest estimate there
was. So a basis that is new adds nothing, one that returns after a gap brings what was missed, and none is
counted twice.

What it may be wrong by:
- too little: what flowed between the last word of one basis and the first of another, unless the first one
  comes back; what the counter told before, where an unseen plug-in has surpassed it and neither the cable
  nor the odometer gave it away; a session below `REVISION` of which nobody saw the cable out
- too much: the difference of two bases over the same session
"""

from collections.abc import Mapping
from typing import Any

from .plug import Plug

REVISION = 0.1  # kWh by which a value may fall without a new plug-in; a few Wh were seen
SAME = 0.005  # kWh; half of what a poll's two decimals can show
SLOW, FAST = 25.0, 500.0  # kW that an AC charger gives at most, and any charger
SPIKE = 1_000.0, 1.0  # kW, kWh: a rise beyond both together is no energy, but an error of the value
DIGITS = 4  # of a kWh


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

    def age(self, name: str, at: float) -> float | None:
        """Return how many seconds before `at` a basis spoke last, or None if it never did."""
        basis = self._bases.get(name)
        return None if basis is None else at - basis.at

    def feed_lifetime(self, name: str, value: float, at: float) -> None:
        """Take in a counter that never begins anew."""
        basis = self._known(name, value, at, 0.0)
        if basis is None:
            return
        if value < basis.peak - REVISION or _is_spike(value - basis.peak, at - basis.at):
            basis.peak, basis.offset = value, self._now() - value  # another computer, another count
        basis.peak, basis.at = max(value, basis.peak), at
        self._raise(basis)
        # The others go on from here, so that they can take over without adding their difference.
        for other in self._bases.values():
            other.offset = self._now() - other.peak

    def feed(
        self, name: str, value: float, at: float, plug: Plug, *, limit: float = FAST, counts: bool = True
    ) -> None:
        """Take in a counter that begins anew with every plug-in.

        limit:  kW that can have flowed
        counts: whether the value raises the total, or is only watched
        """
        basis = self._known(name, value, at, plug.out_known if plug.is_back() else 0.0)
        if basis is None:
            return
        if basis.session != self._session:
            self._join(basis, value, at, plug, limit)
        elif basis.before is not None and _is_too_fast(value - basis.peak, at - basis.at):
            basis.peak, basis.offset = basis.before  # it was an error, and is over
        elif self._is_anew(basis, value, at, plug, limit):
            self._begin(basis, value, at, plug)
        elif _is_spike(value - basis.peak, at - basis.at):
            basis.peak, basis.offset = value, self._now() - value
        basis.peak, basis.at = max(value, basis.peak), at
        if basis.peak >= REVISION:
            basis.before = None
        if counts and basis.session == self._session:
            self._raise(basis)

    def skip(self, name: str, value: float, at: float, plug: Plug) -> None:
        """Take in a value that means nothing, so that it is known for what it is when it is repeated."""
        basis = self._known(name, value, at, 0.0)
        if basis is not None:
            basis.peak, basis.at, basis.offset = value, at, self._now() - value
            self._resolve(basis, plug)

    def _known(self, name: str, value: float, at: float, resolved: float) -> Basis | None:
        """Return the basis of a value that is news; a first one is taken in here, and adds nothing."""
        if value < 0:
            return None
        basis = self._bases.get(name)
        if basis is None:
            self.total = self._now()
            self._bases[name] = Basis(value, at, self.total - value, self._session, resolved)
            return None
        return basis if at > basis.at else None

    def _is_anew(self, basis: Basis, value: float, at: float, plug: Plug, limit: float) -> bool:
        """Return whether a value counts from another plug-in than the one before it."""
        if value < basis.peak - REVISION:
            return True
        if plug.out_known <= basis.resolved or abs(value - basis.peak) < SAME:
            return False  # nobody pulled the cable; or the old session's value, told once more
        if value < basis.peak:
            return True
        if not plug.is_back():
            return False  # the end of the old session, told late
        # The cable was out, and the value is higher than before: a new one, if there was time for it.
        basis.resolved = plug.out_known
        return value <= limit * (at - plug.out_after) / 3600

    def _begin(self, basis: Basis, value: float, at: float, plug: Plug) -> None:
        """Count from zero: all of the value belongs to a new session."""
        seen = plug.out_known > basis.resolved
        basis.before = None if seen or value >= REVISION else (basis.peak, basis.offset)
        self._session += 1
        self.started = plug.since(at)
        basis.session = self._session
        basis.offset = self._now()
        basis.peak = value
        self._resolve(basis, plug)

    def _join(self, basis: Basis, value: float, at: float, plug: Plug, limit: float) -> None:
        """Let a basis follow into a session that another one has opened, where it adds nothing."""
        if abs(value - basis.peak) < SAME or at < (self.started or 0.0):
            return
        latest = max(other.at for other in self._bases.values() if other.session == self._session)
        if plug.out_known > latest and self._is_anew(basis, value, at, plug, limit):
            self._begin(basis, value, at, plug)
            return
        basis.session = self._session
        basis.peak, basis.offset = value, self._now() - value
        self._resolve(basis, plug)

    def _resolve(self, basis: Basis, plug: Plug) -> None:
        """Note that the proofs so far are behind this value; while the cable is out the next one is not."""
        if plug.is_back():
            basis.resolved = plug.out_known

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
            "bases": {
                name: [basis.peak, basis.at, basis.offset, basis.session, basis.resolved]
                for name, basis in self._bases.items()
            },
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
        for name, (peak, at, offset, session, resolved) in kept["bases"].items():
            counter._bases[name] = Basis(float(peak), float(at), float(offset), int(session), float(resolved))
        return counter


def _is_spike(rise: float, seconds: float) -> bool:
    power, slack = SPIKE
    return rise > power * seconds / 3600 + slack


def _is_too_fast(rise: float, seconds: float) -> bool:
    """Return whether a value that fell to nothing has jumped back, faster than an AC charger could."""
    return rise > SLOW * seconds / 3600 + REVISION
