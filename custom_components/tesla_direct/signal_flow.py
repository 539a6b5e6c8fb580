"""The pages of single signals: search one, see what really came of it, and have it sent otherwise."""

from collections import Counter
from dataclasses import replace
from math import inf
from typing import Any

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.core import callback
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import probatio as vol

from .const import CONF_CLIENT_ID, CONF_SCOPES, CONF_TELEMETRY
from .profile_costs import cost, foreseen, streamers
from .runtime import Runtime, TeslaDirectConfigEntry
from .shared import async_get_shared
from .telemetry_wishes import Wished
from .tesla.fleet_api.prices import Prices
from .tesla.fleet_telemetry.config import Pace
from .tesla.fleet_telemetry.fields import FIELDS, Field
from .tesla.fleet_telemetry.meanings import MEANINGS
from .tesla.fleet_telemetry.profile import (
    HEARTBEAT,
    LATEST,
    MILEAGE,
    MILEAGE_DELTA,
    RESEND_SOONEST,
    SOONEST,
    Profile,
    Selection,
    Tuning,
    paces,
)
from .texts import async_text
from .waiting import WaitingSteps

CONF_SIGNAL = "signal"
CONF_OFF = "off"
CONF_INTERVAL = "interval"
CONF_DELTA = "minimum_delta"
CONF_RESEND = "resend"
CONF_INCLUDE = "include"
DEAREST = 10  # signals that a page names


