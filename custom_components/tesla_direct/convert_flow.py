"""Signing in for cars that were known from a broker alone: the entry stays, and becomes an account's.

Its cars stay whatever the account has: their devices and their history are the user's, and the broker goes on
telling of them. A car that the account does not have is named, and the user may leave it out.
"""

from collections.abc import Iterable, Mapping
from typing import Any, override

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigFlowResult

from .const import CONF_VEHICLES
from .hosts import provider_of
from .no_account_flow import TITLES
from .resume_flow import ResumeSteps
from .service_flow import ServiceAccount
from .sign_ins import SignIn
from .strangers import async_cars_were_picked
from .tesla.fleet_api.provider import NONE
from .texts import async_text


class ConvertSteps(ResumeSteps):
    """Has a sign-in take over the entry that has no account."""

    _to_convert = False  # whether that is what this dialogue was begun for, and is still to be done

    @property
    def _converting(self) -> bool:
        if self.source != SOURCE_RECONFIGURE:
            return False
        return provider_of(self._get_reconfigure_entry().data).name == NONE.name

    @property
    @override
    def _fresh(self) -> bool:
        return self._converting or super()._fresh

    async def async_step_convert(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer the accounts that there can be."""
        self._to_convert = True
        ways = ["application", "teslemetry", "myteslamate", "teslamate_style"]
        return self.async_show_menu(step_id="convert", menu_options=ways)

    @override
    async def async_step_region(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        return self._overtaken() or await super().async_step_region(user_input)

    @override
    async def async_step_cars(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        return self._overtaken() or await super().async_step_cars(user_input)

    @override
    async def async_step_teslemetry_cars(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        return self._overtaken() or await super().async_step_teslemetry_cars(user_input)

    @override
    async def async_step_myteslamate_cars(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        return self._overtaken() or await super().async_step_myteslamate_cars(user_input)

    @override
    async def _async_stream_chosen(self, vins: Iterable[str], *, raw: bool) -> ConfigFlowResult:
        return self._overtaken() or await super()._async_stream_chosen(vins, raw=raw)

    def _overtaken(self) -> ConfigFlowResult | None:
        """Give up where another dialogue has given the entry an account meanwhile."""
        if self._to_convert and not self._converting:
            return self.async_abort(reason="convert_overtaken")
        return None

    @override
    async def _async_signed_in(self, sign_in: SignIn) -> ConfigFlowResult:
        if self._converting and self._is_elsewhere(sign_in.claims.subject):
            return self.async_abort(reason="convert_elsewhere")
        return await super()._async_signed_in(sign_in)

    @override
    async def _async_take_service(self, account: ServiceAccount) -> ConfigFlowResult | None:
        if not self._converting:
            return await super()._async_take_service(account)
        if self._is_elsewhere(account.unique_id):
            return self.async_abort(reason="convert_elsewhere")
        await self.async_set_unique_id(account.unique_id, raise_on_progress=False)
        return None

    def _is_elsewhere(self, unique_id: str) -> bool:
        """Tell whether an account has an entry of its own."""
        return self.hass.config_entries.async_entry_for_domain_unique_id(self.handler, unique_id) is not None

    @override
    async def _async_cars_detail(self) -> str:
        strangers = self._known.keys() - self._listed if self._converting else set[str]()
        if not strangers:
            return await super()._async_cars_detail()
        named = ", ".join(f"…{vin[-6:]}" for vin in sorted(strangers))
        return (await async_text(self.hass, "broker", "not_in_account")).format(cars=named)

    @override
    async def _async_make_of_service(
        self, title: str, account: ServiceAccount, vehicles: dict[str, str], more: Mapping[str, Any]
    ) -> ConfigFlowResult:
        if self._converting:
            others = {vin: name for vin, name in self._known.items() if vin not in account.offered}
            vehicles = vehicles | others
        return await super()._async_make_of_service(title, account, vehicles, more)

    @override
    async def _async_make(self, title: str, data: dict[str, Any]) -> ConfigFlowResult:
        """Change the entry, and go on to the tour; what else there is of it stays."""
        if not self._converting:
            return await super()._async_make(title, data)
        entry = self._get_reconfigure_entry()
        # Where cars cannot be listed yet, nobody was asked.
        cars = {CONF_VEHICLES: data[CONF_VEHICLES] or entry.data[CONF_VEHICLES]}
        self.hass.config_entries.async_update_entry(
            entry,
            unique_id=self.unique_id,
            title=title if entry.title in TITLES else entry.title,
            data=data | cars,
        )
        # What it offers was asked for when it had no account, and Home Assistant keeps the answers.
        entry._supports_options = entry._supported_subentry_types = None  # noqa: SLF001  # no other way until a restart
        self._to_convert = False
        async_cars_were_picked(self.hass, entry)  # of an account nobody picks by what a broker tells
        return await self.async_step_tour()
