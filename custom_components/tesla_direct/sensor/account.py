"""What an account costs, as far as we can tell: its application with Tesla, or its credits with a service.

Only the dashboard of whoever bills is authoritative.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, override

from homeassistant.components.sensor import SensorEntity, SensorEntityDescription
from homeassistant.components.sensor.const import SensorDeviceClass, SensorStateClass
from homeassistant.const import PERCENTAGE, EntityCategory
from homeassistant.helpers.typing import StateType

from ..account_entity import AccountEntity
from ..const import CONF_VEHICLES
from ..hosts import provider_of
from ..runtime import TeslaDirectConfigEntry
from ..spending import Meter
from ..tesla.fleet_api.budget import Stage
from ..tesla.fleet_api.endpoints import Price
from ..tesla.fleet_api.ledger import Month
from ..tesla.fleet_api.prices import CREDITS

# A command costs a thousandth of most currencies; a smaller part would only fill the database.
DECIMALS = 3
FIELDS_SHOWN = 20
# What those who pay with credits are shown as well.
KEPT = frozenset(
    {
        "api_cost_forecast",
        "api_data_requests",
        "api_commands",
        "api_wakes",
        "api_signals",
        "budget_used",
        "budget_stage",
    }
)


@dataclass(frozen=True, kw_only=True)
class AccountRow(SensorEntityDescription):
    """One sensor.

    value: what it shows of what was spent so far this month
    top:   whether it says what has cost most
    fields: whether it says which telemetry fields came most often
    by_kind: whether it says what credits went for
    """

    value: Callable[[Meter], StateType]
    top: bool = False
    fields: bool = False
    by_kind: bool = False


def _month(meter: Meter) -> Month:
    return meter.budget.ledger.month(meter.clock())


def _net(meter: Meter) -> float:
    return round(_month(meter).net(meter.budget.prices), DECIMALS)


def _gross(meter: Meter) -> float:
    return round(_month(meter).gross(meter.budget.prices), DECIMALS)


def _upper(meter: Meter) -> float:
    return round(_month(meter).upper(meter.budget.prices), DECIMALS)


def _forecast(meter: Meter) -> float:
    prices = meter.budget.prices
    return round(max(0.0, meter.budget.ledger.forecast(meter.clock(), prices) - prices.discount), 2)


def _used(meter: Meter) -> float | None:
    used = meter.budget.used(meter.clock())
    return None if used is None else round(100 * used, 1)


def _calls(price: Price) -> Callable[[Meter], int]:
    return lambda meter: _month(meter).calls(price)


def _cost_of(price: Price) -> Callable[[Meter], float]:
    calls = _calls(price)
    return lambda meter: round(calls(meter) * meter.budget.prices.of(price), DECIMALS)


def _signals(meter: Meter) -> int:
    return sum(_month(meter).signals.values())


def _cost_of_signals(meter: Meter) -> float:
    return round(_signals(meter) * meter.budget.prices.signal, DECIMALS)


def _cost(
    key: str, value: Callable[[Meter], float], *, top: bool = False, enabled: bool = True
) -> AccountRow:
    return AccountRow(
        key=key,
        value=value,
        top=top,
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        suggested_display_precision=2,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=enabled,
    )


def _count(key: str, value: Callable[[Meter], int], *, fields: bool = False) -> AccountRow:
    return AccountRow(
        key=key,
        value=value,
        fields=fields,
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    )


ACCOUNT: tuple[AccountRow, ...] = (
    _cost("api_cost_month", _net),
    _cost("api_cost_gross", _gross, top=True),
    _cost("api_cost_upper", _upper, enabled=False),
    _cost("api_cost_data", _cost_of(Price.DATA), enabled=False),
    _cost("api_cost_commands", _cost_of(Price.COMMAND), enabled=False),
    _cost("api_cost_wakes", _cost_of(Price.WAKE), enabled=False),
    _cost("api_cost_signals", _cost_of_signals, enabled=False),
    AccountRow(
        key="api_cost_forecast",
        value=_forecast,
        device_class=SensorDeviceClass.MONETARY,
        suggested_display_precision=2,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    _count("api_data_requests", _calls(Price.DATA)),
    _count("api_commands", _calls(Price.COMMAND)),
    _count("api_wakes", _calls(Price.WAKE)),
    _count("api_signals", _signals, fields=True),
    AccountRow(
        key="budget_used",
        value=_used,
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
    AccountRow(
        key="budget_stage",
        value=lambda meter: meter.stage.name.lower(),
        device_class=SensorDeviceClass.ENUM,
        options=[stage.name.lower() for stage in Stage],
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
)


def _credits_cost(meter: Meter) -> float:
    """Return what this month's credits cost, by our own count where that is more."""
    return round(max(meter.budget.committed(meter.clock()), _gross(meter)), DECIMALS)


