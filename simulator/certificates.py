"""Authorities in the shape of Tesla's, and the certificates of cars and servers, made on the spot."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

type Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
type Digest = hashes.SHA256 | hashes.SHA512

CLIENT_AUTH = ExtendedKeyUsageOID.CLIENT_AUTH
SERVER_AUTH = ExtendedKeyUsageOID.SERVER_AUTH
ANY_PURPOSE = ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE

# Tesla's own purposes, production branch; what a certificate is for decides the client type.
TESLA = "1.3.6.1.4.1.49279.2."
VEHICLE_DEVICE = x509.ObjectIdentifier(TESLA + "5.1")
VEHICLE_WIFI = x509.ObjectIdentifier(TESLA + "5.1.1")
ENERGY_DEVICE = x509.ObjectIdentifier(TESLA + "5.2")
VEHICLE_BOARD = x509.ObjectIdentifier(TESLA + "5.11")
ENGINEERING_VEHICLE = x509.ObjectIdentifier(TESLA + "4.1")

RDN = {
    "CN": NameOID.COMMON_NAME,
    "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "O": NameOID.ORGANIZATION_NAME,
    "L": NameOID.LOCALITY_NAME,
    "ST": NameOID.STATE_OR_PROVINCE_NAME,
    "C": NameOID.COUNTRY_NAME,
}
OLD = "O=Tesla Motors, L=Palo Alto, ST=California, C=US"
FACTORY = "OU=Motors, OU=PKI, O=Tesla Inc., C=US"
ROOT = "OU=PKI, O=Tesla, C=US"

ISSUING_EXPIRED = "Tesla Issuing CA"
MOTORS_PRODUCTS = "Tesla Motors Products CA"
PRODUCT_RSA = "Tesla Motors Product RSA Issuing CA"
PRODUCT = "Tesla Motors Product Issuing CA"
PRODUCT_ACCESS = "Tesla Product Access Issuing CA"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an authority looks like.

    issuer:      common name; None signs itself
    key:         rsa, p256 or p521
    digest:      of the signature the issuer makes
    years:       validity before and after the day it is made; negative means it is over
    listed:      stands in Tesla's bundle; what does not has to be sent by the car
    any_purpose: carries the lone anyExtendedKeyUsage that OpenSSL takes for a refusal
    """

    name: str
    rest: str
    issuer: str | None
    key: str
    digest: Digest
    years: tuple[float, float] = (6.0, 6.0)
    listed: bool = True
    any_purpose: bool = False


