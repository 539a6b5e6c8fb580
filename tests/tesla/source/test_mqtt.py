"""Subscriptions, what comes through them, and how it fares; what is said stands in test_broadcast."""

import asyncio
from collections.abc import AsyncIterator
import json
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.decode.record import SLICE
from custom_components.tesla_direct.tesla.source.broker import (
    AT_ONCE,
    BROKER_AWAY,
    NOT_SUBSCRIBED,
    WAITING_BYTES,
    WAITING_LIMIT,
    Message,
)
from custom_components.tesla_direct.tesla.source.links import INFERRED_FOR
from custom_components.tesla_direct.tesla.source.mqtt import STRANGERS_LIMIT, Form, MqttSource, find_cars
from custom_components.tesla_direct.tesla.source.source import Health
from custom_components.tesla_direct.tesla.vehicle.connectivity import Event
from custom_components.tesla_direct.tesla.vehicle.signals import battery, closures, drive, software
from tests.home import until

from .broker_world import NOW, OTHER, VIN, Listened, Subscriptions
from .endless import Endless

FIXTURES = Path(__file__).parents[2] / "fixtures"
STRANGER = "7SAYGDEE5PF000003"
CONNECTED = {"ConnectionId": "a", "Status": "CONNECTED", "CreatedAt": "2026-10-07T10:19:58Z"}
TOPICS = st.lists(
    st.sampled_from(
        ["telemetry", VIN, OTHER, "v", "Soc", "alerts", "errors", "connectivity", "current", "", "x"]
    )
).map("/".join)
PAYLOADS = st.binary(max_size=40) | st.sampled_from(
    [
        b"null",
        b"{}",
        b"[]",
        b"[{}]",
        b'{"StartedAt":"x"}',
        b"9" * 5000,
        b"[" * 50_000,
        rb'"\ud800"',
        rb'[{"key":"VehicleName","name":"\ud800","tags":{"\udc00":1},"value":{"stringValue":"\ud800"}}]',
        b'[{"name":"a","Tags":{"a":[[]]},"tags":{"a":{}},"audiences":[[],9e99]}]',
        b'{"Tags":{"a":[1e999,{}]},"ConnectionId":"a","Status":"CONNECTED"}',
        b'"2024-10-04T10:45:17.537Z"',
        json.dumps(CONNECTED).encode(),
    ]
)


@pytest.fixture
async def endless() -> AsyncIterator[Endless]:
    endless = Endless()
    yield endless
    await endless.stop()


async def listening(*vins: str, form: Form = Form.TOPICS, topic: str = "telemetry") -> Listened:
    listened = Listened(*vins, form=form, topic=topic)
    await listened.source.begin()
    return listened


async def of_records(*vins: str) -> Listened:
    return await listening(*vins, form=Form.RECORDS, topic="records/#")


def record(vin: str = VIN, **more: Any) -> dict[str, Any]:
    return {"data": [{"key": "BatteryLevel", "value": {"doubleValue": 63.0}}], "vin": vin, **more}


async def test_each_car_has_its_own_subscription_and_strangers_the_smallest() -> None:
    listened = await listening(VIN, OTHER)

    assert listened.broker.asked == [f"telemetry/{VIN}/#", f"telemetry/{OTHER}/#", "telemetry/+/connectivity"]
    assert listened.car.links == [(0, None)]


async def test_records_have_the_one_that_the_user_has_named() -> None:
    assert (await of_records()).broker.asked == ["records/#"]


@pytest.mark.parametrize("vin", ["+", "#", "5YJ3E1EA7KF00000#", "a/b", "", "a\0"])
async def test_a_vin_that_would_be_a_wildcard_is_never_subscribed_to(vin: str) -> None:
    listened = await listening(vin, VIN)

    assert listened.broker.asked == [f"telemetry/{VIN}/#", "telemetry/+/connectivity"]


async def test_values_reach_their_car() -> None:
    listened = await listening(VIN, OTHER, topic="home/cars")
    listened.broker.publish(f"home/cars/{VIN}/v/BatteryLevel", "63.42")
    listened.broker.publish(f"home/cars/{VIN}/v/Gear", '"D"')
    listened.broker.publish(f"home/cars/{OTHER}/v/BatteryLevel", "10")
    listened.take_over()

    assert [report.values for report in listened.cars[VIN].reports] == [
        {battery.LEVEL: 63.42, drive.GEAR: "d"}
    ]
    assert [report.values for report in listened.cars[OTHER].reports] == [{battery.LEVEL: 10}]


