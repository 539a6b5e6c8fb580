"""The plan carried out against the simulated cloud, over real sockets and without Home Assistant."""

import asyncio
from typing import Any, override

from aiohttp import ClientSession
import pytest

from custom_components.tesla_direct.tesla.errors import (
    BillingLimitExceeded,
    CloudTrouble,
    LoginExpired,
    MobileAccessDisabled,
    NotFound,
    RateLimited,
    TokenRefused,
)
from custom_components.tesla_direct.tesla.vehicle.connectivity import Event, Power
from custom_components.tesla_direct.tesla.vehicle.signals import battery, connection, security, software
from simulator.car.authentication import public_bytes
from simulator.car.car import Car
from simulator.car.keychain import made_up_key
from simulator.world import World
from tests.home import until
from tests.simulator.wall import Wall

from .poll_world import Polled

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


async def test_it_begins_with_what_is_free_and_then_pays_once(polled: Polled, world: World) -> None:
    await polled.start()

    assert [asked.name for asked in world.cloud.requests()] == ["vehicles", "fleet_status", "vehicle_data"]
    assert polled.car.state.get(battery.LEVEL) is not None
    assert polled.car.power is Power.ONLINE
    assert polled.heard.works == [True]
    assert polled.heard.answered == [False, False, True]
    assert polled.heard.spent == 1
    assert polled.heard.failed == []


async def test_only_what_is_missing_is_asked_for(polled: Polled) -> None:
    polled.car.wanted = frozenset({"charge_state"})
    await polled.start()

    (asked,) = polled.asked("vehicle_data")
    assert asked.query["endpoints"] == "charge_state"


async def test_nothing_is_paid_where_nothing_is_missing(polled: Polled) -> None:
    polled.car.wanted = frozenset()
    await polled.start()
    await polled.later(DAY, HOUR)

    assert polled.paid == 0


async def test_a_car_that_sleeps_is_never_asked_nor_woken(polled: Polled, car: Car, world: World) -> None:
    car.sleep()
    await polled.start()
    await polled.later(HOUR, 30)

    assert polled.times("vehicles") == [120.0] * 30
    assert {asked.name for asked in world.cloud.requests()} == {"vehicles", "fleet_status"}
    assert polled.car.power is Power.ASLEEP


async def test_a_car_that_is_awake_is_fetched_in_the_interval(polled: Polled) -> None:
    await polled.start(interval=600.0)
    await polled.later(2 * HOUR, 30)

    assert polled.times("vehicle_data") == [600.0] * 12


async def test_a_user_who_polls_nothing_pays_four_times_a_day(polled: Polled) -> None:
    await polled.start(interval=None)
    await polled.later(DAY, 30 * MINUTE)

    assert polled.times("vehicle_data") == [6 * HOUR] * 4


async def test_a_car_whose_polling_is_paused_is_looked_at_but_not_fetched(polled: Polled) -> None:
    polled.car.paused = True
    await polled.start()
    await polled.later(12 * HOUR, 30 * MINUTE)

    assert polled.paid == 0
    assert len(polled.times("vehicles")) >= 24


async def test_polling_that_goes_on_fetches_at_once(polled: Polled) -> None:
    polled.car.paused = True
    await polled.start()
    await polled.later(HOUR)
    polled.car.paused = False
    polled.source.poke()
    await polled.quiet()

    assert polled.paid == 1


async def test_a_car_that_is_no_longer_listed_is_unknown_and_not_asked(
    polled: Polled, world: World, car: Car
) -> None:
    await polled.start()
    world.cloud.take_away(car.vin)
    await polled.later(HOUR, 30)

    assert polled.car.power is Power.UNKNOWN
    assert polled.heard.listed == {car.vin: False}
    assert polled.paid == 1


async def test_a_car_that_is_listed_again_is_a_car_again(polled: Polled, world: World, car: Car) -> None:
    await polled.start()
    world.cloud.take_away(car.vin)
    await polled.later(120)
    world.cloud.give(car)
    await polled.later(120)

    assert polled.car.power is Power.ONLINE
    assert polled.heard.listed == {car.vin: True}


