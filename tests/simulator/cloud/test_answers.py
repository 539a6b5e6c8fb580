"""Refusals, held to the bodies seen in public."""

from typing import Any

import pytest

from simulator.cloud.answers import REFUSALS, Answer, not_registered, ok, rate_limited, wrong_region

from ..vectors import fixture

# Said by other means than a fixed text.
MADE_TO_MEASURE = {
    "login_required",
    "not_registered_in_region",
    "domain_not_in_allowed_origins",
    "wrong_region",
}


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(row, id=row["name"])
        for row in fixture("errors")["errors"]
        if row["name"] not in MADE_TO_MEASURE
    ],
)
def test_a_refusal_is_tesla_s(row: dict[str, Any]) -> None:
    answer = REFUSALS[row["name"]]

    assert answer.status == row["status"]
    assert answer.body == row["body"]
    assert dict(answer.headers) == row["headers"]


def test_a_user_out_of_region_is_sent_home_in_body_and_header() -> None:
    row = next(row for row in fixture("errors")["errors"] if row["name"] == "wrong_region")

    answer = wrong_region("https://fleet-api.prd.eu.vn.cloud.tesla.com")

    assert (answer.status, answer.body) == (row["status"], row["body"])
    assert answer.headers == {"Alt-Svc": "h2=https://fleet-api.prd.eu.vn.cloud.tesla.com"}


def test_an_unregistered_application_is_told_where_to_register() -> None:
    row = next(row for row in fixture("errors")["errors"] if row["name"] == "not_registered_in_region")
    client_id = "00000000-0000-4000-8000-0000000c11e7"

    answer = not_registered(client_id, "https://fleet-api.prd.eu.vn.cloud.tesla.com")

    assert (answer.status, answer.body) == (row["status"], row["body"])


@pytest.mark.parametrize(("seconds", "told"), [(36.2, "37"), (0.1, "1"), (5.0, "5")])
def test_the_wait_is_told_in_whole_seconds_rounded_up(seconds: float, told: str) -> None:
    answer = rate_limited(60, seconds)

    assert answer.headers["Retry-After"] == answer.headers["RateLimit-Reset"] == told
    assert answer.headers["RateLimit-Limit"] == "60"


def test_bodies_are_json_unless_they_are_text() -> None:
    assert ok([1], count=1).text == '{"response": [1], "count": 1}'
    assert ok(None).content_type == "application/json; charset=utf-8"
    assert Answer(body="ok").content_type == "text/plain; charset=utf-8"
    assert Answer().text == ""
    assert Answer(headers={"A": "1"}).with_headers({"B": "2"}).headers == {"A": "1", "B": "2"}
