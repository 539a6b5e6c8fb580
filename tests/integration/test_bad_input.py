"""What bad input gets, seen from where a user looks: an answer, a count, a line at debug, and no more."""

import asyncio
from collections.abc import Awaitable, Callable
import logging
import ssl
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator  # type: ignore[import-untyped]  # has no types

from custom_components.tesla_direct.application_credentials import SCOPES
from custom_components.tesla_direct.tesla.proto.vehicle_data_pb2 import Datum, Field, Payload, Value
from simulator.car.car import Car
from simulator.car.envelope import Stream, write
from simulator.certificates import stranger
from simulator.world import World
from tests.home import until

from .account import HOST, Account
from .dialogue import Dialogue
from .reports import report

BATTERY = "sensor.battery_level"
LARGEST = 1_000_000  # bytes of a message that is a record


@pytest.fixture(autouse=True)
def no_traceback(caplog: pytest.LogCaptureFixture) -> Any:
    """Nobody from outside may bring us to complain."""
    caplog.set_level(logging.DEBUG)
    yield
    ours = [record for record in caplog.records if record.name.startswith("custom_components")]
    # asyncio tells at debug of each connection that somebody cuts.
    loud = [record for record in caplog.records if record.levelno > logging.DEBUG] + ours
    assert not [record for record in loud if record.exc_info]
    assert not [record for record in ours if record.levelno >= logging.WARNING]


def states(hass: HomeAssistant) -> dict[str, str]:
    return {state.entity_id: state.state for state in hass.states.async_all()}


def frame(car: Car, **changes: Any) -> bytes:
    """Return a message that would be honest without the changes."""
    datum = Datum(key=Field.BatteryLevel, value=Value(double_value=12.0))
    honest: dict[str, Any] = {
        "txid": "t-1",
        "topic": "V",
        "payload": Payload(data=[datum], vin=car.vin).SerializeToString(),
        "device_id": car.vin,
        "created_at": int(car.now),
        "sender_id": f"vehicle_device.{car.vin}",
    }
    return write(Stream(**honest | changes))


HOSTILE: dict[str, tuple[Callable[[Car], bytes], str]] = {
    "nothing": (lambda _: b"", "unknown_message"),
    "zeros": (lambda _: bytes(8), "unknown_message"),
    "noise": (lambda _: b"\xff" * 100, "rejected"),
    "half a message": (lambda car: frame(car)[:60], "rejected"),
    "too large": (lambda car: frame(car) + bytes(LARGEST), "rejected"),
    "no record": (lambda car: frame(car, payload=b"\xff\xff\xff"), "rejected"),
    "a topic and a sender of nobody": (
        lambda car: frame(car, topic="surprise", sender_id="somebody"),
        "rejected",
    ),
    "a topic to come": (lambda car: frame(car, topic="surprise"), "accepted_not_dispatched"),
}


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_a_frame_that_makes_no_sense_is_answered_and_counted(
    streaming: Account, car: Car, hass_client: ClientSessionGenerator, hostile: str
) -> None:
    make, outcome = HOSTILE[hostile]
    await streaming.push(car, BatteryLevel=40.0)
    before = states(streaming.hass)
    (link,) = car.telemetry.connections.open
    answers = link.answers
    await link.send(make(car))
    await until(lambda: link.answers == answers + 1)
    await streaming.hass.async_block_till_done()
    assert states(streaming.hass) == before

    told = await report(streaming, hass_client)
    assert told["cars"]["car 1"]["links"][0]["outcomes"][outcome] == 1
    await streaming.push(car, BatteryLevel=41.0)
    assert streaming.shows(car, BATTERY) == "41.0"
    assert car.telemetry.connections.connects == 1


