"""When a car takes on what the cloud holds for it."""

import pytest

from simulator.car.stream import StreamConfig
from simulator.car.subscription import Subscription

CONFIG = StreamConfig(hostname="h")


class Taker:
    """A car that takes a configuration, or does not."""

    def __init__(self) -> None:
        self.willing = True
        self.tries: list[StreamConfig | None] = []
        self.subscription = Subscription(self.adopt)

    def adopt(self, config: StreamConfig | None) -> bool:
        self.tries.append(config)
        return self.willing


@pytest.fixture
def taker() -> Taker:
    return Taker()


def test_it_is_taken_on_with_the_next_connection(taker: Taker) -> None:
    taker.subscription.order(CONFIG)
    taker.subscription.follow(online=False)
    assert (taker.subscription.synced, taker.tries) == (False, [])

    taker.subscription.follow(online=True)
    taker.subscription.follow(online=True)
    assert (taker.subscription.synced, taker.tries) == (True, [CONFIG])


def test_what_is_not_taken_is_tried_once_a_connection(taker: Taker) -> None:
    taker.willing = False
    taker.subscription.order(CONFIG)
    for online in (True, True, False, True, True):
        taker.subscription.follow(online=online)

    assert taker.tries == [CONFIG, CONFIG]
    assert not taker.subscription.synced


def test_a_slow_car_waits_while_it_is_online(taker: Taker) -> None:
    subscription = taker.subscription
    subscription.sync_s = 10
    subscription.order(CONFIG)
    subscription.step(10)
    subscription.follow(online=True)
    assert taker.tries == []

    subscription.step(10)
    subscription.follow(online=True)
    assert taker.tries == [CONFIG]


def test_a_stubborn_car_says_yes_and_does_nothing(taker: Taker) -> None:
    taker.subscription.stubborn = True
    taker.subscription.order(CONFIG)
    taker.subscription.follow(online=True)

    assert (taker.subscription.synced, taker.tries) == (True, [])


def test_the_sixth_application_has_no_place(taker: Taker) -> None:
    subscription = taker.subscription
    subscription.others = 5
    subscription.order(CONFIG)
    subscription.order(StreamConfig(hostname="i"))
    subscription.follow(online=True)

    assert (subscription.synced, subscription.config, taker.tries) == (True, None, [None])


def test_a_place_stays_its_own_until_it_is_given_up(taker: Taker) -> None:
    subscription = taker.subscription
    full = []
    for others, config in ((4, CONFIG), (5, CONFIG), (5, None)):
        subscription.others = others
        subscription.order(config)
        subscription.follow(online=True)
        full.append(subscription.full)

    assert taker.tries == [CONFIG, CONFIG, None]
    assert full == [False, False, True]
