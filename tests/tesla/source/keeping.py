"""A car's configuration in a cloud of a few lines, kept by the plan alone: no request, no clock but ours."""

from collections.abc import Callable
from dataclasses import dataclass, field

from custom_components.tesla_direct.tesla.source import keeper_news as news
from custom_components.tesla_direct.tesla.source.config_state import (
    NOTHING,
    STOPPED,
    ConfigState,
    Phase,
    Reason,
)
from custom_components.tesla_direct.tesla.source.keeper_news import Seen
from custom_components.tesla_direct.tesla.source.keeper_plan import (
    LIFETIME,
    Ask,
    AskErrors,
    CarView,
    Delete,
    Send,
    Wait,
    next_step,
)

MANY = 12  # steps at one time: more would be a loop


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """One attempt to send: when, what, under which circumstances, and what was so then."""

    at: float
    mark: str
    circumstances: str
    removals: int
    changes: int
    answered: bool


@dataclass(slots=True)
class Kept:
    """The cloud, the car, and what the keeper knows of both.

    there, synced: what the cloud holds, and whether the car has it
    skip:     why the cloud does not take it for this car
    refuse:   whether it finds fault with it
    lose:     whether an answer is lost; the request arrives
    lossy:    whether what is sent is lost on the way there
    down:     whether nothing arrives
    follows:  whether the car takes what it is sent
    """

    now: float = 1_800_000_000.0
    target: str | None = None
    state: ConfigState = field(default_factory=ConfigState)
    there: str | None = None
    synced: bool = True
    limit_reached: bool = False
    skip: str | None = None
    refuse: bool = False
    lose: bool = False
    lossy: bool = False
    down: bool = False
    limited: bool = False
    online_since: float | None = None
    connected: bool = False
    silent_since: float = 0.0
    able: bool = True
    circumstances: str = ""
    follows: bool = True
    expires: float | None = None
    removals: int = 0
    changes: int = 0
    pushes: list[Push] = field(default_factory=list)
    steps: list[tuple[float, object]] = field(default_factory=list)

    @property
    def view(self) -> CarView:
        view = CarView(
            online_since=self.online_since,
            connected=self.connected,
            silent_since=self.silent_since,
            able=self.able,
            circumstances=self.circumstances,
        )
        return news.sober_view(view, self.now)

    def phase_is(self, phase: Phase) -> bool:
        return self.state.phase is phase

    def silent(self) -> bool:
        return self.state.silent_at is not None

    def late(self) -> bool:
        return self.state.late_at is not None

    def asked(self, kind: type[object]) -> list[float]:
        """Return when steps of a kind were taken."""
        return [at for at, step in self.steps if isinstance(step, kind)]

    def wish(self, target: str) -> None:
        self.changes += int(target != self.target)
        self.target = target
        self.state = news.wished(self.state, target, self.now)
        self.settle()

    def wake(self) -> None:
        """Have the car come online; it takes what is there, and connects if that is for us."""
        if self.online_since is None:
            self.online_since = self.now
        self._sync()
        self.settle()

    def sleep(self) -> None:
        if self.connected:
            self.silent_since = self.now
        self.online_since, self.connected = None, False
        self.settle()

    def remove(self) -> None:
        """Have the configuration vanish at Tesla."""
        if self.there is not None:
            self.removals += 1
        self.there, self.synced = None, True
        self._drop()
        self.settle()

    def replace(self, mark: str = "somebody else's") -> None:
        """Have somebody else send another one under the same application."""
        self.removals += self.there != mark
        self.there, self.synced = mark, True
        self._drop()
        self.settle()

    def pass_time(self, seconds: float) -> None:
        """Let time pass, and do whatever is due on the way."""
        until = self.now + seconds
        while (due := self.settle()) <= until:
            self.now = max(due, self.now + 1.0)
        self.now = max(self.now, until)
        self.settle()

    def until(self, so: Callable[[], bool], limit: float) -> bool:
        """Let time pass until something is so; return whether it came to be within so many seconds."""
        end = self.now + limit
        while not so() and self.now < end:
            self.pass_time(60.0)
        return so()

    def settle(self) -> float:
        """Do all that is due now; return when the next thing is."""
        for _ in range(MANY):
            self.state = news.noticed(news.sobered(self.state, self.now), self.view, self.now)
            # What is kept must be as good as what is known.
            self.state = ConfigState.from_json(self.state.to_json())
            step = next_step(self.state, self.view, self.now)
            if isinstance(step, Wait):
                assert step.until > self.now
                return step.until
            self.steps.append((self.now, step))
            self._take(step)
        raise AssertionError(f"a loop: {self.steps[-MANY:]}")

    def _take(self, step: Ask | Send | Delete | AskErrors) -> None:
        if isinstance(step, Send):
            self._send()
        elif self.down or self.limited:
            self.state = news.failed(self.state, None, self.now, limited=self.limited)
        elif isinstance(step, Ask):
            self.state = news.seen(self.state, self._look(), self.now)
        elif isinstance(step, AskErrors):
            self.state = news.reported(self.state, self.now)
        else:
            assert self.target in {NOTHING, STOPPED}
            self.there, self.synced = None, True
            self._drop()
            self.state = news.deleted(self.state, self.now)

    def _look(self) -> Seen:
        reason = Reason.MAX_CONFIGS if self.limit_reached else None
        return Seen(
            there=self.there is not None,
            same=self.there is not None and self.there == self.target,
            synced=self.synced,
            limit_reached=self.limit_reached,
            expires=self.expires,
            fields=("Soc",),
            reason=None if self.there else reason,
        )

    def _send(self) -> None:
        assert self.target not in {None, NOTHING, STOPPED}
        assert self.able
        mark = self.target or ""
        self.pushes.append(
            Push(
                at=self.now,
                mark=mark,
                circumstances=self.circumstances,
                removals=self.removals,
                changes=self.changes,
                answered=not (self.down or self.lossy or self.lose or self.limited),
            )
        )
        self.state = news.sending(self.state, self.view, self.now)
        if self.down or self.lossy or self.limited:
            self.state = news.failed(self.state, None, self.now, limited=self.limited)
            return
        if self.skip is None and not self.refuse:
            self.there, self.synced, self.expires = mark, False, self.now + LIFETIME
            self._sync()
        if self.lose:
            self.state = news.failed(self.state, None, self.now)
        elif self.refuse:
            self.state = news.refused(self.state, "Driving", ("Odd",), self.now)
        elif self.skip is not None:
            self.state = news.skipped(self.state, self.skip, self.now)
        else:
            self.state = news.sent(self.state, ("Soc",), "ca", self.now + LIFETIME, self.now)

    def _sync(self) -> None:
        """Have a car that is online take what is there."""
        if self.online_since is not None and self.follows and not self.synced:
            self.synced = True
            self.connected = self.there is not None

    def _drop(self) -> None:
        if self.connected:
            self.connected, self.silent_since = False, self.now
