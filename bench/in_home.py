"""What a frame costs in a running Home Assistant, how late its state is, and how late the loop."""

from contextlib import AsyncExitStack
from pathlib import Path

from .child import Child
from .table import Figure

ROUNDS = 10
SECONDS = 0.8
PIECES = 800  # frames that the pieces are measured with
MANY = 11
SIGNALS = 20

SHARE_AIM = 0.80
FRAME_AIM = 600.0  # µs
MANY_AIM = 1.1
STATE_AIM = 2.5  # ms
FLOOD_AIM = 10.0  # ms beyond idle
FLOOD = 10.0  # seconds
DRIP = 100.0  # frames a second


async def measure(folder: Path, scale: float) -> list[Figure]:
    """Measure with one car, with eleven, with a browser and with the recorder.

    scale: what absolute aims are multiplied by on this machine
    """
    alone = await _one_car(folder, scale)
    recorded = await _cost_with_recorder(folder)
    return [
        *alone,
        Figure("  the same, with the recorder", recorded, unit="us"),
        await _many_cars(folder),
    ]


async def calibrate(folder: Path) -> float:
    """Return what Home Assistant's own `states.async_set` costs here, in µs."""
    async with Child("home", folder=str(folder), cars=1) as home:
        return float(min([(await home.ask(do="calibration"))["us"] for _ in range(7)]))


async def frame_cost(home: Child, load: Child, cars: int = 1) -> float:
    """Return the processor time of one frame whose twenty values are shown before the next comes, in µs."""
    before = await home.ask(do="cpu")
    sent = await load.ask(seconds=SECONDS, window=1, cars=cars)
    after = await home.ask(do="cpu")
    return float(1e6 * (after["cpu"] - before["cpu"]) / sent["frames"])


async def _one_car(folder: Path, scale: float) -> list[Figure]:
    async with (
        AsyncExitStack() as stack,
        Child("home", folder=str(folder), cars=1) as home,
        Child("load", folder=str(folder), cars=1, port=home.ready["port"]) as load,
    ):
        await load.ask(seconds=1.0, window=1)
        plain_port = (await home.ask(do="plain"))["port"]
        plain = await stack.enter_async_context(Child("load", folder=str(folder), cars=1, port=plain_port))
        costs, plainly, decoding, writing = [], [], [], []
        for _ in range(ROUNDS):
            piece = await home.ask(do="pieces", rounds=PIECES)
            decoding.append(piece["decode_us"])
            writing.append(piece["write_us"])
            costs.append(await frame_cost(home, load))
            plainly.append(await frame_cost(home, plain))
        # What disturbs only ever adds, so the least of each is compared.
        cost, pieces = min(costs), min(decoding) + min(writing)
        await home.ask(do="watch")
        sent = await load.ask(seconds=SECONDS, window=1)
        shown = (await home.ask(do="watched"))["writes"] / sent["frames"]
        if shown < SIGNALS - 0.1:
            raise RuntimeError(f"only {shown:.1f} states of a frame were shown")

        await home.ask(do="watch")
        await load.ask(seconds=5.0, rate=DRIP)
        late = (await home.ask(do="watched"))["p99_ms"]
        idle, flooded = await _flood(home, load)
        browser = await home.ask(do="browser")
        async with Child("browser", **browser):
            watched = min([await frame_cost(home, load) for _ in range(4)])
    return [
        Figure(
            "in Home Assistant, share of the sum of the pieces",
            pieces / cost,
            SHARE_AIM,
            "x",
            at_least=True,
            detail=f"{pieces:.0f} us: decoding and 20 writes of plain sensors with age and source",
        ),
        Figure(
            "  share of plain code in the same Home Assistant that keeps no state",
            min(plainly) / cost,
            unit="x",
            detail=f"{min(plainly):.0f} us",
        ),
        Figure("  processor time of a frame with 20 changed states", cost, FRAME_AIM, "us", scale=scale),
        Figure("  the same, with a browser that has subscribed", watched, unit="us"),
        Figure("p99 from send to state, 100 frames a second", late, STATE_AIM, "ms", scale=scale),
        Figure("lag of the loop, p99.9: idle", idle, unit="ms"),
        Figure("  while one car sends as fast as it can", flooded, idle + FLOOD_AIM, "ms"),
    ]


async def _flood(home: Child, load: Child) -> tuple[float, float]:
    """Return the lag p99.9 in ms, idle and in a flood of which all has to be acknowledged and taken."""
    await home.ask(do="lag")
    await load.ask(seconds=5.0, rate=1.0)
    idle = (await home.ask(do="lagged"))["p999_ms"]
    before = await home.ask(do="counts")
    await home.ask(do="lag")
    sent = await load.ask(seconds=FLOOD)
    flooded = (await home.ask(do="lagged"))["p999_ms"]
    after = await home.ask(do="counts")
    if after["records"] - before["records"] != sent["frames"] or after["failed"]:
        raise RuntimeError("not all of a flood was taken")
    return idle, flooded


async def _cost_with_recorder(folder: Path) -> float:
    async with (
        Child("home", folder=str(folder), cars=1, recorder=True) as home,
        Child("load", folder=str(folder), cars=1, port=home.ready["port"]) as load,
    ):
        await load.ask(seconds=1.0, window=1)
        return min([await frame_cost(home, load) for _ in range(4)])


async def _many_cars(folder: Path) -> Figure:
    """Compare one of eleven cars that send with all of them."""
    async with (
        Child("home", folder=str(folder), cars=MANY) as home,
        Child("load", folder=str(folder), cars=MANY, port=home.ready["port"]) as load,
    ):
        await load.ask(seconds=1.0, window=1)
        one, many = [], []
        for _ in range(ROUNDS):
            one.append(await frame_cost(home, load, 1))
            many.append(await frame_cost(home, load, MANY))
    return Figure("a frame among 11 cars that send, against one car", min(many) / min(one), MANY_AIM, "x")
