"""The sources of TeslaMate's world: a service's stream in its two forms, and a TeslaMate of one's own."""

from dataclasses import dataclass, field
from typing import Any, override

from custom_components.tesla_direct.tesla.fleet_api import provider
from simulator.fleet_telemetry.mqtt import Publisher
from simulator.myteslamate.office import FIELDS
from simulator.myteslamate.service import MyTeslaMate
from simulator.teslamate.logger import TeslaMate

from .child import Child
from .config import NO_CLOUD
from .frames import vin
from .sources_lines import PATIENCE_S, READ, Line, Word, account_data, kept, subentry_id

RAW, COLUMNS, TESLAMATE = "legacy stream raw", "legacy stream columns", "teslamate"
STREAMS = (RAW, COLUMNS)
OF = "myteslamate-someone"
MILE = 1.609344  # km; Home Assistant shows them
NOTHING = "bench"  # a topic that TeslaMate does not have
HELLO_S = 1.0  # real seconds between two signs of life


@dataclass(slots=True)
class StreamLine(Line):
    """The account of a service that TeslaMate knows, and its stream."""

    @property
    @override
    def feed(self) -> str:
        return "legacy_stream"

    @property
    def served_by(self) -> MyTeslaMate:
        """Return the service."""
        return self.world.myteslamate

    @property
    @override
    def _application(self) -> str:
        return "myteslamate"

    @override
    def alone(self) -> dict[str, Any]:
        service = self.served_by
        service.revoke_scope(*service.member.scopes - set(READ))
        row = provider.myteslamate(service.address, service.stream_address).to_dict()
        told = {"tags": {vin(1): vin(1)}, "raw": self.name == RAW}
        return NO_CLOUD | {
            "account": OF,
            "token": kept(service.token),
            "data": account_data(OF, row, READ) | told,
        }

    @override
    async def open(self, home: Child) -> None:
        service = self.served_by
        service.lift_limits()
        service.set_hello(HELLO_S)
        service.pair(self.car.vin, streams=False)
        # Of columns it takes every place that a car tells for where it is, a destination as well: so it has
        # cars tell what it has chosen.
        wanted = self.fields if self.name == RAW else {name: self.fields[name] for name in FIELDS}
        service.stream(self.car.vin, **wanted)
        await self.connected()

    @override
    async def _say_nothing(self, *, retained: bool = False) -> None:
        self.served_by.say_text("{no JSON")

    @override
    async def found(self, home: Child) -> None:
        self._marks = 0
        await home.ask(do="works", feed=self.feed)
        streaming = self.served_by.streaming
        await streaming.until(lambda: streaming.holder(self.car.vin) is not None)

    @override
    async def tell_word(self, number: float) -> None:
        if self.name == RAW:
            await self.car.push(BatteryLevel=number)
        else:
            await self.car.push(Odometer=number)  # a percentage is whole there

    @property
    @override
    def word(self) -> Word:
        if self.name == RAW:
            return Word()
        return Word("odometer", first=float(round(self.car.body.odometer_miles) + 10), shown=MILE)

    @property
    @override
    def paid(self) -> int:
        billed = self.world.cloud.billed()
        at_tesla = sum(count for name, count in billed.items() if name in ("command", "data", "wake"))
        of_service: int = sum(self.served_by.counted()["billed"].values())
        return at_tesla + of_service

    @property
    @override
    def fetches(self) -> int:
        asked = self.served_by.requests("vehicle_data")
        return len(self.world.cloud.requests("vehicle_data")) + len(asked)


@dataclass(slots=True)
class LoggedLine(Line):
    """A TeslaMate of one's own, which publishes to the broker; nobody else is asked."""

    _nothings: int = field(default=0, init=False)

    @property
    @override
    def feed(self) -> str:
        return TESLAMATE

    @property
    @override
    def has_cloud(self) -> bool:
        return False

    @property
    @override
    def needs_broker(self) -> bool:
        return True

    @property
    def teslamate(self) -> TeslaMate:
        """Return it."""
        logger = self.world.teslamate
        assert logger is not None  # noqa: S101  # it was opened
        return logger

    @override
    def alone(self) -> dict[str, Any]:
        found = {"namespace": "", "cars": {"1": vin(1)}}
        subentry = {
            "subentry_type": "teslamate",
            "title": "TeslaMate",
            **subentry_id("teslamate:", found),
        }
        data = account_data("none", {"name": "none"}, READ)
        return NO_CLOUD | {"account": "none", "data": data, "subentries": [subentry]}

    @override
    async def open(self, home: Child) -> None:
        await self.world.open_teslamate("127.0.0.1", self.broker.port)
        await self.connected()

    @override
    async def connected(self) -> None:
        await self.world.advance(PATIENCE_S)
        await self.world.advance(PATIENCE_S)  # as long as the others take
        await self.teslamate.look()

    @override
    async def _say_nothing(self, *, retained: bool = False) -> None:
        self._nothings += 1
        await self.teslamate.say(NOTHING, "1", retained=retained)

    @override
    async def tell_all(self) -> None:
        await self.teslamate.look()

    @override
    async def tell_word(self, number: float) -> None:
        await self.teslamate.say("battery_level", f"{number:.1f}")

    @property
    @override
    def signals(self) -> int:
        publisher: Publisher = self.teslamate._publisher  # noqa: SLF001  # who counts
        told: int = publisher.published - self._nothings
        return told
