"""The page of telemetry fields for docs/reference/, from the table of fields and the profiles."""

from collections.abc import Iterable

from custom_components.tesla_direct.entity import Row
from custom_components.tesla_direct.tesla.fleet_api.prices import DOLLARS
from custom_components.tesla_direct.tesla.fleet_telemetry.fields import FIELDS, Field
from custom_components.tesla_direct.tesla.fleet_telemetry.forecast import REFERENCE, forecast
from custom_components.tesla_direct.tesla.fleet_telemetry.meanings import MEANINGS
from custom_components.tesla_direct.tesla.fleet_telemetry.profile import (
    HEARTBEAT,
    HEARTBEAT_RESEND,
    Profile,
    Selection,
    fields_for,
    paces,
)

PROFILES = (Profile.ECONOMICAL, Profile.STANDARD, Profile.DETAILED)


def telemetry(rows: Iterable[Row]) -> str:
    """Return the page."""
    shown = fields_for(signal for row in rows if row.entity_registry_enabled_default for signal in row.reads)
    lines = [
        "# Telemetry fields and profiles",
        "",
        "A car sends a field when its value has changed, and at most once in an interval.",
        "Which fields it is asked for follows from the entities that are enabled,",
        "how often from the profile.",
        f"One field, `{HEARTBEAT}`, is sent again every {HEARTBEAT_RESEND} s, so that silence is noticed.",
        "",
        f"A month here is {REFERENCE.driving} hours of driving, {REFERENCE.charging} of charging at home",
        f"and {REFERENCE.parked} of standing awake. For the other {REFERENCE.asleep} the car sleeps,",
        f"and after each sleep, of which there are {REFERENCE.wakes:g}, it sends every field once.",
        "",
        "| profile | fields | expected a month | at least | at most |",
        "|---|---|---|---|---|",
        *(_profile(profile, shown) for profile in PROFILES),
        "",
        "The fields are those of the entities that are enabled by default.",
        "*At most* is each field at its interval for as long as the car is awake; no car comes near it.",
        "",
        "## Fields",
        "",
        "- *every*: the interval in seconds, economical / standard / detailed",
        "- *delta*: by how much a number has to change to be sent; twice that in the economical profile",
        "- *changes*: how many we expect in an hour of driving / charging / standing awake",
        "- *from*: who says so: *reported* by owners, *simulated* where it was counted in the simulator,",
        "  else *estimated* by us",
        "",
        "| field | tells | category | every | delta | changes | from | firmware |",
        "|---|---|---|---|---|---|---|---|",
        *(_field(field) for _, field in sorted(FIELDS.items())),
    ]
    return "\n".join(lines) + "\n"


def _profile(profile: Profile, fields: frozenset[str]) -> str:
    asked = paces(Selection(profile), fields)
    told = forecast(asked)
    costs = (f"${signals * DOLLARS.signal:.2f}" for signals in (told.expected, told.floor, told.ceiling))
    return f"| {profile} | {len(asked)} | {' | '.join(costs)} |"


def _field(field: Field) -> str:
    intervals = (str(paces(Selection(profile), [field.name])[field.name].interval) for profile in PROFILES)
    rates = (f"{rate:g}" for rate in (field.rates.driving, field.rates.charging, field.rates.parked))
    cells = (
        f"`{field.name}`",
        MEANINGS[field.name],
        field.category,
        " / ".join(intervals),
        "" if field.delta is None else f"{field.delta:g}",
        " / ".join(rates),
        field.note,
        field.since or "",
    )
    return f"| {' | '.join(cells)} |"
