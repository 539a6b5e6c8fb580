"""From where an address can be reached, and whose it is if it belongs to a known tunnel or relay."""

from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network


class Reach(StrEnum):
    """From where an address can be reached."""

    PUBLIC = "public"
    PRIVATE = "private"
    CARRIER_GRADE = "carrier_grade"  # a provider's own: many customers share what the world sees
    LOOPBACK = "loopback"
    LINK_LOCAL = "link_local"
    OTHER = "other"  # for documents, multicast, the future


# RFC 1918 and 4193; RFC 6598, where overlay networks such as Tailscale live as well.
PRIVATE = tuple(map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")))
CARRIER_GRADE = ip_network("100.64.0.0/10")
# Cloudflare publishes them; behind them TLS always ends at Cloudflare.
CLOUDFLARE = tuple(
    map(
        ip_network,
        (
            "103.21.244.0/22",
            "103.22.200.0/22",
            "103.31.4.0/22",
            "104.16.0.0/13",
            "104.24.0.0/14",
            "108.162.192.0/18",
            "131.0.72.0/22",
            "141.101.64.0/18",
            "162.158.0.0/15",
            "172.64.0.0/13",
            "173.245.48.0/20",
            "188.114.96.0/20",
            "190.93.240.0/20",
            "197.234.240.0/22",
            "198.41.128.0/17",
            "2400:cb00::/32",
            "2405:8100::/32",
            "2405:b500::/32",
            "2606:4700::/32",
            "2803:f800::/32",
            "2a06:98c0::/29",
            "2c0f:f248::/32",
        ),
    )
)
# What host names end in that belong to a tunnel or a relay, or what its certificates are for.
RELAYS = {
    ".ui.nabu.casa": "Home Assistant Cloud",
    ".ts.net": "Tailscale Funnel",
    ".trycloudflare.com": "Cloudflare",
    ".cfargotunnel.com": "Cloudflare",
    ".cloudflaressl.com": "Cloudflare",
    ".ngrok.io": "ngrok",
    ".ngrok.app": "ngrok",
    ".ngrok-free.app": "ngrok",
    ".ngrok.dev": "ngrok",
    ".ngrok-free.dev": "ngrok",
    ".loca.lt": "localtunnel",
    ".devtunnels.ms": "Microsoft dev tunnels",
}


def reach_of(address: str) -> Reach:
    """Return from where an address can be reached."""
    ip = _unwrapped(address)
    if ip.is_loopback:
        return Reach.LOOPBACK
    if ip.is_link_local:
        return Reach.LINK_LOCAL
    if ip.version == 4 and ip in CARRIER_GRADE:
        return Reach.CARRIER_GRADE
    if any(ip in network for network in PRIVATE if network.version == ip.version):
        return Reach.PRIVATE
    return Reach.PUBLIC if ip.is_global and not ip.is_multicast else Reach.OTHER


def relay_of(address: str, names: tuple[str, ...]) -> str | None:
    """Return which tunnel or relay an address or one of the host names belongs to, None if to none known.

    names: the public host name, and those that the certificate is for
    """
    for name in names:
        for suffix, relay in RELAYS.items():
            if name.lower().rstrip(".").endswith(suffix):
                return relay
    ip = _unwrapped(address)
    if any(ip in network for network in CLOUDFLARE if network.version == ip.version):
        return "Cloudflare"
    return None


def _unwrapped(address: str) -> IPv4Address | IPv6Address:
    """Return an address without its zone; one of IPv4 in the clothes of IPv6 as what it is."""
    ip = ip_address(address.partition("%")[0])
    return (ip.ipv4_mapped or ip) if isinstance(ip, IPv6Address) else ip
