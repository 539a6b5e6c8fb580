"""From certificate to client type: table 2.3 of the telemetry protocol, whole."""

from datetime import UTC, datetime, timedelta
import json
from pathlib import Path
import random
import warnings

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
import pytest

from custom_components.tesla_direct.tesla.errors import WireError
from custom_components.tesla_direct.tesla.fleet_telemetry.identity import Identity, Unauthorized, identify

VIN = "5YJ3E1EA7KF000001"
TESLA = "1.3.6.1.4.1.49279.2."
KEY = ec.generate_private_key(ec.SECP256R1())
VECTORS = Path(__file__).parents[2] / "vectors" / "telemetry" / "identity.json"

GROUP_A = ("TeslaMotors", "Tesla Issuing CA", "Tesla Motors Products CA")
GROUP_B = """
Tesla Motors Product Issuing CA
Tesla Motors Product RSA Issuing CA
Tesla Motors GF3 Product Issuing CA
Tesla Motors GF3 Product RSA Issuing CA
Tesla Energy Product Issuing CA
Tesla Energy GF0 Product Issuing CA
Tesla Motors GF0 Product Issuing CA
Tesla Motors GF Austin Product Issuing CA
Tesla Motors GF Berlin Product Issuing CA
Tesla Product Access Issuing CA
Tesla China Product Access Issuing CA
Tesla GF0 Product Access Issuing CA
Tesla GF3 Product Access Issuing CA
Tesla GF Austin Product Access Issuing CA
Tesla GF Berlin Product Access Issuing CA
""".strip().splitlines()
B = GROUP_B[0]
USAGES = {
    "1": "vehicle_device",
    "11": "vehicle_board_device",
    "2": "energy_device",
    "12": "das_device",
    "14": "vehicle_service",
    "15": "das_service",
    "16": "energy_service",
    "28": "robotics_device",
}


def leaf(
    *,
    issuer: str | None = B,
    usages: tuple[str, ...] | None = None,
    units: tuple[str, ...] = (),
    cn: tuple[str, ...] = (VIN,),
) -> bytes:
    """Make a certificate; usages beginning with a dot are Tesla's."""
    names = [x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit) for unit in units]
    names += [x509.NameAttribute(NameOID.COMMON_NAME, name) for name in cn]
    issuers = [x509.NameAttribute(NameOID.COMMON_NAME, issuer)] if issuer is not None else []
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name(names))
        .issuer_name(x509.Name([*issuers, x509.NameAttribute(NameOID.COUNTRY_NAME, "US")]))
        .public_key(KEY.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(1))
    )
    if usages is not None:
        oids = [x509.ObjectIdentifier(TESLA + usage[1:] if usage[0] == "." else usage) for usage in usages]
        builder = builder.add_extension(x509.ExtendedKeyUsage(oids), critical=False)
    return builder.sign(KEY, hashes.SHA256()).public_bytes(Encoding.DER)


def refusal(certificate: bytes) -> str:
    with pytest.raises(Unauthorized) as caught:
        identify(certificate)
    return caught.value.reason


@pytest.mark.parametrize("issuer", GROUP_A)
def test_the_word_of_an_old_issuer_is_enough(issuer: str) -> None:
    assert identify(leaf(issuer=issuer)) == Identity("vehicle_device", VIN)
    assert identify(leaf(issuer=issuer, usages=(".5.2", ".5.1.1"))) == Identity("vehicle_device", VIN)
    assert identify(leaf(issuer=issuer, units=("Solar Inverter",))) == Identity("vehicle_device", VIN)


def test_a_board_is_told_by_its_first_unit() -> None:
    unit, issuer = "Tesla Motors SN", "Tesla Motors Products CA"

    assert identify(leaf(issuer=issuer, units=(unit,))).client_type == "vehicle_board_device"
    assert identify(leaf(issuer=issuer, units=(unit, "x"))).client_type == "vehicle_board_device"
    assert identify(leaf(issuer=issuer, units=("x", unit))).client_type == "vehicle_device"
    assert identify(leaf(issuer=issuer, units=(unit + " ",))).client_type == "vehicle_device"
    assert identify(leaf(issuer="Tesla Issuing CA", units=(unit,))).client_type == "vehicle_device"


@pytest.mark.parametrize("issuer", GROUP_B)
@pytest.mark.parametrize("world", ["4", "5"])
def test_a_usage_says_what_a_new_issuers_certificate_is_for(issuer: str, world: str) -> None:
    for number, client_type in USAGES.items():
        assert identify(leaf(issuer=issuer, usages=(f".{world}.{number}",))).client_type == client_type


