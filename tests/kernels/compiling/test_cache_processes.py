"""Compiled kernels on disk, over several processes: a miniature of the package with the real caching.

These are the files that cache, and kernels that compile fast.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from wattquery import interrupts, stopping
from wattquery.kernels.compiling import cache, cache_folder

CACHING = ("__init__.py", "cache.py", "cache_folder.py", "compile.py", "fingerprint.py", "own_folder.py")
CONSTANTS = "SCALE = 2.0\n"
HELPERS = """
from wattquery.kernels.compiling.compile import compiled_where_used, kernel
from wattquery.kernels.constants import SCALE

@compiled_where_used
def scaled(x):
    return SCALE * x

@kernel
def shifted(x):
    return x + 10.0
"""
SUMS = """
from wattquery.kernels.compiling.compile import kernel
from wattquery.kernels.helpers import scaled, shifted

@kernel
def total(values):
    result = 0.0
    for i in range(values.size):
        result += shifted(scaled(values[i]))
    return result
"""
CALL = """
import numpy as np
from wattquery.kernels.sums import total
answer = total(np.arange(4.0))
"""
TELL = """
import dataclasses, json
from wattquery import stopping
from wattquery.kernels.compiling import cache
told = dataclasses.asdict(cache.status())
told["folder"] = str(told["folder"])
print(json.dumps({"answer": answer, "hits": sum(total.stats.cache_hits.values()), **told}))
"""
ANSWER = 52.0  # 2 * (0 + 1 + 2 + 3) + 4 * 10


@pytest.fixture
def miniature(tmp_path):
    """A package of the same name with the real caching and three small kernels."""
    kernels = tmp_path / "package" / "wattquery" / "kernels"
    (kernels / "compiling").mkdir(parents=True)
    (kernels.parent / "__init__.py").touch()
    for name in CACHING:
        shutil.copy(Path(cache.__file__).parent / name, kernels / "compiling")
    for module in (interrupts, stopping):
        shutil.copy(module.__file__, kernels.parent)
    for name, source in (("constants", CONSTANTS), ("helpers", HELPERS), ("sums", SUMS)):
        (kernels / f"{name}.py").write_text(source)
    return kernels


def start(miniature, folder, code=CALL, **environment):
    """Start a process that calls the miniature's kernels and tells what came of it."""
    clean = {name: one for name, one in os.environ.items() if not name.startswith(("NUMBA_", "WATTQUERY_", "PYTHON"))}
    # Without bytecode, or Python itself would miss an edit within the same second that keeps a file's size.
    clean |= {
        "PYTHONPATH": str(miniature.parents[1]),
        "PYTHONDONTWRITEBYTECODE": "1",
        "WATTQUERY_CACHE_DIR": str(folder),
    }
    command = [sys.executable, "-W", "error", "-c", code + TELL]
    return subprocess.Popen(
        command, env=clean | environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=miniature
    )


def finish(process):
    """Return what a process told. Nothing may have been said on the error stream."""
    out, err = process.communicate(timeout=120)
    assert err == ""
    assert process.returncode == 0
    return json.loads(out)


def run(miniature, folder, code=CALL, **environment):
    return finish(start(miniature, folder, code, **environment))


def entries(folder):
    return sorted(path for path in Path(folder).rglob("*") if path.is_file())


def test_a_change_in_another_file_is_seen(miniature, tmp_path):
    folder = tmp_path / "cache"

    def edit(file, before, after):
        path = miniature / file
        path.write_text(path.read_text().replace(before, after))

    first = run(miniature, folder)
    assert (first["answer"], first["hits"], first["compiled"], first["stored"]) == (ANSWER, 0, 2, 2)
    again = run(miniature, folder)
    assert (again["answer"], again["hits"], again["loaded"], again["compiled"]) == (ANSWER, 1, 1, 0)

    edit("constants.py", "SCALE = 2.0", "SCALE = 3.0")
    constant = run(miniature, folder)
    assert (constant["answer"], constant["hits"], constant["compiled"]) == (58.0, 0, 2)
    assert constant["folder"] != first["folder"]

    edit("helpers.py", "x + 10.0", "x + 11.0")
    helper = run(miniature, folder)
    assert (helper["answer"], helper["hits"], helper["compiled"]) == (62.0, 0, 2)

    edit("helpers.py", "x + 11.0", "x + 10.0")
    edit("constants.py", "SCALE = 3.0", "SCALE = 2.0")
    restored = run(miniature, folder)
    assert (restored["answer"], restored["hits"], restored["compiled"]) == (ANSWER, 1, 0)


