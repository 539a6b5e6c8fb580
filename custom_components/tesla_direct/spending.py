"""What each application (client id) spends, and may spend: kept on disk, and told to whom it concerns.

Tesla bills the application, not the account, so several entries may share one. A service bills its account,
which then stands in the application's place.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from homeassistant.components import persistent_notification
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.translation import async_get_cached_translations

from .const import DOMAIN
from .storage import BILLED_DELAY, READINGS_DELAY, JsonStore, recovered
from .tesla.fleet_api.budget import Budget, Settings, Stage, Sum
from .tesla.fleet_api.ledger import Ledger
from .tesla.fleet_api.prices import known_currency
from .tesla.fleet_api.teslemetry_rows import CreditsEvent

LOOK = timedelta(minutes=1)  # how often those are told who show sums
BUDGET = "budget"  # where a stored ledger has what may be spent


class Meter:
    """One application's spending, for those who show it.

    They are told of sums once a minute, and of another stage at once.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        client_id: str,
        kept: Mapping[str, Any],
        *,
        clock: Callable[[], float],
        save: Callable[[], None],
    ) -> None:
        """Take up what was kept.

        clock: seconds since 1970
        save:  has all on disk at once
        """
        self.clock = clock
        self._hass = hass
        self._save = save
        self._notification = f"{DOMAIN}_budget_{sha256(client_id.encode()).hexdigest()[:12]}"
        self._shown = Stage.NORMAL
        self._listeners: list[CALLBACK_TYPE] = []
        self._stage_listeners: list[Callable[[Stage], None]] = []
        self._end: CALLBACK_TYPE | None = None
        ledger = recovered(
            "what was spent", lambda data: Ledger.from_dict(data, self._billed), kept, Ledger().to_dict()
        )
        unlimited = Budget(ledger, Settings(currency=known_currency([hass.config.currency]))).to_dict()
        self.budget = recovered(
            "the budget",
            lambda data: Budget.from_dict(data, ledger),
            kept.get(BUDGET, unlimited),
            unlimited,
        )

    @property
    def stage(self) -> Stage:
        """Return what is stopped now."""
        return self.budget.stage(self.clock())

    @property
    def balance(self) -> float | None:
        """Return how many credits are left with the provider, None where it does not tell."""
        return self.budget.credits.balance

    @property
    def credits_spent(self) -> Mapping[str, float]:
        """Return how many credits went this month, by what for; nothing where the provider does not tell."""
        self.budget.committed(self.clock())  # which sees to it that it is this month's
        return self.budget.credits.spent

    @callback
    def async_take_credits(self, event: CreditsEvent) -> None:
        """Take what the provider tells of its credits; those who show it are told at once."""
        if self.budget.take(event, self.clock()):
            self._async_changed()

    @callback
    def async_listen(self, update: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Tell once a minute that sums may have moved; return what ends that."""
        if not self._listeners:
            self._end = async_track_time_interval(
                self._hass, self._async_look, LOOK, name="tesla_direct costs", cancel_on_shutdown=True
            )
        self._listeners.append(update)

        @callback
        def stop() -> None:
            self._listeners.remove(update)
            if not self._listeners and self._end is not None:
                self._end()

        return stop

    @callback
    def async_listen_stage(self, tell: Callable[[Stage], None]) -> CALLBACK_TYPE:
        """Tell each new stage at once; return what ends that."""
        self._stage_listeners.append(tell)

        @callback
        def stop() -> None:
            self._stage_listeners.remove(tell)

        return stop

    @callback
    def async_configure(self, settings: Settings) -> None:
        """Take what the user tells from now on."""
        self.budget.configure(settings, self.clock())
        self._async_changed()

    @callback
    def async_spend_over(self, *, allowed: bool) -> None:
        """Set the budget aside until the month ends, or take that back."""
        self.budget.spend_over(allowed=allowed, now=self.clock())
        self._async_changed()

    @callback
    def async_check_stage(self) -> None:
        """Tell if something is stopped, or goes again, that did not before."""
        stage = self.stage
        if stage is not self._shown:
            self._shown = stage
            self._async_notify(stage)
        if stage is self.budget.told:
            return
        self.budget.told = stage
        self._save()
        for tell in tuple(self._stage_listeners):
            tell(stage)
        self._async_update()

    @callback
    def async_forget(self) -> None:
        """Take back what the user is shown: nobody uses the application any more."""
        persistent_notification.async_dismiss(self._hass, self._notification)
        self._shown = Stage.NORMAL

    def to_dict(self) -> dict[str, Any]:
        """Return all of it, ready to be stored."""
        return self.budget.ledger.to_dict() | {BUDGET: self.budget.to_dict()}

    @callback
    def _billed(self) -> None:
        self._save()
        self.async_check_stage()

    @callback
    def _async_changed(self) -> None:
        self._save()
        self.async_check_stage()
        self._async_update()

    @callback
    def _async_look(self, _now: datetime) -> None:
        self.async_check_stage()
        self._async_update()

    @callback
    def _async_update(self) -> None:
        for update in tuple(self._listeners):
            update()

    @callback
    def _async_notify(self, stage: Stage) -> None:
        """Show what a stage means, in place of what another one meant."""
        now = self.clock()
        tightest = self.budget.tightest(now)
        if stage is Stage.NORMAL or tightest is None:
            persistent_notification.async_dismiss(self._hass, self._notification)
            return
        which, whole = tightest
        currency = self.budget.prices.currency
        placeholders = {
            "sum": self._text(f"budget_sum_{which.value}"),
            "spent": money(self.budget.committed(now), currency),
            "whole": money(whole, currency),
            "until": datetime.fromtimestamp(self.budget.ledger.ends(now), UTC).strftime("%Y-%m-%d %H:%M UTC"),
        }
        way_on = "budget_way_on_limit" if which is Sum.BILLING_LIMIT else "budget_way_on"
        name = stage.name.lower()
        title, *texts = (
            self._text(key).format(**placeholders)
            for key in (f"budget_{name}_title", f"budget_{name}", "budget_state", way_on)
        )
        title = title[:1].upper() + title[1:]
        persistent_notification.async_create(self._hass, " ".join(texts), title, self._notification)

    def _text(self, key: str) -> str:
        texts = async_get_cached_translations(self._hass, self._hass.config.language, "common", DOMAIN)
        return texts.get(f"component.{DOMAIN}.common.{key}", key)


class Ledgers:
    """The meter of each application, in one store."""

    def __init__(self, hass: HomeAssistant, clock: Callable[[], float]) -> None:
        """Name the store; `clock` tells seconds since 1970."""
        self._hass = hass
        self._clock = clock
        self._store = JsonStore(hass, "ledger")
        self._meters: dict[str, Meter] = {}

    async def async_load(self) -> None:
        """Read what was spent; what makes no sense begins anew."""
        for client_id, kept in (await self._store.async_load() or {}).items():
            self._meters[client_id] = self._make(client_id, kept)

    def meter_of(self, client_id: str, unit: str | None = None) -> Meter:
        """Return the meter of an application; `unit` as the provider's row names what it bills."""
        if client_id not in self._meters:
            self._meters[client_id] = self._make(client_id, {})
        meter = self._meters[client_id]
        if unit is not None:
            meter.budget.bill(unit)
        return meter

    def budget_of(self, client_id: str) -> Budget:
        """Return what an application may spend."""
        return self.meter_of(client_id).budget

    def of(self, client_id: str) -> Ledger:
        """Return what an application has spent."""
        return self.budget_of(client_id).ledger

    @callback
    def count_signals(self, client_id: str, vin: str, signals: int, now: float) -> None:
        """Count what a car has streamed by `now`, in seconds since 1970."""
        self.of(client_id).add_signals(vin, signals, now)
        self._store.async_save_within(READINGS_DELAY, self._data)

    def _make(self, client_id: str, kept: Any) -> Meter:
        return Meter(
            self._hass,
            client_id,
            kept if isinstance(kept, dict) and kept else Ledger().to_dict(),
            clock=self._clock,
            save=self._save,
        )

    @callback
    def _save(self) -> None:
        self._store.async_save_within(BILLED_DELAY, self._data)

    def _data(self) -> dict[str, Any]:
        return {client_id: meter.to_dict() for client_id, meter in self._meters.items()}


def money(amount: float, currency: str) -> str:
    """Return a sum as text."""
    return f"{amount:.2f} {currency}"
