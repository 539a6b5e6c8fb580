"""Who may use the car: locks, sentry, keys, codes, limits, driving without a key."""

from ..kind import choice, flag, number
from ..signal import Signal

LOCKED = Signal(name="locked", kind=flag, path="vehicle_state.locked", field="Locked")
# A poll says only whether it is on.
SENTRY = Signal(
    name="sentry_mode",
    kind=choice(
        "SentryModeState",
        "off",
        "idle",
        "armed",
        "aware",
        "panic",
        "quiet",
        aliases={True: "armed", False: "off", "true": "armed", "false": "off"},
    ),
    path="vehicle_state.sentry_mode",
    field="SentryMode",
)
SENTRY_AVAILABLE = Signal(name="sentry_mode_available", kind=flag, path="vehicle_state.sentry_mode_available")
DASHCAM = Signal(
    name="dashcam_state",
    kind=choice("", "unavailable", "available", "recording", "saved"),
    path="vehicle_state.dashcam_state",
)
DASHCAM_SAVE_AVAILABLE = Signal(
    name="dashcam_clip_save_available", kind=flag, path="vehicle_state.dashcam_clip_save_available"
)
VALET_MODE = Signal(
    name="valet_mode",
    kind=flag,
    path="vehicle_state.valet_mode",
    field="ValetModeEnabled",
    since="2024.44.25",
)
VALET_PIN_NEEDED = Signal(name="valet_pin_needed", kind=flag, path="vehicle_state.valet_pin_needed")
GUEST_MODE = Signal(name="guest_mode", kind=flag, field="GuestModeEnabled")
GUEST_MOBILE_ACCESS = Signal(
    name="guest_mobile_access",
    kind=choice(
        "GuestModeMobileAccess",
        "init",
        "not_authenticated",
        "authenticated",
        "aborted_driving",
        "aborted_using_remote_start",
        "aborted_using_ble_keys",
        "aborted_valet_mode",
        "aborted_guest_mode_off",
        "aborted_drive_auth_time_exceeded",
        "aborted_no_data_received",
        "requesting_from_mothership",
        "requesting_from_auth_d",
        "aborted_fetch_failed",
        "aborted_bad_data_received",
        "showing_qr_code",
        "swiped_away",
        "dismissed_qr_code_expired",
        "succeeded_paired_new_ble_key",
    ),
    field="GuestModeMobileAccessState",
)
PIN_TO_DRIVE = Signal(name="pin_to_drive", kind=flag, field="PinToDriveEnabled")
# No car tells it: known is what was commanded last.
PARENTAL_CONTROLS = Signal(name="parental_controls", kind=flag)
# The same number stands in the cloud's fleet_status; a car has room for twenty.
PAIRED_KEYS = Signal(name="paired_keys", kind=number, field="PairedPhoneKeyAndKeyFobQty")

# mph
SPEED_LIMIT_MODE = Signal(
    name="speed_limit_mode",
    kind=flag,
    path="vehicle_state.speed_limit_mode.active",
    field="SpeedLimitMode",
)
SPEED_LIMIT = Signal(
    name="speed_limit_mode_limit",
    kind=number,
    path="vehicle_state.speed_limit_mode.current_limit_mph",
    field="CurrentLimitMph",
)
SPEED_LIMIT_MIN = Signal(
    name="speed_limit_mode_min", kind=number, path="vehicle_state.speed_limit_mode.min_limit_mph"
)
SPEED_LIMIT_MAX = Signal(
    name="speed_limit_mode_max", kind=number, path="vehicle_state.speed_limit_mode.max_limit_mph"
)
SPEED_LIMIT_PIN_SET = Signal(
    name="speed_limit_mode_pin_set", kind=flag, path="vehicle_state.speed_limit_mode.pin_code_set"
)

REMOTE_START_ENABLED = Signal(
    name="remote_start_enabled",
    kind=flag,
    path="vehicle_state.remote_start_enabled",
    field="RemoteStartEnabled",
    since="2024.44.25",
)
REMOTE_START_ACTIVE = Signal(
    name="remote_start_active",
    kind=flag,
    path="vehicle_state.remote_start",
    field="RemoteStartActive",
    since="2026.32",
)
REMOTE_START_SUPPORTED = Signal(
    name="remote_start_supported", kind=flag, path="vehicle_state.remote_start_supported"
)
SERVICE_MODE = Signal(name="service_mode", kind=flag, path="vehicle_state.service_mode", field="ServiceMode")