SHA256, SHA512 = hashes.SHA256(), hashes.SHA512()
# The four trees of Tesla's production bundle. RSA keys have 2048 bits where Tesla's have 4096,
# because making eight of those takes a minute and no verifier cares.
AUTHORITIES = (
    Plan(name="Tesla Root CA", rest=OLD, issuer=None, key="rsa", digest=SHA256),
    Plan(name="Tesla Policy CA", rest=OLD, issuer="Tesla Root CA", key="rsa", digest=SHA256),
    Plan(
        name=ISSUING_EXPIRED,
        rest=OLD,
        issuer="Tesla Policy CA",
        key="rsa",
        digest=SHA256,
        years=(6.0, -1.5),
    ),
    Plan(name="Tesla Motors Root CA", rest="", issuer=None, key="rsa", digest=SHA256),
    Plan(
        name=MOTORS_PRODUCTS,
        rest="",
        issuer="Tesla Motors Root CA",
        key="rsa",
        digest=SHA256,
        any_purpose=True,
    ),
    Plan(name="Tesla Product RSA Root CA", rest=ROOT, issuer=None, key="rsa", digest=SHA512),
    Plan(name=PRODUCT_RSA, rest=FACTORY, issuer="Tesla Product RSA Root CA", key="rsa", digest=SHA512),
    Plan(
        name="Tesla Motors GF3 Product RSA Issuing CA",
        rest=FACTORY,
        issuer="Tesla Product RSA Root CA",
        key="rsa",
        digest=SHA512,
    ),
    Plan(name="Tesla Product Root CA", rest=ROOT, issuer=None, key="p521", digest=SHA512),
    *(
        Plan(name=name, rest=FACTORY, issuer="Tesla Product Root CA", key="p256", digest=SHA512)
        for name in (
            PRODUCT,
            "Tesla Motors GF3 Product Issuing CA",
            "Tesla Motors GF0 Product Issuing CA",
            "Tesla Motors GF Austin Product Issuing CA",
            "Tesla Motors GF Berlin Product Issuing CA",
        )
    ),
    Plan(
        name=PRODUCT_ACCESS,
        rest=FACTORY,
        issuer="Tesla Product Root CA",
        key="p256",
        digest=SHA512,
        listed=False,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A certificate with its private key, and the intermediates to be sent with it."""

    certificate: x509.Certificate
    key: Key
    chain: tuple[x509.Certificate, ...] = ()

    def certificate_pem(self) -> str:
        """Give the certificate and its chain, as a server or a car shows them."""
        shown = (self.certificate, *self.chain)
        return "".join(pem(certificate) for certificate in shown)

    def key_pem(self) -> str:
        """Give the private key, unencrypted."""
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()

    def write(self, path: Path) -> Path:
        """Write certificate, chain and key into one file that only its owner can read."""
        path.touch(mode=0o600)
        path.write_text(self.key_pem() + self.certificate_pem())
        return path


class Authorities:
    """Tesla's trees of trust, each authority made when it is first needed.

    `folder` keeps them, keys included, so that a demo started again has the same ones.
    """

    def __init__(self, *, folder: Path | None = None) -> None:
        """Know the plans; make nothing yet."""
        self._folder = folder
        self._plans = {plan.name: plan for plan in AUTHORITIES}
        self._made: dict[str, Credential] = {}

    def __getitem__(self, name: str) -> Credential:
        """Return an authority by its common name."""
        if name not in self._made:
            self._made[name] = self._load(name) or self._make(self._plans[name])
        return self._made[name]

    def bundle(self) -> str:
        """Give the listed certificates as Tesla publishes them: text between the PEM blocks."""
        names = sorted(plan.name for plan in AUTHORITIES if plan.listed)
        return "\n".join(described(self[name].certificate) for name in names)

    def car_certificate(  # noqa: PLR0913  # each is one thing that can be wrong with a car
        self,
        vin: str,
        *,
        issuer: str | Credential = PRODUCT,
        units: Sequence[str] = ("PKI",),
        purposes: Iterable[x509.ObjectIdentifier] | None = (CLIENT_AUTH, VEHICLE_DEVICE),
        days: tuple[float, float] = (30.0, 365.0),
        names_issuer: bool = True,
    ) -> Credential:
        """Make what a car shows.

        vin:          becomes the common name, dots and all
        issuer:       a name of ours, or a stranger's authority
        units:        organizational units, in this order
        purposes:     extended key usage; None leaves the extension out
        days:         validity before and after now; a negative number lies on the other side
        names_issuer: carries an authority key identifier
        """
        by = self[issuer] if isinstance(issuer, str) else issuer
        plan = self._plans.get(common_name(by.certificate))
        sent = (by.certificate,) if plan is not None and not plan.listed else ()
        now = datetime.now(UTC)
        subject = name_of(f"CN={vin}", *(f"OU={unit}" for unit in units), "O=Tesla Inc.", "C=US")
        key = new_key("p256")
        builder = begin(subject, key, by, now - timedelta(days[0]), now + timedelta(days[1]))
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        if purposes is not None:
            builder = builder.add_extension(x509.ExtendedKeyUsage(list(purposes)), critical=False)
        if names_issuer:
            builder = builder.add_extension(key_identifier_of(by), critical=False)
        return Credential(certificate=builder.sign(by.key, SHA256), key=key, chain=sent)

    def _make(self, plan: Plan) -> Credential:
        now = datetime.now(UTC)
        key = new_key(plan.key)
        by = self[plan.issuer] if plan.issuer else None
        subject = name_of(f"CN={plan.name}", *filter(None, plan.rest.split(", ")))
        begins, ends = (timedelta(365 * years) for years in plan.years)
        builder = begin(subject, key, by, now - begins, now + ends)
        made = authority(builder, key, by, digest=plan.digest, any_purpose=plan.any_purpose)
        if self._folder:
            self._folder.mkdir(parents=True, exist_ok=True)
            made.write(self._folder / f"{plan.name}.pem")
        return made

    def _load(self, name: str) -> Credential | None:
        path = self._folder / f"{name}.pem" if self._folder else None
        if path is None or not path.exists():
            return None
        data = path.read_bytes()
        key = serialization.load_pem_private_key(data, None)
        assert isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)  # noqa: S101  # our own file
        return Credential(certificate=x509.load_pem_x509_certificate(data), key=key)


def stranger(name: str = PRODUCT) -> Credential:
    """Make an authority that bears `name`, Tesla's by default, and is nobody we know."""
    key = new_key("p256")
    now = datetime.now(UTC)
    builder = begin(name_of(f"CN={name}"), key, None, now - timedelta(365), now + timedelta(3650))
    return authority(builder, key, None, digest=SHA256)


def server_certificate(by: Credential, *names: str, days: tuple[float, float] = (1.0, 90.0)) -> Credential:
    """Make what an HTTPS server shows; `names` are host names, or the loopback address."""
    key = new_key("p256")
    now = datetime.now(UTC)
    alternatives = [host_name(name) for name in names]
    builder = begin(name_of(f"CN={names[0]}"), key, by, now - timedelta(days[0]), now + timedelta(days[1]))
    builder = (
        builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([SERVER_AUTH]), critical=False)
        .add_extension(key_identifier_of(by), critical=False)
    )
    return Credential(certificate=builder.sign(by.key, SHA256), key=key)


def begin(
    subject: x509.Name, key: Key, by: Credential | None, begins: datetime, ends: datetime
) -> x509.CertificateBuilder:
    """Start a certificate with what all have: names, key, number and time."""
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(begins, ends - timedelta(1)))
        .not_valid_after(ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def authority(
    builder: x509.CertificateBuilder,
    key: Key,
    by: Credential | None,
    *,
    digest: Digest,
    any_purpose: bool = False,
) -> Credential:
    """Finish an authority; `by` None signs itself."""
    identifier = (
        key_identifier_of(by) if by else x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
    )
    usage = x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        crl_sign=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(identifier, critical=False)
        .add_extension(usage, critical=True)
    )
    if any_purpose:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ANY_PURPOSE]), critical=False)
    signing = by.key if by else key
    return Credential(certificate=builder.sign(signing, digest), key=key)


