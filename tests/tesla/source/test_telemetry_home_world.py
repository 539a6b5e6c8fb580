"""A configuration kept with the service itself, which refuses as a whole what it does not know in part."""

from dataclasses import replace

from aiohttp import ClientSession
import pytest

from custom_components.tesla_direct.tesla.fleet_api.budget import Budget
from custom_components.tesla_direct.tesla.fleet_api.client import FleetApi
from custom_components.tesla_direct.tesla.fleet_api.ledger import Ledger
from custom_components.tesla_direct.tesla.fleet_api.limits import Limits
from custom_components.tesla_direct.tesla.fleet_api.provider import teslemetry
from custom_components.tesla_direct.tesla.fleet_telemetry.config import Pace, TelemetryConfig
from custom_components.tesla_direct.tesla.source.config_state import Phase
from custom_components.tesla_direct.tesla.source.keeper import TelemetryKeeper
from custom_components.tesla_direct.tesla.source.keeper_plan import CarView, Send, Step, next_step
from custom_components.tesla_direct.tesla.source.telemetry_home import TeslemetryHome
from simulator.car.car import Car
from simulator.teslemetry.service import Teslemetry
from simulator.world import World
from tests.simulator.wall import Wall

from .following import Asker

DAY = 86_400.0
WISH = TelemetryConfig(hostname="", port=0, ca="", fields={"Soc": Pace(60), "Gear": Pace(1)}, expires=0)


class Told:
    """Who hears of the configurations."""

    def keeper_view(self, vin: str) -> CarView:
        return CarView(online_since=0.0, connected=True)

    def keeper_changed(self, vin: str) -> None:
        pass

    def keeper_failed(self, error: Exception) -> None:
        raise error


@pytest.fixture
async def service(world: World, car: Car) -> Teslemetry:
    service = await world.open_teslemetry()
    service.pair(car.vin)
    return service


@pytest.fixture
def keeper(session: ClientSession, service: Teslemetry, wall: Wall) -> TelemetryKeeper:
    api = FleetApi(
        session,
        teslemetry(service.base),
        service.base,
        tokens=Asker(service.token),
        budget=Budget(Ledger()),
        limits=Limits(),
        clock=wall,
    )
    return TelemetryKeeper(Told(), home=TeslemetryHome(api), clock=wall, kept={})


async def test_a_field_that_the_service_has_not_heard_of_costs_the_others_nothing(
    keeper: TelemetryKeeper, service: Teslemetry, car: Car
) -> None:
    service.unlearn("Gear")
    keeper.wish(car.vin, WISH)
    sent = (await keeper.send_now([car.vin]))[car.vin]
    seen = await keeper.look(car.vin)

    assert sent.phase is Phase.SENT
    assert seen.phase is Phase.SYNCED  # and not one that somebody has replaced
    config = service.office.feed(car).config
    assert config is not None
    assert set(config.raw["fields"]) == {"Soc"}
    assert len(service.requests("fields")) == 1
    assert service.customer.credits.balance == 2000


async def test_a_refusal_that_names_nothing_is_not_sent_again_for_a_week(
    keeper: TelemetryKeeper, service: Teslemetry, car: Car, wall: Wall
) -> None:
    service.refuse("fields", 404)
    service.unlearn("Gear")
    keeper.wish(car.vin, WISH)
    state = (await keeper.send_now([car.vin]))[car.vin]
    assert (state.phase, state.named) == (Phase.REFUSED, ())

    def looked_at(day: int) -> Step:
        now = wall() + day * DAY
        return next_step(replace(state, asked_at=now), CarView(connected=True), now)

    assert [day for day in range(9) if looked_at(day) == Send()] == [7, 8]
    assert len(service.requests("config_replace")) == 1

    service.accept("fields")  # which is asked again before the next attempt
    sent = (await keeper.send_now([car.vin]))[car.vin]
    assert sent.phase is Phase.SENT
