"""What cars stream, changed under Configure: profiles, single signals, sending at once."""

import asyncio
from typing import Any

from homeassistant.data_entry_flow import InvalidData
import pytest

from custom_components.tesla_direct.application_credentials import SCOPES
from custom_components.tesla_direct.tesla.fleet_api.budget import Settings
from custom_components.tesla_direct.tesla.fleet_telemetry.profile import HEARTBEAT, Selection
from simulator.car.car import Car
from simulator.world import World
from tests.home import until

from .account import Account
from .dialogue import Dialogue
from .restart import restarted
from .waited import progressed

PUSH = "fleet_telemetry_config_jws"
MANY = (
    "BrakePedal",
    "ChargeAmps",
    "ChargerVoltage",
    "Gear",
    "Location",
    "Odometer",
    "PackCurrent",
    "PackVoltage",
    "PedalPosition",
    "VehicleSpeed",
)


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

    async def look(self) -> None:
        """See the page again, as when a browser loads it anew."""
        flows = self.account.hass.config_entries.options
        self.dialogue._show(await flows.async_configure(self.step["flow_id"]), kind="options")

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


async def test_once_most_of_the_budget_is_spent_the_page_says_that_cars_are_slowed_down(
    owner: Owner, car: Car
) -> None:
    await owner.open("profile")
    assert owner.told["note"] == ""
    ledger = owner.account.runtime.ledger
    owner.account.runtime.meter.async_configure(Settings(currency="EUR", budget=1.0, discount=0.0))
    ledger.add_signals(car.vin, 130_000, owner.account.wall())
    await owner.open("profile")

    assert "economical profile" in owner.told["note"]


async def test_two_dialogues_that_choose_the_same_at_once_send_it_once(
    owner: Owner, world: World, dialogue: Dialogue
) -> None:
    other = Owner(owner.account, Dialogue(dialogue.hass, world, dialogue._web))
    for one in (owner, other):
        await one.open("profile")
    await asyncio.gather(*(one.dialogue.answer_options(profile="standard") for one in (owner, other)))
    for one in (owner, other):
        await progressed(one.account, one.dialogue, "options")
        assert one.step["reason"] == "profile_synced"

    assert len(world.cloud.requests(PUSH)) == 1


async def test_the_same_choice_again_is_not_sent_again(owner: Owner, world: World) -> None:
    await owner.open("profile")
    await owner.answer(profile="standard")
    await owner.open("profile")
    await owner.answer(profile="standard")
    assert owner.step["reason"] == "profile_synced"
    await owner.open("profile_send")
    assert owner.step["reason"] == "profile_synced"

    assert len(world.cloud.requests(PUSH)) == 1


async def test_without_a_port_there_is_nobody_to_stream_to(
    account: Account, car: Car, dialogue: Dialogue
) -> None:
    await account.set_up(car)
    await dialogue.begin_options(account.entry, "telemetry")

    assert dialogue.step["reason"] == "profile_no_port"


async def stop(owner: Owner) -> None:
    await owner.account.hass.config_entries.async_unload(owner.account.entry.entry_id)


async def test_an_account_that_stops_before_fields_are_asked_for_is_said_to(owner: Owner) -> None:
    await owner.open("profile")
    await stop(owner)
    await owner.answer(profile="own")
    assert owner.step["reason"] == "not_loaded"


async def test_an_account_that_stops_before_the_cost_of_fields_is_told_is_said_to(owner: Owner) -> None:
    await owner.open("profile")
    await owner.answer(profile="own")
    await owner.answer(fields=["Soc"])
    await stop(owner)
    await owner.go("profile_fields")
    assert owner.step["reason"] == "not_loaded"


async def test_an_account_that_stops_while_fields_are_chosen_is_said_to(owner: Owner) -> None:
    await owner.open("profile")
    await owner.answer(profile="own")
    await stop(owner)
    await owner.answer(fields=["Soc"])
    assert owner.step["reason"] == "not_loaded"


async def test_an_account_that_stops_while_a_signal_is_tuned_is_said_to(owner: Owner) -> None:
    await owner.open("profile_signal")
    await owner.answer(signal="Soc")
    await stop(owner)
    await owner.answer(off=True)
    assert owner.step["reason"] == "not_loaded"


