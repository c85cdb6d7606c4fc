"""Compiled kernels on disk: found again, never stale, and never in the way.

What depends on processes runs a miniature of the package in processes of its own: the files that cache, and kernels
that compile fast. The rest caches a kernel of this file.
"""

import errno
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from numba import types, vectorize
from numba.core.registry import cpu_target

from wattquery.kernels import cache, cache_folder, fingerprint
from wattquery.kernels.compile import kernel

CACHING = ("__init__.py", "cache.py", "cache_folder.py", "compile.py", "fingerprint.py")
CONSTANTS = "SCALE = 2.0\n"
HELPERS = """
from wattquery.kernels.compile import compiled_where_used, kernel
from wattquery.kernels.constants import SCALE

@compiled_where_used
def scaled(x):
    return SCALE * x

@kernel
def shifted(x):
    return x + 10.0
"""
SUMS = """
from wattquery.kernels.compile import kernel
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
from wattquery.kernels import cache
told = dataclasses.asdict(cache.status())
told["folder"] = str(told["folder"])
print(json.dumps({"answer": answer, "hits": sum(total.stats.cache_hits.values()), **told}))
"""
ANSWER = 52.0  # 2 * (0 + 1 + 2 + 3) + 4 * 10


@pytest.fixture
def miniature(tmp_path):
    """A package of the same name with the real caching and three small kernels."""
    kernels = tmp_path / "package" / "wattquery" / "kernels"
    kernels.mkdir(parents=True)
    (kernels.parent / "__init__.py").touch()
    for name in CACHING:
        shutil.copy(Path(cache.__file__).parent / name, kernels)
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


def entry(folder, kernel):
    (path,) = Path(folder).glob(f"*/{kernel}-*")
    return path


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
import wattquery, wattquery.estimating, wattquery.kernels
from numba.core.dispatcher import Dispatcher
from wattquery.kernels import cache, fingerprint
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


def doubled(x):
    return 2.0 * x


def tripled(x):
    return 3.0 * x


def applied(function, x):
    return function(x)


FACTOR = 2.0


def scaled_by_a_global(x):
    return FACTOR * x


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder for the cache, where functions of this file count as kernels."""
    monkeypatch.setenv(cache_folder.VARIABLE, str(tmp_path / "cache"))
    fingerprint.fingerprint()  # of the real files; it is kept from then on
    monkeypatch.setattr(fingerprint, "_AT_IMPORT", {Path(__file__): fingerprint._stamp(Path(__file__))})
    monkeypatch.setattr(cache, "_TALLY", cache._Tally())
    return tmp_path / "cache"


def calls(function=doubled):
    """Call a new kernel, and return what the cache did: loaded, compiled, stored, and any problem."""
    cache._TALLY.now = cache.Status()
    assert kernel(function)(3.0) == function(3.0)
    now = cache.status()
    return (now.loaded, now.compiled, now.stored), now.problem


def test_missing_folders_are_made(folder, monkeypatch):
    monkeypatch.setenv(cache_folder.VARIABLE, str(folder / "deep" / "down"))
    assert calls() == ((0, 1, 1), "")
    assert calls() == ((1, 0, 0), "")
    assert entries(folder / "deep" / "down")


@pytest.mark.parametrize("named", ["", "off", "OFF"])
def test_no_cache_on_disk(folder, tmp_path, monkeypatch, named):
    monkeypatch.setenv(cache_folder.VARIABLE, named)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert calls() == ((0, 1, 0), "")
    assert cache.status().folder is None
    assert entries(tmp_path) == []


@pytest.mark.parametrize("depth", [0, 2], ids=["in its place", "above it"])
def test_a_file_where_the_folder_should_be(folder, monkeypatch, depth):
    folder.write_text("not a folder")
    monkeypatch.setenv(cache_folder.VARIABLE, str(folder.joinpath(*["deeper"] * depth)))
    counts, problem = calls()
    assert counts == (0, 1, 0)
    assert "Error" in problem
    assert folder.read_text() == "not a folder"


def read_only(*_, **__):
    raise OSError(errno.EROFS, "Read-only file system")


def test_a_read_only_folder_is_read(folder, monkeypatch):
    """Permissions would not stop the superuser, as which tests may run."""
    real = Path.open
    with monkeypatch.context() as locked:
        locked.setattr(Path, "mkdir", read_only)
        counts, problem = calls()
        assert counts == (0, 1, 0)
        assert "Read-only" in problem
        assert not folder.exists()
    calls()
    with monkeypatch.context() as locked:
        locked.setattr(Path, "mkdir", read_only)
        locked.setattr(os, "utime", read_only)
        locked.setattr(
            Path, "open", lambda self, mode="r", *a: real(self, mode, *a) if "x" not in mode else read_only()
        )
        entries(folder)[0].chmod(0o444)
        assert calls() == ((1, 0, 0), "")
        counts, problem = calls(tripled)
        assert counts == (0, 1, 0)
        assert "Read-only" in problem


def test_damaged_files_are_written_anew(folder):
    calls(tripled)
    other = entries(folder)[0].read_bytes()
    calls(doubled)
    path = entry(folder, "doubled")
    good = path.read_bytes()
    middle = len(good) // 2
    flipped = good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1 :]
    for bad in (b"", good[:middle], flipped, other):
        path.write_bytes(bad)
        counts, problem = calls(doubled)
        assert counts == (0, 1, 1)
        assert "damaged" in problem
        assert calls(doubled) == ((1, 0, 0), "")


def test_what_cannot_be_loaded_is_compiled(folder, monkeypatch):
    calls()
    monkeypatch.setattr("pickle.loads", lambda _: 1 / 0)
    counts, problem = calls()
    assert counts == (0, 1, 1)
    assert "ZeroDivisionError" in problem


def test_without_source_files_nothing_is_kept(folder, monkeypatch):
    """As in a zip file, or with bytecode only: there is nothing to take a fingerprint of."""
    monkeypatch.setattr(fingerprint, "_AT_IMPORT", {})
    counts, problem = calls()
    assert counts == (0, 1, 0)
    assert "is not in a file of wattquery.kernels" in problem
    assert entries(folder) == []


def test_closures_are_not_kept(folder):
    factor = 3.0
    counts, problem = calls(lambda x: factor * x)
    assert counts == (0, 1, 0)
    assert "closure" in problem
    assert entries(folder) == []


def test_arguments_that_only_this_process_knows_are_not_kept(folder):
    assert kernel(applied)(kernel(doubled), 3.0) == 6.0
    assert [path.name.partition("-")[0] for path in entries(folder)] == ["doubled"]


def test_compiling_anew_leaves_the_cache_alone(folder, monkeypatch):
    """Numba's `recompile` is for globals that changed in memory: no file tells, so nothing may be kept."""
    scaled = kernel(scaled_by_a_global)
    assert scaled(3.0) == 6.0
    before = [path.read_bytes() for path in entries(folder)]
    monkeypatch.setitem(globals(), "FACTOR", 5.0)
    scaled.recompile()
    assert scaled(3.0) == 15.0
    assert [path.read_bytes() for path in entries(folder)] == before


