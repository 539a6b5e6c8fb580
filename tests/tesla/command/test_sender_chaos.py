"""Whatever happens to commands: none is carried out twice by our fault, and nobody is told what is not so."""

import pytest

from bench.chaos import Chaos, faults, run
from simulator.world import World
from tests.simulator.wall import Wall

ROUNDS = 6  # of all misfortunes


@pytest.mark.parametrize("signs", [True, False])
async def test_what_users_are_told_is_so(world: World, wall: Wall, *, signs: bool) -> None:
    async with Chaos(world, wall, wall.move, signs=signs) as chaos:
        tally = await run(chaos, ROUNDS * len(faults()))

    assert (tally.twice, tally.claims, tally.denies) == ([], [], [])
    assert min(tally.told[word] for word in ("done", "unknown", "not done")) > ROUNDS
