import pytest

from custom_components.tesla_direct.tesla.fleet_api.endpoints import Price
from custom_components.tesla_direct.tesla.fleet_api.prices import (
    DOLLARS,
    LISTS,
    PerUnit,
    known_currency,
    priced,
)


def test_dollars_are_teslas_list() -> None:
    assert [DOLLARS.signal * 150_000, DOLLARS.command * 1_000, DOLLARS.data * 500, DOLLARS.wake * 50] == (
        pytest.approx([1.0] * 4)
    )


def test_euros_cost_as_many() -> None:
    dollars, euros = LISTS["USD"], LISTS["EUR"]

    for price in Price:
        assert euros.of(price) == dollars.of(price)
    assert euros.signal == dollars.signal


@pytest.mark.parametrize("currency", LISTS)
def test_no_list_is_a_slip_of_the_pen(currency: str) -> None:
    prices = LISTS[currency]

    # Each list is the same one in another currency, so one wake costs as much as ten data requests there too.
    assert prices.currency == currency
    assert prices.wake == pytest.approx(10 * prices.data, rel=0.02)
    assert prices.wake == pytest.approx(20 * prices.command, rel=0.02)
    assert prices.wake == pytest.approx(3_000 * prices.signal, rel=0.02)
    assert 300 <= prices.discount / prices.wake <= 600


def test_the_discounts_are_those_of_the_page_on_billing() -> None:
    assert {currency: prices.discount for currency, prices in LISTS.items()} == {
        "USD": 10.0,
        "EUR": 10.0,
        "GBP": 8.0,
        "DKK": 70.0,
        "JPY": 1_448.0,
    }


def test_a_list_says_of_when_it_is() -> None:
    assert {prices.as_of for prices in LISTS.values()} == {"2026-01"}


def test_what_has_no_known_price_costs_nothing_and_at_most_what_data_cost() -> None:
    assert DOLLARS.of(Price.UNKNOWN) == DOLLARS.of(Price.FREE) == DOLLARS.at_most(Price.FREE) == 0
    assert DOLLARS.at_most(Price.UNKNOWN) == DOLLARS.data
    assert DOLLARS.at_most(Price.WAKE) == DOLLARS.wake


@pytest.mark.parametrize(
    ("wanted", "found"), [(["GBP"], "GBP"), (["CHF", "EUR"], "EUR"), (["CHF"], "USD"), ([], "USD")]
)
def test_a_currency_without_a_list_is_left_out(wanted: list[str], found: str) -> None:
    assert known_currency(wanted) == found


def test_without_knowing_better_the_list_holds() -> None:
    assert priced("DKK") == LISTS["DKK"]


def test_what_the_user_knows_better_takes_its_place() -> None:
    prices = priced("EUR", 0.0, PerUnit(commands=800.0, wakes=40.0))

    assert prices.discount == 0
    assert prices.command == 1 / 800
    assert prices.wake == 1 / 40
    assert (prices.signal, prices.data) == (LISTS["EUR"].signal, LISTS["EUR"].data)
    assert priced("EUR", own=PerUnit(signals=1.0, data=2.0)).signal == 1.0


def test_own_prices_stand_in_teslas_order() -> None:
    assert PerUnit(signals=1.0, commands=2.0, wakes=4.0).to_list() == [1.0, 2.0, None, 4.0]
