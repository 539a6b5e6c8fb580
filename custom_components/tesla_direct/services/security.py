"""Who may drive, how fast, and with which PIN.

What a mode restricts can be changed only while it is off, so that comes before it is switched on and after it
is switched off.
"""

from collections.abc import Iterable

from ..tesla.command.catalogue import security as ask
from ..tesla.command.command import Command
from .action import Action, Asked, Parameter, sends
from .kinds import Number, Several, Wrong, flag, pin

PINS = "pins"  # the group that the user has to have switched on
# Restrictions of parental controls, and Tesla's names for them.
SETTINGS = {
    "speed_limit": "SpeedLimit",
    "acceleration": "Acceleration",
    "safety_features": "SafetyFeatures",
    "curfew": "Curfew",
    "browser_blocked": "BrowserBlocked",
    "theater_blocked": "TheaterBlocked",
    "arcade_blocked": "ArcadeBlocked",
}
ATTR_ENABLE = "enable"
ATTR_PIN = "pin"
ATTR_CLEAR_PIN = "clear_pin"
ATTR_LIMIT = "limit_mph"
ATTR_RESTRICT = "restrict"
ATTR_ALLOW = "allow"

SWITCH = {
    ATTR_ENABLE: Parameter(flag),
    ATTR_PIN: Parameter(pin),
}
CLEAR = {ATTR_CLEAR_PIN: Parameter(flag, default=False)}
LIMIT = Parameter(Number(ask.SLOWEST, ask.FASTEST))


def _valet_mode(asked: Asked) -> Iterable[Command]:
    enable = _looked_at(asked, needs_pin=asked[ATTR_ENABLE])
    if enable is not None:
        yield ask.set_valet_mode(on=enable, password=asked[ATTR_PIN] or "")
    if asked[ATTR_CLEAR_PIN]:
        yield ask.reset_valet_pin()


def _pin_to_drive(asked: Asked) -> Iterable[Command]:
    # The car may know a PIN from before.
    enable = _looked_at(asked, needs_pin=False)
    if enable is not None:
        yield ask.set_pin_to_drive(on=enable, password=asked[ATTR_PIN] or "")
    if asked[ATTR_CLEAR_PIN]:
        yield ask.reset_pin_to_drive_pin()


def _speed_limit(asked: Asked) -> Iterable[Command]:
    enable = _looked_at(asked, ATTR_LIMIT, needs_pin=asked[ATTR_ENABLE] is not None)
    if enable is False:
        yield ask.speed_limit_deactivate(asked[ATTR_PIN])
    if asked[ATTR_LIMIT] is not None:
        yield ask.speed_limit_set_limit(asked[ATTR_LIMIT])
    if enable:
        yield ask.speed_limit_activate(asked[ATTR_PIN])
    if asked[ATTR_CLEAR_PIN]:
        known = asked[ATTR_PIN]
        yield ask.speed_limit_clear_pin_admin() if known is None else ask.speed_limit_clear_pin(known)


def _parental_controls(asked: Asked) -> Iterable[Command]:
    more = (ATTR_LIMIT, ATTR_RESTRICT, ATTR_ALLOW)
    enable = _looked_at(asked, *more, needs_pin=asked[ATTR_ENABLE] is not None)
    restrict, allow = asked[ATTR_RESTRICT] or (), asked[ATTR_ALLOW] or ()
    if set(restrict) & set(allow):
        raise Wrong("not_together", parameter=ATTR_RESTRICT, other=ATTR_ALLOW)
    if enable is False:
        yield ask.parental_controls_deactivate(asked[ATTR_PIN])
    for names, on in ((restrict, True), (allow, False)):
        for name in names:
            yield ask.parental_controls_enable_setting(SETTINGS[name], enable=on)
    if asked[ATTR_LIMIT] is not None:
        yield ask.parental_controls_set_speed_limit(asked[ATTR_LIMIT])
    if enable:
        yield ask.parental_controls_activate(asked[ATTR_PIN])
    if asked[ATTR_CLEAR_PIN]:
        yield ask.parental_controls_clear_pin_admin()


def _looked_at(asked: Asked, *more: str, needs_pin: bool | None) -> bool | None:
    """Return whether a mode is to be switched on, or off, or neither; raise if a call makes no sense.

    more: parameters that are something to do as well
    """
    enable: bool | None = asked[ATTR_ENABLE]
    clear: bool = asked[ATTR_CLEAR_PIN]
    if enable is None and not clear and asked.given.isdisjoint(more):
        raise Wrong("not_any", options=", ".join((ATTR_ENABLE, *more, ATTR_CLEAR_PIN)))
    if clear and enable:
        raise Wrong("not_together", parameter=ATTR_CLEAR_PIN, other=ATTR_ENABLE)
    if needs_pin and asked[ATTR_PIN] is None:
        raise Wrong("parameter_missing", parameter=ATTR_PIN)
    return enable


ACTIONS = (
    Action(name="valet_mode", parameters={**SWITCH, **CLEAR}, prepare=sends(_valet_mode), dangerous=PINS),
    Action(
        name="speed_limit",
        parameters={**SWITCH, ATTR_LIMIT: LIMIT, **CLEAR},
        prepare=sends(_speed_limit),
        dangerous=PINS,
    ),
    Action(name="pin_to_drive", parameters={**SWITCH, **CLEAR}, prepare=sends(_pin_to_drive), dangerous=PINS),
    Action(
        name="parental_controls",
        parameters={
            **SWITCH,
            ATTR_LIMIT: LIMIT,
            ATTR_RESTRICT: Parameter(Several(tuple(SETTINGS))),
            ATTR_ALLOW: Parameter(Several(tuple(SETTINGS))),
            **CLEAR,
        },
        prepare=sends(_parental_controls),
        dangerous=PINS,
    ),
)
