"""Home Assistant, started with what each release has left in `.storage`: nothing is lost, nothing is paid."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.tesla.fleet_api.oauth import Token
from simulator.world import World
from tests.simulator.wall import Wall

from .account import Account
from .recorded import RELEASES, Recorded, started, take_over

MARMALADE, BISCUIT = "typed", "untyped"
BILLED = {"vehicle_data", "wake_up"}
COUNTERS = ("sensor.energy_into_battery", "sensor.energy_from_wall")
# What is true of a connection does not outlive it; what an event shows is kept by Home Assistant itself.
NOT_RESTORED = {"binary_sensor.marmalade_telemetry", "binary_sensor.biscuit_telemetry"}

# What the first releases' cars were made to stream, to see the counters go on.
FIELDS = ("ACChargingEnergyIn", "DCChargingEnergyIn", "DetailedChargeState", "FastChargerPresent")
KEYS = {"binary_sensor.marmalade_virtual_key", "binary_sensor.biscuit_virtual_key"}

type Start = Callable[[], AbstractAsyncContextManager[Account]]


@pytest.fixture(params=RELEASES)
async def recorded(request: pytest.FixtureRequest, world: World, wall: Wall, tmp_path: Path) -> Recorded:
    """What a release has left, with its two cars asleep."""
    for kind in (MARMALADE, BISCUIT):
        world.add_car(kind).sleep()
    return take_over(request.param, world, wall, tmp_path)


@pytest.fixture
def start(recorded: Recorded, world: World, wall: Wall, tmp_path: Path) -> Start:
    """Return what starts Home Assistant a minute after it was stopped."""

    @asynccontextmanager
    async def home() -> AsyncIterator[Account]:
        wall.move(60)
        async with started(tmp_path, world, wall) as account:
            yield account

    return home


def test_the_first_release_is_among_them() -> None:
    assert RELEASES[0] == "0001-0.1.0"


async def test_everything_is_there_again_under_its_old_name(
    recorded: Recorded, start: Start, world: World
) -> None:
    async with start() as account:
        assert account.loaded
        registry = er.async_get(account.hass)
        entities = er.async_entries_for_config_entry(registry, account.entry.entry_id)
        assert recorded.entity_ids <= {(one.unique_id, one.entity_id) for one in entities}
        devices = dr.async_entries_for_config_entry(dr.async_get(account.hass), account.entry.entry_id)
        assert {device.name for device in devices} == {"Marmalade", "Biscuit", "Tesla Fleet API"}
        issues = {
            issue.translation_key for issue in ir.async_get(account.hass).issues.values() if issue.active
        }
        assert issues == (set() if recorded.has_key else {"key_not_paired"})
        assert not account.hass.config_entries.flow.async_progress_by_handler(DOMAIN)


async def test_what_was_known_is_shown_at_once_with_its_time(recorded: Recorded, start: Start) -> None:
    async with start() as account:
        for entity_id, before in recorded.states.items():
            if entity_id in NOT_RESTORED or entity_id.startswith(("event.", "sensor.tesla_fleet_api_")):
                continue  # sums are the ledger's, and were shown when they last moved
            if entity_id in KEYS and not recorded.has_key:
                assert _shown(account, entity_id) == "on"  # a problem: what it told of was another key
                continue
            state = account.hass.states.get(entity_id)
            assert state is not None, entity_id
            assert state.state == before, entity_id
            if measured_at := state.attributes.get("measured_at"):
                assert measured_at.timestamp() <= account.wall()
                if entity_id.startswith("media_player."):
                    continue  # of these, the attribute is Home Assistant's own
                assert state.attributes["source"] in {"restored", "poll", "journal"}, entity_id


async def test_no_request_is_billed(start: Start, world: World) -> None:
    async with start() as account:
        await account.quiet()
        for _ in range(30):
            await account.later(121)
        assert world.cloud.requests("vehicles")
        assert not [asked for asked in world.cloud.requests() if asked.name in BILLED]
        assert not any(world.cloud.billed().values())


async def test_the_login_goes_on(recorded: Recorded, start: Start, world: World) -> None:
    ((sub, kept),) = recorded.data(f"{DOMAIN}.tokens").items()
    async with start() as account:
        shared = await account.shared()
        assert await shared.tokens.async_load(sub) == Token.from_dict(kept)
        await account.quiet()
        assert world.cloud.requests("vehicles")[-1].status == 200
        assert not world.cloud.requests("token")
        await account.later(28_800)
        assert [asked.status for asked in world.cloud.requests("token")] == [200]
        assert world.cloud.requests("vehicles")[-1].status == 200


async def test_what_was_spent_is_not_forgotten(recorded: Recorded, start: Start) -> None:
    ((client_id, ledger),) = recorded.data(f"{DOMAIN}.ledger").items()
    async with start() as account:
        shared = await account.shared()
        now = shared.ledgers.of(client_id)
        assert {name[:7] for name in now.months} >= {name[:7] for name in ledger["months"]}
        for name, kept in ledger["months"].items():
            month = next(month for begins, month in now.months.items() if begins.startswith(name))
            assert month.signals == kept["signals"]
            assert sum(month.answered.values()) == sum(line[-2] for line in kept["calls"])
            assert sum(month.unanswered.values()) == sum(line[-1] for line in kept["calls"])
            assert month.gross() > 0


async def test_cars_need_no_new_configuration_and_the_energy_counters_go_on(
    recorded: Recorded, start: Start, world: World
) -> None:
    car = next(iter(world.cars.values()))
    async with start() as account:
        (port,) = recorded.data(f"{DOMAIN}.ports")["ports"]
        assert account.runtime.port is not None
        assert account.runtime.port.settings.ca == port["ca"]
        before = {counter: float(account.shows(car, counter)) for counter in COUNTERS}
        drawn = car.body.lifetime_charged_kwh
        assert all(before.values())
        car.charge("ac", limit=90)
        await account.connect(car, *(recorded.fields(car.vin) or FIELDS))
        for seconds in (*[60] * 10, 1):
            await account.pass_time(seconds)
        into_battery, from_wall = (float(account.shows(car, each)) - before[each] for each in COUNTERS)

        assert into_battery == pytest.approx(car.body.lifetime_charged_kwh - drawn, abs=0.05)
        assert from_wall == pytest.approx(car.body.session_wall_kwh, abs=0.05)


def _shown(account: Account, entity_id: str) -> str:
    state = account.hass.states.get(entity_id)
    assert state is not None
    return state.state