async def test_what_a_car_says_of_another_counts_for_itself(account: Account, world: World, car: Car) -> None:
    other = world.add_car("untyped")
    await account.set_up(car, other, receiver=await account.make_port())
    await account.connect(car)
    before = account.shows(other, BATTERY)
    (link,) = car.telemetry.connections.open
    account.wall.move(1)
    lie = frame(other, payload=_dated(other, account.wall()))
    await link.send(lie)
    await until(lambda: account.shows(car, BATTERY) == "12.0")

    assert account.shows(other, BATTERY) == before


def _dated(car: Car, at: float) -> bytes:
    payload = Payload(
        data=[Datum(key=Field.BatteryLevel, value=Value(double_value=12.0))],
        vin=car.vin,
    )
    payload.created_at.FromNanoseconds(int(at * 1e9))
    return payload.SerializeToString()


async def say(port: int, words: bytes) -> None:
    """Call the port, say something that is no TLS, and wait until it hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(words)
    assert await _heard(reader) == b""
    writer.close()


async def show_nothing(account: Account, car: Car) -> None:
    """Call the port as browsers do, without a certificate."""
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    port = account.entry.data["receiver"]
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=client, server_hostname=HOST)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert await _heard(reader) == b""
    writer.transport.abort()


async def _heard(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read()
    except ConnectionError, ssl.SSLError:
        return b""


async def speak_http(account: Account, car: Car) -> None:
    await say(account.entry.data["receiver"], b"GET /.env HTTP/1.1\r\nHost: x\r\n\r\n")


async def talk_nonsense(account: Account, car: Car) -> None:
    await say(account.entry.data["receiver"], b"SSH-2.0-OpenSSH_9.9\r\n" + bytes(5000))


async def show_an_impostors(account: Account, car: Car) -> None:
    """Have a car connect whose certificate an authority of the right name has issued, but not Tesla's."""
    thief = account.world.add_car("half")
    account.world.certify(thief.vin, issuer=stranger())
    await _try(account, thief)


async def show_an_expired_one(account: Account, car: Car) -> None:
    late = account.world.add_car("half")
    account.world.certify(late.vin, days=(90.0, -1.0))
    await _try(account, late)


async def _try(account: Account, car: Car) -> None:
    """Have a car connect until it was refused; it may have tried again by then."""
    port = account.runtime.port
    assert port is not None
    car.stream(hostname=HOST, port=port.settings.port, ca=port.settings.ca, fields={})
    await until(lambda: car.telemetry.connections.closings or car.telemetry.connections.troubles)
    car.stop_streaming()


STRANGERS: dict[Callable[[Account, Car], Awaitable[None]], str] = {
    show_nothing: "peer_did_not_return_a_certificate",
    speak_http: "plain_http",
    talk_nonsense: "not_tls",
    show_an_impostors: "certificate_verify_failed",
    show_an_expired_one: "certificate_verify_failed",
}


@pytest.mark.parametrize("come", STRANGERS, ids=lambda come: come.__name__)
async def test_a_stranger_is_refused_counted_by_reason_and_told_in_one_line(
    streaming: Account,
    car: Car,
    hass_client: ClientSessionGenerator,
    caplog: pytest.LogCaptureFixture,
    come: Callable[[Account, Car], Awaitable[None]],
) -> None:
    before = states(streaming.hass)
    caplog.clear()
    await come(streaming, car)
    await until(lambda: streaming.server.gate.refused)
    told = (await report(streaming, hass_client))["port"]
    lines = [one for one in caplog.records if one.name.endswith("fleet_telemetry.gate")]

    assert told["refused"] == {STRANGERS[come]: len(lines)}
    assert told["admitted"] == 1
    assert {line.levelno for line in lines} == {logging.DEBUG}
    assert states(streaming.hass) == before
    await streaming.push(car, BatteryLevel=41.0)
    assert streaming.shows(car, BATTERY) == "41.0"
    assert car.telemetry.connections.connects == 1


