"""The set-up as somebody clicks through it, from "Add integration" to the end of the tour [I/O]."""

from collections.abc import Awaitable, Callable, Mapping
import json
from pathlib import Path
import time
from typing import Any

from .browser.person import Person
from .cars import CheckFailed
from .front import NAME as NAME_OF_HOME
from .home import PROJECT, Home
from .setup_flow import DOMAIN, Hook, follow_link
from .world import SimulatedWorld

TEXTS: dict[str, Any] = json.loads(
    (PROJECT / "custom_components" / DOMAIN / "translations" / "en.json").read_text(encoding="utf-8")
)
CONFIG: dict[str, Any] = TEXTS["config"]
STEPS: dict[str, Any] = CONFIG["step"]
# Home Assistant's own words.
ADD, SEARCH, SUBMIT = "Add integration", "Search for a brand name", "Submit"
SKIP = "Skip and finish"  # of the page that asks for names and areas of new devices
LAST = {"abort": "Close", "create_entry": SKIP}  # kinds of pages, and what closes them
CREDENTIALS, NAME = "Add application credentials", "Name"
ID, SECRET = "OAuth client ID", "OAuth client secret"
# What the page in front is, once nothing is on its way any more, and it is another one than before.
# Pages are told apart by what they say: a browser may fetch the same one twice.
PAGE = """(() => {
    const page = (name, type, says) => (says === %(before)s ? null : {name, type, says});
    if (eyes.sees(%(credentials)s)) return page("credentials", "form", "credentials");
    const home = document.querySelector("home-assistant")?.shadowRoot;
    if (!home) return document.forms.length ? page("auth", "external", "auth") : null;
    const dialog = home.querySelector("dialog-data-entry-flow"), step = dialog?._step;
    if (!step || dialog._loading || ["progress", "external"].includes(step.type)) return null;
    if (step.reason === "missing_credentials" || step.next_flow) return null;
    if (step.type === "create_entry") return page("created", step.type, "created");
    const name = step.step_id ?? step.reason ?? "";
    return page(name, step.type, JSON.stringify([name, step.description_placeholders, step.errors]));
})()"""
PAIRING_LINK = "https://tesla.com/_ak/"
TIMES = 4  # that a page may come back before something is wrong


class Clicked:
    """Somebody who begins to add the integration, and does what each page says.

    clicks:  of everybody
    own:     labels of the fields that everybody has to fill in
    of_demo: labels of those that only the simulated world makes necessary
    seconds: from the first click to the last
    stop_at: the page at which to stop, and do nothing
    passed:  the pages, in the order in which they came
    """

    def __init__(self, person: Person, home: Home, pictures: Path) -> None:
        """Take a picture of each page into a folder."""
        self.clicks = 0
        self.own: list[str] = []
        self.of_demo: list[str] = []
        self.seconds = 0.0
        self.stop_at = ""
        self.passed: list[str] = []
        self._person = person
        self._home = home
        self._pictures = pictures
        self._before = ""
        self._before_pairing: Hook | None = None
        # What is done on some pages; of others the form is submitted as it is.
        self._pages: Mapping[str, Callable[[], Awaitable[None]]] = {}

    async def run(self, before_pairing: Hook | None = None) -> None:
        """Go from the list of integrations to the page that says that all stands."""
        self._before_pairing = before_pairing
        person = self._person
        await person.tab.go(f"{self._home.url}/config/integrations/dashboard")
        await person.reads(ADD)
        await person.picture(self._pictures / "integrations.png")
        started = time.monotonic()
        await self._click(ADD)
        await self._write(SEARCH, "Tesla Direct")
        await self._click("Tesla Direct")
        await self.go_on()
        self.seconds = time.monotonic() - started

    async def go_on(self) -> None:
        """Do what each page says, until the last one, or the one to stop at."""
        self._before = ""
        while not await self._page():
            pass

    def told(self) -> str:
        """Say what it took, as far as the simulated world has not made it necessary."""
        typed = f"{len(self.own)} fields typed ({', '.join(self.own)})"
        return f"{self.clicks} clicks and {typed} in {self.seconds:.0f} s"

    async def _page(self) -> bool:
        """Do what a page says; return whether it was the last."""
        values = {"credentials": json.dumps(CREDENTIALS), "before": json.dumps(self._before)}
        page = await self._person.waits(PAGE % values, "the next page of the set-up")
        name, self._before = page["name"], page["says"]
        self.passed.append(name)
        if self.passed.count(name) > TIMES:
            raise CheckFailed(f"the page {name} comes again and again: {await self._person.texts()}")
        if page["type"] == "create_entry":
            await self._person.reads(SKIP)  # once the page has heard of the devices
        await self._person.picture(self._pictures / f"{name}.png")
        if name == self.stop_at:
            return True
        if page["type"] in LAST:
            await self._click(LAST[page["type"]])
            return True
        await self._pages.get(name, self._confirm)()
        return False

    async def _sign_in(self) -> None:
        """Say yes on the page of whoever asks, which has opened by itself, and closes in the end."""
        await self._click("Allow")
        await self._person.back_in_one_tab()

    async def _about_to_pair(self) -> None:
        before, self._before_pairing = self._before_pairing, None
        if before is not None:
            await before()

    async def _sent(self) -> None:
        """Leave what a car has not fetched yet to the integration."""
        await self._choose("profile_sent", "profile_done")

    async def _confirm(self, *, of_demo: bool = False) -> None:
        await self._click(SUBMIT, of_demo=of_demo)

    async def _choose(self, page: str, option: str, *, of_demo: bool = False) -> None:
        """Take one option of a menu."""
        await self._click(STEPS[page]["menu_options"][option], of_demo=of_demo)

    async def _click(self, text: str, *, of_demo: bool = False) -> None:
        await self._person.click(text)
        self.clicks += not of_demo

    async def _write(self, label: str, text: str, number: int = 0, *, of_demo: bool = False) -> None:
        await self._person.write(label, text, number)
        (self.of_demo if of_demo else self.own).append(label)


