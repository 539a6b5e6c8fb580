"""A Home Assistant in this process, with the integration, cars that are set up, and no cloud.   [a child]

Answers questions: processor time, lag of its loop, memory, what twenty plain sensors cost.
"""

import asyncio
from collections.abc import Callable
import gc
import json
import logging
from pathlib import Path
import resource
import shutil
import time
from typing import Any

from homeassistant import bootstrap, core
from homeassistant.components.sensor import SensorEntity
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_component import EntityComponent
from homeassistant.runner import RuntimeConfig

from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.ports import PortSettings
from custom_components.tesla_direct.sensor import VEHICLE as SENSORS
from custom_components.tesla_direct.tesla.fleet_telemetry.connection import Connection
from custom_components.tesla_direct.tesla.fleet_telemetry.identity import VEHICLE, Identity

from .certificates import HOST, Certificates, make
from .child import PROJECT, options, questions, tell
from .frames import frames, vin

# The sensors of the twenty signals; one of them is a binary sensor.
SHOWN = (
    "speed",
    "odometer",
    "pack_voltage",
    "pack_current",
    "usable_battery_level",
    "heading",
    "battery_range",
    "est_battery_range",
    "ideal_battery_range",
    "battery_level",
    "energy_remaining",
    "inside_temp",
    "outside_temp",
    "pedal_position",
    "tpms_pressure_fl",
    "tpms_pressure_fr",
    "tpms_pressure_rl",
    "lateral_acceleration",
    "shift_state",
    "brake_pedal",
)
CLOSED_PORT = "http://127.0.0.1:1"  # where no cloud answers
TICK = 0.001  # seconds
SCOPES = ["openid", "offline_access", "vehicle_device_data", "vehicle_location"]
RECORDER = "recorder:\n  commit_interval: 1\n"


