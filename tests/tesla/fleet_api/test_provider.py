from dataclasses import replace
import json
from typing import Any

import pytest

from custom_components.tesla_direct.tesla.errors import ProviderInvalid
from custom_components.tesla_direct.tesla.fleet_api.addresses import BY_ID, PUBLIC, Certificates, StreamHost
from custom_components.tesla_direct.tesla.fleet_api.claims import Claims
from custom_components.tesla_direct.tesla.fleet_api.provider import (
    CHINA,
    MYTESLAMATE,
    NONE,
    ROWS,
    TESLA,
    TESLEMETRY,
    Provider,
    custom,
    from_dict,
    myteslamate,
    named,
    teslamate_style,
    teslemetry,
)

EU = "https://fleet-api.prd.eu.vn.cloud.tesla.com"
NA = "https://fleet-api.prd.na.vn.cloud.tesla.com"
NO_CLAIMS = Claims(
    subject="account",
    scopes=frozenset(),
    region=None,
    client_id=None,
    audience=(),
    issued_at=None,
    expires_at=None,
)


def own(**changes: Any) -> Provider:
    row: dict[str, Any] = {
        "bases": {"home": "https://api.example.com/"},
        "authorize_url": "https://login.example.com/authorize",
        "token_url": "https://login.example.com/token",
        "trusted_suffixes": [".example.com"],
    }
    return custom(**row | changes)


def test_teslas_rows_are_found_by_name() -> None:
    assert named("tesla") is TESLA
    assert named("china") is CHINA
    with pytest.raises(ProviderInvalid) as refused:
        named("tessla")
    assert refused.value.field == "name"


def test_tokens_are_renewed_at_the_host_made_for_it() -> None:
    assert TESLA.token_url == "https://fleet-auth.prd.vn.cloud.tesla.com/oauth2/v3/token"


@pytest.mark.parametrize(
    ("claims", "refresh_token", "region"),
    [
        (replace(NO_CLAIMS, region="eu"), "NA_x", "eu"),
        (replace(NO_CLAIMS, region="mars"), "NA_x", "na"),
        (NO_CLAIMS, "EU_x", "eu"),
        (NO_CLAIMS, "eu_x", "eu"),
        (NO_CLAIMS, "EUx", None),
        (NO_CLAIMS, "CN_x", None),
        (replace(NO_CLAIMS, audience=(EU, "https://auth.tesla.com/oauth2/v3/userinfo")), "", "eu"),
        (replace(NO_CLAIMS, audience=(EU, NA)), "", None),
        (NO_CLAIMS, "", None),
    ],
)
def test_the_region_is_told_by_claim_then_prefix_then_audience(
    claims: Claims, refresh_token: str, region: str | None
) -> None:
    assert TESLA.region_of(claims, refresh_token) == region


def test_where_there_is_one_region_the_account_lives_there() -> None:
    assert CHINA.region_of(NO_CLAIMS) == "cn"


def test_the_base_of_a_region_is_looked_up() -> None:
    assert TESLA.base_of("eu") == EU
    assert TESLA.base_of("cn") is None
    assert TESLA.base_of(None) is None


def test_the_audience_comes_from_the_prefix_of_the_code_or_is_left_out() -> None:
    assert TESLA.audience_of("NA_0123") == NA
    assert TESLA.audience_of("0123") is None


@pytest.mark.parametrize(
    ("address", "base"),
    [
        (EU, EU),
        (EU + "/", EU),
        ("https://FLEET-API.prd.ap.vn.cloud.tesla.com", "https://fleet-api.prd.ap.vn.cloud.tesla.com"),
        ("https://owner-api.teslamotors.com", "https://owner-api.teslamotors.com"),
        ("https://fleet-api.prd.cn.vn.cloud.tesla.cn", "https://fleet-api.prd.cn.vn.cloud.tesla.cn"),
        ("https://tesla.com", None),
        ("https://evil-tesla.com", None),
        ("https://api.tesla.com.evil.org", None),
        ("https://user@api.tesla.com", None),
        ("https://evil.org#.tesla.com", None),
        ("https://evil.org\\.tesla.com", None),
        ("https://evil.org/.tesla.com", None),
        ("https://evil.org?.tesla.com", None),
        ("http://api.tesla.com", None),
        ("https://127.0.0.1", None),
        ("http://127.0.0.1:80", None),
        ("https://[::1", None),
        ("https://api.tesla.com:99999", None),
        ("api.tesla.com", None),
        ("", None),
    ],
)
def test_a_token_goes_to_teslas_hosts_alone(address: str, base: str | None) -> None:
    assert TESLA.trusted(address) == base


