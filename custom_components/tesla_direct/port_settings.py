"""What a telemetry port is set up with, and which certificate follows from it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
import ssl
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding

from .tesla.errors import CertificateError, ChainIncomplete
from .tesla.fleet_telemetry import tls
from .tesla.fleet_telemetry.authority import read_bundle
from .tesla.fleet_telemetry.certificate import Pair, is_due, issue, make_authority, read_chain
from .tesla.fleet_telemetry.forwarded import Forwarding, read_peers
from .tesla.fleet_telemetry.requests import Proxied

DEFAULT_PORT = 8443
DEFAULT_PUBLIC_PORT = 443
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  # cars come from outside

OWN = "own"  # where the server certificate comes from
FILES = "files"

DAY = 86_400.0
SOON = (
    14 * DAY
)  # before its end a certificate should have been renewed; what does that for people has by then
SHARE = 0.2  # of its life, for certificates that live for days only


@dataclass(frozen=True, slots=True, kw_only=True)
class PortSettings:
    """One telemetry port, as the user set it up. Kept in the domain's store; one record per port.

    port:             where we listen
    addresses:        on which addresses of this machine
    host, public_port: what cars are told
    certificate:      "own" or "files"
    certificate_file, key_file: paths, with "files"
    ca:               what cars hold to verify our certificate, or their proxy's (PEM)
    next_ca:          what they need besides before the file on disk can be shown; empty if nothing
    authority:        with "own", our authority
    leaf:             what is shown: issued by it, or read from the files when they were last good
    bundle:           the authorities that vouch for cars (PEM)
    peers, secret:    from where, and with what proof, a proxy that ends TLS hands certificates on
    outside_at:       when somebody from outside first reached the port, seconds since 1970
    """

    port: int
    addresses: tuple[str, ...] = EVERYWHERE
    host: str
    public_port: int = DEFAULT_PUBLIC_PORT
    certificate: str = OWN
    certificate_file: str | None = None
    key_file: str | None = None
    ca: str = ""
    next_ca: str = ""
    authority: Pair | None = None
    leaf: Pair | None = None
    bundle: str
    peers: tuple[str, ...] = ()
    secret: str = field(default="", repr=False)
    outside_at: float | None = None

    @property
    def ca_for_cars(self) -> str:
        """What the configuration of cars has to carry, so that what comes next can be shown."""
        return self.ca + self.next_ca

    def to_dict(self) -> dict[str, Any]:
        """Return what is stored."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> PortSettings:
        """Return what was stored.

        Raises: AttributeError, KeyError, TypeError, ValueError if that can be no port
        """
        pairs = {name: Pair(**data[name]) if data[name] else None for name in ("authority", "leaf")}
        lists = {name: tuple(data.get(name, ())) for name in ("addresses", "peers")}
        read_peers(lists["peers"])
        return cls(**{**data, **pairs, **lists})


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What a port needs to shake hands.

    settings: as they are from now on
    context:  shows our certificate to cars
    proxied:  the proxy in front of the port, if there is one
    refused:  why the files on disk are not shown, if something older is
    """

    settings: PortSettings
    context: ssl.SSLContext
    proxied: Proxied | None
    refused: CertificateError | None

    @property
    def leaf(self) -> Pair:
        """What is shown."""
        assert self.settings.leaf is not None  # noqa: S101  # `prepare` has chosen it
        return self.settings.leaf


def prepare(settings: PortSettings, now: float) -> Prepared:
    """Load our certificate, or issue it anew when its time has come. Blocks.

    now: seconds since 1970

    Raises: CertificateError if there is none that could be shown
    """
    refused = None
    if settings.certificate == OWN:
        settings = replace(settings, leaf=_own_leaf(settings, now))
        if not settings.peers:
            tls.verify_server(_leaf(settings), settings.host, settings.ca)
    elif settings.peers:  # what cars are shown is the proxy's
        settings = replace(settings, leaf=_files(settings))
    else:
        settings, refused = _newest_good(settings)
    authorities = read_bundle(settings.bundle.encode())
    proxied = None
    if settings.peers:
        proxied = Proxied(
            forwarding=Forwarding(read_peers(settings.peers), settings.secret),
            context=tls.server_context(_leaf(settings), authorities, now, optional=True),
            authorities=authorities,
        )
    context = tls.server_context(_leaf(settings), authorities, now)
    return Prepared(settings=settings, context=context, proxied=proxied, refused=refused)


def _leaf(settings: PortSettings) -> Pair:
    assert settings.leaf is not None  # noqa: S101  # it has just been chosen
    return settings.leaf


def _own_leaf(settings: PortSettings, now: float) -> Pair:
    assert settings.authority is not None  # noqa: S101  # `own_certificate` made it
    if settings.leaf is None or is_due(settings.leaf, settings.host, now):
        return issue(settings.authority, settings.host, now)
    return settings.leaf


def _files(settings: PortSettings) -> Pair:
    return tls.read_files(settings.certificate_file or "", settings.key_file or "")


def _newest_good(settings: PortSettings) -> tuple[PortSettings, CertificateError | None]:
    """Return the settings with the files as `leaf`, or with what they were when cars would still believe it.

    In the second case with the reason; and with what cars need so that the files can be shown, if that is
    all they lack.

    Raises: CertificateError if there is nothing to show
    """
    next_ca = ""
    try:
        pair = _files(settings)
        try:
            tls.verify_server(pair, settings.host, settings.ca)
        except ChainIncomplete:
            next_ca = _authority_of(pair, settings)
            raise
    except CertificateError as error:
        if settings.leaf is not None:
            try:
                # Of what cars hold, only what is still needed: it would grow with each new authority.
                ca = tls.verify_server(settings.leaf, settings.host, settings.ca)
            except CertificateError:
                pass  # so there is nothing older to show, either
            else:
                return replace(settings, ca=ca if next_ca else settings.ca, next_ca=next_ca), error
        if next_ca:  # cars that hold the old one believe nothing any more; those to come will
            return replace(settings, leaf=pair, next_ca=next_ca), error
        raise
    return replace(settings, leaf=pair, next_ca=""), None


def _authority_of(pair: Pair, settings: PortSettings) -> str:
    """Return what verifies a certificate: what the user has named, this machine's authorities, its own chain.

    Empty if nothing does.
    """
    chain = read_chain(pair.certificate.encode())
    above = "".join(one.public_bytes(Encoding.PEM).decode() for one in chain[1:])
    for ca in (settings.next_ca, None, above):
        if ca != "":
            try:
                return tls.verify_server(pair, settings.host, ca)
            except CertificateError:
                continue
    return ""


def own_certificate(settings: PortSettings, known: Iterable[PortSettings], now: float) -> PortSettings:
    """Return the settings with a certificate of our own; the authority is one for all ports. Blocks.

    known: the other ports
    """
    authorities = (other.authority for other in known)
    authority = settings.authority or next(filter(None, authorities), None) or make_authority(now)
    leaf = settings.leaf
    issued = leaf is not None and leaf.certificate.endswith(authority.certificate)
    if leaf is None or not issued or is_due(leaf, settings.host, now):
        leaf = issue(authority, settings.host, now)
    # Behind a proxy it is the proxy's certificate that cars are shown.
    ca = settings.ca if settings.peers else authority.certificate
    return replace(settings, certificate=OWN, authority=authority, leaf=leaf, ca=ca, next_ca="")


def with_files(settings: PortSettings, ca_file: str | None) -> PortSettings:
    """Return the settings with what cars have to be given to verify the user's files. Blocks.

    Cars that were told of another authority are shown what they know until they have heard of this one.

    Raises: CertificateError
    """
    ca = tls.read_file(ca_file) if ca_file else None
    needed = tls.verify_server(_files(settings), settings.host, ca)
    settings = replace(settings, certificate=FILES, next_ca="")
    if needed == settings.ca or settings.leaf is None:
        return replace(settings, ca=needed)
    try:
        tls.verify_server(settings.leaf, settings.host, settings.ca)
    except CertificateError:
        return replace(settings, ca=needed)  # it has another name, or they could not verify it anyway
    return replace(settings, next_ca=needed)


def signature(settings: PortSettings) -> tuple[tuple[int, ...], ...]:
    """Return what changes when the user's files do; empty where there are none to see. Blocks."""
    seen = []
    for path in (settings.certificate_file, settings.key_file):
        if path is None:
            return ()
        try:
            status = Path(path).stat()
        except OSError:
            return ()
        seen.append((status.st_mtime_ns, status.st_size, status.st_ino))
    return tuple(seen)


def near_end(settings: PortSettings, now: float) -> float | None:
    """Return when what cars see or hold ends, if that is soon; in seconds since 1970, as `now` is. Blocks."""
    if settings.peers:  # of a proxy's we know what vouches for it
        chain = read_chain(settings.ca.encode()) if settings.ca else []
    else:
        leaf = _leaf(settings)
        held = tls.verify_server(leaf, settings.host, settings.ca_for_cars)
        chain = [read_chain(leaf.certificate.encode())[0], *read_chain(held.encode())]
    ends = []
    for one in chain:
        begin, end = one.not_valid_before_utc.timestamp(), one.not_valid_after_utc.timestamp()
        if end - now < min(SOON, (end - begin) * SHARE):
            ends.append(end)
    return min(ends, default=None)
