"""A child: a Home Assistant with the integration, cars that are set up, and no cloud unless one is named.

Answers questions: processor time, lag of its loop, memory, what twenty plain sensors cost.
"""

import asyncio
from asyncio import selector_events
from collections import Counter
from collections.abc import Callable
import ctypes
from datetime import UTC, datetime
import gc
import json
import logging
from pathlib import Path
import time
from typing import Any, Self, cast

from homeassistant import bootstrap, config_entries, core
from homeassistant.auth.models import TOKEN_TYPE_LONG_LIVED_ACCESS_TOKEN
from homeassistant.components.sensor import SensorEntity
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_component import EntityComponent
from homeassistant.runner import RuntimeConfig

from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.runtime import Runtime
from custom_components.tesla_direct.sensor import VEHICLE as SENSORS
from custom_components.tesla_direct.shared import async_get_shared
from custom_components.tesla_direct.tesla.decode.payload import decode
from custom_components.tesla_direct.tesla.fleet_telemetry.connection import Connection
from custom_components.tesla_direct.tesla.fleet_telemetry.identity import VEHICLE, Identity
from custom_components.tesla_direct.tesla.fleet_telemetry.server import TelemetryServer
from custom_components.tesla_direct.tesla.proto.vehicle_data_pb2 import Payload
from simulator.ports import free_port

from .certificates import Certificates, make
from .child import options, questions, tell
from .config import ENTRY, hold_back, prepare
from .frames import frames, vin
from .receiver import bare

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
TICK = 0.001  # seconds
SETTLE = 0.05  # seconds, until Home Assistant has begun to set up anew
CONFIGURATION = "homeassistant:\nhttp:\n  server_host: 127.0.0.1\n  server_port: {web}\nwebsocket_api:\n"
RECORDER = "recorder:\n  commit_interval: 1\n"
ATTRIBUTES = ("measured_at", "source")


class Wall:
    """Real time, and what the parent lets pass beyond it."""

    def __init__(self) -> None:
        """Be the real time."""
        self.ahead = 0.0

    def __call__(self) -> float:
        """Return seconds since 1970."""
        return time.time() + self.ahead


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


