"""Where the package may find itself: without compiling, without docstrings, in a zip file, in a frozen application."""

import json
import os
import subprocess
import sys
import zipfile
from importlib.resources import files
from pathlib import Path

import pytest

import wattquery as wq
from wattquery.__pyinstaller import data_files, hook_folders, modules

PACKAGE = Path(wq.__file__).parent
QUIET = ("-W", "error")

METHODS = """
import json, sys
import wattquery as wq
told = {}
if "monte_carlo" in sys.argv:
    told["monte_carlo"] = wq.sweep("DeepSeek-R1", draws=100, threads=1, seed=1)
if "quasi_monte_carlo" in sys.argv:
    told["quasi_monte_carlo"] = wq.sweep("DeepSeek-R1", draws=1024, method="quasi_monte_carlo", threads=1, seed=1)
if "exact" in sys.argv:
    told["exact"] = wq.sweep("DeepSeek-R1", method="exact", threads=1)
told = {name: ds["energy"].sel(quantile=0.5).item() for name, ds in told.items()}
try:
    wq.kernels.ufuncs.energy
except RuntimeError as error:
    told["ufuncs"] = str(error)
print(json.dumps(told))
"""


def python(*arguments, **environment):
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("NUMBA_", "PYTHON"))}
    clean |= {"PYTHONPATH": str(PACKAGE.parent)}
    return subprocess.run(
        [sys.executable, *arguments], env=clean | environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    "methods",
    [["monte_carlo"], pytest.param(["monte_carlo", "quasi_monte_carlo", "exact"], marks=pytest.mark.slow)],
    ids=len,
)
def test_without_compiling(methods):
    """With NUMBA_DISABLE_JIT all methods give what they give compiled, but for what exists as compiled code only."""
    done = python(*QUIET, "-c", METHODS, *methods, NUMBA_DISABLE_JIT="1", WATTQUERY_CACHE_DIR="off")
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert "NUMBA_DISABLE_JIT is set" in told["ufuncs"]
    for method in methods:
        draws = {"monte_carlo": 100, "quasi_monte_carlo": 1024, "exact": None}[method]
        ds = wq.sweep("DeepSeek-R1", method=method, draws=draws, seed=1)
        assert told[method] == pytest.approx(ds["energy"].sel(quantile=0.5).item(), rel=1e-3), method


def test_without_docstrings_and_asserts():
    done = python("-OO", *QUIET, "-m", "wattquery", "estimate", "DeepSeek-R1", "--method", "exact", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert "energy_wh" in json.loads(done.stdout)


@pytest.mark.skipif(sys.platform == "win32", reason="the shell of POSIX")
@pytest.mark.parametrize(
    ("redirection", "arguments", "code"),
    [
        (">&-", ["catalog", "list"], 0),
        ("2>&-", ["estimate", "nope"], 2),
        (">&- 2>&-", ["estimate", "nope"], 2),
        ("<&-", ["catalog", "list"], 0),
    ],
)
def test_closed_streams(redirection, arguments, code):
    words = " ".join([sys.executable, "-m", "wattquery", *arguments, redirection])
    done = subprocess.run(["sh", "-c", words], capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="broken pipes are of POSIX")
@pytest.mark.parametrize(
    ("stream", "arguments", "code"), [("stdout", ["--help"], 141), ("stderr", ["estimate", "nope"], 2)]
)
def test_a_reader_that_has_left(stream, arguments, code):
    reading, writing = os.pipe()
    os.close(reading)
    with subprocess.Popen([sys.executable, "-m", "wattquery", *arguments], **{stream: writing}) as process:
        os.close(writing)
    assert process.returncode == code


@pytest.mark.parametrize("lacking", ["HOME", "TERM", "LANG"])
def test_a_poor_environment(lacking):
    done = python(
        *QUIET, "-c", f"import os; os.environ.pop({lacking!r}, 0); from wattquery.cli import main; main(['claims'])",
        LC_ALL="C", PYTHONIOENCODING="ascii", PYTHONUTF8="0",
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_from_a_zip_file(tmp_path):
    """Data files come from inside; kernels have no source files there, and are compiled in memory."""
    with zipfile.ZipFile(tmp_path / "app.zip", "w") as zipped:
        for path in PACKAGE.rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                zipped.write(path, path.relative_to(PACKAGE.parent))
    code = """
import json
import wattquery as wq
from wattquery.kernels.compiling import cache
rows = len(wq.catalog.load("oviedo2026").rows) * (wq.workloads.load("azure_code").size == 1024)
wq.kernels.philox4x32(0, 0, 0, 0, 0, 0)
status = cache.status()
print(json.dumps([wq.__file__, rows, wq.scenarios.names() != (), status.stored, status.problem]))
"""
    done = python(*QUIET, "-c", code, PYTHONPATH=str(tmp_path / "app.zip"), WATTQUERY_CACHE_DIR=str(tmp_path / "cache"))
    assert (done.returncode, done.stderr) == (0, "")
    where, rows, scenarios, stored, problem = json.loads(done.stdout)
    assert where.startswith(str(tmp_path))
    assert (rows, scenarios, stored) == (25, True, 0)
    assert "is not in a file of wattquery.kernels" in problem


def test_a_frozen_application_takes_all_data_files_along():
    taken = {str(Path(folder, Path(source).name)) for source, folder in data_files()}
    expected = [Path("wattquery", "kernels", "equation.py")]
    for package in ("catalog", "scenarios", "paper", "claims", "workloads"):
        home = files(f"wattquery.{package}")
        for folder in (home, home.joinpath("data")):
            found = [entry.name for entry in folder.iterdir() if entry.is_file()] if folder.is_dir() else []
            below = Path("wattquery", package, *(["data"] if folder is not home else []))
            expected += [below / name for name in found if not name.endswith((".py", ".pyc"))]
    assert len(expected) > 10
    assert {str(path) for path in expected} <= taken
    assert all(Path(source).is_file() for source, _ in data_files())


def test_a_frozen_application_takes_all_modules_along():
    assert {"wattquery", "wattquery.fleets.fleet", "wattquery.cli.group", "wattquery.__main__"} <= set(modules())
    assert (Path(hook_folders()[0]) / "hook-wattquery.py").is_file()


def test_kernels_of_a_frozen_application_are_told_from_others(monkeypatch):
    """Files are named there from where the modules lie, as in ``wattquery/kernels/random/streams.py``."""
    from wattquery.kernels.compiling import fingerprint

    code = compile("def shifted(x): return x", str(Path("wattquery", "kernels", "random", "streams.py")), "exec")
    namespace = {}
    exec(code, namespace)
    assert fingerprint.reason_against(namespace["shifted"]) == ""
    code = compile("def shifted(x): return x", str(Path("other", "streams.py")), "exec")
    exec(code, namespace)
    assert "is not in a file" in fingerprint.reason_against(namespace["shifted"])
