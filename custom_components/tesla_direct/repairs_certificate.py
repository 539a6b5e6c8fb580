"""What only the user can put right about the certificate that cars are shown, shown until it is."""

from datetime import datetime

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .port_settings import PortSettings
from .tesla.errors import CertificateError
from .tesla.fleet_telemetry.certificate import read_chain

ENDS_SOON = "certificate_ends_soon"
NOT_SERVED = "certificate_not_served"  # yet: cars have to hear of its authority first
UNFIT = "certificate_unfit"
CERTIFICATE_TROUBLES = (ENDS_SOON, NOT_SERVED, UNFIT)


@callback
def async_tell_certificate(
    hass: HomeAssistant,
    settings: PortSettings,
    *,
    refused: CertificateError | None = None,
    end: float | None = None,
) -> None:
    """Tell what is wrong with the certificate of a port, and take back what is not any more.

    refused: why the files on disk are not shown, though older ones are
    end:     when what is shown ends, if that is soon; seconds since 1970
    """
    waits = bool(settings.next_ca)  # for cars to hold what verifies it
    wrong = {
        ENDS_SOON: end is not None,
        NOT_SERVED: refused is not None and waits,
        UNFIT: refused is not None and not waits,
    }
    for key, so in wrong.items():
        issue_id = f"{key}_{settings.port}"
        if not so:
            ir.async_delete_issue(hass, DOMAIN, issue_id)
            continue
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue_id,
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key=key,
            translation_placeholders={
                "host": settings.host,
                "port": str(settings.port),
                "detail": str(refused or "-"),
                "date": _date(end) if end is not None else _end_of_leaf(settings),
            },
        )


def _end_of_leaf(settings: PortSettings) -> str:
    assert settings.leaf is not None  # noqa: S101  # what is shown instead of the files
    return _date(read_chain(settings.leaf.certificate.encode())[0].not_valid_after_utc.timestamp())


def _date(moment: float) -> str:
    return dt_util.as_local(datetime.fromtimestamp(moment, dt_util.UTC)).date().isoformat()
