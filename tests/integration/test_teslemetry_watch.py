"""What Teslemetry says of an account: what becomes of it here, and what its owner is shown."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.tesla_direct.repairs import async_tell_refusal, async_tell_trouble
from custom_components.tesla_direct.tesla.errors import (
    KeyNotPaired,
    LoginExpired,
    PaymentRequired,
    ScopeMissing,
)
from custom_components.tesla_direct.tesla.fleet_api.teslemetry_rows import Metadata, Subscription
from custom_components.tesla_direct.tesla.vehicle.signals import connection
from custom_components.tesla_direct.teslemetry_watch import has_ended
from simulator.car.car import Car
from simulator.teslemetry.service import Teslemetry
from simulator.world import World
from tests.home import until

from .account import Account
from .dialogue import Dialogue
from .subscriber import Subscriber

DAY = 86_400.0


@pytest.fixture
async def service(world: World, car: Car) -> Teslemetry:
    service = await world.open_teslemetry()
    service.pair(car.vin)
    return service


@pytest.fixture
async def subscriber(account: Account, service: Teslemetry, car: Car) -> Subscriber:
    """An account with a car that is paired and paid for."""
    subscriber = Subscriber(account, service)
    await subscriber.set_up(car)
    return subscriber


async def test_an_account_that_is_as_it_should_be_shows_nothing(subscriber: Subscriber) -> None:
    assert subscriber.notices() == set()


@pytest.mark.parametrize(
    ("issue", "notice"),
    [
        ("key", "key_not_paired"),
        ("streaming_toggle", "streaming_toggle_off"),
        ("no_data", "telemetry_silent_service"),
    ],
)
async def test_what_is_wrong_with_a_car_is_shown_until_it_is_over(
    subscriber: Subscriber, service: Teslemetry, car: Car, issue: str, notice: str
) -> None:
    service.set_issue(car.vin, issue)
    await subscriber.look()
    assert subscriber.notices() == {notice}

    service.set_issue(car.vin, "")
    await subscriber.look()
    assert subscriber.notices() == set()


async def test_a_car_that_is_paired_anew_is_believed_although_it_has_refused_us(
    subscriber: Subscriber, service: Teslemetry, car: Car
) -> None:
    subscriber.account.runtime.vehicles[car.vin].learn_key(accepted=False)
    await subscriber.hass.async_block_till_done()
    assert subscriber.notices() == {"key_not_paired"}

    await subscriber.look()
    assert subscriber.notices() == set()


async def test_a_subscription_that_ends_is_shown_until_there_is_one(
    subscriber: Subscriber, service: Teslemetry
) -> None:
    service.drop_subscription()
    await subscriber.look()
    assert "teslemetry_subscription_ended" in subscriber.notices()

    service.subscribe()
    await subscriber.look()
    assert subscriber.notices() == set()


async def test_a_car_that_is_not_paid_for_any_more_is_shown_until_it_is(
    subscriber: Subscriber, service: Teslemetry, car: Car
) -> None:
    service.drop_subscription(car.vin)
    await subscriber.look()
    assert subscriber.notices() == {"teslemetry_car_without_subscription"}

    service.subscribe()
    await subscriber.look()
    assert subscriber.notices() == set()


def account_until(end: str | None) -> Metadata:
    return Metadata(
        uid="somebody",
        region=None,
        scopes=frozenset(),
        vehicles={},
        sites={},
        subscription=Subscription(cycle="month", start=None, end=end),
    )


@pytest.mark.parametrize(
    ("end", "ended"),
    [
        ("2026-10-01T23:59:59Z", True),
        ("2026-10-03", False),
        ("2026-10-01T20:00:00", True),
        ("1790899199", True),
        ("1790899199000", True),
        ("1790899201", False),
        ("1790899201000", False),
        ("in a while", False),
        ("", False),
        (None, False),
    ],
)
def test_whether_a_subscription_has_ended(end: str | None, *, ended: bool) -> None:
    assert has_ended(account_until(end), 1_790_899_200.0) is ended  # 2026-10-02T00:00:00Z


async def test_it_is_looked_at_every_day(subscriber: Subscriber, service: Teslemetry) -> None:
    before = len(service.requests("metadata"))
    subscriber.account.wall.move(DAY - 60)
    subscriber.watch._async_tick()
    assert len(service.requests("metadata")) == before

    subscriber.account.wall.move(120)
    subscriber.watch._async_tick()
    await subscriber.asked(before)
    assert len(service.requests("metadata")) == before + 1


async def test_news_is_looked_at_soon_but_not_more_often_than_once_a_minute(
    subscriber: Subscriber, service: Teslemetry
) -> None:
    before = len(service.requests("metadata"))
    for _ in range(10):
        subscriber.watch.poke()
    await subscriber.hass.async_block_till_done()
    assert len(service.requests("metadata")) == before

    subscriber.account.wall.move(61)
    for _ in range(10):
        subscriber.watch.poke()
    await subscriber.asked(before)
    assert len(service.requests("metadata")) == before + 1


async def test_a_service_that_is_in_trouble_is_asked_again_after_an_hour(
    subscriber: Subscriber, service: Teslemetry
) -> None:
    before = len(service.requests("metadata"))
    service.refuse("metadata", 503)
    subscriber.account.wall.move(DAY + 60)
    subscriber.watch._async_tick()
    await subscriber.asked(before)
    service.accept()
    subscriber.account.wall.move(1800)
    subscriber.watch._async_tick()
    await subscriber.hass.async_block_till_done()
    assert len(service.requests("metadata")) == before + 1

    subscriber.account.wall.move(1860)
    subscriber.watch._async_tick()
    await subscriber.asked(before + 1)
    assert len(service.requests("metadata")) == before + 2


async def test_a_service_that_asks_for_patience_gets_it(subscriber: Subscriber, service: Teslemetry) -> None:
    before = len(service.requests("metadata"))
    service.refuse("metadata", 429, headers={"Retry-After": "600"}, times=1)
    subscriber.account.wall.move(DAY + 60)
    subscriber.watch._async_tick()
    await subscriber.asked(before)
    subscriber.account.wall.move(540)
    subscriber.watch._async_tick()
    await subscriber.hass.async_block_till_done()
    assert len(service.requests("metadata")) == before + 1

    subscriber.account.wall.move(120)
    subscriber.watch._async_tick()
    await subscriber.asked(before + 1)


async def test_what_may_be_asked_for_follows_the_account(subscriber: Subscriber, service: Teslemetry) -> None:
    service.revoke_scope("vehicle_cmds")
    await subscriber.watch.async_ask()
    await subscriber.account.quiet()

    assert "vehicle_cmds" not in subscriber.account.entry.data["scopes"]
    assert "vehicle_cmds" not in subscriber.account.runtime.scopes


async def test_an_answer_without_any_permission_takes_none_away(
    subscriber: Subscriber, service: Teslemetry
) -> None:
    before = subscriber.account.entry.data["scopes"]
    service.revoke_scope(*before)
    await subscriber.look()

    assert subscriber.account.entry.data["scopes"] == before


async def test_a_car_that_comes_to_the_account_is_added(
    subscriber: Subscriber, service: Teslemetry, world: World
) -> None:
    newcomer = world.add_car("untyped")
    service.follow()
    await subscriber.watch.async_ask()
    await subscriber.account.quiet()

    assert newcomer.vin in subscriber.account.entry.data["vehicles"]


async def test_a_token_of_another_account_asks_for_another_sign_in(
    hass: HomeAssistant, subscriber: Subscriber, service: Teslemetry
) -> None:
    service.customer.uid = "somebody-else"
    with pytest.raises(LoginExpired):
        await subscriber.watch.async_ask()
    subscriber.account.wall.move(DAY)
    before = len(service.requests("metadata"))
    subscriber.watch._async_tick()
    await subscriber.asked(before)

    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == "reauth"


async def test_a_token_that_is_revoked_asks_for_another_sign_in(
    hass: HomeAssistant, dialogue: Dialogue, subscriber: Subscriber, service: Teslemetry, car: Car
) -> None:
    service.revoke_tokens()
    subscriber.account.wall.move(DAY + 60)
    before = len(service.requests("metadata"))
    subscriber.watch._async_tick()
    await subscriber.asked(before)

    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == "reauth"
    await dialogue.look(flow["flow_id"])
    await dialogue.answer(next_step_id="teslemetry_token")
    await dialogue.answer(token=service.paste_token())
    await subscriber.account.quiet()
    assert subscriber.notices() == set()


async def test_credits_that_run_short_are_shown_until_there_are_more(
    subscriber: Subscriber, service: Teslemetry
) -> None:
    meter = subscriber.account.runtime.meter

    async def have(balance: int) -> set[str]:
        subscriber.account.wall.move(1)
        event = {"credits": {"type": "command", "cost": 1, "name": "honk_horn", "balance": balance}}
        service.say_event({"createdAt": service.office.dialect.stamp(subscriber.account.wall()), **event})
        await until(lambda: meter.balance == balance)
        return subscriber.notices()

    assert await have(50) == {"teslemetry_credits_low"}
    assert await have(0) == {"teslemetry_credits_empty"}
    assert await have(2000) == set()


async def test_what_is_to_be_paid_is_shown_and_looked_at(
    subscriber: Subscriber, service: Teslemetry, hass: HomeAssistant, issue_registry: ir.IssueRegistry
) -> None:
    entry, before = subscriber.account.entry, len(service.requests("metadata"))
    subscriber.account.wall.move(61)
    async_tell_trouble(hass, entry, PaymentRequired("no", status=402, key="credits"))
    async_tell_trouble(hass, entry, PaymentRequired("no", status=402, key="subscription_required"))
    async_tell_trouble(hass, entry, PaymentRequired("no", status=402, key="vehicle_subscription_required"))
    assert {"teslemetry_credits_empty", "teslemetry_subscription_ended"} <= subscriber.notices()

    await subscriber.asked(before)  # which finds that there is one
    assert subscriber.notices() == {"teslemetry_credits_empty"}


async def test_a_command_that_a_car_refuses_has_the_account_looked_at(
    subscriber: Subscriber, service: Teslemetry, car: Car
) -> None:
    entry, before = subscriber.account.entry, len(service.requests("metadata"))
    subscriber.account.wall.move(61)
    async_tell_refusal(subscriber.hass, entry, car.vin, KeyNotPaired("no"))
    assert subscriber.notices() == {"key_not_paired"}

    await subscriber.asked(before)


async def test_a_permission_that_is_missing_leads_to_the_service_s_sign_in(
    subscriber: Subscriber, dialogue: Dialogue, issue_registry: ir.IssueRegistry
) -> None:
    async_tell_trouble(subscriber.hass, subscriber.account.entry, ScopeMissing("no"))
    (issue,) = issue_registry.issues.values()
    await dialogue.begin_repair(issue)
    await dialogue.answer_repair()
    await dialogue.look(dialogue.step["next_flow"][1])

    assert dialogue.step["step_id"] == "teslemetry_again"


async def test_what_was_shown_goes_with_the_entry(
    hass: HomeAssistant, subscriber: Subscriber, service: Teslemetry, car: Car
) -> None:
    service.drop_subscription()
    service.set_issue(car.vin, "no_data")
    await subscriber.look()
    assert subscriber.notices()

    await hass.config_entries.async_remove(subscriber.account.entry.entry_id)
    await hass.async_block_till_done()
    assert subscriber.notices() == set()


async def test_the_key_is_believed_to_be_there_until_the_service_says_that_it_is_not(
    subscriber: Subscriber, car: Car
) -> None:
    state = subscriber.account.runtime.vehicles[car.vin].coordinator.data
    assert state.get(connection.KEY_PAIRED) is not False
