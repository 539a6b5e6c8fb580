"""What one car is to stream: what is shown of it, but for what it does not know or must not tell."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from homeassistant.core import callback

from .storage import recovered
from .tesla.fleet_telemetry.config import Pace
from .tesla.fleet_telemetry.held import NeverSent, held_back, not_granted, understood
from .tesla.fleet_telemetry.profile import Profile, Selection, fields_for, paces, slowed
from .tesla.vehicle import conclusions, model
from .tesla.vehicle.signals import software
from .vehicle import Vehicle

# What is wanted only until it is known what the car has, and then hardly ever comes again.
DECIDING = fields_for(
    signal
    for each in vars(model).values()
    for capability in (each if isinstance(each, tuple) else (each,))
    if isinstance(capability, model.Capability) and capability.asked
    for signal in capability.decided_by
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wished:
    """What a car is to stream.

    paces:      how often each field
    held_back:  fields that its firmware does not know yet
    never_sent: fields that it was asked for, and has not sent over several drives
    withheld:   fields that it would be asked for, had Tesla not refused them since the user signed in last
    """

    paces: Mapping[str, Pace] = field(default_factory=dict)
    held_back: frozenset[str] = frozenset()
    never_sent: frozenset[str] = frozenset()
    withheld: frozenset[str] = frozenset()


class CarWishes:
    """What one car is to stream, and what it was seen to send."""

    def __init__(self, vehicle: Vehicle, scopes: frozenset[str], kept: Mapping[str, Any]) -> None:
        """Take up what was kept of a car.

        scopes: what the user has granted
        """
        self._vehicle = vehicle
        self._scopes = scopes
        self.withheld: frozenset[str] = recovered(
            "the refused telemetry fields", _names, kept.get("withheld", ()), ()
        )
        name, nothing = vehicle.coordinator.name, NeverSent().to_json()
        self._never = recovered(
            f"what {name} never sends",
            NeverSent.from_json,
            kept.get("never_sent", nothing),
            nothing,
        )
        self._driving = False
        self._firmware = vehicle.coordinator.data.get(software.VERSION)

    def to_json(self) -> dict[str, Any]:
        """Return what has to outlive a restart."""
        return {"never_sent": self._never.to_json(), "withheld": sorted(self.withheld)}

    def wished(self, selection: Selection, *, slow: bool, also: frozenset[str] = frozenset()) -> Wished:
        """Return what the car is to stream.

        slow: no field faster than in the economical profile
        also: fields beside those that are shown
        """
        shown = fields_for(self._vehicle.coordinator.wanted) | also
        own = selection.profile is Profile.OWN
        names = selection.fields if own else shown
        allowed = names - not_granted(names, self._scopes) - self.withheld
        if not allowed:
            return Wished(withheld=names & self.withheld)
        state, vin = self._vehicle.coordinator.data, self._vehicle.vin
        firmware = model.firmware(state.get(software.VERSION))
        held = held_back(
            allowed,
            firmware,
            self._vehicle.signal_counts.seen,
            hardware4=model.HARDWARE_4(state, vin),
        )
        known = allowed - held
        asked = paces(replace(selection, fields=known) if own else selection, known)
        return Wished(
            paces=understood(slowed(asked) if slow else asked, firmware),
            held_back=held,
            never_sent=self._never.fields,
            withheld=names & self.withheld,
        )

    @callback
    def told(self, fields: tuple[str, ...]) -> None:
        """Learn which fields the car has been told to send."""
        self._never.asked(fields)

    @callback
    def look(self) -> None:
        """Learn what has come, and whether the car was driven."""
        self._never.came(self._vehicle.signal_counts.seen)
        state = self._vehicle.coordinator.truth
        if (firmware := state.get(software.VERSION)) != self._firmware:
            self._firmware = firmware
            self._never.updated()
        parked = conclusions.parked(state)
        if parked is False and self._vehicle.connected:
            self._driving = True
        elif parked and self._driving:
            self._driving = False
            self._never.drove()


def _names(kept: Iterable[object]) -> frozenset[str]:
    return frozenset(map(str, kept))
