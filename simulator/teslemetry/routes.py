"""Which calls there are: one row for each, with what it needs."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
import re

from ..cloud.answers import Answer
from ..cloud.region import TABLE
from . import commands, config, own, vehicles
from .office import Call

VEHICLE = "/api/1/vehicles/{vin}"
SITE = "/api/1/energy_sites/{site}"
# Answered before anybody is known.
PUBLIC = ("connect", "register", "token", "ping", "fields")
STREAMS = ("sse", "sse_vehicle", "sse_field")


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One call.

    serve:  carries it out; None where the desk or the stream does that
    unpaid: answered without a subscription too
    """

    name: str
    path: str
    methods: tuple[str, ...] = ("GET",)
    serve: Callable[[Call], Answer | Awaitable[Answer]] | None = None
    unpaid: bool = False

    def match(self, path: str) -> Mapping[str, str] | None:
        """Return the values in a path, None if it is another call's."""
        found = re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.path), path)
        return found.groupdict() if found else None


ROUTES = {
    route.name: route
    for route in (
        Route(name="connect", path="/connect", methods=("GET", "POST")),
        Route(name="register", path="/oauth/register", methods=("POST",)),
        Route(name="token", path="/oauth/token|/api/oauth2/v3/token", methods=("POST",)),
        Route(name="ping", path="/api/ping"),
        Route(name="fields", path=r"/fields\.json"),
        Route(name="test", path="/api/test", serve=own.test, unpaid=True),
        Route(name="metadata", path="/api/metadata", serve=own.metadata, unpaid=True),
        Route(name="userdata", path="/api/userdata", serve=own.userdata, unpaid=True),
        Route(name="config", path="/api/config/{vin}", serve=config.read),
        Route(name="config_merge", path="/api/config/{vin}", methods=("PATCH",), serve=config.merge),
        Route(name="config_replace", path="/api/config/{vin}", methods=("POST",), serve=config.replace),
        Route(name="config_delete", path="/api/config/{vin}", methods=("DELETE",), serve=config.delete),
        Route(name="refresh", path="/api/refresh/{vin}", serve=vehicles.refresh),
        Route(name="vehicle_config", path="/api/vehicle_config/{vin}", serve=vehicles.saved_config),
        Route(name="sse", path="/sse/?"),
        Route(name="sse_vehicle", path="/sse/{vin}"),
        Route(name="sse_field", path="/sse/{vin}/{field}"),
        Route(name="vehicle_data", path=f"{VEHICLE}/vehicle_data", serve=vehicles.vehicle_data),
        Route(name="telemetry", path=f"{VEHICLE}/telemetry", serve=vehicles.telemetry),
        Route(name="wake_up", path=f"{VEHICLE}/wake_up", methods=("POST",), serve=commands.wake_up),
        Route(
            name="command",
            path=f"{VEHICLE}/command/{{command}}",
            methods=("POST",),
            serve=commands.command,
        ),
        Route(
            name="custom_command",
            path=f"{VEHICLE}/custom_command/{{command}}",
            methods=("POST",),
            serve=commands.custom_command,
        ),
        Route(name="live_status", path=f"{SITE}/live_status", serve=vehicles.live_status),
        Route(name="site_info", path=f"{SITE}/site_info", serve=vehicles.site_info),
        *(
            Route(
                name=name,
                path=TABLE[name].path,
                methods=(TABLE[name].method,),
                serve=vehicles.passed_on,
            )
            for name in vehicles.PASSED_ON
        ),
    )
}


def find(method: str, path: str) -> tuple[str, Mapping[str, str]]:
    """Return the name and the values of a path: "unknown" for none, "other method" for a wrong one."""
    known = False
    for route in ROUTES.values():
        values = route.match(path)
        if values is None:
            continue
        if method in route.methods:
            return route.name, values
        known = True
    return ("other method" if known else "unknown"), {}