async def test_cars_of_the_account_that_nobody_added_are_told_and_left_alone(
    polled: Polled, world: World, car: Car
) -> None:
    other = world.add_car("untyped")
    await polled.start()

    assert len(polled.asked("vehicle_data")) == 1
    assert set(polled.heard.listed) == set(polled.cars)
    assert polled.heard.seen == [({car.vin: "Marmalade", other.vin: "Biscuit"}, True)]


async def test_a_list_with_a_row_that_cannot_be_read_is_not_complete(polled: Polled, world: World) -> None:
    world.cloud.refuse("vehicles", 200, body={"response": ["what is this"]})
    await polled.start()

    assert polled.heard.seen == [({}, False)]


async def test_keys_are_looked_at_once_a_day_and_sooner_after_a_failure(polled: Polled, world: World) -> None:
    world.cloud.refuse("fleet_status", "internal_error", times=1)
    await polled.start()
    await polled.later(2 * DAY, HOUR)

    assert polled.times("fleet_status") == [HOUR, DAY]


async def test_keys_are_what_the_cloud_says(polled: Polled, car: Car) -> None:
    car.pair_key(public_bytes(made_up_key("an application")))
    await polled.start()

    assert polled.car.state.get(connection.KEY_PAIRED) is True
    assert polled.car.state.get(security.PAIRED_KEYS) == car.model.keys


async def test_what_a_car_says_of_the_key_counts_more(polled: Polled) -> None:
    polled.car.shown = False
    await polled.start()

    assert polled.car.state.get(connection.KEY_PAIRED) is False


@pytest.mark.parametrize("signs", [True, False])
async def test_whether_a_car_demands_signatures_is_told_with_the_keys(
    session: ClientSession,
    world: World,
    wall: Wall,
    signs: bool,  # noqa: FBT001
) -> None:
    world.add_car(signs=signs)
    polled = Polled(world, wall, session)
    await polled.start()
    await polled.close()

    assert polled.car.state.get(connection.NEEDS_SIGNATURE) is signs


async def test_what_is_not_told_of_keys_changes_nothing(polled: Polled, world: World) -> None:
    await polled.start()
    before = [polled.car.state.report(one) for one in (connection.KEY_PAIRED, connection.NEEDS_SIGNATURE)]
    nothing: dict[str, Any] = {"unpaired_vins": None, "vehicle_info": {vin: {} for vin in polled.cars}}
    world.cloud.refuse("fleet_status", 200, body={"response": nothing})
    await polled.source.check()

    after = [polled.car.state.report(one) for one in (connection.KEY_PAIRED, connection.NEEDS_SIGNATURE)]
    assert None not in before
    assert all(old is new for old, new in zip(before, after, strict=True))


async def test_the_keys_are_looked_at_at_once_if_one_was_refused(polled: Polled) -> None:
    await polled.start()
    polled.source.check_soon()
    await polled.quiet()
    await polled.later(DAY - MINUTE, 30 * MINUTE - 1)

    assert polled.times("fleet_status") == [0.0]


async def test_a_user_looks_at_the_keys_for_free_and_the_next_look_is_a_day_later(
    polled: Polled, world: World
) -> None:
    await polled.start()
    await polled.later(HOUR, HOUR)
    billed = world.cloud.billed()
    await polled.source.check()
    assert world.cloud.billed() == billed
    await polled.later(DAY, HOUR)

    assert polled.times("fleet_status") == [HOUR, DAY]


async def test_a_user_is_told_why_the_keys_cannot_be_looked_at(polled: Polled, world: World) -> None:
    await polled.start()
    world.cloud.refuse("fleet_status", "internal_error")

    with pytest.raises(CloudTrouble):
        await polled.source.check()


async def test_mobile_access_is_asked_for_only_if_somebody_wants_to_know(polled: Polled, car: Car) -> None:
    await polled.start()
    assert polled.asked("mobile_enabled") == []

    polled.car.facts = {connection.MOBILE_ACCESS}
    car.body.mobile_access = False
    await polled.later(DAY)
    assert len(polled.asked("mobile_enabled")) == 1
    assert polled.mobile_access is False


