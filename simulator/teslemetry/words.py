"""How the service says no."""

from collections.abc import Mapping

from ..cloud.answers import Answer, refusal
from ..service import words

# Words as the service's own documents have them; the rest is Tesla's.
REFUSALS: Mapping[str, Answer] = {
    **words.REFUSALS,
    "missing_token": refusal(401, "missing_token", "No token was provided."),
    "invalid_token": refusal(401, "invalid_token", "The token is invalid."),
    "subscription_required": refusal(402, "subscription_required", "An account subscription is required."),
    "vehicle_subscription_required": refusal(
        402, "vehicle_subscription_required", "A subscription of this vehicle is required."
    ),
    "insufficient_credits": refusal(402, "insufficient_credits", "There are not enough credits."),
    "energy_gateway_unreachable": refusal(502, "energy_gateway_unreachable"),
    "teapot": refusal(418, "teapot"),
}


def too_many(seconds: float) -> Answer:
    """Refuse what came too soon; it is welcome in `seconds`."""
    return refusal(429, "too_many_requests", Retry_After=str(max(int(-(-seconds // 1)), 1)))
