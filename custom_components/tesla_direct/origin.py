"""Who wants something: a person, an automation or a script, as far as Home Assistant tells."""

from collections import OrderedDict

from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import CALLBACK_TYPE, Context, Event, HomeAssistant, callback

from .tesla.command.command import Origin
from .tesla.fleet_api.ledger import Cause

# Public names of events; the components that fire them need not be there.
STARTED = ("automation_triggered", "script_started")
REMEMBERED = 500  # runs of automations and scripts; each leads to its commands within minutes


class Origins:
    """Remembers which automation or script has begun which chain of events."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Know nothing yet."""
        self._hass = hass
        self._runs: OrderedDict[str, str] = OrderedDict()

    @callback
    def async_follow(self) -> CALLBACK_TYPE:
        """Begin to watch; return what ends that."""
        ends = [self._hass.bus.async_listen(event, self._began) for event in STARTED]

        @callback
        def stop() -> None:
            for end in ends:
                end()

        return stop

    @callback
    def _began(self, event: Event) -> None:
        entity_id = event.data.get(ATTR_ENTITY_ID)
        if isinstance(entity_id, str):
            # A script that an automation calls shares its context: the automation has wanted it.
            self._runs.setdefault(event.context.id, entity_id)
            while len(self._runs) > REMEMBERED:
                self._runs.popitem(last=False)

    @callback
    def async_of(self, context: Context | None, *, consent: bool = False) -> Origin:
        """Return who has begun what leads to something now.

        Only what no user has begun counts as automatic: a script that somebody taps on is a person's wish. A
        user's token may also be a program's, which nobody can tell apart.
        """
        if context is None:
            return Origin(Cause.AUTOMATION, consent=consent)
        by = self._runs.get(context.id) or self._runs.get(context.parent_id or "")
        cause = Cause.AUTOMATION if context.user_id is None else Cause.USER
        return Origin(cause, by, consent)
