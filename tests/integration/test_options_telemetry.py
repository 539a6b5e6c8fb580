"""What cars stream, changed under Configure: profiles, single signals, sending at once."""

from typing import Any

import pytest

from custom_components.tesla_direct.tesla.fleet_telemetry.profile import HEARTBEAT
from simulator.car.car import Car
from simulator.world import World

from .account import Account
from .dialogue import Dialogue
from .waited import progressed

PUSH = "fleet_telemetry_config_jws"


@pytest.fixture
async def reachable(account: Account, car: Car) -> Account:
    """An account with a port, whose car is awake, knows the key, and was told nothing yet."""
    car.power.idle_s = 1e9
    port = await account.make_port()
    await account.set_up(car, receiver=port)
    return account


class Owner:
    """Somebody in the options, for whom time passes."""

    def __init__(self, account: Account, dialogue: Dialogue) -> None:
        self.account = account
        self.dialogue = dialogue

    async def open(self, page: str) -> None:
        await self.dialogue.begin_options(self.account.entry, "telemetry")
        if self.dialogue.step["type"] == "menu":
            await self.go(page)

    async def go(self, page: str) -> None:
        await self.answer(next_step_id=page)

    async def answer(self, **values: Any) -> None:
        await self.dialogue.answer_options(**values)
        if self.dialogue.step["type"] == "progress":
            await progressed(self.account, self.dialogue, "options")

    @property
    def step(self) -> Any:
        return self.dialogue.step

    @property
    def told(self) -> dict[str, str]:
        return dict(self.step["description_placeholders"])

    def labels(self, field: str) -> dict[str, str]:
        """Return what a list of the page offers: value to label."""
        (found,) = [one for one in self.dialogue._fields() if one["name"] == field]
        return {one["value"]: one["label"] for one in found["selector"]["select"]["options"]}

    def default(self, field: str) -> Any:
        (found,) = [one for one in self.dialogue._fields() if one["name"] == field]
        return found.get("default", found.get("description", {}).get("suggested_value"))


@pytest.fixture
def owner(reachable: Account, dialogue: Dialogue) -> Owner:
    return Owner(reachable, dialogue)


def told_fields(car: Car) -> dict[str, Any]:
    """Return what the cloud holds for a car."""
    return dict(car.told.fields) if car.told is not None else {}


def kept(account: Account) -> dict[str, Any]:
    return dict(account.entry.options["telemetry"])


async def test_a_profile_is_chosen_with_its_cost_sent_and_taken_by_the_car(
    owner: Owner, world: World, car: Car
) -> None:
    await owner.open("profile")
    assert owner.step["step_id"] == "profile"
    labels = owner.labels("profile")
    assert list(labels) == ["economical", "standard", "detailed", "own"]
    assert owner.default("profile") == "standard"
    assert all("EUR a month" in labels[name] for name in ("economical", "standard", "detailed"))
    assert "EUR" not in labels["own"]  # nobody knows yet which signals
    assert world.cloud.requests(PUSH) == []

    await owner.answer(profile="detailed")
    assert owner.step["reason"] == "profile_synced"
    assert kept(owner.account)["profile"] == "detailed"
    assert len(world.cloud.requests(PUSH)) == 1
    fields = told_fields(car)
    assert fields.keys() == set(owner.account.runtime.streaming.wished(car.vin).paces)
    assert fields[HEARTBEAT].resend == 600
    assert world.cloud.requests("wake_up") == []


async def test_the_costs_stand_side_by_side_and_rise_with_the_profile(owner: Owner) -> None:
    await owner.open("profile")
    rows = [[cell.strip(" *") for cell in line.split("|")[1:-1]] for line in owner.told["table"].split("\n")]
    table = {row[0]: row[1:] for row in rows}
    assert table[""] == ["Economical", "Standard", "Detailed"]

    def sums(name: str) -> list[float]:
        return [float(cell.removesuffix(" EUR")) for cell in table[name]]

    for name in ("Forecast", "At most"):
        assert sums(name) == sorted(sums(name))
    for column in range(3):
        parts = sum(sums(category)[column] for category in ("Driving", "Charging", "Default"))
        assert parts == pytest.approx(sums("Forecast")[column], abs=0.02)
        assert sums("At least")[column] <= sums("Forecast")[column] <= sums("At most")[column]
    assert owner.told["discount"] == "10.00 EUR"
    assert owner.told["cars"] == "1"


async def test_the_same_choice_again_is_not_sent_again(owner: Owner, world: World) -> None:
    await owner.open("profile")
    await owner.answer(profile="standard")
    await owner.open("profile")
    await owner.answer(profile="standard")
    assert owner.step["reason"] == "profile_synced"
    await owner.open("profile_send")
    assert owner.step["reason"] == "profile_synced"

    assert len(world.cloud.requests(PUSH)) == 1
