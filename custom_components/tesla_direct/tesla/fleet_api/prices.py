"""What is charged: Tesla's table by currency, Teslemetry's, and how the user's own prices take their place.

Source: Tesla's price list and its page on billing, as of 2026-01. A list is per one unit of the currency, as
Tesla prints it. Only Tesla's dashboard is authoritative.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .endpoints import Price

AS_OF = "2026-01"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What one of each costs, in `currency`.

    discount: what Tesla grants an application each month before anything is to be paid
    """

    signal: float
    command: float
    data: float
    wake: float
    currency: str
    discount: float
    as_of: str = AS_OF

    def of(self, price: Price) -> float:
        """Return what one answer costs; nothing where no document says."""
        return {Price.DATA: self.data, Price.COMMAND: self.command, Price.WAKE: self.wake}.get(price, 0.0)

    def at_most(self, price: Price) -> float:
        """Return what one answer may cost."""
        return self.data if price is Price.UNKNOWN else self.of(price)


@dataclass(frozen=True, slots=True, kw_only=True)
class PerUnit:
    """How many of each one unit of a currency buys, as Tesla prints it; None where the list's own holds."""

    signals: float | None = None
    commands: float | None = None
    data: float | None = None
    wakes: float | None = None

    def to_list(self) -> list[float | None]:
        """Return them in the order in which Tesla prints them."""
        return [self.signals, self.commands, self.data, self.wakes]


def _listed(currency: str, discount: float, *per_unit: float) -> Prices:
    signals, commands, data, wakes = per_unit
    return Prices(
        signal=1 / signals,
        command=1 / commands,
        data=1 / data,
        wake=1 / wakes,
        currency=currency,
        discount=discount,
    )


LISTS: Mapping[str, Prices] = {
    listed.currency: listed
    for listed in (
        _listed("USD", 10.0, 150_000, 1_000, 500, 50),
        _listed("EUR", 10.0, 150_000, 1_000, 500, 50),
        _listed("GBP", 8.0, 195_058.52, 1_300.39, 650.2, 65.02),
        _listed("DKK", 70.0, 21_367.52, 142.45, 71.23, 7.12),
        _listed("JPY", 1_448.0, 1_035.91, 6.91, 3.45, 0.35),
    )
}
DOLLARS = LISTS["USD"]
# Teslemetry's own list: 2,000 credits for 2.50 dollars, its subscriptions apart. Streaming costs none.
CREDIT = 2.50 / 2000  # dollars
TESLEMETRY = Prices(
    signal=0.0, command=CREDIT, data=2 * CREDIT, wake=20 * CREDIT, currency="USD", discount=0.0
)
MONEY, CREDITS = "money", "credits"  # what a provider bills, as its row says


def known_currency(wanted: Iterable[str]) -> str:
    """Return the first of some currencies that Tesla has a list for; else dollars."""
    return next((currency for currency in wanted if currency in LISTS), DOLLARS.currency)


def priced(
    currency: str, discount: float | None = None, own: PerUnit | None = None, *, unit: str = MONEY
) -> Prices:
    """Return the list of a currency, with what the user knows better in its place.

    unit: what is billed; credits have one list, in the one currency that they are bought with
    """
    listed = TESLEMETRY if unit == CREDITS else LISTS[currency]
    own = own or PerUnit()
    return Prices(
        signal=_each(own.signals, listed.signal),
        command=_each(own.commands, listed.command),
        data=_each(own.data, listed.data),
        wake=_each(own.wakes, listed.wake),
        currency=listed.currency,
        discount=listed.discount if discount is None else discount,
    )


def _each(per_unit: float | None, listed: float) -> float:
    return listed if per_unit is None else 1 / per_unit
