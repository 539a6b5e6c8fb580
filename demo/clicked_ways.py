"""The other set-ups as somebody clicks through them: a broker, and an account at Teslemetry [I/O]."""

from pathlib import Path

from simulator.broker import Broker

from .browser.person import Person
from .clicked import PAIRING_LINK, STEPS, Clicked
from .home import Home
from .other_ways import connect_broker
from .world import SimulatedWorld


class ClickedBroker(Clicked):
    """Cars that a broker tells of: no account, no key, nothing to pay."""

    def __init__(self, person: Person, home: Home, broker: Broker, pictures: Path) -> None:
        """Find a Home Assistant that does not know its broker yet."""
        super().__init__(person, home, pictures)
        self._broker = broker
        self._pages = {
            "user": self._user,
            "broker_absent": self._look_again,
            "broker_silent": self._listen_again,
        }

    async def _user(self) -> None:
        await self._choose("user", "broker")

    async def _look_again(self) -> None:
        """Do what the page asks for, elsewhere, and come back to it."""
        await connect_broker(self._home, self._broker)
        await self._choose("broker_absent", "broker")

    async def _listen_again(self) -> None:
        await self._choose("broker_silent", "broker_listen")


class ClickedService(Clicked):
    """Cars that Teslemetry streams, with a sign-in there."""

    def __init__(self, person: Person, home: Home, world: SimulatedWorld, pictures: Path) -> None:
        """Have an account at the simulated Teslemetry, which is somewhere else than the real one."""
        super().__init__(person, home, pictures)
        self._world = world
        self._vins = [car["vin"] for car in world.addresses["cars"]]
        self._pages = {
            "user": self._user,
            "teslemetry": self._teslemetry,
            "teslemetry_server": self._server,
            "teslemetry_own": self._own,
            "auth": self._sign_in,
            "pairing_other": self._pair,
            "profile_sent": self._sent,
        }

    async def _user(self) -> None:
        await self._choose("user", "teslemetry")

    async def _teslemetry(self) -> None:
        await self._choose("teslemetry", "teslemetry_server", of_demo=True)

    async def _server(self) -> None:
        label = STEPS["teslemetry_server"]["data"]["address"]
        await self._write(label, self._world.addresses["teslemetry"]["base"], of_demo=True)
        await self._confirm(of_demo=True)

    async def _own(self) -> None:
        await self._choose("teslemetry_own", "teslemetry_account")

    async def _pair(self) -> None:
        """Use the link on the phone, which no page can do."""
        await self._about_to_pair()
        link = await self._person.waits(f'eyes.sees("{PAIRING_LINK}")', "a link for the phone")
        told = await self._world.do("teslemetry", "pair", vin=self._vins.pop(0), link=link)
        if told != "paired":
            raise RuntimeError(f"the phone says {told!r}")
        await self._confirm()