def test_a_custom_row_trusts_its_own_bases_and_suffixes_alone() -> None:
    row = own()

    assert row.trusted("https://api.example.com") == "https://api.example.com"
    assert row.trusted("https://eu.example.com:8443") == "https://eu.example.com:8443"
    assert row.trusted(EU) is None
    assert row.trusted("http://127.0.0.1:8080") is None
    assert own(trusted_suffixes=[]).trusted("https://eu.example.com") is None


def test_loopback_may_be_plain_http_and_leads_to_loopback_alone() -> None:
    row = own(bases={"na": "http://127.0.0.1:8001"}, trusted_suffixes=[], token_url="http://[::1]:9/token")

    assert row.trusted("http://localhost:8002") == "http://localhost:8002"
    assert row.trusted("https://127.0.0.1:8002") == "https://127.0.0.1:8002"
    assert row.trusted("http://192.168.1.2:8002") is None


def test_addresses_lose_the_slash_at_their_end() -> None:
    assert own().bases == {"home": "https://api.example.com"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"bases": {}}, "bases"),
        ({"bases": {"Not a region": EU}}, "bases"),
        ({"bases": {"na": "http://api.example.com"}}, "bases"),
        ({"bases": {"na": "http://192.168.1.2"}}, "bases"),
        ({"bases": {"na": "https://api.example.com?x=1"}}, "bases"),
        ({"authorize_url": "login.example.com"}, "authorize_url"),
        ({"authorize_url": "https://"}, "authorize_url"),
        ({"authorize_url": "https://login.example.com/#here"}, "authorize_url"),
        ({"token_url": "https://user:word@login.example.com"}, "token_url"),
        ({"token_url": "https://[::1"}, "token_url"),
        ({"token_url": "https://login.example.com:port"}, "token_url"),
        ({"trusted_suffixes": [".com"]}, "trusted_suffixes"),
        ({"trusted_suffixes": ["example.com"]}, "trusted_suffixes"),
        ({"trusted_suffixes": [""]}, "trusted_suffixes"),
    ],
)
def test_an_address_that_no_token_may_go_to_is_named(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ProviderInvalid) as refused:
        own(**changes)

    assert refused.value.field == field
    assert "word" not in str(refused.value)


@pytest.mark.parametrize("row", [TESLA, CHINA, own(), own(authority="-----BEGIN CERTIFICATE-----")])
def test_a_row_survives_being_stored(row: Provider) -> None:
    assert from_dict(row.to_dict()) == row


def test_teslas_rows_are_stored_by_name_so_that_an_update_can_move_a_host() -> None:
    assert TESLA.to_dict() == {"name": "tesla"}


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"name": "other"},
        {"name": "custom"},
        own().to_dict() | {"bases": None},
        own().to_dict() | {"bases": {"na": "http://example.com"}},
        own().to_dict() | {"trusted_suffixes": 7},
    ],
)
def test_a_stored_row_that_makes_no_sense_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(ProviderInvalid):
        from_dict(data)


# Services, and nobody at all


def test_every_row_is_found_again_by_what_is_stored_of_it() -> None:
    rows = [TESLA, CHINA, TESLEMETRY, NONE, own(), teslemetry("https://cars.example.com/", "PEM")]

    for row in rows:
        assert from_dict(json.loads(json.dumps(row.to_dict()))) == row
    assert [row.to_dict() for row in rows[:4]] == [
        {"name": name} for name in ("tesla", "china", "teslemetry", "none")
    ]


def test_teslemetry_has_one_address_and_no_regions() -> None:
    row = teslemetry()

    assert row is TESLEMETRY is named("teslemetry")
    assert row.base_of("") == "https://api.teslemetry.com"
    assert row.region_of(NO_CLAIMS, "NA_x") == ""
    assert row.audience_of("EU_x") is None
    assert row.trusted("https://eu.teslemetry.com") == "https://eu.teslemetry.com"
    assert row.trusted(EU) is None


