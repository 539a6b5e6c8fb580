"""A proxy that ends TLS, as docs/setup/proxy.md has it: its word on a car counts, and nobody else's."""

from dataclasses import replace
import json
import logging
import re
import ssl
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.tesla_direct.diagnostics import async_get_config_entry_diagnostics
from custom_components.tesla_direct.port import TelemetryPort
from simulator.car.car import Car
from simulator.certificates import (
    MOTORS_PRODUCTS,
    PRODUCT_ACCESS,
    SERVER_AUTH,
    Credential,
    server_certificate,
    stranger,
)
from simulator.world import World
from tests.home import until
from tests.integration.account import HOST, Account
from tests.integration.disk import stored
from tests.tesla.fleet_telemetry.caller import Caller
from tests.tesla.fleet_telemetry.test_forwarded import escaped

from .nginx import EXAMPLES, Nginx

ENDING = [name for name in EXAMPLES if name.startswith("3 ") and "server {" in EXAMPLES[name]]
CORE = ENDING[0]
SECRET = "5b0f5a5c9d1f4a0c8a54"
NAMED = "127.0.0.1"  # from where nginx calls here
ELSEWHERE = "127.0.0.2"


# It asks nobody for a certificate, and shows the same one.
OTHER_SITE = "www.example.com"


def with_site(text: str, name: str) -> str:
    """Put another site beside the one for cars."""
    if not name:
        return text
    kept = [
        line
        for line in text.splitlines()
        if re.match(r" *(listen|ssl_certificate|ssl_certificate_key) ", line)
    ]
    site = "\n".join(["server {", *kept, f"server_name {name};", "location / { return 204; }", "}", ""])
    return site.replace(" so_keepalive=60s:15s:4", "") + text


