"""Several sources of the same cars: brokers, streams, and an entry whose cars tell without any account."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry  # type: ignore[import-untyped]  # has no types

from custom_components.tesla_direct.application_credentials import SCOPES
from custom_components.tesla_direct.const import (
    CONF_CLIENT_ID,
    CONF_PROVIDER,
    CONF_RECEIVER,
    CONF_REGION,
    CONF_SCOPES,
    CONF_SIGNED_IN_AT,
    CONF_UNFINISHED,
    CONF_VEHICLES,
    DOMAIN,
    RECEIVER_NEVER,
)
from custom_components.tesla_direct.tesla.fleet_api import provider
from custom_components.tesla_direct.tesla.fleet_api.oauth import lasting
from simulator.car.car import Car
from simulator.teslemetry.service import UID, Teslemetry
from tests.broker import Broker
from tests.home import until

from .account import Account

BASE = "telemetry"
RECONNECTED = 30.0  # real seconds; Home Assistant's MQTT tries to connect again every ten
READ = ("vehicle_device_data", "vehicle_location")


def broker_feed(topic: str = BASE, form: str = "topics") -> dict[str, Any]:
    """Return the subentry of a broker, as its dialogue makes it."""
    return {
        "subentry_type": "mqtt",
        "title": f"MQTT ({topic})",
        "unique_id": f"mqtt:{topic}",
        "data": {"form": form, "topic": topic},
    }


def teslamate_feed(*cars: Car, namespace: str = "") -> dict[str, Any]:
    """Return the subentry of a TeslaMate, as its dialogue makes it."""
    return {
        "subentry_type": "teslamate",
        "title": "TeslaMate",
        "unique_id": f"teslamate:{namespace}",
        "data": {
            "namespace": namespace,
            "cars": {str(number): car.vin for number, car in enumerate(cars, 1)},
        },
    }


def row_of(account: Account, service: Teslemetry) -> dict[str, Any]:
    """Return how an entry names the service at its address in this world."""
    return provider.teslemetry(service.base, account.world.cloud_ca).to_dict()


async def stream_feed(account: Account, service: Teslemetry) -> dict[str, Any]:
    """Return the subentry of a stream, as its dialogue makes it, with its token where it is kept."""
    shared = await account.shared()
    await shared.tokens.async_save(f"teslemetry:{UID}", lasting(service.token, READ, account.wall()))
    return {
        "subentry_type": "teslemetry",
        "title": "Teslemetry",
        "unique_id": f"teslemetry:{UID}",
        "data": {"provider": row_of(account, service), "account": UID},
    }


async def set_up_with(
    account: Account,
    *cars: Car,
    feeds: Sequence[dict[str, Any]],
    receiver: int | str = RECEIVER_NEVER,
    scopes: Sequence[str] = SCOPES,
    options: dict[str, Any] | None = None,
) -> None:
    """Set up an account with Tesla whose cars have further sources."""
    await account.pair(*cars)
    await account.sign_in(scopes)
    account.add_entry(*cars, receiver=receiver, scopes=scopes, options=options, subentries_data=feeds)
    assert await account.hass.config_entries.async_setup(account.entry.entry_id)
    await account.quiet()


async def set_up_alone(account: Account, *cars: Car, feeds: Sequence[dict[str, Any]] = ()) -> None:
    """Set up cars that tell by themselves, without any account."""
    data = {
        CONF_PROVIDER: {"name": "none"},
        CONF_REGION: "",
        CONF_CLIENT_ID: "none",
        CONF_SCOPES: list(READ),
        CONF_VEHICLES: {car.vin: car.model.name for car in cars},
        CONF_RECEIVER: RECEIVER_NEVER,
        CONF_SIGNED_IN_AT: 0.0,
        CONF_UNFINISHED: [],
    }
    await _add(account, "none", data, feeds)


async def set_up_streamed(
    account: Account, service: Teslemetry, *cars: Car, feeds: Sequence[dict[str, Any]] = ()
) -> None:
    """Set up an account with the service, signed in with a token."""
    shared = await account.shared()
    scopes = sorted(service.customer.scopes)
    await shared.tokens.async_save(UID, lasting(service.token, scopes, account.wall()))
    data = {
        CONF_PROVIDER: row_of(account, service),
        CONF_REGION: "",
        CONF_CLIENT_ID: f"teslemetry-{UID}",
        CONF_SCOPES: scopes,
        CONF_VEHICLES: {car.vin: car.model.name for car in cars},
        CONF_RECEIVER: RECEIVER_NEVER,
        CONF_SIGNED_IN_AT: account.wall(),
        CONF_UNFINISHED: [],
    }
    await _add(account, UID, data, feeds)
    await account.quiet()


async def _add(
    account: Account, unique_id: str, data: dict[str, Any], feeds: Sequence[dict[str, Any]]
) -> None:
    await account.shared()  # which has the world's clock from then on
    account.entry = MockConfigEntry(
        domain=DOMAIN, title="Cars", unique_id=unique_id, data=data, subentries_data=feeds
    )
    account.entry.add_to_hass(account.hass)
    assert await account.hass.config_entries.async_setup(account.entry.entry_id)
    await account.hass.async_block_till_done()


def add_feed(hass: HomeAssistant, entry: Any, feed: dict[str, Any]) -> ConfigSubentry:
    """Add a source to an entry that is set up, as its dialogue does."""
    subentry = ConfigSubentry(
        data=MappingProxyType(feed["data"]),
        subentry_type=feed["subentry_type"],
        title=feed["title"],
        unique_id=feed["unique_id"],
    )
    hass.config_entries.async_add_subentry(entry, subentry)
    return subentry


async def works(account: Account, name: str, *, so: bool | None = True) -> None:
    """Wait until a source of the account works, or does not."""
    await until(lambda: health(account, name).works is so, limit=RECONNECTED)
    await account.hass.async_block_till_done()


async def publish_to(account: Account, broker: Broker, fields: dict[str, int] | None = None) -> None:
    """Open a server of the owner's that publishes to a broker what his cars say."""
    await account.world.publish(broker.host, broker.port, fields=fields, topic_base=BASE)


async def listens(account: Account, car: Car, name: str = "mqtt") -> None:
    """Wait until the broker hands on to a source what is published."""
    (feed,) = (one for one in account.runtime.feeds.all if one.name == name)
    cast = account.world.broadcast
    assert cast is not None
    await cast.until_connected()
    before = feed.skipped["NoSuchField"]  # which it counts
    # It is kept, because Home Assistant takes its time until it has subscribed.
    await cast.say(f"{car.vin}/v/NoSuchField", "1", retained=True)
    await until(lambda: feed.skipped["NoSuchField"] > before)


def health(account: Account, name: str) -> Any:
    """Return how a source fares."""
    (feed,) = (feed for feed in account.runtime.feeds.all if feed.name == name)
    return feed.health


def shown_sources(account: Account, car: Car) -> dict[str, Any]:
    """Return what is shown of a car's sources, in the one place that shows them."""
    found: dict[str, Any] = account.state(car, "sensor.data_source").attributes["sources"]
    return found
