"""What the dialogue says of a telemetry port that it has called by its public name, and without a port."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
import socket
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
import pytest
import pytest_socket

from custom_components.tesla_direct.const import CONF_UNFINISHED
from custom_components.tesla_direct.port_check import (
    COUNTED,
    NO_DNS,
    NOT_OPEN,
    PROXY_CERTIFICATE,
    PROXY_ELSEWHERE,
    PROXY_SILENT,
    UNCERTAIN,
    UNNAMED,
    Found,
    async_check,
    async_lines,
    problem_of,
)
from custom_components.tesla_direct.tesla.fleet_telemetry.probe import Answer, Look, Probe
from custom_components.tesla_direct.tesla.fleet_telemetry.reach import Reach
from simulator.car.car import Car
from simulator.ports import free_port

from .account import Account, is_free
from .dialogue import TEXTS, Dialogue
from .files import Files
from .test_receiver_flow import bundle_file, to_this_machine, wanted

__all__ = ["bundle_file"]


@pytest.fixture
async def polled(account: Account, car: Car) -> Account:
    """An account whose car is only polled, and whose public name leads to this machine."""
    await account.set_up(car, receiver="later")
    (await account.shared()).ports.resolve = to_this_machine
    return account


async def check(account: Account, dialogue: Dialogue, bundle: str, **changes: Any) -> int:
    """Set a port up, and see what the look at it has brought; return the port."""
    port = changes.pop("port", None) or free_port()
    await dialogue.reconfigure(account.entry, "receiver")
    await dialogue.answer(**wanted(port, **changes))
    if dialogue.step["step_id"] == "receiver_proxy":
        await dialogue.answer(secret="a-secret-of-16-or-more", peers=["127.0.0.1"])
    await dialogue.answer(authorities_file=bundle)
    await dialogue.progress()
    return port


def told(dialogue: Dialogue) -> str:
    assert dialogue.step["step_id"] == "receiver_failed"
    return str(dialogue.step["description_placeholders"]["problem"])


@asynccontextmanager
async def other_server() -> AsyncIterator[int]:
    """Something that speaks no TLS; its port."""
    async with TestServer(web.Application()) as server:
        assert server.port
        yield server.port


async def test_a_port_that_nobody_forwards_is_told_and_checked_again(
    polled: Account, dialogue: Dialogue, bundle_file: str
) -> None:
    public, port = free_port(), free_port()
    await check(polled, dialogue, bundle_file, port=port, public_port=public)

    assert told(dialogue).startswith("Nobody answers there. Forward the port")
    assert "receiver_anyway" in dialogue.step["menu_options"]
    assert polled.entry.data["receiver"] == port
    forward = await asyncio.start_server(Forward(port), "127.0.0.1", public)
    await dialogue.answer(next_step_id="receiver_check")
    await dialogue.progress()
    assert dialogue.step["step_id"] == "receiver_done"
    forward.close()


class Forward:
    """What a router does: hands a connection on as it is."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self._port)
        async with asyncio.TaskGroup() as both:
            both.create_task(self._carry(reader, inner_writer))
            both.create_task(self._carry(inner_reader, writer))

    @staticmethod
    async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()


async def test_a_name_that_leads_nowhere_is_told(
    polled: Account, dialogue: Dialogue, bundle_file: str
) -> None:
    async def nowhere(_host: str, _port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "not known")

    (await polled.shared()).ports.resolve = nowhere
    await check(polled, dialogue, bundle_file)

    assert told(dialogue).startswith("This name is not known in the internet")
    assert "receiver_anyway" not in dialogue.step["menu_options"]


async def test_another_server_is_told_apart(polled: Account, dialogue: Dialogue, bundle_file: str) -> None:
    async with other_server() as public:
        await check(polled, dialogue, bundle_file, public_port=public)

    assert told(dialogue).startswith("What answers there speaks no TLS")
    looks = dialogue.step["description_placeholders"]["looks"]
    assert looks == "- 127.0.0.1, this machine itself: something without TLS answers (HTTP)"


