"""Programs beside the package answer ``--help`` and refuse options that they do not have, and write nothing then."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("benchmarks", "data", "docs", "examples")
SCRIPTS = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in FOLDERS
    for path in (ROOT / folder).rglob("*.py")
    if '__name__ == "__main__"' in path.read_text(encoding="utf-8")
)


def run(script: str, option: str, monkeypatch: pytest.MonkeyPatch) -> object:
    """Run a script as a program with one option, and return how it ended."""
    monkeypatch.setattr(sys, "argv", [script, option])
    if script.startswith("benchmarks/"):
        name, start = script.removesuffix(".py").replace("/", "."), runpy.run_module
    else:  # with its neighbours, by their names alone
        name, start = str(ROOT / script), runpy.run_path
        monkeypatch.setattr(sys, "path", [*sys.path, str((ROOT / script).parent)])
    with pytest.raises(SystemExit) as end:
        start(name, run_name="__main__")
    return end.value.code


def test_there_are_scripts() -> None:
    assert {path.partition("/")[0] for path in SCRIPTS} == set(FOLDERS)


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.filterwarnings("ignore:.*found in sys.modules:RuntimeWarning")  # runpy's, of modules that tests imported
def test_a_script_answers_help_and_refuses_what_it_does_not_know(script, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(script, "--help", monkeypatch) == 0
    assert capsys.readouterr().out.startswith("usage: ")
    assert run(script, "--no-such-option", monkeypatch) == 2
    assert "error: " in capsys.readouterr().err  # of an argument that it needs, where it needs one
    assert not list(tmp_path.iterdir())


def test_nothing_in_the_root_is_named_like_an_option() -> None:
    assert not [path.name for path in ROOT.iterdir() if path.name.startswith("-")]