async def test_a_car_of_somebody_else_is_turned_away_and_counted(
    streaming: Account, world: World, hass_client: ClientSessionGenerator, caplog: pytest.LogCaptureFixture
) -> None:
    other = world.add_car("half")
    await _try(streaming, other)
    await until(lambda: streaming.server.turned_away)

    assert (await report(streaming, hass_client))["port"]["turned_away"] == {"unknown_vehicle": 1}
    assert other.vin not in caplog.text


async def test_text_ends_the_connection_and_the_car_comes_back(
    streaming: Account, world: World, car: Car
) -> None:
    (link,) = car.telemetry.connections.open
    await link._ws.send_str("hello")
    await until(lambda: not car.telemetry.connections.open)
    await world.advance(40)
    await until(lambda: car.telemetry.connections.open)
    await streaming.push(car, BatteryLevel=41.0)

    assert streaming.shows(car, BATTERY) == "41.0"


async def test_rows_that_make_no_sense_are_counted_and_keep_no_car_away(
    account: Account, world: World, car: Car, hass_client: ClientSessionGenerator
) -> None:
    await account.set_up(car)
    rows: list[Any] = [{"vin": 5}, {}, None, "car", [], {"energy_site_id": 1}, {**car.row(), "surprise": [1]}]
    world.cloud.refuse("vehicles", 200, body={"response": rows, "count": len(rows)})
    await account.later(121)

    told = await report(account, hass_client)
    assert told["poll"]["rows_skipped"] == 5  # an energy site is none of them
    assert told["poll"]["works"] is True
    assert account.shows(car, "sensor.vehicle_state") == "online"


async def test_values_of_another_type_are_unknown_and_counted(
    account: Account, world: World, car: Car, hass_client: ClientSessionGenerator
) -> None:
    car.climate(on=True)
    await account.set_up(car)
    odd = {"battery_level": "full", "charging_state": 7, "timestamp": round(account.wall() * 1000) + 599_000}
    world.cloud.refuse("vehicle_data", 200, body={"response": {"charge_state": odd, "climate_state": "warm"}})
    await account.later(600)

    told = await report(account, hass_client)
    assert set(told["cars"]["car 1"]["paths_skipped"]) >= {"charge_state.battery_level", "climate_state"}
    assert account.shows(car, BATTERY) == "unknown"
    assert account.shows(car, "sensor.inside_temp") != "unavailable"


ODD_STATUS: dict[str, Any] = {
    "null": None,
    "list": [],
    "empty": {},
    "wrong types": {"key_paired_vins": {}, "unpaired_vins": "all", "vehicle_info": [1]},
    "nulls": {"key_paired_vins": None, "unpaired_vins": [None, 5], "vehicle_info": None},
}


@pytest.mark.parametrize("odd", ODD_STATUS)
async def test_an_odd_answer_about_keys_changes_nothing(
    account: Account, world: World, car: Car, odd: str
) -> None:
    await account.set_up(car)
    before = account.shows(car, "binary_sensor.key_paired")
    world.cloud.refuse("fleet_status", 200, body={"response": ODD_STATUS[odd]})
    await account.later(86_400)
    await account.later(121)

    assert world.cloud.requests("fleet_status")[-1].at == pytest.approx(account.wall(), abs=130)
    assert account.shows(car, "binary_sensor.key_paired") == before
    assert account.runtime.poll.works


async def test_a_scope_that_nobody_knows_is_kept_and_harms_nobody(
    dialogue: Dialogue, world: World, hass: HomeAssistant
) -> None:
    car = world.add_car()
    books = world.cloud.books
    grant = books.tokens.sign_in(world.cloud.account, books.application, [*SCOPES, "vehicle_teleport"])
    world.cloud.refuse("token", 200, body=grant)
    await dialogue.until_cars()
    await dialogue.answer(vehicles=[car.vin])
    await until(lambda: world.cloud.requests("vehicle_data"))
    await hass.async_block_till_done()

    entry = dialogue.step["result"]
    assert "vehicle_teleport" in entry.data["scopes"]
    assert hass.states.get("sensor.marmalade_battery_level") is not None
