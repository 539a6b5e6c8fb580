"""The pages of single signals: search one, see what really came of it, and have it sent otherwise."""

from collections import Counter
from collections.abc import Callable, Collection
from functools import reduce
from math import inf
from typing import Any

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.core import callback
import probatio as vol

from .const import CONF_CLIENT_ID, CONF_SCOPES, CONF_TELEMETRY, CONF_UNFINISHED
from .profile_costs import cost, foreseen, streamers
from .runtime import Runtime, TeslaDirectConfigEntry
from .shared import async_get_shared
from .signal_form import search, tuned, tuning_of, tuning_schema, values_of
from .telemetry_wishes import Wished
from .tesla.fleet_api.prices import Prices
from .tesla.fleet_telemetry.config import Pace
from .tesla.fleet_telemetry.fields import FIELDS, Field
from .tesla.fleet_telemetry.meanings import MEANINGS
from .tesla.fleet_telemetry.profile import Profile, Selection, Tuning, is_crowded, paces
from .texts import async_text
from .tour import PROFILE
from .waiting import WaitingSteps

CONF_SIGNAL = "signal"
DEAREST = 10  # signals that a page names

type Change = Callable[[Selection], Selection]


class SignalSteps(WaitingSteps):
    """Tunes one signal after the other."""

    _signal = ""
    # What was changed: nothing comes of it before the user has seen its cost, and then it is made to what is
    # kept by then, as somebody else may have changed another part of it.
    _changes: tuple[Change, ...] = ()

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
        counts = self._counts(runtime)
        return self.async_show_form(
            step_id="profile_signal",
            data_schema=vol.Schema({vol.Required(CONF_SIGNAL): search(self._granted(), counts)}),
            errors=errors,
            description_placeholders={
                "came": await self._async_came(counts),
                "lists": await self._async_lists(self._wished(runtime)),
            },
        )

    async def async_step_profile_tuning(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask how a signal is to be sent; what is left empty is as the profile has it."""
        runtime, row = await self._async_runtime(), FIELDS[self._signal]
        if runtime is None:
            return self.async_abort(reason="not_loaded")
        if user_input is not None:
            tuning = tuning_of(user_input)
            self._changes += (lambda selection: tuned(selection, row, tuning),)
            return await self.async_step_profile_tuned()
        selection = self._selection
        counts, prices = self._counts(runtime), await self._async_prices()
        usual = paces(Selection(selection.profile, frozenset({row.name})), {row.name})[row.name]
        values = values_of(selection.tunings.get(row.name, Tuning()))
        return self.async_show_form(
            step_id="profile_tuning",
            data_schema=self.add_suggested_values_to_schema(tuning_schema(row, self._granted()), values),
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
                "note": await self._async_crowded(runtime),
            },
        )

    @property
    def _entry_id(self) -> str:
        """The entry that the dialogue is about."""
        # Of options it is the handler; other dialogues name it in their context.
        entry_id: str = self.context.get("entry_id", self.handler)
        return entry_id

    @property
    def _entry(self) -> TeslaDirectConfigEntry:
        return self.hass.config_entries.async_get_known_entry(self._entry_id)

    async def _async_runtime(self) -> Runtime | None:
        """Return what runs of the entry, once it has been reloaded if it is; None if nothing does."""
        entry: TeslaDirectConfigEntry | None = self.hass.config_entries.async_get_entry(self._entry_id)
        if entry is None:
            return None
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
        return reduce(lambda selection, change: change(selection), self._changes, self._kept)

    @callback
    def _keep(self) -> None:
        """Have cars told what is chosen: in a few minutes, or at once if the user wants.

        From then on all is done by itself; what is in its way is told by notices of its own.
        """
        entry, selection = self._entry, self._selection
        self._changes = ()
        left = [part for part in entry.data.get(CONF_UNFINISHED, ()) if part != PROFILE]
        self.hass.config_entries.async_update_entry(
            entry,
            data={**entry.data, CONF_UNFINISHED: left},
            options={**entry.options, CONF_TELEMETRY: selection.to_json()},
        )
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

    async def _async_came(self, counts: Counter[str]) -> str:
        """Return what has come this month, and what most of it was."""
        prices = await self._async_prices()
        if not counts:
            return await self._async_said("came_nothing")
        dearest = "\n".join(
            f"- {name}: {count:,} ({cost(count, prices)})" for name, count in counts.most_common(DEAREST)
        )
        total = counts.total()
        return await self._async_said("came", total=f"{total:,}", cost=cost(total, prices), dearest=dearest)

    async def _async_lists(self, wished: list[Wished]) -> str:
        """Return which signals are not sent as the profile has them, as far as there are any."""
        lists: dict[str, Collection[str]] = {"tuned": self._selection.tunings.keys()}
        lists |= {f"all_{name}": _all(wished, name) for name in ("held_back", "never_sent", "withheld")}
        return "\n\n".join(
            [
                await self._async_said(key, names=", ".join(sorted(names, key=str.lower)))
                for key, names in lists.items()
                if names
            ]
        )

    async def _async_crowded(self, runtime: Runtime) -> str:
        """Return that signals had to be slowed down; nothing if they had not."""
        crowded = any(is_crowded(self._selection, one.paces) for one in self._wished(runtime))
        return await async_text(self.hass, "telemetry_cost", "crowded") if crowded else ""

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
        for key in ("withheld", "held_back", "never_sent"):
            if row.name in _all(wished, key):
                computer = key == "held_back" and row.hardware4
                return await self._async_said("held_back_computer" if computer else key, since=row.since)
        found = [one.paces[row.name] for one in wished if row.name in one.paces]
        if found:
            return await self._async_pace(min(found, key=lambda pace: pace.interval or inf))
        if self._selection.tunings.get(row.name, Tuning()).off:
            return await self._async_said("off")
        own = self._selection.profile is Profile.OWN
        return await self._async_said("not_chosen" if own else "not_wished")

    async def _async_said(self, key: str, **gaps: Any) -> str:
        return (await async_text(self.hass, "telemetry_pace", key)).format(**gaps)


def _all(wished: list[Wished], attribute: str) -> set[str]:
    return {name for one in wished for name in getattr(one, attribute)}
