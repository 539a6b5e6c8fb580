"""What a bug report needs, with places, names and numbers left out."""

from collections.abc import Mapping
from typing import Any

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.core import HomeAssistant

from .const import (
    CONF_CLIENT_ID,
    CONF_POLL_INTERVAL,
    CONF_PROVIDER,
    CONF_RECEIVER,
    CONF_REGION,
    CONF_SCOPES,
    CONF_TELEMETRY,
)
from .feed import Feed
from .key import KeyStore
from .port import TelemetryPort
from .runtime import Runtime, TeslaDirectConfigEntry
from .shared import async_get_shared
from .telemetry import Streaming
from .tesla.fleet_api.daily import BILLED
from .tesla.vehicle import model
from .tesla.vehicle.signals import connection, journal
from .vehicle import Vehicle

ADDRESSES = {"address", "bases", "authorize_url", "renewal", "token_url", "trusted_suffixes", "url"}
REDACTED = {CONF_CLIENT_ID, *ADDRESSES, "authority", "fingerprint"}


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: TeslaDirectConfigEntry
) -> dict[str, Any]:
    """Return an account's state. Cars are numbered: their VINs are nobody's business."""
    runtime = entry.runtime_data
    cars = {vin: f"car {number}" for number, vin in enumerate(runtime.vehicles, 1)}
    asked = runtime.poll.to_json()
    keys = (await async_get_shared(hass)).key
    kept = {key: entry.data[key] for key in (CONF_PROVIDER, CONF_REGION, CONF_SCOPES, CONF_RECEIVER)}
    return {
        "entry": async_redact_data(kept, REDACTED)
        | {key: entry.options.get(key) for key in (CONF_POLL_INTERVAL, CONF_TELEMETRY)},
        "cars": {cars[vin]: _car(runtime, vehicle) for vin, vehicle in runtime.vehicles.items()},
        "key": _key(keys, entry.data[CONF_CLIENT_ID]),
        "port": None if runtime.port is None else _port(runtime.port),
        "feeds": {feed.name: _feed(feed, cars) for feed in runtime.feeds.all},
        "serving": runtime.serving.to_dict(),
        "poll": {
            "works": runtime.poll.works,
            "checked_at": asked["checked_at"],
            "fetched_at_not_before_failures": _named(asked["cars"], cars),
            "rows_skipped": runtime.api.skipped,
        },
        "ledger": _ledger(runtime, cars),
    }


def _car(runtime: Runtime, vehicle: Vehicle) -> dict[str, Any]:
    vin = model.read_vin(vehicle.vin)
    receiver = runtime.feeds.receivers.get(vehicle.vin)
    state = vehicle.coordinator.truth
    return {
        "model": vin.model,
        "year": vin.year,
        "power": vehicle.power.value,
        "key_paired": state.get(connection.KEY_PAIRED),
        "needs_signature": model.wants_signature(state, vehicle.vin),
        "sources": vehicle.sources(),
        "connected_before": vehicle.connected_before,
        "links": [
            {
                "network_interface": link.network_interface,
                "client_version": link.connection.client_version,
                "opened_at": link.opened_at,
                "last_record_at": link.last_record_at,
                "records": link.records,
                "outcomes": dict(link.connection.outcomes),
                "counters": dict(link.counters),
            }
            for link in (receiver.links if receiver else ())
        ],
        "connections": dict(vehicle.links),
        "fields_skipped": dict(receiver.skipped) if receiver else {},
        "paths_skipped": dict(vehicle.skipped),
        "metrics": receiver.metrics if receiver else {},
        "streaming": _streaming(runtime.streaming, vehicle.vin),
        "signals_this_month": vehicle.signal_counts.month(runtime.clock()),
        "signals_last_month": vehicle.signal_counts.month_before,
        "complaints": [
            {"name": one.name, "body": one.body, "tags": dict(one.tags), "at": one.at}
            for one in vehicle.complaints
        ],
        "commands": [
            record.to_json() | {"by": _kind(record.by)} for record in vehicle.coordinator.commands.log
        ],
        "expected": sorted(signal.name for signal in vehicle.coordinator.data.expected),
        "alerts": [[alert.name, alert.started_at] for alert in vehicle.alerts.active],
        "readings": {
            signal.name: {
                "value": "**REDACTED**"
                if signal.private and reading.value is not None
                else _plain(reading.value),
                "at": reading.at,
                "source": reading.source,
            }
            for signal in sorted(state, key=lambda signal: signal.name)
            if signal is not journal.SOURCES and (reading := state.reading(signal)) is not None
        },
    }


