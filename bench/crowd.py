"""How late Home Assistant's loop is while those who are no cars crowd the port, and whether cars get in."""

import asyncio
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

from .child import Child
from .table import Figure

LAG_AIM = 3.0  # ms beyond idle
WAIT_AIM = 2.0  # seconds until a car that connects is in
SECONDS = 20.0
RATE = 200.0  # a second
CROWDS: dict[str, dict[str, Any]] = {
    "200 bad handshakes a second, one address": {"addresses": 1, "slow": False},
    "200 bad handshakes a second, 1,000 addresses": {"addresses": 1000, "slow": False},
    "200 slow strangers a second": {"addresses": 1000, "slow": True},
}


async def measure(folder: Path) -> list[Figure]:
    """Let each crowd come, while a car connects again and again."""
    figures = []
    async with (
        Child("home", folder=str(folder), cars=1) as home,
        Child("strangers", folder=str(folder), port=home.ready["port"]) as strangers,
        Child("newcomers", folder=str(folder), port=home.ready["port"]) as newcomers,
    ):
        idle = await _lag(home, newcomers.ask(seconds=5.0))
        figures.append(Figure("lag p99.9 while cars connect, without strangers", idle, unit="ms"))
        for name, crowd in CROWDS.items():
            before = (await home.ask(do="counts"))["refused"]
            cars = asyncio.create_task(newcomers.ask(seconds=SECONDS - 1.0))
            lag = await _lag(home, strangers.ask(seconds=SECONDS, rate=RATE, **crowd))
            told = await cars
            after = (await home.ask(do="counts"))["refused"]
            refused = sum(after.values()) - sum(before.values())
            figures += [
                Figure(f"  {name}", lag, idle + LAG_AIM, "ms", detail=f"{refused} refused"),
                Figure(
                    "    the slowest of the cars that connect",
                    told["slowest"],
                    WAIT_AIM,
                    "s",
                    detail=f"{told['tried']} tried, {told['failed']} failed",
                ),
                Figure("    cars that do not get in", told["failed"], 0),
            ]
    return figures


async def _lag(home: Child, meanwhile: Awaitable[object]) -> float:
    await home.ask(do="lag")
    await meanwhile
    return float((await home.ask(do="lagged"))["p999_ms"])
