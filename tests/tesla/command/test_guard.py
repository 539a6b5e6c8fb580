"""May it go now, and how: one table, one order of questions, and nothing asked before it has to be."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from custom_components.tesla_direct.tesla.command.command import CHARGING, COMMANDS, Command
from custom_components.tesla_direct.tesla.command.guard import (
    PATIENCE,
    WAKE,
    Ask,
    Go,
    Look,
    No,
    Route,
    Signer,
    Situation,
    WakeFirst,
    ask_of,
    obstacle_of,
    plan,
)
from custom_components.tesla_direct.tesla.errors import (
    CannotDo,
    CarUnreachable,
    NotLoaded,
    NotPaired,
    OverBillingLimit,
    OverBudget,
    RateLimited,
    ScopeMissing,
    TeslaError,
    WakeFailed,
    WakeNotAllowed,
)
from custom_components.tesla_direct.tesla.fleet_api.budget import Verdict
from custom_components.tesla_direct.tesla.fleet_api.endpoints import Price
from custom_components.tesla_direct.tesla.vehicle.connectivity import Power
from custom_components.tesla_direct.tesla.vehicle.model import Capability
from custom_components.tesla_direct.tesla.vehicle.signal import Report
from custom_components.tesla_direct.tesla.vehicle.signals import software
from custom_components.tesla_direct.tesla.vehicle.state import VehicleState
from custom_components.tesla_direct.tesla.vehicle_command.domain import Domain

VIN = "5YJ3E1EA7RF000001"
SIGNED = Ask(name="door_lock", scopes=(COMMANDS,), route=Route.SIGNED, keyed=True)
PLAIN = replace(SIGNED, route=Route.PLAIN, keyed=False)
READ = Ask(name="vehicle_data", scopes=("vehicle_device_data",), wakes=False, price=Price.DATA)
GOOD = Situation(
    loaded=True,
    scopes=frozenset({COMMANDS, CHARGING, "vehicle_device_data"}),
    obstacle=None,
    has_key=True,
    paired=True,
    power=Power.ONLINE,
    fresh=True,
    waking=False,
    unreachable_for=0.0,
    may_wake=True,
    budget=Verdict.GO,
    wake_budget=Verdict.GO,
    free_in=0.0,
    wake_free_in=0.0,
)
ASLEEP = replace(GOOD, power=Power.ASLEEP)


def no(ask: Ask, situation: Situation) -> type[TeslaError]:
    """Return the class of a refusal."""
    answer = plan(ask, situation)
    assert isinstance(answer, No)
    return type(answer.error)


@pytest.mark.parametrize("route", Route)
def test_what_nothing_speaks_against_goes(route: Route) -> None:
    assert plan(replace(SIGNED, route=route), GOOD) == Go(route)


# What is wrong, in the order in which it is told; and what is told of it.
WRONGS: tuple[tuple[dict[str, Any], type[TeslaError]], ...] = (
    ({"loaded": False}, NotLoaded),
    ({"scopes": frozenset()}, ScopeMissing),
    ({"obstacle": "not_parked"}, CannotDo),
    ({"paired": False}, NotPaired),
    ({"unreachable_for": 60.0}, WakeFailed),
    ({"may_wake": False}, WakeNotAllowed),
    ({"wake_budget": Verdict.OVER_BUDGET, "budget": Verdict.OVER_BUDGET}, OverBudget),
    ({"wake_free_in": PATIENCE + 1}, RateLimited),
)


@pytest.mark.parametrize(("wrong", "error"), WRONGS)
def test_each_wrong_is_told_of_a_sleeping_car(wrong: dict[str, Any], error: type[TeslaError]) -> None:
    assert no(SIGNED, replace(ASLEEP, **wrong)) is error


@pytest.mark.parametrize("first", range(len(WRONGS)))
def test_of_several_wrongs_the_first_is_told(first: int) -> None:
    """The order is that of what a user can do about it; a later wrong must not hide an earlier one."""
    together: dict[str, Any] = {}
    for wrong, _ in reversed(WRONGS[first:]):
        together |= wrong

    assert no(SIGNED, replace(ASLEEP, **together)) is WRONGS[first][1]


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"budget": Verdict.OVER_BUDGET}, OverBudget),
        ({"free_in": PATIENCE + 1}, RateLimited),
        ({"has_key": False}, NotPaired),
    ],
)
def test_each_wrong_is_told_of_a_car_that_is_awake(wrong: dict[str, Any], error: type[TeslaError]) -> None:
    assert no(SIGNED, replace(GOOD, **wrong)) is error


@pytest.mark.parametrize(
    "harmless",
    [
        {"unreachable_for": 60.0},
        {"may_wake": False},
        {"wake_budget": Verdict.OVER_BUDGET},
        {"wake_free_in": 99.0},
    ],
)
def test_what_only_a_wake_needs_does_not_stop_a_car_that_is_awake(harmless: dict[str, Any]) -> None:
    assert plan(SIGNED, replace(GOOD, **harmless)) == Go(Route.SIGNED)


@pytest.mark.parametrize("power", [Power.ASLEEP, Power.OFFLINE])
def test_asleep_and_offline_are_both_woken(power: Power) -> None:
    assert plan(SIGNED, replace(ASLEEP, power=power)) == WakeFirst()


@pytest.mark.parametrize("power", Power)
def test_what_was_not_seen_just_now_is_looked_at_first(power: Power) -> None:
    assert plan(SIGNED, replace(GOOD, power=power, fresh=False)) == Look()


def test_a_car_of_which_even_a_look_tells_nothing_is_left_alone() -> None:
    assert no(SIGNED, replace(GOOD, power=Power.UNKNOWN)) is CarUnreachable


@pytest.mark.parametrize(
    "spent",
    [
        {"wake_budget": Verdict.OVER_BUDGET},
        {"wake_free_in": 120.0},
        {"may_wake": False},
        {"unreachable_for": 9.0},
    ],
)
def test_a_wake_that_is_underway_costs_nobody_else_anything(spent: dict[str, Any]) -> None:
    assert plan(SIGNED, replace(ASLEEP, waking=True, **spent)) == WakeFirst()
    assert no(SIGNED, replace(ASLEEP, waking=True, budget=Verdict.OVER_BUDGET)) is OverBudget
    assert no(READ, replace(ASLEEP, waking=True)) is CarUnreachable


def test_teslas_own_limit_is_told_apart_from_the_users_budget() -> None:
    assert no(SIGNED, replace(GOOD, budget=Verdict.OVER_BILLING_LIMIT)) is OverBillingLimit


def test_what_the_budget_forbids_needs_no_look() -> None:
    assert no(SIGNED, replace(GOOD, fresh=False, budget=Verdict.OVER_BUDGET)) is OverBudget


def test_a_read_wakes_nobody() -> None:
    assert no(READ, ASLEEP) is CarUnreachable
    assert plan(READ, GOOD) == Go(Route.PLAIN)


def test_what_the_cloud_knows_by_itself_needs_no_car() -> None:
    assert plan(replace(READ, online=False), ASLEEP) == Go(Route.PLAIN)


def test_waking_a_car_that_is_awake_goes_without_anything() -> None:
    assert plan(WAKE, GOOD) == Go(Route.PLAIN)
    assert plan(WAKE, ASLEEP) == WakeFirst()


@pytest.mark.parametrize("paired", [None, True])
def test_nobody_is_refused_for_what_nobody_knows(*, paired: bool | None) -> None:
    assert plan(SIGNED, replace(GOOD, paired=paired)) == Go(Route.SIGNED)


@pytest.mark.parametrize(("has_key", "paired"), product([True, False], [None, True, False]))
def test_a_plain_command_needs_no_key(*, has_key: bool, paired: bool | None) -> None:
    assert plan(PLAIN, replace(GOOD, has_key=has_key, paired=paired)) == Go(Route.PLAIN)


def test_any_one_of_the_scopes_will_do() -> None:
    ask = replace(SIGNED, scopes=(COMMANDS, CHARGING))

    assert plan(ask, replace(GOOD, scopes=frozenset({CHARGING}))) == Go(Route.SIGNED)
    assert plan(replace(ask, scopes=()), replace(GOOD, scopes=frozenset())) == Go(Route.SIGNED)


def test_a_short_wait_for_a_bucket_is_no_refusal() -> None:
    assert plan(SIGNED, replace(GOOD, free_in=PATIENCE)) == Go(Route.SIGNED)


def test_a_refusal_says_when_it_is_over() -> None:
    answer = plan(SIGNED, replace(GOOD, free_in=42.0))

    assert isinstance(answer, No)
    assert isinstance(answer.error, RateLimited)
    assert answer.error.retry_after == 42.0


COMMAND = Command(name="door_lock", domain=Domain.VEHICLE_SECURITY, payload=b"\x10\x01")


@pytest.mark.parametrize(
    ("command", "wants_signature", "route"),
    [
        (COMMAND, True, Route.SIGNED),
        (COMMAND, False, Route.PLAIN),
        (replace(COMMAND, prefers_plain=True), True, Route.PLAIN),
        (replace(COMMAND, unpublished=True), True, Route.SIGNED),
        (replace(COMMAND, domain=None), True, Route.PLAIN),
        (replace(COMMAND, body=None), True, Route.SIGNED),
        (replace(COMMAND, body=None), False, None),
    ],
)
def test_a_car_gets_the_form_that_it_takes(
    command: Command, *, wants_signature: bool, route: Route | None
) -> None:
    ask = ask_of(command, wants_signature=wants_signature)

    assert ask.route is route
    assert ask.scopes == command.scopes
    if route is None:
        assert no(ask, GOOD) is CannotDo


def asked_by(signer: Signer, **changes: Any) -> Ask:
    return ask_of(replace(COMMAND, **changes), wants_signature=True, signer=signer)


def test_a_provider_that_signs_takes_the_plain_form_of_all() -> None:
    ask = asked_by(Signer.PROVIDER)

    assert plan(ask, GOOD) == Go(Route.PLAIN)
    assert plan(asked_by(Signer.PROVIDER, unpublished=True), GOOD) == Go(Route.PLAIN)
    assert no(ask, replace(GOOD, paired=False)) is NotPaired
    assert plan(asked_by(Signer.PROVIDER, prefers_plain=True), replace(GOOD, paired=False)) == Go(Route.PLAIN)


def test_a_proxy_signs_what_it_knows() -> None:
    assert plan(asked_by(Signer.PROXY), GOOD) == Go(Route.SIGNED)
    assert no(asked_by(Signer.PROXY), replace(GOOD, paired=False)) is NotPaired
    assert plan(asked_by(Signer.PROXY, prefers_plain=True), GOOD) == Go(Route.PLAIN)


@pytest.mark.parametrize(
    ("signer", "changes", "obstacle"),
    [
        (Signer.PROVIDER, {"body": None}, "signed_only"),
        (Signer.PROXY, {"body": None}, "not_by_proxy"),
        (Signer.PROXY, {"unpublished": True}, "not_by_proxy"),
    ],
)
def test_what_whoever_signs_does_not_know_is_not_sent(
    signer: Signer, changes: dict[str, Any], obstacle: str
) -> None:
    answer = plan(asked_by(signer, **changes), GOOD)

    assert isinstance(answer, No)
    assert isinstance(answer.error, CannotDo)
    assert answer.error.obstacle == obstacle


# A provider that wakes cars by itself

SLEEPS = replace(ASLEEP, wakes_itself=True)


@pytest.mark.parametrize("power", [Power.ASLEEP, Power.OFFLINE, Power.UNKNOWN])
@pytest.mark.parametrize("fresh", [True, False])
def test_a_provider_that_wakes_cars_is_sent_the_command_itself(power: Power, *, fresh: bool) -> None:
    situation = replace(SLEEPS, power=power, fresh=fresh)

    assert plan(PLAIN, situation) == Go(Route.PLAIN, wakes=True)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"may_wake": False}, WakeNotAllowed),
        ({"unreachable_for": 60.0}, WakeFailed),
        ({"wake_budget": Verdict.OVER_BUDGET}, OverBudget),
        ({"wake_free_in": PATIENCE + 1}, RateLimited),
    ],
)
def test_a_wake_that_a_provider_bills_is_asked_for_as_one_of_ours(
    wrong: dict[str, Any], error: type[TeslaError]
) -> None:
    assert no(PLAIN, replace(SLEEPS, **wrong)) is error
    # It may be awake by now, which costs nothing to learn.
    assert plan(PLAIN, replace(SLEEPS, fresh=False, **wrong)) == Look()


def test_what_the_budget_forbids_anyway_needs_no_look_to_be_refused() -> None:
    both: dict[str, Any] = {"budget": Verdict.OVER_BUDGET, "wake_budget": Verdict.OVER_BUDGET}

    assert no(PLAIN, replace(SLEEPS, fresh=False, **both)) is OverBudget


def test_a_car_that_is_awake_costs_no_wake() -> None:
    online = replace(GOOD, wakes_itself=True, wake_budget=Verdict.OVER_BUDGET)

    assert plan(PLAIN, online) == Go(Route.PLAIN)
    assert plan(PLAIN, replace(online, fresh=False)) == Look()


def test_one_wake_is_enough_for_a_provider_too() -> None:
    waking = replace(SLEEPS, waking=True, wake_budget=Verdict.OVER_BUDGET)

    assert plan(PLAIN, waking) == Go(Route.PLAIN)
    assert no(PLAIN, replace(waking, budget=Verdict.OVER_BUDGET)) is OverBudget


def test_a_wake_for_its_own_sake_is_sent_and_nothing_is_read_from_a_sleeping_car() -> None:
    assert plan(WAKE, SLEEPS) == WakeFirst()
    assert no(READ, SLEEPS) is CarUnreachable


def state(version: str | None) -> VehicleState:
    told = VehicleState()
    if version is not None:
        told.apply(Report({software.VERSION: version}, 1.0, "poll", 1.0))
    return told


@pytest.mark.parametrize(
    ("version", "obstacle"),
    [("2024.20.9", "firmware_too_old"), ("2024.26", None), ("2025.2.6", None), (None, None), ("dev", None)],
)
def test_a_command_of_newer_software_is_not_sent_to_an_older_car(
    version: str | None, obstacle: str | None
) -> None:
    assert obstacle_of(replace(COMMAND, since="2024.26"), state(version), VIN) == obstacle


@pytest.mark.parametrize(("has", "obstacle"), [(True, None), (False, "not_fitted"), (None, None)])
def test_what_a_car_lacks_is_not_asked_of_it(*, has: bool | None, obstacle: str | None) -> None:
    command = replace(COMMAND, exists=Capability((), lambda _state, _vin: has))

    assert obstacle_of(command, state(None), VIN) == obstacle


def test_what_a_command_itself_has_against_it_counts() -> None:
    assert obstacle_of(replace(COMMAND, obstacle=lambda _: "not_parked"), state(None), VIN) == "not_parked"
