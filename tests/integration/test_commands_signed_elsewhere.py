"""Commands that somebody else signs: a proxy of the owner's, or a service that wakes cars by itself."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.tesla_direct.const import CONF_POLL_INTERVAL, CONF_WAKE, DOMAIN, WAKE_NEVER
from custom_components.tesla_direct.hosts import provider_of
from custom_components.tesla_direct.proxy_repairs import in_pairs
from custom_components.tesla_direct.telemetry_homes import home_of
from custom_components.tesla_direct.tesla.command.catalogue import charge, closures, navigation
from custom_components.tesla_direct.tesla.errors import CertificateUnexpected
from custom_components.tesla_direct.tesla.fleet_api.budget import Settings
from custom_components.tesla_direct.tesla.fleet_api.ledger import Cause
from custom_components.tesla_direct.tesla.fleet_api.prices import CREDIT
from custom_components.tesla_direct.tesla.fleet_telemetry.config import TelemetryConfig
from simulator.car.car import Car
from simulator.proxy.server import Proxy
from simulator.teslemetry.service import Teslemetry
from simulator.world import World
from tests.home import until

from .account import Account
from .commanded import PERSON, Commanded
from .subscriber import Subscriber

# Credits of the first read of a car; the service's cache may answer it for nothing, which nobody promises.
READ = 2.0
DOMAIN_OF_PROXY = "proxy.example.com"


def issues(hass: HomeAssistant) -> set[str]:
    found = ir.async_get(hass).issues.values()
    return {str(issue.translation_key) for issue in found if issue.active and issue.domain == DOMAIN}


# A proxy.


async def with_proxy(account: Account, proxy: Proxy, car: Car, **changes: Any) -> Commanded:
    """Set up an account whose commands a proxy signs."""
    await account.sign_in()
    account.add_entry(car)
    kept = {
        "base": proxy.base,
        "authority": None,
        "fingerprint": proxy.fingerprint,
        "domain": DOMAIN_OF_PROXY,
    }
    hass = account.hass
    hass.config_entries.async_update_entry(
        account.entry, data={**account.entry.data, "proxy": kept | changes}
    )
    assert await hass.config_entries.async_setup(account.entry.entry_id)
    await account.quiet()
    return Commanded(account, car)


@pytest.fixture
async def proxy(world: World, car: Car) -> Proxy:
    car.power.idle_s = 1e9
    return await world.open_proxy()


@pytest.fixture
async def proxied(account: Account, proxy: Proxy, car: Car) -> Commanded:
    return await with_proxy(account, proxy, car)


async def test_a_proxy_signs_and_its_handshakes_are_reckoned_with_once(proxied: Commanded) -> None:
    before = proxied.billed["command"]
    await proxied.send(charge.set_charge_limit(85))
    await proxied.send(charge.set_charge_limit(70))

    assert proxied.car.body.charge_limit_percent == 70
    billed = proxied.billed["command"] - before
    month = proxied.account.runtime.ledger.month(proxied.account.wall())
    reckoned = sum(month.unanswered.values()) + sum(month.by_cause().values()) * 1000
    assert billed == 4  # two of them handshakes
    assert reckoned >= billed
    assert sum(month.unanswered.values()) == 2


async def test_a_sleeping_car_is_woken_by_us_and_asked_again(proxied: Commanded) -> None:
    proxied.car.sleep()
    await proxied.account.pass_time(130)
    await proxied.send(closures.door_unlock())

    assert [one.name for one in proxied.car.executed] == ["door_unlock"]
    assert proxied.billed["wake"] == 1


async def test_what_the_proxy_cannot_carry_goes_straight_to_tesla(proxied: Commanded, world: World) -> None:
    asked = len(world.cloud.requests("command"))
    await proxied.send(navigation.navigation_request("1 Example Street", now=proxied.account.wall()))

    assert len(world.cloud.requests("command")) == asked + 1


async def test_what_is_so_already_is_no_failure_through_a_proxy_either(proxied: Commanded) -> None:
    proxied.car.refuse("charge_port_door_open", "already_set")
    await proxied.send(charge.charge_port_door_open())

    assert proxied.last["detail"] == "already_set"


async def test_why_a_car_refuses_is_said_in_our_words_through_a_proxy_too(proxied: Commanded) -> None:
    proxied.car.refuse("set_charge_limit", "car_wash")
    with pytest.raises(HomeAssistantError) as refused:
        await proxied.send(charge.set_charge_limit(85))

    assert refused.value.translation_key == "refused_car_wash"


async def test_a_key_that_is_not_the_proxys_is_told(proxied: Commanded, proxy: Proxy) -> None:
    proxy.change_key()
    with pytest.raises(HomeAssistantError) as refused:
        await proxied.send(closures.door_lock())

    assert refused.value.translation_key == "key_not_paired"


async def test_another_certificate_is_named_told_and_not_spoken_to(
    hass: HomeAssistant, proxied: Commanded, proxy: Proxy
) -> None:
    fingerprint = await proxy.change_certificate("127.0.0.1")
    with pytest.raises(HomeAssistantError) as refused:
        await proxied.send(closures.door_unlock())

    assert refused.value.translation_key == "certificate_unexpected"
    assert (refused.value.translation_placeholders or {})["fingerprint"] == fingerprint
    assert proxied.car.executed == []
    assert "command_proxy_certificate" in issues(hass)


async def test_a_proxy_that_is_away_is_told_until_it_is_back(
    hass: HomeAssistant, proxied: Commanded, proxy: Proxy
) -> None:
    port = int(proxy.base.rpartition(":")[2])
    await proxy.close()
    with pytest.raises(HomeAssistantError):
        await proxied.send(closures.door_unlock())
    assert "command_proxy_away" in issues(hass)

    proxy.port = port
    await proxy.open()
    await proxied.send(closures.door_lock())
    assert "command_proxy_away" not in issues(hass)


async def test_another_certificate_is_told_also_where_nobody_commands(
    hass: HomeAssistant, proxied: Commanded, proxy: Proxy
) -> None:
    account = proxied.account
    fingerprint = await proxy.change_certificate("127.0.0.1")
    home = home_of(account.entry.data, account.runtime.api, proxy=account.runtime.cloud.proxy)
    config = TelemetryConfig(hostname="cars.example.com", port=443, ca="", fields={}, expires=0)
    with pytest.raises(CertificateUnexpected):
        await home.send(proxied.car.vin, await home.seal(config), Cause.KEEPER)

    found = ir.async_get(hass).async_get_issue(DOMAIN, f"command_proxy_certificate_{account.entry.entry_id}")
    assert found is not None
    assert (found.translation_placeholders or {})["fingerprint"] == in_pairs(fingerprint)


# Teslemetry.


@pytest.fixture
async def service(world: World, car: Car) -> Teslemetry:
    car.power.idle_s = 1e9
    car.slow_wake(10)
    service = await world.open_teslemetry()
    service.pair(car.vin)
    return service


async def with_service(account: Account, service: Teslemetry, car: Car, **how: Any) -> Commanded:
    """Set up an account with a service; but for the first time nothing is fetched for money by itself."""
    options = {CONF_POLL_INTERVAL: 0, **how.pop("options", {})}
    await Subscriber(account, service).set_up(car, options=options, **how)
    return Commanded(account, car)


def spent(commanded: Commanded) -> float:
    """Return what the month may cost so far, in credits."""
    return round(commanded.account.runtime.budget.committed(commanded.account.wall()) / CREDIT, 3)


def allow(commanded: Commanded, many: float) -> None:
    commanded.account.runtime.meter.async_configure(Settings(budget=many * CREDIT))


async def told(commanded: Commanded, service: Teslemetry) -> None:
    """Return once the stream has told of everything that was paid."""
    meter = commanded.account.runtime.meter
    await until(lambda: sum(meter.credits_spent.values()) == sum(row["cost"] for row in service.paid()))


async def test_a_service_is_sent_the_plain_form_and_signs_by_itself(
    account: Account, service: Teslemetry, car: Car
) -> None:
    commanded = await with_service(account, service, car)
    await commanded.send(charge.set_charge_limit(85))

    assert car.body.charge_limit_percent == 85
    await told(commanded, service)
    assert commanded.account.runtime.meter.credits_spent == {"command": 1.0}
    assert spent(commanded) == READ + 1


async def test_a_car_that_does_not_know_the_services_key_is_told_as_that(
    account: Account, service: Teslemetry, car: Car
) -> None:
    car.forget_key()
    commanded = await with_service(account, service, car)
    with pytest.raises(HomeAssistantError) as refused:
        await commanded.send(closures.door_unlock())

    assert refused.value.translation_key in {"key_not_paired", "not_paired"}
    assert car.executed == []


async def test_a_sleeping_car_is_commanded_at_once_and_its_wake_is_the_services(
    account: Account, service: Teslemetry, car: Car
) -> None:
    commanded = await with_service(account, service, car)
    car.sleep()
    await account.pass_time(130)
    await commanded.send(closures.door_unlock())

    assert [one.name for one in car.executed] == ["door_unlock"]
    assert service.requests("wake_up") == []
    await told(commanded, service)
    assert commanded.account.runtime.meter.credits_spent == {"wake": 20.0, "command": 1.0}
    assert spent(commanded) == READ + 21


async def test_a_wake_that_was_never_asked_for_is_not_reckoned_with(
    account: Account, service: Teslemetry, car: Car
) -> None:
    commanded = await with_service(account, service, car)
    car.sleep()
    await account.pass_time(130)
    before = spent(commanded)
    base, account.runtime.api.base = account.runtime.api.base, "http://127.0.0.1:9"
    with pytest.raises(HomeAssistantError):
        await commanded.send(closures.door_unlock())
    assert spent(commanded) == before

    account.runtime.api.base = base
    await commanded.send(closures.door_unlock())  # and so the limit of wakes has room for one
    await told(commanded, service)
    assert spent(commanded) == before + 21


async def test_a_car_that_does_not_wake_up_is_not_tried_again_for_a_stated_time(
    account: Account, service: Teslemetry, car: Car
) -> None:
    commanded = await with_service(account, service, car)
    car.sleep()
    car.ignore_wakes()
    await account.pass_time(130)
    for _ in range(2):
        with pytest.raises(HomeAssistantError) as failed:
            await commanded.send(closures.door_unlock())
        assert failed.value.translation_key == "wake_failed"

    assert service.counted()["wakes"] == 1
    assert sum(asked.name.startswith("command") for asked in service.requests()) == 1


async def test_a_car_that_is_not_to_be_woken_is_not_commanded(
    account: Account, service: Teslemetry, car: Car
) -> None:
    commanded = await with_service(account, service, car, options={CONF_WAKE: WAKE_NEVER})
    car.sleep()
    await account.pass_time(130)
    before = service.paid()
    with pytest.raises(HomeAssistantError) as refused:
        await commanded.send(closures.door_unlock())

    assert refused.value.translation_key == "wake_not_allowed"
    assert service.paid() == before


async def test_a_budget_in_dollars_stops_commands_that_cost_credits(
    account: Account, service: Teslemetry, car: Car
) -> None:
    commanded = await with_service(account, service, car)
    allow(commanded, READ + 2)
    await commanded.send(charge.set_charge_limit(85))
    await commanded.send(charge.set_charge_limit(75))
    with pytest.raises(HomeAssistantError) as refused:
        await commanded.send(charge.set_charge_limit(65))

    assert refused.value.translation_key == "over_budget"
    assert car.body.charge_limit_percent == 75
    assert len(service.paid()) == 2
    await commanded.send(charge.set_charge_limit(65), over_budget=True)
    assert car.body.charge_limit_percent == 65


async def test_what_others_spend_counts_against_the_budget(
    account: Account, service: Teslemetry, car: Car
) -> None:
    commanded = await with_service(account, service, car)
    allow(commanded, 40)
    await commanded.send(charge.set_charge_limit(85))
    others = {"type": "wake", "cost": 20, "name": "wake_up", "balance": 1959, "quota": {}}
    service.say_event({"createdAt": "2026-10-07T08:00:30.000Z", "credits": others})
    await until(lambda: spent(commanded) == 41.0)  # 20 of which no event has told

    with pytest.raises(HomeAssistantError) as refused:
        await commanded.send(charge.set_charge_limit(75))
    assert refused.value.translation_key == "over_budget"


async def test_two_accounts_with_a_service_share_what_it_takes_from_one_address(
    account: Account, service: Teslemetry, car: Car
) -> None:
    commanded = await with_service(account, service, car)
    together = (await account.shared()).together(provider_of(account.entry.data))
    assert together is not None
    for _ in range(60):
        together.take(account.wall())
    asked = len(service.requests())
    with pytest.raises(HomeAssistantError) as refused:
        await commanded.send(charge.set_charge_limit(85))

    assert refused.value.translation_key == "rate_limited"
    assert len(service.requests()) == asked


async def test_a_wake_by_hand_is_one_request(account: Account, service: Teslemetry, car: Car) -> None:
    commanded = await with_service(account, service, car)
    car.sleep()
    await account.pass_time(130)
    await account.wait_for(commanded.commands.async_wake(PERSON))

    assert car.state == "online"
    assert len(service.requests("wake_up")) == 1


async def test_reading_all_anew_needs_leave_to_read(hass: HomeAssistant, account: Account, car: Car) -> None:
    """Home Assistant's own action goes through the guard, as every other wish does."""
    await account.set_up(car, scopes=("openid", "offline_access", "vehicle_cmds"))
    asked = len(account.world.cloud.requests())
    coordinator = account.runtime.vehicles[car.vin].coordinator
    await coordinator.async_refresh()

    assert not coordinator.last_update_success
    assert len(account.world.cloud.requests()) == asked