class SignalSteps(WaitingSteps):
    """Tunes one signal after the other."""

    _signal = ""
    _draft: Selection | None = None  # what was changed; nothing comes of it before the user has seen its cost

    async def async_step_profile_signal(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Have a signal searched for."""
        runtime = await self._async_runtime()
        if runtime is None:
            return self.async_abort(reason="not_loaded")
        errors = {}
        if user_input is not None:
            wanted = user_input[CONF_SIGNAL].strip().lower()
            found = next((row.name for row in self._granted() if row.name.lower() == wanted), None)
            if found is not None:
                self._signal = found
                return await self.async_step_profile_tuning()
            errors[CONF_SIGNAL] = "signal_unknown"
        counts, prices = self._counts(runtime), await self._async_prices()
        wished = self._wished(runtime)
        return self.async_show_form(
            step_id="profile_signal",
            data_schema=vol.Schema({vol.Required(CONF_SIGNAL): self._signals(counts)}),
            errors=errors,
            description_placeholders={
                "total": f"{counts.total():,}",
                "cost": cost(counts.total(), prices),
                "dearest": "\n".join(
                    f"- {name}: {count:,} ({cost(count, prices)})"
                    for name, count in counts.most_common(DEAREST)
                )
                or "-",
                "tuned": _listed(self._selection.tunings),
                "held_back": _listed(_all(wished, "held_back")),
                "never_sent": _listed(_all(wished, "never_sent")),
                "withheld": _listed(_all(wished, "withheld")),
            },
        )

    async def async_step_profile_tuning(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask how a signal is to be sent; what is left empty is as the profile has it."""
        runtime, selection, row = await self._async_runtime(), self._selection, FIELDS[self._signal]
        if runtime is None:
            return self.async_abort(reason="not_loaded")
        if user_input is not None:
            self._draft = _tuned(selection, row, _tuning(user_input))
            return await self.async_step_profile_tuned()
        counts, prices = self._counts(runtime), await self._async_prices()
        usual = paces(Selection(selection.profile, frozenset({row.name})), {row.name})[row.name]
        tuning = selection.tunings.get(row.name, Tuning())
        return self.async_show_form(
            step_id="profile_tuning",
            data_schema=self.add_suggested_values_to_schema(
                self._tuning_schema(row),
                {
                    CONF_OFF: tuning.off,
                    CONF_INTERVAL: tuning.interval,
                    CONF_DELTA: tuning.minimum_delta,
                    CONF_RESEND: tuning.resend,
                    CONF_INCLUDE: list(tuning.include),
                },
            ),
            description_placeholders={
                "signal": row.name,
                "meaning": MEANINGS[row.name],
                "category": await async_text(self.hass, "telemetry_cost", row.category.value.lower()),
                "count": f"{counts[row.name]:,}",
                "cost": cost(counts[row.name], prices),
                "usual": await self._async_pace(usual),
                "now": await self._async_now(self._wished(runtime), row),
            },
        )

    async def async_step_profile_tuned(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say what the change costs or saves, and offer the next."""
        runtime = await self._async_runtime()
        if runtime is None:
            return self.async_abort(reason="not_loaded")
        prices, vins = await self._async_prices(), streamers(runtime)
        was = foreseen(runtime.streaming, vins, self._kept)
        now = foreseen(runtime.streaming, vins, self._selection)
        return self.async_show_menu(
            step_id="profile_tuned",
            menu_options=["profile_signal", "profile_send", "profile_done"],
            description_placeholders={
                "signal": self._signal,
                "before": cost(was.expected, prices),
                "after": cost(now.expected, prices),
                "most": cost(now.ceiling, prices),
            },
        )

    @property
    def _entry(self) -> TeslaDirectConfigEntry:
        """The entry that the dialogue is about."""
        # Of options it is the handler; other dialogues name it in their context.
        entry_id = self.context.get("entry_id", self.handler)
        return self.hass.config_entries.async_get_known_entry(entry_id)

    async def _async_runtime(self) -> Runtime | None:
        """Return what runs of the entry, once it has been reloaded if it is; None if nothing does."""
        entry = self._entry
        async with entry.setup_lock:
            return entry.runtime_data if entry.state is ConfigEntryState.LOADED else None

    @property
    def _kept(self) -> Selection:
        """What cars are told now, or what the user begins with."""
        kept = self._entry.options.get(CONF_TELEMETRY)
        try:
            return Selection() if kept is None else Selection.from_json(kept)
        except ValueError:
            return Selection()  # the log says so when the entry is set up

    @property
    def _selection(self) -> Selection:
        """What the user has chosen so far."""
        return self._kept if self._draft is None else self._draft

    @callback
    def _keep(self) -> None:
        """Have cars told what is chosen: in a few minutes, or at once if the user wants."""
        entry, selection = self._entry, self._selection
        self._draft = None
        options = {**entry.options, CONF_TELEMETRY: selection.to_json()}
        self.hass.config_entries.async_update_entry(entry, options=options)
        if entry.state is ConfigEntryState.LOADED:
            entry.runtime_data.streaming.async_changed()

    async def _async_prices(self) -> Prices:
        shared = await async_get_shared(self.hass)
        return shared.ledgers.budget_of(self._entry.data[CONF_CLIENT_ID]).prices

    def _counts(self, runtime: Runtime) -> Counter[str]:
        """Return how often each field came this month, of all cars."""
        counts = Counter[str]()
        for vehicle in runtime.vehicles.values():
            counts.update(vehicle.signal_counts.month(runtime.clock()))
        return counts

    def _wished(self, runtime: Runtime) -> list[Wished]:
        selection = self._selection
        return [runtime.streaming.wished_with(vin, selection) for vin in streamers(runtime)]

    def _granted(self) -> list[Field]:
        """Return the fields that the user has given us leave to see."""
        scopes = self._entry.data[CONF_SCOPES]
        return [row for row in FIELDS.values() if row.scope is None or row.scope in scopes]

    def _signals(
        self, counts: Counter[str] | None = None, *, multiple: bool = False, but: str = ""
    ) -> SelectSelector:
        """Return a search over all signals, with what they mean and how often they came."""
        options = []
        for name in sorted((row.name for row in self._granted()), key=str.lower):
            label = f"{name}: {MEANINGS[name]}"
            if counts is not None and name in counts:
                label += f" ({counts[name]:,})"
            if name != but:
                options.append(SelectOptionDict(value=name, label=label))
        # Home Assistant's page searches in a list of several, or in one that takes other values, too.
        return SelectSelector(
            SelectSelectorConfig(
                options=options,
                multiple=multiple,
                custom_value=not multiple,
                mode=SelectSelectorMode.DROPDOWN,
            )
        )

    def _tuning_schema(self, row: Field) -> vol.Schema:
        fields: dict[Any, Any] = {}
        if row.name != HEARTBEAT:
            fields[vol.Required(CONF_OFF, default=False)] = BooleanSelector()
        fields[vol.Optional(CONF_INTERVAL)] = _seconds(SOONEST)
        if row.numeric:
            least = MILEAGE_DELTA if row.name in MILEAGE else 0
            fields[vol.Optional(CONF_DELTA)] = NumberSelector(
                NumberSelectorConfig(min=least, step="any", mode=NumberSelectorMode.BOX)
            )
        fields[vol.Optional(CONF_RESEND)] = _seconds(RESEND_SOONEST)
        fields[vol.Optional(CONF_INCLUDE)] = self._signals(multiple=True, but=row.name)
        return vol.Schema(fields)

    async def _async_pace(self, pace: Pace) -> str:
        """Return a pace as text."""
        parts = [await self._async_said("interval", value=pace.interval)]
        if pace.minimum_delta is not None:
            parts.append(await self._async_said("delta", value=f"{pace.minimum_delta:g}"))
        if pace.resend is not None:
            parts.append(await self._async_said("resend", value=pace.resend))
        if pace.include:
            parts.append(await self._async_said("include", value=", ".join(pace.include)))
        return ", ".join(parts)

    async def _async_now(self, wished: list[Wished], row: Field) -> str:
        """Return how a signal is sent now, or why it is not."""
        if row.silent:
            return await self._async_said("silent")
        reasons = {"withheld": "withheld", "held_back": "held_back", "never_sent": "never_sent"}
        for attribute, key in reasons.items():
            if row.name in _all(wished, attribute):
                return await self._async_said(key, since=row.since or "?")
        found = [one.paces[row.name] for one in wished if row.name in one.paces]
        if found:
            return await self._async_pace(min(found, key=lambda pace: pace.interval or inf))
        if self._selection.tunings.get(row.name, Tuning()).off:
            return await self._async_said("off")
        return await self._async_said("not_wished")

    async def _async_said(self, key: str, **gaps: Any) -> str:
        return (await async_text(self.hass, "telemetry_pace", key)).format(**gaps)


def _seconds(least: int) -> NumberSelector:
    return NumberSelector(
        NumberSelectorConfig(
            min=least, max=LATEST, step=1, unit_of_measurement="s", mode=NumberSelectorMode.BOX
        )
    )


def _tuning(user_input: dict[str, Any]) -> Tuning:
    interval, resend = user_input.get(CONF_INTERVAL), user_input.get(CONF_RESEND)
    return Tuning(
        interval=None if interval is None else int(interval),
        minimum_delta=user_input.get(CONF_DELTA),
        resend=None if resend is None else int(resend),
        include=tuple(user_input.get(CONF_INCLUDE, ())),
        off=user_input.get(CONF_OFF, False),
    )


def _tuned(selection: Selection, row: Field, tuning: Tuning) -> Selection:
    """Return a choice with one signal tuned; of a choice of one's own it is then a part."""
    tunings = {name: one for name, one in selection.tunings.items() if name != row.name}
    if tuning != Tuning():
        tunings[row.name] = tuning
    fields = selection.fields
    if selection.profile is Profile.OWN:
        fields = fields - {row.name} if tuning.off else fields | {row.name}
    return replace(selection, fields=fields, tunings=tunings)


def _all(wished: list[Wished], attribute: str) -> set[str]:
    return {name for one in wished for name in getattr(one, attribute)}


def _listed(names: Any) -> str:
    return ", ".join(sorted(names, key=str.lower)) or "-"
