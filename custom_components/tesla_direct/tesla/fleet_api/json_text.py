"""JSON from outside, read such that all of it can be stored and handed on."""

import json
import re
from typing import Any, Never

# A character that takes two escapes, or one half of it: whoever cuts a text there leaves the other alone.
# JSON allows that, UTF-8 does not, and the first to write it down would fail.
HALF = re.compile(r"\\u[dD][89a-fA-F]")


def read(text: str) -> Any:
    """Return what a text says; a half of a character becomes "?".

    Raises: ValueError where it is no JSON, RecursionError where it is too deep
    """
    said = DECODER.decode(text)
    if HALF.search(text):
        whole = json.dumps(said, ensure_ascii=False).encode(errors="replace")
        return json.loads(whole.decode())
    return said


def _refuse(constant: str) -> Never:
    """Refuse NaN and the infinities, which Python takes and JSON does not have."""
    raise ValueError(f"{constant} is no JSON")


DECODER = json.JSONDecoder(parse_constant=_refuse)
