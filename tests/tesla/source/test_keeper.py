"""The plan carried out: real requests to a simulated cloud, and cars that take what they are sent."""

from collections.abc import AsyncIterator
from dataclasses import replace

from aiohttp import ClientSession
import pytest

from custom_components.tesla_direct.tesla.errors import (
    BillingLimitExceeded,
    CloudTrouble,
    PaymentRequired,
    RateLimited,
)
from custom_components.tesla_direct.tesla.fleet_api.ledger import Cause
from custom_components.tesla_direct.tesla.fleet_telemetry.config import Pace
from custom_components.tesla_direct.tesla.source.config_state import ConfigState, Phase, Reason
from custom_components.tesla_direct.tesla.source.keeper import LONGEST_WAIT, mark_of, mark_of_ca
from custom_components.tesla_direct.tesla.source.keeper_plan import DAY, HOUR, LIFETIME, CarView
from simulator.car.authentication import public_bytes
from simulator.car.car import Car
from simulator.world import World
from tests.home import until
from tests.simulator.wall import Wall

from .keeper_world import DELETE, ERRORS, READ, SEND, STATUS, Keeping


@pytest.fixture
async def keeping(session: ClientSession, world: World, wall: Wall, car: Car) -> AsyncIterator[Keeping]:
    keeping = Keeping(world, wall, session)
    keeping.pair(car)
    await keeping.start()
    yield keeping
    await keeping.close()


@pytest.fixture
async def synced(keeping: Keeping, car: Car) -> Keeping:
    await keeping.wish(car, keeping.config())
    await keeping.later(30)
    assert keeping.phase(car) is Phase.SYNCED
    return keeping


async def test_nothing_is_asked_for_a_car_without_a_wish(keeping: Keeping) -> None:
    await keeping.later(2 * DAY, HOUR)

    assert keeping.counts == {}


async def test_what_is_wished_reaches_the_car_signed_and_dated(synced: Keeping, car: Car) -> None:
    assert car.told is not None
    assert car.told.raw["port"] == 443
    assert set(car.told.fields) == {"BatteryLevel", "Odometer"}
    assert synced.counts == {SEND: 1, READ: 2, STATUS: 1}
    state = synced.state(car)
    assert state.fields == ("BatteryLevel", "Odometer")
    assert state.expires == int(state.sent_at or 0.0) + LIFETIME == car.told.raw["exp"]
    assert state.ca == mark_of_ca(synced.config().ca)


async def test_it_costs_nothing_and_wakes_nobody(synced: Keeping, car: Car) -> None:
    car.sleep()
    for name in ("Soc", "Gear", "Locked"):
        await synced.wish(car, synced.config(name))
        await synced.later(DAY, 6 * HOUR)

    assert not car.power.awake
    assert not synced.asked("wake_up")
    assert len(synced.asked(SEND)) == 4


async def test_the_keeper_stands_in_the_ledger_as_the_cause(synced: Keeping) -> None:
    kept = str(synced.ledger.to_dict())

    assert Cause.KEEPER.value in kept
    assert Cause.USER.value not in kept


async def test_what_the_car_has_already_is_adopted_without_a_push(keeping: Keeping, car: Car) -> None:
    config = keeping.config(expires=int(keeping.wall()) + 5_000_000)
    car.stream(**config.claims())
    await keeping.later(1)
    await keeping.wish(car, config)

    assert keeping.phase(car) is Phase.SYNCED
    assert keeping.counts == {READ: 1, STATUS: 1}


async def test_a_restart_sends_nothing(synced: Keeping, car: Car) -> None:
    kept = synced.keeper.to_json()
    await synced.start(kept)
    await synced.wish(car, synced.config())
    await synced.later(DAY / 2, HOUR)

    assert len(synced.asked(SEND)) == 1
    assert synced.phase(car) is Phase.SYNCED


async def test_a_wish_that_was_told_before_a_restart_waits_until_it_is_told_again(
    keeping: Keeping, car: Car
) -> None:
    keeping.keeper.wish(car.vin, keeping.config())
    await keeping.start(keeping.keeper.to_json())
    await keeping.later(HOUR, 600)
    assert not keeping.asked(SEND)

    await keeping.wish(car, keeping.config())
    assert len(keeping.asked(SEND)) == 1


