"""A car, our session with it and a clock, and whoever carries the messages of a flow between them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from custom_components.tesla_direct.tesla.errors import TeslaError
from custom_components.tesla_direct.tesla.vehicle_command.domain import Domain
from custom_components.tesla_direct.tesla.vehicle_command.exchange import (
    Flow,
    Pause,
    Post,
    exchange,
    handshake,
)
from custom_components.tesla_direct.tesla.vehicle_command.results import Result
from custom_components.tesla_direct.tesla.vehicle_command.session import Session

from .car import CLIMATE_ON, UNLOCK, VIN, WAIT, Car, our_key

DONE = b"\x0a\x00"

type Answer = bytes | TeslaError | Callable[[Post], bytes]


class Clock:
    """Seconds of a clock that a test moves."""

    def __init__(self) -> None:
        self.now = 5000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Way:
    """What a flow asked for, and how it ended."""

    posts: list[Post] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    result: Result | None = None
    error: TeslaError | None = None

    @property
    def commands(self) -> list[Post]:
        return [post for post in self.posts if not post.handshake]

    @property
    def counters(self) -> list[int | None]:
        return [post.counter for post in self.posts]


class Stage:
    """A car, our session with it, and a clock that stands still unless something takes time."""

    def __init__(self, domain: Domain = Domain.INFOTAINMENT, *, known: bool = True) -> None:
        self.clock = Clock()
        self.car = Car(domain)
        self.random = Random(1).randbytes  # noqa: S311  # the same in each run of a test
        self.session = Session(our_key(), VIN, domain)
        self.payload = CLIMATE_ON if domain is Domain.INFOTAINMENT else UNLOCK
        self.took = 0.0  # seconds for each answer
        if known:
            way = self.carry(
                handshake(self.session, deadline=5030.0, clock=self.clock, random=self.random),
                [self.greets],
            )
            assert way.error is None

    def greets(self, post: Post) -> bytes:
        return self.car.greet(post.message)

    def obeys(self, post: Post) -> bytes:
        return self.car.answer(post.message, DONE if self.payload is CLIMATE_ON else b"", encrypted=True)

    def faults(self, fault: int, *, informed: bool = False) -> Callable[[Post], bytes]:
        return lambda post: self.car.answer(post.message, None, fault=fault, informed=informed)

    def waits(self, post: Post) -> bytes:
        return self.car.answer(post.message, None, operation=WAIT)

    def send(
        self, *answers: Answer, repeatable: bool = True, seconds: float = 30.0, encrypts: bool = False
    ) -> Way:
        """Carry a command; the last answer is given again and again."""
        flow = exchange(
            self.session,
            self.payload,
            repeatable=repeatable,
            deadline=self.clock.now + seconds,
            clock=self.clock,
            random=self.random,
            encrypts=encrypts,
        )
        return self.carry(flow, list(answers))

    def carry[T](self, flow: Flow[T], answers: list[Answer]) -> Way:
        way = Way()
        try:
            step = next(flow)
            while True:
                if isinstance(step, Pause):
                    way.pauses.append(step.seconds)
                    self.clock.now += step.seconds
                    step = flow.send(None)
                    continue
                way.posts.append(step)
                assert len(way.posts) < 100
                answer = answers.pop(0) if len(answers) > 1 else answers[0]
                self.clock.now += self.took
                if isinstance(answer, TeslaError):
                    step = flow.throw(answer)
                else:
                    step = flow.send(answer if isinstance(answer, bytes) else answer(step))
        except StopIteration as done:
            way.result = done.value
        except TeslaError as error:
            way.error = error
        return way
