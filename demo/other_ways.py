"""Set-ups without a port of one's own: through a broker, and with an account at Teslemetry [I/O]."""

from typing import Any

from simulator.broker import Broker

from .dialogue import FLOWS, Step, choose, confirm
from .home import Home
from .setup_flow import Hook, Walk, sign_in
from .world import SimulatedWorld

MQTT = "mqtt"
TRIES = 6  # to reach the broker; Home Assistant gives it five seconds each time


async def connect_broker(home: Home, broker: Broker) -> None:
    """Set up Home Assistant's own integration of MQTT."""
    step = await home.post(FLOWS, {"handler": MQTT})
    if step["type"] == "menu":
        step = await choose(home, step, "broker")
    where: dict[str, Any] = {
        "broker": broker.host,
        "port": broker.port,
        "set_client_cert": False,
        "set_ca_cert": "off",
    }
    for tries_left in reversed(range(TRIES)):
        try:
            step = await confirm(home, step, **where)
        except RuntimeError:  # the form complains, and can be submitted again
            if not tries_left:
                raise
        else:
            break
    if step["type"] != "create_entry":
        raise RuntimeError(f"Home Assistant does not take the broker: {step}")


class BrokerSetUp:
    """From nothing to cars that are known from a broker alone: no account, no key, nothing to pay."""

    def __init__(self, home: Home, world: SimulatedWorld, broker: Broker) -> None:
        """Have Home Assistant listen to a broker."""
        self._home = home
        self._world = world
        self._broker = broker

    async def run(self, before_pairing: Hook | None = None) -> None:
        """Connect Home Assistant with the broker, and pick the cars that are heard there."""
        await connect_broker(self._home, self._broker)
        pages = {"user": self._user, "broker_silent": self._listen_again, "broker_cars": self._pick}
        step = await Walk(self._home, pages).walk()
        if step["type"] != "create_entry":
            raise RuntimeError(f"there is no entry of what the broker tells: {step}")

    async def _user(self, step: Step) -> Step:
        return await choose(self._home, step, "broker")

    async def _listen_again(self, step: Step) -> Step:
        return await choose(self._home, step, "broker_listen")

    async def _pick(self, step: Step) -> Step:
        """Take the cars that were heard, and type the VIN of one that was not heard in that time."""
        heard = str(step["data_schema"])
        quiet = [car["vin"] for car in self._world.addresses["cars"] if car["vin"] not in heard]
        return await confirm(self._home, step, other_vins=quiet) if quiet else await confirm(self._home, step)


class ServiceSetUp:
    """From nothing to cars that Teslemetry streams, with a sign-in there."""

    def __init__(self, home: Home, world: SimulatedWorld) -> None:
        """Have an account at the simulated Teslemetry."""
        self._home = home
        self._world = world

    async def run(self, before_pairing: Hook | None = None) -> None:
        """Sign in, and go on until the tour says that all stands."""
        pages = {
            "user": self._user,
            "teslemetry": self._teslemetry,
            "teslemetry_server": self._server,
            "teslemetry_own": self._own,
            "teslemetry_auth": self._sign_in,
            "profile_sent": self._sent,
        }
        await Walk(self._home, pages).tour()

    async def _user(self, step: Step) -> Step:
        return await choose(self._home, step, "teslemetry")

    async def _teslemetry(self, step: Step) -> Step:
        return await choose(self._home, step, "teslemetry_server")

    async def _server(self, step: Step) -> Step:
        return await confirm(self._home, step, address=self._world.addresses["teslemetry"]["base"])

    async def _own(self, step: Step) -> Step:
        return await choose(self._home, step, "teslemetry_account")

    async def _sign_in(self, step: Step) -> Step:
        return await sign_in(self._home, step)

    async def _sent(self, step: Step) -> Step:
        return await choose(self._home, step, "profile_done")
