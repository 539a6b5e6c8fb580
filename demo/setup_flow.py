"""The integration set up as a user does it: the whole tour, over the interface that its pages use [I/O]."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol
from urllib.parse import parse_qs, urljoin, urlsplit

from aiohttp import ClientSession

from .dialogue import FLOWS, Step, choose, confirm, settled
from .front import NAME
from .home import Home
from .world import SimulatedWorld

DOMAIN = "tesla_direct"
TIMES = 6  # that a page may come before something is wrong

TOUR_DONE = ("tour_done", "tour_done_polled")

type Hook = Callable[[], Awaitable[None]]
type Page = Callable[[Step], Awaitable[Step]]


class Way(Protocol):
    """A way to set the integration up, to its end."""

    async def run(self, before_pairing: Hook | None = None) -> None:
        """Go it; `before_pairing` is done when the first car is to be paired."""


class Walk:
    """Somebody who begins to add the integration, and does what each page says.

    passed: the steps, in the order in which they came
    """

    def __init__(self, home: Home, pages: Mapping[str, Page]) -> None:
        """Know what to do with some pages; forms that are not among them are submitted as they are."""
        self.passed: list[str] = []
        self._home = home
        self._pages = pages

    async def walk(self) -> Step:
        """Go on until nothing follows, and return the last page."""
        step: Step = await self._home.post(FLOWS, {"handler": DOMAIN, "show_advanced_options": False})
        while step["type"] != "abort":
            if step["type"] == "create_entry":
                if not step.get("next_flow"):
                    break
                step = await self._home.get(f"{FLOWS}/{step['next_flow'][1]}")
            step = await settled(self._home, step)
            if step["type"] != "abort":
                step = await self._answer(step)
        return step

    async def tour(self) -> None:
        """Go on until the tour says that all stands."""
        step = await self.walk()
        if step.get("reason") not in TOUR_DONE:
            raise RuntimeError(f"the tour ends with {step}, after {', '.join(self.passed)}")

    async def _answer(self, step: Step) -> Step:
        name = step["step_id"]
        self.passed.append(name)
        if self.passed.count(name) > TIMES:
            raise RuntimeError(f"the page {name} comes again and again: {step}")
        if name in self._pages:
            return await self._pages[name](step)
        if step["type"] != "form":
            raise RuntimeError(
                f"something is wrong, says the page {name}: {step['description_placeholders']}"
            )
        return await confirm(self._home, step)


class SetUp:
    """From nothing to a car that streams to us, with an application of one's own."""

    def __init__(self, home: Home, world: SimulatedWorld, port: int) -> None:
        """Have cars deliver to a port of this machine."""
        self._before_pairing: Hook | None = None
        self._home = home
        self._world = world
        self._port = port
        self._pages: Mapping[str, Page] = {
            "user": self._user,
            "application": self._application,
            "custom": self._custom,
            "auth": self._sign_in,
            "hosting": self._check_key,
            "pairing_car": self._pair,
            "receiver": self._receiver,
            "receiver_bundle_file": self._bundle,
            "profile_sent": self._sent,
        }

    async def run(self, before_pairing: Hook | None = None) -> None:
        """Enter the credentials, and go on until the tour says that all stands.

        before_pairing: done when the first car is to be paired
        """
        self._before_pairing = before_pairing
        addresses = self._world.addresses
        await self._home.command(
            "application_credentials/create",
            domain=DOMAIN,
            client_id=addresses["client_id"],
            client_secret=addresses["client_secret"],
        )
        await Walk(self._home, self._pages).tour()

    async def _user(self, step: Step) -> Step:
        return await choose(self._home, step, "application")

    async def _application(self, step: Step) -> Step:
        return await confirm(self._home, step, provider="custom")

    async def _custom(self, step: Step) -> Step:
        addresses = self._world.addresses
        return await confirm(
            self._home,
            step,
            bases=[f"{region}={base}" for region, base in addresses["regions"].items()],
            authorize_url=addresses["authorize"],
            token_url=addresses["token"],
        )

    async def _sign_in(self, step: Step) -> Step:
        return await sign_in(self._home, step)

    async def _check_key(self, step: Step) -> Step:
        return await choose(self._home, step, "hosting_check")

    async def _pair(self, step: Step) -> Step:
        before, self._before_pairing = self._before_pairing, None
        if before is not None:
            await before()
        await follow_link(self._world, step["description_placeholders"]["link"])
        return await confirm(self._home, step)

    async def _receiver(self, step: Step) -> Step:
        changed: dict[str, Any] = {"public_port": self._port, "port": self._port}
        return await confirm(self._home, step, **changed, authorities="file", addresses=["127.0.0.1"])

    async def _sent(self, step: Step) -> Step:
        """Leave what a car has not fetched yet to the integration."""
        return await choose(self._home, step, "profile_done")

    async def _bundle(self, step: Step) -> Step:
        return await confirm(self._home, step, authorities_file=str(self._world.bundle))


async def prepare_world(home: Home, world: SimulatedWorld) -> None:
    """Have a new application: its domain leads to Home Assistant, and no region knows it."""
    await world.do("cloud", "host_domain", domain=NAME, base=home.front.base)
    await world.do("cloud", "set_origins", args=[home.public_url], at_once=True)
    await world.do("cloud", "unregister")


async def follow_link(world: SimulatedWorld, link: str) -> None:
    """Open a pairing link on the phone of the car's owner, who allows the key."""
    vin = parse_qs(urlsplit(link).query)["vin"][0]
    if (told := await world.do("cloud", "follow_pairing_link", link=link, vin=vin)) != "paired":
        raise RuntimeError(f"the phone says {told!r}")


async def sign_in(home: Home, step: Step) -> Step:
    """Open the sign-in page that a dialogue leads to, and return what follows in the dialogue."""
    await _follow(step["url"])
    following: Step = await home.get(f"{FLOWS}/{step['flow_id']}")
    return following


async def _follow(url: str) -> None:
    """Open the sign-in page, and follow it back; the simulated page says yes by itself."""
    async with ClientSession() as session:
        for _ in range(5):
            async with session.get(url, allow_redirects=False) as response:
                if "Location" not in response.headers:
                    response.raise_for_status()
                    return
                url = urljoin(url, response.headers["Location"])
        raise RuntimeError("the sign-in does not come to an end")
