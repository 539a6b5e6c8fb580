"""When to connect again: growing pauses, and a cap over the day.

Pauses alone are not enough: what lets us in and drops us at once would never let them grow, and somebody
else's service counts each attempt. 858 of them in 25 minutes have used up a whole quota once.
"""

from collections.abc import Callable
import random

FIRST = 1.0  # seconds, doubled with each further failure
LONGEST = 600.0  # seconds; that long after a long outage it is noticed that it is over
PER_DAY = 180
DAY = 86_400.0
# Seconds after which what was connected counts as having worked: pauses begin anew, and the attempt is given
# back. A service that ends each stream after that time sees 288 of us a day, all of them welcome.
LIVED = 300.0
SPREAD = 0.2  # share of a pause that is left to chance, so that not everybody is back in the same second
LONGEST_ASKED = DAY  # seconds; nobody is waited for any longer
FORGOTTEN = 3600.0  # seconds without an attempt after which those before do not make the next one wait
# Attempts that may follow each other at once where each of them is another one: with another token, or
# without a car that was refused. Beyond that it is a loop.
AT_ONCE = 5


class Allowance:
    """So many attempts in any 24 hours: a third may follow each other, the others come back one by one.

    Times are seconds, by the clock of whoever asks.
    """

    def __init__(self, per_day: int, now: float) -> None:
        """Begin with all that may follow each other."""
        self._burst = per_day / 3
        self._each = DAY / (per_day - self._burst)  # seconds until an attempt has come back
        self._left = self._burst
        self._counted_at = now

    def take(self, now: float) -> float:
        """Take an attempt out of the day's; return the seconds until there is one."""
        back = max(0.0, now - self._counted_at) / self._each
        self._left = min(self._left + back, self._burst) - 1
        self._counted_at = now
        return max(0.0, -self._left * self._each)

    def give_back(self) -> None:
        """Learn that an attempt came to something."""
        self._left += 1


class Reconnect:
    """Says how long to pause before the next attempt; each answer is an attempt.

    In any 24 hours there are at most `per_day` attempts that came to nothing, see `Allowance`.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        *,
        longest: float = LONGEST,
        per_day: int = PER_DAY,
        random: Callable[[], float] = random.random,
    ) -> None:
        """Begin as if nothing had ever failed.

        clock:   seconds
        longest: seconds of the longest pause, unless the cap or the service asks for more
        random:  returns a number from 0 to 1
        """
        self._clock = clock
        self._longest = longest
        self._random = random
        self._allowance = Allowance(per_day, clock())
        self._failures = 0
        self._connected_at: float | None = None
        self._begun = False
        self._tried_at = clock()

    def begin(self) -> float:
        """Return the seconds until the first attempt: whoever begins again and again is a loop, too."""
        begun, self._begun = self._begun, True
        return self.pause(at_once=True) if begun else 0.0

    def succeeded(self) -> None:
        """Learn that a connection stands, which proves little before it has lived for a while."""
        if self._connected_at is None:
            self._connected_at = self._clock()

    def pause(self, *, clean: bool = False, asked: float = 0.0, at_once: bool = False) -> float:
        """Return the seconds until the next attempt.

        clean:   the other side has ended it as it should; after a while of working that is no failure
        asked:   seconds that it asks us to wait
        at_once: the next one is another one, and need not wait if it is not one of many
        """
        now = self._clock()
        if now - self._tried_at >= FORGOTTEN:
            self._failures = 0
        self._tried_at = now
        since, self._connected_at = self._connected_at, None
        if lived := since is not None and now - since >= LIVED:
            self._failures = 0
            self._allowance.give_back()
        welcome = at_once and self._failures < AT_ONCE
        wait = 0.0 if lived and clean else self._grown()
        return max(0.0 if welcome else wait, min(asked, LONGEST_ASKED), self._allowance.take(now))

    def _grown(self) -> float:
        pause = min(FIRST * 2.0 ** min(self._failures, 30), self._longest)
        self._failures += 1
        return min(pause * (1 + SPREAD * (2 * self._random() - 1)), self._longest)
