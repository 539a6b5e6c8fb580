"""A car's certificate that a proxy hands on: read from its header, and verified again.

Where a proxy has to end TLS, it asks for the car's certificate and passes it on. Nobody else can be believed
to do that: the header counts only from a named address, beside a secret that both know, and only as far as
the chain leads to Tesla. What TLS would have looked at is looked at here.

Source: RFC 9440; nginx, `$ssl_client_escaped_cert`; telemetry protocol, sections 2.2 and 2.3
"""

import base64
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hmac import compare_digest
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
import re
from urllib.parse import unquote_to_bytes

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    Policy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from ..errors import WireError
from .authority import PEM_BLOCK, Authority
from .identity import UNREADABLE

type Network = IPv4Network | IPv6Network

CERTIFICATE = "Client-Cert"
CHAIN = "Client-Cert-Chain"  # what the car has sent beside its own; few proxies hand it on
SECRET = "X-Tesla-Direct-Secret"  # noqa: S105  # the name of the header that carries it
SENT = 8  # certificates beside a car's that are looked at; Tesla's own chains have three
DEPTH = 3  # certificates between a car's and the one of Tesla's we know; today there is one at most
MAPPED = 96  # bits before an IPv4 address that is written as IPv6
SECRET_LENGTH = 16  # characters it has at least

BYTES = re.compile(r":([A-Za-z0-9+/]*={0,2}):")  # RFC 8941, section 3.3.5, as RFC 9440 demands it
PEM_BEGIN = "-----BEGIN"
PURPOSES = (ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE)


class NotForwarded(WireError):
    """What claims to be handed on is not believed.

    reason: a word for it, as it is counted
    """

    def __init__(self, reason: str) -> None:
        """Keep the reason."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Forwarding:
    """Who may hand certificates on.

    peers:  addresses and networks from which the proxy calls us
    secret: what it proves itself with
    """

    peers: tuple[Network, ...]
    secret: str = field(repr=False)

    def names(self, address: str) -> bool:
        """Tell whether somebody who calls from an address may be the proxy."""
        try:
            known = ip_address(address)
        except ValueError:  # no address at all, or one of a form that nobody has named
            return False
        if isinstance(known, IPv6Address) and known.ipv4_mapped:
            known = known.ipv4_mapped
        return any(known in network for network in self.peers)

    def read(
        self,
        *,
        secrets: Iterable[str],
        certificates: Iterable[str],
        chains: Iterable[str],
        authorities: Iterable[Authority],
        now: float,
    ) -> bytes:
        """Return the verified certificate (DER) of a car that a named peer hands on.

        secrets, certificates, chains: the values of the three headers, each as often as it came
        authorities: Tesla's
        now:         seconds since 1970

        Raises: NotForwarded
        """
        given = list(secrets)
        if len(given) != 1 or not compare_digest(_bytes(given[0]), _bytes(self.secret)):
            raise NotForwarded("wrong_secret")
        # A proxy that adds to what a stranger has sent instead of replacing it hands on two.
        match list(certificates):
            case []:
                raise NotForwarded("without_certificate")
            case [value] if not value or value in ("::", "(null)"):
                raise NotForwarded("without_certificate")
            case [value]:
                leaf = _read(value)
            case _:
                raise NotForwarded("more_than_one_certificate")
        sent = [one for line in chains for value in line.split(",") if (one := value.strip())]
        if len(sent) > SENT:
            raise NotForwarded("too_long_a_chain")
        return _verified(leaf, [_read(one) for one in sent], authorities, now)


def read_peers(addresses: Iterable[str]) -> tuple[Network, ...]:
    """Read addresses and networks, such as `192.0.2.7` and `172.30.33.0/24`.

    Raises: ValueError
    """
    return tuple(_plain(ip_network(address.strip(), strict=False)) for address in addresses)


def _plain(network: Network) -> Network:
    """Return IPv4 that is written as IPv6 as what it is: so `names` compares it, and so wide it is."""
    if isinstance(network, IPv4Network) or network.prefixlen < MAPPED:
        return network
    within = network.network_address.ipv4_mapped
    return IPv4Network((within, network.prefixlen - MAPPED)) if within else network


def _bytes(text: str) -> bytes:
    """Return the bytes of a text that may have been none: headers are whatever was sent."""
    return text.encode(errors="surrogateescape")


def _read(value: str) -> x509.Certificate:
    """Read one certificate: the bytes of RFC 9440, or nginx's escaped PEM.

    Raises: NotForwarded
    """
    try:
        if value.startswith(PEM_BEGIN):
            (block,) = PEM_BLOCK.findall(unquote_to_bytes(value))
            return x509.load_der_x509_certificate(base64.b64decode(block))
        if match := BYTES.fullmatch(value):
            return x509.load_der_x509_certificate(base64.b64decode(match[1], validate=True))
    except UNREADABLE as error:
        raise NotForwarded("unreadable_certificate") from error
    raise NotForwarded("unreadable_certificate")


def _verified(
    leaf: x509.Certificate, sent: list[x509.Certificate], authorities: Iterable[Authority], now: float
) -> bytes:
    today = datetime.fromtimestamp(now, UTC)
    anchors = [one.der for one in authorities if one.expires > today]
    if not anchors:
        raise NotForwarded("no_authority")
    verifier = (
        PolicyBuilder()
        .store(Store([x509.load_der_x509_certificate(der) for der in anchors]))
        .time(today)
        .max_chain_depth(DEPTH)
        .extension_policies(ca_policy=_OF_AUTHORITIES, ee_policy=_OF_CARS)
        .build_client_verifier()
    )
    try:
        chain = verifier.verify(leaf, sent).chain
    except VerificationError:
        raise NotForwarded("certificate_not_verified") from None  # it names whose certificate that is
    except UNREADABLE:  # each part is read when it is needed, and be it for the library's own message
        raise NotForwarded("unreadable_certificate") from None
    return chain[0].public_bytes(Encoding.DER)


def _may_sign(_policy: Policy, _certificate: x509.Certificate, extension: x509.KeyUsage | None) -> None:
    if extension and not extension.key_cert_sign:
        raise ValueError("an authority that may not sign certificates")


def _for_clients(
    _policy: Policy, _certificate: x509.Certificate, extension: x509.ExtendedKeyUsage | None
) -> None:
    if extension and not any(purpose in extension for purpose in PURPOSES):
        raise ValueError("not for clients")


# As Tesla's own server verifies: no name is asked for, and a certificate without purposes is for all of them.
_OF_CARS = ExtensionPolicy.permit_all().may_be_present(
    x509.ExtendedKeyUsage, Criticality.AGNOSTIC, _for_clients
)
_OF_AUTHORITIES = (
    ExtensionPolicy.permit_all()
    .require_present(x509.BasicConstraints, Criticality.AGNOSTIC, None)  # and it has to say so
    .may_be_present(x509.KeyUsage, Criticality.AGNOSTIC, _may_sign)
    .may_be_present(x509.ExtendedKeyUsage, Criticality.AGNOSTIC, _for_clients)
)
