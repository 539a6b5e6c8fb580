"""What may be spent, and what things cost: for the application, which several accounts may share."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import probatio as vol

from ..spending import Meter, money
from ..tesla.fleet_api.budget import Settings
from ..tesla.fleet_api.month_start import MonthStart
from ..tesla.fleet_api.prices import CREDIT, CREDITS, LISTS, PerUnit
from .steps import OptionsSteps

CONF_BUDGET = "budget"
CONF_BILLING_LIMIT = "billing_limit"
CONF_CURRENCY = "currency"
CONF_DISCOUNT = "discount"
CONF_MONTH_DAY = "month_day"
CONF_MONTH_HOUR = "month_hour"
CONF_SIGNALS = "signals_per_unit"
CONF_COMMANDS = "commands_per_unit"
CONF_DATA = "data_per_unit"
CONF_WAKES = "wakes_per_unit"
MOST = 1_000_000  # of any sum and any number; more is a slip of the pen
LEAST = 0.001  # of what one unit of a currency buys


class BudgetSteps(OptionsSteps):
    """Asks for the budget and for Tesla's limit, and, on another page, for prices."""

    async def async_step_budget(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask what may be spent a month; an empty field stops nothing."""
        meter = await self._async_meter()
        if meter.budget.settings.unit == CREDITS:
            return await self.async_step_budget_credits()
        settings, now = meter.budget.settings, meter.clock()
        if user_input is not None:
            return self._take(
                meter,
                replace(
                    settings,
                    budget=user_input.get(CONF_BUDGET),
                    billing_limit=user_input.get(CONF_BILLING_LIMIT),
                ),
            )
        currency, ledger, prices = settings.currency, meter.budget.ledger, meter.budget.prices
        month = ledger.month(now)
        schema = vol.Schema(
            {
                vol.Optional(CONF_BUDGET): _sum(currency),
                vol.Optional(CONF_BILLING_LIMIT): _sum(currency),
            }
        )
        return self.async_show_form(
            step_id="budget",
            data_schema=self.add_suggested_values_to_schema(
                schema, {CONF_BUDGET: settings.budget, CONF_BILLING_LIMIT: settings.billing_limit}
            ),
            description_placeholders={
                "gross": money(month.gross(prices), currency),
                "upper": money(month.upper(prices), currency),
                "forecast": money(ledger.forecast(now, prices), currency),
                "discount": money(prices.discount, currency),
                "until": datetime.fromtimestamp(ledger.ends(now), UTC).strftime("%Y-%m-%d %H:%M UTC"),
            },
        )

    async def async_step_budget_credits(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for it where a service is paid with credits; there is no discount, and no limit of Tesla's."""
        meter = await self._async_meter()
        settings, now = meter.budget.settings, meter.clock()
        if user_input is not None:
            return self._take(meter, replace(settings, budget=user_input.get(CONF_BUDGET)))
        currency, ledger = settings.currency, meter.budget.ledger
        schema = vol.Schema({vol.Optional(CONF_BUDGET): _sum(currency)})
        return self.async_show_form(
            step_id="budget_credits",
            data_schema=self.add_suggested_values_to_schema(schema, {CONF_BUDGET: settings.budget}),
            description_placeholders={
                "balance": _count(meter.balance),
                "spent": _count(sum(meter.credits_spent.values())),
                "cost": money(meter.budget.committed(now), currency),
                "forecast": money(ledger.forecast(now, meter.budget.prices), currency),
                "until": datetime.fromtimestamp(ledger.ends(now), UTC).strftime("%Y-%m-%d %H:%M UTC"),
            },
        )

    async def async_step_prices_credits(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say what credits cost and what they buy, and ask when a month begins."""
        meter = await self._async_meter()
        settings = meter.budget.settings
        if user_input is not None:
            start = MonthStart(int(user_input[CONF_MONTH_DAY]), int(user_input[CONF_MONTH_HOUR]))
            return self._take(meter, replace(settings, start=start))
        schema = vol.Schema(
            {
                vol.Required(CONF_MONTH_DAY): _number(1, 28, 1),
                vol.Required(CONF_MONTH_HOUR): _number(-12, 14, 1, "h"),
            }
        )
        known = {CONF_MONTH_DAY: settings.start.day, CONF_MONTH_HOUR: settings.start.hour}
        prices = settings.prices
        return self.async_show_form(
            step_id="prices_credits",
            data_schema=self.add_suggested_values_to_schema(schema, known),
            description_placeholders={
                "as_of": prices.as_of,
                "currency": prices.currency,
                "credits": _per_unit(CREDIT),
                "command": _count(prices.command / CREDIT),
                "data": _count(prices.data / CREDIT),
                "wake": _count(prices.wake / CREDIT),
            },
        )

    async def async_step_prices(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the currency, the discount, the month's start, and prices that differ from Tesla's list."""
        meter = await self._async_meter()
        settings = meter.budget.settings
        if settings.unit == CREDITS:
            return await self.async_step_prices_credits()
        if user_input is not None:
            return self._take(
                meter,
                replace(
                    settings,
                    currency=user_input[CONF_CURRENCY].upper(),
                    discount=user_input.get(CONF_DISCOUNT),
                    start=MonthStart(int(user_input[CONF_MONTH_DAY]), int(user_input[CONF_MONTH_HOUR])),
                    own=PerUnit(
                        signals=user_input.get(CONF_SIGNALS),
                        commands=user_input.get(CONF_COMMANDS),
                        data=user_input.get(CONF_DATA),
                        wakes=user_input.get(CONF_WAKES),
                    ),
                ),
            )
        currencies = SelectSelector(
            SelectSelectorConfig(
                options=[currency.lower() for currency in LISTS],  # the keys of texts are
                translation_key="currency",
                mode=SelectSelectorMode.DROPDOWN,
            )
        )
        schema = vol.Schema(
            {
                vol.Required(CONF_CURRENCY): currencies,
                vol.Optional(CONF_DISCOUNT): _number(0, MOST, "any"),
                vol.Required(CONF_MONTH_DAY): _number(1, 28, 1),
                vol.Required(CONF_MONTH_HOUR): _number(-12, 14, 1, "h"),
                **{
                    vol.Optional(name): _number(LEAST, MOST, "any")
                    for name in (CONF_SIGNALS, CONF_COMMANDS, CONF_DATA, CONF_WAKES)
                },
            }
        )
        own, listed = settings.own, LISTS[settings.currency]
        known = {
            CONF_CURRENCY: settings.currency.lower(),
            CONF_DISCOUNT: settings.discount,
            CONF_MONTH_DAY: settings.start.day,
            CONF_MONTH_HOUR: settings.start.hour,
            CONF_SIGNALS: own.signals,
            CONF_COMMANDS: own.commands,
            CONF_DATA: own.data,
            CONF_WAKES: own.wakes,
        }
        return self.async_show_form(
            step_id="prices",
            data_schema=self.add_suggested_values_to_schema(schema, known),
            description_placeholders={
                "as_of": listed.as_of,
                "currency": settings.currency,
                "discount": money(listed.discount, settings.currency),
                "signals": _per_unit(listed.signal),
                "commands": _per_unit(listed.command),
                "data": _per_unit(listed.data),
                "wakes": _per_unit(listed.wake),
            },
        )

    def _take(self, meter: Meter, settings: Settings) -> ConfigFlowResult:
        """Keep settings with the application; the entry's own options stay, so it is not reloaded."""
        meter.async_configure(settings)
        return self._save()


def _count(number: float | None) -> str:
    return "?" if number is None else f"{number:,.0f}"


def _sum(currency: str) -> NumberSelector:
    return _number(0, MOST, "any", currency)


def _number(least: float, most: float, step: Any, unit: str | None = None) -> NumberSelector:
    config = NumberSelectorConfig(min=least, max=most, step=step, mode=NumberSelectorMode.BOX)
    if unit is not None:
        config["unit_of_measurement"] = unit
    return NumberSelector(config)


def _per_unit(price: float) -> str:
    return f"{1 / price:,.2f}".rstrip("0").rstrip(".")
