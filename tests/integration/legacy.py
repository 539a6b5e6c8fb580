"""A legacy stream as a source: of an account with a service, or beside another provider."""

from typing import Any

from custom_components.tesla_direct.tesla.fleet_api import provider
from custom_components.tesla_direct.tesla.fleet_api.addresses import Certificates
from custom_components.tesla_direct.tesla.fleet_api.oauth import lasting
from simulator.car.car import Car
from simulator.myteslamate.service import MyTeslaMate

from .account import Account

OF = "myteslamate-someone"


def row_of(service: MyTeslaMate, **certificates: Any) -> provider.Provider:
    """Return how an entry names the service at its addresses in this world."""
    believed = Certificates(**certificates)
    return provider.myteslamate(service.address, service.stream_address, stream_certificates=believed)


async def legacy_feed(
    account: Account,
    service: MyTeslaMate,
    *cars: Car,
    raw: bool = True,
    token: str = "",
    by_id: bool = False,
    **certificates: Any,
) -> dict[str, Any]:
    """Return the subentry of a stream, as its dialogue makes it, with its token where it is kept."""
    shared = await account.shared()
    name = f"legacy_stream:{OF}"
    await shared.tokens.async_save(name, lasting(token or service.token, (), account.wall()))
    return {
        "subentry_type": "legacy_stream",
        "title": "MyTeslaMate",
        "unique_id": name,
        "data": {
            "provider": row_of(service, **certificates).to_dict(),
            "account": OF,
            "tags": {car.vin: service.vehicle_id(car.vin) if by_id else car.vin for car in cars},
            "raw": raw,
            "signed_in_at": account.wall(),
        },
    }


async def subscribed(account: Account, service: MyTeslaMate, *cars: Car, times: int = 1) -> None:
    """Wait until the service tells of some cars."""
    await service.streaming.until(
        lambda: (
            all(service.streaming.holder(car.vin) is not None for car in cars)
            and service.counted()["subscribes"] >= times
        )
    )
    await account.hass.async_block_till_done()
