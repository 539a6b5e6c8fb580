"""Every case of the vectors that users have, one test each."""

from collections.abc import Iterator
import json
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.__main__ import RUNNERS, check, main

VECTORS = Path(__file__).parents[1] / "vectors"


def cases() -> Iterator[Any]:
    for file in sorted(VECTORS.rglob("*.json")):
        content = json.loads(file.read_text())
        for case in content["cases"]:
            yield pytest.param(content["format"], case, id=f"{file.stem}-{case['id']}")


@pytest.mark.parametrize(("file_format", "case"), cases())
def test_a_case_holds(file_format: str, case: dict[str, Any]) -> None:
    check(file_format, case)


def test_no_group_and_no_kind_is_missing() -> None:
    found = {(param.values[0], param.values[1]["kind"]) for param in cases()}

    assert found >= {(name, kind) for name, kinds in RUNNERS.items() for kind in kinds}


def test_the_program_counts_what_passed_and_what_failed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = json.loads((VECTORS / "telemetry" / "acks.json").read_text())
    good, bad = file["cases"][:2]
    bad["expect"]["frame_b64"] = good["expect"]["frame_b64"]
    (tmp_path / "acks.json").write_text(json.dumps({**file, "cases": [good, bad]}))

    assert main(str(tmp_path)) == 1

    printed = capsys.readouterr().out
    assert f"FAILED acks.json {bad['id']}: Differs" in printed
    assert "1 passed, 1 failed" in printed


def test_the_program_does_not_call_an_empty_folder_a_success(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(str(tmp_path)) == 1
    assert "no vector files" in capsys.readouterr().out