def test_a_service_at_another_address_has_its_sign_in_there_too() -> None:
    row = teslemetry("http://127.0.0.1:8080/", "PEM")

    assert row.base_of("") == "http://127.0.0.1:8080"
    assert row.authorize_url == "http://127.0.0.1:8080/connect"
    assert row.token_url == "http://127.0.0.1:8080/oauth/token"
    assert row.register_url == "http://127.0.0.1:8080/oauth/register"
    assert (row.authority, row.wakes, row.unit) == ("PEM", True, "credits")
    assert row.trusted("https://api.teslemetry.com") is None
    with pytest.raises(ProviderInvalid, match="address"):
        teslemetry("http://192.168.1.2")


def test_nobody_has_no_address() -> None:
    assert named("none") is NONE
    assert (NONE.base_of(""), NONE.region_of(NO_CLAIMS), NONE.trusted(EU)) == (None, None, None)


def test_only_rows_for_applications_of_ones_own_are_offered_to_them() -> None:
    assert list(ROWS) == ["tesla", "china"]


def test_owners_pair_the_key_of_whoever_signs() -> None:
    page = "https://tesla.com/_ak/cars.example.com?vin=VIN"

    assert TESLA.pairing_page(domain="cars.example.com", vin="VIN") == page
    assert TESLA.pairing_page(domain="cars.example.com", vin="VIN", elsewhere=True) == page
    assert TESLEMETRY.pairing_page() == "https://tesla.com/_ak/teslemetry.com"
    assert TESLEMETRY.pairing_page(elsewhere=True) == "https://teslemetry.com/key"


# Who speaks as TeslaMate is used to.

PINNED = Certificates(fingerprint="0f" * 32)
OF_AUTHORITY = Certificates(authority="PEM")
LOOPBACK = "http://127.0.0.1:8080"


def test_myteslamate_signs_and_streams_and_neither_wakes_nor_retries() -> None:
    row = myteslamate()

    assert row is MYTESLAMATE or row == MYTESLAMATE
    assert row.to_dict() == {"name": "myteslamate"}
    assert row.base_of("") == "https://api.myteslamate.com"
    assert row.token_url == "https://api.myteslamate.com/api/oauth2/v3/token"
    assert (row.signs, row.wakes, row.retries, row.own_application) == (True, False, False, False)
    assert (row.json_renewal, row.lists_products) == (True, True)
    assert row.streams == ("legacy_stream",)
    assert row.stream is not None
    assert row.stream.address == "wss://streaming.myteslamate.com/streaming/"
    assert row.pairing_page(vin="VIN") == "https://app.myteslamate.com/fleet"
    assert row.trusted("https://eu.myteslamate.com") == "https://eu.myteslamate.com"
    assert row.trusted(EU) is None


def test_a_service_like_myteslamate_has_all_at_its_own_addresses() -> None:
    row = myteslamate(f"{LOOPBACK}/", "ws://127.0.0.1:8081", "PEM")

    assert row.base_of("") == LOOPBACK
    assert row.token_url == f"{LOOPBACK}/api/oauth2/v3/token"
    assert row.certificates == OF_AUTHORITY
    assert row.stream == StreamHost(url="ws://127.0.0.1:8081", certificates=OF_AUTHORITY)
    assert row.trusted("https://api.myteslamate.com") is None
    assert myteslamate(LOOPBACK).streams == ()


def test_whom_to_believe_at_api_and_stream_may_differ() -> None:
    row = myteslamate(stream_certificates=PINNED)

    assert row.certificates == PUBLIC
    assert row.stream is not None
    assert row.stream.certificates == PINNED
    assert row.base_of("") == "https://api.myteslamate.com"
    both = myteslamate(certificates=PINNED)
    assert both.stream is not None
    assert both.certificates == both.stream.certificates == PINNED