async def test_names_and_service_are_told_for_free(polled: Polled, car: Car) -> None:
    car.sleep()
    await polled.start()

    assert polled.car.state.get(software.VEHICLE_NAME) == car.model.name
    assert polled.car.state.get(connection.IN_SERVICE) is False


async def test_three_failures_in_a_row_are_told_once_and_their_end_too(polled: Polled, world: World) -> None:
    await polled.start()
    world.cloud.refuse("vehicles", "service_unavailable")
    await polled.later(4 * MINUTE, 30)
    assert polled.heard.works == [True]

    await polled.later(20 * MINUTE, 30)
    assert polled.heard.works == [True, False]
    assert polled.source.works is False

    world.cloud.accept()
    await polled.later(2 * MINUTE)
    assert polled.heard.works == [True, False, True]


async def test_a_failed_look_is_repeated_no_sooner_than_usual(polled: Polled, world: World) -> None:
    world.cloud.refuse("vehicles", "service_unavailable")
    await polled.start()
    await polled.later(20 * MINUTE, 30)

    assert polled.times("vehicles") == [120.0] * 10
    assert {type(error) for error in polled.heard.failed} == {CloudTrouble}


async def test_a_car_that_is_not_reached_is_billed_less_and_less(polled: Polled, world: World) -> None:
    world.cloud.refuse("vehicle_data", "vehicle_offline")
    await polled.start()
    await polled.later(6 * HOUR, 30)

    times = polled.times("vehicle_data")
    assert times == sorted(times)
    assert times[0] >= 15 * MINUTE
    assert len(times) <= 5
    assert polled.heard.failed == []


@pytest.mark.parametrize(
    ("refusal", "error"),
    [
        ("mobile_access_disabled", MobileAccessDisabled),
        ("invalid_response", CloudTrouble),
        ("not_found", NotFound),
    ],
)
async def test_a_refusal_that_is_billed_is_not_asked_for_again_soon(
    polled: Polled, world: World, refusal: str, error: type[Exception]
) -> None:
    world.cloud.refuse("vehicle_data", refusal)
    await polled.start()
    await polled.later(14 * MINUTE, 30)

    assert polled.paid == 1
    assert [type(each) for each in polled.heard.failed] == [error]
    assert len(polled.asked("vehicles")) > 5


async def test_what_will_be_refused_again_is_asked_four_times_a_day(polled: Polled, world: World) -> None:
    world.cloud.refuse("vehicle_data", "mobile_access_disabled")
    await polled.start()
    await polled.later(DAY, 30 * MINUTE)

    assert polled.times("vehicle_data") == [6 * HOUR] * 4
    assert polled.mobile_access is False

    world.cloud.accept()
    await polled.later(6 * HOUR, 30 * MINUTE)
    assert polled.mobile_access is True


async def test_a_spending_limit_stops_everything_for_a_quarter_of_an_hour(
    polled: Polled, world: World
) -> None:
    world.cloud.refuse("vehicles", "billing_limit_exceeded")
    await polled.start()
    asked = len(world.cloud.requests())
    await polled.later(14 * MINUTE, 30)

    assert len(world.cloud.requests()) == asked
    assert [type(error) for error in polled.heard.failed] == [BillingLimitExceeded]

    world.cloud.accept()
    await polled.later(2 * MINUTE, 30)
    assert polled.heard.works[-1:] == [True]


async def test_an_account_that_was_signed_out_is_asked_once_an_hour(polled: Polled, world: World) -> None:
    await polled.start()
    world.cloud.expire_login()
    await polled.later(50 * MINUTE, 30)

    assert [type(error) for error in polled.heard.failed] == [LoginExpired]


