"""Set-ups of those who come from TeslaMate: its topics, and a service that streams as it does [I/O]."""

from collections.abc import Mapping

from simulator.broker import Broker

from .dialogue import Step, choose, confirm
from .home import Home
from .other_ways import connect_broker
from .setup_flow import Hook, Walk
from .world import SimulatedWorld


class TeslaMateSetUp:
    """From nothing to cars that are known from an own TeslaMate: no account, nothing to pay."""

    def __init__(self, home: Home, world: SimulatedWorld, broker: Broker) -> None:
        """Have Home Assistant listen to the broker that TeslaMate publishes to."""
        self._home = home
        self._world = world
        self._broker = broker

    async def run(self, before_pairing: Hook | None = None) -> None:
        """Connect Home Assistant with the broker, and say which cars TeslaMate's are."""
        await connect_broker(self._home, self._broker)
        cars = iter([car["vin"] for car in self._world.addresses["cars"]])  # in the order of its numbers

        async def match(step: Step) -> Step:
            return await confirm(self._home, step, vin=next(cars))

        pages = {"user": self._user, "teslamate_silent": self._listen_again, "teslamate_car": match}
        step = await Walk(self._home, pages).walk()
        if step["type"] != "create_entry":
            raise RuntimeError(f"there is no entry of what TeslaMate tells: {step}")

    async def _user(self, step: Step) -> Step:
        return await choose(self._home, step, "teslamate")

    async def _listen_again(self, step: Step) -> Step:
        return await choose(self._home, step, "teslamate_listen")


class MyTeslaMateSetUp:
    """From nothing to cars that a service streams as TeslaMate understands it, with a token of it."""

    def __init__(self, home: Home, world: SimulatedWorld) -> None:
        """Have an account at the simulated MyTeslaMate."""
        self._home = home
        self._world = world

    async def run(self, before_pairing: Hook | None = None) -> None:
        """Paste what TeslaMate's users paste, and go on until there is an entry."""
        pages = {
            "user": self._user,
            "teslamate_style": self._style,
            "teslamate_paste": self._paste,
            "legacy_stream": self._stream,
        }
        step = await Walk(self._home, pages).walk()
        if step["type"] != "create_entry":
            raise RuntimeError(f"there is no entry of what the service streams: {step}")

    async def _user(self, step: Step) -> Step:
        return await choose(self._home, step, "teslamate_style")

    async def _style(self, step: Step) -> Step:
        return await choose(self._home, step, "teslamate_paste")

    async def _stream(self, step: Step) -> Step:
        return await choose(self._home, step, "legacy_stream_cars")

    async def _paste(self, step: Step) -> Step:
        settings = settings_at(self._world.addresses["myteslamate"])
        return await confirm(self._home, step, settings=settings)


def settings_at(where: Mapping[str, str]) -> str:
    """Return TeslaMate's settings for a service; `where` says where it is, and its token."""
    return "\n".join(
        (
            f"TOKEN=?token={where['token']}",
            f"TESLA_API_HOST={where['base']}",
            f"TESLA_AUTH_HOST={where['base']}",
            "TESLA_AUTH_PATH=/api/oauth2/v3",
            f"TESLA_WSS_HOST={where['stream']}",
            "TESLA_WSS_USE_VIN=true",
        )
    )
