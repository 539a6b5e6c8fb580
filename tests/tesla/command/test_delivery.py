"""Commands on their way to a simulated car: one billed request each, and none executed twice by our fault."""

from collections.abc import AsyncIterator
from dataclasses import replace

from aiohttp import ClientSession, TCPConnector, ThreadedResolver
import pytest

from custom_components.tesla_direct.tesla.command.catalogue import charge, climate, closures
from custom_components.tesla_direct.tesla.command.command import Command
from custom_components.tesla_direct.tesla.command.delivery import FleetApiDelivery
from custom_components.tesla_direct.tesla.command.guard import Route
from custom_components.tesla_direct.tesla.errors import (
    ActionRefused,
    AnswerUnreadable,
    CarSilent,
    CarUnreachable,
    KeyNotPaired,
    NoAnswer,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    ReplyUnreadable,
    RequestRefused,
    ScopeMissing,
    SignatureRequired,
    SignatureUnsupported,
    TeslaError,
    WireError,
)
from custom_components.tesla_direct.tesla.fleet_api.endpoints import Price
from custom_components.tesla_direct.tesla.fleet_api.provider import TESLA
from custom_components.tesla_direct.tesla.vehicle_command.keys import PrivateKey
from simulator.world import World
from tests.simulator.wall import Wall

from .commanded import KEY, ORIGIN, Commanded


@pytest.fixture
async def session(socket_enabled: None) -> AsyncIterator[ClientSession]:
    async with ClientSession(connector=TCPConnector(resolver=ThreadedResolver())) as session:
        yield session


@pytest.fixture
async def commanded(world: World, wall: Wall, session: ClientSession) -> AsyncIterator[Commanded]:
    commanded = Commanded(world, wall, session, world.add_car(paired=KEY.public))
    yield commanded
    await commanded.keeper.close()


@pytest.fixture
def delivery(commanded: Commanded) -> FleetApiDelivery:
    return commanded.delivery()


async def signed(delivery: FleetApiDelivery, command: Command) -> str:
    return await delivery.deliver(command, Route.SIGNED, ORIGIN)


async def plain(delivery: FleetApiDelivery, command: Command) -> str:
    return await delivery.deliver(command, Route.PLAIN, ORIGIN)


async def test_a_signed_command_is_carried_out_and_billed_once_a_session_is_known(
    commanded: Commanded, delivery: FleetApiDelivery
) -> None:
    await signed(delivery, charge.set_charge_limit(85))
    assert commanded.billed == {"command": 2}  # the handshake is one, too

    await signed(delivery, charge.set_charge_limit(70))
    assert commanded.billed == {"command": 3}
    assert [one.arguments for one in commanded.car.executed] == [{"percent": 85}, {"percent": 70}]
    assert commanded.changed == 2


async def test_both_computers_of_a_car_have_a_session_of_their_own(
    commanded: Commanded, delivery: FleetApiDelivery
) -> None:
    await signed(delivery, closures.door_lock())
    await signed(delivery, climate.auto_conditioning_start())

    assert [one.name for one in commanded.car.executed] == ["door_lock", "auto_conditioning_start"]
    assert delivery.to_json().keys() == {"vehicle_security", "infotainment"}


async def test_the_first_command_after_a_restart_is_one_request(
    commanded: Commanded, delivery: FleetApiDelivery
) -> None:
    await signed(delivery, charge.set_charge_limit(85))
    kept = delivery.to_json()
    await commanded.sleep(3600)
    commanded.car.wake_now()
    before = commanded.billed["command"]

    await signed(commanded.delivery(kept=kept), charge.set_charge_limit(70))

    assert commanded.billed["command"] - before == 1


async def test_a_restart_after_a_crash_is_one_request_too(
    commanded: Commanded, delivery: FleetApiDelivery
) -> None:
    """What was kept is older than the last commands; the margin makes up for that."""
    await signed(delivery, charge.set_charge_limit(85))
    kept = delivery.to_json()
    for percent in range(60, 70):
        await signed(delivery, charge.set_charge_limit(percent))
    before = commanded.billed["command"]

    await signed(commanded.delivery(kept=kept), charge.set_charge_limit(70))

    assert commanded.billed["command"] - before == 1


def test_a_session_that_makes_no_sense_is_said_to(commanded: Commanded) -> None:
    with pytest.raises(WireError):
        commanded.delivery(kept={"infotainment": {"key": "of another time"}})


def test_without_a_key_there_is_nothing_to_keep(commanded: Commanded) -> None:
    assert commanded.delivery(key=None).to_json() == {}


async def test_the_ledger_names_the_command_and_who_wanted_it(
    commanded: Commanded, delivery: FleetApiDelivery
) -> None:
    await signed(delivery, charge.set_charge_limit(85))

    lines = commanded.ledger.month(commanded.wall()).answered
    assert {(line.price, line.cause, line.by, line.what) for line in lines} >= {
        (Price.COMMAND, ORIGIN.cause, ORIGIN.by, "set_charge_limit"),
        (Price.COMMAND, ORIGIN.cause, ORIGIN.by, "set_charge_limit (handshake)"),
    }