async def test_a_sum_that_is_looked_at_again_is_of_an_account_that_runs(owner: Owner) -> None:
    await owner.open("profile")
    await owner.answer(profile="own")
    await owner.answer(fields=["Soc"])
    await owner.look()
    assert owner.step["step_id"] == "profile_confirm"
    await stop(owner)
    await owner.look()
    assert owner.step["reason"] == "not_loaded"


async def test_a_difference_that_is_looked_at_again_is_of_an_account_that_runs(owner: Owner) -> None:
    await owner.open("profile_signal")
    await owner.answer(signal="Soc")
    await owner.answer(off=True)
    await owner.look()
    assert owner.step["step_id"] == "profile_tuned"
    await stop(owner)
    await owner.look()
    assert owner.step["reason"] == "not_loaded"


async def test_what_was_tuned_of_an_account_that_stops_is_kept_all_the_same(owner: Owner) -> None:
    await owner.open("profile_signal")
    await owner.answer(signal="Soc")
    await owner.answer(off=True)
    await stop(owner)
    await owner.go("profile_done")
    assert owner.step["reason"] == "profile_ready"
    assert kept(owner.account)["tunings"] == {"Soc": {"off": True}}


async def test_what_could_not_be_sent_can_be_left(owner: Owner, world: World) -> None:
    world.cloud.refuse(PUSH, "service_unavailable")
    await owner.open("profile")
    await owner.answer(profile="standard")
    await owner.go("profile_later")
    assert owner.step["reason"] == "profile_put_off"
    assert kept(owner.account)["profile"] == "standard"


async def test_nothing_can_be_sent_before_its_cost_was_seen(owner: Owner, world: World) -> None:
    await owner.dialogue.begin_options(owner.account.entry, "telemetry")
    assert owner.step["menu_options"] == ["profile", "profile_signal"]
    await owner.go("profile")
    await owner.answer(profile="standard")
    await owner.dialogue.begin_options(owner.account.entry, "telemetry")
    assert owner.step["menu_options"] == ["profile", "profile_signal", "profile_send"]
    await stop(owner)
    await owner.go("profile_send")

    assert owner.step["reason"] == "not_loaded"
    assert len(world.cloud.requests(PUSH)) == 1


async def test_two_dialogues_that_change_different_things_lose_nothing(
    owner: Owner, world: World, dialogue: Dialogue
) -> None:
    other = Owner(owner.account, Dialogue(dialogue.hass, world, dialogue._web))
    await owner.open("profile_signal")
    await owner.answer(signal="Soc")
    await owner.answer(off=True)
    await other.open("profile")
    await other.answer(profile="detailed")
    await owner.go("profile_done")

    assert kept(owner.account) == {"profile": "detailed", "fields": [], "tunings": {"Soc": {"off": True}}}


async def test_a_choice_that_is_made_here_ends_that_part_of_the_tour(owner: Owner) -> None:
    account = owner.account
    account.hass.config_entries.async_update_entry(
        account.entry, data={**account.entry.data, "unfinished": ["profile", "registration"]}
    )
    runtime = account.runtime
    await owner.open("profile")
    await owner.answer(profile="standard")

    assert account.entry.data["unfinished"] == ["registration"]
    assert account.runtime is runtime  # none of this makes it anew


async def test_an_account_that_is_removed_while_one_chooses_is_said_not_to_run(owner: Owner) -> None:
    await owner.open("profile_signal")
    await owner.answer(signal="Soc")
    await owner.answer(off=True)
    other = Owner(owner.account, Dialogue(owner.dialogue.hass, owner.dialogue.world, owner.dialogue._web))
    await other.open("profile")
    await owner.account.hass.config_entries.async_remove(owner.account.entry.entry_id)
    await owner.go("profile_done")
    await other.answer(profile="standard")

    assert [one.step["reason"] for one in (owner, other)] == ["not_loaded", "not_loaded"]


@pytest.mark.parametrize("page", ["profile", "profile_signal"])
async def test_each_page_of_an_account_that_does_not_run_says_so(owner: Owner, page: str) -> None:
    await owner.account.hass.config_entries.async_unload(owner.account.entry.entry_id)
    await owner.open(page)

    assert owner.step["reason"] == "not_loaded"
    assert "telemetry" not in owner.account.entry.options


