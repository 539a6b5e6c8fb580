"""Run every vector file of a folder and say how many cases passed."""

from collections.abc import Callable
import json
from pathlib import Path
import sys
import traceback
from typing import Any

from tests.conformance import jws, telemetry

type Case = dict[str, Any]

# Cases are told apart by the file's format first, then by their kind.
RUNNERS: dict[str, dict[str, Callable[[Case], None]]] = {
    "tesla-telemetry-vectors": telemetry.KINDS,
    "tesla-jws-vectors": jws.KINDS,
}
# Groups that are known, and not ours yet.
LEFT_OUT = {"tesla-command-vectors": "signed commands are not part of this version"}


def check(file_format: str, case: Case) -> None:
    """Run one case; raise what differs."""
    RUNNERS[file_format][case["kind"]](case)


def main(folder: str) -> int:
    """Run the files, print what failed and the sums; return the exit code."""
    passed = failed = 0
    left_out: dict[str, str] = {}
    files = sorted(Path(folder).rglob("*.json"))
    for file in files:
        content = json.loads(file.read_text())
        file_format = content.get("format", "")
        if file_format in LEFT_OUT:
            left_out[str(file.relative_to(folder))] = LEFT_OUT[file_format]
            continue
        for case in content["cases"]:
            try:
                check(file_format, case)
                passed += 1
            except Exception as error:  # noqa: BLE001  # every case is judged, whatever it hits
                failed += 1
                print(f"FAILED {file.relative_to(folder)} {case.get('id')}: {_reason(error)}")
    for name, reason in left_out.items():
        print(f"left out {name}: {reason}")
    if not files:
        print(f"no vector files below {folder}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def _reason(error: Exception) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {str(error)[:300]} ({Path(last.filename).name}:{last.lineno})"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: script/conformance DIR")
    sys.exit(main(sys.argv[1]))
