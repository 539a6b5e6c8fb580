"""How the car was built, and how its own display is set."""

from ..kind import choice, count, flag, stripped, text
from ..signal import Signal

CAR_TYPE = Signal(name="car_type", kind=stripped("CarType"), path="vehicle_config.car_type", field="CarType")
TRIM = Signal(name="trim", kind=text, path="vehicle_config.trim_badging", field="Trim")
WHEEL_TYPE = Signal(
    name="wheel_type",
    kind=text,
    path="vehicle_config.wheel_type",
    field="WheelType",
    since="2024.44.25",
)
EXTERIOR_COLOR = Signal(
    name="exterior_color", kind=text, path="vehicle_config.exterior_color", field="ExteriorColor"
)
SPOILER_TYPE = Signal(name="spoiler_type", kind=text, path="vehicle_config.spoiler_type")
ROOF_COLOR = Signal(name="roof_color", kind=text, path="vehicle_config.roof_color", field="RoofColor")
EFFICIENCY_PACKAGE = Signal(
    name="efficiency_package",
    kind=text,
    path="vehicle_config.efficiency_package",
    field="EfficiencyPackage",
    since="2024.44.25",
)
CHARGE_PORT_TYPE = Signal(
    name="charge_port_type",
    kind=stripped("ChargePort"),
    path="vehicle_config.charge_port_type",
    field="ChargePort",
)
DRIVER_ASSIST = Signal(name="driver_assist", kind=text, path="vehicle_config.driver_assist")
EUROPE_VEHICLE = Signal(
    name="europe_vehicle",
    kind=flag,
    path="vehicle_config.eu_vehicle",
    field="EuropeVehicle",
    since="2024.44.25",
)
RIGHT_HAND_DRIVE = Signal(
    name="right_hand_drive",
    kind=flag,
    path="vehicle_config.rhd",
    field="RightHandDrive",
    since="2024.44.25",
)
# Seconds east of Greenwich, as of now: it moves with daylight saving.
UTC_OFFSET = Signal(name="utc_offset", kind=count, path="vehicle_config.utc_offset")

# What it has: capabilities. model.py tells how to read them.
SUNROOF = Signal(
    name="sunroof_installed",
    kind=choice(
        "SunroofInstalledState",
        "not_installed",
        "gen1_installed",
        "gen2_installed",
        "installed",  # a TeslaMate does not tell which
        aliases={0: "not_installed", 1: "gen1_installed", 2: "gen2_installed"},
    ),
    path="vehicle_config.sun_roof_installed",
    field="SunroofInstalled",
    since="2025.2.6",
)
# 0 none, 1 three seats, 2 the outer two, 3 with a third row.
REAR_SEAT_HEATERS = Signal(
    name="rear_seat_heaters",
    kind=count,
    path="vehicle_config.rear_seat_heaters",
    field="RearSeatHeaters",
    since="2024.44.25",
)
THIRD_ROW_SEATS = Signal(name="third_row_seats", kind=stripped(""), path="vehicle_config.third_row_seats")
SEAT_COOLING = Signal(name="has_seat_cooling", kind=flag, path="vehicle_config.has_seat_cooling")
OFFROAD_LIGHTBAR = Signal(
    name="offroad_lightbar", kind=flag, field="OffroadLightbarPresent", since="2024.44.25"
)
POWERED_LIFTGATE = Signal(name="powered_liftgate", kind=flag, path="vehicle_config.plg")
PEDESTRIAN_WARNING_SPEAKER = Signal(name="pedestrian_warning_speaker", kind=flag, path="vehicle_config.pws")
MOTORIZED_CHARGE_PORT = Signal(
    name="motorized_charge_port", kind=flag, path="vehicle_config.motorized_charge_port"
)
CAN_ACTUATE_TRUNKS = Signal(name="can_actuate_trunks", kind=flag, path="vehicle_config.can_actuate_trunks")
CAN_ACCEPT_NAVIGATION = Signal(
    name="can_accept_navigation_requests",
    kind=flag,
    path="vehicle_config.can_accept_navigation_requests",
)
OVERHEAT_LIMIT_SUPPORTED = Signal(
    name="cop_user_set_temp_supported", kind=flag, path="vehicle_config.cop_user_set_temp_supported"
)
DASHCAM_SAVE_SUPPORTED = Signal(
    name="dashcam_clip_save_supported", kind=flag, path="vehicle_config.dashcam_clip_save_supported"
)

# The display's units. Never used for conversion: values come in miles, °C and bar whatever they say.
SETTING_DISTANCE_UNIT = Signal(
    name="setting_distance_unit",
    kind=choice("DistanceUnit", "miles", "kilometers", aliases={"mi/hr": "miles", "km/hr": "kilometers"}),
    path="gui_settings.gui_distance_units",
    field="SettingDistanceUnit",
    since="2024.44.32",
)
SETTING_TEMPERATURE_UNIT = Signal(
    name="setting_temperature_unit",
    kind=choice("TemperatureUnit", "celsius", "fahrenheit", aliases={"C": "celsius", "F": "fahrenheit"}),
    path="gui_settings.gui_temperature_units",
    field="SettingTemperatureUnit",
    since="2024.44.32",
)
SETTING_24_HOUR_TIME = Signal(
    name="setting_24_hour_time",
    kind=flag,
    path="gui_settings.gui_24_hour_time",
    field="Setting24HourTime",
    since="2024.44.32",
)
SETTING_TIRE_PRESSURE_UNIT = Signal(
    name="setting_tire_pressure_unit",
    kind=choice("PressureUnit", "psi", "bar"),
    path="gui_settings.gui_tirepressure_units",
    field="SettingTirePressureUnit",
    since="2024.44.32",
)
SETTING_CHARGE_UNIT = Signal(
    name="setting_charge_unit",
    kind=choice("ChargeUnit", "distance", "percent", aliases={True: "distance", False: "percent"}),
    path="gui_settings.show_range_units",
    field="SettingChargeUnit",
    since="2024.44.32",
)
