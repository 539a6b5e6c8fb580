"""Every case of the vectors that users have, one test each."""

from collections.abc import Callable, Iterator
import copy
import json
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.__main__ import RUNNERS, TELEMETRY, checks, main

VECTORS = Path(__file__).parents[1] / "vectors"


CONTENTS = {
    file.relative_to(VECTORS).as_posix(): json.loads(file.read_text())
    for file in sorted(VECTORS.rglob("*.json"))
}
PAYLOADS = CONTENTS["telemetry/payloads.json"]


def cases() -> Iterator[Any]:
    for file, content in CONTENTS.items():
        for name, check in checks(content):
            yield pytest.param(check, id=f"{Path(file).stem}-{name}")


@pytest.mark.parametrize("check", cases())
def test_a_case_holds(check: Callable[[], None]) -> None:
    check()


def test_no_group_and_no_kind_is_missing() -> None:
    found = {(content["format"], case["kind"]) for content in CONTENTS.values() for case in content["cases"]}

    assert found >= {(name, kind) for name, kinds in RUNNERS.items() for kind in kinds}


def test_each_form_that_a_record_is_published_in_is_a_case_of_its_own() -> None:
    telemetry = [content for content in CONTENTS.values() if content["format"] == TELEMETRY]
    names = [name for content in telemetry for name, _ in checks(content)]
    records = [case for content in telemetry for case in content["cases"]]

    for form in ("mqtt", "json"):
        with_form = [case["id"] for case in records if form in case["expect"]]
        assert len(with_form) > 100
        assert [name for name in names if name.endswith(f"-{form}")] == [f"{one}-{form}" for one in with_form]
    assert [case["id"] for case in records if "mqtt_failure" in case["expect"]]


def test_a_form_that_says_something_else_than_the_record_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (case,) = (one for one in PAYLOADS["cases"] if one["id"] == "payload-1")
    bad = copy.deepcopy(case)
    bad["expect"]["mqtt"][0]["payload"] = "44.3"
    bad["expect"]["json"]["data"][0]["value"] = {"doubleValue": 44.3}
    (tmp_path / "payloads.json").write_text(json.dumps(PAYLOADS | {"cases": [bad]}))

    assert main(str(tmp_path)) == 1

    printed = capsys.readouterr().out
    assert "FAILED payloads.json payload-1-mqtt: Differs: values" in printed
    assert "FAILED payloads.json payload-1-json: Differs: values" in printed
    assert "1 passed, 2 failed" in printed


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
