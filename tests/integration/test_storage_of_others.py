"""Home Assistant, started with what releases have left of entries other than an account with a receiver."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.tesla_direct.const import DOMAIN
from simulator.myteslamate.service import MyTeslaMate
from simulator.proxy.server import Proxy
from simulator.service.tokens import Client
from simulator.teslemetry.service import UID, Teslemetry
from simulator.world import World
from tests.broker import Broker, broker
from tests.home import until
from tests.simulator.wall import Wall

from .account import Account
from .legacy import subscribed
from .mqtt import add_mqtt, end_mqtt
from .recorded import FOLDER_OF_OTHERS, OTHERS, RELEASES, Recorded, lay_out, sign_in, started
from .sources import listens, publish_to, works

__all__ = ["broker"]

# The first release that had each of them.
KINDS = {
    "broker": "0004",
    "myteslamate": "0005",
    "proxied": "0004",
    "teslamate": "0005",
    "teslemetry": "0004",
}
ALONE = {"broker", "teslamate"}  # without an account
SERVICES = {
    "broker": set(),
    "myteslamate": {"MyTeslaMate"},
    "proxied": {"Tesla Fleet API"},
    "teslamate": set(),
    "teslemetry": {"Teslemetry"},
}
SOURCES = {
    "broker": "mqtt",
    "myteslamate": "legacy_stream",
    "proxied": "mqtt",
    "teslamate": "teslamate",
    "teslemetry": "sse",
}
# What the user of a recording has still to do; nothing where the tour was gone to its end.
NOTICES = {"proxied": {"receiver_later"}}
LOCK = "lock.doors"
BATTERY = "sensor.battery_level"
# True of connections, and of those alone.
NOT_RESTORED = ("_telemetry", "_network", "_data_source")
TOKENS = f"{DOMAIN}.tokens"


@dataclass(slots=True)
class Home:
    """What a release has left, and the world around it.

    service, member, proxy: None for the kinds that have none
    """

    kind: str
    broker: Broker
    recorded: Recorded
    world: World
    wall: Wall
    folder: Path
    service: Teslemetry | None = None
    member: MyTeslaMate | None = None
    proxy: Proxy | None = None

    @asynccontextmanager
    async def start(self) -> AsyncIterator[Account]:
        """Start Home Assistant a minute after it was stopped."""
        self.wall.move(60)
        async with started(self.folder, self.world, self.wall, before=self._before) as account:
            yield account
            await end_mqtt(account.hass)

    async def _before(self, hass: HomeAssistant) -> None:
        if self.kind in {"broker", "proxied", "teslamate"}:
            await add_mqtt(hass, self.broker)

    @property
    def tokens(self) -> dict[str, Any]:
        """Return what is kept of sign-ins."""
        kept: dict[str, Any] = self.recorded.data(TOKENS) if TOKENS in self.recorded.files else {}
        return kept

    def billed(self) -> list[str]:
        """Return what was asked that costs."""
        asked = [*self.world.cloud.billed().items()]
        paid = [] if self.service is None else self.service.paid()
        if self.member is not None:
            asked += self.member.counted()["billed"].items()
        return [str(one) for one in (*((name, times) for name, times in asked if times), *paid)]


@pytest.fixture(params=OTHERS)
async def home(
    request: pytest.FixtureRequest, world: World, wall: Wall, broker: Broker, tmp_path: Path
) -> AsyncIterator[Home]:
    """What a release has left of one kind, with its two cars asleep."""
    for kind in ("typed", "untyped"):
        world.add_car(kind).sleep()
    folder = FOLDER_OF_OTHERS / request.param
    if folder.name == "teslemetry":
        service = await world.open_teslemetry()
        recorded = lay_out(folder, world, wall, tmp_path, moved=[service.base])
        ((_, token),) = recorded.data(TOKENS).items()
        (entry,) = recorded.data("core.config_entries")["entries"]
        client = Client(client_id=entry["data"]["oauth_client"], name="Tesla Direct")
        service.office.tokens.know(service.customer, client, token["access_token"], token["refresh_token"])
        for vin in world.cars:
            service.pair(vin)
        yield Home(folder.name, broker, recorded, world, wall, tmp_path, service=service)
    elif folder.name == "myteslamate":
        member = await world.open_myteslamate()
        moved = [member.address, member.stream_address]
        recorded = lay_out(folder, world, wall, tmp_path, moved=moved)
        ((_, token),) = recorded.data(TOKENS).items()
        client = Client(client_id="", name="page")
        member.office.tokens.know(member.member, client, token["access_token"], token["refresh_token"])
        for vin, car in world.cars.items():
            car.wake_now()
            member.pair(vin)
        await world.advance(1.0)  # in which they take over what they are to stream
        for car in world.cars.values():
            car.sleep()
        yield Home(folder.name, broker, recorded, world, wall, tmp_path, member=member)
    elif folder.name == "proxied":
        async with Proxy(world.cloud, tmp_path, cloud_ca=world.cloud_ca) as proxy:
            world.cloud.register_key(proxy.public_key)
            for car in world.cars.values():
                car.pair_key(proxy.public_key)
            recorded = lay_out(folder, world, wall, tmp_path, moved=[proxy.base, proxy.fingerprint])
            sign_in(recorded, world)
            yield Home(folder.name, broker, recorded, world, wall, tmp_path, proxy=proxy)
    else:
        recorded = lay_out(folder, world, wall, tmp_path)
        yield Home(folder.name, broker, recorded, world, wall, tmp_path)


def same(one: str, other: str) -> bool:
    """Return whether two states say the same; sources differ in how they write whole numbers."""
    try:
        return float(one) == float(other)
    except ValueError:
        return one == other


async def quiet(home: Home, account: Account) -> None:
    if account.runtime.cloud.asked:
        await account.quiet()
    await account.hass.async_block_till_done()


@pytest.mark.parametrize("release", [release for release in RELEASES if release >= min(KINDS.values())])
def test_a_release_has_recordings_of_every_kind(release: str) -> None:
    had = [kind for kind, since in KINDS.items() if release >= since]
    assert [one.partition("/")[2] for one in OTHERS if one.startswith(f"{release}/")] == had


async def test_everything_is_there_again_under_its_old_name(home: Home) -> None:
    async with home.start() as account:
        await quiet(home, account)
        assert account.loaded
        entities = er.async_entries_for_config_entry(er.async_get(account.hass), account.entry.entry_id)
        assert home.recorded.entity_ids == {(one.unique_id, one.entity_id) for one in entities}
        devices = dr.async_entries_for_config_entry(dr.async_get(account.hass), account.entry.entry_id)
        names = {device.name for device in devices}
        assert len(names) == 2 + len(SERVICES[home.kind])
        assert names >= SERVICES[home.kind]
        issues = ir.async_get(account.hass).issues.values()
        told = {issue.translation_key for issue in issues if issue.active and issue.domain == DOMAIN}
        assert told == NOTICES.get(home.kind, set())
        assert not account.hass.config_entries.flow.async_progress_by_handler(DOMAIN)


async def test_what_was_known_is_shown_at_once(home: Home) -> None:
    async with home.start() as account:
        for entity_id, before in home.recorded.states.items():
            if entity_id.startswith("event.") or entity_id.endswith(NOT_RESTORED):
                continue
            if any(name.lower().replace(" ", "_") in entity_id for name in SERVICES[home.kind]):
                continue  # sums are the ledger's, and were shown when they last moved
            state = account.hass.states.get(entity_id)
            assert state is not None, entity_id
            assert same(state.state, before), entity_id


async def test_no_request_is_billed(home: Home) -> None:
    async with home.start() as account:
        await quiet(home, account)
        for _ in range(30):
            home.wall.move(121)
            if account.runtime.cloud.asked:
                account.runtime.poll.poke()
            await quiet(home, account)
        assert home.billed() == []
        if home.kind in ALONE:
            assert home.world.cloud.requests() == []


async def test_tokens_stay_where_only_we_read_them(home: Home) -> None:
    async with home.start() as account:
        await quiet(home, account)
        storage = home.folder / ".storage"
        texts = {file.name: file.read_text() for file in storage.iterdir()}
    secrets = [kept[name] for kept in home.tokens.values() for name in ("access_token", "refresh_token")]
    assert bool(secrets) is (home.kind not in ALONE)
    for secret in secrets:
        assert [name for name, text in texts.items() if secret in text] == [TOKENS]


async def test_the_login_goes_on(home: Home) -> None:
    async with home.start() as account:
        await quiet(home, account)
        shared = await account.shared()
        for name, kept in home.tokens.items():
            token = await shared.tokens.async_load(name)
            assert token is not None
            assert (token.access_token, token.refresh_token) == (kept["access_token"], kept["refresh_token"])
        if home.kind == "proxied":
            assert home.world.cloud.requests("vehicles")[-1].status == 200
        if home.service is not None:
            assert list(home.tokens) == [UID]
            await until(lambda: bool(home.service and home.service.office.streams))
            assert {asked.status for asked in home.service.requests()} == {200}


async def test_a_stream_is_followed_again(home: Home) -> None:
    async with home.start() as account:
        await quiet(home, account)
        if home.member is not None:
            cars = home.world.cars.values()
            await subscribed(account, home.member, *cars)
            assert {asked.status for asked in home.member.requests()} == {200}


async def test_its_sources_tell_again(home: Home) -> None:
    car = next(iter(home.world.cars.values()))
    async with home.start() as account:
        await quiet(home, account)
        car.power.idle_s = 1e9
        car.wake_now()
        source = SOURCES[home.kind]
        await works(account, source)
        if home.kind == "teslamate":
            teslamate = await home.world.open_teslamate(home.broker.host, home.broker.port)
            while not account.runtime.vehicles[car.vin].connected:
                await teslamate.look()
                await asyncio.sleep(0)
            await teslamate.say("battery_level", "37")
        elif home.service is not None:
            home.service.stream(car.vin, BatteryLevel=1, Gear=1, Odometer=1)
        elif home.member is not None:
            await subscribed(account, home.member, car)
        else:
            await publish_to(account, home.broker, {"BatteryLevel": 1, "Gear": 1, "Odometer": 1})
            await listens(account, car)
        home.wall.move(10)
        await home.world.advance(10.0)
        vehicle = account.runtime.vehicles[car.vin]
        await account.push(car, BatteryLevel=37.0)
        await until(lambda: vehicle.connected and account.shows(car, BATTERY) in {"37", "37.0"})
        assert account.state(car, BATTERY).attributes["source"] == source


async def test_commands_go_the_way_they_went(home: Home) -> None:
    car = next(iter(home.world.cars.values()))
    car.power.idle_s = 1e9
    car.wake_now()
    async with home.start() as account:
        await quiet(home, account)
        if home.kind in ALONE:
            assert account.runtime.cloud.proxy is None
            assert not {
                entity_id for _, entity_id in home.recorded.entity_ids if entity_id.startswith("lock.")
            }
            return
        target = {"entity_id": account.entity_id(car, LOCK)}
        await account.wait_for(account.hass.services.async_call("lock", "lock", target, blocking=True))
        # Its keychain has nobody's key but that of the proxy, or of the service.
        assert [one.name for one in car.executed] == ["door_lock"]
