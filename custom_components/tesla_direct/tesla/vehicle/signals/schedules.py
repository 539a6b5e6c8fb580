"""What the car will do by itself, and when: charging, departure, preconditioning."""

from ..kind import choice, count, epoch, flag, wall_clock
from ..schedule import charge_schedules, precondition_schedules
from ..signal import Signal

# The older way: one time for charging or departure. Polls tell it in seconds since 1970; telemetry tells
# the car's wall clock in a disguise of its own.
CHARGING_MODE = Signal(
    name="scheduled_charging_mode",
    kind=choice("ScheduledChargingMode", "off", "start_at", "depart_by"),
    path="charge_state.scheduled_charging_mode",
    field="ScheduledChargingMode",
)
CHARGING_PENDING = Signal(
    name="scheduled_charging_pending",
    kind=flag,
    path="charge_state.scheduled_charging_pending",
    field="ScheduledChargingPending",
)
CHARGING_START = Signal(
    name="scheduled_charging_start",
    kind=epoch,
    path="charge_state.scheduled_charging_start_time",
    field="ScheduledChargingStartTime",
    field_kind=wall_clock,
)
CHARGING_START_MINUTES = Signal(
    name="scheduled_charging_start_minutes",
    kind=count,
    path="charge_state.scheduled_charging_start_time_app",
)
DEPARTURE = Signal(
    name="scheduled_departure",
    kind=epoch,
    path="charge_state.scheduled_departure_time",
    field="ScheduledDepartureTime",
    field_kind=wall_clock,
)
DEPARTURE_MINUTES = Signal(
    name="scheduled_departure_minutes", kind=count, path="charge_state.scheduled_departure_time_minutes"
)
PRECONDITIONING_ENABLED = Signal(
    name="preconditioning_enabled",
    kind=flag,
    path="charge_state.preconditioning_enabled",
    field="PreconditioningEnabled",
)
PRECONDITIONING_DAYS = Signal(
    name="preconditioning_times",
    kind=choice("", "all_week", "weekdays"),
    path="charge_state.preconditioning_times",
)
OFF_PEAK_ENABLED = Signal(
    name="off_peak_charging_enabled", kind=flag, path="charge_state.off_peak_charging_enabled"
)
OFF_PEAK_DAYS = Signal(
    name="off_peak_charging_times",
    kind=choice("", "all_week", "weekdays"),
    path="charge_state.off_peak_charging_times",
)
OFF_PEAK_END_MINUTES = Signal(
    name="off_peak_end_minutes", kind=count, path="charge_state.off_peak_hours_end_time"
)

# The newer way: lists, each entry for a place.
CHARGE_SCHEDULES = Signal(
    name="charge_schedules",
    kind=charge_schedules,
    path="charge_schedule_data.charge_schedules",
    private=True,
)
PRECONDITION_SCHEDULES = Signal(
    name="precondition_schedules",
    kind=precondition_schedules,
    path="preconditioning_schedule_data.precondition_schedules",
    private=True,
)