def test_an_edit_under_a_running_process_is_not_stored(miniature, tmp_path):
    """What runs is the old source: under the fingerprint of the new one it would be stale for ever."""
    edit = f"""
import pathlib, wattquery.kernels.sums
pathlib.Path({str(miniature / "constants.py")!r}).write_text("SCALE = 3.0")
"""
    during = run(miniature, tmp_path / "cache", edit + CALL)
    assert (during["answer"], during["stored"]) == (ANSWER, 0)
    assert "changed" in during["problem"]
    assert entries(tmp_path / "cache") == []


def test_two_processes_write_at_once(miniature, tmp_path):
    folder = tmp_path / "cache"
    floats = start(miniature, folder)
    integers = start(miniature, folder, CALL.replace("4.0", "4"))
    assert finish(floats)["answer"] == ANSWER
    assert finish(integers)["answer"] == ANSWER
    both = run(miniature, folder, CALL + "answer -= total(np.arange(4))\n")
    assert (both["answer"], both["hits"], both["compiled"]) == (0.0, 2, 0)
    assert {path.suffix for path in entries(folder)} == {cache_folder.SUFFIX}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_process_goes_on(miniature, tmp_path):
    code = (
        CALL
        + """
import os
child = os.fork()
answer = total(np.arange(4)) if child == 0 else answer
if child == 0:
    os._exit(int(answer))
answer = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
"""
    )
    for compiled in (2, 0):  # the child compiles what its parent did not, and loads it the second time
        told = run(miniature, tmp_path / "cache", code)
        assert (told["answer"], told["compiled"], told["problem"]) == (ANSWER, compiled, "")


def test_other_processors_and_users_kernels(miniature, tmp_path):
    """Processors are told apart in one folder; a user's kernel may call a loaded one."""
    folder = tmp_path / "cache"
    run(miniature, folder)
    assert run(miniature, folder, NUMBA_CPU_NAME="generic")["compiled"] == 2
    own = """
from numba import njit
@njit
def twice(values):
    return total(values) + total(values)
answer = twice(np.arange(4.0)) / 2
"""
    told = run(miniature, folder, CALL + own)
    assert (told["answer"], told["hits"], told["compiled"]) == (ANSWER, 1, 0)


def test_importing_compiles_nothing(tmp_path):
    code = """
import importlib, pkgutil
import wattquery, wattquery.sweeps.estimate, wattquery.kernels
from numba.core.dispatcher import Dispatcher
from wattquery import stopping
from wattquery.kernels.compiling import cache
from wattquery.kernels.compiling import fingerprint
found = []
for module in pkgutil.walk_packages(wattquery.kernels.__path__, "wattquery.kernels."):
    things = vars(importlib.import_module(module.name)).values()
    found += [one for one in things if isinstance(one, Dispatcher)]
assert found
assert not any(one.signatures for one in found)
assert all(isinstance(one._cache, cache.KernelCache) for one in found)
assert fingerprint.fingerprint.cache_info().misses == 0
"""
    folder = tmp_path / "cache"
    subprocess.run([sys.executable, "-c", code], env=os.environ | {"WATTQUERY_CACHE_DIR": str(folder)}, check=True)
    assert not folder.exists()


PLANT = """
from pathlib import Path
from wattquery import stopping
from wattquery.kernels.compiling import cache
class Planted:
    def __reduce__(self):
        return Path.touch, (Path({marker!r}),)
cache.dumps = lambda _: cache.pickle.dumps(Planted())
"""


@pytest.mark.skipif(getattr(os, "geteuid", lambda: 1)() != 0, reason="only root can give files away")
def test_what_another_user_has_planted_is_not_run(miniature, tmp_path):
    """Real files of the user 1000, with the right names and checksums, where ``NUMBA_CACHE_DIR`` leads root."""
    shared, good, marker = tmp_path / "shared", tmp_path / "good", tmp_path / "marker"

    def start_there(code=CALL):
        # As a user has it who sets nothing but what Numba reads.
        return run(
            miniature, "", "import os\ndel os.environ['WATTQUERY_CACHE_DIR']\n" + code, NUMBA_CACHE_DIR=str(shared)
        )

    def plant():
        shutil.rmtree(shared, ignore_errors=True)
        shutil.copytree(good, shared)

    start_there(PLANT.format(marker=str(marker)) + CALL)
    shared.rename(good)
    plant()
    assert start_there()["loaded"] == 0
    assert marker.exists()  # what is planted works, where its owner is the user
    for attack in ("the files", "the folder above"):
        plant()
        marker.unlink(missing_ok=True)
        for path in entries(shared) if attack == "the files" else [shared]:
            os.chown(path, 1000, 1000)
        told = start_there()
        assert (told["answer"], told["loaded"], marker.exists()) == (ANSWER, 0, False), attack
        assert "belongs to user 1000" in told["problem"], attack
