"""A command's way to the car and back, with handshakes and repeats, as a flow.

Who carries the bytes does no more than this: for a `Post`, send its message and send the flow what came
back, or throw into it what went wrong on the way; for a `Pause`, wait and send None. Then take up what the
flow returns or raises. A post that takes longer than the deadline is to be given up with `NoAnswer`.

What is repeated, and what is not: docs/protocol/vehicle-command.md
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field

from ..errors import (
    CarBusy,
    CarError,
    CarSilent,
    Fault,
    HandshakeUnanswered,
    KeyNotPaired,
    NoAnswer,
    NotSent,
    OutcomeOpen,
    ReplyUnreadable,
    SessionLost,
    TeslaError,
    WireError,
)
from . import results
from .faults import OF_SECOND_COPY, PERHAPS_RUN
from .message import Pending, Reply, read, why_not
from .results import Result
from .session import Session

# Seconds that a command lives, if its deadline is not nearer: 5 to 15 are safe with every car, and one
# that is carried out later would surprise its user.
LIFETIME = 15.0
OLDEST_INFO = 10.0  # seconds between a request and its session info; older ones tell a wrong time
PAUSES = (1.0, 2.0, 3.0, 4.0)  # seconds; the last one again and again
HANDSHAKE_PAUSE = 1.0  # seconds until a handshake without a usable answer is repeated
# Two session faults in a row point to a second client with our key, or a clock that jumps.
MOST_SESSIONS_LOST = 2
MOST_UNKNOWN = 2  # repeats of a command of which nobody knows whether the car has run it; each is billed
# After these the same bytes may go again: the car takes them once only.
SAME_AGAIN = (NotSent, CarSilent)
# What a handshake is repeated after, besides all that leaves it open whether it arrived.
HANDSHAKE_AGAIN = (NotSent, CarBusy, SessionLost, WireError)


@dataclass(frozen=True, slots=True)
class Post:
    """Send this, and tell the flow what came back.

    handshake: the command itself is not underway, so whoever gives up here leaves it undone
    counter:   the one that the message uses up, to be stored before; None for a handshake
    """

    message: bytes = field(repr=False)
    handshake: bool
    counter: int | None


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait so many seconds, and go on."""

    seconds: float


type Step = Post | Pause
type Flow[T] = Generator[Step, bytes | None, T]


def exchange(  # noqa: PLR0913  # what it depends on
    session: Session,
    payload: bytes,
    *,
    repeatable: bool,
    deadline: float,
    clock: Callable[[], float],
    random: Callable[[int], bytes],
    encrypts: bool = False,
) -> Flow[Result]:
    """Yield what to do, be sent what came back, return what the car brought.

    repeatable: doing it twice equals doing it once
    deadline:   when to give up, by `clock`
    clock:      seconds, of one that does not jump
    random:     returns so many bytes that nobody can predict
    encrypts:   the car is known to encrypt its answers (firmware 2024.38 and later), so a result in clear
                is not to be believed; a car that has done it once in its epoch is known to anyway
    Raises:
        CarError: the car said no.
        TransportError, CloudError: what was thrown in, where it cannot be healed here; a car that
            sleeps among them, after which a new flow has to be started.
        WireError: the answer was not one of this car's.
    """
    command = _Exchange(
        session,
        payload,
        repeatable=repeatable,
        deadline=deadline,
        clock=clock,
        random=random,
        encrypts=encrypts,
    )
    return (yield from command.run())


def handshake(
    session: Session, *, deadline: float, clock: Callable[[], float], random: Callable[[int], bytes]
) -> Flow[None]:
    """Do only what comes before the first command: it shows whether the car has our key.

    Raises: KeyNotPaired, or what `exchange` raises; the car has done nothing in any case
    """
    nothing = _Exchange(session, b"", repeatable=True, deadline=deadline, clock=clock, random=random)
    yield from nothing.shake_hands()


@dataclass(frozen=True, slots=True)
class _Signed:
    """What the last message was signed for: a computer of the car, its epoch, and one counter."""

    car: bytes
    epoch: bytes
    counter: int


