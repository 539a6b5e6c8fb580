"""The verbs around registrations; what registering makes of them is told in test_partner.py."""

import pytest

from simulator.cloud.accounts import REGIONS
from simulator.world import World

from .developer import DOMAIN, Developer


def test_at_first_everything_is_registered(world: World) -> None:
    assert world.cloud.registered() == {region: {"domain": "", "public_key": None} for region in REGIONS}


def test_a_region_is_forgotten_and_registered_again(world: World) -> None:
    key = Developer().public
    world.cloud.unregister("na")
    world.cloud.register_key(key)
    assert set(world.cloud.registered()) == {"eu", "cn"}

    world.cloud.register("na")
    assert world.cloud.registered()["na"] == {"domain": "", "public_key": key.hex()}

    world.cloud.unregister()
    assert world.cloud.registered() == {}
    world.cloud.register()
    assert set(world.cloud.registered()) == set(REGIONS)


def test_a_region_that_there_is_not_is_a_mistake(world: World) -> None:
    with pytest.raises(KeyError):
        world.cloud.unregister("moon")
    with pytest.raises(KeyError):
        world.cloud.register("moon")


def test_a_verb_does_not_move_a_registered_domain(world: World) -> None:
    first, second = Developer().public.hex(), Developer("second").public
    world.cloud.register_key(first)
    world.cloud.register_key(second)

    assert {one["public_key"] for one in world.cloud.registered().values()} == {second.hex()}


async def test_a_domain_is_put_on_the_net_and_taken_off(world: World) -> None:
    domains = world.cloud.books.domains
    world.cloud.host_domain(DOMAIN, "http://127.0.0.1:1")
    assert domains.knows(DOMAIN)
    world.cloud.host_domain(DOMAIN, None)
    assert not domains.knows(DOMAIN)

    world.cloud.serve_at(DOMAIN, "text")
    assert domains.knows(DOMAIN)
    world.cloud.serve_at(DOMAIN, None)
    assert not domains.knows(DOMAIN)
    assert world.cloud.fetched() == []


async def test_an_edit_replaces_the_one_before_it(world: World) -> None:
    application, clock = world.cloud.books.application, world.clock
    assert application.allowed(clock.passed) == []

    world.cloud.set_origins("https://a.example.org")
    assert application.allowed(clock.passed) == []
    await world.advance(300)
    assert application.allowed(clock.passed) == ["https://a.example.org"]

    world.cloud.set_origins()
    assert application.allowed(clock.passed) == ["https://a.example.org"]
    world.cloud.set_origins("https://b.example.org", at_once=True)
    assert application.allowed(clock.passed) == ["https://b.example.org"]
