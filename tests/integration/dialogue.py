"""A user in front of a dialogue, who can read every text of it."""

from collections.abc import Callable
from functools import partial
import json
from pathlib import Path
import re
import ssl
from typing import Any

from aiohttp import ClientSession
from homeassistant.components.application_credentials import (
    ClientCredential,
    async_import_client_credential,
)
from homeassistant.components.repairs import RepairsFlowContext, RepairsFlowManager, repairs_flow_manager
from homeassistant.config_entries import ConfigFlowContext, SubentryFlowContext
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import probatio
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator  # type: ignore[import-untyped]  # has no types
from yarl import URL

from custom_components.tesla_direct.const import DOMAIN
from simulator.world import World
from tests.home import until

TEXTS = json.loads(
    (Path(__file__).parents[2] / "custom_components" / DOMAIN / "translations" / "en.json").read_text("utf-8")
)
PLACEHOLDER = re.compile(r"{(\w+)}")
# Answers that Home Assistant itself has texts for.
SHARED_ABORTS = {"already_configured", "already_in_progress", "reauth_successful", "reconfigure_successful"}


def leave_open(hass: HomeAssistant) -> None:
    """Let what is set up later be served, too, as Home Assistant does when it starts its web server."""
    hass.http.app._router.freeze = lambda: None  # type: ignore[method-assign]


def _goes_on(flow: Any) -> bool:
    return bool(flow.cur_step["type"] != "progress")