async def test_fields_of_ones_own_begin_with_what_is_shown_and_are_sent_once_their_cost_was_seen(
    owner: Owner, world: World, car: Car
) -> None:
    await owner.open("profile")
    await owner.answer(profile="own")
    assert owner.step["step_id"] == "profile_fields"
    begin = owner.default("fields")
    assert set(begin) >= {HEARTBEAT, "BatteryLevel", "Locked"}
    assert owner.labels("fields")["VehicleSpeed"] == "VehicleSpeed: Road speed"

    await owner.answer(fields=["Soc", "Odometer"])
    assert owner.step["step_id"] == "profile_confirm"
    assert owner.told["count"] == "3"  # the heartbeat is always among them
    assert owner.told["note"] == ""
    assert "telemetry" not in owner.account.entry.options

    await owner.go("profile_send")
    assert owner.step["reason"] == "profile_synced"
    assert told_fields(car).keys() == {"Soc", "Odometer", HEARTBEAT}

    await owner.open("profile")
    assert owner.default("profile") == "own"
    assert "EUR a month" in owner.labels("profile")["own"]
    await owner.answer(profile="own")
    assert owner.default("fields") == ["Odometer", "Soc", HEARTBEAT]


async def test_more_than_tesla_allows_is_slowed_down_and_said(
    account: Account, car: Car, dialogue: Dialogue
) -> None:
    fast = [*MANY, "GpsHeading", "Soc"]
    chosen = {"profile": "own", "fields": fast, "tunings": {name: {"interval": 1} for name in fast}}
    port = await account.make_port()
    await account.set_up(car, receiver=port, options={"telemetry": chosen})
    owner = Owner(account, dialogue)
    await owner.open("profile")
    await owner.answer(profile="own")
    await owner.answer(fields=fast)
    assert "ten values a second" in owner.told["note"]

    await owner.go("profile_fields")
    await owner.answer(fields=fast[:5])
    assert owner.told["note"] == ""


async def test_tuning_beyond_what_tesla_allows_is_slowed_down_and_said(owner: Owner, car: Car) -> None:
    shown = sorted(owner.account.runtime.streaming.wished_with(car.vin, Selection()).paces)
    await owner.dialogue.begin_options(owner.account.entry, "telemetry")
    notes = []
    for name in shown[:10]:
        await owner.go("profile_signal")
        await owner.answer(signal=name)
        await owner.answer(off=False, interval=1)
        notes.append(owner.told["note"])

    assert notes[0] == ""
    assert "ten values a second" in notes[-1]


async def test_a_signal_that_was_switched_off_is_sent_again_once_it_is_picked(owner: Owner, car: Car) -> None:
    await owner.open("profile_signal")
    await owner.answer(signal="BatteryLevel")
    await owner.answer(off=True, interval=30)
    await owner.go("profile_send")
    assert "BatteryLevel" not in told_fields(car)
    await owner.open("profile")
    await owner.answer(profile="own")
    assert "BatteryLevel" not in owner.default("fields")
    await owner.answer(fields=["BatteryLevel"])
    await owner.go("profile_send")

    assert told_fields(car).keys() == {"BatteryLevel", HEARTBEAT}
    assert kept(owner.account)["tunings"] == {"BatteryLevel": {"interval": 30}}


async def test_no_signal_at_all_is_no_choice(owner: Owner) -> None:
    await owner.open("profile")
    await owner.answer(profile="own")
    with pytest.raises(InvalidData):
        await owner.answer(fields=[])


async def test_a_signal_that_needs_leave_is_not_offered_without_it(
    account: Account, car: Car, dialogue: Dialogue
) -> None:
    port = await account.make_port()
    await account.set_up(car, receiver=port, scopes=[one for one in SCOPES if one != "vehicle_location"])
    owner = Owner(account, dialogue)
    await owner.open("profile_signal")

    assert "GpsHeading" not in owner.labels("signal")
    assert "VehicleSpeed" in owner.labels("signal")


