"""What a thousand cars cost on a broker of which one is ours."""

import asyncio
from pathlib import Path
from typing import Any

from simulator.broker import Broker

from .child import Child
from .sources_lines import FORMS, broker_alone
from .table import Figure

CARS = 1_000
SECONDS = 6.0
ROUNDS = 2
# Signals of ours a minute; one comes each second while somebody publishes, and the rest is waiting.
LEAST = 10.0
AIM = 1.0  # % of a core


async def measure(folder: Path) -> list[Figure]:
    """Compare ours alone with all of them, a signal a second and car, in both forms."""
    topics, records = [await _others(folder / form, form) for form in FORMS.values()]
    return [
        Figure(
            f"{CARS:,} cars' topics, one of them ours: the others' share of a core",
            topics["share"],
            AIM,
            "%",
            detail=f"{topics['rate']:,.0f} messages a second, {topics['taken']:.0f} signals of ours a minute",
        ),
        Figure(
            "  as JSON records, which one filter brings all of",
            records["share"],
            unit="%",
            detail=f"{records['rate']:,.0f} messages a second",
        ),
    ]


async def _others(folder: Path, form: str) -> dict[str, Any]:
    ours: dict[str, Any] = {"form": form, "first": 1, "cars": 1, "seconds": SECONDS}
    async with Broker() as broker:
        options = {"folder": str(folder), "cars": 1, "show": "default", "broker": broker.port}
        async with (
            Child("sources_home", cloud=broker_alone(form), **options) as home,
            Child("sources_traffic", port=broker.port) as server,
            Child("sources_traffic", port=broker.port) as other_server,
        ):
            await home.ask(do="works", feed="mqtt")
            await server.ask(**ours | {"seconds": 3.0})
            await home.ask(do="settle")
            alone, together, published = [], [], 0
            for _ in range(ROUNDS):
                alone.append(await _cost(home, server, ours))
                others = asyncio.create_task(
                    other_server.ask(form=form, first=2, cars=CARS - 1, seconds=SECONDS)
                )
                together.append(await _cost(home, server, ours))
                published += (await others)["published"]
            taken = (await home.ask(do="heard", feed="mqtt"))["rate"]
    if taken < LEAST:
        raise RuntimeError(f"of ours {taken} signals a minute were taken, so nothing is proven")
    return {
        # What disturbs only ever adds, so the least of each is compared.
        "share": 100 * (min(together) - min(alone)) / SECONDS,
        "rate": published / ROUNDS / SECONDS,
        "taken": taken,
    }


async def _cost(home: Child, server: Child, ours: dict[str, Any]) -> float:
    """Return the processor time that Home Assistant takes meanwhile, in seconds."""
    before = (await home.ask(do="cpu"))["cpu"]
    await server.ask(**ours)
    return float((await home.ask(do="cpu"))["cpu"] - before)