async def test_a_token_that_is_refused_though_it_is_new_signs_nobody_out(
    polled: Polled, world: World
) -> None:
    world.cloud.refuse("vehicles", "token_expired")
    await polled.start()
    await polled.later(4 * HOUR, 30)

    assert {type(error) for error in polled.heard.failed} == {TokenRefused}
    assert 2 <= len(polled.heard.failed) <= 6

    world.cloud.accept()
    await polled.later(6 * HOUR, 10 * MINUTE)
    assert polled.heard.works[-1:] == [True]


async def test_too_many_looks_are_paused_for_as_long_as_the_cloud_says(polled: Polled, world: World) -> None:
    await polled.start()
    world.cloud.refuse("vehicles", "rate_limited_plain_text", times=1)
    await polled.later(2 * MINUTE)
    asked = len(world.cloud.requests())
    await polled.later(51_000, 10 * MINUTE)

    assert [type(error) for error in polled.heard.failed] == [RateLimited]
    assert len(world.cloud.requests()) == asked

    await polled.later(500)
    assert len(world.cloud.requests()) > asked


async def test_too_many_fetches_are_no_reason_not_to_look(polled: Polled, world: World) -> None:
    world.cloud.refuse("vehicle_data", "rate_limited_account")
    await polled.start()
    await polled.later(10 * MINUTE, 30)

    assert polled.times("vehicles") == [120.0] * 5
    assert polled.paid == 1


async def test_an_open_connection_ends_the_fetches(polled: Polled) -> None:
    await polled.start()
    polled.car.connected = True
    polled.car.witness(Event.CONNECTED)
    await polled.later(12 * HOUR, 30 * MINUTE)

    assert polled.paid == 1
    assert set(polled.times("vehicles")[1:]) <= {HOUR}


async def test_a_restart_pays_for_nothing_twice(polled: Polled) -> None:
    await polled.start()
    await polled.later(MINUTE)
    await polled.start(kept=polled.source.to_json())

    assert polled.paid == 1
    assert len(polled.asked("fleet_status")) == 1
    await polled.later(9 * MINUTE, 30)
    assert polled.times("vehicle_data") == [600.0]


async def test_a_restart_repeats_no_failure_before_its_time(polled: Polled, world: World) -> None:
    world.cloud.refuse("vehicle_data", "mobile_access_disabled")
    await polled.start()
    await polled.start(kept=polled.source.to_json())

    assert polled.paid == 1


async def test_what_is_cut_off_by_a_restart_is_not_asked_again_at_once(polled: Polled, world: World) -> None:
    world.cloud.hang("vehicle_data", times=1)
    starting = asyncio.create_task(polled.start())
    await until(lambda: polled.paid)
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)
    await polled.stop()
    world.cloud.accept()
    await polled.start(kept=polled.source.to_json())

    assert polled.paid == 1
    assert polled.heard.spent == 1


async def test_a_clock_that_is_set_back_stops_no_look(polled: Polled) -> None:
    await polled.start()
    polled.clock.move(-30 * DAY)
    polled.source.poke()
    await polled.quiet()
    await polled.later(HOUR, 30)

    assert len(polled.asked("vehicles")) == 31


async def test_a_clock_that_is_set_back_stops_no_fetch(polled: Polled) -> None:
    await polled.start()
    polled.clock.move(-30 * DAY)
    polled.source.poke()
    await polled.quiet()
    await polled.later(HOUR, 30)

    assert polled.paid > 1


class Impatient(Wall):
    """A clock that does not stand being asked without end."""

    def __init__(self, now: float) -> None:
        super().__init__(now)
        self.asked = 0

    @override
    def __call__(self) -> float:
        self.asked += 1
        assert self.asked < 1_000, "it goes round and round without waiting"
        return self.now

    @override
    def move(self, seconds: float) -> None:
        super().move(seconds)
        self.asked = 0


async def test_the_shortest_interval_is_waited_for(
    session: ClientSession, world: World, wall: Wall, car: Car
) -> None:
    polled = Polled(world, wall, session, Impatient(wall()))
    await polled.start(interval=10.0)
    await polled.later(400)
    await polled.later(60, 2)
    await polled.close()

    assert polled.times("vehicle_data")[-3:] == [10.0, 10.0, 10.0]
