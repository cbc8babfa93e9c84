"""The style of the house, as far as a test can see it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVER = sorted((ROOT / "server").rglob("*.py"))
TESTS = sorted(path for path in (ROOT / "tests").rglob("*.py") if "node_modules" not in path.parts)

MODULE_LINES_MAX = 400
TEST_MODULE_LINES_MAX = 600
FUNCTION_LINES_MAX = 50

LONGER_FUNCTIONS = {
    # It runs for each keystroke, and a call costs as much as reading three numbers.
    "palimpsest/protocol/scanner.py:_scan",
}

UNNAMED = {"base", "common", "helper", "helpers", "manager", "misc", "processor", "service"}
UNNAMED |= {"util", "utils"}
"""Each is a place that nobody has named yet."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def named(path: Path) -> str:
    return str(path.relative_to(ROOT)).removeprefix("server/")


def functions(tree: ast.Module) -> Iterator[Function]:
    for node in ast.walk(tree):
        if isinstance(node, Function):
            yield node


def lines_without_docstring(function: Function) -> int:
    assert function.end_lineno is not None
    lines = function.end_lineno - function.lineno + 1
    if ast.get_docstring(function) is not None:
        docstring = function.body[0]
        assert docstring.end_lineno is not None
        lines -= docstring.end_lineno - docstring.lineno + 1
    return lines


def words(name: str) -> set[str]:
    """Return the words of a name, in snake_case or in CamelCase."""
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


def test_there_are_modules_to_look_at() -> None:
    assert len(SERVER) > 50
    assert Path(__file__) in TESTS


@pytest.mark.parametrize("path", SERVER, ids=named)
def test_a_module_begins_with_a_sentence_that_says_what_is_in_it(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text()))
    assert docstring
    assert docstring.splitlines()[0].endswith((".", "?"))


@pytest.mark.parametrize("path", [*SERVER, *TESTS], ids=named)
def test_a_module_can_be_read_in_one_sitting(path: Path) -> None:
    lines_max = MODULE_LINES_MAX if path in SERVER else TEST_MODULE_LINES_MAX
    assert len(path.read_text().splitlines()) <= lines_max


@pytest.mark.parametrize("path", [*SERVER, *TESTS], ids=named)
def test_a_function_fits_on_a_screen(path: Path) -> None:
    too_long = [
        function.name
        for function in functions(ast.parse(path.read_text()))
        if lines_without_docstring(function) > FUNCTION_LINES_MAX
        and f"{named(path)}:{function.name}" not in LONGER_FUNCTIONS
    ]
    assert too_long == []


def test_functions_that_may_be_longer_are_still_there_and_still_longer() -> None:
    longer = {
        f"{named(path)}:{function.name}"
        for path in SERVER
        for function in functions(ast.parse(path.read_text()))
        if lines_without_docstring(function) > FUNCTION_LINES_MAX
    }
    assert longer >= LONGER_FUNCTIONS


@pytest.mark.parametrize("path", [*SERVER, *TESTS], ids=named)
def test_modules_folders_and_classes_have_names_of_their_own(path: Path) -> None:
    names = [path.stem, path.parent.name]
    tree = ast.parse(path.read_text())
    names += [node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    assert [name for name in names if words(name) & UNNAMED] == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("BaseStore", {"base", "store"}),
        ("database", {"database"}),
        ("HTTPServiceError", {"http", "service", "error"}),
        ("live_document", {"live", "document"}),
    ],
)
def test_a_name_is_cut_into_its_words(name: str, expected: set[str]) -> None:
    assert words(name) == expected
