"""The air in the car: the cabin, the passenger's side of it, and what keeps it from overheating."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.climate import ClimateEntity, ClimateEntityDescription
from homeassistant.components.climate.const import (
    ATTR_HVAC_MODE,
    FAN_AUTO,
    PRESET_NONE,
    ClimateEntityFeature,
    HVACAction,
    HVACMode,
)
from homeassistant.const import ATTR_TEMPERATURE, Platform, UnitOfTemperature
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import VehicleCoordinator
from .entity import CommandEntity, Row
from .platform import async_add_rows
from .runtime import TeslaDirectConfigEntry
from .tesla.command.catalogue import climate as ask
from .tesla.command.command import COMMANDS, Command
from .tesla.vehicle import conclusions
from .tesla.vehicle.signal import Signal
from .tesla.vehicle.signals import climate, config
from .user_errors import refused

PARALLEL_UPDATES = 0

KEEPERS = {"off": 0, "keep": 1, "dog": 2, "camp": 3}
DEFROST = "defrost"
BIOWEAPON = "bioweapon"
# °C, and what the command calls them.
OVERHEAT_LIMITS = {"low": (30.0, 0), "medium": (35.0, 1), "high": (40.0, 2)}
OVERHEAT_MODES = {"off": HVACMode.OFF, "on": HVACMode.COOL, "fan_only": HVACMode.FAN_ONLY}


@dataclass(frozen=True, kw_only=True)
class ClimateRow(Row, ClimateEntityDescription):
    """Some of the air.

    entity: what it does; no two are alike
    """

    entity: type[VehicleClimate]


async def async_setup_entry(
    hass: HomeAssistant, entry: TeslaDirectConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the air of each car."""
    async_add_rows(entry, Platform.CLIMATE, VEHICLE, make, add=async_add_entities)


def make(coordinator: VehicleCoordinator, row: ClimateRow) -> VehicleClimate:
    """Return the entity of a row."""
    return row.entity(coordinator, row)


class VehicleClimate(CommandEntity, ClimateEntity):
    """Some of the air, in °C."""

    entity_description: ClimateRow
    _attr_temperature_unit = UnitOfTemperature.CELSIUS

    @property
    @override
    def current_temperature(self) -> float | None:
        return self.coordinator.data.get(climate.INSIDE_TEMP)

    @override
    async def async_set_temperature(self, **kwargs: Any) -> None:
        mode: HVACMode | None = kwargs.get(ATTR_HVAC_MODE)
        if mode is not None:  # Home Assistant has looked at the temperature alone
            self._valid_mode_or_raise("hvac", mode, self.hvac_modes)
        await self.async_command(self._set_temperature(kwargs[ATTR_TEMPERATURE]))
        if mode is not None:
            await self.async_set_hvac_mode(mode)

    @abstractmethod
    def _set_temperature(self, wanted: float) -> Command:
        """Return what asks for a temperature, in °C; raises ServiceValidationError if nothing can."""


class AirConditioning(VehicleClimate):
    """What the air conditioning does, and on which side it is how warm."""

    _attr_hvac_modes = [HVACMode.HEAT_COOL, HVACMode.OFF]  # noqa: RUF012  # as the base class declares it
    _attr_supported_features = (
        ClimateEntityFeature.TARGET_TEMPERATURE | ClimateEntityFeature.TURN_ON | ClimateEntityFeature.TURN_OFF
    )

    @property
    @override
    def hvac_mode(self) -> HVACMode | None:
        on = conclusions.climate_on(self.coordinator.data)
        return None if on is None else HVACMode.HEAT_COOL if on else HVACMode.OFF

    @property
    @override
    def target_temperature_step(self) -> float:
        return 0.5 if self.hass.config.units.temperature_unit == UnitOfTemperature.CELSIUS else 1.0

    @property
    @override
    def min_temp(self) -> float:
        return max(self.coordinator.data.get(climate.TEMP_MIN) or 0.0, ask.COLDEST)

    @property
    @override
    def max_temp(self) -> float:
        return min(self.coordinator.data.get(climate.TEMP_MAX) or ask.WARMEST, ask.WARMEST)

    def _will_be(self, signal: Signal[float]) -> float | None:
        """Return how warm it is going to be on a side; one command sets both, and one may be on its way.

        What a car tells may be beyond what the command takes.
        """
        told = self.coordinator.commands.will_be(signal)
        return None if told is None else min(max(told, ask.COLDEST), ask.WARMEST)

    @override
    async def async_set_hvac_mode(self, hvac_mode: HVACMode) -> None:
        off = hvac_mode is HVACMode.OFF
        await self.async_command(ask.auto_conditioning_stop() if off else ask.auto_conditioning_start())


