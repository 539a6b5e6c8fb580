import pytest

from custom_components.tesla_direct.tesla.fleet_telemetry.reach import Reach, reach_of, relay_of


@pytest.mark.parametrize(
    ("address", "reach"),
    [
        ("93.184.216.34", Reach.PUBLIC),
        ("2a00:1450:4001:830::200e", Reach.PUBLIC),
        ("10.1.2.3", Reach.PRIVATE),
        ("172.16.0.1", Reach.PRIVATE),
        ("172.31.255.255", Reach.PRIVATE),
        ("172.32.0.1", Reach.PUBLIC),
        ("192.168.178.20", Reach.PRIVATE),
        ("fd12:3456::1", Reach.PRIVATE),
        ("100.64.0.1", Reach.CARRIER_GRADE),
        ("100.127.255.254", Reach.CARRIER_GRADE),
        ("100.63.255.255", Reach.PUBLIC),
        ("100.128.0.0", Reach.PUBLIC),
        ("127.0.0.1", Reach.LOOPBACK),
        ("::1", Reach.LOOPBACK),
        ("169.254.7.7", Reach.LINK_LOCAL),
        ("fe80::1%eth0", Reach.LINK_LOCAL),
        ("::ffff:192.168.1.1", Reach.PRIVATE),
        ("::ffff:100.64.0.1", Reach.CARRIER_GRADE),
        ("203.0.113.7", Reach.OTHER),
        ("2001:db8::1", Reach.OTHER),
        ("240.0.0.1", Reach.OTHER),
        ("0.0.0.0", Reach.OTHER),  # noqa: S104  # nobody binds to it
        ("224.0.0.1", Reach.OTHER),
        ("ff0e::1", Reach.OTHER),
    ],
)
def test_from_where_an_address_is_reached(address: str, reach: Reach) -> None:
    assert reach_of(address) is reach


@pytest.mark.parametrize(
    ("address", "names", "relay"),
    [
        ("93.184.216.34", ("telemetry.example.org",), None),
        ("93.184.216.34", ("telemetry.example.org", "*.ui.nabu.casa"), "Home Assistant Cloud"),
        ("93.184.216.34", ("abc.UI.nabu.casa.",), "Home Assistant Cloud"),
        ("93.184.216.34", ("node.tail1234.ts.net",), "Tailscale Funnel"),
        ("93.184.216.34", ("ts.net.example.org",), None),
        ("104.21.3.4", ("telemetry.example.org",), "Cloudflare"),
        ("2606:4700::6810:1", ("telemetry.example.org",), "Cloudflare"),
        ("::ffff:172.67.1.2", ("telemetry.example.org",), "Cloudflare"),
        ("192.168.1.2", ("abc.trycloudflare.com",), "Cloudflare"),
        ("93.184.216.34", ("abc.ngrok-free.app",), "ngrok"),
    ],
)
def test_a_relay_is_known_by_name_or_address(address: str, names: tuple[str, ...], relay: str | None) -> None:
    assert relay_of(address, names) == relay