class Warnings(logging.Handler):
    """Counts what Home Assistant says about blocking calls."""

    def __init__(self) -> None:
        """Begin at nothing."""
        super().__init__(logging.WARNING)
        self.blocking = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Count a record that is about one."""
        self.blocking += "blocking call" in record.getMessage()


class Ticker:
    """Measures by how much the loop is late."""

    def __init__(self) -> None:
        """Measure nothing yet."""
        self.lags: list[float] = []
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self.lags = []
        self._task = asyncio.get_running_loop().create_task(self._run())

    def stop(self) -> dict[str, float]:
        """End, and return what was seen in ms."""
        assert self._task  # noqa: S101  # it was started
        self._task.cancel()
        lags = sorted(self.lags)
        return {
            "p999_ms": 1000 * lags[len(lags) * 999 // 1000],
            "max_ms": 1000 * lags[-1],
            "ticks": len(lags),
        }

    async def _run(self) -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(TICK)
            self.lags.append(time.perf_counter() - before - TICK)


def prepare(folder: Path, made: Certificates, cars: int, *, recorder: bool) -> None:
    """Write the configuration: the entry as the dialogue leaves it, and the port."""
    shutil.rmtree(folder, ignore_errors=True)
    storage = folder / ".storage"
    storage.mkdir(parents=True)
    (folder / "custom_components").symlink_to(PROJECT / "custom_components")
    (folder / "configuration.yaml").write_text(RECORDER if recorder else "homeassistant:\n")
    port = PortSettings(
        port=0,
        addresses=("127.0.0.1",),
        host=HOST,
        authority=made.authority,
        leaf=made.server,
        ca=made.authority.certificate,
        bundle=made.bundle,
    )
    provider = {
        "name": "custom",
        "bases": {"eu": CLOSED_PORT},
        "authorize_url": f"{CLOSED_PORT}/authorize",
        "token_url": f"{CLOSED_PORT}/token",
        "trusted_suffixes": [],
        "authority": None,
    }
    entry = {
        "entry_id": "bench",
        "domain": DOMAIN,
        "title": "Bench",
        "unique_id": "bench",
        "version": 1,
        "minor_version": 1,
        "source": "user",
        "data": {
            "auth_implementation": DOMAIN,
            "provider": provider,
            "region": "eu",
            "client_id": "bench",
            "scopes": SCOPES,
            "vehicles": {vin(number): f"Car {number}" for number in range(1, cars + 1)},
            "receiver": 0,
            "signed_in_at": 0.0,
        },
        "options": {},
        "subentries": [],
        "discovery_keys": {},
        "disabled_by": None,
        "pref_disable_new_entities": False,
        "pref_disable_polling": False,
        "created_at": "2026-01-01T00:00:00+00:00",
        "modified_at": "2026-01-01T00:00:00+00:00",
    }
    for name, version, minor, data in (
        (f"{DOMAIN}.ports", 1, 1, {"ports": [port.to_dict()]}),
        ("core.config_entries", 1, 5, {"entries": [entry]}),
    ):
        content = {"version": version, "minor_version": minor, "key": name, "data": data}
        (storage / name).write_text(json.dumps(content))


class Home:
    """The Home Assistant, and what can be asked of it."""

    def __init__(self, hass: core.HomeAssistant, warnings: Warnings) -> None:
        """Keep it."""
        self.hass = hass
        self.ticker = Ticker()
        self.waits: list[float] = []
        self.writes = 0
        self._warnings = warnings
        self._unsubscribe: Callable[[], None] | None = None
        self._plain: list[PlainSensor] = []

    @property
    def port(self) -> int:
        """Where the receiver listens."""
        entry = self.hass.config_entries.async_get_entry("bench")
        assert entry  # noqa: S101  # it was written into the storage
        port: int = entry.runtime_data.port.server.port
        return port

    async def show(self, *, everything: bool) -> None:
        """Enable all entities, or just those of the twenty signals, and set the entry up anew."""
        registry = er.async_get(self.hass)
        for entity in er.async_entries_for_config_entry(registry, "bench"):
            wanted = everything or entity.unique_id.partition("-")[2] in SHOWN
            registry.async_update_entity(
                entity.entity_id, disabled_by=None if wanted else er.RegistryEntryDisabler.USER
            )
        await self.hass.config_entries.async_reload("bench")
        await self.hass.async_block_till_done()

    async def set_up_time(self) -> float:
        """Return how long it takes to set the entry up, in seconds."""
        await self.hass.config_entries.async_unload("bench")
        gc.collect()
        started = time.perf_counter()
        await self.hass.config_entries.async_setup("bench")
        return time.perf_counter() - started

    def watch(self) -> None:
        """Count state writes, and measure how old what they show is."""
        self.writes = 0
        self.waits = []

        @core.callback
        def seen(event: core.Event[core.EventStateChangedData]) -> None:
            self.writes += 1
            state = event.data["new_state"]
            if state and event.data["entity_id"].endswith("_battery_level"):
                self.waits.append(time.time() - state.attributes["measured_at"].timestamp())

        self._unsubscribe = self.hass.bus.async_listen(EVENT_STATE_CHANGED, seen)

    def unwatch(self) -> dict[str, float]:
        """Return what was seen."""
        assert self._unsubscribe  # noqa: S101  # it was watched
        self._unsubscribe()
        waits = sorted(self.waits) or [0.0]
        return {"writes": self.writes, "p99_ms": 1000 * waits[len(waits) * 99 // 100]}

    async def pieces(self, rounds: int) -> dict[str, float]:
        """Return what our decoding costs by itself, and what writing twenty plain sensors costs, in µs."""
        if not self._plain:
            self._plain = [PlainSensor(number) for number in range(len(SHOWN))]
            component = EntityComponent[SensorEntity](logging.getLogger(__name__), "sensor", self.hass)
            await component.async_add_entities(self._plain)
        prepared = frames(vin(1), 500)
        connection = Connection(Identity(VEHICLE, vin(1)))
        started = time.process_time()
        for number in range(rounds):
            connection.receive_message(prepared[number % 500])
            connection.records_received()
            connection.data_to_send()
        decode = time.process_time() - started
        started = time.process_time()
        for number in range(rounds):
            for sensor in self._plain:
                sensor.show(10.0 + number % 1000 * 0.01)
            if number % 50 == 0:
                await asyncio.sleep(0)
        write = time.process_time() - started
        await self.hass.async_block_till_done()
        return {"decode_us": 1e6 * decode / rounds, "write_us": 1e6 * write / rounds}

    async def set_state_us(self, rounds: int) -> float:
        """Return what Home Assistant's own `states.async_set` costs: the calibration of this machine."""
        started = time.process_time()
        for number in range(rounds):
            self.hass.states.async_set("bench.calibration", str(number))
            if number % 200 == 0:
                await asyncio.sleep(0)
        return 1e6 * (time.process_time() - started) / rounds

    async def answer(self, do: str, **arguments: Any) -> dict[str, Any]:
        """Answer one question of the parent."""
        if do == "cpu":
            return {"cpu": time.process_time()}
        if do == "show":
            await self.show(**arguments)
            return {"port": self.port, "entities": len(self.hass.states.async_all())}
        if do == "set_up":
            return {"seconds": await self.set_up_time(), "blocking": self._warnings.blocking}
        if do == "lag":
            self.ticker.start()
            return {}
        if do == "lagged":
            return dict(self.ticker.stop())
        if do == "watch":
            self.watch()
            return {}
        if do == "watched":
            return dict(self.unwatch())
        if do == "pieces":
            return dict(await self.pieces(**arguments))
        if do == "calibrate":
            return {"us": await self.set_state_us(20_000)}
        if do == "memory":
            gc.collect()
            return {"kb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, "now_kb": _resident()}
        if do == "gate":
            gate = self.hass.config_entries.async_get_entry("bench").runtime_data.port.server.gate  # type: ignore[union-attr]  # it was written into the storage
            return {"refused": dict(gate.refused), "unfinished": gate.unfinished}
        raise ValueError(do)


class PlainSensor(SensorEntity):
    """A sensor as anybody writes it, with the unit and class of one of ours."""

    _attr_should_poll = False
    _attr_has_entity_name = True

    def __init__(self, number: int) -> None:
        """Look like one of the twenty."""
        rows = {row.key: row for row in SENSORS}
        row = rows.get(SHOWN[number])
        if row is not None:
            self._attr_device_class = row.device_class if row.key != "shift_state" else None
            self._attr_native_unit_of_measurement = row.native_unit_of_measurement
            self._attr_state_class = row.state_class
        self._attr_unique_id = f"plain-{number}"
        self._attr_name = f"Plain {number}"

    def show(self, value: float) -> None:
        """Write another state."""
        self._attr_native_value = value
        self.async_write_ha_state()


def _resident() -> int:
    """Return the memory this process holds just now, in kB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise RuntimeError("no VmRSS")


async def main(asked: dict[str, Any]) -> None:
    """Start, and answer until the parent goes."""
    folder = Path(asked["folder"])
    made = make(folder, asked["cars"])
    config = folder / f"home-{asked['cars']}"
    prepare(config, made, asked["cars"], recorder=asked.get("recorder", False))
    warnings = Warnings()
    logging.getLogger().addHandler(warnings)
    logging.getLogger().setLevel(logging.WARNING)
    hass = await bootstrap.async_setup_hass(
        RuntimeConfig(config_dir=str(config), skip_pip=True, safe_mode=False)
    )
    assert hass  # noqa: S101  # the configuration is ours
    await hass.async_start()
    await hass.async_block_till_done()
    home = Home(hass, warnings)
    await home.show(everything=asked.get("everything", False))
    tell(port=home.port)
    lines = await questions()
    while line := await lines.readline():
        tell(**await home.answer(**json.loads(line)))
    await hass.async_stop(force=True)


if __name__ == "__main__":
    asyncio.run(main(options()))