class Cabin(AirConditioning):
    """The air conditioning, as the driver sees it."""

    @property
    @override
    def supported_features(self) -> ClimateEntityFeature:
        features = self._attr_supported_features | ClimateEntityFeature.PRESET_MODE
        # Cars without the filter do not speak of it.
        if self.coordinator.data.report(climate.BIOWEAPON_MODE) is not None:
            features |= ClimateEntityFeature.FAN_MODE
        return features

    @property
    @override
    def target_temperature(self) -> float | None:
        return self.coordinator.data.get(climate.DRIVER_TEMP_SETTING)

    @override
    def _set_temperature(self, wanted: float) -> Command:
        passenger = self._will_be(climate.PASSENGER_TEMP_SETTING)
        if passenger is None or passenger == self._will_be(climate.DRIVER_TEMP_SETTING):
            passenger = wanted  # the sides are synchronized
        return ask.set_temps(wanted, passenger)

    @property
    @override
    def preset_modes(self) -> list[str]:
        return [PRESET_NONE, *(keeper for keeper in KEEPERS if keeper != "off"), DEFROST]

    @property
    @override
    def preset_mode(self) -> str | None:
        keeper = self.coordinator.data.get(climate.KEEPER_MODE)
        if keeper not in (None, "off"):
            return keeper
        if self._defrosts:
            return DEFROST
        return None if keeper is None else PRESET_NONE

    @override
    async def async_set_preset_mode(self, preset_mode: str) -> None:
        keeps = self.coordinator.data.get(climate.KEEPER_MODE) not in (None, "off")
        commands: list[Command] = []
        if preset_mode == DEFROST:
            if keeps:
                commands.append(ask.set_climate_keeper_mode(KEEPERS["off"]))
            commands.append(ask.set_preconditioning_max(on=True))
        else:
            if self._defrosts:
                commands.append(ask.set_preconditioning_max(on=False))
            if keeps or not commands or preset_mode != PRESET_NONE:
                wanted = "off" if preset_mode == PRESET_NONE else preset_mode
                commands.append(ask.set_climate_keeper_mode(KEEPERS[wanted]))
        await self.async_command(*commands)

    @property
    def _defrosts(self) -> bool:
        """Whether the windows are being defrosted because somebody wanted it."""
        return self.coordinator.data.get(climate.DEFROST_MODE) in ("normal", "max")

    @property
    @override
    def fan_modes(self) -> list[str]:
        return [FAN_AUTO, BIOWEAPON]

    @property
    @override
    def fan_mode(self) -> str | None:
        on = self.coordinator.data.get(climate.BIOWEAPON_MODE)
        return None if on is None else BIOWEAPON if on else FAN_AUTO

    @override
    async def async_set_fan_mode(self, fan_mode: str) -> None:
        await self.async_command(ask.set_bioweapon_mode(on=fan_mode == BIOWEAPON, manual_override=False))


class Passenger(AirConditioning):
    """The passenger's side of the same air conditioning."""

    @property
    @override
    def target_temperature(self) -> float | None:
        return self.coordinator.data.get(climate.PASSENGER_TEMP_SETTING)

    @override
    def _set_temperature(self, wanted: float) -> Command:
        driver = self._will_be(climate.DRIVER_TEMP_SETTING)
        if driver is None:
            raise refused("driver_temperature_unknown")
        return ask.set_temps(driver, wanted)


