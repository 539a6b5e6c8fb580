"""Port 443 shared by server name, as docs/setup/proxy.md has it: TLS ends in Home Assistant."""

import asyncio
import ssl

from aiohttp import ClientSession, TCPConnector, web
from aiohttp.test_utils import TestServer
import pytest

from simulator.car.car import Car
from simulator.certificates import server_certificate, stranger
from tests.home import until
from tests.integration.account import HOST, Account

from .nginx import EXAMPLES, Nginx

PASSING = [name for name in EXAMPLES if name.startswith("2 ")]


def test_the_page_has_an_example_for_each_way_to_run_home_assistant() -> None:
    assert sorted(EXAMPLES) == [
        "2 Container",
        "2 Core, or a Debian machine of its own",
        "3 Core, or a Debian machine of its own",
        "3 Have the proxy verify Home Assistant, too",
        "3 Home Assistant OS",
    ]


@pytest.mark.parametrize("example", PASSING)
async def test_a_car_is_passed_through_to_home_assistant(
    account: Account, car: Car, nginx: Nginx, example: str
) -> None:
    port = await account.make_port()
    await account.set_up(car, receiver=port)
    await account.hass.async_add_executor_job(nginx.start, example, port)
    await account.connect(car, port=nginx.port)

    assert account.shows(car, "binary_sensor.telemetry_connected") == "on"
    await account.push(car, BatteryLevel=41.0)
    assert account.shows(car, "sensor.battery_level") == "41.0"
    assert account.server.gate.admitted == 1
    assert account.server.turned_away == {}


@pytest.mark.parametrize("example", PASSING)
async def test_other_names_go_on_to_the_other_server(
    account: Account, car: Car, nginx: Nginx, example: str, socket_enabled: None
) -> None:
    port = await account.make_port()
    await account.set_up(car, receiver=port)
    await account.hass.async_add_executor_job(nginx.start, example, port)
    app = web.Application()

    async def hello(request: web.Request) -> web.Response:
        return web.Response(text=f"hello from {request.host}")

    app.router.add_get("/", hello)
    site = stranger("Home CA")
    shown = server_certificate(site, "home.example.com")
    chain, key = nginx.file("site.pem", shown.certificate_pem()), nginx.file("site.key", shown.key_pem())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    await account.hass.async_add_executor_job(lambda: context.load_cert_chain(chain, key))
    server = TestServer(app, port=nginx.web, scheme="https")
    await server.start_server(ssl=context)
    browser = ssl.create_default_context(cadata=site.certificate_pem())
    try:
        async with ClientSession(connector=TCPConnector(force_close=True)) as session:
            address = f"https://127.0.0.1:{nginx.port}/"
            name = "home.example.com"
            async with session.get(
                address, ssl=browser, server_hostname=name, headers={"Host": name}
            ) as page:
                assert await page.text() == f"hello from {name}"
    finally:
        await server.close()
    assert account.server.gate.admitted == account.server.gate.refused.total() == 0


@pytest.mark.parametrize("example", PASSING)
async def test_whoever_shows_no_certificate_is_turned_away_by_home_assistant(
    account: Account, car: Car, nginx: Nginx, example: str
) -> None:
    port = await account.make_port()
    await account.set_up(car, receiver=port)
    await account.hass.async_add_executor_job(nginx.start, example, port)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    _, writer = await asyncio.open_connection("127.0.0.1", nginx.port, ssl=context, server_hostname=HOST)
    await until(lambda: account.server.gate.refused)

    assert account.server.gate.refused == {"peer_did_not_return_a_certificate": 1}
    writer.transport.abort()
    await asyncio.sleep(0)