async def test_a_port_that_does_not_open_is_told(
    polled: Account, dialogue: Dialogue, bundle_file: str
) -> None:
    port = free_port()
    await dialogue.reconfigure(polled.entry, "receiver")
    await dialogue.answer(**wanted(port))
    with socket.socket() as other:  # comes between the first page and the last
        other.bind(("127.0.0.1", port))
        other.listen()
        await dialogue.answer(authorities_file=bundle_file)
        await dialogue.progress()
        assert told(dialogue).startswith("Home Assistant could not open its port")


async def test_a_port_that_nobody_opens_is_not_waited_for_for_ever(account: Account) -> None:
    port = (await account.shared()).ports.get(await account.make_port())
    assert port is not None

    assert await async_check(port, to_this_machine, opening=0.01) == Found(problem=NOT_OPEN)


async def test_a_name_can_have_an_address_that_this_machine_cannot_reach(
    streaming: Account, dialogue: Dialogue
) -> None:
    port = streaming.runtime.port
    assert port is not None
    port.settings = replace(port.settings, public_port=port.settings.port)
    pytest_socket.socket_allow_hosts(["127.0.0.1", "255.255.255.255"])

    async def two(_host: str, _port: int) -> list[str]:
        return ["255.255.255.255", "127.0.0.1"]  # nobody has a way to everybody

    found = await async_check(port, two)
    assert found.problem is None
    assert [look.answer for look in found.looks] == [Answer.UNREACHABLE, Answer.OURS]
    lines = await async_lines(streaming.hass, found.looks)
    assert "there is no way to it from here" in lines.splitlines()[0]


async def test_what_cannot_be_seen_from_inside_can_be_left_to_the_first_car(
    polled: Account, dialogue: Dialogue, bundle_file: str
) -> None:
    port = await check(polled, dialogue, bundle_file, public_port=free_port())
    await dialogue.answer(next_step_id="receiver_anyway")

    assert dialogue.step["reason"] == "receiver_unproved"
    assert polled.entry.data["receiver"] == port
    assert "receiver" not in polled.entry.data.get(CONF_UNFINISHED, ())


async def test_a_port_that_cars_do_not_find_yet_can_be_left_for_later(
    polled: Account, dialogue: Dialogue, bundle_file: str
) -> None:
    port = await check(polled, dialogue, bundle_file, public_port=free_port())
    await dialogue.answer(next_step_id="receiver_put_off")

    assert dialogue.step["reason"] == "receiver_put_off"
    assert polled.entry.data["receiver"] == port
    assert "receiver" in polled.entry.data[CONF_UNFINISHED]


async def test_the_whole_can_be_left_for_later(polled: Account, dialogue: Dialogue) -> None:
    await dialogue.reconfigure(polled.entry, "receiver")
    await dialogue.answer(**wanted(8443, way="later", host=""))

    assert dialogue.step["reason"] == "receiver_put_off"
    assert polled.entry.data["receiver"] == "later"
    assert "receiver" in polled.entry.data[CONF_UNFINISHED]


async def test_who_cannot_open_a_port_is_told_what_the_poll_costs(
    polled: Account, dialogue: Dialogue
) -> None:
    await dialogue.reconfigure(polled.entry, "receiver")
    await dialogue.answer(**wanted(8443, way="never", host=""))

    assert dialogue.step["step_id"] == "receiver_off"
    costs = dialogue.step["description_placeholders"]
    # Every ten minutes at one euro for 500: a third of a month's 4320, and all of them.
    assert (costs["interval"], costs["daily"], costs["always"]) == ("600", "2.88 EUR", "8.64 EUR")
    await dialogue.answer()
    assert dialogue.step["reason"] == "reconfigure_successful"
    assert polled.entry.data["receiver"] == "never"


async def test_a_port_can_be_given_up_where_cars_do_not_find_it(
    polled: Account, dialogue: Dialogue, bundle_file: str
) -> None:
    port = await check(polled, dialogue, bundle_file, public_port=free_port())
    await dialogue.answer(next_step_id="receiver_off")
    await dialogue.answer()

    assert polled.entry.data["receiver"] == "never"
    assert is_free(port)


