"""Whether a car is online: falls asleep when idle, takes its time to wake, sometimes just is not there."""

from random import Random

IDLE_S = 600.0
POLLED_S = 900.0  # how much longer a car stays up that was polled in a short self-check
SELF_CHECK_S = 150.0
WAKE_S = (10.0, 60.0)


class Power:
    """The state of one car as the cloud reports it, in simulated seconds.

    sleeps_as:  what the cloud says while it sleeps; many cars say `offline` since 2024
    idle_s:     idleness before it falls asleep
    wake_s:     how long waking takes, from and to
    flakiness:  share of calls that do not reach it although it is online
    deaf:       does not hear that it is called
    """

    def __init__(self, random: Random, *, old: bool) -> None:
        """Start awake."""
        self.sleeps_as = "asleep"
        self.idle_s = IDLE_S
        self.wake_s = WAKE_S
        self.flakiness = 0.0
        self.deaf = False
        self.signal = True
        self.awake = True
        self._random = random
        self._old = old
        self._idle = 0.0
        self._waking: float | None = None
        self._checking = False

    @property
    def state(self) -> str:
        """Return what the cloud says: online, asleep or offline."""
        if not self.signal:
            return "offline"
        return "online" if self.awake else self.sleeps_as

    @property
    def waking(self) -> bool:
        """Tell whether it is about to wake."""
        return self._waking is not None

    def step(self, dt: float, *, busy: bool) -> None:
        """Let time pass; a busy car does not get tired."""
        if self._waking is not None:
            self._waking -= dt
            if self._waking <= 0:
                self.wake_now()
            return
        self._idle = 0.0 if busy else self._idle + dt
        if self.awake and self._idle >= (SELF_CHECK_S if self._checking else self.idle_s):
            self.sleep()

    def wake(self) -> None:
        """Begin to wake up; a car without signal hears nothing of it."""
        if not self.awake and self.signal and not self.deaf and self._waking is None:
            self._waking = self._random.uniform(*self.wake_s)

    def wake_now(self, *, to_check_itself: bool = False) -> None:
        """Be awake at once: somebody opened a door, or it is time for a short self-check."""
        self.awake = True
        self._waking = None
        self._idle = 0.0
        self._checking = to_check_itself

    def sleep(self) -> None:
        """Fall asleep at once."""
        self.awake = False
        self._waking = None
        self._checking = False
        self._idle = 0.0

    def stir(self) -> None:
        """Be kept busy for a moment, which puts off falling asleep."""
        self._idle = min(self._idle, 0.0)

    def polled(self) -> None:
        """Take a call for vehicle data.

        Keeps a car from before 2021 awake for as long as it goes on, and turns a short self-check
        of any other into a quarter of an hour; a newer car that is up anyway takes no notice.
        """
        if self._old:
            self._idle = 0.0
        elif self._checking:
            self._checking = False
            self._idle = min(self._idle, self.idle_s - POLLED_S)

    def reachable(self) -> bool:
        """Tell whether this call gets through to it."""
        return self.state == "online" and self._random.random() >= self.flakiness