async def test_the_base_may_be_empty_as_the_servers_own_is() -> None:
    listened = await listening(topic="")
    listened.broker.publish(f"/{VIN}/v/BatteryLevel", "63.42")
    listened.take_over()

    assert listened.car.values == {battery.LEVEL: 63.42}


async def test_what_the_broker_has_kept_comes_as_such() -> None:
    listened = await listening()
    listened.publish("v/BatteryLevel", 63.42, retained=True)

    assert [report.snapshot for report in listened.car.reports] == [True]


async def test_cars_that_are_not_ours_are_remembered_and_told_once() -> None:
    listened = await listening()
    for _ in range(3):
        listened.publish("connectivity", CONNECTED, vin=STRANGER)
    listened.publish("v/Soc", 5, vin=STRANGER)
    listened.publish("connectivity", CONNECTED)

    assert list(listened.source.strangers) == listened.found == [STRANGER]
    assert listened.source.skipped == {"another car": 3}
    assert listened.car.links == [(0, None), (1, None)]


@pytest.mark.parametrize("vin", [VIN.lower(), "x", "", "5YJ3E1EA7KF00000O"])
async def test_what_stands_in_the_place_of_a_vin_and_is_none_is_counted(vin: str) -> None:
    listened = await listening()
    listened.publish("connectivity", CONNECTED, vin=vin)

    assert listened.source.skipped == {"no VIN": 1}
    assert (listened.found, listened.car.events) == ([], [])


async def test_only_so_many_strangers_are_remembered() -> None:
    listened = await listening()
    for number in range(STRANGERS_LIMIT + 5):
        listened.publish("connectivity", CONNECTED, vin=f"7SAYGDEE5PF{number:06}")

    assert len(listened.source.strangers) == len(listened.found) == STRANGERS_LIMIT
    assert listened.source.skipped["another car"] == STRANGERS_LIMIT + 5


async def test_a_message_of_another_topic_than_asked_for_is_counted() -> None:
    listened = await listening()
    hear = listened.broker.by_filter[f"telemetry/{VIN}/#"]
    hear(Message(f"telemetry/{VIN}", b"1", retained=False))
    listened.take_over()

    assert listened.source.skipped == {"a topic": 1}


async def test_what_is_too_large_is_not_even_kept() -> None:
    listened = await listening()
    listened.publish("v/VehicleName", "x" * 300_000)

    assert listened.source.skipped == {"too large": 1}
    assert listened.car.events == []


async def test_messages_wait_for_their_turn_but_not_without_limit() -> None:
    listened = await listening()
    for _ in range(WAITING_LIMIT + 3):
        listened.broker.publish(f"telemetry/{VIN}/v/BatteryLevel", "63")

    assert listened.take_over() == WAITING_LIMIT // AT_ONCE
    assert listened.source.skipped == {"too many at once": 3}
    assert listened.car.signals == WAITING_LIMIT


