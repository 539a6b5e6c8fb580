"""What users enter for a domain, and what Home Assistant knows of its own."""

from homeassistant.core import HomeAssistant
import pytest

from custom_components.tesla_direct.hosts import (
    NoDomain,
    async_cloud_domain,
    async_public_domain,
    async_public_port,
    read_domain,
)


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("tesla.example.com", "tesla.example.com"),
        ("  Tesla.Example.COM. ", "tesla.example.com"),
        ("https://tesla.example.com/", "tesla.example.com"),
        ("http://tesla.example.com/lovelace?kiosk#top", "tesla.example.com"),
        ("HTTPS://tesla.example.com:443", "tesla.example.com"),
        ("tesla.example.com/.well-known/appspecific", "tesla.example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("https://STRASSE.example:443/x", "strasse.example"),
        ("straße.example", "xn--strae-oqa.example"),  # which is somebody else's than strasse.example
        ("a" * 63 + ".example.com", "a" * 63 + ".example.com"),
    ],
)
def test_a_domain_is_taken_however_it_is_written(text: str, domain: str) -> None:
    assert read_domain(text) == domain


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "domain_invalid"),
        ("https://", "domain_invalid"),
        ("a..b", "domain_invalid"),
        ("-a.example.com", "domain_invalid"),
        ("a b.example.com", "domain_invalid"),
        ("ä" * 70, "domain_invalid"),
        ("user:secret@tesla.example.com", "domain_invalid"),
        ("tesla.example.com:port", "domain_invalid"),
        ("tesla.example.com:99999", "domain_invalid"),
        ("[tesla.example.com", "domain_invalid"),
        ("example", "domain_invalid"),
        ("1.2.3", "domain_invalid"),
        ("*.example.com", "domain_invalid"),
        ("localhost", "domain_private"),
        ("homeassistant.local", "domain_private"),
        ("ha.home.arpa", "domain_private"),
        ("https://ha.lan:8123", "domain_private"),
        ("127.0.0.1", "domain_is_address"),
        ("http://192.0.2.1:8123/", "domain_is_address"),
        ("[::1]", "domain_is_address"),
        ("2001:db8::1", "domain_is_address"),
        ("home.example.com:8123", "domain_with_port"),
    ],
)
def test_what_is_none_is_refused_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(NoDomain, match=f"^{reason}$"):
        read_domain(text)


@pytest.mark.parametrize(
    ("url", "domain", "port"),
    [
        (None, None, None),
        ("https://home.example.com", "home.example.com", 443),
        ("http://home.example.com", "home.example.com", 80),
        ("https://home.example.com:8123", "home.example.com", 8123),
        ("http://homeassistant.local:8123", None, 8123),
        ("http://192.0.2.1:8123", None, None),
    ],
)
async def test_the_address_of_home_assistant_names_a_domain(
    hass: HomeAssistant, url: str | None, domain: str | None, port: int | None
) -> None:
    await hass.config.async_update(external_url=url)

    assert async_public_domain(hass) == domain
    assert async_public_port(hass) == port
    assert async_cloud_domain(hass) is None
