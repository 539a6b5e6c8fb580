"""How a stream fares, the token that opens it, and when it is tried again."""

import asyncio
import logging

import pytest

from custom_components.tesla_direct.tesla.errors import LoginExpired, TeslaError, TokenUnavailable
from custom_components.tesla_direct.tesla.source.end import (
    ENDED,
    LOGIN_EXPIRED,
    REFUSED,
    UNREACHABLE,
    End,
)
from custom_components.tesla_direct.tesla.source.reconnect import AT_ONCE, Reconnect
from custom_components.tesla_direct.tesla.source.source import Health
from custom_components.tesla_direct.tesla.source.standing import Standing

NOW = 1_791_360_000.0


class Tokens:
    """Has a token, or an error in its place."""

    def __init__(self) -> None:
        self.error: TeslaError | None = None
        self.replaced: list[str] = []

    async def access_token(self) -> str:
        if self.error is not None:
            raise self.error
        return "token"

    async def replace(self, refused: str) -> str:
        self.replaced.append(refused)
        return await self.access_token()


class Stood:
    """A standing, and what it has told."""

    def __init__(self) -> None:
        self.now = NOW
        self.tokens = Tokens()
        self.told: list[Health] = []
        self.expired = asyncio.Event()
        self.slept: list[float] = []
        self.standing = Standing(
            self.tokens,
            Reconnect(lambda: self.now, random=lambda: 0.5),
            clock=lambda: self.now,
            on_health=self.told.append,
            on_login_expired=self.expired.set,
            sleep=self._sleep,
            logger=logging.getLogger("a stream"),
        )

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.fixture
def stood() -> Stood:
    return Stood()


async def test_a_token_is_replaced_once_until_one_has_proven_good(stood: Stood) -> None:
    assert await stood.standing.token() == "token"
    assert await stood.standing.replaced("token", "refused") == End(trouble=REFUSED, again=True)
    assert await stood.standing.replaced("token", "refused") == End(trouble=LOGIN_EXPIRED, detail="refused")
    assert stood.tokens.replaced == ["token"]

    stood.standing.proven()
    assert await stood.standing.replaced("token", "refused") == End(trouble=REFUSED, again=True)


@pytest.mark.parametrize(
    ("error", "end"),
    [
        (LoginExpired("gone"), End(trouble=LOGIN_EXPIRED, detail="gone")),
        (TokenUnavailable("later", retry_after=9.0), End(trouble=UNREACHABLE, detail="later", asked=9.0)),
    ],
)
async def test_without_a_token_it_is_said_why(stood: Stood, error: TeslaError, end: End) -> None:
    stood.tokens.error = error

    assert await stood.standing.token() == end
    assert await stood.standing.replaced("token", "refused") == end


def test_what_is_new_of_how_it_fares_is_told_once(stood: Stood) -> None:
    stood.standing.works()
    stood.standing.works()
    stood.now += 5
    stood.standing.fails(End(trouble=ENDED, detail="bye"))
    stood.now += 5
    stood.standing.fails(End(trouble=ENDED, detail="bye"))
    stood.standing.works()

    assert stood.told == [
        Health(works=True, since=NOW),
        Health(works=True, since=NOW, begun=1),
        Health(works=False, since=NOW + 5, trouble=ENDED, detail="bye", begun=1),
        Health(works=True, since=NOW + 10, begun=2),
    ]
    assert stood.standing.health == stood.told[-1]


async def test_the_next_attempt_waits_as_long_as_the_end_of_the_last_one_asks_for(stood: Stood) -> None:
    await stood.standing.rest(End(trouble=ENDED))
    await stood.standing.rest(End(trouble=ENDED, asked=9.0))
    await stood.standing.rest(End(trouble=ENDED, least=60.0))

    assert stood.slept == [1, 9, 60]
    assert [health.trouble for health in stood.told] == [ENDED]


async def test_with_another_token_it_is_tried_at_once_unless_that_is_a_loop(stood: Stood) -> None:
    again = End(trouble=REFUSED, again=True)
    for _ in range(AT_ONCE):
        await stood.standing.rest(again)
    assert stood.slept == []
    assert stood.told == []

    await stood.standing.rest(again)
    assert stood.slept == [2.0**AT_ONCE]
    assert [health.trouble for health in stood.told] == [REFUSED]


async def test_where_only_another_sign_in_helps_nothing_is_tried_again(stood: Stood) -> None:
    rest = asyncio.create_task(stood.standing.rest(End(trouble=LOGIN_EXPIRED)))
    await stood.expired.wait()

    assert [health.trouble for health in stood.told] == [LOGIN_EXPIRED]
    assert not rest.done()
    rest.cancel()
    await asyncio.wait([rest])
    assert stood.slept == []