class OverheatProtection(VehicleClimate):
    """What keeps the cabin of a parked car below one of three temperatures."""

    _attr_min_temp = OVERHEAT_LIMITS["low"][0]
    _attr_max_temp = OVERHEAT_LIMITS["high"][0]
    _attr_target_temperature_step = 5.0

    @property
    @override
    def supported_features(self) -> ClimateEntityFeature:
        features = ClimateEntityFeature.TURN_ON | ClimateEntityFeature.TURN_OFF
        if self.coordinator.data.get(config.OVERHEAT_LIMIT_SUPPORTED):
            features |= ClimateEntityFeature.TARGET_TEMPERATURE
        return features

    @property
    @override
    def hvac_modes(self) -> list[HVACMode]:
        can_fan = self.coordinator.data.get(climate.OVERHEAT_FAN_ONLY_SUPPORTED) is not False
        return [mode for mode in OVERHEAT_MODES.values() if can_fan or mode is not HVACMode.FAN_ONLY]

    @property
    @override
    def hvac_mode(self) -> HVACMode | None:
        mode = self.coordinator.data.get(climate.OVERHEAT_MODE)
        return None if mode is None else OVERHEAT_MODES[mode]

    @property
    @override
    def hvac_action(self) -> HVACAction | None:
        mode = self.hvac_mode
        if mode in (None, HVACMode.OFF):
            return None if mode is None else HVACAction.OFF
        if self.coordinator.data.get(climate.POWER) != "overheat_protect":
            return HVACAction.IDLE
        return HVACAction.FAN if mode is HVACMode.FAN_ONLY else HVACAction.COOLING

    @override
    async def async_set_hvac_mode(self, hvac_mode: HVACMode) -> None:
        await self.async_command(
            ask.set_cabin_overheat_protection(
                on=hvac_mode is not HVACMode.OFF, fan_only=hvac_mode is HVACMode.FAN_ONLY
            )
        )

    @property
    @override
    def target_temperature(self) -> float | None:
        limit = self.coordinator.data.get(climate.OVERHEAT_LIMIT)
        return None if limit is None else OVERHEAT_LIMITS[limit][0]

    @override
    def _set_temperature(self, wanted: float) -> Command:
        # In Fahrenheit a step is not a whole one of theirs.
        _, level = min(OVERHEAT_LIMITS.values(), key=lambda limit: abs(limit[0] - wanted))
        return ask.set_cop_temp(level)


VEHICLE: tuple[ClimateRow, ...] = (
    ClimateRow(
        key="cabin",
        reads=(
            climate.POWER,
            climate.INSIDE_TEMP,
            climate.DRIVER_TEMP_SETTING,
            climate.PASSENGER_TEMP_SETTING,
            climate.KEEPER_MODE,
            climate.DEFROST_MODE,
        ),
        watches=(climate.TEMP_MIN, climate.TEMP_MAX, climate.BIOWEAPON_MODE),
        scopes=(COMMANDS,),
        entity=Cabin,
    ),
    ClimateRow(
        key="passenger",
        reads=(
            climate.POWER,
            climate.INSIDE_TEMP,
            climate.DRIVER_TEMP_SETTING,
            climate.PASSENGER_TEMP_SETTING,
        ),
        watches=(climate.TEMP_MIN, climate.TEMP_MAX),
        scopes=(COMMANDS,),
        entity=Passenger,
        entity_registry_enabled_default=False,
    ),
    ClimateRow(
        key="cabin_overheat_protection",
        reads=(
            climate.OVERHEAT_MODE,
            climate.OVERHEAT_LIMIT,
            climate.POWER,
            climate.INSIDE_TEMP,
            config.OVERHEAT_LIMIT_SUPPORTED,
        ),
        watches=(climate.OVERHEAT_FAN_ONLY_SUPPORTED,),
        scopes=(COMMANDS,),
        entity=OverheatProtection,
    ),
)