async def test_a_key_that_the_car_does_not_know_is_told(commanded: Commanded) -> None:
    with pytest.raises(KeyNotPaired):
        await signed(commanded.delivery(PrivateKey.generate()), closures.door_lock())

    assert commanded.car.executed == []


async def test_a_busy_car_gets_its_time(commanded: Commanded, delivery: FleetApiDelivery) -> None:
    await signed(delivery, charge.set_charge_limit(85))
    commanded.car.be_busy(times=2)
    await signed(delivery, charge.set_charge_limit(70))

    assert commanded.car.times_executed("set_charge_limit") == 2
    assert [pause for pause in commanded.slept if pause in (1.0, 2.0)] == [1.0, 2.0]


@pytest.mark.parametrize("how", ["504", "500", "drop"])
async def test_a_lost_answer_to_what_acts_each_time_is_not_repeated(
    commanded: Commanded, delivery: FleetApiDelivery, how: str
) -> None:
    commanded.world.cloud.lose_answer(how)
    with pytest.raises(TeslaError) as lost:
        await signed(delivery, closures.honk_horn())

    assert lost.value.may_have_succeeded
    assert commanded.car.times_executed("honk_horn") == 1


async def test_a_lost_answer_to_what_only_sets_something_is_asked_for_again(
    commanded: Commanded, delivery: FleetApiDelivery
) -> None:
    commanded.world.cloud.lose_answer("504")
    with pytest.raises(ActionRefused) as refused:
        await signed(delivery, charge.set_charge_limit(85))

    assert refused.value.reason == "already_set"  # by the first copy, as whoever sends it knows
    assert commanded.car.body.charge_limit_percent == 85


async def test_an_answer_that_does_not_come_is_not_waited_for_for_ever(
    commanded: Commanded,
) -> None:
    # Real seconds: the deadline is the only thing that ends a request that hangs.
    delivery = commanded.delivery(time_limit=0.3)
    await signed(delivery, closures.door_lock())
    commanded.world.cloud.lose_answer("hang", times=None)
    with pytest.raises(NoAnswer):
        await signed(delivery, closures.honk_horn())
    commanded.world.cloud.straighten()


async def test_a_plain_answer_that_does_not_come_is_not_waited_for_either(
    free: Commanded,
) -> None:
    free.world.cloud.lose_answer("hang", times=None)
    with pytest.raises(NoAnswer):
        await plain(free.delivery(time_limit=0.3), closures.honk_horn())
    free.world.cloud.straighten()


async def test_a_plain_answer_without_its_result_may_hide_a_success(free: Commanded) -> None:
    free.world.cloud.refuse("command", 200, body={"response": {"result": "true"}}, after=True, times=1)
    with pytest.raises(AnswerUnreadable):
        await plain(free.delivery(), closures.honk_horn())


@pytest.mark.parametrize("response", [7, "§", None, ["AA=="]])
async def test_an_answer_that_is_no_message_may_hide_a_success(
    commanded: Commanded, delivery: FleetApiDelivery, response: object
) -> None:
    await signed(delivery, closures.flash_lights())
    commanded.world.cloud.refuse("signed_command", 200, body={"response": response}, after=True, times=1)
    with pytest.raises(ReplyUnreadable):
        await signed(delivery, closures.honk_horn())

    assert commanded.car.times_executed("honk_horn") == 1


async def test_a_sleeping_car_is_told_apart(commanded: Commanded, delivery: FleetApiDelivery) -> None:
    commanded.car.sleep()
    with pytest.raises(CarUnreachable):
        await signed(delivery, closures.door_lock())


async def test_a_car_before_2021_says_that_it_checks_no_signatures(
    world: World, wall: Wall, session: ClientSession
) -> None:
    old = Commanded(world, wall, session, world.add_car("old"))
    with pytest.raises(SignatureUnsupported):
        await signed(old.delivery(), closures.door_lock())
    assert await plain(old.delivery(), closures.door_lock()) == ""

    assert old.car.times_executed("door_lock") == 1
    await old.keeper.close()


async def test_a_plain_command_to_a_car_that_wants_signatures_is_told_apart(
    commanded: Commanded, delivery: FleetApiDelivery
) -> None:
    for _ in range(2):
        with pytest.raises(SignatureRequired):
            await plain(delivery, closures.door_lock())
        commanded.car.hardlock()  # which says the same in another way

    assert commanded.car.executed == []


@pytest.fixture
async def free(world: World, wall: Wall, session: ClientSession) -> AsyncIterator[Commanded]:
    """A car that takes plain commands."""
    commanded = Commanded(world, wall, session, world.add_car(signs=False))
    yield commanded
    await commanded.keeper.close()


async def test_a_refusal_of_a_plain_command_has_its_reason(free: Commanded) -> None:
    free.car.refuse("door_lock", "car_wash")
    with pytest.raises(ActionRefused) as refused:
        await plain(free.delivery(), closures.door_lock())

    assert refused.value.reason == "car_wash"


