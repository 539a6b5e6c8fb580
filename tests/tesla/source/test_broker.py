"""What is listened to, taken in at once, and handled a bounded part at a time; more stands in test_mqtt."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable

import pytest

from custom_components.tesla_direct.tesla.decode.mqtt import LIMIT
from custom_components.tesla_direct.tesla.source.broker import (
    AT_ONCE,
    BROKER_AWAY,
    NOT_SUBSCRIBED,
    WAITING_BYTES,
    WAITING_LIMIT,
    BrokerSource,
    Filters,
    Message,
)
from custom_components.tesla_direct.tesla.source.source import Health
from tests.home import until

from .broker_world import NOW, Subscriptions
from .endless import Endless


class Heard:
    """A car that notes what is done to it."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.again: float | None = None

    def flush(self, now: float) -> None:
        self.told.append(f"flush {now - NOW:.0f}")

    def lapse(self, now: float) -> float | None:
        self.told.append(f"lapse {now - NOW:.0f}")
        return self.again

    def forget(self, now: float) -> None:
        self.told.append(f"forget {now - NOW:.0f}")

    def tell_links(self) -> None:
        self.told.append("links")


class Ear(BrokerSource[str, Heard]):
    """One car that listens to all topics below its own, a broker and a clock."""

    def __init__(self, *, gather: bool = False) -> None:
        self.now = NOW
        self.car = Heard()
        self.broker = Subscriptions()
        self.healths: list[Health] = []
        self.slept: list[float] = []
        super().__init__(
            [self.car],
            gather=gather,
            skipped=Counter(),
            subscribe=self.broker.subscribe,
            clock=lambda: self.now,
            on_health=self.healths.append,
            sleep=self._rest,
        )

    async def _rest(self, seconds: float) -> None:
        self.slept.append(seconds)

    def handle(
        self, what: str, payload: bytes, touched: dict[Heard, None], *, retained: bool
    ) -> Iterable[None]:
        touched[self.car] = None
        self.car.told.append(f"{what} {len(payload)} {'kept' if retained else 'live'}")
        return [None] * payload.count(b"|")

    def wanted(self) -> Filters:
        yield "a/+", self._hear
        yield "b", self._hear

    def _hear(self, message: Message) -> None:
        self.put(message.topic, message.topic, message)

    def pauses(self) -> int:
        """Take over what has come in; return how often that paused."""
        return len(list(self.take_over()))


@pytest.fixture
async def ear() -> Ear:
    ear = Ear()
    await ear.begin()
    return ear


@pytest.fixture
async def endless() -> AsyncIterator[Endless]:
    endless = Endless()
    yield endless
    await endless.stop()


async def test_it_subscribes_and_says_so(ear: Ear) -> None:
    assert ear.broker.asked == ["a/+", "b"]
    assert ear.car.told == ["links"]
    assert ear.healths == [ear.health] == [Health(works=True, since=NOW, begun=1)]


async def test_messages_are_handled_in_their_order_and_the_car_is_told_then(ear: Ear) -> None:
    ear.broker.publish("a/1", "||", retained=True)
    ear.now += 1
    ear.broker.publish("b", "")
    ear.now += 1

    assert ear.pauses() == 2
    assert ear.car.told[1:] == ["a/1 2 kept", "b 0 live", "flush 1", "lapse 2"]


async def test_a_look_is_had_again_when_it_was_asked_for(ear: Ear) -> None:
    ear.car.again = NOW + 10
    ear.broker.publish("b", "")
    ear.pauses()
    ear.car.told.clear()

    ear.now += 9
    ear.pauses()
    assert ear.car.told == []
    ear.now += 1
    ear.car.again = None
    ear.pauses()
    assert ear.car.told == ["lapse 10"]
    ear.now += 100
    ear.pauses()
    assert ear.car.told == ["lapse 10"]


async def test_a_clock_that_is_set_back_is_looked_at_again(ear: Ear) -> None:
    ear.car.again = NOW + 10
    ear.broker.publish("b", "")
    ear.pauses()
    ear.now -= 1000
    ear.pauses()

    assert ear.car.told[-1] == "lapse -1000"


async def test_what_came_before_the_broker_went_is_handled_before_it_is_forgotten(ear: Ear) -> None:
    ear.broker.publish("b", "")
    for _ in range(3):
        ear.broker_changed(connected=False)
    assert ear.health == Health(works=False, since=NOW, trouble=BROKER_AWAY, begun=1)
    ear.pauses()
    assert ear.car.told[1:] == ["b 0 live", "forget 0", "flush 0", "lapse 0"]

    ear.broker_changed(connected=False)
    assert ear.car.told[-1] == "forget 0"
    ear.now += 5
    ear.broker_changed(connected=True)
    assert ear.health == Health(works=True, since=NOW + 5, begun=2)


async def test_nothing_is_said_of_a_broker_before_anybody_has_subscribed() -> None:
    ear = Ear()
    ear.broker_changed(connected=False)
    assert ear.healths == []

    await ear.begin()
    assert [health.trouble for health in ear.healths] == [BROKER_AWAY]


async def test_what_is_refused_is_ended_and_tried_again() -> None:
    ear = Ear()
    ear.broker.refusals += [RuntimeError("a private thing"), OSError()]
    await ear.begin()

    assert [(health.trouble, health.detail) for health in ear.healths] == [
        (NOT_SUBSCRIBED, "RuntimeError"),
        (NOT_SUBSCRIBED, "OSError"),
        ("", ""),
    ]
    assert len(ear.slept) == 2
    assert sorted(ear.broker.by_filter) == ["a/+", "b"]


async def test_what_waits_is_bounded_and_handled_in_parts(ear: Ear) -> None:
    for _ in range(WAITING_LIMIT + 2):
        ear.broker.publish("b", "")
    ear.broker.publish("b", b"x" * (LIMIT + 1))

    assert ear.skipped == {"too many at once": 2, "too large": 1}
    assert ear.pauses() == WAITING_LIMIT // AT_ONCE
    for _ in range(WAITING_BYTES // LIMIT + 3):
        ear.broker.publish("b", b"x" * LIMIT)
    assert ear.skipped["too many at once"] > 2
    ear.pauses()
    assert not ear.waiting


async def test_each_part_is_of_the_time_when_the_last_of_it_came(ear: Ear) -> None:
    for _ in range(AT_ONCE):
        ear.broker.publish("b", "")
    ear.now += 7
    ear.broker.publish("b", "")
    ear.now += 2

    assert ear.pauses() == 1
    assert [one for one in ear.car.told if one.startswith("flush")] == ["flush 0", "flush 7"]


@pytest.mark.parametrize("gather", [False, True])
async def test_it_runs_until_it_is_cancelled(endless: Endless, *, gather: bool) -> None:
    ear = Ear(gather=gather)
    endless.run(ear.run())
    await until(lambda: bool(ear.healths))
    for _ in range(2 * AT_ONCE):
        ear.broker.publish("b", "")
    await until(lambda: ear.car.told[-1].startswith("lapse"))

    assert ear.car.told.count("b 0 live") == 2 * AT_ONCE
    await endless.stop()
    assert ear.broker.by_filter == {}


async def test_the_time_to_look_comes_by_itself(endless: Endless) -> None:
    ear = Ear()
    ear.car.again = NOW + 1.5
    endless.run(ear.run())
    await until(lambda: bool(ear.healths))
    ear.broker.publish("b", "")
    await until(lambda: "lapse 0" in ear.car.told)

    ear.car.again = None
    ear.now += 2
    await until(lambda: "lapse 2" in ear.car.told)
