"""The house itself: tests mirror the source tree, files stay small, and no module stands outside the rooms.

A test file is named after what it tests: ``test_FILE.py`` for a file or folder of the room, ``test_FILE_PART.py`` where
one file takes several. A subject that cuts across a room has a name of its own, and is listed here.
"""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
ROOT = TESTS.parent
SOURCE = ROOT / "src" / "wattquery"
LONGEST = 400
FILE_BY_FILE = ("plans", "methods/exact")
"""Rooms in which every file has tests of its own."""

NOT_OF_THE_PACKAGE = ("benchmarks", "browser", "data_build", "fuzz")
"""Folders that test what stands beside the package, every door of it at once, or a page in a browser."""

SUBJECTS = {
    "": {
        "environments": "where the package may find itself: zip files, no docstrings, frozen applications",
        "scripts": "programs beside the package: what they do with options",
        "public": "the names at the top, and what importing them costs",
        "structure": "this",
    },
    "catalog/physics": {"traps": "tables with one mistake of a unit or a count each, and what is said of them"},
    "cli": {
        "physical_ranges": "every quantity at every door",
        "readme": "what the README shows of the command line",
        "process": "streams, signals and exit codes of a process",
        "refusals": "what each command refuses",
        "renamed": "old names of options and keys, refused with the new ones",
    },
    "fleets": {"refusals": "every argument times values that none takes"},
    "embedding": {"examples": "the programs in `examples` around prepared cells and power profiles"},
    "kernels": {"embedding": "kernels that users compile themselves, which call ours"},
    "methods": {
        "determinism": "the same counts, whoever computes them",
        "lattice_resolution": "distributions as narrow as the lattice of energies",
        "reciprocal": "reciprocal throughputs in every method, against each other and a simulation",
        "under_load": "the load form in every method, against each other and a simulation",
        "tasks": "tasks and parts of every method: in other processes, in any order, split in any way",
    },
    "plot": {"plots": "every picture from real results"},
    "sensitivity": {
        "boundary_factors": "the accelerator share, steps and PUE as factors, in every analysis",
        "factors": "the factors of a cell as analyses see them",
        "labelled_arguments": "labelled containers are read by label",
        "progress": "shares of the work that is done, in every analysis",
        "refusals": "what is refused, and the fix that each message names",
        "under_load": "what the load model leaves open as factors, in every analysis",
    },
    "sweeps": {"statistics": "a statistic is named once: Datasets, blends and estimates follow from its row"},
    "specs/distributions": {
        "oracle": "every distribution against scipy.stats",
        "properties": "what holds for any of them",
        "refusals": "what they refuse",
    },
}


def modules(room: Path) -> set[str]:
    """Return the names of the files and folders of a room of the package."""
    files = {path.stem for path in room.glob("*.py") if not path.stem.startswith(("_", "hook-"))}
    return files | {path.parent.name for path in room.glob("*/__init__.py") if not path.parent.name.startswith("_")}


def test_files() -> list[Path]:
    found = (path.relative_to(TESTS) for path in TESTS.rglob("test_*.py"))
    return sorted(path for path in found if path.parts[0] not in NOT_OF_THE_PACKAGE)


test_files.__test__ = False


@pytest.mark.parametrize("path", test_files(), ids=str)
def test_a_test_stands_where_its_subject_does(path: Path) -> None:
    room = SOURCE / path.parent
    assert (room / "__init__.py").is_file(), f"src/wattquery/{path.parent} is no room of the package"
    name = path.stem.removeprefix("test_")
    key = "" if path.parent == Path() else path.parent.as_posix()
    known = modules(room) | set(SUBJECTS.get(key, ()))
    assert any(name == one or name.startswith(f"{one}_") for one in known), (
        f"{path} is named after no file of src/wattquery/{key}. Name it after the file that it tests, or list "
        "its subject in SUBJECTS here."
    )


def test_no_subject_is_listed_in_vain() -> None:
    names = [(path.parent.as_posix().removeprefix("."), path.stem.removeprefix("test_")) for path in test_files()]
    for room, subjects in SUBJECTS.items():
        for subject in subjects:
            assert any(room == where and name.startswith(subject) for where, name in names), (room, subject)


