"""The simulated cloud's account, signed in with all scopes, and its API; without Home Assistant."""

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import ClientSession

from custom_components.tesla_direct.tesla.fleet_api.budget import Budget
from custom_components.tesla_direct.tesla.fleet_api.client import FleetApi
from custom_components.tesla_direct.tesla.fleet_api.limits import Limits
from custom_components.tesla_direct.tesla.fleet_api.oauth import Token, granted
from custom_components.tesla_direct.tesla.fleet_api.provider import custom
from custom_components.tesla_direct.tesla.fleet_api.tokens import TokenKeeper
from simulator.cloud.accounts import SCOPES
from simulator.world import World


class Kept:
    """Keeps a token in memory."""

    def __init__(self, token: Token) -> None:
        """Have one."""
        self.token = token

    async def load(self) -> Token | None:
        """Return what was saved last."""
        return self.token

    async def save(self, token: Token) -> None:
        """Keep another one."""
        self.token = token


def sign_in(
    world: World,
    session: ClientSession,
    *,
    budget: Budget,
    clock: Callable[[], float],
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> tuple[FleetApi, TokenKeeper]:
    """Return what asks the cloud of a world for its account, and what has to be closed after it."""
    cloud, books = world.cloud, world.cloud.books
    client_id = books.application.client_id
    cloud.account.consents[client_id] = frozenset(SCOPES)
    token = granted(books.tokens.sign_in(cloud.account, books.application, SCOPES), clock())
    provider = custom(bases=cloud.bases, authorize_url=cloud.authorize_url, token_url=cloud.token_url)
    keeper = TokenKeeper(session, provider.token_url, client_id, store=Kept(token), clock=clock)
    api = FleetApi(
        session,
        provider,
        cloud.bases[cloud.account.region],
        tokens=keeper,
        budget=budget,
        limits=Limits(),
        clock=clock,
        sleep=sleep,
    )
    return api, keeper