def _streaming(streaming: Streaming, vin: str) -> dict[str, Any]:
    """Return what a car is told of streaming, and how that stands; without what it is verified with."""
    state, wished = streaming.state(vin), streaming.wished(vin)
    told = state.to_json()
    return {
        "config": {key: told[key] for key in told if key not in {"ca", "target", "sent", "tried"}},
        "up_to_date": state.wanted and state.sent == state.target,
        "paces": {name: pace.to_json() for name, pace in wished.paces.items()},
        "held_back": sorted(wished.held_back),
        "never_sent": sorted(wished.never_sent),
        "withheld": sorted(wished.withheld),
        "errors": [[error.error_name, error.at] for error in streaming.errors(vin)],
    }


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _feed(feed: Feed, cars: Mapping[str, str]) -> dict[str, Any]:
    """Return how a source that pushes fares, for all cars together and for single ones."""
    return {
        "works": feed.health.works,
        "since": feed.health.since,
        "trouble": feed.health.trouble,
        "detail": feed.health.detail,
        "begun": feed.health.begun,
        "ours": feed.ours,
        "cars": [name for vin, name in cars.items() if feed.tells_of(vin)],
        "troubles": _named({vin: trouble for vin, trouble in feed.troubles.items() if trouble}, cars),
        "skipped": dict(feed.skipped),
    }


def _key(keys: KeyStore, client_id: str) -> dict[str, Any]:
    return {
        "fingerprint": keys.fingerprint,
        "origin": keys.origin,
        "is_new": keys.is_new,
        "domain": keys.domain_of(client_id) is not None,
    }


def _port(port: TelemetryPort) -> dict[str, Any]:
    server = port.server
    return {
        "port": port.settings.port,
        "public_port": port.settings.public_port,
        "certificate": port.settings.certificate,
        "certificate_waits": bool(port.settings.next_ca),
        "proxy": bool(port.settings.peers),
        "reached_from_outside": port.reached_from_outside,
        "listening": port.listening,
        "problem": port.problem,
        "users": len(port.users),
        "admitted": server.gate.admitted if server else 0,
        "refused": dict(server.gate.refused) if server else {},
        "turned_away": dict(server.turned_away) if server else {},
    }


def _ledger(runtime: Runtime, cars: Mapping[str, str]) -> dict[str, Any]:
    """Return this month's sums; estimates, as only Tesla's dashboard is authoritative."""
    budget, now = runtime.budget, runtime.clock()
    month, prices, settings = runtime.ledger.month(now), budget.prices, budget.settings
    used = budget.used(now)
    by_car: dict[str, float] = {}
    for vin, cost in month.by_car(prices).items():
        name = cars.get(vin, "another car")
        by_car[name] = by_car.get(name, 0.0) + cost
    return {
        "currency": prices.currency,
        "gross": round(month.gross(prices), 4),
        "upper": round(month.upper(prices), 4),
        "forecast": round(runtime.ledger.forecast(now, prices), 2),
        "calls": {price.value: month.calls(price) for price in BILLED},
        "signals": sum(month.signals.values()),
        "prices_as_of": prices.as_of,
        "discount": prices.discount,
        "budget": settings.budget,
        "billing_limit": settings.billing_limit,
        "month_begins": [settings.start.day, settings.start.hour],
        "own_prices": settings.own.to_list(),
        "used": None if used is None else round(used, 4),
        "stage": budget.stage(now).name.lower(),
        "spends_over": budget.may_spend_over(now),
        "by_cause": {cause.value: round(sum_, 4) for cause, sum_ in month.by_cause(prices).items()},
        "by_car": {name: round(sum_, 4) for name, sum_ in by_car.items()},
        "top_spenders": [
            {
                "cause": spender.cause.value if spender.cause else None,
                "by": _kind(spender.by),
                "what": spender.what,
                "car": spender.vin and cars.get(spender.vin, "another car"),
                "count": spender.count,
                "cost": round(spender.cost, 4),
            }
            for spender in month.top_spenders(prices)
        ],
    }


def _kind(by: str | None) -> str | None:
    """Return what something is; what an automation is called is nobody's business either."""
    return by and by.partition(".")[0]


def _named(values: Mapping[str, Any], cars: Mapping[str, str]) -> dict[str, Any]:
    return {cars[vin]: value for vin, value in values.items() if vin in cars}
