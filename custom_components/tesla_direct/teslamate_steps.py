"""Pages about a TeslaMate of the user's own: which is heard, and which of its cars is which.

TeslaMate numbers its cars and publishes no VINs, so the user says which is which, one page for each.
"""

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigFlowResult, ConfigSubentryData
from homeassistant.const import UnitOfLength
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
import probatio as vol

from .broker_steps import LISTEN, AtBrokerSteps
from .cars_form import label_of
from .const import CONF_CARS, CONF_LEFT_OUT, CONF_NAMESPACE, CONF_SERVE, SUBENTRY_TESLAMATE
from .hosts import provider_of
from .no_account_flow import TESLAMATE_TITLE
from .tesla.decode.mqtt import is_vin
from .tesla.fleet_api.provider import NONE
from .tesla.source.teslamate import FoundCar, find_teslamate
from .tesla.vehicle.model import read_vin
from .texts import async_text, plain

# Fields.
CONF_TESLAMATE = "teslamate"  # which of several
CONF_VIN = "vin"
NOT_HERE = "not_here"  # instead of a VIN
BARE = "/"  # stands for a TeslaMate without a namespace; no namespace is called so
ROOT = "teslamate"  # what its topics begin with
UNHEARD = FoundCar()

type Found = Mapping[str, Mapping[int, FoundCar]]  # by namespace, and TeslaMate's number of each car


