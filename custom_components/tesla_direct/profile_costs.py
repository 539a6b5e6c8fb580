"""What a choice of fields costs a month, reckoned before anything is sent and shown as a table."""

from collections.abc import Iterable, Mapping

from homeassistant.core import HomeAssistant

from .runtime import Runtime
from .spending import money
from .telemetry import Streaming
from .tesla.fleet_api.prices import Prices
from .tesla.fleet_telemetry.fields import Category
from .tesla.fleet_telemetry.forecast import Forecast, forecast
from .tesla.fleet_telemetry.profile import Selection
from .tesla.source.config_state import Phase
from .texts import async_text


def streamers(runtime: Runtime) -> list[str]:
    """Return the VINs of an account's cars, but for those that cannot stream."""
    return [vin for vin in runtime.vehicles if runtime.streaming.state(vin).phase is not Phase.IMPOSSIBLE]


def foreseen(streaming: Streaming, vins: Iterable[str], selection: Selection) -> Forecast:
    """Return what some cars will send in a month, all together."""
    each = [forecast(streaming.wished_with(vin, selection).paces) for vin in vins]
    return Forecast(
        floor=sum(one.floor for one in each),
        expected=sum(one.expected for one in each),
        ceiling=sum(one.ceiling for one in each),
        per_second=max((one.per_second for one in each), default=0.0),
        by_category={
            category: sum(one.by_category.get(category, 0.0) for one in each) for category in Category
        },
    )


def cost(signals: float, prices: Prices) -> str:
    """Return what so many signals cost, before Tesla's discount."""
    return money(signals * prices.signal, prices.currency)


async def async_rates(hass: HomeAssistant, columns: Mapping[str, Forecast]) -> str:
    """Return the same where streaming costs nothing: how much comes, and how fast."""
    forecasts = tuple(columns.values())
    rows = {
        "per_second": [f"{one.per_second:.1f}" for one in forecasts],
        "values": [f"{one.expected:,.0f}" for one in forecasts],
        "price": ["0" for _ in forecasts],
    }
    lines = [["", *[await async_text(hass, "telemetry_profile", name) for name in columns]]]
    lines.append([":--", *("--:" for _ in columns)])
    lines += [[await async_text(hass, "telemetry_cost", key), *cells] for key, cells in rows.items()]
    return _markdown(lines)


def _markdown(lines: Iterable[Iterable[str]]) -> str:
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


async def async_table(hass: HomeAssistant, columns: Mapping[str, Forecast], prices: Prices) -> str:
    """Return a table, as Markdown: for each profile what makes up its cost, the least and the most."""
    named = [await async_text(hass, "telemetry_profile", name) for name in columns]
    forecasts = tuple(columns.values())
    rows = {
        category.value.lower(): [one.by_category[category] for one in forecasts] for category in Category
    } | {
        "expected": [one.expected for one in forecasts],
        "floor": [one.floor for one in forecasts],
        "ceiling": [one.ceiling for one in forecasts],
    }
    lines = [["", *named], [":--", *("--:" for _ in named)]]
    for key, signals in rows.items():
        cells = [await async_text(hass, "telemetry_cost", key), *(cost(each, prices) for each in signals)]
        lines.append([f"**{cell}**" for cell in cells] if key == "expected" else cells)
    return _markdown(lines)