def test_the_core_tests_of_the_makefile_are_there() -> None:
    """Those that run with the oldest releases; pytest would stop at a folder that was moved."""
    (line,) = (one for one in (ROOT / "Makefile").read_text().splitlines() if one.startswith("CORE_TESTS"))
    rooms = re.findall(r"\w+", line.split("tests/,")[1])
    assert len(rooms) > 5
    for room in rooms:
        assert (TESTS / room).is_dir(), room


@pytest.mark.parametrize("room", FILE_BY_FILE)
def test_every_file_of_the_middle_has_its_own_tests(room: str) -> None:
    tested = {path.stem.removeprefix("test_") for path in (TESTS / room).glob("test_*.py")}
    assert modules(SOURCE / room) <= tested


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCE)))
def test_no_file_is_longer_than_can_be_read_at_once(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


def layers_of_the_docs() -> list[set[str]]:
    """Return the rooms of each row of the table of layers, from top to bottom."""
    text = (ROOT / "docs" / "design-goals.md").read_text(encoding="utf-8")
    table = text.split("## Layers", 1)[1].split("\n## ", 1)[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    return [set(re.findall(r"`(\w+)`", row)) for row in rows]


def layers_of_the_contract() -> list[set[str]]:
    """Return the rooms of each layer that `lint-imports` checks, from top to bottom."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = (one for one in config["tool"]["importlinter"]["contracts"] if one["type"] == "layers")
    return [{name.strip().removeprefix("wattquery.") for name in row.split("|")} for row in contract["layers"]]


def test_the_layers_that_are_told_are_those_that_are_checked() -> None:
    assert layers_of_the_docs() == layers_of_the_contract()


def test_no_module_stands_outside_the_rooms() -> None:
    assert modules(SOURCE) == set().union(*layers_of_the_docs())


def test_where_to_change_names_files_that_are_there() -> None:
    page = (ROOT / "docs" / "where-to-change.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([\w/.-]+(?:\.(?:py|csv|toml|md)|/))`", page)) - {"test_refusals.py"}
    assert len(named) > 30
    missing = [name for name in named if not any((home / name).exists() for home in (SOURCE, TESTS, ROOT))]
    assert not missing


@pytest.mark.parametrize(
    "path", sorted(SOURCE.rglob("__init__.py")), ids=lambda path: str(path.parent.relative_to(SOURCE))
)
def test_a_room_lists_its_files(path: Path) -> None:
    """In the first column of a table in its docstring, where it has one: another table may say what it offers."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tables = re.findall(r"^=+ +=+$(.*?)^=+ +=+$", ast.get_docstring(tree) or "", re.DOTALL | re.MULTILINE)
    columns = [set(re.findall(r"^``([\w/]+)``", table, re.MULTILINE)) for table in tables]
    listed = {name.strip("/") for names in columns if names - names_in_all(tree) for name in names}
    if listed:
        data = {one.name for one in path.parent.iterdir() if one.is_dir() and not list(one.glob("*.py"))}
        assert listed - data == modules(path.parent)


NOT_LISTED = ("", "specs/distributions")
"""Folders whose files need no list: the rooms stand in the documents, and a distribution has a file of its own."""


@pytest.mark.parametrize(
    "path", sorted(SOURCE.rglob("__init__.py")), ids=lambda path: str(path.parent.relative_to(SOURCE))
)
def test_a_room_names_all_its_files_and_no_others(path: Path) -> None:
    """Table or not; in a list without rules a line begins with the names of its files."""
    room = path.parent.relative_to(SOURCE).as_posix().removeprefix(".")
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    if room not in NOT_LISTED:
        assert modules(path.parent) <= set(re.findall(r"``([\w/]+?)/?``", docstring))
    if room not in NOT_LISTED and not re.search(r"^=+ +=+$", docstring, re.MULTILINE):
        rows = re.findall(r"^(``\w+``(?:, ``\w+``)*) ", docstring, re.MULTILINE)
        assert set(re.findall(r"\w+", " ".join(rows))) <= modules(path.parent)


def names_in_all(tree: ast.Module) -> set[str]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(getattr(one, "id", "") == "__all__" for one in node.targets):
            return set(ast.literal_eval(node.value))
    return set()
