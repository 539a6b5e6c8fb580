"""Subscriptions to a TeslaMate's topics, and finding one; what is said stands in test_logged_car."""

import asyncio
from collections.abc import AsyncIterator

from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.decode import mqtt
from custom_components.tesla_direct.tesla.decode.teslamate import KEYS
from custom_components.tesla_direct.tesla.source.broker import BROKER_AWAY, Message
from custom_components.tesla_direct.tesla.source.logged_car import TROUBLE_AFTER, UNHEALTHY
from custom_components.tesla_direct.tesla.source.source import Health
from custom_components.tesla_direct.tesla.source.teslamate import (
    STRANGERS_LIMIT,
    FoundCar,
    TeslaMateSource,
    find_teslamate,
)
from custom_components.tesla_direct.tesla.vehicle.signals import battery, charge
from custom_components.tesla_direct.tesla.vehicle.sources import TESLAMATE
from tests.home import until

from .broker_world import NOW, Listener, Subscriptions
from .endless import Endless

TOPICS = st.tuples(
    st.sampled_from(["teslamate/cars/1", "teslamate/cars/2", "teslamate/cars", "teslamate/x/cars/1"]),
    st.sampled_from([*sorted(KEYS), "", "x", "a/b"]),
).map("/".join)
PAYLOADS = st.binary(max_size=20) | st.sampled_from(
    [
        b"",
        b"nil",
        b"true",
        b"online",
        b"asleep",
        b"1",
        b"1e999",
        b"9" * 5000,
        b"[" * 10_000,
        b"null",
        b'{"latitude":1,"longitude":[]}',
        b'{"error":{}}',
        b'{"location":[],"destination":{}}',
        b"2026-10-07T07:20:00Z",
        b"9999-12-31T23:59:59-23:59",
        b"0001-01-01T00:00:00+23:59",
    ]
)


class Followed:
    """A TeslaMate's cars, its broker, and a clock."""

    def __init__(self, *numbers: int, namespace: str = "") -> None:
        self.now = NOW
        self.broker = Subscriptions()
        self.cars = {number: Listener(source=TESLAMATE) for number in numbers or (1,)}
        self.car = next(iter(self.cars.values()))
        self.healths: list[Health] = []
        self.troubles: list[tuple[int, str]] = []
        self.found: list[int] = []
        self.slept: list[float] = []
        self.source = TeslaMateSource(
            self.cars,
            subscribe=self.broker.subscribe,
            namespace=namespace,
            clock=lambda: self.now,
            on_health=self.healths.append,
            on_car=lambda number, trouble: self.troubles.append((number, trouble)),
            on_stranger=self.found.append,
            sleep=self._sleep,
        )

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def publish(self, topic: str, content: str, *, retained: bool = False) -> None:
        self.broker.publish(f"teslamate/{topic}", content, retained=retained)

    def take_over(self) -> None:
        assert not list(self.source.take_over())


async def following(*numbers: int, namespace: str = "") -> Followed:
    followed = Followed(*numbers, namespace=namespace)
    await followed.source.begin()
    return followed


@pytest.fixture
async def endless() -> AsyncIterator[Endless]:
    endless = Endless()
    yield endless
    await endless.stop()


async def test_each_car_has_its_own_subscription_and_strangers_the_smallest() -> None:
    followed = await following(1, 3)

    assert followed.broker.asked == ["teslamate/cars/1/+", "teslamate/cars/3/+", "teslamate/cars/+/state"]
    assert followed.car.links == [(0, None)]
    assert followed.healths == [followed.source.health] == [Health(works=True, since=NOW, begun=1)]


async def test_values_reach_their_car() -> None:
    followed = await following(1, 2, namespace="our home")
    followed.publish("our home/cars/1/battery_level", "60")
    followed.publish("our home/cars/1/charging_state", "Complete")
    followed.publish("our home/cars/2/battery_level", "10")
    followed.publish("cars/1/battery_level", "1")
    followed.publish("other/cars/1/battery_level", "1")
    followed.take_over()

    assert [report.values for report in followed.cars[1].reports] == [
        {battery.LEVEL: 60, charge.STATE: "complete"}
    ]
    assert followed.cars[2].values == {battery.LEVEL: 10}
    assert followed.source.skipped == {}


async def test_cars_that_are_not_ours_are_named_once() -> None:
    followed = await following()
    for number in (2, 7, 2, 1):
        followed.publish(f"cars/{number}/state", "online")
    followed.publish("cars/8/state", "")  # somebody has cleared up
    followed.publish("cars/x/state", "online")
    followed.publish("cars/9/battery_level", "60")
    followed.take_over()

    assert followed.found == [2, 7] == list(followed.source.strangers)
    assert followed.source.skipped == {"another car": 3, "no number of a car": 1}
    for number in range(10, 10 + 2 * STRANGERS_LIMIT):
        followed.publish(f"cars/{number}/state", "online")
    assert len(followed.found) == STRANGERS_LIMIT