@pytest.mark.parametrize(
    ("usages", "client_type"),
    [
        ((".5.2", ".5.1"), "energy_device"),
        ((".5.1", ".5.2"), "vehicle_device"),
        ((ExtendedKeyUsageOID.CLIENT_AUTH.dotted_string, ".5.1"), "vehicle_device"),
        ((ExtendedKeyUsageOID.SERVER_AUTH.dotted_string, ".4.1"), "vehicle_device"),
        ((ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE.dotted_string, ".5.11"), "vehicle_board_device"),
        ((".5.99", ".5.1"), "vehicle_device"),
        ((".4.1.1", ".5.1"), "vehicle_device"),
        ((".5.1", ".5.1.1"), "vehicle_device"),
    ],
)
def test_the_first_usage_that_is_known_decides(usages: tuple[str, ...], client_type: str) -> None:
    assert identify(leaf(usages=usages)).client_type == client_type


@pytest.mark.parametrize(
    ("usages", "reason"),
    [
        ((".5.1.1",), "excluded"),
        ((".5.1.1", ".5.1"), "excluded"),
        (None, "unauthorized"),
        ((ExtendedKeyUsageOID.CLIENT_AUTH.dotted_string,), "unauthorized"),
        ((".5.3",), "unauthorized"),
        ((".6.1",), "unauthorized"),
        ((".5.1.2",), "unauthorized"),
        ((".5",), "unauthorized"),
        (("1.3.6.1.4.1.49279.25.1",), "unauthorized"),
    ],
)
def test_without_a_usage_that_counts_it_is_refused(usages: tuple[str, ...] | None, reason: str) -> None:
    assert refusal(leaf(usages=usages)) == reason
    assert refusal(leaf(usages=usages, units=("Solar Inverter",))) == reason


@pytest.mark.parametrize(
    ("units", "client_type"),
    [
        (("Solar Inverter",), "solar_inverter_device"),
        (("Gen3 Wall Connector",), "wall_connector_device"),
        (("x", "Solar Inverter"), "solar_inverter_device"),
        (("Gen3 Wall Connector", "Solar Inverter"), "wall_connector_device"),
        (("solar inverter",), "energy_device"),
        (("Tesla Motors SN",), "energy_device"),
    ],
)
def test_a_unit_says_what_kind_of_energy_device_it_is(units: tuple[str, ...], client_type: str) -> None:
    assert identify(leaf(usages=(".5.2",), units=units)).client_type == client_type


@pytest.mark.parametrize(
    "issuer", [None, "Tesla", "tesla issuing ca", "Tesla Issuing CA ", "Tesla Motors Root CA", "R3"]
)
def test_any_other_issuer_is_refused(issuer: str | None) -> None:
    assert refusal(leaf(issuer=issuer, usages=(".5.1",))) == "unauthorized"


def test_dots_of_the_name_become_dashes() -> None:
    identity = identify(leaf(usages=(".5.1",), cn=("a.b..c",)))

    assert identity == Identity("vehicle_device", "a-b--c")
    assert identity.sender_id == "vehicle_device.a-b--c"


def test_without_a_name_the_device_has_none() -> None:
    assert identify(leaf(usages=(".5.1",), cn=())).sender_id == "vehicle_device."


def test_of_several_names_the_last_counts_as_for_the_official_server() -> None:
    assert identify(leaf(usages=(".5.1",), cn=("first", "last"))).device_id == "last"


@pytest.mark.parametrize("certificate", [b"", b"\x30", b"no certificate", b"\x30\x80" + bytes(40)])
def test_what_is_no_certificate_is_refused(certificate: bytes) -> None:
    with pytest.raises(WireError, match="cannot be read"):
        identify(certificate)


def test_a_certificate_of_another_version_is_refused() -> None:
    good = leaf(usages=(".5.1",))
    version = good.index(b"\xa0\x03\x02\x01\x02") + 4

    with pytest.raises(WireError, match="cannot be read"):
        identify(good[:version] + b"\x09" + good[version + 1 :])


def test_a_certificate_with_trailing_bytes_is_refused() -> None:
    with pytest.raises(WireError, match="cannot be read"):
        identify(leaf(usages=(".5.1",)) + b"\0")


def test_a_damaged_certificate_is_read_or_refused() -> None:
    cases = json.loads(VECTORS.read_text())["cases"]
    pems = [x509.load_pem_x509_certificate(case["certificate_pem"].encode()) for case in cases]
    good = [certificate.public_bytes(Encoding.DER) for certificate in pems]
    draw = random.Random(1)  # noqa: S311  # the same damage each time
    outcomes = set[str]()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what the parser puts up with
        for _ in range(20_000):
            damaged = bytearray(draw.choice(good))
            for _ in range(draw.randint(1, 3)):
                damaged[draw.randrange(min(len(damaged), 450))] = draw.randrange(256)
            try:
                identify(bytes(damaged))
                outcomes.add("read")
            except WireError as error:
                outcomes.add(str(error))

    assert outcomes == {"read", "unauthorized", "excluded", "a client certificate that cannot be read"}
