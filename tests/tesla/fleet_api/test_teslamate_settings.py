from typing import Any

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.errors import SettingsInvalid
from custom_components.tesla_direct.tesla.fleet_api.addresses import BY_ID, BY_VIN, PUBLIC, Certificates
from custom_components.tesla_direct.tesla.fleet_api.provider import (
    MYTESLAMATE,
    from_dict,
    myteslamate,
)
from custom_components.tesla_direct.tesla.fleet_api.teslamate_settings import (
    KNOWN,
    LONGEST,
    LONGEST_TOKEN,
    Settings,
    plain_token,
    read_settings,
    settings_of,
)

API = "https://api.example.com"
PINNED = Certificates(fingerprint="0f" * 32)
TESLAS = "https://fleet-api.prd.eu.vn.cloud.tesla.com"
RENEWAL = "https://fleet-auth.prd.vn.cloud.tesla.com/oauth2/v3/token"
# As MyTeslaMate shows them, with what files make of them.
FILE = """
# What TeslaMate needs
export TOKEN="?token=abcd-0123-abcd-0123"
TESLA_API_HOST=https://api.myteslamate.com/   # the API
TESLA_AUTH_HOST = 'https://api.myteslamate.com'
TESLA_AUTH_PATH=/api/oauth2/v3

TESLA_WSS_HOST=wss://streaming.myteslamate.com
TESLA_WSS_TLS_ACCEPT_INVALID_CERTS=true
TESLA_WSS_USE_VIN=true
DATABASE_PASS=secret
"""
COMPOSE = """
services:
  teslamate:
    image: teslamate/teslamate:latest
    environment:
      - DATABASE_PASS=secret #insert your secure password!
      - "TOKEN=?token=abcd-0123-abcd-0123"
      - TESLA_API_HOST=https://api.myteslamate.com
      - 'TESLA_AUTH_HOST=https://api.myteslamate.com'
      - TESLA_AUTH_PATH=/api/oauth2/v3
      - TESLA_WSS_HOST=wss://streaming.myteslamate.com
      - TESLA_WSS_TLS_ACCEPT_INVALID_CERTS=true
      - TESLA_WSS_USE_VIN=true
"""
MAPPING = """
    environment:
      DATABASE_PASS: "secret"
      TOKEN: '?token=abcd-0123-abcd-0123'
      TESLA_API_HOST: https://api.myteslamate.com
      "TESLA_AUTH_HOST": "https://api.myteslamate.com",
      TESLA_AUTH_PATH: /api/oauth2/v3 # of MyTeslaMate
      TESLA_WSS_HOST: wss://streaming.myteslamate.com
      TESLA_WSS_TLS_ACCEPT_INVALID_CERTS: "true"
      TESLA_WSS_USE_VIN: "true"
"""
COMMAND = (
    "docker run -d -e DATABASE_PASS=secret -e TOKEN=?token=abcd-0123-abcd-0123 \\\r\n"
    '  -e "TESLA_API_HOST=https://api.myteslamate.com" \\\r\n'
    "  --env=TESLA_AUTH_HOST=https://api.myteslamate.com \\\r\n"
    "  -e TESLA_AUTH_PATH=/api/oauth2/v3 -e TESLA_WSS_HOST='wss://streaming.myteslamate.com' \\\r\n"
    "  -e TESLA_WSS_TLS_ACCEPT_INVALID_CERTS=true -e TESLA_WSS_USE_VIN=true teslamate/teslamate:latest\r\n"
)
FROM_A_PAGE = FILE.replace('"', "”").replace("'", "’").replace("TESLA_API", "\ufeffTESLA_API")  # noqa: RUF001


def settings(**told: str) -> Settings:
    return settings_of({"TESLA_API_HOST": API} | told)


@pytest.mark.parametrize("text", [FILE, COMPOSE, MAPPING, COMMAND, FROM_A_PAGE, FILE.replace("\n", "\r\n")])
def test_settings_are_read_however_they_are_pasted(text: str) -> None:
    assert read_settings(text) == Settings(
        api="https://api.myteslamate.com",
        renewal="https://api.myteslamate.com/api/oauth2/v3/token",
        stream="wss://streaming.myteslamate.com",
        tag=BY_VIN,
        accepts_any_certificate=True,
        token="abcd-0123-abcd-0123",
        ignored=("DATABASE_PASS",),
    )


@pytest.mark.parametrize(
    "text",
    [
        "* TESLA_API_HOST=https://api.example.com\n* TOKEN=x-1",  # of a page
        "•\tTESLA_API_HOST=https://api.example.com\n•\tTOKEN=x-1",
        'Environment="TESLA_API_HOST=https://api.example.com"\nEnvironment=TOKEN=x-1',  # of systemd
        "TESLA_API_HOST=https://api.example.com\u200b\n\u200bTOKEN=\ufeffx-1\u2060",  # what nobody sees
    ],
)
def test_what_a_page_or_a_service_manager_puts_around_settings_does_not_matter(text: str) -> None:
    assert read_settings(text) == Settings(api=API, token="x-1")