async def test_a_topic_that_the_filter_does_not_have_is_counted() -> None:
    # Somebody subscribes in our place, and may hand on anything.
    followed = await following()
    hear = followed.broker.by_filter["teslamate/cars/1/+"]
    for topic in ("teslamate/cars/2/speed", "teslamate/cars/1", "teslamate/home/cars/1/speed"):
        hear(Message(topic, b"1", retained=False))
    hear(Message("teslamate/cars/1/speed", b"1" * (mqtt.LIMIT + 1), retained=False))
    followed.take_over()

    assert followed.source.skipped == {"a topic": 3, "too large": 1}
    assert followed.car.reports == []


async def test_a_car_that_teslamate_gets_nothing_of_is_told_of_by_itself() -> None:
    followed = await following(1, 2)
    for number in (1, 2):
        followed.publish(f"cars/{number}/state", "online")
    followed.publish("cars/2/healthy", "false")
    followed.take_over()
    followed.now += TROUBLE_AFTER
    followed.take_over()

    assert followed.troubles == [(2, UNHEALTHY)]
    assert [car.links[-1] for car in followed.cars.values()] == [(1, None), (0, None)]
    assert followed.source.health.works


async def test_no_connection_is_open_while_the_broker_is_away() -> None:
    followed = await following()
    followed.publish("cars/1/state", "online")
    followed.source.broker_changed(connected=False)
    followed.take_over()

    assert followed.car.links == [(0, None), (1, None), (0, None)]
    assert followed.source.health == Health(works=False, since=NOW, trouble=BROKER_AWAY, begun=1)
    followed.source.broker_changed(connected=True)
    assert followed.source.health.works


async def test_it_listens_until_it_is_cancelled_and_gathers_what_comes_together(endless: Endless) -> None:
    followed = Followed()
    endless.run(followed.source.run())
    await until(lambda: followed.source.health.works)
    followed.publish("cars/1/battery_level", "60")
    followed.publish("cars/1/charging_state", "Complete")
    await until(lambda: followed.car.reports)

    assert [len(report.values) for report in followed.car.reports] == [2]
    await endless.stop()
    assert followed.broker.by_filter == {}


@given(st.lists(st.tuples(TOPICS, PAYLOADS, st.booleans()), max_size=20))
@settings(max_examples=200)
def test_whatever_is_published_nothing_is_raised(published: list[tuple[str, bytes, bool]]) -> None:
    followed = asyncio.run(following())
    for topic, payload, retained in published:
        followed.broker.publish(topic, payload, retained=retained)
    followed.take_over()

    assert all(report.at <= report.received for report in followed.car.reports)


async def found_of(*published: tuple[str, str]) -> dict[str, dict[int, FoundCar]]:
    """Return what is found where this is published."""
    broker = Subscriptions()

    async def meanwhile(seconds: float) -> None:
        assert seconds == 20
        assert list(broker.by_filter) == ["teslamate/cars/+/+", "teslamate/+/cars/+/+"]
        for topic, text in published:
            broker.publish(f"teslamate/{topic}", text, retained=True)

    found = await find_teslamate(broker.subscribe, 20, meanwhile)
    assert broker.by_filter == {}
    return found


async def test_cars_are_found_by_listening_for_a_while() -> None:
    assert await found_of(
        ("cars/2/display_name", "Red"),
        ("cars/1/display_name", "Blue Thunder"),
        ("cars/1/model", "3"),
        ("cars/1/trim_badging", "74D"),
        ("cars/1/exterior_color", "DeepBlue"),
        ("cars/1/odometer", "1609.34"),
        ("cars/1/version", "2026.26.6"),
        ("home/cars/1/state", "asleep"),
    ) == {
        "": {
            1: FoundCar(
                name="Blue Thunder",
                model="3",
                trim="74D",
                exterior_color="DeepBlue",
                odometer=1000.0,
                version="2026.26.6",
            ),
            2: FoundCar(name="Red"),
        },
        "home": {1: FoundCar()},
    }


async def test_what_is_no_cars_is_not_found() -> None:
    assert (
        await found_of(
            ("cars/0/state", "online"),
            ("cars/1/nonsense", "online"),
            ("cars/2/state", ""),
            ("cars/3/display_name", "x" * 20_000),
            ("buses/4/state", "online"),
        )
        == {}
    )


async def test_no_more_cars_are_found_than_anybody_has() -> None:
    numbers = range(1, 2 * STRANGERS_LIMIT)
    found = await found_of(*((f"cars/{number}/state", "online") for number in numbers))

    assert len(found[""]) == STRANGERS_LIMIT


async def test_what_was_subscribed_to_is_ended_when_the_rest_is_refused() -> None:
    broker = Subscriptions()

    async def second_fails(topic: str, hear: object) -> object:
        if len(broker.by_filter) == 1:
            raise OSError
        return await broker.subscribe(topic, hear)  # type: ignore[arg-type]  # what it is handed, it hands on

    with pytest.raises(OSError):  # noqa: PT011  # it has no text
        await find_teslamate(second_fails, 1)  # type: ignore[arg-type]  # the same

    assert (len(broker.asked), broker.by_filter) == (1, {})
