"""`python -m simulator`, from the command line to its end."""

import asyncio
import json
import os
from pathlib import Path
import runpy
import signal
import sys
from typing import Any

import aiohttp
import pytest

from simulator.__main__ import doing, options, ports, run, watch
from simulator.broker import Broker
from simulator.car.car import Car
from simulator.world import World

from .receiver import Receiver


def test_help_says_how_to_use_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        options().parse_args(["--help"])

    assert "--write-bundle FILE" in capsys.readouterr().out


def test_it_is_started_as_a_module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "simulator.__main__")
    monkeypatch.setattr(sys, "argv", ["simulator", "--help"])

    with pytest.raises(SystemExit) as done:
        runpy.run_module("simulator", run_name="__main__")

    assert done.value.code == 0


def test_ports_are_named() -> None:
    assert ports(["eu=1234", "auth=4321"]) == {"eu": 1234, "auth": 4321}


async def test_a_world_is_started_announced_and_stopped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], socket_enabled: None
) -> None:
    args = options().parse_args(
        [
            "--cars=typed,old",
            "--scenario=none",
            "--approve",
            "--offline",
            "--client-id=me",
            "--redirect-uri=https://back.example.org",
            "--unregistered",
            "--domain=home.example.org=http://127.0.0.1:1",
            f"--authorities={tmp_path / 'kept'}",
            f"--write-bundle={tmp_path / 'bundle.pem'}",
            f"--write-certificates={tmp_path / 'cars'}",
        ]
    )
    running = asyncio.create_task(run(args))
    said = await line(capsys, running)

    addresses = json.loads(said.splitlines()[0])
    assert addresses["client_id"] == "me"
    assert [car["name"] for car in addresses["cars"]] == ["Marmalade", "Grandpa"]
    assert set(addresses["regions"]) == {"na", "eu", "cn"}
    assert (tmp_path / "bundle.pem").read_text().count("BEGIN CERTIFICATE") == 14
    assert len(list((tmp_path / "cars").iterdir())) == 2
    assert addresses["control"].startswith("http://127.0.0.1:")
    assert await registered(addresses["control"]) == {}

    os.kill(os.getpid(), signal.SIGTERM)
    async with asyncio.timeout(60):
        await running
    assert "Marmalade: parked at 70 %" in said + capsys.readouterr().out


async def registered(control: str) -> Any:
    """Ask the control interface where the application is registered."""
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{control}/cloud/registered") as response,
    ):
        return (await response.json())["result"]


async def line(capsys: pytest.CaptureFixture[str], running: asyncio.Task[None]) -> str:
    """Wait for the first line, which says that all is ready."""
    async with asyncio.timeout(60):
        while True:
            said = capsys.readouterr().out
            if said or running.done():
                return said
            await asyncio.sleep(0)


async def test_without_wishes_nothing_is_written(
    capsys: pytest.CaptureFixture[str], socket_enabled: None
) -> None:
    running = asyncio.create_task(run(options().parse_args(["--cars=", "--scenario=none"])))
    addresses: dict[str, Any] = json.loads((await line(capsys, running)).splitlines()[0])
    os.kill(os.getpid(), signal.SIGINT)
    async with asyncio.timeout(60):
        await running

    assert (addresses["bundle"], addresses["cars"], addresses["cloud_ca"]) == (None, [], None)


async def test_a_broker_and_a_proxy_are_among_the_addresses(
    capsys: pytest.CaptureFixture[str], socket_enabled: None
) -> None:
    async with Broker() as broker:
        args = options().parse_args(
            ["--cars=typed", "--scenario=none", f"--mqtt={broker.address}", "--mqtt-topic=tesla", "--proxy"]
        )
        running = asyncio.create_task(run(args))
        addresses = json.loads((await line(capsys, running)).splitlines()[0])
        os.kill(os.getpid(), signal.SIGTERM)
        async with asyncio.timeout(60):
            await running

    assert addresses["mqtt"] == {"broker": broker.address, "form": "topics", "topic": "tesla"}
    assert addresses["proxy"]["base"].startswith("https://127.0.0.1:")
    assert addresses["proxy"]["certificate"].startswith("-----BEGIN CERTIFICATE")
    assert len(bytes.fromhex(addresses["proxy"]["fingerprint"])) == 32


async def test_what_a_car_does_is_said_in_a_few_words(world: World, car: Car, receiver: Receiver) -> None:
    said = [doing(car)]
    car.charge()
    await world.advance(10)
    said.append(doing(car))
    car.drive("work")
    said.append(doing(car))
    car.stream(**receiver.config(Locked=1))
    async with asyncio.timeout(60):
        await car.telemetry.connections.until(lambda: bool(car.telemetry.connections.open))
    said.append(doing(car))
    car.sleep()
    said.append(doing(car))

    assert said == [
        "parked at 70 %",
        "charging at 70 %",
        "driving to Canary Wharf car park",
        "driving to Canary Wharf car park, streaming",
        "asleep",
    ]


async def test_only_changes_are_told(car: Car, capsys: pytest.CaptureFixture[str]) -> None:
    stop = asyncio.Event()
    watching = asyncio.create_task(watch([car], stop, look=0.0))
    for _ in range(5):
        await asyncio.sleep(0)
    car.sleep()
    for _ in range(5):
        await asyncio.sleep(0)
    stop.set()
    await watching

    assert capsys.readouterr().out.splitlines() == ["Marmalade: parked at 70 %", "Marmalade: asleep"]
