"""What a car is told to report, and reports."""

from collections.abc import Mapping
from dataclasses import replace
from math import inf
from typing import Any

from ..body import Alert
from ..collector import Complaint
from ..firmware import ROWS, Firmware, version
from ..machine import CONFIG_ERROR, Machine, Report
from ..records import errors, payload
from ..spelling import DOORS, MOMENT, PLACE, LocalTime
from ..stream import StreamConfig, read_config
from ..subscription import APPLICATIONS

USUAL_INTERVAL = 10
CLOSED = dict.fromkeys(
    ("DriverFront", "DriverRear", "PassengerFront", "PassengerRear", "TrunkFront", "TrunkRear"), False
)


class Reports(Machine):
    """Telemetry: its configuration, signals, alerts and errors."""

    def stream(self, **config: Any) -> None:
        """Give it a telemetry configuration, as the signed claims would be.

        Without `fields` it sends all it knows.
        Raises: KeyError for a field that Tesla does not have
        """
        self.tell(self._read(config))

    def stop_streaming(self) -> None:
        """Take its telemetry configuration away."""
        self.tell(None)

    def stream_to(self, name: str, **config: Any) -> None:
        """Stream for another application too, such as an owner's own server, or a service; it pays for it.

        config: as for `stream`; the car has it at once
        Raises: KeyError for a field that Tesla does not have, ValueError where five stream already
        """
        if not self._streams_for(name):
            if self.subscription.others + (self.told is not None) >= APPLICATIONS:
                raise ValueError(f"{APPLICATIONS} applications stream from this car already")
            self.subscription.others += 1
        self._client(name).configure(self._read(config), self.now)

    def stop_streaming_to(self, name: str) -> None:
        """Take another application's telemetry configuration away."""
        if self._streams_for(name):
            self.subscription.others -= 1
            self.streams[name].configure(None, self.now)

    def slow_sync(self, seconds: float | None = 600.0) -> None:
        """Fetch a configuration only after so many simulated seconds online; None never fetches one."""
        self.subscription.sync_s = inf if seconds is None else seconds

    def ignore_configuration(self, *, on: bool = True) -> None:
        """Say that a configuration was taken on, and go on as before, as cars have been seen to do."""
        self.subscription.stubborn = on

    def fill_applications(self, others: int = APPLICATIONS, *, unnoticed: bool = False) -> None:
        """Let so many applications of others stream from it; five are all there is room for.

        unnoticed: the cloud takes a configuration that the car then has no room for
        """
        self.subscription.others, self.subscription.unnoticed = others, unnoticed

    def set_streaming_toggle(self, *, on: bool | None = True) -> None:
        """Set the Safety screen's switch for streaming; None for a car that has none."""
        self.model = replace(self.model, streaming_switch=on)
        if on is False and self.told is not None:
            self.tell(None)

    def update_firmware(self, firmware: str) -> None:
        """Have other software at once, with the telemetry client that belongs to it."""
        version(firmware)
        self.body.firmware = firmware
        self.boot()

    def report_telemetry_error(self, text: str, name: str = CONFIG_ERROR) -> None:
        """Tell the cloud that the telemetry client complains of something."""
        self.reports.append(Report(name=name, text=text, at=self.now))

    async def push(self, *fields: str, **values: Any) -> None:
        """Send exactly these now: fields by name with their true value, or with the value given."""
        self.wake_now()
        truth = self.truth
        raw = {field: ROWS[field].read(truth) for field in fields}
        raw |= {field: self._natural(field, value) for field, value in values.items()}
        for client in self.listened_to:
            client.send(raw, self.now)
            await client.connections.flushed()

    async def send_nothing(self) -> None:
        """Send a record without any data, which is legal."""
        for client in self.listened_to:
            client.put(payload((), self.now, ""))
            await client.connections.flushed()

    def raise_alert(self, name: str = "VCFRONT_a192_washerFluidLow", audience: str = "Service") -> None:
        """Complain of something."""
        self.wake_now()
        alert = Alert(name=name, audiences=(audience,), started=self.now)
        self.body.alerts.append(alert)
        self._tell_of(alert)

    def end_alert(self, name: str = "VCFRONT_a192_washerFluidLow") -> None:
        """Be content again."""
        self.wake_now()
        for alert in self.body.alerts:
            if alert.name == name and alert.ended is None:
                alert.ended = self.now
                self._tell_of(alert)

    def complain(self, name: str, **tags: str) -> None:
        """Send an error of the telemetry client."""
        self.wake_now()
        for client in self.listened_to:
            client.put(errors([Complaint(name, tuple(tags.items()))], self.now, self.vin))

    def _tell_of(self, alert: Alert) -> None:
        for client in self.clients:
            client.alert([alert], self.now)

    def _streams_for(self, name: str) -> bool:
        """Tell whether another application has a configuration in the car."""
        return name in self.streams and self.streams[name].config is not None

    def _read(self, config: dict[str, Any]) -> StreamConfig:
        """Read a configuration; without `fields` it has all that the car knows.

        Raises: KeyError for a field that Tesla does not have
        """
        if "fields" not in config:
            known = filter(self.telemetry.firmware.row, ROWS)
            config = config | {"fields": {field: {"interval_seconds": USUAL_INTERVAL} for field in known}}
        read = read_config(config)
        for field in read.fields:
            if not Firmware.exists(field):
                raise KeyError(field)
        return read

    def _natural(self, field: str, value: Any) -> Any:
        """Take a value as JSON has it for what the field's row works with."""
        kind = ROWS[field].kind
        if kind is MOMENT and isinstance(value, int | float):
            return LocalTime(value, self.model.timezone)
        if kind is PLACE and value is not None:
            return tuple(value)
        if kind is DOORS and isinstance(value, Mapping):
            return CLOSED | dict(value)
        return value