class _Exchange:
    """One command, until it is settled."""

    def __init__(  # noqa: PLR0913  # those of `exchange`
        self,
        session: Session,
        payload: bytes,
        *,
        repeatable: bool,
        deadline: float,
        clock: Callable[[], float],
        random: Callable[[int], bytes],
        encrypts: bool = False,
    ) -> None:
        self._session = session
        self._payload = payload
        self._repeatable = repeatable
        self._deadline = deadline
        self._clock = clock
        self._random = random
        self._encrypts = encrypts
        self._last: _Signed | None = None
        self._failed: TeslaError | None = None  # what went wrong last
        self._perhaps_run = False  # some attempt that was repeated may have run
        self._sent_at = 0.0
        self._copies = 0  # of the same bytes
        self._sealed = False  # the last answer was encrypted
        self._informed = False  # the last answer brought a session info that was good
        self._pauses = 0
        self._sessions_lost = 0
        self._shaken = False  # a handshake has replaced a lost session
        self._unknown = 0

    def run(self) -> Flow[Result]:
        """Sign and send until the outcome is final."""
        try:
            while True:
                try:
                    return (yield from self._attempt())
                except SessionLost as error:
                    yield from self._recover(error)
                except (KeyNotPaired, Fault) as error:
                    yield from self._ask_again(error)
                except CarBusy as error:
                    yield from self._wait(error)
                except TeslaError as error:
                    if not self._may_repeat(error):
                        raise
                    self._perhaps_run = True
                    yield from self._pause(error)
        except TeslaError as error:
            if self._perhaps_run:  # of an earlier attempt, so the last answer is not the whole truth
                error.may_have_succeeded = True
            raise

    def shake_hands(self) -> Flow[None]:
        """Ask for the session info until it comes; nothing but the deadline ends that, and a plain no."""
        while True:
            self._check_deadline()
            pending = self._session.hello(self._random)
            self._sent_at = self._clock()
            try:
                data = yield Post(pending.message, handshake=True, counter=None)
                self._adopt(pending, data or b"")
            except TeslaError as error:
                if not (error.may_have_succeeded or isinstance(error, HANDSHAKE_AGAIN)):
                    raise
                if self._clock() + HANDSHAKE_PAUSE >= self._deadline:
                    if isinstance(error, NotSent):
                        raise
                    raise HandshakeUnanswered(f"no session with the car: {error}") from error
                yield Pause(HANDSHAKE_PAUSE)
            else:
                return

    def _attempt(self) -> Flow[Result]:
        """Sign anew, and send that until somebody answers."""
        while True:
            pending = yield from self._signed()
            data = yield from self._carried(pending)
            if data is not None:
                return self._settled(pending, data)

    def _signed(self) -> Flow[Pending]:
        if not self._session.ready:
            yield from self.shake_hands()
        try:
            return self._sign()
        except SessionLost as error:
            self._failed = error
        yield from self.shake_hands()  # its counter is used up, or its clock is beyond reason
        return self._sign()

    def _sign(self) -> Pending:
        self._check_deadline()
        now = self._clock()
        lifetime = min(self._deadline - now, LIFETIME)
        pending = self._session.sign(self._payload, now=now, lifetime=lifetime, random=self._random)
        self._last = _Signed(self._session.car, self._session.epoch, self._session.counter)
        return pending

    def _carried(self, pending: Pending) -> Flow[bytes | None]:
        """Have a message sent until it is answered; return None once its time is over."""
        post = Post(pending.message, handshake=False, counter=pending.counter)
        self._copies = 0
        while True:
            self._copies += 1
            self._sent_at = self._clock()
            try:
                return (yield post) or b""
            except SAME_AGAIN as error:
                if error.may_have_succeeded:
                    if not self._repeatable:
                        raise
                    self._perhaps_run = True
                yield from self._pause(error)
            if self._session.car_time(self._clock()) >= pending.expires_at:
                return None

    def _settled(self, pending: Pending, data: bytes) -> Result:
        """Return what an answer brought, or raise what it means."""
        now = self._clock()
        try:
            reply = read(data)
        except WireError as error:
            raise ReplyUnreadable(f"an answer of {error}") from error
        if (reason := why_not(reply, pending)) is not None:
            raise NoAnswer(f"an answer that is not to us: {reason}")
        self._sealed = reply.seal is not None
        self._informed = self._took_in(reply, pending, now)
        try:
            payload = self._session.open(reply, pending)
        except WireError as error:
            raise NoAnswer(f"an answer that is not to be believed: {error}") from error
        results.check(reply)  # what a car says before it knows whom it speaks to is in clear
        if reply.seal is None and reply.session_info is None and (self._encrypts or self._session.encrypts):
            raise NoAnswer("an answer in clear of a car that encrypts")
        return results.read(reply, payload, self._payload, self._session.domain)

    def _took_in(self, reply: Reply, pending: Pending, now: float) -> bool:
        """Take in a session info that came with something else; return whether there was a good one."""
        if reply.session_info is None or now - self._sent_at > OLDEST_INFO:
            return False
        try:
            self._session.adopt(reply, pending, now)
        except WireError:
            return False
        return True

    def _adopt(self, pending: Pending, data: bytes) -> None:
        """Take in the answer to a handshake."""
        now = self._clock()
        reply = read(data)
        if (reason := why_not(reply, pending)) is not None:
            raise WireError(f"an answer that is not to us: {reason}")
        results.check_handshake(reply)
        if now - self._sent_at > OLDEST_INFO:
            raise WireError(f"a session info {now - self._sent_at:.0f} s after its request")
        self._session.adopt(reply, pending, now, fresh_start=True)

    def _wait(self, error: CarBusy) -> Flow[None]:
        """Give a busy car time, if it is certain enough that it has not acted."""
        if error.fault in PERHAPS_RUN:
            if not self._repeatable:
                raise OutcomeOpen(f"{error}; it may have acted", fault=error.fault) from error
            self._perhaps_run = True
        yield from self._pause(error)
        if not self._repeatable and self._doubtful:
            yield from self._hold_against_counter(error)

    def _recover(self, error: SessionLost) -> Flow[None]:
        """See to a session with which signing again makes sense."""
        self._failed = error
        if error.fault in OF_SECOND_COPY and self._copies > 1 and not self._repeatable:
            raise OutcomeOpen(f"{error}, perhaps because it has acted already", fault=error.fault) from error
        self._sessions_lost += 1
        if self._sessions_lost > MOST_SESSIONS_LOST:
            raise error
        if self._informed:
            self._judge(error)
            return
        if self._shaken:
            raise error
        self._shaken = True
        earlier = self._perhaps_run
        self._perhaps_run = True  # anybody can make up a fault; what the car itself tells now decides
        yield from self.shake_hands()
        self._perhaps_run = earlier
        self._judge(error)

    def _ask_again(self, error: KeyNotPaired | Fault) -> Flow[None]:
        """See to it that a fault that ends everything is the car's own, and not one that somebody repeats.

        A car that encrypts leaves only what it says before it knows us in clear; and our key was known to it.
        Raises: `error`, unless there is reason to sign again
        """
        if self._last is None or self._shaken or not (isinstance(error, KeyNotPaired) or self._doubtful):
            raise error
        self._shaken = True
        yield from self._hold_against_counter(error)
        if isinstance(error, Fault):
            raise error

    @property
    def _doubtful(self) -> bool:
        """Return whether the last answer may be anybody's: in clear, of a car that encrypts."""
        return not self._sealed and (self._encrypts or self._session.encrypts)

    def _hold_against_counter(self, error: CarError) -> Flow[None]:
        """Have the car itself tell whether it has taken our message."""
        before, self._perhaps_run = self._perhaps_run, True  # until it has told
        yield from self.shake_hands()
        self._perhaps_run = before
        self._judge(error)

    def _judge(self, error: CarError) -> None:
        """Take note that the car may have acted though a fault says that it has not.

        Nobody authenticates a fault, but a session info is authenticated, and it tells which counter the car
        has taken last: ours only if it has taken our message. Another computer tells nothing of that.
        """
        session, last = self._session, self._last
        if last is None:
            return  # nothing was sent
        if last.car == session.car and (last.epoch, last.counter) != (session.epoch, session.car_counter):
            return
        self._perhaps_run = True
        if not self._repeatable:
            raise OutcomeOpen(f"{error}, but it may have acted all the same", fault=error.fault) from error

    def _may_repeat(self, error: TeslaError) -> bool:
        """Return whether to sign again after an error that leaves it open whether the car has acted."""
        if not (error.may_have_succeeded and error.temporary and self._repeatable):
            return False
        self._unknown += 1
        return self._unknown <= MOST_UNKNOWN

    def _pause(self, error: TeslaError) -> Flow[None]:
        """Wait a moment; raise `error` if there is no time left for that."""
        self._failed = error
        seconds = PAUSES[min(self._pauses, len(PAUSES) - 1)]
        self._pauses += 1
        if self._clock() + seconds >= self._deadline:
            raise error
        yield Pause(seconds)

    def _check_deadline(self) -> None:
        if self._clock() >= self._deadline:
            raise self._failed or NotSent("its time was over before it was sent")
