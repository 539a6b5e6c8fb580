"""What Teslemetry answers, as documented and as nobody would expect it."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.errors import AnswerUnreadable, RequestRefused, TeslaError
from custom_components.tesla_direct.tesla.fleet_api import teslemetry_rows as rows
from custom_components.tesla_direct.tesla.fleet_api.rows import FleetStatus
from custom_components.tesla_direct.tesla.fleet_api.teslemetry_rows import (
    QUOTA_LIMIT,
    WORD_LIMIT,
    ConfigAnswer,
    CreditsEvent,
    MetadataCar,
    Subscription,
)

from .host import OTHER_VIN, START, VIN

THIRD_VIN = "5YJSA7E21HF000003"
METADATA: dict[str, Any] = {
    "uid": "b8a3c1d2",
    "region": "EU",
    "scopes": ["openid", "vehicle_device_data", "vehicle_cmds"],
    "vehicles": {
        VIN: {
            "name": "Home",
            "permission": "OWNER",
            "proxy": True,
            "signing": True,
            "access": True,
            "polling": False,
            "firmware": "2026.26.6",
            "discounted": False,
            "fleet_telemetry": "1.2.0",
            "config": {"fields": {"Soc": {"interval_seconds": 60}}},
        },
        OTHER_VIN: {"name": "", "access": False, "issue": "key", "signing": True},
        THIRD_VIN: {"access": True, "issue": "streaming_toggle", "signing": False, "polling": True},
    },
    "energy_sites": {"2252100000001": {"name": "Roof", "access": True}},
    "subscription": {"cycle": "monthly", "start": "2026-10-01", "end": "2026-11-01"},
    "vins": [VIN],
}

json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from([*METADATA, *METADATA["vehicles"][VIN], VIN]), inner, max_size=6)
    ),
    max_leaves=20,
)


def test_an_account_is_its_cars_its_scopes_and_what_it_pays_for() -> None:
    account = rows.metadata(METADATA)

    assert (account.uid, account.region) == ("b8a3c1d2", "eu")
    assert account.scopes == {"openid", "vehicle_device_data", "vehicle_cmds"}
    assert account.vehicles[VIN] == MetadataCar(
        name="Home",
        permission="OWNER",
        access=True,
        polling=False,
        signing=True,
        proxy=True,
        firmware="2026.26.6",
        discounted=False,
        fleet_telemetry="1.2.0",
        issue=None,
        config={"fields": {"Soc": {"interval_seconds": 60}}},
    )
    assert account.vehicles[OTHER_VIN].name is None
    assert not account.vehicles[OTHER_VIN].access
    assert account.sites == {"2252100000001": "Roof"}
    assert account.subscription == Subscription(cycle="monthly", start="2026-10-01", end="2026-11-01")


def test_a_subscription_may_be_dated_in_numbers() -> None:
    paid = {"start": 1_790_812_800, "end": 1_793_491_200, "cycle": True}

    subscription = Subscription(cycle=None, start="1790812800", end="1793491200")
    assert rows.metadata({"uid": "somebody", "subscription": paid}).subscription == subscription


def test_an_envelope_around_it_makes_no_difference() -> None:
    assert rows.metadata({"response": METADATA}) == rows.metadata(METADATA)


def test_what_an_account_does_not_say_is_not_known() -> None:
    account = rows.metadata({"uid": 17, "vehicles": {VIN: {}, OTHER_VIN: None}, "region": None})

    assert (account.uid, account.region, account.scopes) == ("17", None, frozenset())
    assert account.vehicles.keys() == {VIN}
    assert account.vehicles[VIN].access is False
    assert account.vehicles[VIN].signing is None
    assert (account.sites, account.subscription) == ({}, None)


@pytest.mark.parametrize(
    "name", ["", "+", "../1", f"{VIN}/command/honk_horn", VIN.lower(), VIN + "0", "x" * 17]
)
def test_what_is_called_otherwise_is_no_car(name: str) -> None:
    account = rows.metadata({"uid": "1", "vehicles": {name: {"access": True}, VIN: {}}})

    assert account.vehicles.keys() == {VIN}


@pytest.mark.parametrize("uid", [None, "", True, 1.5, ["x"]])
def test_an_account_without_a_name_is_none(uid: object) -> None:
    with pytest.raises(AnswerUnreadable):
        rows.metadata(METADATA | {"uid": uid})


@given(st.dictionaries(st.sampled_from(list(METADATA)), json_values))
def test_odd_accounts_are_read_as_far_as_they_go(document: dict[str, Any]) -> None:
    account = rows.metadata(document | {"uid": "b8a3c1d2"})

    assert rows.readiness(account).keys() == account.vehicles.keys()


def test_nothing_private_of_an_account_is_shown_in_a_log() -> None:
    told = repr(rows.metadata(METADATA))

    assert VIN not in told
    assert "b8a3c1d2" not in told
    assert "2252100000001" not in told


def test_why_a_car_does_not_stream_is_its_readiness() -> None:
    ready = rows.readiness(rows.metadata(METADATA))

    assert ready[VIN] == FleetStatus(
        paired=None,
        firmware="2026.26.6",
        wants_signature=True,
        discounted=False,
        telemetry_version="1.2.0",
        keys=None,
        streaming_toggle=None,
    )
    assert (ready[OTHER_VIN].paired, ready[OTHER_VIN].streaming_toggle) == (False, None)
    assert (ready[THIRD_VIN].paired, ready[THIRD_VIN].streaming_toggle) == (None, False)


CONFIG = {"hostname": "eu.teslemetry.com", "port": 443, "fields": {"Soc": {"interval_seconds": 60}}}


@pytest.mark.parametrize("document", [CONFIG, {"response": CONFIG}, {"config": CONFIG}])
def test_a_configuration_is_read_bare_or_wrapped(document: dict[str, Any]) -> None:
    assert rows.config(document) == CONFIG


@pytest.mark.parametrize("document", [{}, {"response": None}, {"fields": []}, {"config": {"fields": None}}])
def test_without_fields_a_car_is_told_nothing(document: dict[str, Any]) -> None:
    assert rows.config(document) == {}


def test_what_became_of_fields_is_known_car_by_car() -> None:
    answer = rows.config_answer(
        {
            "updated_vehicles": 1,
            "skipped_vehicles": {
                "missing_key": [OTHER_VIN, 7],
                THIRD_VIN: "unsupported_firmware",
                "max": None,
            },
            "ignoredFields": ["Nonsense", None],
        }
    )

    assert answer == ConfigAnswer(
        updated=1,
        skipped={OTHER_VIN: "missing_key", THIRD_VIN: "unsupported_firmware"},
        ignored=("Nonsense",),
    )


@pytest.mark.parametrize("updated", [None, True, "1", 1.0])
def test_an_odd_number_of_cars_is_none(updated: object) -> None:
    assert rows.config_answer({"response": {"updated_vehicles": updated}}).updated == 0


@pytest.mark.parametrize(
    ("error", "told"), [("invalid field", "invalid field"), ({"code": 1}, "…"), (f"no {VIN}", "no …")]
)
def test_a_no_with_a_good_status_is_a_no(error: object, told: str) -> None:
    for read in (rows.config, rows.config_answer):
        with pytest.raises(RequestRefused) as refused:
            read({"error": error})
        assert str(refused.value) == f"config: refused ({told})"


@given(json_values)
def test_odd_answers_are_read_or_refused(content: Any) -> None:
    for read in (rows.config, rows.config_answer):
        document = content if isinstance(content, dict) else {"response": content}
        try:
            read(document)
        except TeslaError:
            assert document.get("error")


def spent(content: Any) -> CreditsEvent | None:
    return rows.credits_event(content, vin=VIN, at=START, snapshot=False)


def test_of_long_words_and_many_counters_the_first_are_kept() -> None:
    long = "x" * 10_000
    event = spent(
        {"type": long, "name": long, "cost": 1, "quota": {f"{number} {long}": 1 for number in range(1000)}}
    )

    assert event is not None
    assert event.kind == event.name == "x" * WORD_LIMIT
    assert len(event.quota) == QUOTA_LIMIT
    assert {len(name) for name in event.quota} == {WORD_LIMIT}


def test_credits_that_were_spent_are_counted() -> None:
    content = {"type": "command", "cost": 1, "name": "door_lock", "balance": 1999, "quota": {"energy": 5}}

    assert spent(content) == CreditsEvent(
        kind="command",
        name="door_lock",
        cost=1.0,
        balance=1999.0,
        quota={"energy": 5.0},
        vin=VIN,
        at=START,
        snapshot=False,
    )


def test_numbers_of_credits_may_be_text() -> None:
    event = spent({"type": 7, "cost": "20", "balance": "1979.5", "quota": {"x": "much"}})

    assert event is not None
    assert (event.kind, event.name, event.cost, event.balance, event.quota) == ("", "", 20.0, 1979.5, {})


def test_nothing_is_given_back() -> None:
    event = spent({"cost": -5, "balance": None})

    assert event is not None
    assert (event.cost, event.balance) == (0.0, None)


@pytest.mark.parametrize("content", [None, [], {}, {"cost": None}, {"balance": "NaN", "cost": True}])
def test_what_says_nothing_of_credits_is_none(content: object) -> None:
    assert spent(content) is None


@pytest.mark.parametrize(
    "document",
    [
        {"Soc": {"type": "number"}, "Gear": {"type": "enum"}, "updated": "2026-10-01"},
        {"response": {"Soc": {"type": "number"}, "Gear": {"type": "enum"}}},
        {"fields": {"Soc": {"type": "number"}, "Gear": {"type": "enum"}}},
    ],
)
def test_the_fields_that_are_known_are_read_whatever_is_around_them(document: dict[str, Any]) -> None:
    assert rows.known_fields(document) == {"Soc", "Gear"}


def test_fields_that_nobody_can_read_are_not_known() -> None:
    assert rows.known_fields({"Soc": None, "Gear": {"default": 60}, "fields": []}) == frozenset()
