"""The command line as a process: what it imports, how it ends, and what it leaves on its streams."""

from __future__ import annotations

import contextlib
import importlib.metadata
import signal
import subprocess
import sys
from pathlib import Path

import pytest

SILENT = {"stdin": subprocess.DEVNULL, "capture_output": True, "text": True, "timeout": 60}


def python(*arguments: str, **options):
    return subprocess.run([sys.executable, *arguments], check=False, **{**SILENT, **options})


@pytest.mark.parametrize("module", ["wattquery", "wattquery.cli"])
def test_as_a_module(module):
    done = python("-m", module, "--version")
    expected = f"wattquery, version {importlib.metadata.version('wattquery')}\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, expected, "")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["sweep", "-h"],
        ["sensitivity", "-h"],
        ["plot", "-h"],
        ["fleet", "-h"],
        ["catalog", "list"],
        ["claims"],
        ["claims", "--csv"],
        ["reproduce", "--preset", "v3"],
    ],
)
def test_light_commands_import_nothing_heavy(arguments):
    heavy = ["numba", "numpy", "pandas", "scipy", "xarray"]
    code = (
        "import sys, atexit\n"
        f"atexit.register(lambda: print([m for m in {heavy} if m in sys.modules], file=sys.stderr))\n"
        f"from wattquery.cli import main; main({arguments})"
    )
    assert python("-c", code).stderr.splitlines()[-1] == "[]"


def test_bad_input_as_a_process(tmp_path):
    done = python("-m", "wattquery", "estimate", "DeepSek-R1", "--json", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: model='DeepSek-R1'")
    assert len(done.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="signals are of POSIX")
def test_an_interrupt(tmp_path):
    (tmp_path / "spec.toml").write_text('model = "DeepSeek-R1"')
    # The child says when the work has begun: before, an interrupt would hit an import. What a shell starts in the
    # background ignores interrupts, and so do its children unless they say otherwise.
    code = (
        "import signal, time; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from wattquery.sweeps.carry_out import MonteCarlo\n"
        "def work(*_):\n    print('begun', flush=True); time.sleep(60)\n"
        "MonteCarlo.work = work\n"
        "from wattquery.cli import main; main(['sweep', 'spec.toml', '-o', 'out.nc', '--threads', '1'])"
    )
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "cwd": tmp_path}
    with subprocess.Popen([sys.executable, "-c", code], **pipes) as process:
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, "", "\nInterrupted.\n")
    assert [path.name for path in tmp_path.iterdir()] == ["spec.toml"]


@pytest.mark.skipif(sys.platform == "win32", reason="broken pipes are of POSIX")
def test_a_reader_that_leaves():
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-m", "wattquery", "catalog", "list"], **pipes) as process:
        process.stdout.close()
        error = process.stderr.read()
    assert (process.returncode, error) == (141, "")


def test_an_error_of_the_system_is_a_sentence(cli, spec, monkeypatch):
    def refused(*arguments, **options):
        raise PermissionError(13, "Permission denied", "numbers.bin")

    monkeypatch.setattr("wattquery.sweeps.carry_out.Exact.work", refused)
    assert "Error: 'numbers.bin': Permission denied." in cli.refused("sweep", spec)


def test_a_mistake_of_ours_is_not_hidden(cli, spec, monkeypatch):
    def wrong(*arguments, **options):
        raise ValueError("a bug")

    monkeypatch.setattr("wattquery.sweeps.carry_out.Exact.work", wrong)
    with pytest.raises(ValueError, match="a bug"):
        cli("sweep", spec)


@pytest.mark.parametrize(
    "command", [[], ["reproduce"], ["estimate"], ["sweep"], ["fleet"], ["catalog"], ["catalog", "validate"]]
)
def test_every_command_has_help(cli, command):
    assert cli.text(*command, "-h") == cli.text(*command, "--help")
    assert "Usage: " in cli.text(*command, "-h")


def test_help_survives_without_docstrings():
    code = (
        "from click.testing import CliRunner; from wattquery.cli import main\n"
        "words = [[], *([name] for name in main.commands)]\n"
        "words += [['catalog', name] for name in main.commands['catalog'].commands]\n"
        "print([CliRunner().invoke(main, [*one, '--help']).stdout for one in words])"
    )
    with_docstrings, without = python("-c", code), python("-OO", "-c", code)
    assert (without.returncode, without.stderr) == (0, "")
    assert without.stdout == with_docstrings.stdout
    assert without.stdout.count("Usage: ") == 25
    for words in ("How many watt-hours", "A FACTOR is a number", "Check a benchmark table of your own"):
        assert words in without.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is always full")
@pytest.mark.parametrize("words", [["--help"], ["plot", "-h"], ["--version"], ["claims"], ["estimate", "DeepSek"]])
def test_a_full_disk_is_no_missed_claim(words):
    for streams in ({"stdout": "/dev/full"}, {"stderr": "/dev/full"}, {"stdout": "/dev/full", "stderr": "/dev/full"}):
        with contextlib.ExitStack() as stack:
            opened = {name: stack.enter_context(Path(path).open("w")) for name, path in streams.items()}
            options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **opened}
            done = python("-m", "wattquery", *words, capture_output=False, **options)
        assert done.returncode == (2 if "stdout" in streams or words[0] == "estimate" else 0)
        assert "Traceback" not in (done.stderr or "")