async def test_a_signal_is_tuned_with_its_cost_before_anything_is_sent(
    owner: Owner, world: World, car: Car
) -> None:
    await owner.open("profile")
    await owner.answer(profile="standard")
    before = told_fields(car)["InsideTemp"]
    await owner.open("profile_signal")
    await owner.answer(signal="InsideTemp")
    assert owner.step["step_id"] == "profile_tuning"
    assert owner.told["signal"] == "InsideTemp"
    assert owner.told["meaning"] == "Cabin temperature"
    assert owner.told["category"] == "Default"
    assert f"every {before.interval:g} s" in owner.told["now"]
    assert owner.told["now"] == owner.told["usual"]

    await owner.answer(off=False, interval=1, minimum_delta=0.5, resend=120, include=["OutsideTemp"])
    assert owner.step["step_id"] == "profile_tuned"
    was, now = (float(owner.told[name].split()[0]) for name in ("before", "after"))
    assert now > was
    assert kept(owner.account)["tunings"] == {}

    await owner.go("profile_send")
    assert owner.step["reason"] == "profile_synced"
    pace = told_fields(car)["InsideTemp"]
    assert (pace.interval, pace.minimum_delta, pace.resend, pace.include) == (1, 0.5, 120, ("OutsideTemp",))
    assert len(world.cloud.requests(PUSH)) == 2

    await owner.open("profile_signal")
    assert owner.told["lists"] == "Tuned by you: InsideTemp"
    await owner.answer(signal="InsideTemp")
    assert owner.default("interval") == 1
    assert owner.default("include") == ["OutsideTemp"]
    assert owner.told["now"] == (
        "at most every 1 s, if it has changed by 0.5, again after 120 s, together with OutsideTemp"
    )
    await owner.answer(off=False)
    await owner.go("profile_done")
    assert owner.step["reason"] == "profile_ready"
    assert kept(owner.account)["tunings"] == {}


async def test_several_signals_are_tuned_and_then_cars_are_told_by_themselves(
    owner: Owner, world: World, car: Car
) -> None:
    await owner.open("profile")
    await owner.answer(profile="standard")
    await owner.open("profile_signal")
    await owner.answer(signal="InsideTemp")
    await owner.answer(off=True)
    await owner.go("profile_signal")
    await owner.answer(signal="Soc")
    await owner.answer(off=False, interval=600)
    await owner.go("profile_done")

    assert owner.step["reason"] == "profile_ready"
    assert kept(owner.account)["tunings"] == {"InsideTemp": {"off": True}, "Soc": {"interval": 600}}
    assert len(world.cloud.requests(PUSH)) == 1
    for _ in range(5):
        await owner.account.pass_time(61)
        owner.account.runtime.streaming.keeper.poke()
    await until(lambda: len(world.cloud.requests(PUSH)) == 2)
    assert "InsideTemp" not in told_fields(car)


async def test_a_signal_that_is_typed_and_not_picked_is_found_by_its_name(owner: Owner) -> None:
    await owner.open("profile_signal")
    await owner.answer(signal="speed")
    assert owner.dialogue.errors == {"signal": "signal_unknown"}
    await owner.answer(signal=" vehiclespeed ")
    assert owner.told["signal"] == "VehicleSpeed"


async def test_what_is_tuned_and_not_finished_changes_nothing(owner: Owner) -> None:
    await owner.open("profile")
    await owner.answer(profile="standard")
    options = dict(owner.account.entry.options)
    await owner.open("profile_signal")
    await owner.answer(signal="Soc")
    await owner.answer(off=True)

    assert owner.account.entry.options == options


async def test_the_heartbeat_cannot_be_switched_off(owner: Owner, car: Car) -> None:
    await owner.open("profile_signal")
    await owner.answer(signal=HEARTBEAT)
    assert "off" not in {field["name"] for field in owner.dialogue._fields()}
    assert "minimum_delta" not in {field["name"] for field in owner.dialogue._fields()}
    await owner.answer(resend=86_400)
    await owner.go("profile_send")

    assert told_fields(car)[HEARTBEAT].resend == 600


@pytest.mark.parametrize(
    "values",
    [
        {"interval": 0},
        {"interval": -5},
        {"interval": 86_401},
        {"minimum_delta": -1},
        {"resend": 59},
        {"include": ["VehicleSpeed"]},
        {"include": ["Nonsense"]},
    ],
)
async def test_a_tuning_that_makes_no_sense_is_refused(owner: Owner, values: dict[str, Any]) -> None:
    await owner.open("profile_signal")
    await owner.answer(signal="VehicleSpeed")
    with pytest.raises(InvalidData):
        await owner.answer(off=False, **values)


