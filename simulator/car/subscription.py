"""The telemetry configuration of one application: what the cloud holds, and when the car takes it on."""

from collections.abc import Callable

from .stream import StreamConfig

APPLICATIONS = 5  # that can stream from one car at a time


class Subscription:
    """Waits for the car's next connection to the cloud, and has the car take the configuration on.

    others:    applications of other people that stream from the car
    unnoticed: the cloud believes that there is room where there is none
    stubborn:  it says that it has taken a configuration on, and goes on as before
    sync_s:    simulated seconds online until the car asks for its configuration
    """

    def __init__(self, adopt: Callable[[StreamConfig | None], bool]) -> None:
        """Hold nothing; `adopt` tells whether the car takes a configuration on."""
        self.config: StreamConfig | None = None
        self.synced = True
        self.others = 0
        self.unnoticed = self.stubborn = False
        self.sync_s = 0.0
        self._adopt = adopt
        self._crowded = False
        self._wait = 0.0
        self._online = False
        self._tried = False

    @property
    def full(self) -> bool:
        """Tell whether there is no room for this application."""
        return self.config is None and self.others >= APPLICATIONS

    def order(self, config: StreamConfig | None) -> None:
        """Hold a configuration for the car."""
        self._crowded = self.full or (self._crowded and not self.synced)
        self.config = config
        self.synced = self._tried = False
        self._wait = self.sync_s

    def step(self, dt: float) -> None:
        """Let time pass; a car that is not online comes no nearer to its configuration."""
        if self._online:
            self._wait -= dt

    def follow(self, *, online: bool) -> None:
        """Follow the car's connection to the cloud; each new one is another try."""
        if online and not self._online:
            self._tried = False
        self._online = online
        if self.synced or self._tried or not online or self._wait > 0:
            return
        if self._crowded:
            # It counts for taken on, and nothing came of it; a freed place does not change that.
            self.config = None
        self._tried = True
        self.synced = self.stubborn or self._adopt(self.config)
