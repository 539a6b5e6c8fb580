"""Each file of the library has its test, and says in its first line if it touches the network or the disk."""

import ast
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
LIBRARY = PROJECT / "custom_components" / "tesla_direct" / "tesla"
TESTS = PROJECT / "tests" / "tesla"
FILES = [
    file.relative_to(LIBRARY)
    for file in sorted(LIBRARY.rglob("*.py"))
    if file.name != "__init__.py" and not file.stem.endswith("_pb2")
]
TEST_FILES = [file.relative_to(TESTS) for file in sorted(TESTS.rglob("test_*.py"))]
# Shapes that others fill in, rows and names: nothing in them that a test could run.
PROTOCOLS = {
    Path("source/end.py"),
    Path("source/polled_car.py"),
    Path("source/source.py"),
    Path("vehicle/sources.py"),
}
# Of what protoc has made, and of what a room says in its `__init__.py`.
OF_NO_FILE = {Path("proto/test_proto.py"), Path("vehicle/signals/test_init.py")}
# Modules through which the network, the disk or the clock of the machine is reached, and waited for.
IO = frozenset(
    {
        "aiohttp",
        "asyncio",
        "http",
        "io",
        "os",
        "pathlib",
        "select",
        "selectors",
        "shutil",
        "socket",
        "ssl",
        "subprocess",
        "tempfile",
        "threading",
        "time",
    }
)
EACH_FILE = pytest.mark.parametrize("file", FILES, ids=str)


def parsed(file: Path) -> ast.Module:
    return ast.parse((LIBRARY / file).read_text(encoding="utf-8"))


def touches_the_world(module: ast.Module) -> bool:
    """Return whether a file imports what does I/O, or opens a file."""
    for node in ast.walk(module):
        match node:
            case ast.Import(names=names) if any(name.name.partition(".")[0] in IO for name in names):
                return True
            case ast.ImportFrom(module=str(name), level=0) if name.partition(".")[0] in IO:
                return True
            case ast.Call(func=ast.Name(id="open")):
                return True
    return False


@EACH_FILE
def test_each_file_has_its_test(file: Path) -> None:
    test = TESTS / file.with_name(f"test_{file.name}")

    assert test.is_file() or file in PROTOCOLS


@pytest.mark.parametrize("test", TEST_FILES, ids=str)
def test_each_test_is_of_a_file(test: Path) -> None:
    name = test.stem.removeprefix("test_")
    tested = {file.stem for file in FILES if file.parent == test.parent}

    # A second file of tests begins with the name of the first: `test_payload_breadth.py`.
    assert test in OF_NO_FILE or any(name == one or name.startswith(f"{one}_") for one in tested)


@pytest.mark.parametrize("file", sorted(PROTOCOLS), ids=str)
def test_what_has_no_test_has_nothing_to_test(file: Path) -> None:
    for statement in parsed(file).body:
        assert not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef)
        if isinstance(statement, ast.ClassDef):
            row = all(isinstance(part, ast.AnnAssign | ast.Expr) for part in statement.body)
            assert row or "Protocol" in [ast.unparse(base) for base in statement.bases]


@EACH_FILE
def test_a_file_that_touches_the_world_says_so_in_its_first_line_and_no_other_does(file: Path) -> None:
    module = parsed(file)
    docstring = ast.get_docstring(module)

    assert docstring
    assert docstring.startswith("[I/O] ") is touches_the_world(module)
