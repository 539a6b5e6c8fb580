"""How services say no, beyond Tesla's own words."""

from collections.abc import Mapping

from ..cloud import answers as tesla
from ..cloud.answers import Answer, refusal

REFUSALS: Mapping[str, Answer] = {
    **tesla.REFUSALS,
    # The words are those of Tesla's own client; which status the services give them is not public.
    "key": refusal(403, "vehicle rejected request: your public key has not been paired with the vehicle"),
    "invalid_command": refusal(400, "invalid_command"),
    "asleep": refusal(408, "vehicle unavailable: vehicle is offline or asleep"),
    "busy": refusal(503, "vehicle is busy"),
}
