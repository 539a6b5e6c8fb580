"""Answers of the cloud, and the bodies of its refusals."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
import json
from typing import Any

JSON = "application/json; charset=utf-8"
DOCS = "https://developer.tesla.com/docs/fleet-api"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One HTTP answer; a body that is no text is sent as JSON.

    cut:  the connection ends in the middle of the body
    lost: it never comes: "drop" hangs up, "hang" lets wait
    """

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    lost: str = ""

    @property
    def text(self) -> str:
        """Return the body as it is sent."""
        if self.body is None:
            return ""
        return self.body if isinstance(self.body, str) else json.dumps(self.body)

    @property
    def content_type(self) -> str:
        """Return the type that goes with it."""
        if "Content-Type" in self.headers:
            return self.headers["Content-Type"]
        return "text/plain; charset=utf-8" if isinstance(self.body, str) else JSON

    def with_headers(self, headers: Mapping[str, str]) -> Answer:
        """Return the same answer with more headers."""
        return replace(self, headers={**self.headers, **headers})


def ok(response: Any, **more: Any) -> Answer:
    """Answer in Tesla's envelope."""
    return Answer(body={"response": response, **more})


def refusal(status: int, error: str, description: str = "", **headers: str) -> Answer:
    """Refuse in Tesla's envelope; a header's underscores are dashes."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(
        status=status,
        body={"response": None, "error": error, "error_description": description},
        headers=names,
    )


# What Tesla says when it says no; texts as seen in public where there are any.
REFUSALS: Mapping[str, Answer] = {
    "bad_request_invalid_command": refusal(400, "invalid_command"),
    "token_expired": refusal(401, "token expired (401)"),
    "token_invalid": refusal(401, "invalid bearer token"),
    "mobile_access_disabled": refusal(401, "mobile_access_disabled"),
    "payment_required": refusal(402, "payment required"),
    "partner_expected": refusal(401, "Expected partner account"),
    "missing_scopes": refusal(403, "Unauthorized missing scopes"),
    "billing_limit_exceeded": Answer(status=403, body={"error": "account disabled: EXCEEDED_LIMIT"}),
    "command_protocol_required": refusal(
        403,
        "Tesla Vehicle Command Protocol required, please refer to the documentation here: "
        f"{DOCS}#2023-10-09-rest-api-vehicle-commands-endpoint-deprecation-warning",
    ),
    "encrypted_command": refusal(403, "encrypted commands are not accepted"),
    "unsupported_vehicle": refusal(403, "unsupported vehicle"),
    "not_found": refusal(404, "not_found"),
    "method_not_allowed": refusal(405, "method not allowed"),
    "in_service": refusal(405, "vehicle is currently in service"),
    "not_acceptable": refusal(406, "Content-Type must be application/json"),
    "vehicle_offline": refusal(408, "vehicle unavailable: vehicle is offline or asleep"),
    "request_timeout": refusal(408, "timeout"),
    "invalid_resource": refusal(422, "invalid charge limit"),
    "protocol_not_supported": refusal(422, "vehicle does not support protocol"),
    "account_locked": refusal(423, "account locked"),
    "invalid_response": refusal(424, "upstream returned an invalid response"),
    "rate_limited_account": refusal(
        429,
        "Rate limit exceeded",
        "Retry in 37 seconds",
        RateLimit_Limit="60",
        RateLimit_Remaining="0",
        RateLimit_Reset="37",
        Retry_After="37",
    ),
    "rate_limited_plain_text": Answer(
        status=429,
        body="Retry in 51499 seconds\n",
        headers={
            "Content-Type": "text/plain; charset=utf-8",
            "RateLimit-Limit": "300",
            "RateLimit-Remaining": "0",
            "RateLimit-Reset": "51499",
            "Retry-After": "51499",
        },
    ),
    "legal_block": refusal(451, "unavailable for legal reasons"),
    "client_closed": refusal(499, "client closed request"),
    "internal_error": refusal(500, "upstream internal error"),
    "bad_gateway_html": Answer(
        status=502,
        body="<html><body><h1>502 Bad Gateway</h1></body></html>",
        headers={"Content-Type": "text/html"},
    ),
    "service_unavailable": refusal(503, "service unavailable"),
    "gateway_timeout": refusal(504, "gateway timeout"),
    "device_unexpected_response": refusal(540, "device returned an unexpected response"),
}


def bad_parameter(what: str) -> Answer:
    """Refuse a request that lacks something, or has it in another form."""
    return refusal(400, "invalid_request", what)


def rate_limited(limit: int, seconds: float) -> Answer:
    """Refuse a request that came too soon; it is welcome in `seconds`."""
    wait = str(max(int(-(-seconds // 1)), 1))
    return Answer(
        status=429,
        body={
            "response": None,
            "error": "Rate limit exceeded",
            "error_description": f"Retry in {wait} seconds",
        },
        headers={
            "RateLimit-Limit": str(limit),
            "RateLimit-Remaining": "0",
            "RateLimit-Reset": wait,
            "Retry-After": wait,
        },
    )


def wrong_region(base: str, homing: Collection[str] = ("body", "header")) -> Answer:
    """Send a user to the region where the account lives, told in the body, a header, both or neither."""
    host = base.split("://", 1)[1]
    error = "user out of region"
    if "body" in homing:
        error += f", use base URL: {base}, see {DOCS}/getting-started/base-urls"
    return Answer(
        status=421,
        body={"response": None, "error": error, "error_description": ""},
        headers={"Alt-Svc": f"h2=https://{host}"} if "header" in homing else {},
    )


def not_registered(client_id: str, base: str) -> Answer:
    """Refuse an application that was never registered in this region."""
    error = (
        f"Account {client_id} must be registered in the current region {base}, "
        f"please see {DOCS}/endpoints/partner-endpoints#register"
    )
    return Answer(status=412, body={"error": error})