class ClickedSetUp(Clicked):
    """An application of one's own, and cars that connect to Home Assistant itself."""

    def __init__(self, person: Person, home: Home, world: SimulatedWorld, port: int, pictures: Path) -> None:
        """Have cars deliver to a port of this machine."""
        super().__init__(person, home, pictures)
        self._world = world
        self._port = port
        self._pages = {
            "credentials": self._credentials,
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

    async def _credentials(self) -> None:
        addresses = self._world.addresses
        await self._write(NAME, "Tesla")
        await self._write(ID, addresses["client_id"])
        await self._write(SECRET, addresses["client_secret"])
        await self._click("Add")
        await self._person.waits(f"eyes.sees({json.dumps(CREDENTIALS)}) ? null : true", "the end of the page")

    async def _user(self) -> None:
        await self._choose("user", "application")

    async def _application(self) -> None:
        await self._click(TEXTS["selector"]["provider"]["options"]["custom"], of_demo=True)
        await self._confirm()

    async def _custom(self) -> None:
        addresses, labels = self._world.addresses, STEPS["custom"]["data"]
        for number, (region, base) in enumerate(addresses["regions"].items()):
            await self._click(f"Add {labels['bases']}", of_demo=True)
            await self._write(labels["bases"], f"{region}={base}", number, of_demo=True)
        await self._write(labels["authorize_url"], addresses["authorize"], of_demo=True)
        await self._write(labels["token_url"], addresses["token"], of_demo=True)
        await self._confirm(of_demo=True)

    async def _check_key(self) -> None:
        label: str = STEPS["hosting"]["menu_options"]["hosting_check"]
        await self._click(label.format(domain=NAME_OF_HOME))

    async def _pair(self) -> None:
        """Use the link on the phone, which no page can do."""
        await self._about_to_pair()
        link = await self._person.waits(f"eyes.sees({json.dumps(PAIRING_LINK)})", "a link for the phone")
        await follow_link(self._world, link)
        await self._confirm()

    async def _receiver(self) -> None:
        """Confirm the page, but for what a simulated world needs: free ports, authorities of its own."""
        labels = STEPS["receiver"]["data"]
        for name in ("public_port", "port"):
            await self._write(labels[name], str(self._port), of_demo=True)
        await self._click(TEXTS["selector"]["authorities"]["options"]["file"], of_demo=True)
        await self._click(f"Add {labels['addresses']}", of_demo=True)
        await self._write(labels["addresses"], "127.0.0.1", of_demo=True)
        await self._confirm()

    async def _bundle(self) -> None:
        label = STEPS["receiver_bundle_file"]["data"]["authorities_file"]
        await self._write(label, str(self._world.bundle), of_demo=True)
        await self._confirm(of_demo=True)