def test_the_last_of_two_counts_as_for_a_shell() -> None:
    assert read_settings(f"TESLA_API_HOST=https://old.example.com\nTESLA_API_HOST={API}").api == API


def test_what_is_commented_out_or_empty_is_not_told() -> None:
    told = read_settings(f"TESLA_API_HOST={API}\n# TOKEN=x\nTESLA_WSS_HOST=\nTESLA_WSS_USE_VIN= # yes?\n")

    assert (told.token, told.stream, told.tag) == ("", None, BY_ID)


def test_the_rest_is_as_teslamate_has_it() -> None:
    assert settings() == Settings(api=API, client_id="ownerapi", tag=BY_ID)


@pytest.mark.parametrize("value", ["true", "false", "0", "no"])
def test_anything_at_all_calls_cars_by_their_vin(value: str) -> None:
    assert settings(TESLA_WSS_USE_VIN=value).tag == BY_VIN


@pytest.mark.parametrize(
    ("value", "accepts"), [("true", True), ("TRUE", True), ("false", False), ("1", False)]
)
def test_that_anybody_was_believed_is_seen_and_does_nothing(value: str, *, accepts: bool) -> None:
    told = settings(TESLA_WSS_TLS_ACCEPT_INVALID_CERTS=value, TESLA_WSS_HOST="wss://stream.example.com")

    assert told.accepts_any_certificate is accepts
    row = told.row()
    assert row.stream is not None
    assert (row.certificates, row.stream.certificates) == (PUBLIC, PUBLIC)


# What is put right.


@pytest.mark.parametrize("host", ["https://auth.tesla.com", "https://auth.tesla.com/", "auth.tesla.com"])
def test_the_host_that_renewed_tokens_is_the_one_that_does_so_now(host: str) -> None:
    told = settings(TESLA_API_HOST=TESLAS, TESLA_AUTH_HOST=host, TESLA_AUTH_CLIENT_ID="0123-4567")

    assert (told.renewal, told.client_id) == (RENEWAL, "0123-4567")
    assert told.corrected == ("TESLA_AUTH_HOST",)


def test_where_nobody_renews_is_only_guessed_for_tesla_itself() -> None:
    assert settings(TESLA_API_HOST=TESLAS).renewal == RENEWAL
    china = "https://fleet-api.prd.cn.vn.cloud.tesla.cn"
    assert settings(TESLA_API_HOST=china).renewal == "https://auth.tesla.cn/oauth2/v3/token"
    assert settings().renewal == ""


def test_a_path_needs_no_slash() -> None:
    told = settings(TESLA_AUTH_HOST=API, TESLA_AUTH_PATH="api/oauth2/v3/")

    assert told.renewal == f"{API}/api/oauth2/v3/token"


def test_what_lacks_its_beginning_gets_it() -> None:
    told = settings(TESLA_API_HOST="api.example.com", TESLA_WSS_HOST="stream.example.com")

    assert (told.api, told.stream) == (API, "wss://stream.example.com")
    assert told.corrected == ("TESLA_API_HOST", "TESLA_WSS_HOST")
    assert settings(TESLA_WSS_HOST="https://stream.example.com").stream == "wss://stream.example.com"


# What is refused.


@pytest.mark.parametrize(
    ("told", "field", "reason"),
    [
        ({"TESLA_API_HOST": ""}, "TESLA_API_HOST", "missing"),
        ({"TESLA_API_HOST": "https://owner-api.teslamotors.com"}, "TESLA_API_HOST", "owner_api"),
        ({"TESLA_API_HOST": "https://owner-api.vn.cloud.tesla.cn"}, "TESLA_API_HOST", "owner_api"),
        ({"TESLA_WSS_HOST": "wss://streaming.vn.teslamotors.com"}, "TESLA_WSS_HOST", "owner_stream"),
        ({"TESLA_WSS_HOST": "wss://streaming.vn.cloud.tesla.cn"}, "TESLA_WSS_HOST", "owner_stream"),
        ({"TESLA_API_HOST": "http://api.example.com"}, "TESLA_API_HOST", "not_encrypted"),
        ({"TESLA_API_HOST": "http://localhost.example.com"}, "TESLA_API_HOST", "not_encrypted"),
        ({"TESLA_API_HOST": "ftp://api.example.com"}, "TESLA_API_HOST", "address"),
        ({"TESLA_API_HOST": "https://user:word@api.example.com"}, "TESLA_API_HOST", "address"),
        ({"TESLA_WSS_HOST": "ws://192.168.1.2:8081"}, "TESLA_WSS_HOST", "not_encrypted"),
        ({"TESLA_WSS_HOST": "wss://a b"}, "TESLA_WSS_HOST", "address"),
        ({"TESLA_AUTH_HOST": "https://"}, "TESLA_AUTH_HOST", "address"),
        ({"TESLA_AUTH_HOST": API, "TESLA_AUTH_PATH": "/a?b"}, "TESLA_AUTH_PATH", "address"),
        ({"TESLA_AUTH_CLIENT_ID": "two words"}, "TESLA_AUTH_CLIENT_ID", "client_id"),
        ({"TOKEN": "two words"}, "TOKEN", "token"),
        ({"TOKEN": "${TESLA_TOKEN}"}, "TOKEN", "placeholder"),
        ({"TOKEN": "$TOKEN"}, "TOKEN", "placeholder"),
        ({"TESLA_API_HOST": "https://${HOST}"}, "TESLA_API_HOST", "placeholder"),
    ],
)
def test_what_cannot_serve_is_named_with_a_word(told: dict[str, str], field: str, reason: str) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        settings(**told)

    assert (refused.value.field, refused.value.reason) == (field, reason)
    assert "word" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "nothing"), ("DATABASE_PASS=secret", "nothing"), ("x" * (LONGEST + 1), "too_long")],
)
def test_what_is_no_settings_is_refused(text: str, reason: str) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        read_settings(text)

    assert (refused.value.field, refused.value.reason) == ("", reason)