@pytest.mark.parametrize("shape", ["list", "empty", "not json"])
async def test_a_plain_answer_of_another_shape_may_hide_a_success(free: Commanded, shape: str) -> None:
    free.world.cloud.spoil("command", shape)
    with pytest.raises(AnswerUnreadable):
        await plain(free.delivery(), closures.honk_horn())

    assert free.car.times_executed("honk_horn") == 1


async def test_a_plain_command_that_was_not_sent_is_sent_again(free: Commanded) -> None:
    base = free.api.base
    free.api.base = "http://127.0.0.1:9"

    async def sleep(seconds: float) -> None:
        free.slept.append(seconds)
        free.api.base = base  # the network comes back

    await plain(free.delivery(sleep=sleep), closures.door_lock())

    assert free.car.times_executed("door_lock") == 1


async def test_a_network_that_stays_away_is_told(free: Commanded) -> None:
    free.api.base = "http://127.0.0.1:9"
    with pytest.raises(NotSent):
        await plain(free.delivery(), closures.door_lock())
    assert sum(free.slept) < 30


async def test_a_lost_answer_to_a_plain_command_is_not_repeated_for_ever(free: Commanded) -> None:
    free.world.cloud.lose_answer("504", times=None)
    with pytest.raises(OutcomeUnknown):
        await plain(free.delivery(), closures.door_lock())
    assert free.car.times_executed("door_lock") == 3

    with pytest.raises(OutcomeUnknown):
        await plain(free.delivery(), closures.honk_horn())
    assert free.car.times_executed("honk_horn") == 1


async def test_too_many_plain_commands_are_not_repeated(free: Commanded) -> None:
    free.world.cloud.limit_rate(60)
    with pytest.raises(RateLimited):
        await plain(free.delivery(), closures.door_lock())
    assert free.billed == {"command": 1}


@pytest.mark.parametrize(
    ("then", "error"),
    [
        ("vehicle_offline", CarUnreachable),
        ("missing_scopes", ScopeMissing),
        ("command_protocol_required", SignatureRequired),
    ],
)
async def test_a_plain_command_that_was_repeated_is_not_denied_by_the_last_answer(
    free: Commanded, then: str, error: type[TeslaError]
) -> None:
    async def sleep(seconds: float) -> None:
        free.world.cloud.refuse("command", then)

    free.world.cloud.lose_answer("504")
    with pytest.raises(error) as told:
        await plain(free.delivery(sleep=sleep), closures.door_lock())

    assert told.value.may_have_succeeded
    assert free.car.times_executed("door_lock") == 1
    with pytest.raises(error) as told:  # of one that was not repeated it is the whole truth
        await plain(free.delivery(), closures.door_lock())
    assert not told.value.may_have_succeeded


# A provider that repeats by itself

REPEATS_ITSELF = replace(TESLA, retries=True)


async def test_what_a_provider_repeats_by_itself_is_not_repeated_here(free: Commanded) -> None:
    free.world.cloud.lose_answer("504", times=None)
    with pytest.raises(OutcomeUnknown):
        await plain(free.delivery(provider=REPEATS_ITSELF), closures.door_lock())

    assert free.car.times_executed("door_lock") == 1
    assert free.slept == []


async def test_a_provider_that_was_not_reached_is_told_at_once(free: Commanded) -> None:
    free.api.base = "http://127.0.0.1:9"
    with pytest.raises(NotSent):
        await plain(free.delivery(provider=REPEATS_ITSELF), closures.door_lock())

    assert free.slept == []


@pytest.mark.parametrize(("status", "error"), [(503, CarSilent), ("vehicle_offline", CarUnreachable)])
async def test_one_of_a_providers_own_attempts_may_have_got_through(
    free: Commanded, status: int | str, error: type[TeslaError]
) -> None:
    free.world.cloud.refuse("command", status)
    with pytest.raises(error) as told:
        await plain(free.delivery(provider=REPEATS_ITSELF), closures.door_lock())

    assert type(told.value) is error
    assert told.value.may_have_succeeded is (error is CarSilent)


async def test_a_provider_has_the_time_that_its_row_says(free: Commanded) -> None:
    free.world.cloud.lose_answer("hang", times=None)
    with pytest.raises(NoAnswer):
        await plain(free.delivery(provider=replace(REPEATS_ITSELF, patience=0.3)), closures.door_lock())
    free.world.cloud.straighten()


async def test_a_provider_that_signs_tells_that_its_key_is_missing_in_the_words_of_a_proxy(
    free: Commanded,
) -> None:
    said = "vehicle rejected request: your public key has not been paired with the vehicle"
    free.world.cloud.refuse("command", 403, body={"error": said}, times=2)
    with pytest.raises(KeyNotPaired):
        await plain(free.delivery(provider=replace(TESLA, signs=True)), closures.door_lock())
    with pytest.raises(RequestRefused):  # of anybody else it is no such word
        await plain(free.delivery(), closures.door_lock())