async def test_a_stop_in_the_middle_of_sending_is_made_good_by_a_look(keeping: Keeping, car: Car) -> None:
    keeping.world.cloud.hang(SEND, after=True, times=1)
    keeping.keeper.wish(car.vin, keeping.config())
    await keeping.later(1)
    keeping.wall.move(200)
    keeping.keeper.poke()
    await until(lambda: keeping.asked(SEND))
    kept = keeping.keeper.to_json()
    await keeping.stop()
    assert kept[car.vin]["tried"] == mark_of(keeping.config())

    await keeping.start(kept)
    await keeping.wish(car, keeping.config())

    assert len(keeping.asked(SEND)) == 1
    assert keeping.phase(car) is Phase.SYNCED


async def test_a_car_without_our_key_is_skipped_and_sent_to_once_it_has_it(
    keeping: Keeping, world: World
) -> None:
    car = world.add_car("untyped")
    await keeping.wish(car, keeping.config())
    assert (keeping.phase(car), keeping.state(car).reason) == (Phase.SKIPPED, Reason.MISSING_KEY)
    status = keeping.keeper.status(car.vin)
    assert status is not None
    assert status.paired is False

    keeping.pair(car)
    keeping.views[car.vin] = replace(keeping.views[car.vin], circumstances="paired")
    await keeping.later(HOUR, 300)

    assert keeping.phase(car) is Phase.SYNCED
    assert len(keeping.asked(SEND)) == 2


async def test_a_key_that_is_taken_away_takes_the_configuration_along(synced: Keeping, car: Car) -> None:
    car.forget_key(public_bytes(synced.key))
    await synced.later(DAY, HOUR)

    assert synced.state(car).reason == Reason.MISSING_KEY
    assert len(synced.asked(SEND)) <= 4


async def test_an_old_car_is_tried_once(keeping: Keeping, world: World) -> None:
    car = world.add_car("old")
    keeping.views[car.vin] = CarView(needs_key=False)
    await keeping.wish(car, keeping.config())
    await keeping.later(30 * DAY, DAY)

    assert keeping.phase(car) is Phase.IMPOSSIBLE
    assert len(keeping.asked(SEND)) == 1


async def test_a_switch_that_is_off_is_told_from_a_key_that_is_missing(
    keeping: Keeping, world: World
) -> None:
    car = world.add_car("atom")
    keeping.views[car.vin] = CarView(needs_key=False)
    await keeping.wish(car, keeping.config())
    assert keeping.state(car).reason == Reason.STREAMING_TOGGLE

    car.set_streaming_toggle(on=True)
    keeping.views[car.vin] = replace(keeping.views[car.vin], circumstances="on")
    await keeping.later(HOUR, 300)
    assert keeping.phase(car) is Phase.SYNCED

    car.set_streaming_toggle(on=False)
    await keeping.later(2 * HOUR, 300)
    assert keeping.state(car).reason == Reason.STREAMING_TOGGLE


@pytest.mark.parametrize("unnoticed", [True, False])
async def test_a_car_without_room_is_sent_to_when_there_is(
    keeping: Keeping, car: Car, *, unnoticed: bool
) -> None:
    car.fill_applications(5, unnoticed=unnoticed)
    await keeping.wish(car, keeping.config())
    await keeping.later(HOUR, 300)
    assert keeping.state(car).reason == Reason.MAX_CONFIGS
    assert len(keeping.asked(SEND)) <= 2

    car.fill_applications(0)
    await keeping.later(2 * DAY, HOUR)

    assert keeping.phase(car) is Phase.SYNCED


async def test_firmware_that_is_too_old_is_said_and_not_tried_again_for_days(
    keeping: Keeping, car: Car
) -> None:
    car.update_firmware("2023.44.1")
    await keeping.wish(car, keeping.config())
    await keeping.later(2 * DAY, HOUR)

    assert keeping.state(car).reason == Reason.UNSUPPORTED_FIRMWARE
    assert len(keeping.asked(SEND)) == 1