@pytest.mark.parametrize("page", ["receiver_check", "receiver_put_off"])
async def test_a_port_that_another_dialogue_gave_up_is_missed_without_harm(
    polled: Account, dialogue: Dialogue, bundle_file: str, page: str
) -> None:
    await check(polled, dialogue, bundle_file, public_port=free_port())
    entry = polled.entry
    polled.hass.config_entries.async_update_entry(entry, data={**entry.data, "receiver": "never"})
    await polled.hass.async_block_till_done()
    await dialogue.answer(next_step_id=page)
    await dialogue.progress()

    assert dialogue.step["reason"] == "receiver_put_off"


async def test_a_page_that_stayed_open_ends_when_the_port_is_gone(
    polled: Account, dialogue: Dialogue, bundle_file: str
) -> None:
    await check(polled, dialogue, bundle_file)
    assert dialogue.step["step_id"] == "receiver_done"
    entry = polled.entry
    polled.hass.config_entries.async_update_entry(entry, data={**entry.data, "receiver": "never"})
    await polled.hass.async_block_till_done()
    await dialogue.answer()

    assert dialogue.step["reason"] == "receiver_ready"


async def test_a_proxy_that_does_not_answer_is_told(
    polled: Account, dialogue: Dialogue, bundle_file: str
) -> None:
    port = await check(polled, dialogue, bundle_file, way="proxy", public_port=free_port())

    assert told(dialogue).startswith("The proxy does not answer")
    found = (await polled.shared()).ports.get(port)
    assert found is not None
    assert found.ca_for_cars == ""  # so that no car is told anything


async def test_the_authority_of_a_proxy_is_taken_from_a_file_and_kept(
    polled: Account, dialogue: Dialogue, bundle_file: str, tmp_path: Path
) -> None:
    port, files = free_port(), await polled.hass.async_add_executor_job(Files, tmp_path)
    for named in ({"ca_file": str(files.ca)}, {}):
        await dialogue.reconfigure(polled.entry, "receiver")
        await dialogue.answer(**wanted(port, way="proxy", public_port=free_port()))
        await dialogue.answer(secret="a-secret-of-16-or-more", peers=["192.168.1.5"], **named)
        await dialogue.answer(authorities_file=bundle_file)
        await dialogue.progress()
        found = (await polled.shared()).ports.get(port)
        assert found is not None
        assert found.ca_for_cars == files.issuer.certificate_pem()

    await dialogue.answer(next_step_id="receiver")
    suggested = {field["name"]: field.get("description", {}) for field in dialogue._fields()}
    assert suggested["way"] == {"suggested_value": "proxy"}
    await dialogue.answer(**wanted(port))
    await dialogue.answer(authorities_file=bundle_file)
    await dialogue.progress()
    assert dialogue.step["step_id"] == "receiver_done"
    settings = next(iter((await polled.shared()).ports)).settings
    assert settings.peers == ()
    assert settings.ca != files.issuer.certificate_pem()


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"secret": "short"}, {"secret": "secret_unfit"}),
        ({"secret": 'a"secret";with { in it'}, {"secret": "secret_unfit"}),
        ({"peers": []}, {"peers": "peers_invalid"}),
        ({"peers": ["proxy.example.com"]}, {"peers": "peers_invalid"}),
        ({"peers": ["0.0.0.0/0"]}, {"peers": "peers_invalid"}),
        ({"peers": ["::/0"]}, {"peers": "peers_invalid"}),
        ({"ca_file": "/nothing.pem"}, {"ca_file": "file_unreadable"}),
    ],
)
async def test_what_a_proxy_cannot_be_trusted_by_is_refused(
    polled: Account, dialogue: Dialogue, changes: dict[str, Any], errors: dict[str, str]
) -> None:
    await dialogue.reconfigure(polled.entry, "receiver")
    await dialogue.answer(**wanted(free_port(), way="proxy"))
    assert dialogue.step["step_id"] == "receiver_proxy"
    suggested = {field["name"]: field.get("description", {}) for field in dialogue._fields()}
    secret = suggested["secret"]["suggested_value"]
    assert len(secret) >= 16
    assert suggested["peers"] == {"suggested_value": ["127.0.0.1"]}
    await dialogue.answer(**{"secret": secret, "peers": ["127.0.0.1"]} | changes)

    assert dialogue.errors == errors


def seen(*looks: tuple[Reach, Answer]) -> Probe:
    each = tuple(Look(address="192.0.2.7", reach=reach, answer=answer) for reach, answer in looks)
    return Probe(host="cars.example.com", port=443, found=bool(each), looks=each)


