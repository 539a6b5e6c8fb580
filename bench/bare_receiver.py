"""How much our receiver costs beside a bare one, without Home Assistant."""

from contextlib import AsyncExitStack
from pathlib import Path

from .child import Child
from .table import Figure

ROUNDS = 12
SECONDS = 0.7
AIM = 0.70
KINDS = ("ours", "reading", "parsing")


async def measure(folder: Path) -> list[Figure]:
    """Flood each in turn, again and again; what disturbs only ever adds, so the least of each is compared."""
    costs: dict[str, list[float]] = {kind: [] for kind in KINDS}
    async with AsyncExitStack() as stack:
        pairs: dict[str, tuple[Child, Child]] = {}
        for kind in KINDS:
            child = Child("receiver", kind=kind, folder=str(folder), cars=1)
            receiver = await stack.enter_async_context(child)
            child = Child("load", folder=str(folder), cars=1, port=receiver.ready["port"])
            pairs[kind] = receiver, await stack.enter_async_context(child)
        for number in range(ROUNDS + 1):
            for kind, (receiver, load) in pairs.items():
                cost = await _cost(kind, receiver, load)
                if number:  # what is done once is done
                    costs[kind].append(cost)
    least = {kind: min(found) for kind, found in costs.items()}
    rates = {kind: f"{1e6 / cost:,.0f}" for kind, cost in least.items()}
    return [
        Figure(
            "receiver without Home Assistant, share of a bare one that reads the same values",
            least["reading"] / least["ours"],
            AIM,
            unit="x",
            at_least=True,
            detail=f"{rates['ours']} against {rates['reading']} frames a second and core",
        ),
        Figure(
            "  the same, share of one that parses and does not look at the values",
            least["parsing"] / least["ours"],
            unit="x",
            detail=f"{rates['parsing']} frames a second and core",
        ),
    ]


async def _cost(kind: str, receiver: Child, load: Child) -> float:
    """Return the processor time of one frame, µs."""
    before = await receiver.ask()
    sent = await load.ask(seconds=SECONDS)
    after = await receiver.ask()
    if kind == "ours" and after["values"] - before["values"] < sent["frames"] * 18:
        raise RuntimeError("the state did not take the frames in")
    return float(1e6 * (after["cpu"] - before["cpu"]) / sent["frames"])