class Dialogue:
    """Follows one flow; each step that is shown is checked for its texts."""

    def __init__(self, hass: HomeAssistant, world: World, web: ClientSessionGenerator) -> None:
        self.hass = hass
        self.world = world
        self.step: Any = None
        self._repaired = ""
        self._subentry = ""
        self._web = web

    async def enter_credentials(self, client_id: str | None = None, secret: str | None = None) -> None:
        """Enter client id and secret, as the user does before the first dialogue."""
        application = self.world.cloud.books.application
        assert await async_setup_component(self.hass, "application_credentials", {})
        credential = ClientCredential(client_id or application.client_id, secret or application.client_secret)
        await async_import_client_credential(self.hass, DOMAIN, credential, DOMAIN)

    async def begin(self) -> None:
        flows = self.hass.config_entries.flow
        self._show(await flows.async_init(DOMAIN, context=ConfigFlowContext(source="user")))

    async def choose_application(self) -> None:
        """Choose an application of one's own, on the first page or for an entry that has no account yet."""
        assert self.step["step_id"] in {"user", "convert"}, self.step
        await self.answer(next_step_id="application")

    async def look_at_reconfigure(self, entry: Any) -> None:
        """Open the menu of an entry."""
        flows = self.hass.config_entries.flow
        context = ConfigFlowContext(source="reconfigure", entry_id=entry.entry_id)
        self._show(await flows.async_init(DOMAIN, context=context))

    async def reconfigure(self, entry: Any, part: str) -> None:
        """Open the menu of an entry, and choose."""
        await self.look_at_reconfigure(entry)
        assert part in self.step["menu_options"], self.step
        await self.answer(next_step_id=part)

    async def begin_options(self, entry: Any, part: str) -> None:
        """Open the options of an entry, and choose a subject."""
        self._show(await self.hass.config_entries.options.async_init(entry.entry_id), kind="options")
        assert part in self.step["menu_options"], self.step
        await self.answer_options(next_step_id=part)

    async def begin_subentry(self, entry: Any, kind: str, subentry_id: str = "") -> None:
        """Add a part to an entry, or change one."""
        context = SubentryFlowContext(source="user")
        if subentry_id:
            context = SubentryFlowContext(source="reconfigure", subentry_id=subentry_id)
        self._subentry = kind
        flows = self.hass.config_entries.subentries
        self._show(await flows.async_init((entry.entry_id, kind), context=context), kind="config_subentries")

    async def answer_subentry(self, **values: Any) -> None:
        flows = self.hass.config_entries.subentries
        step = await flows.async_configure(self.step["flow_id"], values)
        self._show(step, kind="config_subentries")
        await self.hass.async_block_till_done()

    async def look_subentry(self, flow_id: str | None = None) -> None:
        """See what a dialogue about a part of an entry shows now."""
        flows = self.hass.config_entries.subentries
        step = await flows.async_configure(flow_id or self.step["flow_id"])
        self._show(step, kind="config_subentries")
        await self.hass.async_block_till_done()

    async def progress_subentry(self) -> None:
        """See what takes time through to the next page."""
        flows = self.hass.config_entries.subentries
        while self.step["type"] == "progress":
            await until(partial(_goes_on, flows._progress[self.step["flow_id"]]))
            self._show(await flows.async_configure(self.step["flow_id"]), kind="config_subentries")

    async def begin_repair(self, issue: ir.IssueEntry) -> None:
        """Open a notice that can be mended in a dialogue."""
        assert await async_setup_component(self.hass, "repairs", {})
        await self.hass.async_block_till_done()
        assert issue.is_fixable
        assert issue.translation_key
        self._repaired = issue.translation_key
        flow = await self._repairs.async_init(DOMAIN, context=RepairsFlowContext(issue_id=issue.issue_id))
        self._show(flow, kind="repairs")

    async def answer_repair(self, **values: Any) -> None:
        self._show(await self._repairs.async_configure(self.step["flow_id"], values), kind="repairs")
        await self.hass.async_block_till_done()

    @property
    def _repairs(self) -> RepairsFlowManager:
        manager = repairs_flow_manager(self.hass)
        assert manager is not None
        return manager

    async def answer(self, **values: Any) -> None:
        """Submit a form, and let what follows from it happen: an entry may be reloaded."""
        flows = self.hass.config_entries.flow
        self._show(await flows.async_configure(self.step["flow_id"], values))
        await self.hass.async_block_till_done()

    async def answer_options(self, **values: Any) -> None:
        flows = self.hass.config_entries.options
        self._show(await flows.async_configure(self.step["flow_id"], values), kind="options")
        await self.hass.async_block_till_done()

    async def look(self, flow_id: str | None = None) -> None:
        """See what a dialogue shows now."""
        flows = self.hass.config_entries.flow
        self._show(await flows.async_configure(flow_id or self.step["flow_id"]))
        await self.hass.async_block_till_done()

    async def follow(self) -> None:
        """Go on to the dialogue that follows an entry that was made."""
        kind, flow_id = self.step["next_flow"]
        assert kind == "config_flow"
        await self.look(flow_id)

    async def progress(self) -> None:
        """See what takes time through to the next page."""
        flows = self.hass.config_entries.flow
        while self.step["type"] == "progress":
            await until(partial(_goes_on, flows._progress[self.step["flow_id"]]))
            await self.look()

    async def sign_in(self) -> None:
        """Follow the browser to the sign-in page and back, and see what is shown then."""
        await self.visit()
        await self.hass.async_block_till_done()
        await self.look()

    async def visit(self) -> None:
        """Follow the browser to the sign-in page and back."""
        assert self.step["type"] == "external", self.step
        authority = self.world.cloud_ca
        tls = ssl.create_default_context(cadata=authority) if authority else True
        async with ClientSession() as browser:
            page = await browser.get(self.step["url"], allow_redirects=False, ssl=tls)
            assert page.status == 302, await page.text()
            back = URL(page.headers["Location"])
        leave_open(self.hass)
        client = await self._web()
        async with client.get(back.path_qs) as page:
            assert page.status == 200

    async def choose_hosts(self, *, location: bool = True, **changes: Any) -> None:
        """Choose the simulated hosts."""
        cloud = self.world.cloud
        await self.choose_application()
        await self.answer(provider="custom", location=location)
        hosts = {
            "bases": [f"{name}={base}" for name, base in cloud.bases.items()],
            "authorize_url": cloud.authorize_url,
            "token_url": cloud.token_url,
        }
        await self.answer(**hosts | changes)

    async def until_cars(self, **hosts: Any) -> None:
        """Go on to the step that lists the cars, with all that is asked before."""
        await self.enter_credentials()
        await self.begin()
        await self.choose_hosts(**hosts)
        await self.sign_in()
        assert self.step["step_id"] == "region", self.step
        await self.answer(region=self.world.cloud.account.region)

    @property
    def errors(self) -> dict[str, str]:
        return self.step.get("errors") or {}

    @property
    def options(self) -> list[str]:
        """The values that the list of cars offers."""
        field = next(each for each in self._fields() if each["name"] == "vehicles")
        return [option["value"] for option in field["selector"]["select"]["options"]]

    def _fields(self) -> list[dict[str, Any]]:
        """Return the form as a browser gets it."""
        fields = probatio.to_field_list(self.step["data_schema"], custom_serializer=cv.custom_serializer)
        assert isinstance(fields, list)
        return fields

    def _show(self, step: Any, kind: str = "config") -> None:
        self.step = step
        checks: dict[str, Callable[[Any], None]] = {
            "form": self._check_form,
            "menu": self._check_menu,
            "abort": self._check_abort,
            "progress": self._check_progress,
        }
        if check := checks.get(step["type"]):
            texts = {
                "repairs": lambda: TEXTS["issues"][self._repaired]["fix_flow"],
                "config_subentries": lambda: TEXTS[kind][self._subentry],
            }
            check(texts.get(kind, lambda: TEXTS[kind])())

    def _check_form(self, texts: Any) -> None:
        text = texts["step"][self.step["step_id"]]
        told = set(self.step.get("description_placeholders") or ())
        for field in self._fields() if self.step["data_schema"] else ():
            assert field["name"] in text["data"], field
            assert field["name"] in text["data_description"], field
            assert set(PLACEHOLDER.findall(text["data_description"][field["name"]])) <= told, field
            select = field.get("selector", {}).get("select", {})
            if key := select.get("translation_key"):
                known = TEXTS["selector"][key]["options"]
                assert key == "region" or all(option in known for option in select["options"]), select
        for shown in (text["title"], text.get("description", "")):
            # Home Assistant itself tells a dialogue about an entry what that is called.
            assert set(PLACEHOLDER.findall(shown)) <= told | {"name"}, shown
        assert all(error in texts["error"] for error in self.errors.values()), self.errors
        for error in self.errors.values():
            assert set(PLACEHOLDER.findall(texts["error"][error])) <= told, error

    def _check_menu(self, texts: Any) -> None:
        text = texts["step"][self.step["step_id"]]
        assert set(self.step["menu_options"]) <= set(text["menu_options"])
        assert set(self.step["menu_options"]) <= set(text["menu_option_descriptions"])
        told = set(self.step.get("description_placeholders") or ())
        for option in self.step["menu_options"]:
            shown = text["menu_options"][option] + text["menu_option_descriptions"][option]
            assert set(PLACEHOLDER.findall(shown)) <= told, shown
        assert set(PLACEHOLDER.findall(text.get("description", ""))) <= told

    def _check_progress(self, texts: Any) -> None:
        told = set(self.step.get("description_placeholders") or ())
        assert set(PLACEHOLDER.findall(texts["progress"][self.step["progress_action"]])) <= told

    def _check_abort(self, texts: Any) -> None:
        told = set(self.step.get("description_placeholders") or ())
        text = texts["abort"].get(self.step["reason"])
        assert text is not None or self.step["reason"] in SHARED_ABORTS, self.step["reason"]
        assert set(PLACEHOLDER.findall(text or "")) <= told
