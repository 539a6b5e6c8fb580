"""What the service shows of who it is, to clients that look."""

import hashlib
from pathlib import Path
import ssl

import aiohttp
import pytest

from simulator.car.car import Car
from simulator.certificates import Authorities
from simulator.myteslamate.shown import KINDS, Shown
from simulator.world import World

from ..wall import Wall
from .client import Client, Socket


def trusting(authority: str | None) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=authority)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "good"])
async def test_nobody_who_looks_believes_a_bad_one(client: Client, world: World, car: Car, kind: str) -> None:
    service = client.service
    fingerprint = await service.show_certificate(kind)
    url = f"{service.stream_address}/streaming/"

    assert url.startswith("wss://")
    with pytest.raises(aiohttp.ClientConnectorCertificateError):
        await client.web.ws_connect(url)
    pinned = aiohttp.Fingerprint(bytes.fromhex(fingerprint))
    async with client.web.ws_connect(url, ssl=pinned) as ws:
        assert ws.closed is False
    wrong = aiohttp.Fingerprint(hashlib.sha256(b"another").digest())
    with pytest.raises(aiohttp.ServerFingerprintMismatch):
        await client.web.ws_connect(url, ssl=wrong)


@pytest.mark.parametrize(("kind", "believed"), [("self_signed", True), ("good", True), ("expired", False)])
async def test_an_authority_of_its_own_helps_with_some(
    client: Client, car: Car, *, kind: str, believed: bool
) -> None:
    service = client.service
    assert service.authority() is None
    await service.show_certificate(kind)
    tls = trusting(service.authority())
    socket = Socket(client.web, service.streaming, tls)

    if believed:
        async with socket:
            await socket.subscribe(car.vin, client.token)
            await socket.until(lambda: bool(socket.got))
    else:
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await socket.__aenter__()


async def test_the_api_shows_one_of_its_own(client: Client) -> None:
    service = client.service
    fingerprint = await service.show_certificate("self_signed", "api")

    assert service.address.startswith("https://")
    assert service.stream_address.startswith("ws://")
    with pytest.raises(aiohttp.ClientConnectorCertificateError):
        await client.get("/api/1/products")
    pinned = aiohttp.Fingerprint(bytes.fromhex(fingerprint))
    assert (await client.ask("GET", "/api/1/products", ssl=pinned)).status == 200
    tls = trusting(service.authority("api"))
    assert (await client.ask("GET", "/api/1/products", ssl=tls)).status == 200
    with pytest.raises(KeyError):
        await service.show_certificate("good", "car")


async def test_in_a_world_with_tls_all_is_vouched_for(
    authorities: Authorities, wall: Wall, socket_enabled: None
) -> None:
    async with (
        World(speed=0, wall=wall, authorities=authorities, tls=True) as world,
        aiohttp.ClientSession() as web,
    ):
        car = world.add_car()
        service = await world.open_myteslamate()
        client, tls = Client(service, web), trusting(world.cloud_ca)
        assert (await client.ask("GET", "/api/1/products", ssl=tls)).status == 200
        async with Socket(web, service.streaming, tls) as socket:
            await socket.subscribe(car.vin, client.token)
            await socket.until(lambda: bool(socket.got))


def test_there_is_no_other_kind(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        Shown("golden", tmp_path)
