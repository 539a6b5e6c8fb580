"""How much our receiver costs beside a bare one, without Home Assistant."""

from pathlib import Path
from statistics import median

from .child import Child
from .table import Figure

ROUNDS = 5
SECONDS = 3.0
AIM = 0.70


async def measure(folder: Path) -> list[Figure]:
    """Flood each in turn, several times, and compare what a frame costs in processor time."""
    costs: dict[str, list[float]] = {"ours": [], "reading": [], "parsing": []}
    for _ in range(ROUNDS):
        for kind, found in costs.items():
            found.append(await _cost(folder, kind))
    rates = {kind: 1e6 / median(found) for kind, found in costs.items()}
    return [
        Figure(
            "receiver without Home Assistant, share of a bare one that reads the same values",
            _share(costs, "reading"),
            AIM,
            unit="x",
            at_least=True,
            detail=f"{rates['ours']:,.0f} against {rates['reading']:,.0f} frames a second and core",
        ),
        Figure(
            "  the same, share of one that parses and does not look at the values",
            _share(costs, "parsing"),
            unit="x",
            detail=f"{rates['parsing']:,.0f} frames a second and core",
        ),
    ]


def _share(costs: dict[str, list[float]], other: str) -> float:
    return median(b / o for o, b in zip(costs["ours"], costs[other], strict=True))


async def _cost(folder: Path, kind: str) -> float:
    """Return the processor time of one frame, µs."""
    async with (
        Child("receiver", kind=kind, folder=str(folder), cars=1) as receiver,
        Child("load", folder=str(folder), cars=1, port=receiver.ready["port"]) as load,
    ):
        await load.ask(seconds=0.5)  # what is done once is done
        before = await receiver.ask()
        sent = await load.ask(seconds=SECONDS)
        after = await receiver.ask()
    if kind == "ours" and after["values"] - before["values"] < sent["frames"] * 18:
        raise RuntimeError("the state did not take the frames in")
    return float(1e6 * (after["cpu"] - before["cpu"]) / sent["frames"])
