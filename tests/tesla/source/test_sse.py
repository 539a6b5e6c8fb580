"""Teslemetry's stream over real sockets: what comes in, and what is done when nothing does."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
import itertools
import json
import logging
from pathlib import Path
import ssl
from typing import Any

from aiohttp import ClientSession
import pytest

from custom_components.tesla_direct.tesla.decode.sse import ROWS_AT_ONCE
from custom_components.tesla_direct.tesla.errors import (
    ApplicationRefused,
    LoginExpired,
    TeslaError,
    TokenUnavailable,
)
from custom_components.tesla_direct.tesla.source.end import (
    CLOUD_TROUBLE,
    ENDED,
    LOGIN_EXPIRED,
    REFUSED,
    SILENT,
    UNREACHABLE,
    UNREADABLE,
)
from custom_components.tesla_direct.tesla.source.reconnect import DAY, LIVED
from custom_components.tesla_direct.tesla.source.source import Health
from custom_components.tesla_direct.tesla.source.sse import (
    AT_ONCE,
    CREDITS,
    PAYMENT_PAUSE,
    PIECE,
    RATE_LIMITED,
    STRANGERS_LIMIT,
    SUBSCRIPTION_REQUIRED,
)
from custom_components.tesla_direct.tesla.vehicle.connectivity import Event
from custom_components.tesla_direct.tesla.vehicle.signals import battery
from simulator.certificates import server_certificate, stranger
from tests.home import until

from .following import Followed
from .streamed import AT, CREATED, NOW, OTHER_VIN, VIN, Service

DATA: dict[str, Any] = {"vin": VIN, "createdAt": CREATED, "data": {"BatteryLevel": 61.0}}
CONNECTED: dict[str, Any] = {
    "vin": VIN,
    "createdAt": CREATED,
    "status": "CONNECTED",
    "networkInterface": "wifi",
}


@pytest.fixture
async def service(socket_enabled: None) -> AsyncIterator[Service]:
    service = Service()
    await service.start()
    yield service
    await service.stop()


@pytest.fixture
async def followed(session: ClientSession, service: Service) -> AsyncIterator[Followed]:
    followed = Followed(session, service.url)
    yield followed
    await followed.stop()


async def test_the_stream_is_asked_for_what_is_read_and_no_secret_is_in_its_address(
    service: Service, followed: Followed
) -> None:
    await followed.begin(service)

    (asked,) = service.asked
    assert asked.query["topics"].split(",") == [
        "state",
        "data",
        "alerts",
        "errors",
        "connectivity",
        "vehicle_data",
        "config",
        "credits",
    ]
    assert asked.query["cache"] == "true"
    assert asked.headers["Authorization"] == "Bearer secret1"
    assert asked.headers["Accept"] == "text/event-stream"
    assert asked.headers["Accept-Encoding"] == "identity"
    assert "secret" not in str(asked.url)


async def test_events_reach_the_car_however_they_are_cut(service: Service, followed: Followed) -> None:
    await followed.begin(service)
    raw = b"event: data\r\ndata: " + json.dumps(DATA).encode() + b"\r\n\r\n: comment\r\n"
    for at in range(0, len(raw), 7):
        service.send(raw[at : at + 7])

    await until(lambda: followed.car.reports)

    assert followed.car.state.get(battery.LEVEL) == 61.0
    assert followed.car.heard == [("links", 0, None), ("links", 1, None), Event.CONNECTED, "report"]


async def test_a_stream_works_once_something_has_come_be_it_a_comment(
    service: Service, followed: Followed
) -> None:
    followed.run(followed.source.run())
    await until(lambda: service.streams)
    assert followed.source.health == Health()
    followed.now += 5

    service.send(b":\n")
    await until(lambda: followed.health)

    assert followed.health == [Health(works=True, since=NOW + 5)]


async def test_half_an_event_at_the_end_is_none(service: Service, followed: Followed) -> None:
    await followed.begin(service)
    service.send(b"data: " + json.dumps(DATA).encode() + b"\n")
    service.end()
    await until(lambda: followed.pauses)

    assert followed.car.reports == []
    assert not followed.source.skipped


async def test_after_a_long_stream_the_next_one_begins_at_once(service: Service, followed: Followed) -> None:
    await followed.begin(service)
    service.send(CONNECTED)
    await until(lambda: followed.car.links == [0, 1])
    followed.now += LIVED
    service.end()
    await until(lambda: len(service.streams) == 2)
    service.send(b":\n")
    await until(lambda: len(followed.health) == 2)

    assert followed.pauses == []
    assert followed.health[1] == Health(works=True, since=NOW, begun=1)
    assert followed.car.links == [0, 1, 0]  # what was known of the connection is not known any more


async def test_streams_that_end_at_once_are_taken_up_ever_later(service: Service, followed: Followed) -> None:
    for _ in range(4):
        await followed.begin(service)
        service.end()
        count = len(followed.pauses)
        await until(partial(more_than, followed.pauses, count))

    assert followed.pauses == [1, 2, 4, 8]
    assert followed.troubles[:2] == ["", ENDED]


async def test_a_service_in_trouble_is_asked_ever_later(service: Service, followed: Followed) -> None:
    service.refuse(503, times=3)

    await followed.begin(service)

    assert followed.pauses == [1, 2, 4]
    assert followed.troubles == [CLOUD_TROUBLE, ""]
    assert (followed.health[0].works, followed.health[0].since) == (False, NOW)
    assert followed.health[1].since == NOW + 7
    assert followed.health[1].begun == 0


@pytest.mark.parametrize(
    ("status", "headers", "pause", "trouble"),
    [
        (503, {"Retry-After": "90"}, 90, CLOUD_TROUBLE),
        (429, {"Retry-After": "45"}, 45, RATE_LIMITED),
        (429, {}, 300, RATE_LIMITED),
        (418, {}, 1, REFUSED),
        (400, {}, 1, REFUSED),
        (404, {}, 1, REFUSED),
        (302, {"Location": "/elsewhere"}, 1, UNREADABLE),
        (200, {}, 1, UNREADABLE),
        (204, {}, 1, UNREADABLE),
    ],
)
async def test_what_a_refusal_means_is_known(  # noqa: PLR0913, PLR0917  # columns of the table
    service: Service, followed: Followed, status: int, headers: dict[str, Any], pause: float, trouble: str
) -> None:
    service.refuse(status, headers=headers)

    await followed.begin(service)

    assert followed.pauses == [pause]
    assert followed.troubles == [trouble, ""]


@pytest.mark.parametrize(
    ("word", "trouble"),
    [
        ("subscription_required", SUBSCRIPTION_REQUIRED),
        ("vehicle_subscription_required", SUBSCRIPTION_REQUIRED),
        ("insufficient_credits", CREDITS),
        ("pay", SUBSCRIPTION_REQUIRED),
    ],
)
async def test_who_has_to_pay_first_is_not_asked_for_an_hour(
    service: Service, followed: Followed, word: str, trouble: str
) -> None:
    service.refuse(402, word)

    await followed.begin(service)

    assert followed.pauses == [PAYMENT_PAUSE]
    assert followed.troubles == [trouble, ""]


async def test_of_a_refusal_that_breaks_off_the_status_says_enough(
    service: Service, followed: Followed
) -> None:
    service.breaks_off = True
    service.refuse(402, "insufficient_credits")

    await followed.begin(service)

    assert followed.troubles == [SUBSCRIPTION_REQUIRED, ""]


async def test_a_cut_connection_is_a_loss(service: Service, followed: Followed) -> None:
    await followed.begin(service)
    service.cut()
    await until(lambda: followed.pauses)

    assert followed.troubles == ["", UNREACHABLE]


async def test_a_service_that_is_not_there_is_asked_again(service: Service, followed: Followed) -> None:
    await service.stop()
    followed.run(followed.source.run())
    await until(lambda: len(followed.pauses) >= 3)

    assert followed.pauses[:3] == [1, 2, 4]
    assert followed.troubles == [UNREACHABLE]


async def test_only_who_was_vouched_for_is_given_the_token(session: ClientSession, tmp_path: Path) -> None:
    authority = stranger("An authority")
    shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    shown.load_cert_chain(server_certificate(authority, "127.0.0.1").write(tmp_path / "server.pem"))
    service = Service()
    await service.start(shown)
    by_nobody = Followed(session, service.url)
    by_authority = Followed(
        session, service.url, trusting=ssl.create_default_context(cadata=authority.certificate_pem())
    )

    by_nobody.run(by_nobody.source.run())
    await until(lambda: by_nobody.troubles == [UNREACHABLE])
    assert service.asked == []
    await by_nobody.stop()
    await by_authority.begin(service)

    await by_authority.stop()
    await service.stop()


async def test_silence_ends_a_stream(session: ClientSession, service: Service) -> None:
    followed = Followed(session, service.url, silence=0.5)  # longer than a busy machine takes for an answer
    await followed.begin(service)
    await until(lambda: len(service.streams) == 2)

    assert followed.troubles == ["", SILENT]
    assert followed.pauses == [1]
    await followed.stop()


async def test_comments_are_no_silence(session: ClientSession, service: Service) -> None:
    followed = Followed(session, service.url, silence=1.0)  # which a busy machine does not make us wait
    await followed.begin(service)
    loop = asyncio.get_running_loop()
    end = loop.time() + 1.2

    def kept_alive() -> bool:
        service.send(b":\n")
        return loop.time() > end

    await until(kept_alive)

    assert len(service.asked) == 1
    await followed.stop()


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refused_token_is_replaced_at_once(service: Service, followed: Followed, status: int) -> None:
    service.refuse(status, "invalid_token")

    await followed.begin(service)

    assert [asked.headers["Authorization"] for asked in service.asked] == ["Bearer secret1", "Bearer secret2"]
    assert followed.pauses == []
    assert followed.troubles == [""]


@pytest.mark.parametrize("status", [401, 403])
async def test_if_another_token_is_refused_too_nothing_is_tried_until_somebody_signs_in(
    service: Service, followed: Followed, status: int
) -> None:
    service.refuse(status, "invalid_token", times=2)
    followed.run(followed.source.run())
    await until(lambda: followed.expired)
    for _ in range(100):
        await asyncio.sleep(0)

    assert followed.expired == 1
    assert followed.troubles == [LOGIN_EXPIRED]
    assert len(service.asked) == 2
    assert followed.pauses == []


async def test_a_token_that_expires_in_mid_life_is_replaced_each_time(
    service: Service, followed: Followed
) -> None:
    await followed.begin(service)
    for _ in range(2):
        service.refuse(401, "invalid_token")
        followed.now += LIVED
        service.end()
        await followed.begin(service)

    assert followed.tokens.number == 3
    assert not followed.expired
    assert followed.pauses == []


async def test_for_a_pasted_token_somebody_has_to_sign_in_again(service: Service, followed: Followed) -> None:
    followed.tokens.replacing = LoginExpired("a token that nothing renews")
    service.refuse(401, "invalid_token")
    followed.run(followed.source.run())
    await until(lambda: followed.expired)

    assert followed.troubles == [LOGIN_EXPIRED]
    assert len(service.asked) == 1


async def test_without_a_login_nobody_is_asked(service: Service, followed: Followed) -> None:
    followed.tokens.failures.append(LoginExpired("nobody has signed in yet"))
    followed.run(followed.source.run())
    await until(lambda: followed.expired)

    assert service.asked == []


@pytest.mark.parametrize(
    ("error", "pause", "trouble"),
    [
        (TokenUnavailable("the sign-in service is away", retry_after=40), 40, UNREACHABLE),
        (TokenUnavailable("it could not be saved"), 1, UNREACHABLE),
        (ApplicationRefused("unknown client"), 1, REFUSED),
    ],
)
async def test_without_a_token_it_is_tried_again(
    service: Service, followed: Followed, error: TeslaError, pause: float, trouble: str
) -> None:
    followed.tokens.failures.append(error)

    await followed.begin(service)

    assert followed.pauses == [pause]
    assert followed.troubles == [trouble, ""]


async def test_the_service_says_how_long_to_wait_after_a_stream(service: Service, followed: Followed) -> None:
    await followed.begin(service)
    service.send(b"retry: 7000\n\n")
    followed.now += LIVED
    service.end()
    await until(lambda: followed.pauses)

    assert followed.pauses == [7]


async def test_cars_that_are_not_ours_are_counted_and_told_once(service: Service, followed: Followed) -> None:
    await followed.begin(service)
    service.send(DATA | {"vin": OTHER_VIN}, DATA | {"vin": OTHER_VIN.lower()}, DATA | {"vin": "+/#"}, DATA)
    await until(lambda: followed.car.reports)

    assert followed.strangers == [OTHER_VIN]
    assert followed.source.strangers == {OTHER_VIN: 2}
    assert followed.source.skipped == {"no_vin": 1}
    assert len(followed.car.reports) == 1


async def test_of_strangers_not_any_number_is_kept(service: Service, followed: Followed) -> None:
    await followed.begin(service)
    for number in range(100_000, 100_000 + STRANGERS_LIMIT + 5):
        service.send(DATA | {"vin": f"5YJ3E7EB0SF{number:06}"})
    service.send(DATA)
    await until(lambda: followed.car.reports)

    assert len(followed.source.strangers) == STRANGERS_LIMIT


async def test_credits_and_configurations_are_told(service: Service, followed: Followed) -> None:
    await followed.begin(service)
    service.send(
        {"createdAt": CREATED, "isCache": True, "credits": {"type": "data", "cost": 2, "balance": 12}},
        {"vin": VIN, "createdAt": CREATED, "config": {"fields": {"Soc": {"interval_seconds": 60}}}},
        {"vin": OTHER_VIN, "createdAt": CREATED, "config": {"fields": {}}},
    )
    await until(lambda: followed.strangers)

    (spent,) = followed.credits
    assert (spent.balance, spent.cost, spent.snapshot) == (12.0, 2.0, True)
    assert followed.configs == [(VIN, {"Soc": {"interval_seconds": 60}})]


async def test_whole_data_that_are_passed_on_are_told(service: Service, followed: Followed) -> None:
    await followed.begin(service)
    row = {"vin": VIN, "createdAt": CREATED}
    charge = {"battery_level": 61, "timestamp": round(AT * 1000) - 5000}
    drive = {"shift_state": "D", "latitude": 51.5, "timestamp": round(AT * 1000) - 4000}
    service.send(
        row | {"vehicle_data": {"charge_state": charge, "drive_state": drive, "tokens": []}},
        row | {"vehicle_data": {"charge_state": charge | {"timestamp": round(AT * 1000) + 500}}},
        row | {"vehicle_data": {"charge_state": {}, "state": "online"}},
        row | {"vin": OTHER_VIN, "vehicle_data": {"charge_state": charge}},
    )
    await until(lambda: followed.strangers)

    # The car's own time counts, and nothing is newer than the service says.
    assert followed.whole == [
        (VIN, frozenset({"charge_state", "drive_state", "location_data"}), AT - 4),
        (VIN, frozenset({"charge_state"}), AT),
    ]


async def test_what_is_too_large_or_of_a_site_is_counted(service: Service, followed: Followed) -> None:
    await followed.begin(service)
    service.send(
        b"data: " + b"x" * 300_000 + b"\n\n", {"site_id": 1, "live_status": {}}, b"data: {\n\n", DATA
    )
    await until(lambda: followed.car.reports)

    assert followed.source.skipped == {"too_large": 1, "live_status": 1, "no_json": 1}


async def test_many_events_at_once_leave_turns_to_others(service: Service, followed: Followed) -> None:
    await followed.begin(service)
    turns: list[int] = []

    async def others() -> None:
        while len(followed.car.reports) < 400:
            turns.append(len(followed.car.reports))
            await asyncio.sleep(0)

    service.send(b"".join(b"data: " + json.dumps(DATA).encode() + b"\n\n" for _ in range(400)))
    await asyncio.wait_for(others(), 60)

    steps = [after - before for before, after in itertools.pairwise(turns)]
    assert max(steps) <= AT_ONCE


async def test_bytes_without_end_and_events_without_measure_leave_turns_to_others(
    service: Service, followed: Followed
) -> None:
    await followed.begin(service)
    alerts = [{"name": f"alert {number}"} for number in range(10 * ROWS_AT_ONCE)]
    took: list[float] = []

    async def others() -> None:
        while len(followed.car.heard) < 11:
            before = len(followed.car.heard)
            await asyncio.sleep(0)
            took.append(len(followed.car.heard) - before)

    service.send(b"\n" * 100_000, {"vin": VIN, "createdAt": CREATED, "alerts": alerts})
    await asyncio.wait_for(others(), 60)

    assert max(took) == 1
    assert len(took) > 100_000 // PIECE


async def test_nobody_is_connected_to_whoever_stops_to_listen(service: Service, followed: Followed) -> None:
    await followed.begin(service)
    service.send(CONNECTED)
    await until(lambda: followed.car.links == [0, 1])

    await followed.stop()

    assert followed.car.links == [0, 1, 0]


async def test_a_day_of_refusals_is_borne_with_patience(service: Service, followed: Followed) -> None:
    service.refuse(503, times=1000)
    followed.run(followed.source.run())
    await until(lambda: followed.now > NOW + DAY, 30)

    assert 100 < len([at for at in accumulated(followed.pauses) if at < DAY]) < 200


async def test_a_day_in_which_every_other_token_is_refused_is_no_loop(
    service: Service, followed: Followed
) -> None:
    answered = 0

    def refuse_next() -> bool:
        nonlocal answered
        if len(service.streams) > answered:
            answered += 1
            service.refuse(401, "invalid_token")
            service.send(DATA)
            service.end()
        return followed.now > NOW + DAY

    service.refuse(401, "invalid_token")
    followed.run(followed.source.run())
    await until(refuse_next, 30)

    assert not followed.expired
    assert 100 < len(service.asked) < 200


def more_than(found: list[float], count: int) -> bool:
    return len(found) > count


def accumulated(pauses: list[float]) -> list[float]:
    return [sum(pauses[:count]) for count in range(len(pauses) + 1)]


async def test_a_loss_is_logged_once_without_anything_private(
    service: Service, followed: Followed, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "custom_components.tesla_direct")
    await followed.begin(service)
    service.send(DATA)
    await until(lambda: followed.car.reports)
    service.refuse(503, f"car {VIN} of secret1 at 51.5,-0.1", times=3)
    service.cut()
    await followed.begin(service)

    ours = [record for record in caplog.records if record.name.startswith("custom_components")]
    told = [record.getMessage() for record in ours if record.levelno >= logging.INFO]
    assert [message.split(" (")[0] for message in told] == ["The stream is lost", "The stream is back"]
    for record in ours:
        assert VIN not in record.getMessage()
        assert "secret1" not in record.getMessage()
        assert "51.5" not in record.getMessage()
        assert service.url not in record.getMessage()
