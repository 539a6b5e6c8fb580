"""JSON that is read can be written again, whatever it says."""

import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.fleet_api import json_text

ESCAPES = st.sampled_from(
    [r"\ud83d", r"\ude00", r"\uDBFF", r"\uDC00", r"\u0041", r"\\", r"\"", "a", "u", "\\\\ud800"]
)


@pytest.mark.parametrize("value", [None, 5, 1.5, "ä😀", {"a": [True, {}]}, 9_007_199_254_740_993])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_json_is_read(value: Any, ascii_only: bool) -> None:  # noqa: FBT001
    assert json_text.read(json.dumps(value, ensure_ascii=ascii_only)) == value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (r'"a\ud83d"', "a?"),
        (r'"\ude00b"', "?b"),
        (r'"\ud83d\ude00\ude00"', "😀?"),
        (r'"\ud83d\ud83d\ude00"', "?😀"),
        (r'"\ud83d\\\ude00"', "?\\?"),
        (r'"\\ud83d"', r"\ud83d"),  # a backslash and letters
        (r'"\\ud83d\\ude00"', r"\ud83d\ude00"),
        (r'{"\udc00":1e999}', {"?": float("inf")}),
    ],
)
def test_half_a_character_is_a_question_mark(text: str, said: Any) -> None:
    assert json_text.read(text) == said


@pytest.mark.parametrize("text", ["", "on", "{", "NaN", "[-Infinity]", "1 2", "9" * 5000])
def test_what_is_no_json_raises(text: str) -> None:
    with pytest.raises(ValueError, match=r".") as raised:
        json_text.read(text)
    assert not isinstance(raised.value, UnicodeError)


def test_what_is_too_deep_raises() -> None:
    with pytest.raises(RecursionError):
        json_text.read("[" * 200_000)


@example([r"\ud83d", "\\\\ud800", r"\ude00"])
@example(["\\\\ud800", r"\ude00"])
@given(st.lists(ESCAPES, max_size=8))
def test_all_that_is_read_can_be_stored(parts: list[str]) -> None:
    text = '"' + "".join(parts) + '"'

    said = json_text.read(text)

    assert said.encode().decode() == json.loads(text).encode(errors="replace").decode()
