"""The one truth of a car, in plain words and units; everything it says of itself is a view of this."""

from dataclasses import dataclass, field
import math
from typing import Any

from .geometry import Place, metres_between

HOME = (51.4779, -0.0015)
WORK = (51.5033, -0.0196)

VOLUME_STEP = 0.333333
VOLUME_MAX = 10.333333
NEAR = 120.0  # metres within which a car counts itself at home or at work


@dataclass(slots=True, kw_only=True)
class Route:
    """What navigation is set to; miles and minutes are what is left."""

    name: str
    destination: Place
    origin: Place
    line: tuple[Place, ...]
    miles: float
    minutes: float
    delay_minutes: float
    percent_at_arrival: float


@dataclass(slots=True, kw_only=True)
class Alert:
    """Something the car complains of; over once `ended` is set. Times are real, seconds since 1970."""

    name: str
    audiences: tuple[str, ...]
    started: float
    ended: float | None = None


@dataclass(slots=True, kw_only=True)
class Body:
    """Every fact of one car.

    Mutable on purpose: physics, verbs and tests change it in place, as the world changes a car.
    Units stand in the names; states are spelled as Tesla's enums without their prefix; None is
    what the car itself does not know or have. Times are real, seconds since 1970.
    """

    name: str = ""  # the model's, until somebody gives it another
    age_s: float = 0.0  # simulated seconds lived; noise is a function of it, so runs repeat

    # Battery
    full_pack_kwh: float = 75.0
    energy_remaining_kwh: float = 52.5
    cold_locked_percent: float = 0.0
    rated_miles_full: float = 311.0
    module_temp_max_c: float = 16.5
    module_temp_min_c: float = 15.0
    pack_power_kw: float = 0.0  # into the pack is positive
    battery_heater_on: bool = False
    isolation_kohm: float = 3520.0
    lifetime_used_kwh: float = 2610.0
    lifetime_regenerated_kwh: float = 402.0
    lifetime_charged_kwh: float = 2260.0

    # Charging
    cable: str | None = None  # IEC, SAE, GB_AC, GB_DC
    fast_charger: str | None = None  # Supercharger, CHAdeMO, Combo …
    charging_state: str = "Disconnected"  # NoPower, Starting, Charging, Complete, Stopped
    starting_s: float = 0.0
    wall_has_power: bool = True
    charge_port_open: bool = False
    charge_port_latch: str = "Engaged"
    charge_port_cold: bool = False
    charge_limit_percent: int = 80
    charge_wanted: bool = True
    charge_amps_wanted: int = 16
    charge_amps_most: int = 16
    pilot_amps: int | None = None
    charger_volts: float = 1.0
    charger_amps: float = 0.0
    charger_phases: int | None = None
    wall_kw: float = 0.0  # alternating current only, as the car measures it
    battery_kw: float = 0.0
    session_wall_kwh: float = 0.0
    session_battery_kwh: float = 0.0
    session_drawn_kwh: float = 0.0  # what the socket or the station gave, whichever it was
    not_enough_power_to_heat: bool | None = None
    trip_planner_session: bool = False
    scheduled_charging: str = "Off"  # Off, StartAt, DepartBy
    scheduled_pending: bool = False
    scheduled_start: float | None = None
    departure_minutes: int = 420  # after local midnight
    departure_preconditioning: bool = False
    departure_days: str = "all_week"  # or weekdays
    off_peak_charging: bool = False
    off_peak_days: str = "all_week"
    off_peak_end_minutes: int = 360
    # Rows in vehicle_data's own words, the only ones there are for a schedule
    charge_schedules: list[dict[str, Any]] = field(default_factory=list)
    precondition_schedules: list[dict[str, Any]] = field(default_factory=list)

    # Driving and position
    odometer_miles: float = 8421.73
    gear: str = "P"
    speed_mph: float = 0.0
    drive_power_kw: float = 0.0  # out of the pack is positive
    acceleration_mps2: float = 0.0
    lateral_mps2: float = 0.0
    pedal_percent: float = 0.0
    brake_pressed: bool = False
    brake_bar: float = 1.1920928955078125e-05  # released, as the ESP's noise reads
    grade_percent: float = 0.0
    cruise_set_mph: float | None = None
    follow_distance: int = 3
    latitude: float = HOME[0]
    longitude: float = HOME[1]
    heading_degrees: float = 92.0
    gps_fix: bool = True
    gps_accuracy_m: float = 2.0
    gps_at: float | None = None
    home: Place = HOME
    work: Place = WORK
    favourites: tuple[Place, ...] = ()
    route: Route | None = None
    miles_since_reset: float = 512.0
    self_driving_miles: float = 310.0

    # People and closures
    user_present: bool = False
    driver_seat_occupied: bool = False
    driver_buckled: bool = False
    locked: bool = True
    door_driver_front_open: bool = False
    door_driver_rear_open: bool = False
    door_passenger_front_open: bool = False
    door_passenger_rear_open: bool = False
    trunk_front_open: bool = False
    trunk_rear_open: bool = False
    window_driver_front: str = "Closed"  # Closed, PartiallyOpen, Opened
    window_driver_rear: str = "Closed"
    window_passenger_front: str = "Closed"
    window_passenger_rear: str = "Closed"
    sunroof_percent_open: int | None = None
    tonneau: str | None = None  # Cybertruck: Closed, PartiallyOpen, FullyOpen
    tonneau_percent_open: float | None = None
    car_wash: bool = False
    garage_moves: int = 0  # how often the garage door was told to move

    # Climate
    inside_c: float | None = 18.6
    outside_c: float | None = 11.5
    driver_temp_c: float = 21.0
    passenger_temp_c: float = 21.0
    climate_on: bool = False
    preconditioning: bool = False
    climate_auto: bool = True
    climate_keeper: str = "Off"  # Off, On, Dog, Party
    defrost: str = "Off"  # Off, Normal, Max, AutoDefog
    rear_defrost: bool = False
    overheat_protection: str = "FanOnly"  # Off, On, FanOnly
    overheat_limit: str = "Medium"  # Low, Medium, High
    overheat_cooling: bool = False
    fan_level: int = 0
    compressor_on: bool = False
    bioweapon: bool = False
    seat_heaters: list[int] = field(default_factory=lambda: [0, 0, 0, 0, 0])  # FL, FR, RL, RC, RR
    third_row_heaters: list[int] = field(default_factory=lambda: [0, 0])  # left, right
    seat_fans: list[int] = field(default_factory=lambda: [0, 0])
    auto_seats: list[bool] = field(default_factory=lambda: [True, False])
    wheel_heat: int = 0
    wheel_heat_auto: bool = False
    mirror_heaters: bool = False
    wiper_heater: bool = False
    recirculation: bool = False

    # Tyres, front left, front right, rear left, rear right
    tyre_bar: list[float | None] = field(default_factory=lambda: [2.9, 2.925, 2.875, 2.9])
    tyre_seen: list[float | None] = field(default_factory=lambda: [None, None, None, None])
    tyre_soft: list[bool] = field(default_factory=lambda: [False] * 4)
    tyre_hard: list[bool] = field(default_factory=lambda: [False] * 4)
    tyre_recommended_bar: tuple[float, float] = (2.9, 2.9)

    # Security, service, software
    sentry: str = "Off"  # Off, Idle, Armed, Aware, Panic, Quiet
    valet: bool = False
    valet_pin: str | None = None
    guest: bool = False
    pin_to_drive: bool = False
    drive_pin: str | None = None
    speed_limit_on: bool = False
    speed_limit_mph: float = 85.0
    speed_limit_pin: str | None = None
    parental: bool = False
    parental_pin: str | None = None
    parental_limit_mph: float = 85.0
    parental_settings: list[str] = field(default_factory=list)
    low_power: bool = False
    accessory_power: bool = False
    erased: int = 0  # how often the data of users were erased
    service_mode: bool = False
    in_service: bool = False
    mobile_access: bool = True
    remote_start_allowed: bool = True
    remote_start_on: bool = False
    blind_spot_camera: bool = True
    blind_spot_chime: bool = True
    lane_departure: str = "Assist"  # None, Warning, Assist
    emergency_lane_departure: bool = True
    collision_warning: str = "Average"  # Off, Late, Average, Early
    emergency_braking_off: bool = False
    speed_warning: str = "Chime"  # None, Display, Chime
    interlock: str = "OK"  # OK, Fault
    dcdc_on: bool = True
    light_bar: bool = False
    homelink_devices: int = 1
    display: str = "Off"
    dashcam: str = "Unavailable"
    firmware: str = "2026.32.3"
    update_version: str | None = None
    update_status: str = ""
    update_download_percent: int = 0
    update_install_percent: float = 1.0
    update_minutes: int = 45
    update_at: float | None = None
    alerts: list[Alert] = field(default_factory=list)

    # Powershare: power for a house or a tool
    powershare: str = "Inactive"
    powershare_type: str = "None"  # None, Load, Home
    powershare_stop: str = "None"
    powershare_kw: float | None = None
    powershare_hours: float | None = None

    # Media and lights
    media: str = "Stopped"  # Stopped, Playing, Paused
    media_source: str = ""
    media_title: str = ""
    media_artist: str = ""
    media_album: str = ""
    media_station: str = ""
    media_ms: int = 0
    media_elapsed_ms: int = 0
    volume: float = 2.6667
    media_track: int = 0  # tracks, stations and favourites follow one another in a ring
    media_favourite: int = 0
    rear_display_climate: bool = False
    calendar: str = ""
    drive_notes: list[str] = field(default_factory=list)
    clips_saved: int = 0
    hazards: bool = False
    turn_signal: str = "Off"
    high_beams: bool = False
    flashes: int = 0
    honks: int = 0
    boombox_sounds: list[int] = field(default_factory=list)

    # Display settings; they never change what is sent
    distance_unit: str = "Miles"
    temperature_unit: str = "Celsius"
    pressure_unit: str = "Bar"
    charge_unit: str = "Percent"
    clock_24h: bool = True

    @property
    def battery_percent(self) -> float:
        """Return the state of charge of the whole pack."""
        return 100.0 * self.energy_remaining_kwh / self.full_pack_kwh

    @battery_percent.setter
    def battery_percent(self, percent: float) -> None:
        self.energy_remaining_kwh = self.full_pack_kwh * percent / 100.0

    @property
    def usable_percent(self) -> float:
        """Return the state of charge without what the cold has locked away."""
        return max(self.battery_percent - self.cold_locked_percent, 0.0)

    @property
    def rated_miles(self) -> float:
        """Return the range left by the official rating."""
        return self.rated_miles_full * self.usable_percent / 100.0

    @property
    def kwh_a_mile(self) -> float:
        """Return the consumption the rating assumes."""
        return self.full_pack_kwh / self.rated_miles_full

    @property
    def pack_volts(self) -> float:
        """Return the pack's voltage: flat in the middle, a little lower under load."""
        open_circuit = 330.0 + 0.65 * self.battery_percent
        return open_circuit + 0.06 * self.pack_power_kw * 1000.0 / open_circuit

    @property
    def hours_to_limit(self) -> float:
        """Return how long charging will take at the present power; 0 when it does not charge."""
        missing = self.charge_limit_percent - self.battery_percent
        if self.charging_state != "Charging" or self.battery_kw <= 0 or missing <= 0:
            return 0.0
        return missing / 100.0 * self.full_pack_kwh / self.battery_kw

    @property
    def parked(self) -> bool:
        """Tell whether it stands in park."""
        return self.gear == "P"

    @property
    def plugged_in(self) -> bool:
        """Tell whether a cable is in."""
        return self.charging_state != "Disconnected"

    @property
    def busy(self) -> bool:
        """Tell whether anything keeps it from falling asleep."""
        return (
            not self.parked
            or self.charging_state in {"Starting", "Charging"}
            or self.user_present
            or self.climate_on
            or self.sentry not in {"Off", "Quiet"}
            or self.update_status == "installing"
        )

    def near(self, place: Place) -> bool:
        """Tell whether the car stands at a place that its owner has saved."""
        return metres_between((self.latitude, self.longitude), place) < NEAR

    def noise(self, period_s: float) -> float:
        """Return something between -1 and 1 that wanders, and wanders the same way each run."""
        return 0.7 * math.sin(self.age_s / period_s) + 0.3 * math.sin(2.9 * self.age_s / period_s)

    def spend(self, kwh: float) -> None:
        """Take energy out of the pack, as far as it has any."""
        taken = min(kwh, self.energy_remaining_kwh)
        self.energy_remaining_kwh -= taken
        self.lifetime_used_kwh += taken

    def regain(self, kwh: float) -> None:
        """Put regenerated energy back, as far as there is room."""
        stored = min(kwh, self.full_pack_kwh - self.energy_remaining_kwh)
        self.energy_remaining_kwh += stored
        self.lifetime_regenerated_kwh += stored

    def charge(self, kwh: float) -> float:
        """Store energy from a charger; return how much there was room for."""
        stored = min(kwh, self.full_pack_kwh - self.energy_remaining_kwh)
        self.energy_remaining_kwh += stored
        self.lifetime_charged_kwh += stored
        self.session_battery_kwh += stored
        return stored
