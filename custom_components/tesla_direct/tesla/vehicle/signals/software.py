"""Software: what is installed, what is to come, how far it is; the name and the display."""

from typing import Any

from ..kind import choice, epoch_ms, flag, number, scaled, text, wall_clock
from ..signal import Signal


def _version(raw: Any) -> str | None:
    """Accept "2026.26.6 0a1b2c3d4e5f" as the version without the build."""
    value = text(raw)
    return None if value is None else value.split()[0]


VERSION = Signal(name="software_version", kind=_version, path="vehicle_state.car_version", field="Version")
UPDATE_VERSION = Signal(
    name="software_update_version",
    kind=_version,
    path="vehicle_state.software_update.version",
    field="SoftwareUpdateVersion",
    since="2024.44.25",
)
UPDATE_STATUS = Signal(
    name="software_update_status",
    kind=choice(
        "",
        "none",
        "available",
        "scheduled",
        "installing",
        "downloading",
        "downloading_wifi_wait",
        aliases={"": "none"},
    ),
    path="vehicle_state.software_update.status",
)
# Percent; it runs from 0 to 100 several times in one update.
UPDATE_DOWNLOAD = Signal(
    name="software_update_download",
    kind=number,
    path="vehicle_state.software_update.download_perc",
    field="SoftwareUpdateDownloadPercentComplete",
    since="2024.44.25",
)
# Percent; 1 to 10 while nothing is installed. See conclusions.install_progress.
UPDATE_INSTALL = Signal(
    name="software_update_install",
    kind=number,
    path="vehicle_state.software_update.install_perc",
    field="SoftwareUpdateInstallationPercentComplete",
    since="2024.44.25",
)
UPDATE_MINUTES = Signal(
    name="software_update_duration",
    kind=scaled(1 / 60),
    path="vehicle_state.software_update.expected_duration_sec",
    field="SoftwareUpdateExpectedDurationMinutes",
    field_kind=number,
    since="2024.44.25",
)
UPDATE_SCHEDULED = Signal(
    name="software_update_scheduled",
    kind=epoch_ms,
    path="vehicle_state.software_update.scheduled_time_ms",
    field="SoftwareUpdateScheduledStartTime",
    field_kind=wall_clock,
    since="2024.44.25",
)
UPDATE_AVAILABLE = Signal(
    name="software_update_available", kind=flag, field="SoftwareUpdateAvailable", since="2026.32"
)
UPDATE_IN_PROGRESS = Signal(
    name="software_update_in_progress", kind=flag, field="SoftwareUpdateInProgress", since="2026.32"
)
VEHICLE_NAME = Signal(
    name="vehicle_name", kind=text, path="vehicle_state.vehicle_name", field="VehicleName", private=True
)
# The numbers of a poll are not documented. 7 is told of charging and of dog mode; it was captured charging.
CENTER_DISPLAY = Signal(
    name="center_display",
    kind=choice(
        "DisplayState",
        "off",
        "dim",
        "accessory",
        "on",
        "driving",
        "charging",
        "lock",
        "sentry",
        "dog",
        "entertainment",
        aliases={
            0: "off",
            2: "on",
            3: "driving",
            4: "charging",
            5: "lock",
            6: "sentry",
            7: "charging",
            8: "entertainment",
        },
    ),
    path="vehicle_state.center_display_state",
    field="CenterDisplay",
    since="2024.44.25",
)
