"""A car's `vehicle_config`: what it was built with, in vehicle_data's own words."""

from typing import Any

from .model import Model

# A right-hand drive Model 3 of 2025; a model names only what differs.
CONFIG: dict[str, Any] = {
    "aux_park_lamps": "Eu",
    "badge_version": 1,
    "can_accept_navigation_requests": True,
    "can_actuate_trunks": True,
    "car_special_type": "base",
    "car_type": "model3",
    "charge_port_type": "CCS",
    "cop_user_set_temp_supported": True,
    "dashcam_clip_save_supported": True,
    "default_charge_to_max": False,
    "driver_assist": "TeslaAP4",
    "ece_restrictions": True,
    "efficiency_package": "M32024",
    "eu_vehicle": True,
    "exterior_color": "StealthGrey",
    "exterior_trim": "Black",
    "exterior_trim_override": "",
    "has_air_suspension": False,
    "has_ludicrous_mode": False,
    "has_seat_cooling": True,
    "headlamp_type": "Matrix",
    "interior_trim_type": "Black",
    "key_version": 2,
    "motorized_charge_port": True,
    "paint_color_override": "19,20,22,0.8,0.04",
    "performance_package": "Base",
    "plg": True,
    "pws": True,
    "rear_drive_unit": "PM350MOSFET",
    "rear_seat_heaters": 1,
    "rear_seat_type": 0,
    "rhd": True,
    "roof_color": "RoofColorGlass",
    "seat_type": None,
    "spoiler_type": "None",
    "sun_roof_installed": None,
    "supports_qr_pairing": False,
    "third_row_seats": "None",
    "trim_badging": "74d",
    "use_range_badging": True,
    "webcam_selfie_supported": True,
    "webcam_supported": True,
    "wheel_type": "Nova19",
}


def configuration(model: Model) -> dict[str, Any]:
    """Return what the car was built with; clocks and offsets are the view's to add."""
    return CONFIG | dict(model.vehicle_config)
