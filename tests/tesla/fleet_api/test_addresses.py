import pytest

from custom_components.tesla_direct.tesla.errors import ProviderInvalid
from custom_components.tesla_direct.tesla.fleet_api.addresses import (
    BY_ID,
    BY_VIN,
    PUBLIC,
    Certificates,
    StreamHost,
    address_of,
    checked,
    fingerprint_of,
    is_loopback,
    stream_address_of,
)

FINGERPRINT = "0f" * 32
STREAM = "wss://stream.example.com"


def test_a_fingerprint_is_taken_however_it_is_written() -> None:
    assert fingerprint_of(" ".join(["0F"] * 32)) == FINGERPRINT
    with pytest.raises(ProviderInvalid, match="64 hex digits"):
        fingerprint_of("0f:0f")


def test_without_a_choice_the_public_authorities_are_believed() -> None:
    assert Certificates() == PUBLIC
    assert Certificates.from_dict({}) == PUBLIC


@pytest.mark.parametrize(
    "certificates",
    [
        PUBLIC,
        Certificates(authority="PEM"),
        Certificates(fingerprint=FINGERPRINT),
        Certificates(verified=False),
    ],
)
def test_who_is_believed_survives_being_stored(certificates: Certificates) -> None:
    assert Certificates.from_dict(certificates.to_dict()) == certificates


@pytest.mark.parametrize("stored", [None, 0, "", "no"])
def test_only_an_explicit_no_ends_the_checks(stored: object) -> None:
    assert Certificates.from_dict({"verified": stored}).verified
    with pytest.raises(ProviderInvalid):
        Certificates.from_dict({"fingerprint": "0f"})


def test_a_stream_survives_being_stored() -> None:
    stream = StreamHost(url=STREAM, tag=BY_ID, certificates=Certificates(fingerprint=FINGERPRINT))

    assert StreamHost.from_dict(stream.to_dict()) == stream
    assert StreamHost.from_dict({"url": STREAM, "tag": "name"}) == StreamHost(url=STREAM, tag=BY_VIN)


def test_a_web_socket_is_opened_where_streams_are() -> None:
    assert StreamHost(url=STREAM).address == "wss://stream.example.com/streaming/"


@pytest.mark.parametrize(
    ("entered", "address"),
    [
        (STREAM, STREAM),
        (" WSS://stream.example.com/ ", STREAM),
        ("wss://stream.example.com/streaming/", STREAM),
        ("wss://stream.example.com:8081/tesla", "wss://stream.example.com:8081/tesla"),
        ("ws://127.0.0.1:8081", "ws://127.0.0.1:8081"),
        ("ws://[::1]:8081/", "ws://[::1]:8081"),
        ("wss://Stream.example.com:443/Tesla", "wss://stream.example.com/Tesla"),
        ("wss://stream.example.com:443/streaming/", STREAM),
    ],
)
def test_the_address_of_a_stream_is_what_its_path_is_appended_to(entered: str, address: str) -> None:
    assert stream_address_of("stream", entered) == address


@pytest.mark.parametrize(
    "entered",
    [
        "",
        "stream.example.com",
        "https://stream.example.com",
        "ws://192.168.1.2:8081",
        "wss://",
        "wss://a?b=c",
    ],
)
def test_a_token_goes_to_no_stream_that_others_could_read(entered: str) -> None:
    with pytest.raises(ProviderInvalid) as refused:
        stream_address_of("stream", entered)

    assert refused.value.field == "stream"


def test_an_address_loses_the_slash_at_its_end_and_says_what_is_wrong() -> None:
    assert address_of("api", " https://api.example.com/v1/ ") == "https://api.example.com/v1"
    assert address_of("api", "HTTPS://API.example.com:443/V1") == "https://api.example.com/V1"
    assert address_of("api", "http://localhost:443") == "http://localhost:443"
    with pytest.raises(ProviderInvalid, match=r"api: .*https://"):
        address_of("api", "http://api.example.com")
    with pytest.raises(ValueError, match="no host name"):
        checked("https://-")
    with pytest.raises(ValueError, match="not an address"):
        checked("https://api.example.com:port")


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True),
        ("127.8.0.1", True),
        ("::1", True),
        ("192.168.1.2", False),
        ("localhost.de", False),
    ],
)
def test_the_way_to_this_machine_is_known(host: str, *, loopback: bool) -> None:
    assert is_loopback(host) is loopback
