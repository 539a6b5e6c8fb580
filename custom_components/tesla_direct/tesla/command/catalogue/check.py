"""Checks of parameters. What refuses one names what would be right, never what was given: it may be a PIN."""

from collections.abc import Mapping

from ...errors import CommandInvalid

PIN_DIGITS = 4


def whole(value: float, parameter: str, least: int, most: int) -> int:
    """Return a number without a fraction; Tesla's own proxy would cut it off."""
    # In this order: what is not finite is in no range.
    if not least <= value <= most or value != int(value):
        raise CommandInvalid(
            f"{parameter} has to be a whole number from {least} to {most}", parameter=parameter
        )
    return int(value)


def number(value: float, parameter: str, least: float, most: float) -> float:
    """Return a number that is in range."""
    if not least <= value <= most:
        raise CommandInvalid(f"{parameter} has to be from {least:g} to {most:g}", parameter=parameter)
    return value


def one_of[K: (int, str), T](value: K, parameter: str, options: Mapping[K, T]) -> T:
    """Return what a number or a word stands for."""
    try:
        return options[value]
    except KeyError:
        listed = ", ".join(str(option) for option in options)
        raise CommandInvalid(f"{parameter} has to be one of {listed}", parameter=parameter) from None


def text(value: str, parameter: str, most: int | None = None) -> str:
    """Return text that can be sent, with at most so many characters."""
    if most is not None and len(value) > most:
        raise CommandInvalid(f"{parameter} may have {most} characters", parameter=parameter)
    try:
        value.encode()
    except UnicodeEncodeError:  # JSON can spell half a character
        raise CommandInvalid(f"{parameter} is not text", parameter=parameter) from None
    return value


def pin(value: str, parameter: str) -> str:
    """Return a PIN of four digits."""
    if len(value) != PIN_DIGITS or not (value.isascii() and value.isdecimal()):
        raise CommandInvalid(f"{parameter} has to be {PIN_DIGITS} digits", parameter=parameter)
    return value


def latitude(value: float, parameter: str = "lat") -> float:
    """Return degrees north."""
    return number(value, parameter, -90, 90)


def longitude(value: float, parameter: str = "lon") -> float:
    """Return degrees east."""
    return number(value, parameter, -180, 180)