@pytest.mark.parametrize(("setting", "value"), [("BOUNDSCHECK", 1), ("OPT", 0)])
def test_other_settings_other_entry(folder, monkeypatch, setting, value):
    calls()
    monkeypatch.setattr(f"numba.core.config.{setting}", value)
    entry, _ = kernel(doubled)._cache._entry((types.float64,), cpu_target.target_context.codegen())
    assert entry.parent == entries(folder)[0].parent
    assert entry not in entries(folder)


def test_a_full_disk_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        cache_folder.store(tmp_path / "folder" / "one.kernel", b"content")
    assert entries(tmp_path) == []


def test_old_fingerprints_are_removed_and_nothing_else(tmp_path):
    now = time.time()
    old = now - (cache_folder.DAYS_KEPT + 1) * 86400.0

    def folder(name, file, used):
        path = tmp_path / name
        path.mkdir()
        (path / file).touch()
        os.utime(path, (used, used))
        return path

    digits = "0123456789abcdef" * 2
    unused = folder(f"kernels-{digits}", "a.kernel", old)
    recent = folder(f"kernels-{digits[::-1]}", "a.kernel", now - 86400.0 * (cache_folder.DAYS_KEPT - 1))
    foreign = folder("kernels-mine", "a.kernel", old)
    mixed = folder(f"kernels-{'f' * 32}", "letter.txt", old)
    cache_folder.store(tmp_path / f"kernels-{'0' * 32}" / "b.kernel", b"content")
    assert not unused.exists()
    assert (recent / "a.kernel").exists()
    assert (foreign / "a.kernel").exists()
    assert (mixed / "letter.txt").exists()


def test_a_folder_in_use_stays_young(tmp_path):
    os.utime(tmp_path, (0.0, 0.0))
    cache_folder.mark_used(tmp_path)
    assert tmp_path.stat().st_mtime > time.time() - 60.0
    cache_folder.mark_used(tmp_path / "missing")


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="other systems have their own place")
def test_where_the_folder_is(tmp_path, monkeypatch):
    monkeypatch.delenv(cache_folder.VARIABLE, raising=False)
    monkeypatch.setattr("numba.core.config.CACHE_DIR", "")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative/is/against/the/standard")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder.root() == tmp_path / ".cache" / "wattquery"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_folder.root() == tmp_path / "xdg" / "wattquery"
    monkeypatch.setattr("numba.core.config.CACHE_DIR", str(tmp_path / "numba"))
    assert cache_folder.root() == tmp_path / "numba" / "wattquery"
    monkeypatch.setenv(cache_folder.VARIABLE, "~/own")
    assert cache_folder.root() == tmp_path / "own"
    monkeypatch.setenv(cache_folder.VARIABLE, "Off")
    assert cache_folder.root() is None
    assert cache.status().folder is None


def test_ufuncs_are_kept_too(folder):
    for counts in ((0, 1, 1), (1, 0, 0)):
        cache._TALLY.now = cache.Status()
        ufunc = vectorize(doubled)
        cache.keep_on_disk(ufunc._dispatcher)
        np.testing.assert_array_equal(ufunc(np.arange(3.0)), [0.0, 2.0, 4.0])
        now = cache.status()
        assert (now.loaded, now.compiled, now.stored) == counts