CREDITS_BALANCE = AccountRow(
    key="credits_balance",
    value=lambda meter: meter.balance,
    state_class=SensorStateClass.MEASUREMENT,
    suggested_display_precision=0,
    entity_category=EntityCategory.DIAGNOSTIC,
)
CREDITS_SPENT = AccountRow(
    key="credits_spent",
    value=lambda meter: sum(meter.credits_spent.values()),
    by_kind=True,
    state_class=SensorStateClass.TOTAL_INCREASING,
    suggested_display_precision=0,
    entity_category=EntityCategory.DIAGNOSTIC,
)
# Of an account that pays with credits: no discount, and nothing for what streams.
CREDIT_ROWS: tuple[AccountRow, ...] = (
    CREDITS_BALANCE,
    CREDITS_SPENT,
    _cost("credits_cost", _credits_cost, top=True),
    *(row for row in ACCOUNT if row.key in KEPT),
)
ALL_ROWS = (*ACCOUNT, *CREDIT_ROWS[:3])


def rows_of(entry: TeslaDirectConfigEntry) -> tuple[AccountRow, ...]:
    """Return the rows that make sense for an account; one that asks nobody costs nothing."""
    provider = provider_of(entry.data)
    if not provider.bases:
        return ()
    return CREDIT_ROWS if provider.unit == CREDITS else ACCOUNT


class AccountSensor(AccountEntity, SensorEntity):
    """One row of the table, for one account."""

    entity_description: AccountRow
    _unrecorded_attributes = frozenset({"top_spenders", "by_car", "prices_as_of", "by_field", "by_kind"})

    def __init__(self, entry: TeslaDirectConfigEntry, row: AccountRow) -> None:
        """Show a row."""
        super().__init__(entry, row)
        self._names: Mapping[str, str | None] = entry.data[CONF_VEHICLES]
        self._vehicles = entry.runtime_data.vehicles

    @property
    @override
    def native_value(self) -> StateType:
        return self.entity_description.value(self.meter)

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        if self.entity_description.device_class is SensorDeviceClass.MONETARY:
            return self.meter.budget.prices.currency
        return self.entity_description.native_unit_of_measurement

    @property
    @override
    def last_reset(self) -> datetime | None:
        if self.entity_description.state_class is not SensorStateClass.TOTAL:
            return None
        return datetime.fromtimestamp(self.meter.budget.ledger.begins(self.meter.clock()), UTC)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any] | None:
        if self.entity_description.fields:
            return {"by_field": self._by_field()}
        if self.entity_description.by_kind:
            return {"by_kind": dict(self.meter.credits_spent)}
        if not self.entity_description.top:
            return None
        prices, month = self.meter.budget.prices, _month(self.meter)
        by_name: dict[str, float] = {}  # cars may share one
        for vin, cost in month.by_car(prices).items():
            by_name[self._name(vin)] = by_name.get(self._name(vin), 0.0) + cost
        return {
            "prices_as_of": prices.as_of,
            "by_car": {name: round(cost, DECIMALS) for name, cost in by_name.items()},
            "top_spenders": [
                {
                    "cause": "streaming" if spender.cause is None else spender.cause.value,
                    "by": spender.by or (spender.vin and self._name(spender.vin)),
                    "what": spender.what,
                    "count": spender.count,
                    "cost": round(spender.cost, DECIMALS),
                }
                for spender in month.top_spenders(prices)
            ],
        }

    def _by_field(self) -> dict[str, int]:
        """Return how often the most frequent telemetry fields of this account's cars came this month."""
        counts = Counter[str]()
        for vehicle in self._vehicles.values():
            counts.update(vehicle.signal_counts.month(self.meter.clock()))
        return dict(counts.most_common(FIELDS_SHOWN))

    def _name(self, vin: str) -> str:
        """Return what the user calls a car; of another account's only the end of its number is shown."""
        return self._names.get(vin) or f"…{vin[-6:]}"
