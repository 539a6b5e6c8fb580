"""Whoever owns the application: a key, where it is served, and what is signed with it."""

import base64
import hashlib
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from simulator.car.keychain import made_up_key
from simulator.cloud import curve
from simulator.world import World

from .client import Client, Reply

DOMAIN = "home.example.org"
CA = "-----BEGIN CERTIFICATE-----\nnone that anybody reads here\n-----END CERTIFICATE-----\n"
JWS = "/api/1/vehicles/fleet_telemetry_config_jws"


class Developer:
    """Signs with a key of its own making."""

    def __init__(self, name: str = "developer") -> None:
        key = made_up_key(name)
        public = key.public_key()
        self.public = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        self._scalar = key.private_numbers().private_value

    def sign(self, message: bytes) -> bytes:
        """Sign with a nonce that a test can make again."""
        nonce = int.from_bytes(hashlib.sha256(b"nonce" + message).digest()) % curve.ORDER
        point = curve.write(curve.combine(nonce, curve.base(), 0, curve.NOWHERE))
        parts = (curve.write(curve.base()), point, self.public, message)
        hashed = hashlib.sha256(b"".join(len(part).to_bytes(4) + part for part in parts)).digest()
        response = (nonce - self._scalar * int.from_bytes(hashed)) % curve.ORDER
        return point[1:] + response.to_bytes(32)

    def token(self, claims: dict[str, Any], header: dict[str, Any] | None = None) -> str:
        """Sign a configuration for the fleet, unless its claims say otherwise."""
        said = {
            "iss": base64.b64encode(self.public).decode(),
            "aud": "com.tesla.fleet.TelemetryClient",
            **claims,
        }
        head = header or {"alg": "Tesla.SS256", "typ": "JWT"}
        text = ".".join(packed(json.dumps(part).encode()) for part in (head, said))
        return f"{text}.{packed(self.sign(text.encode()))}"

    async def send(self, client: Client, *vins: str, **claims: Any) -> Reply:
        """Give a configuration to cars, a small one unless told otherwise."""
        token = self.token(configuration() | claims)
        return await client.post(JWS, {"vins": list(vins), "token": token})

    def serve(self, world: World, domain: str = DOMAIN) -> None:
        """Serve the key, and allow its domain."""
        world.cloud.serve_at(domain, self.pem)

    async def partner(self, client: Client, region: str = "eu", **changes: str) -> Reply:
        """Ask for a token of the application itself."""
        form = {
            "grant_type": "client_credentials",
            "client_secret": client.application.client_secret,
            "audience": client.world.cloud.bases[region],
            "scope": "openid vehicle_device_data",
        }
        return await client.token(**(form | changes))

    async def register(self, client: Client, region: str = "eu", domain: object = DOMAIN) -> Reply:
        """Register a domain in a region, with a token of its own."""
        bearer = (await self.partner(client, region)).body["access_token"]
        headers = {"Authorization": f"Bearer {bearer}"}
        path = "/api/1/partner_accounts"
        return await client.ask("POST", path, region, json={"domain": domain}, headers=headers)

    async def ask(self, client: Client, path: str, region: str = "eu", **query: str) -> Reply:
        """Read something as the application itself."""
        bearer = (await self.partner(client, region)).body["access_token"]
        headers = {"Authorization": f"Bearer {bearer}"}
        return await client.ask("GET", path, region, params=query, headers=headers)


def configuration(**fields: Any) -> dict[str, Any]:
    """Make a configuration; a number is an interval."""
    rows = fields or {"Soc": 60}
    return {
        "hostname": "telemetry.example.org",
        "port": 8443,
        "ca": CA,
        "fields": {
            name: row if isinstance(row, dict) else {"interval_seconds": row} for name, row in rows.items()
        },
    }


def packed(data: bytes) -> str:
    """Encode as base64url without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def other_curve() -> str:
    """Return a key of another curve, as a file."""
    key = ec.generate_private_key(ec.SECP384R1()).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