async def test_fields_that_tesla_does_not_know_are_named(keeping: Keeping, car: Car) -> None:
    await keeping.wish(car, keeping.config("Soc", "Gearbox"))
    await keeping.later(DAY, HOUR)

    state = keeping.state(car)
    assert (state.phase, state.named) == (Phase.REFUSED, ("Gearbox",))
    assert len(keeping.asked(SEND)) == 1
    assert keeping.failed == []


async def test_a_refusal_that_names_nothing_is_one_too(keeping: Keeping, car: Car) -> None:
    await keeping.wish(car, keeping.config(fields={"Soc": Pace(0)}))
    await keeping.later(DAY, HOUR)

    assert keeping.phase(car) is Phase.REFUSED
    assert len(keeping.asked(SEND)) == 1


async def test_a_silent_car_is_looked_at_and_its_errors_are_read(synced: Keeping, car: Car) -> None:
    car.report_telemetry_error("error loading config file: InvalidSignature: unknown issuer")
    await synced.later(HOUR, 60)

    assert synced.asked(ERRORS)
    errors = synced.keeper.errors(car.vin)
    assert any("unknown issuer" in error.text for error in errors)
    assert synced.state(car).silent_at is not None


async def test_what_is_not_wished_any_more_is_deleted_once(synced: Keeping, car: Car) -> None:
    await synced.wish(car, None)
    await synced.later(DAY, HOUR)

    assert car.told is None
    assert synced.phase(car) is Phase.ABSENT
    assert len(synced.asked(DELETE)) == 1


async def test_the_end_of_the_budget_takes_it_away_and_the_next_month_brings_it_back(
    synced: Keeping, car: Car
) -> None:
    await synced.wish(car, synced.config(), stopped=True)
    assert car.told is None
    assert synced.phase(car) is Phase.STOPPED
    await synced.wish(car, synced.config("Soc"), stopped=True)
    assert len(synced.asked(SEND)) == 1

    await synced.wish(car, synced.config())
    await synced.later(HOUR, 60)
    assert synced.phase(car) is Phase.SYNCED
    assert len(synced.asked(SEND)) == 2


async def test_what_changes_while_it_is_signed_is_not_sent_as_it_was(keeping: Keeping, car: Car) -> None:
    keeping.keeper.wish(car.vin, keeping.config())
    keeping.while_signing = lambda: keeping.keeper.wish(car.vin, keeping.config("Soc"))
    await keeping.later(200)
    assert keeping.asked(SEND) == []
    await keeping.later(600, 100)

    assert car.told is not None
    assert set(car.told.fields) == {"Soc"}
    assert len(keeping.asked(SEND)) == 1


@pytest.mark.parametrize("stopped", [True, False])
async def test_what_is_not_to_be_there_any_more_is_not_sent_once_it_is_signed(
    keeping: Keeping, car: Car, *, stopped: bool
) -> None:
    def stop() -> None:
        keeping.keeper.wish(car.vin, keeping.config() if stopped else None, stopped=stopped)

    keeping.keeper.wish(car.vin, keeping.config())
    keeping.while_signing = stop
    await keeping.later(200)
    await keeping.later(HOUR, 300)

    assert keeping.asked(SEND) == []
    assert keeping.phase(car) is (Phase.STOPPED if stopped else Phase.ABSENT)


async def test_what_a_user_sends_now_does_not_wait(keeping: Keeping, car: Car) -> None:
    keeping.keeper.wish(car.vin, keeping.config())
    await keeping.quiet()
    done = await keeping.keeper.send_now([car.vin])

    assert done[car.vin].phase is Phase.SENT
    await keeping.later(1)
    assert (await keeping.keeper.look(car.vin)).phase is Phase.SYNCED
    await keeping.later(HOUR, 60)
    assert len(keeping.asked(SEND)) == 1


async def test_what_a_user_sends_is_sent_as_it_is_wished_in_the_end(keeping: Keeping, car: Car) -> None:
    keeping.keeper.wish(car.vin, keeping.config())
    keeping.while_signing = lambda: keeping.keeper.wish(car.vin, keeping.config("Soc"))
    done = await keeping.keeper.send_now([car.vin])

    assert done[car.vin].fields == ("Soc",)
    assert len(keeping.asked(SEND)) == 1


