"""What topics are about, and what their texts say; values of fields stand in test_named."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.decode.alerts import AUDIENCES_LIMIT, TAGS_LIMIT
from custom_components.tesla_direct.tesla.decode.mqtt import (
    LIMIT,
    About,
    Connectivity,
    alert_of,
    car_filter,
    complaint_of,
    connectivity_of,
    is_base,
    is_filter,
    is_vin,
    read_json,
    read_topic,
    strangers_filter,
)
from custom_components.tesla_direct.tesla.errors import WireError
from custom_components.tesla_direct.tesla.vehicle.alert import Alert, Complaint

VIN = "5YJ3E1EA7KF000001"
BEGUN = 1_731_940_100.0
NOW = 1_791_360_000.0
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["Audiences", "StartedAt", "Body", "Tags", "CreatedAt", "ConnectionId", "Status"]
            ),
            inner,
        )
    ),
    max_leaves=8,
)
DEPTH = 20_000  # within what is read, and far beyond what can be printed in time


@pytest.mark.parametrize(
    ("rest", "topic"),
    [
        ("v/Soc", (About.FIELD, "Soc")),
        ("v/300", (About.FIELD, "300")),
        ("v/", (About.FIELD, "")),
        ("alerts/UI_a006/current", (About.ALERT, "UI_a006")),
        ("alerts/UI_a006/history", (About.ALERTS, "UI_a006")),
        ("alerts/a/b/current", (About.ALERT, "a/b")),
        ("alerts/current/history", (About.ALERTS, "current")),
        ("alerts//current", (About.ALERT, "")),
        ("errors/dial_error", (About.ERROR, "dial_error")),
        ("errors/a/b//c", (About.ERROR, "a/b//c")),
        ("errors/", (About.ERROR, "")),
        ("connectivity", (About.CONNECTIVITY, "")),
    ],
)
def test_a_topic_says_what_it_is_about(rest: str, topic: tuple[About, str]) -> None:
    assert read_topic(rest) == topic


@pytest.mark.parametrize(
    "rest",
    [
        "",
        "V/Soc",
        "alerts",
        "alerts/current",
        "alerts/UI_a006",
        "alerts/UI_a006/now",
        "errors",
        "connectivity/x",
    ],
)
def test_other_topics_are_about_nothing(rest: str) -> None:
    assert read_topic(rest) is None


def test_filters_have_the_vin_where_the_server_has_it() -> None:
    assert car_filter("telemetry", VIN) == f"telemetry/{VIN}/#"
    assert car_filter("", VIN) == f"/{VIN}/#"
    assert strangers_filter("a/b") == "a/b/+/connectivity"


@pytest.mark.parametrize("topic", ["telemetry", "home/cars", "", "telemetry/", "Meine Autos, à la carte"])
def test_a_base_is_a_topic_without_wildcards(topic: str) -> None:
    assert is_base(topic)


@pytest.mark.parametrize("topic", ["telemetry/#", "+", "a/+/b", "a\0b", "a\nb", "x" * 70_000, "\ud800"])
def test_a_wildcard_is_no_base(topic: str) -> None:
    assert not is_base(topic)


@pytest.mark.parametrize("topic", ["records", "records/#", "#", "+", "a/+/b", "a/+/#", "$share/us/records/#"])
def test_a_filter_has_wildcards_for_whole_levels(topic: str) -> None:
    assert is_filter(topic)


@pytest.mark.parametrize("topic", ["", "a/#/b", "a#", "a/b+", "a+/b", "a/##", "a/+#", "a\0", "x" * 70_000])
def test_a_filter_has_no_others(topic: str) -> None:
    assert not is_filter(topic)


@pytest.mark.parametrize("text", [VIN.lower(), VIN[:-1], VIN + "1", "5YJ3E1EA7KF00000O", "+", "#", "", "a/b"])
def test_a_vin_has_17_capitals_and_figures(text: str) -> None:
    assert is_vin(VIN)
    assert not is_vin(text)


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (b"", "no JSON"),
        (b"on", "no JSON"),
        (b"{", "no JSON"),
        (b"NaN", "no JSON"),
        (b"-Infinity", "no JSON"),
        (b"1 2", "no JSON"),
        (b"9" * 5000, "no JSON"),
        (b'"\xff"', "not UTF-8"),
        (b"[" * 200_000, "too deep"),
        (b'"' + b"x" * LIMIT + b'"', "too large"),
    ],
)
def test_what_is_no_json_says_why(payload: bytes, why: str) -> None:
    with pytest.raises(WireError, match=f"^{why}$"):
        read_json(payload)


@pytest.mark.parametrize("value", [55.5, None, "ShiftStateD", {"front_left": True}, 9_007_199_254_740_993])
def test_json_is_read(value: Any) -> None:
    assert read_json(json.dumps(value).encode()) == value


def test_an_alert_has_its_name_from_the_topic() -> None:
    raw = {"Audiences": ["Customer", "ServiceFix", "Unknown", "8"], "StartedAt": "2024-11-18T14:28:20Z"}

    assert alert_of("UI_a006", raw) == Alert("UI_a006", ("customer", "service_fix"), BEGUN, None)


def test_an_alert_may_have_neither_audience_nor_begin() -> None:
    raw = {"Audiences": None, "EndedAt": "2024-11-18T14:28:20Z"}

    assert alert_of("", raw) == Alert("", (), None, BEGUN)


@pytest.mark.parametrize("raw", [None, [], "x", {"StartedAt": "soon"}, {"EndedAt": 7}, {"StartedAt": ""}])
def test_an_alert_that_cannot_be_read_is_none(raw: Any) -> None:
    assert alert_of("UI_a006", raw) is None


def test_an_error_is_a_complaint() -> None:
    raw = {"Body": "no", "Tags": {"b": "2", "a": 1}, "CreatedAt": "2024-11-18T14:28:20Z"}

    assert complaint_of("e", raw, NOW, NOW) == Complaint("e", "no", (("a", "1"), ("b", "2")), BEGUN)


def test_a_tag_that_is_no_text_is_not_printed_however_deep_it_is() -> None:
    deep = read_json(b'{"Tags": {"a": ' + b"[" * DEPTH + b"]" * DEPTH + b', "b": {"c": 1}, "d": true}}')
    complaint = complaint_of("e", deep, NOW, NOW)

    assert complaint is not None
    assert complaint.tags == (("a", ""), ("b", ""), ("d", "True"))


def test_of_very_many_tags_and_audiences_the_first_are_kept() -> None:
    complaint = complaint_of("e", {"Tags": {str(number): "" for number in range(1000)}}, NOW, NOW)
    alert = alert_of("a", {"Audiences": ["Customer"] * 1000})

    assert complaint is not None
    assert alert is not None
    assert len(complaint.tags) == TAGS_LIMIT
    assert len(alert.audiences) == AUDIENCES_LIMIT


def test_half_a_character_spoils_nothing() -> None:
    complaint = complaint_of("e", read_json(rb'{"Body": "a\ud83d", "Tags": {"\ude00": "b"}}'), NOW, NOW)

    assert complaint is not None
    assert (complaint.body, complaint.tags) == ("a?", (("?", "b"),))


def test_an_error_without_time_or_tags_has_another_time() -> None:
    assert complaint_of("e", {"Body": "", "Tags": None}, 5.0, NOW) == Complaint("e", "", (), 5.0)


def test_an_error_of_the_future_is_of_now() -> None:
    complaint = complaint_of("e", {"CreatedAt": "2999-11-18T14:28:20Z"}, NOW, NOW)

    assert complaint is not None
    assert complaint.at == NOW


@pytest.mark.parametrize("raw", [None, [], "x", 5])
def test_an_error_that_cannot_be_read_is_none(raw: Any) -> None:
    assert complaint_of("e", raw, NOW, NOW) is None


@pytest.mark.parametrize(
    ("status", "connected"),
    [("CONNECTED", True), ("Connected", True), ("DISCONNECTED", False), ("8", None), ("", None)],
)
def test_a_connection_begins_or_ends(status: str, connected: bool | None) -> None:  # noqa: FBT001
    raw = {"ConnectionId": "0B1D", "Status": status, "CreatedAt": "2024-11-18T14:26:40Z"}

    assert connectivity_of(raw) == Connectivity(connected, "0b1d")


@pytest.mark.parametrize(
    "raw", [None, [], {}, {"ConnectionId": "x"}, {"Status": "CONNECTED"}, {"ConnectionId": 1, "Status": "x"}]
)
def test_a_connection_that_cannot_be_read_is_none(raw: Any) -> None:
    assert connectivity_of(raw) is None


@given(name=st.text(), raw=JSON)
def test_whatever_comes_nothing_is_raised(name: str, raw: Any) -> None:
    alert_of(name, raw)
    complaint_of(name, raw, NOW, NOW)
    connectivity_of(raw)


@given(topic=st.text())
def test_whatever_is_typed_as_a_topic_nothing_is_raised(topic: str) -> None:
    is_base(topic)
    is_filter(topic)
    read_topic(topic)