async def test_large_messages_wait_for_their_turn_but_not_without_limit() -> None:
    listened = await listening()
    name = json.dumps("x" * 250_000)
    for _ in range(WAITING_BYTES // len(name) + 3):
        listened.broker.publish(f"telemetry/{VIN}/v/VehicleName", name)

    taken = WAITING_BYTES // len(name) + 1
    assert listened.source.skipped == {"too many at once": 2}
    assert listened.take_over() == taken  # each is long enough for a pause of its own
    assert listened.car.signals == taken
    listened.publish("v/VehicleName", "x")
    assert listened.car.signals == taken + 1


async def test_a_topic_that_is_of_the_car_itself_is_counted() -> None:
    # "<base>/<VIN>/#" has it, too.
    listened = await listening()
    listened.broker.publish(f"telemetry/{VIN}", "5")

    assert listened.take_over() == 0
    assert listened.source.skipped == {"a topic": 1}


async def test_long_topics_count_as_well() -> None:
    listened = await listening()
    name = "x" * 60_000
    for _ in range(WAITING_BYTES // len(name) + 3):
        listened.broker.publish(f"telemetry/{VIN}/errors/{name}", "{}")

    assert listened.source.skipped == {"too many at once": 2}
    listened.take_over()
    listened.publish(f"errors/{name}", {})
    assert listened.source.skipped == {"too many at once": 2}


@pytest.mark.parametrize("form", Form)
async def test_a_text_that_was_cut_in_a_character_stops_nobody(form: Form) -> None:
    listened = await listening(form=form, topic="telemetry/#" if form is Form.RECORDS else "telemetry")
    cut = rb'"a\ud83d"'
    datum = rb'{"vin":"%s","data":[{"key":"VehicleName","value":{"stringValue":%s}}]}' % (VIN.encode(), cut)
    listened.broker.publish(f"telemetry/{VIN}/v/VehicleName", datum if form is Form.RECORDS else cut)
    listened.take_over()

    assert listened.car.values == {software.VEHICLE_NAME: "a?"}


async def test_records_reach_their_car() -> None:
    listened = await of_records(VIN, OTHER)
    listened.publish_record(record(OTHER))

    assert listened.cars[OTHER].values == {battery.LEVEL: 63.0}
    assert listened.cars[VIN].reports == []


async def test_a_long_record_is_taken_over_in_several_goes() -> None:
    listened = await of_records()
    data = [{"key": "BatteryLevel", "value": {"doubleValue": 63.0}}] * (2 * SLICE + 1)
    listened.broker.publish("records/V", json.dumps(record(data=data)))

    assert listened.take_over() == 2
    assert len(listened.car.reports) == 3
    assert listened.car.signals == 2 * SLICE + 1


async def test_a_record_without_vin_is_of_the_car_in_its_topic() -> None:
    listened = await of_records()
    bare = record()
    del bare["vin"]
    listened.publish_record(bare, f"records/{VIN}/V")
    listened.publish_record(bare)

    assert listened.car.values == {battery.LEVEL: 63.0}
    assert listened.source.skipped == {"no VIN": 1}


async def test_a_record_is_whose_it_says_whatever_its_topic() -> None:
    listened = await of_records()
    listened.publish_record(record(OTHER), f"records/{VIN}/V")

    assert listened.car.reports == []
    assert listened.found == [OTHER]


async def test_a_record_that_names_two_cars_is_whose_it_says_once_it_is_read() -> None:
    listened = await of_records()
    listened.publish_record(record(OTHER, metadata={"vin": VIN}))

    assert listened.car.reports == []
    assert listened.found == [OTHER]


async def test_our_vin_anywhere_else_in_a_record_makes_it_none_of_ours() -> None:
    listened = await of_records()
    name = {"key": "VehicleName", "value": {"stringValue": VIN}}
    listened.publish_record(record(OTHER, data=[name]))

    assert listened.car.reports == []
    assert listened.found == [OTHER]


async def test_records_of_other_cars_are_not_read() -> None:
    listened = await of_records()
    # Nobody could: it is no JSON.
    listened.publish_record(f'{{"vin" : "{STRANGER}", ')
    listened.publish_record(f'{{"Vin":"{OTHER}"')
    listened.publish_record("{", f"records/{STRANGER}")
    listened.publish_record('{"vin":"x"}')

    assert listened.found == [STRANGER, OTHER]
    assert listened.source.skipped == {"another car": 3, "no VIN": 1}


@pytest.mark.parametrize(
    ("content", "counted"),
    [
        (f'{{"vin":"{VIN}"', "no JSON"),
        (f'{{"vin":"{VIN}"}}', "a record"),
        (f'[{{"vin":"{VIN}"}}]', "a record"),
        (f'{{"vin":"{VIN}"}}'.encode() + b"\xff", "not UTF-8"),
        ("[" * 100_000 + f'{{"vin":"{VIN}"}}', "too deep"),
        ("[" * 300_000 + f'{{"vin":"{VIN}"}}', "too large"),
    ],
)
async def test_a_record_that_makes_no_sense_is_counted_by_what_it_is(content: Any, counted: str) -> None:
    listened = await of_records()
    listened.publish_record(content)

    assert listened.source.skipped == {counted: 1}
    assert (listened.car.reports, listened.car.events) == ([], [])


async def test_with_no_car_of_ours_cars_are_found_all_the_same() -> None:
    for form, topic in ((Form.TOPICS, "telemetry"), (Form.RECORDS, "records/#")):
        listened = Listened(form=form, topic=topic)
        source = MqttSource(
            {},
            form=form,
            topic=topic,
            subscribe=listened.broker.subscribe,
            clock=lambda: NOW,
            on_health=listened.healths.append,
            on_stranger=listened.found.append,
        )
        await source.begin()
        listened.broker.publish(f"telemetry/{VIN}/connectivity", json.dumps(CONNECTED))
        listened.broker.publish("records/V", json.dumps(record()))

        assert listened.found == [VIN]


async def test_it_works_once_it_has_subscribed() -> None:
    listened = await listening()

    assert listened.healths == [listened.source.health] == [Health(works=True, since=NOW, begun=1)]


async def test_it_works_as_long_as_the_broker_is_there() -> None:
    listened = Listened()
    listened.source.broker_changed(connected=False)
    assert listened.healths == []

    await listened.source.begin()
    listened.source.broker_changed(connected=False)
    listened.now += 60
    listened.source.broker_changed(connected=True)

    assert listened.healths == [
        Health(works=False, since=NOW, trouble=BROKER_AWAY),
        Health(works=True, since=NOW + 60, begun=1),
    ]
    # Home Assistant's own MQTT subscribes again.
    assert len(listened.broker.asked) == 2


async def test_no_connection_is_open_while_the_broker_is_away() -> None:
    listened = await listening()
    listened.publish("connectivity", CONNECTED)
    # This one has come just before, and is taken over after.
    listened.broker.publish(f"telemetry/{VIN}/v/BatteryLevel", "5")

    for _ in range(100):
        listened.source.broker_changed(connected=False)

    assert len(listened.source.waiting) == 2
    assert listened.take_over() == 0
    assert listened.car.values == {battery.LEVEL: 5.0}
    assert listened.car.links == [(0, None), (1, None), (0, None)]
    listened.publish("connectivity", CONNECTED)
    listened.source.broker_changed(connected=False)
    assert listened.car.links[3:] == [(1, None), (0, None)]
    listened.source.broker_changed(connected=True)
    listened.publish("v/Soc", 6)
    assert listened.car.links[-1] == (1, None)


async def test_what_cannot_be_subscribed_to_is_tried_again_with_growing_pauses() -> None:
    listened = Listened(VIN, OTHER)
    refusal = "a private thing"
    listened.broker.refusals += [RuntimeError(refusal), OSError(refusal), OSError(refusal)]

    await listened.source.begin()

    assert [(one.works, one.trouble, one.detail) for one in listened.healths] == [
        (False, NOT_SUBSCRIBED, "RuntimeError"),
        (False, NOT_SUBSCRIBED, "OSError"),
        (True, "", ""),
    ]
    assert len(listened.slept) == 3
    assert 0 < listened.slept[0] < listened.slept[2]
    assert len(listened.broker.by_filter) == 3


async def test_what_was_subscribed_to_before_a_failure_is_ended_first() -> None:
    listened = Listened(VIN, OTHER)
    subscribe = listened.broker.subscribe
    held: list[int] = []

    async def second_fails(topic: str, hear: Any) -> Any:
        if topic.startswith(f"telemetry/{OTHER}") and not held:
            held.append(len(listened.broker.by_filter))
            raise OSError
        return await subscribe(topic, hear)

    listened.source = listened.made(second_fails)
    await listened.source.begin()

    assert held == [1]
    assert sorted(listened.broker.by_filter) == sorted(set(listened.broker.asked))


async def test_it_listens_until_it_is_cancelled_and_then_no_more(endless: Endless) -> None:
    listened = Listened()
    endless.run(listened.source.run())
    await until(lambda: listened.source.health.works)

    listened.broker.publish(f"telemetry/{VIN}/v/BatteryLevel", "63.42")
    listened.broker.publish(f"telemetry/{VIN}/v/Gear", '"D"')
    assert listened.car.reports == []
    await until(lambda: listened.car.reports)

    assert [report.values for report in listened.car.reports] == [{battery.LEVEL: 63.42, drive.GEAR: "d"}]
    await endless.stop()
    assert listened.broker.by_filter == {}


async def test_many_messages_hold_nobody_up(endless: Endless) -> None:
    listened = Listened()
    endless.run(listened.source.run())
    await until(lambda: listened.source.health.works)
    for _ in range(10 * AT_ONCE):
        listened.broker.publish(f"telemetry/{VIN}/v/BatteryLevel", "63.42")

    turns = 0
    while listened.car.signals < 10 * AT_ONCE:
        await asyncio.sleep(0)
        turns += 1

    assert turns >= 10


async def test_a_clock_that_is_set_back_keeps_no_connection() -> None:
    listened = await listening()
    listened.publish("v/BatteryLevel", 63.42)
    listened.now -= 86_400
    listened.take_over()

    listened.now += INFERRED_FOR
    listened.take_over()

    assert listened.car.links[-1] == (0, None)


async def test_the_time_to_look_comes_by_itself(endless: Endless) -> None:
    # Without a message, too: the pause ends, as short as the clock allows.
    listened = Listened()
    endless.run(listened.source.run())
    await until(lambda: listened.source.health.works)
    listened.broker.publish(f"telemetry/{VIN}/v/BatteryLevel", "63.42")
    listened.now += INFERRED_FOR - 1
    await until(lambda: listened.car.links[-1] == (1, None))
    assert listened.car.events == [Event.CONNECTED]

    listened.now += INFERRED_FOR

    await until(lambda: listened.car.links[-1] == (0, None))


@pytest.mark.parametrize(
    ("form", "topic", "filter_"),
    [(Form.TOPICS, "telemetry", "telemetry/+/#"), (Form.RECORDS, "records/#", "records/#")],
)
async def test_cars_are_found_by_listening_for_a_while(form: Form, topic: str, filter_: str) -> None:
    broker = Subscriptions()

    async def meanwhile(seconds: float) -> None:
        assert seconds == 20
        assert list(broker.by_filter) == [filter_]
        for vin in (VIN, VIN, OTHER, VIN.lower(), "x"):
            broker.publish(f"telemetry/{vin}/v/Soc", "5", retained=True)
            broker.publish("records/V", json.dumps(record(vin)))
        broker.publish(f"records/{STRANGER}/V", "{}")
        broker.publish("records/V", json.dumps(record(STRANGER, more="x" * 300_000)))

    found = await find_cars(broker.subscribe, form, topic, 20, meanwhile)

    assert found == {VIN: 2, OTHER: 1} | ({STRANGER: 1} if form is Form.RECORDS else {})
    assert broker.by_filter == {}


async def test_only_so_many_cars_are_found_and_listening_ends_also_if_cancelled() -> None:
    broker = Subscriptions()

    async def meanwhile(_seconds: float) -> None:
        for number in range(STRANGERS_LIMIT + 5):
            broker.publish(f"telemetry/7SAYGDEE5PF{number:06}/connectivity", "{}")

    assert len(await find_cars(broker.subscribe, Form.TOPICS, "telemetry", 20, meanwhile)) == STRANGERS_LIMIT

    async def cancelled(_seconds: float) -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await find_cars(broker.subscribe, Form.TOPICS, "telemetry", 20, cancelled)
    assert broker.by_filter == {}


@given(messages=st.lists(st.tuples(TOPICS, PAYLOADS, st.booleans()), max_size=8))
@settings(max_examples=200)
def test_whatever_is_published_nothing_is_raised(messages: list[tuple[str, bytes, bool]]) -> None:
    for form, topic in ((Form.TOPICS, "telemetry"), (Form.RECORDS, "#")):
        listened = asyncio.run(listening(form=form, topic=topic))
        for where, payload, retained in messages:
            for part in ("data", "alerts", "errors", "status", "CreatedAt"):
                record = b'{"vin":"%s","connectionId":"a","%s":%s}' % (VIN.encode(), part.encode(), payload)
                content = payload if form is Form.TOPICS else record
                listened.broker.publish(where, content, retained=retained)
        listened.take_over()


async def test_what_was_recorded_of_a_broker_is_read_whole() -> None:
    recorded = json.loads((FIXTURES / "mqtt_topics.json").read_text())
    vin = recorded[0]["topic"].split("/")[1]
    listened = await listening(vin)
    for one in recorded:
        listened.broker.publish(one["topic"], one["payload"])
    listened.take_over()

    assert listened.car.values[battery.LEVEL] == 63.42
    assert listened.car.values[closures.TRUNK_REAR] is True
    assert listened.car.values[drive.SPEED] is None
    assert [alert.name for alert in listened.car.alerts] == ["VCFRONT_a192_washerFluidLow"]
    assert [complaint.body for complaint in listened.car.complaints] == ["unsupported field"]
    assert listened.car.links[-1] == (1, None)
    assert not +listened.source.skipped
