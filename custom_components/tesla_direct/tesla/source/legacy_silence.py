"""What the silence of a car of a legacy stream means: that it is quiet, away, or another's. Without I/O.

The service does not tell these three apart, so what a car does, and what others know of it, has to. Two
mistakes cost something: who takes a quiet car for one that is away pays for what its open connection would
have told; who takes one that is away for quiet shows what was.
"""

from dataclasses import dataclass
from math import inf

# Seconds without a word after which a car no longer counts as connected, if nobody has seen it online since:
# its stream may be another's by now.
LAPSE = 900.0
# The same of a car that drives, and tells where it is every 25 s.
BUSY_LAPSE = 300.0
# The same of a parked car that somebody has seen online since its last word: it need not tell much, but the
# level of its battery falls by then. And the seconds in which one has to say something that is not connected,
# but known to be online.
ONLINE_LAPSE = 3600.0


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What the car's other sources know of it.

    online:  it is, or is not; None while nobody knows
    busy:    it drives, so that it has to talk all the time
    charges: it has to talk now and then
    seen_at: when somebody has seen it online last, by our clock; -inf: nobody did
    """

    online: bool | None = None
    busy: bool = False
    charges: bool = False
    seen_at: float = -inf


def lapse(elsewhere: Elsewhere, heard_at: float) -> float:
    """Return for how many seconds after its last word, at `heard_at`, a car counts as connected.

    Whoever says that it sleeps has known for a while: it has been silent for as long.
    """
    if elsewhere.online is False:
        return 0.0
    if elsewhere.busy:
        return BUSY_LAPSE
    if elsewhere.charges or elsewhere.seen_at <= heard_at:
        return LAPSE
    return ONLINE_LAPSE


def patience(elsewhere: Elsewhere) -> float | None:
    """Return the seconds in which a car has to say something; None: it may be silent."""
    if elsewhere.online is False:
        return None
    if elsewhere.busy:
        # A car that went into a tunnel, or a garage, was last seen driving, too.
        return BUSY_LAPSE if elsewhere.online else LAPSE
    if elsewhere.charges:
        return LAPSE if elsewhere.online else ONLINE_LAPSE
    return ONLINE_LAPSE if elsewhere.online else None