class TeslaMateSteps(AtBrokerSteps):
    """Listens for a TeslaMate, and asks which of its cars is which."""

    _teslamates: Found = MappingProxyType({})
    _namespace = ""
    _unmatched: tuple[int, ...] = ()  # cars that are still to be asked for, by TeslaMate's numbers
    _matched: Mapping[int, str] = MappingProxyType({})  # number to VIN

    @abstractmethod
    async def _async_matched(self, source: ConfigSubentryData) -> ConfigFlowResult:
        """Go on with a TeslaMate whose cars are known now."""

    @property
    def _set_up(self) -> Mapping[str, Any]:
        """What is set up already of the TeslaMate that is asked for: the data of its subentry."""
        return {}

    async def async_step_teslamate(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Begin to listen, where there is a broker."""
        if await self._async_is_absent("teslamate"):
            return await self.async_step_broker_absent()
        return await self.async_step_teslamate_listen()

    async def async_step_teslamate_listen(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Listen for a while; a broker has kept what TeslaMate knows, so that cars may sleep."""
        return await self._async_wait_for("teslamate_listen", self._async_listen_for_it, "teslamate_heard")

    async def _async_listen_for_it(self, seconds: float = LISTEN) -> Found | None:
        return await self._async_hear(lambda subscribe, sleep: find_teslamate(subscribe, seconds, sleep))

    async def async_step_teslamate_heard(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Go on with what was heard, if there is anything new in it."""
        heard: Found | None = self._done()
        if heard is None:
            return await self.async_step_broker_absent()
        self._teslamates = self._new(heard)
        if self._teslamates:
            return await self.async_step_teslamate_found()
        entry = self._of_entry
        if heard and entry is not None:
            return self.async_abort(reason="teslamate_in_use", description_placeholders={"name": entry.title})
        return await self.async_step_teslamate_silent()

    async def async_step_teslamate_silent(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say that none was heard, and why that may be."""
        return self.async_show_menu(step_id="teslamate_silent", menu_options=["teslamate_listen"])

    def _new(self, heard: Found) -> Found:
        """Return those that the entry does not listen to yet, and the one that is asked for."""
        used = _in_use(self._of_entry)
        found = {namespace: cars for namespace, cars in heard.items() if cars and namespace not in used}
        if self._set_up:
            own = self._set_up[CONF_NAMESPACE]
            set_up = dict.fromkeys(map(int, self._set_up[CONF_CARS]), UNHEARD)
            found[own] = set_up | dict(heard.get(own, {}))
        return found

    async def async_step_teslamate_found(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask which TeslaMate it is, where there are several."""
        if len(self._teslamates) == 1:
            (self._namespace,) = self._teslamates
            return await self._async_ask_for_cars()
        if user_input is not None:
            self._namespace = "" if user_input[CONF_TESLAMATE] == BARE else user_input[CONF_TESLAMATE]
            return await self._async_ask_for_cars()
        options = [
            SelectOptionDict(value=namespace or BARE, label=_label(namespace, cars))
            for namespace, cars in sorted(self._teslamates.items())
        ]
        which = SelectSelector(SelectSelectorConfig(options=options, mode=SelectSelectorMode.LIST))
        usual = self._set_up.get(CONF_NAMESPACE, min(self._teslamates)) or BARE
        return self.async_show_form(
            step_id="teslamate_found",
            data_schema=vol.Schema({vol.Required(CONF_TESLAMATE, default=usual): which}),
        )

    async def _async_ask_for_cars(self) -> ConfigFlowResult:
        if self._has_account and not self._vehicles:
            return self.async_abort(reason="teslamate_no_cars")
        if self._serves and not self._set_up:
            return await self.async_step_teslamate_served()
        return await self.async_step_teslamate_cars()

    async def async_step_teslamate_served(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask whether TeslaMate has its data from here: then it would only be heard what was said."""
        return self.async_show_menu(
            step_id="teslamate_served", menu_options=["teslamate_cars", "teslamate_echo"]
        )

    async def async_step_teslamate_echo(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """End: it has nothing to add."""
        return self.async_abort(reason="teslamate_echo")

    async def async_step_teslamate_cars(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Begin with the first of its cars."""
        self._unmatched = tuple(sorted(self._teslamates[self._namespace]))
        self._matched = {}
        return await self.async_step_teslamate_car()

    async def async_step_teslamate_car(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the next car, one after the other."""
        number = self._unmatched[0]
        errors: dict[str, str] = {}
        if user_input is not None:
            said = user_input.get(CONF_VIN, NOT_HERE)
            vin = "" if said == NOT_HERE else said.strip().upper()
            if (problem := self._trouble(number, vin)) is None:
                self._unmatched = self._unmatched[1:]
                self._matched = {**self._matched, number: vin} if vin else self._matched
                if self._unmatched:
                    return await self.async_step_teslamate_car()
                return await self._async_matched(self._source())
            errors[CONF_VIN] = problem
        usual = user_input or self._suggested(number)
        return self.async_show_form(
            step_id="teslamate_car",
            data_schema=self.add_suggested_values_to_schema(await self._async_car_schema(), usual),
            errors=errors,
            description_placeholders={
                "number": str(number),
                "car": await self._async_described(self._teslamates[self._namespace][number]),
            },
        )

    def _trouble(self, number: int, vin: str) -> str | None:
        """Return the key of what is wrong with an answer; None if nothing is."""
        if not vin:
            nobody = len(self._unmatched) == 1 and not self._matched
            return "no_car_matched" if nobody else None
        if vin not in self._vehicles and not is_vin(vin):
            return "vin_invalid"
        if not _may_be(self._teslamates[self._namespace][number], vin):
            return "vin_other_model"
        if vin in self._taken_elsewhere():
            return "vin_of_other_entry"
        return "vin_twice" if vin in self._matched.values() else None

    async def _async_car_schema(self) -> vol.Schema:
        left = self._free
        if self._has_account:
            options = [SelectOptionDict(value=vin, label=self._called(vin)) for vin in left]
            label = await async_text(self.hass, "teslamate", NOT_HERE)
            options.append(SelectOptionDict(value=NOT_HERE, label=label))
            cars = SelectSelectorConfig(options=options, mode=SelectSelectorMode.LIST)
            return vol.Schema({vol.Required(CONF_VIN): SelectSelector(cars)})
        if not left:
            return vol.Schema({vol.Optional(CONF_VIN): TextSelector()})
        options = [SelectOptionDict(value=vin, label=self._called(vin)) for vin in left]
        cars = SelectSelectorConfig(options=options, custom_value=True, mode=SelectSelectorMode.DROPDOWN)
        return vol.Schema({vol.Optional(CONF_VIN): SelectSelector(cars)})

    @property
    def _free(self) -> tuple[str, ...]:
        """The cars of the entry that no car of TeslaMate is matched with yet."""
        return tuple(vin for vin in self._vehicles if vin not in self._matched.values())

    def _called(self, vin: str) -> str:
        return label_of(vin, self._told(vin) or self._vehicles[vin])

    def _suggested(self, number: int) -> dict[str, str]:
        """Return what most probably is the answer: what it was before, or what name and model tell."""
        if self._set_up and self._set_up[CONF_NAMESPACE] == self._namespace:
            before = self._set_up[CONF_CARS].get(str(number))
            if before is None and number in self._set_up.get(CONF_LEFT_OUT, ()):
                return {CONF_VIN: NOT_HERE} if self._has_account else {}
            if before in self._free or (before is not None and not self._has_account):
                return {CONF_VIN: before}
        return self._guessed(number)

    def _guessed(self, number: int) -> dict[str, str]:
        """Return the only car of that name; or the only one it can be, if no other of TeslaMate's can."""
        cars = self._teslamates[self._namespace]
        name = (cars[number].name or "").casefold()
        named = [vin for vin in self._free if name in self._names(vin) and _may_be(cars[number], vin)]
        if len(named) == 1:
            return {CONF_VIN: named[0]}
        possible = [vin for vin in self._free if _may_be(cars[number], vin)]
        if len(possible) == 1 and not any(_may_be(cars[other], possible[0]) for other in self._unmatched[1:]):
            return {CONF_VIN: possible[0]}
        return {}

    def _names(self, vin: str) -> set[str]:
        return {name.casefold() for name in (self._told(vin), self._vehicles[vin]) if name}

    async def _async_described(self, car: FoundCar) -> str:
        """Return all that tells a car from others, as TeslaMate has it."""
        words = [
            plain(car.name or ""),
            plain(" ".join(filter(None, (_model(car) or car.model, car.trim)))),
            plain(car.exterior_color or ""),
            "" if car.odometer is None else self._distance(car.odometer),
        ]
        return ", ".join(filter(None, words)) or await async_text(self.hass, "teslamate", "nothing_told")

    def _distance(self, miles: float) -> str:
        units = self.hass.config.units
        return f"{units.length(miles, UnitOfLength.MILES):.0f} {units.length_unit}"

    @property
    def _has_account(self) -> bool:
        """Whether somebody else says which cars there are."""
        entry = self._of_entry
        return entry is not None and provider_of(entry.data).name != NONE.name

    @property
    def _serves(self) -> bool:
        """Whether the entry serves a TeslaMate, which may be the one that is heard."""
        entry = self._of_entry
        return entry is not None and CONF_SERVE in entry.options

    def _source(self) -> ConfigSubentryData:
        cars = {str(number): vin for number, vin in self._matched.items()}
        left_out = sorted(self._teslamates[self._namespace].keys() - self._matched.keys())
        return source_of(self._namespace, cars, left_out)

    def _names_told(self, source: ConfigSubentryData) -> dict[str, str]:
        """Return what the cars are called in TeslaMate, by VIN; empty for those that have no name there."""
        found = self._teslamates[source["data"][CONF_NAMESPACE]]
        return {
            vin: plain(found[int(number)].name or "") for number, vin in source["data"][CONF_CARS].items()
        }


def teslamates_of(entry: ConfigEntry[Any]) -> list[Mapping[str, Any]]:
    """Return the TeslaMates that an entry listens to: the data of its subentries of this kind."""
    return [one.data for one in entry.get_subentries_of_type(SUBENTRY_TESLAMATE)]


def source_of(namespace: str, cars: Mapping[str, str], left_out: Iterable[int]) -> ConfigSubentryData:
    """Return a subentry: it is recognised by its namespace, so that nothing is listened to twice.

    left_out: TeslaMate's numbers of cars that the user was asked for and does not want
    """
    return {
        "data": {CONF_NAMESPACE: namespace, CONF_CARS: dict(cars), CONF_LEFT_OUT: list(left_out)},
        "subentry_type": SUBENTRY_TESLAMATE,
        "title": f"{TESLAMATE_TITLE} ({namespace})" if namespace else TESLAMATE_TITLE,
        "unique_id": f"{SUBENTRY_TESLAMATE}:{namespace}",
    }


def _in_use(entry: ConfigEntry[Any] | None) -> set[str]:
    return set() if entry is None else {one[CONF_NAMESPACE] for one in teslamates_of(entry)}


def told_cars(found: Found) -> str:
    """Return as a list which TeslaMates there are, and their cars."""
    return "\n".join(f"- {_label(namespace, cars)}" for namespace, cars in sorted(found.items()))


def _label(namespace: str, cars: Mapping[int, FoundCar]) -> str:
    """Return what tells one TeslaMate from others: where it publishes, and which cars."""
    named = ", ".join(plain(car.name or "") or str(number) for number, car in sorted(cars.items()))
    return f"{ROOT}/{plain(namespace)} ({named})" if namespace else f"{ROOT} ({named})"


def _model(car: FoundCar) -> str | None:
    """Return the model as VINs tell it; None where TeslaMate names none that is known."""
    model = f"Model {(car.model or '').removeprefix('Model ').strip()}"
    return model if model in {"Model S", "Model X", "Model 3", "Model Y"} else None


def _may_be(car: FoundCar, vin: str) -> bool:
    """Return whether a car of TeslaMate can have this VIN: not if both tell the model, and tell another."""
    return len({_model(car), read_vin(vin).model} - {None}) < 2
