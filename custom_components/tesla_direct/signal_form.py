"""What the pages of single signals ask for, and what becomes of the answers."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import probatio as vol

from .tesla.fleet_telemetry.fields import Field
from .tesla.fleet_telemetry.meanings import MEANINGS
from .tesla.fleet_telemetry.profile import (
    HEARTBEAT,
    LATEST,
    MILEAGE,
    MILEAGE_DELTA,
    RESEND_SOONEST,
    SOONEST,
    Profile,
    Selection,
    Tuning,
)

CONF_OFF = "off"
CONF_INTERVAL = "interval"
CONF_DELTA = "minimum_delta"
CONF_RESEND = "resend"
CONF_INCLUDE = "include"


def search(
    rows: Iterable[Field], counts: Mapping[str, int] | None = None, *, multiple: bool = False
) -> SelectSelector:
    """Return a search over signals, with what they mean and how often they came."""
    options = []
    for name in sorted((row.name for row in rows), key=str.lower):
        label = f"{name}: {MEANINGS[name]}"
        if counts is not None and name in counts:
            label += f" ({counts[name]:,})"
        options.append(SelectOptionDict(value=name, label=label))
    # Home Assistant's page searches in a list of several, or in one that takes other values, too.
    return SelectSelector(
        SelectSelectorConfig(
            options=options, multiple=multiple, custom_value=not multiple, mode=SelectSelectorMode.DROPDOWN
        )
    )


def tuning_schema(row: Field, others: Iterable[Field]) -> vol.Schema:
    """Return what can be tuned of a signal; others may be sent along with it."""
    fields: dict[Any, Any] = {}
    if row.name != HEARTBEAT:
        fields[vol.Required(CONF_OFF, default=False)] = BooleanSelector()
    fields[vol.Optional(CONF_INTERVAL)] = _seconds(SOONEST)
    if row.numeric:
        least = MILEAGE_DELTA if row.name in MILEAGE else 0
        fields[vol.Optional(CONF_DELTA)] = NumberSelector(
            NumberSelectorConfig(min=least, step="any", mode=NumberSelectorMode.BOX)
        )
    fields[vol.Optional(CONF_RESEND)] = _seconds(RESEND_SOONEST)
    fields[vol.Optional(CONF_INCLUDE)] = search((one for one in others if one != row), multiple=True)
    return vol.Schema(fields)


def values_of(tuning: Tuning) -> dict[str, Any]:
    """Return what a page about it shows at first."""
    return {
        CONF_OFF: tuning.off,
        CONF_INTERVAL: tuning.interval,
        CONF_DELTA: tuning.minimum_delta,
        CONF_RESEND: tuning.resend,
        CONF_INCLUDE: list(tuning.include),
    }


def tuning_of(user_input: Mapping[str, Any]) -> Tuning:
    """Return what a page about it was answered with."""
    interval, resend = user_input.get(CONF_INTERVAL), user_input.get(CONF_RESEND)
    return Tuning(
        interval=None if interval is None else int(interval),
        minimum_delta=user_input.get(CONF_DELTA),
        resend=None if resend is None else int(resend),
        include=tuple(user_input.get(CONF_INCLUDE, ())),
        off=user_input.get(CONF_OFF, False),
    )


def tuned(selection: Selection, row: Field, tuning: Tuning) -> Selection:
    """Return a choice with one signal tuned; of a choice of one's own it is then a part."""
    tunings = {name: one for name, one in selection.tunings.items() if name != row.name}
    if tuning != Tuning():
        tunings[row.name] = tuning
    fields = selection.fields
    if selection.profile is Profile.OWN:
        fields = fields - {row.name} if tuning.off else fields | {row.name}
    return replace(selection, fields=fields, tunings=tunings)


def picked(selection: Selection, names: Iterable[str]) -> Selection:
    """Return a choice of one's own; what is picked is sent, though it may have been switched off before."""
    fields = frozenset(names) | {HEARTBEAT}
    tunings = {
        name: replace(tuning, off=tuning.off and name not in fields)
        for name, tuning in selection.tunings.items()
    }
    return Selection(
        Profile.OWN, fields, {name: tuning for name, tuning in tunings.items() if tuning != Tuning()}
    )


def _seconds(least: int) -> NumberSelector:
    return NumberSelector(
        NumberSelectorConfig(
            min=least, max=LATEST, step=1, unit_of_measurement="s", mode=NumberSelectorMode.BOX
        )
    )
