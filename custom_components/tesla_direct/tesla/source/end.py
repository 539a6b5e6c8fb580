"""How an attempt to follow a service's stream ended."""

from dataclasses import dataclass

# Why it does not work: keys of the user's texts.
LOGIN_EXPIRED = "login_expired"
REFUSED = "refused"
CLOUD_TROUBLE = "cloud_trouble"
UNREACHABLE = "unreachable"
SILENT = "silent"
ENDED = "ended"
UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """How an attempt ended, or why a connection is to be ended.

    trouble:  why, as in `Health`
    clean:    the service has ended the stream as it should
    of_token: with another token it may go better
    again:    the next attempt is made at once
    asked:    seconds that somebody asks us to wait
    least:    seconds that we wait at least
    """

    trouble: str
    detail: str = ""
    clean: bool = False
    of_token: bool = False
    again: bool = False
    asked: float = 0.0
    least: float = 0.0