# Tokens.


@pytest.mark.parametrize(
    "text",
    [
        "x-1",
        "?token=x-1",
        "token=x-1",
        " '?token=x-1' ",
        "TOKEN=?token=x-1",
        'TOKEN="x-1"',
        "Bearer x-1",
        "https://api.example.com/?token=x-1&bypass=1",
        "\ufeff?token=x-1\u200b",
    ],
)
def test_a_token_is_taken_in_any_of_its_forms(text: str) -> None:
    assert plain_token(text) == "x-1"


@pytest.mark.parametrize("text", ["abc==", "eyJh.eyJz.c2ln", "a/b+c="])
def test_a_token_keeps_what_belongs_to_it(text: str) -> None:
    assert plain_token(text) == text
    assert plain_token(f"?token={text}") == text


@pytest.mark.parametrize("text", ["", "  ", "?token=", "x\ny", "é", "x" * (LONGEST_TOKEN + 1)])
def test_what_is_no_token_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        plain_token(text)

    assert str(refused.value) == "TOKEN: token"


def test_settings_show_no_secret() -> None:
    assert "x-1" not in repr(settings(TOKEN="x-1"))


# Who answers.


def test_myteslamate_is_known_by_its_address() -> None:
    told = read_settings(FILE)

    assert told.row() == MYTESLAMATE
    assert told.row(stream_certificates=PINNED) == myteslamate(stream_certificates=PINNED)


@pytest.mark.parametrize("host", ["https://API.MyTeslaMate.com/", "https://api.myteslamate.com:443"])
def test_myteslamate_is_known_however_its_address_is_written(host: str) -> None:
    assert (
        settings(TESLA_API_HOST=host, TESLA_WSS_HOST="wss://Streaming.MyTeslaMate.com").row() == MYTESLAMATE
    )


def test_whoever_else_answers_is_believed_as_the_user_says() -> None:
    told = settings(TESLA_AUTH_HOST=API, TESLA_WSS_HOST="wss://stream.example.com", TESLA_WSS_USE_VIN="1")
    row = told.row(PINNED)

    assert row.name == "teslamate_style"
    assert (row.base_of(""), row.token_url) == (API, f"{API}/oauth2/v3/token")
    assert row.certificates == PINNED
    assert row.stream is not None
    assert (row.stream.address, row.stream.tag) == ("wss://stream.example.com/streaming/", BY_VIN)
    assert row.stream.certificates == PINNED
    own = told.row(PINNED, PUBLIC).stream
    assert own is not None
    assert own.certificates == PUBLIC
    assert settings().row().stream is None


@given(st.one_of(st.text(), st.tuples(st.sampled_from(KNOWN), st.text()).map("=".join)))
def test_any_text_is_settings_or_refused(text: str) -> None:
    outcome: Any
    try:
        outcome = read_settings(text)
    except SettingsInvalid as error:
        outcome = error.reason

    assert isinstance(outcome, Settings) or outcome


def test_a_stream_alone_needs_no_api() -> None:
    told = {"TESLA_WSS_HOST": "wss://streaming.example.com", "TESLA_WSS_USE_VIN": "true"}
    with pytest.raises(SettingsInvalid):
        settings_of(told)
    row = settings_of(told, only_stream=True).row()

    assert (dict(row.bases), row.token_url) == ({}, "")
    assert row.stream is not None
    assert from_dict(row.to_dict()) == row
    pasted = "TESLA_WSS_HOST=wss://streaming.example.com\nTESLA_WSS_USE_VIN=true"
    assert read_settings(pasted, only_stream=True).row() == row
