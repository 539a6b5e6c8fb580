"""What a Home Assistant has on its disk once nobody is asked any more: an owner, a dashboard, addresses."""

import base64
from dataclasses import dataclass, field
import secrets
import time
from typing import Any
import uuid

import bcrypt
import jwt

LOGIN = "demo"  # name and password of the owner, for who opens the page from another address


@dataclass(frozen=True, slots=True)
class Owner:
    """The one user: ids of the user and of a refresh token, and the key that signs tokens by it."""

    user: str = field(default_factory=lambda: secrets.token_hex(16))
    refresh: str = field(default_factory=lambda: secrets.token_hex(16))
    key: str = field(default_factory=lambda: secrets.token_hex(16))

    def token(self) -> str:
        """Return a long-lived access token."""
        now = int(time.time())
        return jwt.encode({"iss": self.refresh, "iat": now, "exp": now + 10**8}, self.key, algorithm="HS256")


def storage(owner: Owner, port: int, public_url: str, dashboard: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the files of its storage by name."""
    return {
        name: {"version": version, "minor_version": minor, "key": name, "data": data}
        for name, version, minor, data in (
            ("auth", 1, 1, _auth(owner)),
            ("auth_provider.homeassistant", 1, 1, {"users": [_login()]}),
            ("onboarding", 4, 1, {"done": ["user", "core_config", "analytics", "integration"]}),
            ("core.config", 1, 4, CORE_CONFIG | {"external_url": public_url}),
            ("http", 2, 2, _http(port)),
            ("lovelace_dashboards", 1, 1, {"items": [DASHBOARD_ITEM]}),
            ("lovelace.cars", 1, 1, {"config": dashboard}),
            (f"frontend.user_data_{owner.user}", 1, 1, {"core": {"default_panel": "cars"}}),
        )
    }


CORE_CONFIG = {
    "latitude": 51.4779,
    "longitude": -0.0015,
    "elevation": 10,
    "unit_system_v2": "metric",
    "location_name": "Home",
    "time_zone": "Europe/London",
    "internal_url": None,
    "currency": "GBP",
    "country": "GB",
    "language": "en",
    "radius": 100,
}
DASHBOARD_ITEM = {
    "id": "cars",
    "url_path": "cars",
    "title": "Cars",
    "icon": "mdi:car-electric",
    "require_admin": False,
    "show_in_sidebar": True,
    "mode": "storage",
}


def _auth(owner: Owner) -> dict[str, Any]:
    return {
        "users": [
            {
                "id": owner.user,
                "group_ids": ["system-admin"],
                "is_owner": True,
                "is_active": True,
                "name": "Owner",
                "system_generated": False,
                "local_only": False,
            }
        ],
        "groups": [
            {"id": "system-admin", "name": "Administrators"},
            {"id": "system-users", "name": "Users"},
            {"id": "system-read-only", "name": "Read Only"},
        ],
        "credentials": [
            {
                "id": uuid.uuid4().hex,
                "user_id": owner.user,
                "auth_provider_type": "homeassistant",
                "auth_provider_id": None,
                "data": {"username": LOGIN},
            }
        ],
        "refresh_tokens": [
            {
                "id": owner.refresh,
                "user_id": owner.user,
                "client_id": None,
                "client_name": "demo",
                "client_icon": None,
                "token_type": "long_lived_access_token",
                "created_at": "2026-01-01T00:00:00+00:00",
                "access_token_expiration": 10**8,
                "token": uuid.uuid4().hex,
                "jwt_key": owner.key,
                "last_used_at": None,
                "last_used_ip": None,
                "expire_at": None,
                "credential_id": None,
                "version": "2026.10.4",
            }
        ],
    }


def _login() -> dict[str, str]:
    hashed = bcrypt.hashpw(LOGIN.encode(), bcrypt.gensalt(rounds=4))
    return {"username": LOGIN, "password": base64.b64encode(hashed).decode()}


def _http(port: int) -> dict[str, Any]:
    return {
        "stable": {
            "server_host": ["127.0.0.1"],
            "server_port": port,
            "cors_allowed_origins": [],
            "login_attempts_threshold": -1,
            "ip_ban_enabled": False,
            "ssl_profile": "modern",
            "use_x_frame_options": True,
            "created_at": "2026-01-01T00:00:00+00:00",
            "error": None,
            "error_message": None,
        },
        "pending": None,
        "yaml_migration_done": True,
    }
