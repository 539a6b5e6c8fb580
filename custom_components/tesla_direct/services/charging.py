"""What charging at Superchargers has cost: the history, and the invoices."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
import re
from typing import Any

from homeassistant.core import SupportsResponse
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.json import JsonObjectType, JsonValueType

from ..const import DOMAIN
from ..tesla.errors import AnswerUnreadable
from ..tesla.fleet_api import documents, endpoints
from ..user_errors import refused, translated
from .action import Action, Asked, Doing, Parameter
from .kinds import Text, Whole, Wrong, moment

ATTR_START = "start_time"
ATTR_END = "end_time"
ATTR_LIMIT = "limit"
ATTR_CONTENT_ID = "content_id"
ATTR_FILENAME = "filename"
PAGE = 50  # charges; Tesla's own
USUAL = 100  # charges
MOST = 250  # charges, in five pages: our own limit is six billed reads a minute
FIRST_PAGE = 1
CONTENT_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
PATH_LIMIT = 1000  # characters
PDF = b"%PDF"  # how every PDF begins


def content_id(raw: Any) -> str:
    """Accept what the history calls an invoice by: letters, digits and hyphens."""
    if not isinstance(raw, str) or CONTENT_ID.fullmatch(raw) is None:
        raise Wrong("not_an_invoice_id")
    return raw


def _charging_history(asked: Asked) -> Doing:
    start, end = asked[ATTR_START], asked[ATTR_END]
    if start is not None and end is not None and end <= start:
        raise Wrong("not_before", parameter=ATTR_START, other=ATTR_END)
    params = {
        "vin": asked.vehicle.vin,
        "startTime": None if start is None else start.isoformat(),
        "endTime": None if end is None else end.isoformat(),
        "sortOrder": "DESC",
    }
    return partial(_async_charging_history, asked, params)


async def _async_charging_history(asked: Asked, params: dict[str, Any]) -> JsonObjectType:
    """Return the newest charges; each page is a question of its own.

    What was fetched before one of them was refused may have been paid for: it is the answer then, which says
    that it is not complete, and why.
    """
    limit: int = asked[ATTR_LIMIT]
    size = min(PAGE, limit)
    charges: dict[int | str | tuple[int, int], Any] = {}
    total: int | None = None
    refusal: dict[str, JsonValueType] = {}
    for page in range(FIRST_PAGE, FIRST_PAGE + -(-limit // size)):
        # Nobody has told which number the first page has.
        which = {"pageNo": None if page == FIRST_PAGE else page, "pageSize": size}
        try:
            document = await asked.async_read(endpoints.CHARGING_HISTORY, params=params | which)
            rows, total = documents.charging_history(document)
        except (HomeAssistantError, AnswerUnreadable) as error:
            if not charges:
                raise
            told = error if isinstance(error, HomeAssistantError) else translated(error)
            refusal = {"error": str(told)}
            break
        known = len(charges)
        for number, row in enumerate(rows):
            session = row.get("sessionId")
            charges[session if isinstance(session, int | str) else (page, number)] = row
        if len(rows) < size or len(charges) == known or (total is not None and len(charges) >= total):
            break
    return {"charges": list(charges.values())[:limit], "total": total, "complete": not refusal, **refusal}


def _get_invoice(asked: Asked) -> Doing:
    path = Path(asked.hass.config.path(asked[ATTR_FILENAME]))
    return partial(_async_get_invoice, asked, path)


async def _async_get_invoice(asked: Asked, path: Path) -> JsonObjectType:
    """Save an invoice; where it may not or cannot be saved, it is not asked for."""
    hass = asked.hass
    # A path cannot have a NUL in it; who looks for such a one is told so by a ValueError.
    if "\0" in str(path) or not await hass.async_add_executor_job(hass.config.is_allowed_path, str(path)):
        raise refused("path_not_allowed", parameter=ATTR_FILENAME)
    with _told():
        await hass.async_add_executor_job(_try_out, path)
    content = await asked.async_download(endpoints.invoice(asked[ATTR_CONTENT_ID]))
    if not content.startswith(PDF):
        raise AnswerUnreadable("charging/invoice: an answer that is no PDF")
    with _told():
        await hass.async_add_executor_job(path.write_bytes, content)
    return {ATTR_FILENAME: str(path), "bytes": len(content)}


def _try_out(path: Path) -> None:
    """Raise OSError if a file cannot be written to; it stays as it is, or not there."""
    known = path.exists(follow_symlinks=False)
    with path.open("ab"):
        pass
    if not known:
        path.unlink()


@contextmanager
def _told() -> Iterator[None]:
    """Tell the user why a file cannot be written to."""
    try:
        yield
    except OSError as error:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="not_saved",
            translation_placeholders={"reason": error.strerror or type(error).__name__},
        ) from None


ACTIONS = (
    Action(
        name="charging_history",
        parameters={
            ATTR_START: Parameter(moment),
            ATTR_END: Parameter(moment),
            ATTR_LIMIT: Parameter(Whole(1, MOST), default=USUAL),
        },
        prepare=_charging_history,
        response=SupportsResponse.ONLY,
    ),
    Action(
        name="get_invoice",
        parameters={
            ATTR_CONTENT_ID: Parameter(content_id, required=True),
            ATTR_FILENAME: Parameter(Text(PATH_LIMIT), required=True),
        },
        prepare=_get_invoice,
        response=SupportsResponse.OPTIONAL,
        one_car=True,
    ),
)
