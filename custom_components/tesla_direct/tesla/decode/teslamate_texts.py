"""One text of a TeslaMate's into one value of ours; None where it makes no sense."""

from datetime import UTC, datetime

from ..vehicle.kind import Kind, epoch, flag, number
from ..vehicle.signals import config

# TeslaMate's own factor. It rounds what it makes of miles, and what that was made from is found again.
MILES = 0.62137119223733  # in a kilometre
MILES_DIGITS = 2


def miles(text: str) -> float | None:
    """Accept kilometres."""
    kilometres = number(text)
    return None if kilometres is None else round(kilometres * MILES, MILES_DIGITS)


def miles_per_hour(text: str) -> float | None:
    """Accept kilometres per hour: a whole number was made of a whole one of miles, if there is one."""
    speed = number(text)
    if speed is None:
        return None
    exact = speed * MILES
    return float(round(exact)) if round(round(exact) / MILES) == speed else exact


def minutes(text: str) -> float | None:
    """Accept hours."""
    hours = number(text)
    return None if hours is None else hours * 60


def moment(text: str) -> float | None:
    """Accept a time of ISO 8601; without a zone it is UTC."""
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        return None
    return epoch((told if told.tzinfo else told.replace(tzinfo=UTC)).timestamp())


def window(text: str) -> str | None:
    """Accept whether a window is open; how far, TeslaMate does not say."""
    is_open = flag(text)
    return None if is_open is None else "opened" if is_open else "closed"


def trim(text: str) -> str:
    """Accept capitals, which TeslaMate has made of it."""
    return text.lower()


def numbered(kind: Kind[str]) -> Kind[str]:
    """Accept the number that Tesla's cloud has for a choice, as a text."""

    def read(text: str) -> str | None:
        return kind(int(text)) if text.isdecimal() and len(text) < 4 else kind(text)

    return read


def sunroof(text: str) -> str | None:
    """Accept whether there is one; older versions tell its number in Tesla's cloud."""
    if text.isdecimal():
        return numbered(config.SUNROOF.kind)(text)
    is_there = flag(text)
    return None if is_there is None else "installed" if is_there else "not_installed"
