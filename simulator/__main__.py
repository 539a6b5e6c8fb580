"""Start a world and print its addresses: python -m simulator --help."""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
import asyncio
from contextlib import suppress
import json
from pathlib import Path
import signal
import sys

from .car.car import Car
from .car.model import KINDS
from .certificates import Authorities
from .cloud.accounts import REGIONS
from .control import Control
from .fleet_telemetry.mischief import Broadcast
from .fleet_telemetry.mqtt import RECORDS, TOPICS
from .proxy.server import Proxy
from .scenario import SCENARIOS, play
from .world import World

SIGNALS = (signal.SIGINT, signal.SIGTERM)
LOOK = 1.0  # real seconds between two looks at the cars

ABOUT = """\
Tesla's cloud and cars on 127.0.0.1.

Prints one line of JSON with all addresses when it is ready, then what the cars do.
GET {control}/verbs lists everything that can be done to cars and cloud while it runs.
"""


def options() -> ArgumentParser:
    """Describe the command line."""
    parser = ArgumentParser(
        "python -m simulator", description=ABOUT, formatter_class=RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--speed", type=float, default=1.0, help="simulated seconds in a real one (default 1)")
    add(
        "--cars", default="typed,untyped,old", help=f"kinds, of {', '.join(KINDS)}; default typed,untyped,old"
    )
    add("--scenario", choices=SCENARIOS, default="demo", help="what the cars do by themselves")
    add("--region", choices=REGIONS, default="eu", help="where the account lives")
    add("--port", action="append", default=[], metavar="HOST=PORT", help="of na, eu, cn or auth; else free")
    add("--control-port", type=int, default=0, help="of the control interface; else a free one")
    add("--tls", action="store_true", help="speak HTTPS in the cloud; its CA is among the addresses")
    add("--authorities", type=Path, help="folder that keeps Tesla's authorities from run to run")
    add("--write-bundle", type=Path, metavar="FILE", help="where to write the authorities' certificates")
    add("--write-certificates", type=Path, metavar="FOLDER", help="where to write what the cars show")
    add("--token-lifetime", type=float, default=28_800.0, help="seconds that an access token lives")
    add("--idle", type=float, default=600.0, help="simulated idle seconds before a car falls asleep")
    add("--wake", type=float, nargs=2, default=(10.0, 60.0), metavar=("FROM", "TO"), help="seconds to wake")
    add("--offline", action="store_true", help="sleeping cars are reported as offline")
    add("--client-id", help="of the one application that may ask")
    add("--client-secret", help="likewise")
    add("--redirect-uri", action="append", default=[], help="registered address; without one, any will do")
    add("--unregistered", action="store_true", help="the application is registered in no region yet")
    add("--domain", action="append", default=[], metavar="NAME=BASE", help="where a domain's key is served")
    add("--approve", action="store_true", help="the sign-in page says yes by itself")
    add("--teslemetry", action="store_true", help="open Teslemetry too, with its key on the cars")
    add("--teslemetry-port", type=int, default=0, help="of Teslemetry; else a free one")
    add("--myteslamate", action="store_true", help="open MyTeslaMate too, with its key on the cars")
    add("--myteslamate-port", type=int, default=0, help="of MyTeslaMate's API; else a free one")
    add("--myteslamate-stream-port", type=int, default=0, help="of MyTeslaMate's stream; else a free one")
    add("--mqtt", metavar="HOST:PORT", help="broker that a Fleet Telemetry server of the cars publishes to")
    add("--mqtt-form", choices=(TOPICS, RECORDS), default=TOPICS, help="what is published (default topics)")
    add("--mqtt-topic", default="telemetry", help="base of all topics (default telemetry)")
    add("--teslamate", metavar="HOST:PORT", help="broker that a TeslaMate of the cars' owner publishes to")
    add("--teslamate-namespace", default="", help="in the topics of TeslaMate; none without it")
    add("--proxy", action="store_true", help="open a Vehicle Command proxy too, with its key on the cars")
    add("--proxy-port", type=int, default=0, help="of the proxy; else a free one")
    return parser


async def run(args: Namespace) -> None:
    """Keep a world running until told to stop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in SIGNALS:
        loop.add_signal_handler(number, stop.set)
    authorities = Authorities(folder=args.authorities)
    world = World(
        speed=args.speed,
        region=args.region,
        ports=ports(args.port),
        tls=args.tls,
        authorities=authorities,
    )
    async with world:
        cars = {kind: world.add_car(kind) for kind in args.cars.split(",") if kind}
        prepare(world, args)
        if args.teslemetry:
            await open_teslemetry(world, args.teslemetry_port)
        if args.myteslamate:
            await open_myteslamate(world, args.myteslamate_port, args.myteslamate_stream_port)
        if args.mqtt:
            host, _, port = args.mqtt.rpartition(":")
            await world.publish(host, int(port), form=args.mqtt_form, topic_base=args.mqtt_topic)
        if args.teslamate:
            host, _, port = args.teslamate.rpartition(":")
            await world.open_teslamate(host, int(port), namespace=args.teslamate_namespace)
        if args.proxy:
            await world.open_proxy(port=args.proxy_port)
        control = Control(world, addresses(world, args), port=args.control_port)
        await control.open()
        try:
            say(json.dumps(addresses(world, args) | {"control": control.base}))
            play(world, args.scenario, cars)
            await watch(list(cars.values()), stop)
        finally:
            await control.close()
            for number in SIGNALS:
                loop.remove_signal_handler(number)


def prepare(world: World, args: Namespace) -> None:
    """Apply what the command line says of cars and application."""
    application = world.cloud.books.application
    application.client_id = args.client_id or application.client_id
    application.client_secret = args.client_secret or application.client_secret
    application.redirect_uris = args.redirect_uri
    world.cloud.set_token_lifetime(args.token_lifetime)
    if args.unregistered:
        world.cloud.unregister()
    for domain, _, base in (one.partition("=") for one in args.domain):
        world.cloud.host_domain(domain, base)
    if args.approve:
        world.cloud.approve()
    for car in world.cars.values():
        car.power.idle_s = args.idle
        car.power.wake_s = tuple(args.wake)
        car.power.sleeps_as = "offline" if args.offline else "asleep"
    if args.write_bundle:
        args.write_bundle.write_text(world.authorities.bundle())
    if args.write_certificates:
        world.write_certificates(args.write_certificates)


async def open_teslemetry(world: World, port: int) -> None:
    """Open Teslemetry, with its key on every car that takes one, and with an energy site."""
    service = await world.open_teslemetry(port)
    service.add_site()
    for vin in world.cars:
        service.pair(vin)


async def open_myteslamate(world: World, port: int, stream_port: int) -> None:
    """Open MyTeslaMate, with its key on every car that takes one."""
    service = await world.open_myteslamate(port, stream_port)
    for vin in world.cars:
        service.pair(vin)


def addresses(world: World, args: Namespace) -> dict[str, object]:
    """Return all that somebody needs to use the world."""
    application = world.cloud.books.application
    return {
        "authorize": world.cloud.authorize_url,
        "token": world.cloud.token_url,
        "regions": world.cloud.bases,
        "region": args.region,
        "client_id": application.client_id,
        "client_secret": application.client_secret,
        "cloud_ca": world.cloud_ca,
        "cars": [{"vin": car.vin, "name": car.model.name} for car in world.cars.values()],
        "bundle": str(args.write_bundle) if args.write_bundle else None,
        "teslemetry": teslemetry(world) if args.teslemetry else None,
        "myteslamate": myteslamate(world) if args.myteslamate else None,
        "mqtt": mqtt(world.broadcast) if world.broadcast else None,
        "proxy": proxy(world.proxy) if world.proxy else None,
    }


def teslemetry(world: World) -> dict[str, str]:
    """Return what a customer of Teslemetry needs."""
    service = world.teslemetry
    return {"base": service.base, "authorize": service.authorize_url, "token": service.token}


def myteslamate(world: World) -> dict[str, str]:
    """Return what a member of MyTeslaMate needs."""
    service = world.myteslamate
    return {
        "base": service.address,
        "stream": service.stream_address,
        "token": service.token,
        "refresh_token": service.refresh_token,
    }


def mqtt(broadcast: Broadcast) -> dict[str, str]:
    """Return what a subscriber needs."""
    config = broadcast.config
    return {"broker": f"{config.host}:{config.port}", "form": config.form, "topic": config.topic_base}


def proxy(opened: Proxy) -> dict[str, str]:
    """Return what a user of the proxy needs."""
    return {
        "base": opened.base,
        "certificate": opened.certificate,
        "fingerprint": opened.fingerprint,
        "public_key": opened.public_key,
    }


async def watch(cars: list[Car], stop: asyncio.Event, look: float = LOOK) -> None:
    """Tell what the cars do whenever it changes; `look` is how often that is seen."""
    seen: dict[str, str] = {}
    while not stop.is_set():
        for car in cars:
            line = doing(car)
            if seen.get(car.vin) != line:
                seen[car.vin] = line
                say(f"{car.model.name}: {line}")
        with suppress(TimeoutError):
            async with asyncio.timeout(look):
                await stop.wait()


def doing(car: Car) -> str:
    """Say in a few words what a car does."""
    if car.state != "online":
        return car.state
    streaming = ", streaming" if any(client.connections.open for client in car.clients) else ""
    if car.journey is not None and car.body.route is not None:
        return f"driving to {car.body.route.name}{streaming}"
    if car.body.plugged_in:
        return f"{car.body.charging_state.lower()} at {car.body.battery_percent:.0f} %{streaming}"
    return f"parked at {car.body.battery_percent:.0f} %{streaming}"


def ports(given: list[str]) -> dict[str, int]:
    """Read HOST=PORT."""
    return {host: int(port) for host, _, port in (one.partition("=") for one in given)}


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(run(options().parse_args()))
