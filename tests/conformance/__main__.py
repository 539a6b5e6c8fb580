"""Run every vector file of a folder and say how many cases passed."""

from collections.abc import Callable, Iterator
from functools import partial
import json
from pathlib import Path
import sys
import traceback
from typing import Any

from tests.conformance import commands, jws, payloads, published, telemetry, vehicle_side

type Case = dict[str, Any]
type Kinds = dict[str, Callable[[Case], None]]


def together(*groups: Kinds) -> Kinds:
    """Return the checks of several modules; a kind that several of them know has to pass all."""
    kinds: dict[str, list[Callable[[Case], None]]] = {}
    for group in groups:
        for kind, check_one in group.items():
            kinds.setdefault(kind, []).append(check_one)
    return {kind: _all_of(checks) for kind, checks in kinds.items()}


def _all_of(checks: list[Callable[[Case], None]]) -> Callable[[Case], None]:
    def check_all(case: Case) -> None:
        for check_one in checks:
            check_one(case)

    return check_all


# Cases are told apart by the file's format first, then by their kind.
TELEMETRY = "tesla-telemetry-vectors"
RUNNERS: dict[str, Kinds] = {
    TELEMETRY: telemetry.KINDS,
    "tesla-jws-vectors": jws.KINDS,
    "tesla-command-vectors": together(commands.KINDS, payloads.KINDS, vehicle_side.KINDS),
}


def check(file_format: str, case: Case) -> None:
    """Run one case; raise what differs."""
    RUNNERS[file_format][case["kind"]](case)


def checks(content: Case) -> Iterator[tuple[str, Callable[[], None]]]:
    """Yield the cases of a file by what to call them; each form that a record is published in is one more."""
    file_format = content.get("format", "")
    for case in content["cases"]:
        yield str(case.get("id")), partial(check, file_format, case)
        if file_format == TELEMETRY:
            for form, check_form in published.FORMS.items():
                if form in case["expect"]:
                    yield f"{case['id']}-{form}", partial(check_form, case)


def main(folder: str) -> int:
    """Run the files, print what failed and the sums; return the exit code."""
    passed = failed = 0
    files = sorted(Path(folder).rglob("*.json"))
    for file in files:
        for name, check_one in checks(json.loads(file.read_text())):
            try:
                check_one()
                passed += 1
            except Exception as error:  # noqa: BLE001  # every case is judged, whatever it hits
                failed += 1
                print(f"FAILED {file.relative_to(folder)} {name}: {_reason(error)}")
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