def test_addresses_as_teslamate_is_told_them_are_a_row() -> None:
    row = teslamate_style(
        address="https://api.example.com/",
        renewal="https://auth.example.com/oauth2/v3/token",
        stream=StreamHost(url="wss://stream.example.com/streaming/", tag=BY_ID, certificates=PINNED),
        certificates=OF_AUTHORITY,
    )

    assert (row.name, row.base_of("")) == ("teslamate_style", "https://api.example.com")
    assert row.token_url == "https://auth.example.com/oauth2/v3/token"
    assert row.certificates == OF_AUTHORITY
    assert row.stream == StreamHost(url="wss://stream.example.com", tag=BY_ID, certificates=PINNED)
    assert row.streams == ("legacy_stream",)
    assert (row.signs, row.wakes, row.pairing_page()) == (True, False, "")
    assert row.trusted("https://api.example.com") == "https://api.example.com"
    assert row.trusted("https://eu.api.example.com") is None


@pytest.mark.parametrize(
    ("address", "signs"), [("https://api.example.com", True), (EU, False), ("", True), (LOOPBACK, True)]
)
def test_tesla_itself_signs_nothing_whoever_asks(address: str, *, signs: bool) -> None:
    assert teslamate_style(address=address).signs is signs


def test_a_stream_alone_needs_no_api() -> None:
    row = teslamate_style(stream=StreamHost(url="wss://stream.example.com"))

    assert (row.bases, row.base_of(""), row.streams) == ({}, None, ("legacy_stream",))
    assert from_dict(json.loads(json.dumps(row.to_dict()))) == row


def test_without_a_stream_or_a_place_to_renew_there_is_none() -> None:
    row = teslamate_style(address="https://api.example.com")

    assert (row.token_url, row.stream, row.streams) == ("", None, ())


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("address", {"address": "http://api.example.com"}),
        ("renewal", {"renewal": "http://auth.example.com"}),
        ("stream", {"stream": StreamHost(url="ws://stream.example.com")}),
    ],
)
def test_no_token_goes_where_others_could_read_it(field: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(ProviderInvalid) as refused:
        teslamate_style(**{"address": "https://api.example.com"} | wrong)

    assert refused.value.field == field
    with pytest.raises(ProviderInvalid):
        myteslamate("http://192.168.1.2")


@pytest.mark.parametrize(
    "row",
    [
        MYTESLAMATE,
        myteslamate(stream_certificates=Certificates(verified=False)),
        myteslamate(LOOPBACK, "ws://127.0.0.1:8081", "PEM"),
        myteslamate(LOOPBACK, certificates=PINNED),
        teslamate_style(address="https://api.example.com"),
        teslamate_style(
            address="https://api.example.com",
            renewal="https://auth.example.com/token",
            stream=StreamHost(url="wss://stream.example.com", tag=BY_ID, certificates=PINNED),
            certificates=Certificates(verified=False),
        ),
    ],
)
def test_such_a_row_is_found_again_by_what_is_stored_of_it(row: Provider) -> None:
    assert from_dict(json.loads(json.dumps(row.to_dict()))) == row


def test_where_myteslamate_is_is_not_stored_so_that_an_update_can_move_it() -> None:
    assert myteslamate(stream_certificates=PINNED).to_dict()["address"] is None


@pytest.mark.parametrize(
    "broken",
    [
        {"stream": {}},
        {"stream": "wss://stream.example.com"},
        {"address": None},
        {"address": "http://example.com"},
        {"certificates": {"fingerprint": "0f"}},
        {"certificates": None},
    ],
)
def test_such_a_row_that_makes_no_sense_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(ProviderInvalid):
        from_dict(teslamate_style(address="https://api.example.com").to_dict() | broken)
    with pytest.raises(ProviderInvalid):
        from_dict({"name": "teslamate_style"})


@pytest.mark.parametrize(
    ("row", "here"),
    [
        (MYTESLAMATE, True),
        (TESLEMETRY, True),
        (teslamate_style(address="https://a.example", renewal="https://A.example/oauth2/v3/token"), True),
        (teslamate_style(address="https://a.example", renewal="https://a.example:8443/token"), False),
        (teslamate_style(address="https://a.example", renewal="https://auth.example/token"), False),
    ],
)
def test_who_is_believed_at_an_api_of_teslamate_s_kind_is_not_believed_wherever_tokens_are_renewed(
    row: Provider, *, here: bool
) -> None:
    assert row.renewed_here is here
