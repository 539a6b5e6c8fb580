"""The part of the tour in which cars learn the key: a link and its code for each, and a look until it has."""

from typing import Any

from homeassistant.config_entries import ConfigFlowResult
import probatio as vol

from .const import CONF_VEHICLES
from .pairing import (
    NOT_PAIRED_YET,
    OTHER_KEY,
    async_elsewhere,
    async_look,
    async_other_key,
    code_of,
    domain_of,
    is_ours,
    keys_held,
    link_of,
    only_lacks_are_told,
    unpaired,
)
from .pairing_flow import CONF_QR_CODE
from .shared import async_get_shared
from .tesla.errors import TeslaError
from .tesla.vehicle.model import read_vin
from .texts import async_text
from .tour import HOSTING, PAIRING, REGISTRATION, TourSteps, parts_of

PAUSE = 5.0  # seconds between two looks, which are free
PATIENCE = 60.0  # seconds; then the user is asked


class PairSteps(TourSteps):
    """Leads through the cars that do not know the key yet, one after the other."""

    _car = ""
    _put_off: frozenset[str] = frozenset()  # cars for later
    _other_key = False  # whether cars would learn another one than ours
    _not_yet = ("", "")  # why the car is not paired yet, and what the cloud has said of it

    async def async_step_pairing(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """See first which cars know the key already."""
        entry = await self._async_running()
        if entry is None:
            return self.async_abort(reason="not_loaded")
        keys = (await async_get_shared(self.hass)).key
        lacks_key = is_ours(entry.data) and keys.key is None
        if lacks_key or domain_of(keys, entry.data) is None:
            return await self._async_part_left(PAIRING, "pairing_needs_domain")
        return await self.async_step_pairing_look()

    async def async_step_pairing_look(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask Tesla, for free."""
        return await self._async_wait_for("pairing_look", self._async_look_at_all, "pairing_looked")

    async def async_step_pairing_looked(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Begin with the first car that does not know the key."""
        self._other_key = self._done()
        return await self._async_next_car()

    async def async_step_pairing_car(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show link and code of a car; its owner says when one of them was used."""
        return await self._async_show_car("pairing_car", user_input)

    async def async_step_pairing_other(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Do the same for a key that is not ours, but of whoever signs for us."""
        return await self._async_show_car("pairing_other", user_input)

    async def _async_show_car(self, step: str, user_input: dict[str, Any] | None) -> ConfigFlowResult:
        if user_input is not None:
            return await self.async_step_pairing_wait()
        entry = await self._async_running()
        if entry is None or self._car not in entry.runtime_data.vehicles:
            return self.async_abort(reason="not_loaded")
        keys = (await async_get_shared(self.hass)).key
        link, held = link_of(keys, entry, self._car), keys_held(entry, self._car)
        return self.async_show_form(
            step_id=step,
            data_schema=vol.Schema({vol.Optional(CONF_QR_CODE): code_of(link)}),
            description_placeholders={
                "car": self._name,
                "link": link,
                "elsewhere": await async_elsewhere(self.hass, keys, entry, self._car),
                "fingerprint": keys.fingerprint or "",
                "keys": "?" if held is None else f"{held:.0f}",
            },
        )

    @property
    def _page(self) -> str:
        """The page of a car, which depends on whose key it has to know."""
        return "pairing_car" if is_ours(self._get_reconfigure_entry().data) else "pairing_other"

    async def async_step_pairing_wait(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Look again and again, until the key is there or a minute is over."""
        return await self._async_wait_for(
            "pairing_wait", self._async_until_paired, "pairing_waited", {"car": self._name}
        )

    async def async_step_pairing_waited(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Go on to the next car, or say what stands in the way."""
        self._not_yet = self._done()
        self._other_key = self._not_yet[0] == OTHER_KEY
        return await (self.async_step_pairing_failed() if self._not_yet[0] else self._async_next_car())

    async def async_step_pairing_failed(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say why the car is not paired, and offer what helps."""
        problem, detail = self._not_yet
        options = ["pairing_wait", self._page, "pairing_skip"]
        if problem == OTHER_KEY:
            options.insert(2, HOSTING)
        elif problem == NOT_PAIRED_YET and REGISTRATION in parts_of(self._get_reconfigure_entry().data):
            options.insert(2, REGISTRATION)
        return self.async_show_menu(
            step_id="pairing_failed",
            menu_options=options,
            description_placeholders={
                "car": self._name,
                "problem": await async_text(self.hass, "pairing", problem),
                "detail": f"({detail})" if detail else "",
            },
        )

    async def async_step_pairing_skip(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Put this car off; a notice under Repairs reminds of it."""
        self._put_off |= {self._car}
        return await self._async_next_car()

    async def _async_next_car(self) -> ConfigFlowResult:
        entry = await self._async_running()
        if entry is None:
            return self.async_abort(reason="not_loaded")
        left = unpaired(entry)
        for vin in left:
            if vin not in self._put_off:
                self._car = vin
                if self._other_key:  # before anybody has a car learn it
                    self._not_yet = OTHER_KEY, ""
                    return await self.async_step_pairing_failed()
                return await self._async_show_car(self._page, None)
        if left:
            return await self._async_part_left(PAIRING, "pairing_later")
        by_service = only_lacks_are_told(entry.data)
        return await self._async_part_done(PAIRING, "pairing_no_lack" if by_service else "pairing_ready")

    async def _async_look_at_all(self) -> bool:
        """Have Tesla say which cars know the key; if it does not, their owners are asked.

        Returns whether another key than ours stands where cars would learn it from.
        """
        entry = self._get_reconfigure_entry()
        keys = (await async_get_shared(self.hass)).key
        try:
            if (watch := entry.runtime_data.teslemetry) is None:
                await entry.runtime_data.poll.check()
            else:
                await watch.async_ask()
        except TeslaError as error:
            entry.runtime_data.poll_told.poll_failed(error)
        return await async_other_key(keys, entry)

    async def _async_until_paired(self) -> tuple[str, str]:
        """Return why the car is not paired, and what the cloud has said; empty once it is."""
        shared = await async_get_shared(self.hass)
        ends = shared.clock() + PATIENCE
        while True:
            entry = await self._async_running()
            if entry is None or self._car not in entry.runtime_data.vehicles:
                return "not_loaded", ""
            try:
                problem = await async_look(shared.key, entry, self._car)
            except TeslaError as error:
                return "cannot_connect", str(error)
            if problem != NOT_PAIRED_YET or shared.clock() >= ends:
                return problem, ""
            await shared.sleep(PAUSE)

    @property
    def _name(self) -> str:
        """What its owner calls the car."""
        known = self._get_reconfigure_entry().data[CONF_VEHICLES].get(self._car)
        return known or read_vin(self._car).model or "Tesla"
