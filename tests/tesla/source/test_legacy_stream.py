"""A service's legacy stream over real WebSockets: what comes in, and what is done when nothing does."""

import asyncio
from collections.abc import AsyncIterator
import itertools
import logging
from pathlib import Path
import ssl
from typing import Any

from aiohttp import ClientSession, Fingerprint, web
from cryptography.hazmat.primitives.hashes import SHA256
import pytest

from custom_components.tesla_direct.tesla.decode.legacy_stream import LIMIT
from custom_components.tesla_direct.tesla.errors import (
    ApplicationRefused,
    LoginExpired,
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
from custom_components.tesla_direct.tesla.source.legacy_car import (
    NOT_SYNCED,
    REFUSED_FOR,
    TAKEN_OVER,
)
from custom_components.tesla_direct.tesla.source.legacy_silence import BUSY_LAPSE, Elsewhere
from custom_components.tesla_direct.tesla.source.legacy_stream import (
    AT_ONCE,
    CERTIFICATE,
    STRANGERS_LIMIT,
    until_answered,
)
from custom_components.tesla_direct.tesla.source.reconnect import AT_ONCE as AT_ONCE_IN_A_ROW
from custom_components.tesla_direct.tesla.source.reconnect import DAY, LIVED, Reconnect
from custom_components.tesla_direct.tesla.source.source import Health
from custom_components.tesla_direct.tesla.vehicle.connectivity import Event
from custom_components.tesla_direct.tesla.vehicle.signals import battery
from simulator.certificates import server_certificate, stranger
from tests.home import until

from .legacy_service import Followed, Service
from .legacy_told import (
    HELLO,
    NOW,
    OTHER_VIN,
    STRANGER,
    VIN,
    error,
    hello,
    record,
    refusal,
    update,
)


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


@pytest.fixture
async def guarded(socket_enabled: None, tmp_path: Path) -> AsyncIterator[tuple[Service, bytes]]:
    """A service that shows a certificate for which nobody vouches, and the fingerprint of that."""
    shown = server_certificate(stranger("An authority"), "localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown.write(tmp_path / "server.pem"))
    service = Service()
    await service.start(context)
    yield service, shown.certificate.fingerprint(SHA256())
    await service.stop()


@pytest.fixture
async def both(session: ClientSession, service: Service) -> AsyncIterator[Followed]:
    """A source of two cars."""
    both = Followed(session, service.url, VIN, OTHER_VIN)
    yield both
    await both.stop()


async def test_a_car_is_asked_for_and_no_secret_is_in_the_address(
    service: Service, followed: Followed
) -> None:
    socket = await followed.begin(service)

    (said,) = socket.said
    assert said["msg_type"] == "data:subscribe_oauth"
    assert said["token"] == "secret1"
    assert said["tag"] == VIN
    assert "secret" not in str(socket.request.url)
    assert "Authorization" not in socket.request.headers
    assert "Sec-WebSocket-Extensions" not in socket.request.headers
    assert followed.health == [Health(works=True, since=NOW)]
    assert followed.car.links == [0]


@pytest.mark.parametrize("binary", [False, True])
async def test_data_reach_the_car_in_either_kind_of_frame(
    service: Service, followed: Followed, *, binary: bool
) -> None:
    socket = await followed.begin(service)
    await socket.say(update(soc=66), binary=binary)
    await until(lambda: followed.car.reports)

    assert followed.car.state.get(battery.LEVEL) == 66.0
    assert followed.car.heard == [("links", 0, None), ("links", 1, None), Event.CONNECTED, "report"]


async def test_all_that_cars_tell_is_asked_for_by_tag(session: ClientSession, service: Service) -> None:
    service.answers = lambda said: (hello(said["tag"]),)
    followed = Followed(session, f"{service.url}/", VIN, tags={VIN: "1234567890"}, raw=True)
    socket = await followed.begin(service)
    await socket.say(record(Soc={"doubleValue": 61.5}))
    await until(lambda: followed.car.reports)
    await followed.stop()

    assert socket.said[0] == {"msg_type": "data:subscribe_all", "token": "secret1", "tag": "1234567890"}
    assert followed.car.state.get(battery.USABLE_LEVEL) == 61.5


async def test_all_cars_are_on_one_connection(service: Service, both: Followed) -> None:
    socket = await both.begin(service)
    await until(lambda: socket.asked == [VIN, OTHER_VIN])

    assert len(service.sockets) == 1


async def test_who_leaves_says_goodbye(service: Service, both: Followed) -> None:
    socket = await both.begin(service)
    await until(lambda: len(socket.asked) == 2)
    await socket.say(update(soc=66))
    await until(lambda: both.car.reports)
    await both.stop()
    await socket.gone.wait()

    assert socket.said[2:] == [
        {"msg_type": "data:unsubscribe", "tag": VIN},
        {"msg_type": "data:unsubscribe", "tag": OTHER_VIN},
    ]
    assert both.car.links == [0, 1, 0]


async def test_what_ends_at_once_is_taken_up_ever_later(service: Service, followed: Followed) -> None:
    followed.run(followed.source.run())
    for number in range(4):
        await until(lambda number=number: len(service.sockets) > number)  # type: ignore[misc]
        await until(lambda: followed.source.health.works)
        await service.sockets[-1].socket.close()
        await until(lambda: followed.source.health.works is False)
        followed.clock.move(2.0**number)

    assert followed.source.health.trouble == ENDED
    assert followed.source.health.begun == 3
    assert followed.clock.sleeps == [2.0, 4.0, 8.0]


async def test_in_a_day_nobody_is_bothered_too_often(session: ClientSession, socket_enabled: None) -> None:
    service = Service()  # which is not there
    await service.start()
    await service.stop()
    hasty = Followed(session, service.url, in_no_time=True)
    hasty.run(hasty.source.run())
    await until(lambda: hasty.clock.now > NOW + DAY)
    await hasty.stop()

    assert len(hasty.clock.sleeps) < 200
    assert hasty.source.health.trouble == UNREACHABLE


async def test_a_car_that_is_refused_all_day_is_asked_for_six_times_and_the_other_one_goes_on(
    service: Service, both: Followed
) -> None:
    service.answers = lambda said: (
        (refusal("Fleet telemetry is not synced"),)
        if said["tag"] == VIN
        else (HELLO, update(OTHER_VIN, soc=5))
    )
    service.closes = lambda said: said["tag"] == VIN
    both.run(both.source.run())
    for hours in range(0, 24, 4):
        rounds = hours // 4 + 1
        await until(
            lambda rounds=rounds: sum(socket.asked.count(VIN) for socket in service.sockets) == rounds  # type: ignore[misc]
        )
        await until(lambda: service.sockets[-1].asked == [OTHER_VIN])
        await until(lambda: both.cars[OTHER_VIN].links[-1])
        both.clock.move(REFUSED_FOR)

    assert (VIN, NOT_SYNCED) in both.troubles
    assert OTHER_VIN not in dict(both.troubles)
    assert both.clock.sleeps == []  # nobody has paused for that
    assert all(health.works for health in both.health)
    assert len(service.sockets) <= 13


async def test_where_all_cars_are_refused_nobody_is_there_until_it_is_time(
    service: Service, followed: Followed
) -> None:
    service.answers = lambda _said: (refusal("Fleet telemetry is not synced"),)
    service.closes = lambda _said: True
    followed.run(followed.source.run())
    await until(lambda: followed.clock.sleeps == [REFUSED_FOR])
    assert followed.source.health == Health(works=False, since=NOW, trouble=NOT_SYNCED)

    service.answers, service.closes = lambda _said: (HELLO,), lambda _said: False
    followed.clock.move(REFUSED_FOR)
    await until(lambda: followed.source.health.works)

    assert followed.troubles == [(VIN, NOT_SYNCED), (VIN, "")]


async def test_a_stream_that_falls_silent_is_taken_up_again(session: ClientSession, service: Service) -> None:
    followed = Followed(session, service.url, silence=0.5)  # longer than a busy machine takes for an answer
    followed.run(followed.source.run())
    await until(lambda: followed.source.health.trouble == SILENT)
    await followed.stop()


def test_the_first_answer_is_waited_for_longer_each_time_without_data() -> None:
    assert [until_answered(timeouts) for timeouts in range(7)] == [10.0, 10.0, 10.0, 10.0, 16.0, 30.0, 30.0]


async def test_times_without_an_answer_are_counted_until_there_are_data(
    session: ClientSession, service: Service
) -> None:
    service.answers = lambda _said: ()
    followed = Followed(session, service.url, silence=0.5)  # longer than a busy machine takes for an answer
    followed.run(followed.source.run())
    await until(lambda: followed.source.health.trouble == SILENT)
    followed.clock.move(10)
    await until(lambda: followed.source._timeouts == 2)
    service.answers = lambda _said: (update(soc=66),)
    followed.clock.move(10)
    await until(lambda: followed.source._timeouts == 0)
    await followed.stop()


async def test_a_line_that_drops_is_asked_for_again_on_the_same_connection(
    service: Service, followed: Followed
) -> None:
    socket = await followed.begin(service)
    await socket.say(update(soc=66, shift_state="P"), error("vehicle_disconnected"))
    await until(lambda: followed.car.links == [0, 1, 0])
    followed.clock.move(2)
    await until(lambda: socket.asked == [VIN, VIN])

    assert len(service.sockets) == 1


async def test_a_second_client_is_noticed_and_not_fought(service: Service, followed: Followed) -> None:
    socket = await followed.begin(service)
    await socket.say(update(soc=66, shift_state="D"))
    await until(lambda: followed.car.reports)
    followed.elsewhere = Elsewhere(online=True, busy=True)
    followed.clock.move(BUSY_LAPSE)
    await until(lambda: followed.troubles)
    await socket.say(HELLO)
    for _ in range(10):
        followed.clock.move(BUSY_LAPSE)
        await asyncio.sleep(0)

    assert followed.troubles == [(VIN, TAKEN_OVER)]
    assert socket.asked == [VIN]
    assert len(service.sockets) == 1


async def test_a_stream_is_taken_back_on_the_connection_that_stands(
    service: Service, followed: Followed
) -> None:
    socket = await followed.begin(service)
    followed.elsewhere = Elsewhere(online=True, busy=True)
    followed.clock.move(BUSY_LAPSE)
    await until(lambda: followed.troubles)
    followed.source.take_back(VIN)
    followed.source.take_back(STRANGER)
    followed.clock.move(1)
    await until(lambda: socket.asked == [VIN, VIN])

    assert followed.troubles == [(VIN, TAKEN_OVER), (VIN, "")]


async def test_a_stream_that_was_left_is_taken_back_on_another_connection(
    service: Service, followed: Followed
) -> None:
    socket = await followed.begin(service)
    followed.elsewhere = Elsewhere(online=True, busy=True)
    followed.clock.move(BUSY_LAPSE)
    await until(lambda: followed.troubles)
    await socket.socket.close()
    await until(lambda: followed.source.health.works is False)
    followed.clock.move(2)
    await until(lambda: followed.source.health.trouble == TAKEN_OVER)
    followed.clock.move(DAY)
    await asyncio.sleep(0)
    assert len(service.sockets) == 1
    followed.source.take_back(VIN)
    await until(lambda: len(service.sockets) == 2 and service.sockets[1].asked)


async def test_a_token_that_is_refused_is_replaced_once(service: Service, followed: Followed) -> None:
    service.answers = lambda said: (
        (HELLO,) if said["token"] == "secret2" else (refusal("Token invalid (already tried)"),)
    )
    service.closes = lambda said: said["token"] != "secret2"
    socket = await followed.begin(service, sockets=2)
    assert socket.said[0]["token"] == "secret2"
    assert followed.clock.sleeps == []
    assert followed.expired == 0


async def test_where_no_token_is_taken_only_the_user_can_help(service: Service, followed: Followed) -> None:
    service.answers = lambda _said: (refusal("Token invalid (already tried)"),)
    service.closes = lambda _said: True
    followed.run(followed.source.run())
    await until(lambda: followed.expired)
    followed.clock.move(DAY)
    await asyncio.sleep(0)

    assert len(service.sockets) == 2
    assert followed.source.health == Health(works=False, since=NOW, trouble=LOGIN_EXPIRED, detail="token")


async def test_a_token_that_runs_out_on_the_way_is_replaced_again(
    service: Service, followed: Followed
) -> None:
    socket = await followed.begin(service)
    for number in range(3):
        await socket.say(update(soc=50 + number))
        await until(lambda number=number: len(followed.car.reports) > number)  # type: ignore[misc]
        await socket.say(error("client_error", "Can't validate token. "))
        socket = await followed.begin(service, sockets=number + 2)

    assert [one.said[0]["token"] for one in service.sockets] == ["secret1", "secret2", "secret3", "secret4"]
    assert followed.expired == 0


@pytest.mark.parametrize(
    ("failure", "trouble"),
    [
        (LoginExpired("nobody has signed in yet"), LOGIN_EXPIRED),
        (ApplicationRefused("no"), REFUSED),
        (TokenUnavailable("not now", retry_after=77.0), UNREACHABLE),
    ],
)
async def test_without_a_token_nobody_is_asked(
    service: Service, followed: Followed, failure: Any, trouble: str
) -> None:
    followed.tokens.failures.append(failure)
    followed.run(followed.source.run())
    await until(lambda: followed.source.health.trouble == trouble)

    assert service.sockets == []
    assert followed.expired == (trouble == LOGIN_EXPIRED)


async def test_a_wait_that_is_asked_for_is_kept(service: Service, followed: Followed) -> None:
    followed.tokens.failures.append(TokenUnavailable("not now", retry_after=77.0))
    followed.run(followed.source.run())
    await until(lambda: followed.clock.sleeps)

    assert followed.clock.sleeps == [77.0]


async def test_a_token_that_cannot_be_replaced_now_is_tried_again(
    service: Service, followed: Followed
) -> None:
    service.answers = lambda _said: (refusal("Token invalid"),)
    followed.tokens.replacing = TokenUnavailable("not now", retry_after=60.0)
    followed.run(followed.source.run())
    await until(lambda: followed.clock.sleeps == [60.0])

    assert followed.source.health.trouble == UNREACHABLE


@pytest.mark.parametrize(
    ("status", "trouble"), [(404, UNREADABLE), (200, UNREADABLE), (500, CLOUD_TROUBLE), (502, CLOUD_TROUBLE)]
)
async def test_what_is_no_websocket_is_tried_again(
    service: Service, followed: Followed, status: int, trouble: str
) -> None:
    service.statuses.append(web.Response(status=status))
    followed.run(followed.source.run())
    await until(lambda: followed.health)
    assert followed.source.health == Health(
        works=False, since=NOW, trouble=trouble, detail=f"status {status}"
    )
    followed.clock.move(1)

    await until(lambda: followed.source.health.works)


async def test_who_refuses_the_handshake_may_take_another_token(service: Service, followed: Followed) -> None:
    service.statuses.append(web.Response(status=401))
    socket = await followed.begin(service)

    assert socket.said[0]["token"] == "secret2"


async def test_no_token_goes_where_somebody_sends_us(
    session: ClientSession, service: Service, followed: Followed
) -> None:
    other = Service()
    await other.start()
    elsewhere = other.url.replace("ws://", "http://") + "/streaming/"
    service.statuses.append(web.Response(status=307, headers={"Location": elsewhere}))
    followed.run(followed.source.run())
    await until(lambda: followed.health)
    await followed.stop()
    (socket,) = other.sockets
    await socket.gone.wait()
    await other.stop()

    assert socket.said == []
    assert followed.source.health.trouble == REFUSED


async def test_a_frame_that_is_far_too_large_ends_the_connection(
    service: Service, followed: Followed
) -> None:
    socket = await followed.begin(service)
    await socket.say(b"x" * (LIMIT + 1))
    await until(lambda: followed.source.health.trouble == UNREADABLE)


async def test_a_connection_that_is_cut_is_taken_up_again(service: Service, followed: Followed) -> None:
    socket = await followed.begin(service)
    await socket.say(update(soc=66))
    await until(lambda: followed.car.reports)
    assert socket.request.transport is not None
    socket.request.transport.abort()
    await until(lambda: followed.source.health.works is False)
    assert followed.car.links == [0, 1, 0]
    followed.clock.move(1)
    await until(lambda: followed.source.health.works)

    assert followed.source.health.begun == 1


async def test_what_cannot_be_said_any_more_is_no_harm(service: Service, both: Followed) -> None:
    nonsense = [{"msg_type": "nonsense"}] * (2 * AT_ONCE)
    service.answers = lambda _said: (*nonsense, HELLO)
    service.cuts = True
    both.run(both.source.run())
    await until(lambda: both.source.health.works is False)

    assert both.source.health.trouble == ENDED
    assert service.sockets[0].asked == [VIN]


async def test_after_a_long_while_it_begins_anew_at_once(service: Service, followed: Followed) -> None:
    socket = await followed.begin(service)
    followed.clock.move(LIVED)
    await socket.socket.close()
    await until(lambda: followed.source.health.works is False)
    followed.clock.move(1)
    await until(lambda: followed.source.health.works)

    assert followed.clock.sleeps == []


async def test_a_flood_of_frames_lets_others_have_a_turn(service: Service, followed: Followed) -> None:
    socket = await followed.begin(service)
    turns: list[int] = []

    async def count() -> None:
        while True:
            turns.append(len(followed.car.reports))
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    for number in range(AT_ONCE * 10):
        await socket.say(update(soc=number % 100))
    await until(lambda: len(followed.car.reports) == AT_ONCE * 10)
    counting.cancel()

    steps = [after - before for before, after in itertools.pairwise(turns)]
    assert max(steps) <= AT_ONCE


async def test_strangers_are_told_of_once_and_only_so_many(service: Service, followed: Followed) -> None:
    socket = await followed.begin(service)
    await socket.say(update(STRANGER, soc=1), update(STRANGER, soc=2))
    vins = [f"5YJ3E7EB0SF{number:06}" for number in range(100_000, 100_000 + STRANGERS_LIMIT + 10)]
    await socket.say(*(update(vin) for vin in vins), update(soc=66))
    await until(lambda: followed.car.reports)

    assert followed.strangers == [STRANGER, *vins[: STRANGERS_LIMIT - 1]]
    assert followed.source.skipped == {"another car": STRANGERS_LIMIT + 12}


async def test_a_certificate_that_nobody_vouches_for_is_none(
    session: ClientSession, guarded: tuple[Service, bytes]
) -> None:
    service, _ = guarded
    followed = Followed(session, service.url)
    followed.run(followed.source.run())
    await until(lambda: followed.health)
    await followed.stop()

    assert followed.source.health.trouble == CERTIFICATE
    assert service.sockets == []


async def test_a_certificate_that_is_pinned_is_believed_and_no_other(
    session: ClientSession, guarded: tuple[Service, bytes]
) -> None:
    service, fingerprint = guarded
    pinned = Followed(session, service.url, trusting=Fingerprint(fingerprint))
    await pinned.begin(service)
    await pinned.stop()
    other = Followed(session, service.url, trusting=Fingerprint(b"x" * 32))
    other.run(other.source.run())
    await until(lambda: other.health)
    await other.stop()

    assert other.source.health.trouble == CERTIFICATE
    assert len(service.sockets) == 1


async def test_whoever_answers_is_believed_where_the_user_has_said_so(
    session: ClientSession, guarded: tuple[Service, bytes]
) -> None:
    service, _ = guarded
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    followed = Followed(session, service.url, trusting=context)
    await followed.begin(service)
    await followed.stop()

    assert followed.health[0].works


async def test_a_loss_is_logged_once_without_anything_private(
    service: Service, followed: Followed, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "custom_components.tesla_direct.tesla.source.legacy_stream")
    socket = await followed.begin(service)
    await socket.say(refusal(f"of {VIN} and secret1"))
    await until(lambda: followed.source.health.works is False)
    followed.clock.move(1)
    await followed.begin(service, sockets=2)

    ours = [one.getMessage() for one in caplog.records if one.name.endswith("legacy_stream")]
    assert ours == ["The stream is lost (refused)", "The stream is back"]


async def test_a_car_whose_token_is_refused_while_the_other_one_is_silent_bothers_nobody_all_day(
    session: ClientSession, service: Service
) -> None:
    service.answers = lambda said: (HELLO,) if said["tag"] == VIN else (refusal("Token invalid"),)
    service.closes = lambda said: said["tag"] != VIN
    both = Followed(session, service.url, VIN, OTHER_VIN, in_no_time=True)
    both.run(both.source.run())
    await until(lambda: len(service.sockets) > 20 or both.expired)
    await both.stop()

    assert len(service.sockets) == 2
    assert both.tokens.number == 2
    assert both.source.health.trouble == LOGIN_EXPIRED


async def test_a_day_in_which_each_token_is_taken_and_then_is_not_is_no_loop(
    session: ClientSession, service: Service
) -> None:
    service.answers = lambda _said: (HELLO, update(soc=66), refusal("Token invalid"))
    service.closes = lambda _said: True
    followed = Followed(session, service.url, in_no_time=True)
    followed.run(followed.source.run())
    await until(lambda: followed.clock.now > NOW + DAY)
    await followed.stop()

    assert len(service.sockets) < 200
    assert followed.tokens.number <= len(service.sockets) + 1


async def test_whoever_begins_anew_all_the_time_has_to_wait_too(
    session: ClientSession, service: Service
) -> None:
    reconnect = Reconnect(lambda: NOW, random=lambda: 0.5)
    sleeps = []
    for _ in range(AT_ONCE_IN_A_ROW + 3):
        followed = Followed(session, service.url, reconnect=reconnect)
        followed.run(followed.source.run())
        await until(lambda followed=followed: followed.source.health.works or followed.clock.sleeps)  # type: ignore[misc]
        await followed.stop()
        sleeps += followed.clock.sleeps

    assert len(service.sockets) == AT_ONCE_IN_A_ROW + 1
    assert sleeps == [2.0**AT_ONCE_IN_A_ROW, 2.0 ** (AT_ONCE_IN_A_ROW + 1)]


@pytest.mark.parametrize(
    "answer",
    [
        (HELLO,),
        (HELLO, update(soc=66)),
        (HELLO, update(soc=66), error("client_error", "owner_api error: 408")),
        (error("vehicle_disconnected"),),
        (),
    ],
    ids=["hello", "data", "api", "drop", "nothing"],
)
async def test_a_day_in_which_whoever_answers_hangs_up_is_no_loop(
    session: ClientSession, service: Service, answer: tuple[Any, ...]
) -> None:
    service.answers = lambda _said: answer
    service.closes = lambda _said: True
    followed = Followed(session, service.url, in_no_time=True)
    followed.run(followed.source.run())
    await until(lambda: followed.clock.now > NOW + DAY)
    await followed.stop()

    assert len(service.sockets) < 200


async def test_a_day_in_which_every_other_handshake_is_refused_is_no_loop(
    session: ClientSession, service: Service
) -> None:
    service.answers = lambda _said: (HELLO, update(soc=66))
    service.closes = lambda _said: True
    service.statuses = [web.Response(status=401)]
    followed = Followed(session, service.url, in_no_time=True)
    asked = 0

    def refuse_next() -> bool:
        nonlocal asked
        if not service.statuses:
            asked += 1
            service.statuses.append(web.Response(status=401))
        return followed.clock.now > NOW + DAY or followed.expired > 0

    followed.run(followed.source.run())
    await until(refuse_next)
    await followed.stop()

    assert asked < 200
    assert len(service.sockets) < 200
