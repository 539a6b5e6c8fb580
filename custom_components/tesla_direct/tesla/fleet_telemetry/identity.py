"""Who is on the other side: a verified client certificate into VIN and client type.

The certificate was verified by TLS before; how it got here (a TLS connection of ours, or a trusted proxy
that hands it on) does not matter to this file.
"""

from dataclasses import dataclass

from cryptography import x509
from cryptography.x509.oid import ExtensionOID, NameOID

from ..errors import WireError

VEHICLE = "vehicle_device"

# Issuers whose word is enough, and what they issue for (telemetry protocol, section 2.3, group A).
TYPE_BY_ISSUER = {
    "TeslaMotors": VEHICLE,
    "Tesla Issuing CA": VEHICLE,
    "Tesla Motors Products CA": VEHICLE,
}
BOARD_ISSUER = "Tesla Motors Products CA"
BOARD_UNIT = "Tesla Motors SN"
BOARD = "vehicle_board_device"

# Issuers of all kinds of devices; the extended key usage says which (group B).
ISSUERS_BY_USAGE = frozenset(
    {
        "Tesla Motors Product Issuing CA",
        "Tesla Motors Product RSA Issuing CA",
        "Tesla Motors GF3 Product Issuing CA",
        "Tesla Motors GF3 Product RSA Issuing CA",
        "Tesla Energy Product Issuing CA",
        "Tesla Energy GF0 Product Issuing CA",
        "Tesla Motors GF0 Product Issuing CA",
        "Tesla Motors GF Austin Product Issuing CA",
        "Tesla Motors GF Berlin Product Issuing CA",
        "Tesla Product Access Issuing CA",
        "Tesla China Product Access Issuing CA",
        "Tesla GF0 Product Access Issuing CA",
        "Tesla GF3 Product Access Issuing CA",
        "Tesla GF Austin Product Access Issuing CA",
        "Tesla GF Berlin Product Access Issuing CA",
    }
)
TESLA_USAGES = "1.3.6.1.4.1.49279.2."
EXCLUDED = f"{TESLA_USAGES}5.1.1"  # a Wi-Fi certificate
TYPE_BY_USAGE = {
    f"{TESLA_USAGES}{world}.{number}": name
    for world in (4, 5)  # engineering, production
    for number, name in {
        1: VEHICLE,
        11: BOARD,
        2: "energy_device",
        12: "das_device",
        14: "vehicle_service",
        15: "das_service",
        16: "energy_service",
        28: "robotics_device",
    }.items()
}
TYPE_BY_UNIT = {"Solar Inverter": "solar_inverter_device", "Gen3 Wall Connector": "wall_connector_device"}

# What the parser raises where a certificate breaks the rules of X.509.
UNREADABLE = (
    ValueError,
    TypeError,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)


class Unauthorized(WireError):
    """The certificate is genuine, but not one that may stream.

    reason: `unauthorized` or `excluded`, as the official server calls them
    """

    def __init__(self, reason: str) -> None:
        """Keep the reason."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a certificate belongs to; for a vehicle, `device_id` is the VIN."""

    client_type: str
    device_id: str

    @property
    def sender_id(self) -> str:
        """Return the name under which it sends."""
        return f"{self.client_type}.{self.device_id}"


def identify(certificate: bytes) -> Identity:
    """Tell who a verified leaf certificate (DER) belongs to.

    Raises: Unauthorized if it is nobody who may stream; WireError if it cannot be read
    Source: telemetry protocol, section 2.3; tests/vectors/telemetry/identity.json
    """
    try:
        leaf = x509.load_der_x509_certificate(certificate)
        name = _common_name(leaf.subject)
        client_type = _client_type(leaf)
    except UNREADABLE as error:
        raise WireError("a client certificate that cannot be read") from error
    return Identity(client_type, name.replace(".", "-"))


def _client_type(leaf: x509.Certificate) -> str:
    issuer = _common_name(leaf.issuer)
    units = [str(unit.value) for unit in leaf.subject if unit.oid == NameOID.ORGANIZATIONAL_UNIT_NAME]
    if issuer == BOARD_ISSUER and units[:1] == [BOARD_UNIT]:
        return BOARD
    if issuer in TYPE_BY_ISSUER:
        return TYPE_BY_ISSUER[issuer]
    if issuer not in ISSUERS_BY_USAGE:
        raise Unauthorized("unauthorized")
    for usage in _usages(leaf):
        if usage == EXCLUDED:
            raise Unauthorized("excluded")
        if usage in TYPE_BY_USAGE:
            by_unit = (TYPE_BY_UNIT[unit] for unit in units if unit in TYPE_BY_UNIT)
            return next(by_unit, TYPE_BY_USAGE[usage])
    raise Unauthorized("unauthorized")


def _usages(leaf: x509.Certificate) -> list[str]:
    """Return the extended key usages in the certificate's order; the standard ones are in no list of ours."""
    try:
        extension = leaf.extensions.get_extension_for_oid(ExtensionOID.EXTENDED_KEY_USAGE)
    except x509.ExtensionNotFound:
        return []
    assert isinstance(extension.value, x509.ExtendedKeyUsage)  # noqa: S101  # what that OID stands for
    return [usage.dotted_string for usage in extension.value]


def _common_name(name: x509.Name) -> str:
    """Return the common name, of several the last as the official server does, empty if there is none."""
    attributes = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(attributes[-1].value) if attributes else ""
