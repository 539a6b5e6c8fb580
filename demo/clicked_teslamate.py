"""The set-ups of those who come from TeslaMate, as somebody clicks through them [I/O]."""

from pathlib import Path

from simulator.broker import Broker

from .browser.person import Person
from .clicked import STEPS, SUBMIT, TEXTS, Clicked
from .home import Home
from .other_ways import connect_broker
from .setup_flow import DOMAIN
from .teslamate_ways import settings_at
from .world import SimulatedWorld

CONFIGURE = "Configure"  # Home Assistant's own word
SERVING = TEXTS["options"]["step"]["serving"]
SERVED = TEXTS["options"]["step"]["serving_settings"]


class ClickedTeslaMate(Clicked):
    """Cars that an own TeslaMate tells of: no account, nothing to pay, and one VIN for each car."""

    def __init__(
        self, person: Person, home: Home, world: SimulatedWorld, broker: Broker, pictures: Path
    ) -> None:
        """Find a Home Assistant that does not know its broker yet."""
        super().__init__(person, home, pictures)
        self._broker = broker
        self._vins = [car["vin"] for car in world.addresses["cars"]]  # in the order of TeslaMate's numbers
        self._pages = {
            "user": self._user,
            "broker_absent": self._look_again,
            "teslamate_silent": self._listen_again,
            "teslamate_car": self._match,
        }

    async def _user(self) -> None:
        await self._choose("user", "teslamate")

    async def _look_again(self) -> None:
        """Do what the page asks for, elsewhere, and come back to it."""
        await connect_broker(self._home, self._broker)
        await self._choose("broker_absent", "teslamate")

    async def _listen_again(self) -> None:
        await self._choose("teslamate_silent", "teslamate_listen")

    async def _match(self) -> None:
        await self._write(STEPS["teslamate_car"]["data"]["vin"], self._vins.pop(0))
        await self._confirm()


class ClickedSettings(Clicked):
    """TeslaMate's settings, pasted; the stream's certificate is one that only its owner can vouch for."""

    def __init__(self, person: Person, home: Home, world: SimulatedWorld, pictures: Path) -> None:
        """Have an account at the simulated MyTeslaMate."""
        super().__init__(person, home, pictures)
        self._world = world
        self._fingerprint = ""
        self._pages = {
            "user": self._user,
            "teslamate_style": self._style,
            "teslamate_paste": self._paste,
            "certificate": self._compare,
            "legacy_stream": self._stream,
        }

    async def show_own_certificate(self) -> None:
        """Have the stream show a certificate that it has signed itself."""
        self._fingerprint = await self._world.do("myteslamate", "show_certificate", kind="self_signed")

    async def serve(self, port: int) -> str:
        """Switch on that TeslaMate is served, under Configure; return what TeslaMate is to be set up with."""
        person = self._person
        await person.tab.go(f"{self._home.url}/config/integrations/integration/{DOMAIN}")
        await self._click(CONFIGURE)
        await self._click(TEXTS["options"]["step"]["init"]["menu_options"]["serving"])
        await person.value(SERVING["data"]["host"])
        await person.picture(self._pictures / "serving.png")  # once the page is at rest
        await self._click(SERVING["data"]["serve"])
        await self._write(SERVING["data"]["port"], str(port))
        await person.picture(self._pictures / "serving.png")
        await self._click(SUBMIT)
        settings: str = await person.waits('eyes.sees("TESLA_API_HOST=")', "TeslaMate's settings")
        await person.picture(self._pictures / "serving_settings.png")
        await self._click(SUBMIT)
        return settings

    async def _user(self) -> None:
        await self._choose("user", "teslamate_style")

    async def _style(self) -> None:
        await self._choose("teslamate_style", "teslamate_paste")

    async def _paste(self) -> None:
        settings = settings_at(self._world.addresses["myteslamate"])
        if self._fingerprint:
            settings = settings.replace("=ws://", "=wss://")
        await self._write(STEPS["teslamate_paste"]["data"]["settings"], settings)
        await self._confirm()

    async def _compare(self) -> None:
        """Accept the certificate whose fingerprint its owner reads on his machine, and no other."""
        pairs = ":".join(self._fingerprint[i : i + 2] for i in range(0, len(self._fingerprint), 2))
        await self._person.reads(pairs.upper())
        await self._choose("certificate", "certificate_pin")

    async def _stream(self) -> None:
        await self._choose("legacy_stream", "legacy_stream_cars")
