"""The certificates of a run: the simulated authorities, the cars', and the receiver's own."""

from dataclasses import dataclass
from pathlib import Path
import ssl
import time

from custom_components.tesla_direct.tesla.fleet_telemetry import certificate
from custom_components.tesla_direct.tesla.fleet_telemetry.certificate import Pair
from simulator.certificates import Authorities, stranger

from .frames import vin

HOST = "cars.example.com"


@dataclass(frozen=True, slots=True)
class Certificates:
    """Where they lie.

    bundle:    authorities of the cars
    authority: ours, which cars are given
    server:    what the receiver shows
    """

    folder: Path
    bundle: str
    authority: Pair
    server: Pair

    def client_context(self, number: int | str) -> ssl.SSLContext:
        """Return how a car connects; `stranger` has a certificate that nobody of Tesla's has issued."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=self.authority.certificate)
        context.load_cert_chain(self.folder / f"{number}.pem")
        return context


def make(folder: Path, cars: int) -> Certificates:
    """Make all of them, or read those of an earlier run."""
    folder.mkdir(parents=True, exist_ok=True)
    authorities = Authorities(folder=folder / "authorities")
    for number in range(1, cars + 1):
        path = folder / f"{number}.pem"
        if not path.exists():
            authorities.car_certificate(vin(number)).write(path)
    if not (folder / "stranger.pem").exists():
        authorities.car_certificate(vin(1), issuer=stranger()).write(folder / "stranger.pem")
    kept = [folder / name for name in ("ca.crt", "ca.key", "server.crt", "server.key")]
    if not all(path.exists() for path in kept):
        authority = certificate.make_authority(time.time())
        server = certificate.issue(authority, HOST, time.time())
        texts = (authority.certificate, authority.key, server.certificate, server.key)
        for path, text in zip(kept, texts, strict=True):
            path.touch(mode=0o600)
            path.write_text(text)
    ca, ca_key, crt, key = (path.read_text() for path in kept)
    return Certificates(folder, authorities.bundle(), Pair(ca, ca_key), Pair(crt, key))