@pytest.mark.parametrize(
    ("result", "outside", "problem"),
    [
        (seen(), False, "no_dns"),
        (seen((Reach.PUBLIC, Answer.OURS)), False, None),
        (seen((Reach.LOOPBACK, Answer.OURS)), False, None),
        (seen((Reach.PRIVATE, Answer.OURS)), False, "only_private"),
        (seen((Reach.PRIVATE, Answer.OURS)), True, None),
        (seen((Reach.PRIVATE, Answer.OURS), (Reach.PUBLIC, Answer.OURS)), False, None),
        (seen((Reach.PRIVATE, Answer.OURS), (Reach.PUBLIC, Answer.UNREACHABLE)), False, None),
        (seen((Reach.CARRIER_GRADE, Answer.OURS)), False, "only_carrier_grade"),
        (seen((Reach.CARRIER_GRADE, Answer.OURS), (Reach.LINK_LOCAL, Answer.OURS)), True, None),
        (seen((Reach.PUBLIC, Answer.OURS), (Reach.PUBLIC, Answer.TUNNEL)), True, "tunnel"),
        (seen((Reach.PUBLIC, Answer.UNREACHABLE), (Reach.PUBLIC, Answer.REFUSED)), False, "refused"),
        (seen((Reach.PUBLIC, Answer.UNREACHABLE)), False, "unreachable"),
    ],
)
def test_what_is_seen_is_summed_up(result: Probe, problem: str | None, *, outside: bool) -> None:
    assert problem_of(result, reached_from_outside=outside) == problem


def test_everything_that_can_be_found_has_its_words() -> None:
    texts = {name: set(TEXTS["selector"][name]["options"]) for name in TEXTS["selector"]}
    answers = {answer.value for answer in Answer}
    own = {NOT_OPEN, NO_DNS, PROXY_SILENT, PROXY_CERTIFICATE, PROXY_ELSEWHERE, UNNAMED, *COUNTED.values()}

    assert texts["receiver_answer"] == answers
    assert texts["receiver_reach"] == {reach.value for reach in Reach}
    assert texts["receiver_problem"] == answers - {"ours"} | own | UNCERTAIN


async def begin_tour(account: Account, dialogue: Dialogue) -> None:
    """Go on with a tour of which only the direct connection is left."""
    entry = account.entry
    account.hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_UNFINISHED: ["receiver"]})
    await dialogue.reconfigure(entry, "tour")
    assert dialogue.step["step_id"] == "receiver"


async def test_in_the_tour_a_port_takes_two_confirmations(
    polled: Account, dialogue: Dialogue, bundle_file: str
) -> None:
    port = free_port()
    await polled.hass.config.async_update(external_url="https://home.example.org")
    await begin_tour(polled, dialogue)
    await dialogue.answer(**wanted(port))
    await dialogue.answer(authorities_file=bundle_file)  # which Tesla's list, fetched, does without
    await dialogue.progress()
    assert dialogue.step["step_id"] == "receiver_done"
    await dialogue.answer()

    assert dialogue.step["reason"] == "tour_done"
    assert polled.entry.data["receiver"] == port
    assert polled.entry.data[CONF_UNFINISHED] == []


async def test_in_the_tour_a_port_that_cannot_be_opened_is_an_answer(
    polled: Account, dialogue: Dialogue
) -> None:
    await begin_tour(polled, dialogue)
    await dialogue.answer(**wanted(8443, way="never", host=""))
    await dialogue.answer()

    assert dialogue.step["reason"] == "tour_done_polled"
    assert polled.entry.data["receiver"] == "never"


async def test_in_the_tour_what_is_put_off_is_named_at_its_end(
    polled: Account, dialogue: Dialogue, bundle_file: str
) -> None:
    await begin_tour(polled, dialogue)
    await dialogue.answer(**wanted(free_port(), public_port=free_port()))
    await dialogue.answer(authorities_file=bundle_file)
    await dialogue.progress()
    assert told(dialogue).startswith("Nobody answers there")
    await dialogue.answer(next_step_id="receiver_put_off")

    assert dialogue.step["step_id"] == "tour_done"
    assert dialogue.step["menu_options"] == ["receiver", "tour_later"]
