"""A configuration as the dialogues leave it: the entry, its port, and the token of a sign-in."""

from collections.abc import Iterable
import json
from pathlib import Path
import shutil
import time
from typing import Any

from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.port_settings import PortSettings
from demo.home import PROJECT
from simulator.world import World

from .certificates import HOST, Certificates
from .frames import vin

ENTRY = "bench"
CLOSED_PORT = "http://127.0.0.1:1"  # where no cloud answers
NO_CLOUD: dict[str, Any] = {
    "bases": {"eu": CLOSED_PORT},
    "authorize_url": f"{CLOSED_PORT}/authorize",
    "token_url": f"{CLOSED_PORT}/token",
    "client_id": "bench",
    "account": "bench",
    "token": None,
}
SCOPES = ["openid", "offline_access", "vehicle_device_data", "vehicle_location"]


def hold_back(folder: Path) -> None:
    """Have the entry wait until it is enabled: Home Assistant gets its clock first."""
    file = folder / ".storage" / "core.config_entries"
    document = json.loads(file.read_text())
    document["data"]["entries"][0]["disabled_by"] = "user"
    file.write_text(json.dumps(document))


def prepare(folder: Path, made: Certificates, cars: int, cloud: dict[str, Any] | None) -> None:
    """Write it into an empty folder.

    cloud: addresses, client id, account and token of a simulated cloud; without one none is reached. May
           have the key that signs, the scopes that were granted, the entry's options, what its data say
           instead, its subentries, and their tokens
    """
    cloud = cloud or NO_CLOUD
    shutil.rmtree(folder, ignore_errors=True)
    storage = folder / ".storage"
    storage.mkdir(parents=True)
    (folder / "custom_components").symlink_to(PROJECT / "custom_components")
    port = PortSettings(
        port=0,
        addresses=("127.0.0.1",),
        host=HOST,
        authority=made.authority,
        leaf=made.server,
        ca=made.authority.certificate,
        bundle=made.bundle,
    )
    provider = {
        "name": "custom",
        "bases": cloud["bases"],
        "authorize_url": cloud["authorize_url"],
        "token_url": cloud["token_url"],
        "trusted_suffixes": [],
        "authority": None,
    }
    entry = {
        "entry_id": ENTRY,
        "domain": DOMAIN,
        "title": "Bench",
        "unique_id": cloud["account"],
        "version": 1,
        "minor_version": 1,
        "source": "user",
        "data": {
            "auth_implementation": DOMAIN,
            "provider": provider,
            "region": "eu",
            "client_id": cloud["client_id"],
            "scopes": cloud.get("scopes", SCOPES),
            "vehicles": {vin(number): f"Car {number}" for number in range(1, cars + 1)},
            "receiver": 0,
            "signed_in_at": 0.0,
            **cloud.get("data", {}),
        },
        "options": cloud.get("options", {}),
        "subentries": cloud.get("subentries", []),
        "discovery_keys": {},
        "disabled_by": None,
        "pref_disable_new_entities": False,
        "pref_disable_polling": False,
        "created_at": "2026-01-01T00:00:00+00:00",
        "modified_at": "2026-01-01T00:00:00+00:00",
    }
    key: dict[str, Any] = {"private_key": cloud.get("key"), "origin": "file", "is_new": False, "domains": {}}
    tokens = ({cloud["account"]: cloud["token"]} if cloud["token"] else {}) | cloud.get("tokens", {})
    for name, minor, data in (
        (f"{DOMAIN}.key", 1, key),
        (f"{DOMAIN}.ports", 1, {"ports": [port.to_dict()]}),
        (f"{DOMAIN}.tokens", 1, tokens),
        ("core.config_entries", 5, {"entries": [entry]}),
    ):
        content = {"version": 1, "minor_version": minor, "key": name, "data": data}
        (storage / name).write_text(json.dumps(content))


def signed_in(world: World, scopes: Iterable[str] = SCOPES) -> dict[str, Any]:
    """Sign in, and return what the configuration says of it."""
    cloud = world.cloud
    books = cloud.books
    cloud.account.consents[books.application.client_id] = frozenset(scopes)
    answer = books.tokens.sign_in(cloud.account, books.application, sorted(scopes))
    now = time.time()
    return {
        "scopes": sorted(scopes),
        "bases": cloud.bases,
        "authorize_url": cloud.authorize_url,
        "token_url": cloud.token_url,
        "client_id": books.application.client_id,
        "account": cloud.account.sub,
        "token": {
            "access_token": answer["access_token"],
            "refresh_token": answer["refresh_token"],
            "expires_at": now + answer["expires_in"],
            "received_at": now,
            "scopes": sorted(scopes),
            "previous_refresh_token": None,
        },
    }