async def test_what_is_to_be_nothing_is_not_sent_by_a_user_either(keeping: Keeping, car: Car) -> None:
    keeping.keeper.wish(car.vin, keeping.config(), stopped=True)
    done = await keeping.keeper.send_now([car.vin])

    assert done[car.vin].pushes == 0
    assert not keeping.asked(SEND)


async def test_what_goes_wrong_for_a_user_is_raised_and_holds_the_keeper_back(
    keeping: Keeping, car: Car
) -> None:
    keeping.world.cloud.refuse(SEND, "service_unavailable")
    keeping.keeper.wish(car.vin, keeping.config())
    with pytest.raises(CloudTrouble):
        await keeping.keeper.send_now([car.vin])

    assert keeping.state(car).not_before > keeping.wall()
    keeping.world.cloud.refuse(READ, "service_unavailable")
    with pytest.raises(CloudTrouble):
        await keeping.keeper.look(car.vin)


async def test_what_a_user_deletes_stays_deleted_until_he_sends_it(synced: Keeping, car: Car) -> None:
    await synced.keeper.delete_now(car.vin)
    await synced.wish(car, synced.config("Soc"))
    await synced.later(2 * DAY, HOUR)
    assert car.told is None
    assert len(synced.asked(SEND)) == 1

    await synced.keeper.send_now([car.vin])
    await synced.later(60)
    assert synced.phase(car) is Phase.SYNCED


async def test_a_user_can_read_what_the_car_has_reported(keeping: Keeping, car: Car) -> None:
    car.report_telemetry_error("something odd")

    assert [error.text for error in await keeping.keeper.read_errors(car.vin)] == ["something odd"]


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        ("service_unavailable", CloudTrouble),
        ("billing_limit_exceeded", BillingLimitExceeded),
        ("payment_required", PaymentRequired),
    ],
)
async def test_a_cloud_that_says_no_is_asked_rarely_and_told_of(
    keeping: Keeping, car: Car, trouble: str, error: type[Exception]
) -> None:
    keeping.world.cloud.refuse(READ, trouble)
    await keeping.wish(car, keeping.config())
    await keeping.later(DAY, 600)

    assert isinstance(keeping.failed[0], error)
    assert 2 < len(keeping.asked(READ)) < 150
    assert not keeping.asked(SEND)


async def test_a_cloud_that_says_how_long_to_wait_is_not_asked_before(keeping: Keeping, car: Car) -> None:
    keeping.world.cloud.refuse(READ, 429, headers={"Retry-After": "5000"}, times=1)
    await keeping.wish(car, keeping.config())
    assert isinstance(keeping.failed[0], RateLimited)
    await keeping.later(4000, 200)
    assert len(keeping.asked(READ)) == 1
    await keeping.later(1500, 100)

    assert len(keeping.asked(SEND)) == 1


async def test_a_request_that_is_refused_in_another_way_is_a_refusal(keeping: Keeping, car: Car) -> None:
    keeping.world.cloud.refuse(SEND, 422)
    await keeping.wish(car, keeping.config())

    assert keeping.phase(car) is Phase.REFUSED
    assert keeping.failed == []


async def test_a_car_that_is_none_of_the_account_s_any_more_is_forgotten(synced: Keeping, car: Car) -> None:
    synced.keeper.forget(car.vin)
    await synced.later(DAY, HOUR)

    assert synced.state(car) == ConfigState()
    assert synced.keeper.to_json() == {}


async def test_the_plan_is_looked_at_again_by_itself(keeping: Keeping, car: Car) -> None:
    keeping.keeper.wish(car.vin, keeping.config())
    await keeping.quiet()
    assert LONGEST_WAIT <= HOUR
    assert keeping.counts == {READ: 1, STATUS: 1}


def test_marks_tell_configurations_apart_but_not_by_their_end(keeping: Keeping) -> None:
    config = keeping.config()

    assert mark_of(config) == mark_of(replace(config, expires=5))
    assert mark_of(config) != mark_of(replace(config, port=8443))
    assert mark_of_ca("a\nb\n") == mark_of_ca(" a\r\n\r\nb")
