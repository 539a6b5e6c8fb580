"""All figures of one run, with their aims: `script/bench`, or only some of them: `script/bench receiver`."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
import sys
from tempfile import TemporaryDirectory
import time

from . import (
    bare_receiver,
    billing,
    chaos,
    crowd,
    demo_page,
    in_home,
    lives,
    profiles,
    pushes,
    serving,
    sources_failover,
    sources_hour,
    sources_others,
    sources_refusals,
    sources_refusals_stream,
    sources_twice,
    wishes,
)
from .table import Figure

REFERENCE = 8.0  # µs that `states.async_set` takes where the absolute aims were set

type Measure = Callable[[Path, float], Awaitable[list[Figure]]]


def _without_scale(measure: Callable[[Path], Awaitable[list[Figure]]]) -> Measure:
    return lambda folder, _scale: measure(folder)


GROUPS: dict[str, tuple[Measure, ...]] = {
    "receiver": (_without_scale(bare_receiver.measure),),
    "home": (in_home.measure,),
    "crowd": (_without_scale(crowd.measure),),
    "memory": (_without_scale(lives.memory),),
    "set-up": (_without_scale(lives.set_up),),
    "billing": (_without_scale(billing.measure),),
    "month": (_without_scale(lives.month),),
    "profiles": (_without_scale(profiles.measure),),
    "pushes": (_without_scale(pushes.measure),),
    "commands": (_without_scale(wishes.measure), _without_scale(chaos.measure)),
    "sources": tuple(
        _without_scale(one.measure)
        for one in (
            sources_hour,
            sources_twice,
            sources_failover,
            sources_others,
            sources_refusals,
            sources_refusals_stream,
        )
    ),
    "serving": (_without_scale(serving.measure),),
    "demo": (_without_scale(demo_page.measure),),
}


async def main(groups: list[str]) -> int:
    """Measure, print as figures come in, and return how many aims are missed."""
    figures: list[Figure] = []
    with TemporaryDirectory(prefix="bench-") as folder:
        cost = await in_home.calibrate(Path(folder) / "calibration")
        scale = cost / REFERENCE
        print(
            f"states.async_set takes {cost:.2f} us here: absolute aims are multiplied by {scale:.2f}\n",
            flush=True,
        )
        for name in groups:
            started = time.monotonic()
            for measure in GROUPS[name]:
                found = await measure(Path(folder) / name, scale)
                figures += found
                print("\n".join(figure.line() for figure in found), flush=True)
            print(f"({name}: {time.monotonic() - started:.0f} s)\n", file=sys.stderr, flush=True)
    judged = [figure for figure in figures if figure.aim is not None]
    missed = [figure for figure in judged if not figure.holds]
    print(f"{len(judged) - len(missed)} aims held, {len(missed)} missed")
    return len(missed)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("groups", nargs="*", choices=[*GROUPS, []], metavar="GROUP", help=", ".join(GROUPS))
    sys.exit(min(asyncio.run(main(parser.parse_args().groups or list(GROUPS))), 1))