class Home:
    """The Home Assistant, and what can be asked of it."""

    def __init__(self, hass: core.HomeAssistant, made: Certificates, warnings: Warnings, web: int) -> None:
        """Keep it.

        web: the port of its pages
        """
        self.hass = hass
        self.made = made
        self.web = web
        self.wall = Wall()
        self.ticker = Ticker()
        self.waits: list[float] = []
        self.writes = 0
        self._warnings = warnings
        self._unsubscribe: Callable[[], None] | None = None
        self._plain: list[PlainSensor] = []
        self._crowd: list[PlainSensor] = []

    @property
    def runtime(self) -> Runtime:
        """The account that is set up."""
        entry = self.hass.config_entries.async_get_entry(ENTRY)
        assert entry  # noqa: S101  # it was written into the storage
        runtime: Runtime = entry.runtime_data
        return runtime

    @property
    def server(self) -> TelemetryServer:
        """What listens for cars."""
        assert self.runtime.port  # noqa: S101  # as above
        assert self.runtime.port.server  # noqa: S101  # nobody else has the port
        return self.runtime.port.server

    @property
    def listening(self) -> int | None:
        """Return the port that cars connect to, None where they do not."""
        return self.server.port if self.runtime.port else None

    async def prepare(self, asked: dict[str, Any]) -> None:
        """Do what comes before the entry is set up: give it its clock."""
        self.wall.ahead = asked.get("ahead", 0.0)
        (await async_get_shared(self.hass)).clock = self.wall

    async def show(self, show: str) -> dict[str, Any]:
        """Enable the entities of the twenty signals, all, or those that are by default; set up anew.

        show: "twenty", "all" or "default"
        """
        registry = er.async_get(self.hass)
        for entity in er.async_entries_for_config_entry(registry, ENTRY):
            if show != "default":
                wanted = show == "all" or entity.unique_id.partition("-")[2] in SHOWN
                registry.async_update_entity(
                    entity.entity_id, disabled_by=None if wanted else er.RegistryEntryDisabler.USER
                )
        await self.settle()
        return {"port": self.listening, "entities": len(self.hass.states.async_all())}

    async def switch(self, key: str, *, on: bool) -> None:
        """Enable or disable an entity of the first car, after which Home Assistant sets the entry up anew."""
        registry = er.async_get(self.hass)
        for entity in er.async_entries_for_config_entry(registry, ENTRY):
            if entity.unique_id == f"{vin(1)}-{key}":
                disabled_by = None if on else er.RegistryEntryDisabler.USER
                registry.async_update_entity(entity.entity_id, disabled_by=disabled_by)
        await self.settle()

    async def settle(self) -> None:
        """Have the entry set up anew as its entities are wanted, once for all."""
        await asyncio.sleep(SETTLE)
        await self.hass.async_block_till_done()
        await self.reload()

    async def reload(self) -> None:
        """Set the entry up anew."""
        await self.hass.config_entries.async_reload(ENTRY)
        await self.hass.async_block_till_done()

    async def pass_time(self, seconds: float) -> None:
        """Let time pass for the poll and the keeper, and wait until they have done what was due."""
        self.wall.ahead += seconds
        self.runtime.poll.poke()
        self.runtime.streaming.async_changed()
        await asyncio.sleep(0.05)
        await self.hass.async_block_till_done()

    async def token(self) -> str:
        """Return what a browser signs in with."""
        auth = self.hass.auth
        user = await auth.async_create_user("bench", group_ids=["system-admin"])
        refresh = await auth.async_create_refresh_token(
            user, client_name="bench", token_type=TOKEN_TYPE_LONG_LIVED_ACCESS_TOKEN
        )
        return auth.async_create_access_token(refresh)

    async def set_up_time(self) -> float:
        """Return how long it takes to set the entry up, in seconds."""
        await self.hass.config_entries.async_unload(ENTRY)
        gc.collect()
        started = time.perf_counter()
        await self.hass.config_entries.async_setup(ENTRY)
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

    async def make_plain(self) -> None:
        """Add twenty sensors as anybody writes them."""
        if not self._plain:
            self._plain = [PlainSensor(number) for number in range(len(SHOWN))]
            component = EntityComponent[SensorEntity](logging.getLogger(__name__), "sensor", self.hass)
            await component.async_add_entities(self._plain)

    async def plain_port(self, made: Certificates) -> int:
        """Listen with a few lines of plain code that write the twenty sensors; return the port."""
        await self.make_plain()

        def show(values: dict[int, Any]) -> None:
            at = time.time()
            for sensor, value in zip(self._plain, values.values(), strict=True):
                sensor.show(value, at)

        port, _ = await bare(made, read=True, show=show)
        return port

    async def pieces(self, rounds: int) -> dict[str, float]:
        """Return what our decoding costs by itself, and what writing twenty plain sensors costs, in µs."""
        await self.make_plain()
        prepared = frames(vin(1), 500)
        connection = Connection(Identity(VEHICLE, vin(1)))
        car = self.runtime.vehicles[vin(1)].car()
        skipped: Counter[str] = Counter()
        started = time.process_time()
        for number in range(rounds):
            connection.receive_message(prepared[number % 500])
            (record,) = connection.records_received()
            connection.data_to_send()
            decode(cast(Payload, record.message), started, car, skipped)
        decoding = time.process_time() - started
        started = time.process_time()
        for number in range(rounds):
            for sensor in self._plain:
                sensor.show(10.0 + number % 1000 * 0.01, number)
            if number % 50 == 0:
                await asyncio.sleep(0)
        write = time.process_time() - started
        await self.hass.async_block_till_done()
        return {"decode_us": 1e6 * decoding / rounds, "write_us": 1e6 * write / rounds}

    async def set_state_us(self, rounds: int) -> float:
        """Return what Home Assistant's own `states.async_set` costs: the calibration of this machine."""
        started = time.process_time()
        for number in range(rounds):
            self.hass.states.async_set("bench.calibration", str(number))
            if number % 200 == 0:
                await asyncio.sleep(0)
        return 1e6 * (time.process_time() - started) / rounds

    async def answer(self, do: str, **arguments: Any) -> dict[str, Any]:
        """Answer one question of the parent: the name of a method, and what it takes."""
        answer = getattr(self, f"tell_{do}")(**arguments)
        return dict(await answer if asyncio.iscoroutine(answer) else answer)

    def tell_cpu(self) -> dict[str, Any]:
        """Tell the processor time that was used, in seconds."""
        return {"cpu": time.process_time()}

    async def tell_show(self, show: str) -> dict[str, Any]:
        """Enable entities."""
        return await self.show(show)

    async def tell_set_up(self) -> dict[str, Any]:
        """Tell how long it takes to set the entry up, and how often that blocked the loop."""
        return {"seconds": await self.set_up_time(), "blocking": self._warnings.blocking}

    async def tell_switch(self, key: str, *, on: bool) -> dict[str, Any]:
        """Enable or disable an entity."""
        await self.switch(key, on=on)
        return {}

    async def tell_reload(self) -> dict[str, Any]:
        """Set the entry up anew."""
        await self.reload()
        return {}

    async def tell_pass(self, seconds: float) -> dict[str, Any]:
        """Let time pass."""
        await self.pass_time(seconds)
        (vehicle, *_) = self.runtime.vehicles.values()
        return {"power": vehicle.power.value, "connected": vehicle.connected}

    def tell_lag(self) -> dict[str, Any]:
        """Begin to measure how late the loop is."""
        self.ticker.start()
        return {}

    def tell_lagged(self) -> dict[str, Any]:
        """Tell how late it was."""
        return dict(self.ticker.stop())

    def tell_watch(self) -> dict[str, Any]:
        """Begin to count state writes."""
        self.watch()
        return {}

    def tell_watched(self) -> dict[str, Any]:
        """Tell how many there were, and how old what they showed."""
        return dict(self.unwatch())

    async def tell_pieces(self, rounds: int) -> dict[str, Any]:
        """Tell what decoding, and writing twenty plain sensors, cost by themselves."""
        return dict(await self.pieces(rounds))

    async def tell_plain(self) -> dict[str, Any]:
        """Tell where plain code listens."""
        return {"port": await self.plain_port(self.made)}

    async def tell_calibration(self) -> dict[str, Any]:
        """Tell what one state write costs here."""
        return {"us": await self.set_state_us(20_000)}

    async def tell_browser(self) -> dict[str, Any]:
        """Tell what a browser needs to subscribe."""
        return {"web": self.web, "token": await self.token()}

    async def tell_crowd(self, count: int) -> dict[str, Any]:
        """Add so many plain sensors, and show a value with each."""
        sensors = [PlainSensor(number) for number in range(count)]
        component = EntityComponent[SensorEntity](logging.getLogger(__name__), "sensor", self.hass)
        await component.async_add_entities(sensors)
        for sensor in sensors:
            sensor.show(1.0, time.time())
        self._crowd = sensors
        await self.hass.async_block_till_done()
        return {"entities": len(self.hass.states.async_all())}

    async def tell_commands(self, rate: float, seconds: float) -> dict[str, Any]:
        """Tell how long it takes from a service call to the bytes of its request on the socket, in ms."""
        self.runtime.limits.per_car = self.runtime.limits.per_account = {}
        vins = [vin(number) for number in range(1, len(self.runtime.vehicles) + 1)]
        registry = er.async_get(self.hass)
        buttons = [registry.async_get_entity_id("button", DOMAIN, f"{each}-flash_lights") for each in vins]
        for button in buttons:  # a session with each car
            await self.hass.services.async_call("button", "press", {"entity_id": button}, blocking=True)
        with Written() as written:
            called, calls = [], list[asyncio.Task[Any]]()
            for number in range(round(rate * seconds)):
                await asyncio.sleep(1 / rate)
                called.append(time.perf_counter())
                press = self.hass.services.async_call(
                    "button", "press", {"entity_id": buttons[number % len(buttons)]}, blocking=True
                )
                calls.append(asyncio.ensure_future(press))
            await asyncio.gather(*calls)
        waits = sorted(1000 * (sent - call) for call, sent in zip(called, written.times, strict=True))
        return {"p99_ms": waits[len(waits) * 99 // 100], "median_ms": waits[len(waits) // 2]}

    def tell_memory(self) -> dict[str, Any]:
        """Tell what is held, without what is only kept for later."""
        gc.collect()
        ctypes.CDLL(None).malloc_trim(0)
        return {"kb": _resident()}

    def tell_counts(self) -> dict[str, Any]:
        """Tell who was refused, and how many records of each car were taken."""
        gate = self.server.gate
        links = [link for links in self.server.links.values() for link in links]
        return {
            "refused": dict(gate.refused),
            "unfinished": gate.unfinished,
            "records": sum(link.records for link in links),
            "failed": sum(link.counters.total() for link in links),
        }


class Written:
    """Notes when requests with a command were handed to their sockets."""

    _transport: Any = selector_events._SelectorSocketTransport  # type: ignore[attr-defined]  # noqa: SLF001

    def __init__(self) -> None:
        """Note nothing yet."""
        self.times: list[float] = []

    def __enter__(self) -> Self:
        """Look at what every socket is given."""
        transport = self._transport
        self._write, self._writelines = transport.write, transport.writelines

        def write(itself: Any, data: Any) -> None:
            self._write(itself, data)
            self._note(data)

        def writelines(itself: Any, data: Any) -> None:
            lines = list(data)
            self._writelines(itself, lines)
            self._note(lines[0])

        transport.write, transport.writelines = write, writelines
        return self

    def __exit__(self, *_: object) -> None:
        """Look away."""
        self._transport.write, self._transport.writelines = self._write, self._writelines

    def _note(self, data: Any) -> None:
        if b"/signed_command " in bytes(data[:200]):
            self.times.append(time.perf_counter())


class PlainSensor(SensorEntity):
    """A sensor as anybody writes it, with the unit and class of one of ours."""

    _attr_should_poll = False
    _attr_has_entity_name = True
    _unrecorded_attributes = frozenset(ATTRIBUTES)

    def __init__(self, number: int) -> None:
        """Look like one of the twenty."""
        rows = {row.key: row for row in SENSORS}
        row = rows.get(SHOWN[number % len(SHOWN)])
        if row is not None:
            self._attr_device_class = row.device_class if row.key != "shift_state" else None
            self._attr_native_unit_of_measurement = row.native_unit_of_measurement
            self._attr_state_class = row.state_class
        self._attr_unique_id = f"plain-{number}"
        self._attr_name = f"Plain {number}"

    def show(self, value: float, at: float) -> None:
        """Write another state, with its age and source as ours have them."""
        self._attr_native_value = value
        self._attr_extra_state_attributes = {
            "measured_at": datetime.fromtimestamp(at, UTC),
            "source": "bench",
        }
        self.async_write_ha_state()


def _resident() -> int:
    """Return the memory this process holds just now, in kB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise RuntimeError("no VmRSS")


async def main(asked: dict[str, Any], kind: type[Home] = Home) -> None:
    """Start, and answer until the parent goes.

    kind: what can be asked
    """
    folder = Path(asked["folder"])
    made = make(folder, asked["cars"])
    config = folder / f"home-{asked['cars']}"
    web = free_port()
    if not asked.get("again"):
        prepare(config, made, asked["cars"], asked.get("cloud"))
    hold_back(config)
    text = CONFIGURATION.format(web=web) + (RECORDER if asked.get("recorder") else "")
    (config / "configuration.yaml").write_text(text)
    warnings = Warnings()
    logging.getLogger().addHandler(warnings)
    logging.getLogger().setLevel(logging.WARNING)
    hass = await bootstrap.async_setup_hass(
        RuntimeConfig(config_dir=str(config), skip_pip=True, safe_mode=False)
    )
    assert hass  # noqa: S101  # the configuration is ours
    # Half a minute after an entity was enabled it would set up anew, in the middle of what is measured.
    config_entries.RELOAD_AFTER_UPDATE_DELAY = 0
    await hass.async_start()
    await hass.async_block_till_done()
    home = kind(hass, made, warnings, web)
    await home.prepare(asked)
    await hass.config_entries.async_set_disabled_by(ENTRY, None)
    await hass.async_block_till_done()
    if not asked.get("again"):
        await home.show(asked.get("show", "twenty"))
    tell(port=home.listening, entities=len(hass.states.async_all()))
    lines = await questions()
    while line := await lines.readline():
        question = json.loads(line)
        if question["do"] == "stop":
            await hass.async_stop(force=True)
            tell(stopped=True)
            return
        tell(**await home.answer(**question))


if __name__ == "__main__":
    asyncio.run(main(options()))