def key_identifier_of(by: Credential) -> x509.AuthorityKeyIdentifier:
    """Point to the authority's key the way its own certificate names it."""
    own = by.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own.value)


def new_key(kind: str) -> Key:
    """Make a private key."""
    if kind == "rsa":
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return ec.generate_private_key(ec.SECP521R1() if kind == "p521" else ec.SECP256R1())


def name_of(*parts: str) -> x509.Name:
    """Turn "CN=…", "O=…" into a name, in Tesla's order: the common name first."""
    pairs = (part.split("=", 1) for part in parts)
    return x509.Name([x509.NameAttribute(RDN[kind], text) for kind, text in pairs])


def host_name(name: str) -> x509.GeneralName:
    """Write a name for the list that clients compare with."""
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def common_name(certificate: x509.Certificate) -> str:
    """Return the subject's common name, empty if it has none."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else ""


def pem(certificate: x509.Certificate) -> str:
    """Give one certificate as text."""
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def described(certificate: x509.Certificate) -> str:
    """Give one certificate as text, under a few lines that say whose it is."""

    def line(name: x509.Name) -> str:
        shorts = {oid: short for short, oid in RDN.items()}
        return ", ".join(f"{shorts[part.oid]}={part.value!s}" for part in name)

    def day(moment: datetime) -> str:
        return moment.strftime("%b %d %H:%M:%S %Y GMT")

    return (
        f"Issuer: {line(certificate.issuer)}\n"
        "Validity\n"
        f"    Not Before: {day(certificate.not_valid_before_utc)}\n"
        f"    Not After : {day(certificate.not_valid_after_utc)}\n"
        f"Subject: {line(certificate.subject)}\n"
        f"{pem(certificate)}"
    )