class House:
    """An account behind a proxy, its car, and ways to call both."""

    def __init__(self, account: Account, nginx: Nginx, folder: Any) -> None:
        self.account = account
        self.nginx = nginx
        self.issuer = stranger("Public CA")
        self._folder = folder

    async def set_up(self, *cars: Car, secret: str = SECRET, **changes: Any) -> None:
        account = self.account
        number = await account.make_port()
        shared = await account.shared()
        port = shared.ports.get(number)
        assert port is not None
        settings = replace(
            port.settings,
            peers=(NAMED,),
            secret=secret,
            ca=self.issuer.certificate_pem(),
            leaf=None,
            **changes,
        )
        await shared.ports.async_set(settings)
        await account.set_up(*cars, receiver=number)

    async def start(self, example: str = CORE, *, add: str = "", beside: str = "") -> None:
        """Start the proxy; `add` stands in its location, `beside` is another site of the same user's."""
        shown = server_certificate(self.issuer, HOST)

        def start() -> None:
            self.nginx.start(
                example,
                self.port.settings.port,
                shown=shown,
                secret=SECRET,
                change=lambda text: with_site(text.replace("location / {", f"location / {{\n{add}"), beside),
            )

        await self.account.hass.async_add_executor_job(start)

    @property
    def port(self) -> TelemetryPort:
        assert self.account.runtime.port is not None
        return self.account.runtime.port

    @property
    def turned_away(self) -> dict[str, int]:
        return dict(self.account.server.turned_away)

    async def connect(self, car: Car) -> None:
        await self.account.connect(car, port=self.nginx.port)

    def shown(self, credential: Credential | None) -> ssl.SSLContext:
        """Return what a client connects with that does not care who we are. Blocks."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        if credential:
            context.load_cert_chain(credential.write(self._folder / "client.pem"))
        return context

    async def ask(self, credential: Credential | None, **headers: str | bytes) -> int:
        """Ask through the proxy for a WebSocket, with a certificate; return the status of the answer."""
        context = await self.account.hass.async_add_executor_job(self.shown, credential)
        caller = await Caller.call(self.nginx.port, context, name=HOST)
        answer = await caller.upgrade(**headers)
        caller.leave()
        return answer.status


@pytest.fixture
async def house(account: Account, nginx: Nginx, hass: HomeAssistant, tmp_path: Any) -> House:
    return await hass.async_add_executor_job(House, account, nginx, tmp_path)


@pytest.mark.parametrize("example", ENDING)
async def test_a_car_delivers_through_the_proxy(house: House, car: Car, example: str) -> None:
    await house.set_up(car)
    await house.start(example)
    await house.connect(car)
    account = house.account

    assert account.shows(car, "binary_sensor.telemetry_connected") == "on"
    await account.push(car, BatteryLevel=41.0)
    assert account.shows(car, "sensor.battery_level") == "41.0"
    assert house.turned_away == {}
    links = account.server.links[car.vin]
    assert [link.connection.identity.device_id for link in links] == [car.vin]
    assert links[0].network_interface == "wifi"


async def test_the_proxy_can_verify_home_assistant(house: House, car: Car, hass: HomeAssistant) -> None:
    await house.set_up(car)
    authority = house.port.settings.authority
    assert authority is not None
    file = await hass.async_add_executor_job(house.nginx.file, "ca.pem", authority.certificate)
    lines = EXAMPLES["3 Have the proxy verify Home Assistant, too"]
    await house.start(add=lines.replace("/etc/nginx/tesla-direct-ca.pem", str(file)))
    await house.connect(car)

    assert house.account.shows(car, "binary_sensor.telemetry_connected") == "on"


async def test_a_proxy_that_verifies_hands_no_secret_to_somebody_else(
    house: House, car: Car, hass: HomeAssistant
) -> None:
    await house.set_up(car)
    file = await hass.async_add_executor_job(
        house.nginx.file, "ca.pem", stranger("Other CA").certificate_pem()
    )
    lines = EXAMPLES["3 Have the proxy verify Home Assistant, too"]
    await house.start(add=lines.replace("/etc/nginx/tesla-direct-ca.pem", str(file)))

    assert await house.ask(None) == 502
    assert house.turned_away == {}


async def test_a_car_of_an_issuer_that_openssl_refuses_delivers_too(
    house: House, world: World, car: Car
) -> None:
    await house.set_up(car)
    await house.start()

    assert await house.ask(world.authorities.car_certificate(car.vin, issuer=MOTORS_PRODUCTS)) == 101


async def test_a_car_whose_issuer_is_not_handed_on_is_turned_away(
    house: House, world: World, car: Car
) -> None:
    await house.set_up(car)
    await house.start()

    assert await house.ask(world.authorities.car_certificate(car.vin, issuer=PRODUCT_ACCESS)) == 403
    assert house.turned_away == {"forwarded_certificate_not_verified": 1}


async def test_a_chain_that_is_not_teslas_is_turned_away(house: House, world: World, car: Car) -> None:
    await house.set_up(car)
    await house.start()

    assert await house.ask(world.authorities.car_certificate(car.vin, issuer=stranger())) == 403
    assert house.turned_away == {"forwarded_certificate_not_verified": 1}


async def test_a_certificate_that_has_expired_is_turned_away_by_the_proxy_itself(
    house: House, world: World, car: Car
) -> None:
    await house.set_up(car)
    await house.start()
    over = world.authorities.car_certificate(car.vin, days=(30.0, -1.0))

    assert await house.ask(over) == 400
    assert house.turned_away == {}


async def test_a_client_without_a_certificate_is_turned_away_whatever_it_says(
    house: House, world: World, car: Car
) -> None:
    await house.set_up(car)
    await house.start()
    forged = escaped(world.authorities.car_certificate(car.vin))

    assert await house.ask(None) == 403
    assert await house.ask(None, Client_Cert=forged, X_Tesla_Direct_Secret=SECRET) == 403
    assert house.turned_away == {"forwarded_without_certificate": 2}


async def test_a_car_cannot_pass_itself_off_as_another(house: House, world: World, car: Car) -> None:
    other = world.add_car("untyped")
    await house.set_up(car, other)
    await house.start()
    own = world.authorities.car_certificate(other.vin)
    forged = escaped(world.authorities.car_certificate(car.vin))

    assert await house.ask(own, Client_Cert=forged, X_Tesla_Direct_Secret="guessed") == 101
    assert car.vin not in house.account.server.links


async def test_the_name_of_another_site_of_the_proxys_is_no_way_around_the_certificate(
    house: House, world: World, car: Car, hass: HomeAssistant
) -> None:
    await house.set_up(car)
    await house.start(beside=OTHER_SITE)
    context = await hass.async_add_executor_job(house.shown, None)
    forged = escaped(world.authorities.car_certificate(car.vin))
    caller = await Caller.call(house.nginx.port, context, name="www.example.com")
    told = f"Client-Cert: {forged}\r\nX-Tesla-Direct-Secret: {SECRET}\r\n"
    caller.write(f"GET /status HTTP/1.1\r\nHost: {HOST}\r\n{told}\r\n".encode())

    assert (await caller.answer()).status == 421  # nginx itself: another name than in the handshake
    assert house.turned_away == {}
    caller.leave()


async def test_a_proxy_with_another_secret_is_turned_away(house: House, world: World, car: Car) -> None:
    await house.set_up(car, secret="another secret, of 16 or more")
    await house.start()

    assert await house.ask(world.authorities.car_certificate(car.vin)) == 403
    assert house.turned_away == {"forwarded_wrong_secret": 1}


async def test_the_header_is_refused_from_anybody_but_the_proxy(
    house: House, world: World, car: Car, hass: HomeAssistant
) -> None:
    other = world.add_car("untyped")
    await house.set_up(car, other)
    forged = escaped(world.authorities.car_certificate(car.vin))
    number = house.port.settings.port
    without = await hass.async_add_executor_job(house.shown, None)
    stranger_ = await Caller.call(number, without, name=HOST, source=ELSEWHERE)
    assert await stranger_.rest() == b""
    assert house.account.server.gate.refused == {"peer_did_not_return_a_certificate": 1}

    own = world.authorities.car_certificate(other.vin)
    context = await hass.async_add_executor_job(house.shown, own)
    caller = await Caller.call(number, context, name=HOST, source=ELSEWHERE)
    answer = await caller.upgrade(Client_Cert=forged, X_Tesla_Direct_Secret=SECRET)
    assert answer.status == 403
    assert house.turned_away == {"forwarded_by_a_stranger": 1}
    caller.leave()


async def test_by_default_nobody_hands_anything_on(house: House, world: World, car: Car) -> None:
    account = house.account
    await account.set_up(car, receiver=await account.make_port())
    await house.start()

    assert await house.ask(world.authorities.car_certificate(car.vin)) == 502
    await until(lambda: account.server.gate.refused)
    assert account.server.gate.refused == {"peer_did_not_return_a_certificate": 1}


async def test_a_strangers_certificate_brings_nobody_to_complain(
    house: House, world: World, car: Car, caplog: pytest.LogCaptureFixture
) -> None:
    await house.set_up(car)
    await house.start()
    plain = world.authorities.car_certificate(car.vin, issuer=stranger(), purposes=(SERVER_AUTH,))
    longest = world.authorities.car_certificate("x" * 63, issuer=stranger())

    for one in (plain, longest):
        assert await house.ask(one) == 403
    assert house.turned_away == {"forwarded_certificate_not_verified": 2}
    names = ("custom_components", "aiohttp.server")
    ours = [record for record in caplog.records if record.name.startswith(names)]
    assert not [record for record in ours if record.levelno > logging.DEBUG]


async def test_nothing_of_what_is_handed_on_is_told_to_anybody(
    house: House, world: World, car: Car, hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await house.set_up(car)
    await house.start()
    await house.connect(car)
    refused = stranger()
    assert await house.ask(world.authorities.car_certificate(car.vin, issuer=refused)) == 403
    without = await hass.async_add_executor_job(house.shown, None)
    caller = await Caller.call(house.port.settings.port, without, name=HOST, source=NAMED)
    caller.write(f"GET / HTTP/1.1\r\nX-Tesla-Direct-Secret: {SECRET}\r\nHost : x\r\n\r\n".encode())
    assert b" 400 " in await caller.rest()

    entry = house.account.entry
    report = await async_get_config_entry_diagnostics(hass, entry)
    logged = [
        record.getMessage() + str(record.exc_text or "")
        for record in caplog.records
        if record.name.startswith(("custom_components", "aiohttp"))
    ]
    assert report["port"]["proxy"] is True
    for told in (*logged, json.dumps(report), json.dumps(dict(entry.data)), repr(house.port.settings)):
        assert SECRET not in told
    assert not [line for line in logged if car.vin in line]
    kept, mode = await hass.async_add_executor_job(stored, hass, "ports")
    assert SECRET in kept
    assert mode == 0o600