async def test_of_the_mileage_a_smaller_change_than_one_is_refused(owner: Owner) -> None:
    await owner.open("profile_signal")
    await owner.answer(signal="MilesSinceReset")
    with pytest.raises(InvalidData):
        await owner.answer(off=False, minimum_delta=0.5)


async def test_in_a_choice_of_ones_own_a_tuned_signal_is_part_of_it(owner: Owner, car: Car) -> None:
    await owner.open("profile")
    await owner.answer(profile="own")
    await owner.answer(fields=["Soc", "Odometer"])
    await owner.go("profile_send")
    await owner.open("profile_signal")
    await owner.answer(signal="Gear")
    assert owner.told["now"] == "Not sent: it is not among your own signals. Tuning it adds it."
    await owner.answer(off=False, interval=30)
    await owner.go("profile_signal")
    await owner.answer(signal="Soc")
    await owner.answer(off=True)
    await owner.go("profile_send")

    assert told_fields(car).keys() == {"Odometer", "Gear", HEARTBEAT}
    await owner.open("profile_signal")
    await owner.answer(signal="Soc")
    assert owner.told["now"] == "Not sent: you have switched it off."


async def test_what_really_came_is_counted_and_priced(owner: Owner, car: Car) -> None:
    await owner.open("profile_signal")
    assert owner.told["came"] == "No values have come from your cars this month."
    await owner.account.connect(car)
    for speed in range(30):
        await owner.account.push(car, VehicleSpeed=float(speed))
    counted = owner.account.runtime.vehicles[car.vin].signal_counts.month(owner.account.wall())
    await owner.open("profile_signal")
    assert f"This month {sum(counted.values()):,} values" in owner.told["came"]
    assert f"\n\n- VehicleSpeed: {counted['VehicleSpeed']} (0.00 EUR)" in owner.told["came"]
    assert owner.labels("signal")["VehicleSpeed"] == f"VehicleSpeed: Road speed ({counted['VehicleSpeed']})"

    await owner.answer(signal="VehicleSpeed")
    assert owner.told["count"] == str(counted["VehicleSpeed"]) >= "30"


async def test_a_signal_that_nobody_shows_is_said_not_to_be_sent(owner: Owner) -> None:
    await owner.open("profile_signal")
    await owner.answer(signal="PedalPosition")

    assert owner.told["now"].startswith("Not sent: no entity that is switched on shows it.")


async def test_a_signal_that_is_broken_is_said_to(owner: Owner) -> None:
    await owner.open("profile_signal")
    await owner.answer(signal="RouteLastUpdated")

    assert owner.told["now"] == "Tesla itself says that this signal sends nothing."


async def test_a_signal_of_a_newer_computer_is_said_to_be_held_back_for_that(
    account: Account, world: World, dialogue: Dialogue
) -> None:
    car = world.add_car("half")  # has the computer before
    car.power.idle_s = 1e9
    port = await account.make_port()
    chosen = {"profile": "own", "fields": ["MilesSinceReset"], "tunings": {}}
    await account.set_up(car, receiver=port, options={"telemetry": chosen})
    owner = Owner(account, dialogue)
    await owner.open("profile_signal")
    assert owner.told["lists"] == "Held back until a car's firmware knows it: MilesSinceReset"
    await owner.answer(signal="MilesSinceReset")

    assert "Hardware 4" in owner.told["now"]


async def test_a_choice_that_cannot_be_read_is_made_anew(
    account: Account, car: Car, dialogue: Dialogue
) -> None:
    car.power.idle_s = 1e9
    port = await account.make_port()
    await account.set_up(car, receiver=port, options={"telemetry": {"profile": "splendid"}})
    owner = Owner(account, dialogue)
    await owner.open("profile")
    assert owner.default("profile") == "standard"
    await owner.answer(profile="economical")

    assert kept(account) == {"profile": "economical", "fields": [], "tunings": {}}


async def test_what_was_counted_outlives_a_restart(owner: Owner, car: Car) -> None:
    account = owner.account
    await account.connect(car)
    for speed in range(5):
        await account.push(car, VehicleSpeed=float(speed))
    counted = account.runtime.vehicles[car.vin].signal_counts.month(account.wall())
    async with restarted(account) as again:
        kept = again.runtime.vehicles[car.vin].signal_counts.month(account.wall())

    assert kept == counted
    assert kept["VehicleSpeed"] >= 5
