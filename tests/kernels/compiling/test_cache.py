"""Compiled kernels on disk: found again, never stale, and never in the way. Here a kernel of this file is cached."""

import errno
import os
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from numba import types, vectorize
from numba.core.registry import cpu_target

from wattquery.kernels.compiling import cache, cache_folder, fingerprint
from wattquery.kernels.compiling.compile import kernel
from wattquery.kernels.compiling.own_folder import own_folder


def entries(folder):
    return sorted(path for path in Path(folder).rglob("*") if path.is_file())


def entry(folder, kernel):
    (path,) = Path(folder).glob(f"*/{kernel}-*")
    return path


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
    real = os.open

    def open_to_read(path, flags, *arguments, **options):
        return read_only() if flags & os.O_CREAT else real(path, flags, *arguments, **options)

    with monkeypatch.context() as locked:
        locked.setattr(os, "mkdir", read_only)
        counts, problem = calls()
        assert counts == (0, 1, 0)
        assert "Read-only" in problem
        assert not folder.exists()
    calls()
    os.utime(entries(folder)[0].parent, (0.0, 0.0))
    with monkeypatch.context() as locked:
        locked.setattr(os, "mkdir", read_only)
        locked.setattr(os, "utime", read_only)
        locked.setattr(os, "open", open_to_read)
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
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
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
    with own_folder(tmp_path) as folder:
        folder.mark_used()
    assert tmp_path.stat().st_mtime > time.time() - 60.0


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
