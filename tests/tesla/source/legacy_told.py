"""Frames of a legacy stream as services write them."""

import json
from typing import Any

VIN = "5YJ3E7EB0SF000001"
OTHER_VIN = "7SAYGDEF1SA000002"
STRANGER = "5YJ3E7EB0SF999999"
NOW = 1_791_368_401.5
COLUMNS = (
    "speed",
    "odometer",
    "soc",
    "elevation",
    "est_heading",
    "est_lat",
    "est_lng",
    "power",
    "shift_state",
    "range",
    "est_range",
    "heading",
)
HELLO = {"msg_type": "control:hello", "connection_timeout": 30000}


def value(at: float = NOW - 1, **columns: object) -> str:
    """Write columns; those that are not given are empty."""
    assert set(columns) <= set(COLUMNS)
    return ",".join([str(round(at * 1000)), *(str(columns.get(name, "")) for name in COLUMNS)])


def update(tag: str = VIN, at: float = NOW - 1, **columns: object) -> dict[str, Any]:
    return {"msg_type": "data:update", "tag": tag, "value": value(at, **columns)}


def error(kind: str, said: str | None = None, tag: str = VIN) -> dict[str, Any]:
    frame = {"msg_type": "data:error", "tag": tag, "error_type": kind}
    return frame if said is None else frame | {"value": said}


def refusal(detail: str) -> dict[str, Any]:
    return {"msg_type": "error", "error_detail": detail, "connection_timeout": 30000}


def hello(tag: str) -> dict[str, Any]:
    return HELLO | {"msg_type": f"control:hello:{tag}"}


def record(vin: str = VIN, created: str = "2026-10-07T10:20:00.500Z", **fields: Any) -> dict[str, Any]:
    data = [{"key": name, "value": told} for name, told in fields.items()]
    return {"vin": vin, "createdAt": created, "data": data}


def frame(said: Any) -> bytes:
    return said if isinstance(said, bytes) else json.dumps(said).encode()
