"""What charging has cost: the history in pages, and invoices as files."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.tesla_direct.tesla.fleet_api.endpoints import Price
from simulator.car.car import Car
from simulator.car.machine import Session
from simulator.world import World
from tests.tesla.fleet_api.host import fixture

from .actions import Caller

DAY = 86_400.0


def charged(caller: Caller, car: Car, times: int) -> list[float]:
    """Have a car charged at a Supercharger each day, and return when that began."""
    begun = [caller.account.wall() - days * DAY for days in range(times, 0, -1)]
    car.sessions += [Session(at, at + 1500.0, 38.0) for at in begun]
    return begun


@pytest.fixture
def folder(hass: HomeAssistant, tmp_path: Path) -> Iterator[Path]:
    """A folder that Home Assistant may write to."""
    folder = tmp_path / "media"
    folder.mkdir()
    hass.config.allowlist_external_dirs = {str(folder)}
    yield folder
    assert not (tmp_path / "invoice.pdf").exists()


async def test_charges_are_listed_newest_first(caller: Caller, car: Car, second: Car, world: World) -> None:
    begun = charged(caller, car, 3)
    charged(caller, second, 2)
    answer = await caller.ask("charging_history", car)
    (asked,) = world.cloud.requests("charging_history")
    times = [datetime.fromisoformat(row["chargeStartDateTime"]).timestamp() for row in answer["charges"]]

    assert times == pytest.approx(begun[::-1], abs=1)
    assert answer["charges"][0]["fees"][0]["totalDue"] == 15.58
    assert answer["charges"][0].keys() == fixture("charging_history")["data"][0].keys()
    assert asked.query == {"vin": car.vin, "sortOrder": "DESC", "pageSize": "50"}


async def test_a_range_is_handed_on_with_its_zone(caller: Caller, car: Car, world: World) -> None:
    begun = charged(caller, car, 5)
    since = datetime.fromtimestamp(begun[1] - 60, UTC)
    until = datetime.fromtimestamp(begun[3] - 60, UTC)
    answer = await caller.ask("charging_history", car, start_time=since, end_time=until.isoformat())

    assert len(answer["charges"]) == 2
    await caller.hass.config.async_set_time_zone("Europe/Berlin")
    await caller.ask("charging_history", car, start_time="2026-10-01", end_time="2026-10-02 07:30:00")
    asked = world.cloud.requests("charging_history")[-1]

    assert asked.query["startTime"] == "2026-10-01T00:00:00+02:00"
    assert asked.query["endTime"] == "2026-10-02T07:30:00+02:00"


async def test_as_many_pages_are_asked_for_as_are_wanted(caller: Caller, car: Car, world: World) -> None:
    charged(caller, car, 130)
    all_of_them = await caller.ask("charging_history", car, limit=250)
    assert len(all_of_them["charges"]) == 130
    assert len({row["sessionId"] for row in all_of_them["charges"]}) == 130
    assert [asked.query.get("pageNo") for asked in world.cloud.requests("charging_history")] == [
        None,
        "2",
        "3",
    ]

    assert all_of_them["total"] == 130
    assert all_of_them["complete"] is True
    assert "error" not in all_of_them

    caller.account.wall.move(60)
    some = await caller.ask("charging_history", car, limit=60)
    assert some["charges"] == all_of_them["charges"][:60]
    few = await caller.ask("charging_history", car, limit=7)
    assert few["charges"] == all_of_them["charges"][:7]
    assert len(world.cloud.requests("charging_history")) == 6


async def test_each_page_is_counted_as_what_it_may_cost(caller: Caller, car: Car) -> None:
    charged(caller, car, 60)
    ledger, now = caller.account.runtime.ledger, caller.account.wall()
    before = ledger.month(now).calls(Price.UNKNOWN)
    await caller.ask("charging_history", car)

    assert ledger.month(now).calls(Price.UNKNOWN) == before + 2


async def test_charges_without_a_number_of_their_own_are_all_listed(
    caller: Caller, car: Car, world: World
) -> None:
    rows = [{"sessionId": number, "vin": car.vin} for number in (None, None, [1], {"a": 1}, 7)]
    world.cloud.refuse("charging_history", 200, body={"data": rows, "totalResults": 5})

    assert (await caller.ask("charging_history", car))["charges"] == rows


@pytest.mark.parametrize(("body", "key"), [(None, "cloud_trouble"), ({"data": "?"}, "answer_unreadable")])
async def test_what_was_fetched_before_a_refusal_is_not_lost(
    caller: Caller, car: Car, world: World, body: Any, key: str
) -> None:
    world.cloud.refuse("charging_history", 500 if body is None else 200, body=body)
    said = await caller.fails("charging_history", car, key=key, response=True)
    rows = [{"sessionId": number, "vin": car.vin} for number in range(50)]
    world.cloud.refuse("charging_history", 200, body={"data": rows, "totalResults": 60}, times=1)
    answer = await caller.ask("charging_history", car)

    assert answer == {"charges": rows, "total": 60, "complete": False, "error": said}


async def test_what_is_no_range_is_refused(caller: Caller, car: Car) -> None:
    nonsense: tuple[tuple[dict[str, Any], str], ...] = (
        ({"start_time": "yesterday"}, "not_a_moment"),
        ({"start_time": 1_791_360_000}, "not_a_moment"),
        ({"end_time": "2026-13-01"}, "not_a_moment"),
        ({"start_time": "2026-10-02", "end_time": "2026-10-01"}, "not_before"),
        ({"start_time": "2026-10-02", "end_time": "2026-10-02"}, "not_before"),
        ({"limit": 0}, "not_whole_in_range"),
        ({"limit": 251}, "not_whole_in_range"),
    )
    for data, key in nonsense:
        await caller.refuses("charging_history", car, key=key, response=True, **data)

    assert not caller.account.world.cloud.requests("charging_history")


async def invoice(caller: Caller, car: Car) -> str:
    """Return what an invoice is called by."""
    charged(caller, car, 1)
    answer = await caller.ask("charging_history", car)
    content_id: str = answer["charges"][0]["invoices"][0]["contentId"]
    return content_id


async def test_an_invoice_is_saved(caller: Caller, car: Car, world: World, folder: Path) -> None:
    content_id = await invoice(caller, car)
    file = folder / "invoice.pdf"
    answer = await caller.ask("get_invoice", car, content_id=content_id, filename=str(file))

    assert file.read_bytes().startswith(b"%PDF-1.4")
    assert answer == {"filename": str(file), "bytes": file.stat().st_size}
    (asked,) = world.cloud.requests("charging_invoice")
    assert asked.headers["accept"] == "application/pdf"


async def test_what_may_not_be_written_is_not_asked_for(caller: Caller, car: Car, folder: Path) -> None:
    content_id = await invoice(caller, car)
    outside = [str(folder.parent / "invoice.pdf"), "invoice.pdf", f"{folder}/../invoice.pdf", "a\0b"]
    outside += [f"{folder}/a\0b", f"{folder}/a\0b/invoice.pdf"]
    for filename in outside:
        await caller.refuses(
            "get_invoice", car, key="path_not_allowed", content_id=content_id, filename=filename
        )

    assert not caller.account.world.cloud.requests("charging_invoice")


async def test_a_file_that_cannot_be_written_is_told(caller: Caller, car: Car, folder: Path) -> None:
    content_id = await invoice(caller, car)
    (folder / "taken").mkdir()
    said = await caller.fails(
        "get_invoice", car, key="not_saved", content_id=content_id, filename=str(folder / "taken")
    )

    assert said == "The file could not be saved: Is a directory"
    missing = str(folder.parent / "missing" / "invoice.pdf")
    caller.hass.config.allowlist_external_dirs = {str(folder.parent / "missing")}
    said = await caller.fails("get_invoice", car, key="not_saved", content_id=content_id, filename=missing)

    assert said == "The file could not be saved: No such file or directory"
    assert not caller.account.world.cloud.requests("charging_invoice")


async def test_a_disk_that_is_full_is_told(caller: Caller, car: Car, world: World) -> None:
    content_id = await invoice(caller, car)
    caller.hass.config.allowlist_external_dirs = {"/dev"}
    said = await caller.fails(
        "get_invoice", car, key="not_saved", content_id=content_id, filename="/dev/full"
    )

    assert said == "The file could not be saved: No space left on device"
    assert len(world.cloud.requests("charging_invoice")) == 1


async def test_a_file_that_is_there_stays_until_it_is_replaced(
    caller: Caller, car: Car, world: World, folder: Path
) -> None:
    file = folder / "invoice.pdf"
    file.write_bytes(b"of last month")
    await caller.fails("get_invoice", car, key="not_found", content_id="unknown", filename=str(file))
    assert file.read_bytes() == b"of last month"

    content_id = await invoice(caller, car)
    await caller.ask("get_invoice", car, content_id=content_id, filename=str(file))
    assert file.read_bytes().startswith(b"%PDF")


async def test_an_invoice_that_there_is_not_is_told(caller: Caller, car: Car, folder: Path) -> None:
    file = folder / "invoice.pdf"
    await caller.fails("get_invoice", car, key="not_found", content_id="unknown", filename=str(file))

    assert not file.exists()


async def test_an_answer_that_is_no_invoice_is_not_saved(
    caller: Caller, car: Car, world: World, folder: Path
) -> None:
    content_id = await invoice(caller, car)
    file = folder / "invoice.pdf"
    world.cloud.spoil("charging_invoice", "html")
    await caller.fails("get_invoice", car, key="answer_unreadable", content_id=content_id, filename=str(file))

    assert not file.exists()


async def test_what_cannot_be_an_invoice_is_refused(
    caller: Caller, car: Car, second: Car, folder: Path
) -> None:
    file = str(folder / "invoice.pdf")
    for content_id in ("", "..", "../history", "a b", "a/b", 7, "a" * 101):
        await caller.refuses(
            "get_invoice", car, key="not_an_invoice_id", content_id=content_id, filename=file
        )
    await caller.refuses("get_invoice", car, second, key="one_car_only", content_id="a", filename=file)

    assert not caller.account.world.cloud.requests("charging_invoice")
