"""What a release has left in `.storage`, and Home Assistant started with it.

Each folder of tests/fixtures/storage/ was written by `record_storage.py`, each of storage_of_others/ beside
it by `record_others.py`, and none by hand:

    core.*, tesla_direct.*  the files themselves; of Home Assistant's own only what is ours
    states.json             what each entity showed when Home Assistant stopped
    world.json              the world they were recorded in: its time, its addresses, its cars

The keys and tokens in them are of that world, and open nothing.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
import json
from pathlib import Path
from typing import Any

from homeassistant import loader
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry,
    category_registry,
    device_registry,
    entity_registry,
    floor_registry,
    frame,
    issue_registry,
    label_registry,
    restore_state,
)
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import (  # type: ignore[import-untyped]  # has no types
    async_test_home_assistant,
)

from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.tesla.vehicle_command.keys import PrivateKey
from simulator.ports import free_port
from simulator.world import World
from tests.simulator.wall import Wall

from .account import Account

FOLDER = Path(__file__).parents[1] / "fixtures" / "storage"
RELEASES = sorted(folder.name for folder in FOLDER.glob("*"))
# The same of entries of other kinds, each in the folder of its release.
FOLDER_OF_OTHERS = FOLDER.with_name("storage_of_others")
OTHERS = sorted(f"{folder.parent.name}/{folder.name}" for folder in FOLDER_OF_OTHERS.glob("*/*"))
STATES, WORLD = "states.json", "world.json"
# In the order in which Home Assistant loads them.
REGISTRIES = (
    area_registry,
    category_registry,
    device_registry,
    entity_registry,
    floor_registry,
    issue_registry,
    label_registry,
    restore_state,
)
# Of a car's truth, what the counters depend on.
TRUTH = (
    "energy_remaining_kwh",
    "lifetime_charged_kwh",
    "lifetime_used_kwh",
    "odometer_miles",
    "session_battery_kwh",
    "session_wall_kwh",
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recording, taken over into a world."""

    states: dict[str, str]
    entity_ids: frozenset[tuple[str, str]]  # unique id (one platform's own) and entity id
    files: dict[str, str]

    @property
    def has_key(self) -> bool:
        """Tell whether the release had a key to sign with, and the cars knew it."""
        return f"{DOMAIN}.key" in self.files

    def fields(self, vin: str) -> list[str]:
        """Return what the release had a car stream; releases that left that to others do not say."""
        (readings,) = (name for name in self.files if name.startswith(f"{DOMAIN}.readings."))
        kept: dict[str, Any] = self.data(readings).get("streaming", {}).get("cars", {}).get(vin, {})
        return list(kept.get("fields", ()))

    def data(self, name: str) -> Any:
        """Return the data of a file, as it lies on the disk before Home Assistant starts."""
        return json.loads(self.files[name])["data"]


def describe(world: World, **more: Any) -> dict[str, Any]:
    """Return what has to be known of a world to go on in another one.

    more: what depends on the kind of entry
    """
    return {
        "now": world.clock.now(),
        **more,
        "addresses": addresses(world),
        "cars": {vin: {name: getattr(car.body, name) for name in TRUTH} for vin, car in world.cars.items()},
    }


def addresses(world: World) -> list[str]:
    return [*world.cloud.bases.values(), world.cloud.authorize_url, world.cloud.token_url]


def take_over(release: str, world: World, wall: Wall, folder: Path) -> Recorded:
    """Let a world be the one of a recording, and put its files where Home Assistant will look. Blocks.

    Replaced is what belongs to the machine it was recorded on: addresses, the port, Tesla's authorities.
    """
    port = free_port()

    def move(name: str, content: Any) -> None:
        if name == "core.config_entries":
            for entry in content["data"]["entries"]:
                entry["data"]["receiver"] = port
        if name == f"{DOMAIN}.ports":
            (settings,) = content["data"]["ports"]
            settings |= {"port": port, "bundle": world.authorities.bundle()}

    recorded = lay_out(FOLDER / release, world, wall, folder, move=move)
    sign_in(recorded, world)
    if recorded.has_key:
        pem: str = recorded.data(f"{DOMAIN}.key")["private_key"]
        public = PrivateKey.from_pem(pem.encode()).public
        world.cloud.register_key(public)
        for car in world.cars.values():
            car.pair_key(public)
    return recorded


def lay_out(  # noqa: PLR0913  # what it goes from, and where to
    source: Path,
    world: World,
    wall: Wall,
    folder: Path,
    *,
    moved: Sequence[str] = (),
    move: Callable[[str, Any], None] = lambda _name, _content: None,
) -> Recorded:
    """Put the files of a recording where Home Assistant will look, at its time and with its cars. Blocks.

    moved: what stands now for what the recording names as `moved`, in the same order
    move:  changes the content of a file, by its name
    """
    told = json.loads((source / WORLD).read_text())
    wall.now = told["now"]
    before = [*told["addresses"], *told.get("moved", ())]
    replaced = list(zip(before, [*addresses(world), *moved], strict=True))
    files = {}
    (folder / ".storage").mkdir(parents=True)
    for file in source.iterdir():
        if file.name in {STATES, WORLD}:
            continue
        text = file.read_text()
        for old, new in replaced:
            text = text.replace(old, new)
        content = json.loads(text)
        move(file.name, content)
        files[file.name] = json.dumps(content)
        (folder / ".storage" / file.name).write_text(files[file.name])
    for vin, truth in told["cars"].items():
        world.cars[vin].change(**truth)
    return Recorded(json.loads((source / STATES).read_text()), _entity_ids(files), files)


def sign_in(recorded: Recorded, world: World) -> None:
    """Let the cloud know the login of a recording."""
    ((sub, token),) = recorded.data(f"{DOMAIN}.tokens").items()
    world.cloud.account.sub = sub
    application = world.cloud.books.application
    world.cloud.account.consents[application.client_id] = frozenset(token["scopes"])
    world.cloud.books.tokens.know(
        world.cloud.account, application, token["access_token"], token["refresh_token"]
    )


def _entity_ids(files: dict[str, str]) -> frozenset[tuple[str, str]]:
    entities = json.loads(files["core.entity_registry"])["data"]["entities"]
    return frozenset((entity["unique_id"], entity["entity_id"]) for entity in entities)


@asynccontextmanager
async def started(
    folder: Path,
    world: World,
    wall: Wall,
    *,
    before: Callable[[HomeAssistant], Awaitable[Any]] | None = None,
) -> AsyncIterator[Account]:
    """Start Home Assistant in a folder, as it starts anywhere: with all that lies there.

    before: sets up what comes before us
    """
    async with async_test_home_assistant(config_dir=str(folder), load_registries=False) as hass:
        hass.data.pop(loader.DATA_CUSTOM_COMPONENTS)
        try:
            frame.async_setup(hass)
            device_registry.async_setup(hass)
            for registry in REGISTRIES:
                await registry.async_load(hass)
            await hass.config_entries.async_initialize()
            account = Account(hass, world, wall)
            await account.shared()
            (account.entry,) = hass.config_entries.async_entries(DOMAIN)
            if before is not None:
                await before(hass)
            assert await async_setup_component(hass, DOMAIN, {})
            yield account
        finally:
            if hass.is_running:
                await hass.async_block_till_done()  # what is still being set up would outlive the end
                await hass.async_stop(force=True)
