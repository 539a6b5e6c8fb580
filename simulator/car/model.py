"""What a car is: everything about it that does not change while the world runs."""

from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One car as built, sold and updated.

    firmware:        decides which fields and forms the car knows
    client:          version of its telemetry client; None before there was one to tell
    takes_typing:    heeds `prefer_typed`; one that does not writes fields below 179 as text
    streams:         can stream at all; pre-2021 S and X with the old computer cannot
    signs:           takes signed commands only; a newer car that does not, as business cars, takes both
    paired:          the application's virtual key is on its keychain
    keys:            on its keychain, one of which is the application's
    streaming_switch: the Safety screen's, on cars that have one; None elsewhere
    vehicle_config:  what differs from `CONFIG`, in vehicle_data's own words
    full_pack_kwh:   nominal, new
    rated_miles:     range by the official rating, full
    """

    vin: str
    name: str
    firmware: str = "2026.32.3"
    build: str = "0a1b2c3d4e5f"
    client: str | None = "1.3.0"
    takes_typing: bool = True
    streams: bool = True
    signs: bool = True
    paired: bool = False
    streaming_switch: bool | None = None
    access: str = "OWNER"
    hide_private: bool = False
    keys: int = 6
    car_type: str = "Model3"
    hardware4: bool = True
    full_pack_kwh: float = 75.0
    rated_miles: float = 311.0
    three_phase: bool = False
    timezone: str = "Europe/London"
    vehicle_config: tuple[tuple[str, Any], ...] = ()

    @property
    def old(self) -> bool:
        """Tell whether it is a Model S or X from before 2021: cannot sign, polls keep it awake."""
        return self.car_type in {"ModelS", "ModelX"} and not self.signs

    @property
    def number(self) -> int:
        """Return a number of its own, for the several ids that Tesla gives a car."""
        return int(self.vin[-6:])


MODEL_3 = Model(vin="5YJ3E7EB0SF000001", name="Marmalade")

# Shared with the family, and on a firmware from before typed values: everything but the newest is text.
MODEL_Y = Model(
    vin="7SAYGDEF1SA000002",
    name="Biscuit",
    firmware="2024.26.9",
    client=None,
    access="DRIVER",
    keys=20,
    car_type="ModelY",
    hardware4=False,
    rated_miles=330.0,
    vehicle_config=(
        ("car_type", "modely"),
        ("charge_port_type", "US"),
        ("driver_assist", "TeslaAP3"),
        ("eu_vehicle", False),
        ("has_seat_cooling", False),
        ("rear_seat_heaters", 3),
        ("rhd", False),
        ("wheel_type", "Helix20"),
    ),
)

MODEL_S_2017 = Model(
    vin="5YJSA7E21HF000003",
    name="Grandpa",
    firmware="2026.8.3",
    client=None,
    streams=False,
    signs=False,
    streaming_switch=False,
    keys=1,
    car_type="ModelS",
    hardware4=False,
    rated_miles=259.0,
    three_phase=True,
    vehicle_config=(
        ("car_type", "models"),
        ("cop_user_set_temp_supported", False),
        ("driver_assist", "TeslaAP2"),
        ("has_air_suspension", True),
        ("has_seat_cooling", False),
        ("key_version", 1),
        ("rear_seat_heaters", 2),
        ("sun_roof_installed", 1),
        ("trim_badging", "75d"),
        ("wheel_type", "Slipstream19Carbon"),
    ),
)

# Old as well, with the Intel computer: it streams once its owner has switched that on, and needs no key.
MODEL_X_2018 = replace(
    MODEL_S_2017,
    vin="5YJXCBE24JF000005",
    name="Professor",
    client="1.1.0",
    streams=True,
    car_type="ModelX",
    rated_miles=238.0,
    vehicle_config=(
        *MODEL_S_2017.vehicle_config,
        ("car_type", "modelx"),
        ("sun_roof_installed", 0),
        ("trim_badging", "100d"),
    ),
)

# `half` writes the old fields as text and the new ones typed, as cars did when typing came up.
KINDS = {
    "typed": MODEL_3,
    "half": replace(
        MODEL_3,
        vin="5YJ3E7EB0SF000004",
        name="Crumpet",
        firmware="2024.44.32",
        client=None,
        takes_typing=False,
        hardware4=False,
    ),
    "untyped": MODEL_Y,
    "old": MODEL_S_2017,
    "atom": MODEL_X_2018,
}
