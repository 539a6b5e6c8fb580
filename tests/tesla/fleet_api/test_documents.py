from collections.abc import Callable
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.errors import AnswerUnreadable
from custom_components.tesla_direct.tesla.fleet_api import documents

from .host import fixture

READERS: tuple[Callable[[dict[str, Any]], Any], ...] = (
    documents.nearby_charging_sites,
    documents.recent_alerts,
    documents.release_notes,
    documents.charging_history,
    documents.options,
    documents.telemetry_config,
    documents.updated_vehicles,
)
EACH_READER = pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__)


def test_chargers_are_handed_on_as_tesla_names_them() -> None:
    found = documents.nearby_charging_sites(fixture("nearby_charging_sites"))

    assert [site["name"] for site in found["superchargers"]] == ["Exampleton, GB"]
    assert [site["name"] for site in found["destination_charging"]] == ["Example Hotel"]
    assert found["timestamp"] == 1791360000000


def test_a_kind_of_charger_of_which_there_is_none_is_a_list_without_any() -> None:
    found = documents.nearby_charging_sites({"response": {"superchargers": None}})

    assert found == {"superchargers": [], "destination_charging": []}


def test_alerts_are_a_list() -> None:
    (alert,) = documents.recent_alerts(fixture("recent_alerts"))

    assert alert["name"] == "VCFRONT_a192_washerFluidLow"


def test_release_notes_are_taken_out_of_both_envelopes() -> None:
    twice = fixture("release_notes")
    once = twice["response"]

    assert documents.release_notes(twice) == documents.release_notes(once) == once["response"]
    assert documents.release_notes(twice)["release_notes"][0]["title"] == "Minor fixes"


@pytest.mark.parametrize("wrapped", [False, True])
def test_charges_come_with_or_without_an_envelope(*, wrapped: bool) -> None:
    page = fixture("charging_history")

    rows, total = documents.charging_history({"response": page} if wrapped else page)

    assert [row["sessionId"] for row in rows] == [700000001]
    assert total == 1


def test_a_page_that_does_not_say_how_many_there_are_says_none() -> None:
    assert documents.charging_history({"data": []}) == ([], None)


@pytest.mark.parametrize("wrapped", [False, True])
def test_options_come_with_or_without_an_envelope(*, wrapped: bool) -> None:
    told = {"codes": [{"code": "$MDL3"}]}

    assert documents.options({"response": told} if wrapped else told) == [{"code": "$MDL3"}]


def test_a_telemetry_configuration_may_be_missing_but_not_its_answer() -> None:
    assert documents.telemetry_config(fixture("fleet_telemetry_config_get"))["synced"] is True
    assert documents.telemetry_config({"response": {"config": None}}) == {"config": None}


def test_how_many_cars_were_changed_is_a_number() -> None:
    assert documents.updated_vehicles(fixture("fleet_telemetry_config_delete")) == 1
    with pytest.raises(AnswerUnreadable):
        documents.updated_vehicles({"response": {"updated_vehicles": "one"}})


def test_what_is_no_row_is_left_out_of_a_list() -> None:
    assert documents.recent_alerts({"recent_alerts": [None, 1, {"name": "a"}]}) == [{"name": "a"}]


def test_a_list_that_is_none_is_not_taken_for_an_empty_one() -> None:
    with pytest.raises(AnswerUnreadable):
        documents.recent_alerts({"recent_alerts": "none"})


@EACH_READER
@given(
    document=st.dictionaries(
        st.sampled_from(
            ("response", "data", "codes", "config", "superchargers", "recent_alerts", "updated_vehicles")
        ),
        st.recursive(
            st.none() | st.integers() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(("response", "data")), inner),
        ),
    )
)
def test_anything_is_read_or_refused(read: Callable[[dict[str, Any]], Any], document: dict[str, Any]) -> None:
    with suppress(AnswerUnreadable):
        assert read(document) is not None
