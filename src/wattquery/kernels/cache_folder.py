"""Where compiled kernels lie on disk: one folder per fingerprint, whole files or none, old folders removed.

Everything here may raise ``OSError``: a cache that cannot be used is no error of the user's, and the caller goes on
without it.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import time
import uuid
from pathlib import Path

from numba.core import config

__all__ = ["DAYS_KEPT", "SUFFIX", "VARIABLE", "mark_used", "prune", "root", "store"]

VARIABLE = "WATTQUERY_CACHE_DIR"
"""The environment variable that names the folder; empty or ``off`` for none."""

DAYS_KEPT = 30
"""A fingerprint that was not used for so many days is removed when a new one appears."""

SUFFIX = ".kernel"
PREFIX = "kernels-"
DAY = 86400.0
_OURS = re.compile(re.escape(PREFIX) + "[0-9a-f]{32}")
_LEFT_OVER = ".tmp"


def root() -> Path | None:
    """Return the folder of all fingerprints, or ``None`` where the user wants none.

    `VARIABLE` comes first; then ``NUMBA_CACHE_DIR``, for it says where compiled code is welcome; then the user's
    cache folder as the operating system has it. All are read anew at each call, and none is ever set.

    Raises
    ------
    RuntimeError
        If the user has no home folder.
    """
    named = os.environ.get(VARIABLE)
    if named is not None:
        return None if named.strip().lower() in ("", "off") else Path(named).expanduser().absolute()
    welcome = getattr(config, "CACHE_DIR", "")  # set at run time, where type checkers cannot see it
    if welcome:
        return Path(welcome).absolute() / "wattquery"
    return _user_caches() / "wattquery"


def _user_caches() -> Path:
    """Return the folder for what can be made again, as the operating system has it."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return named if named.is_absolute() else Path.home() / ".cache"


def store(path: Path, content: bytes) -> None:
    """Write a file of a fingerprint's folder: whoever reads it meanwhile sees all of it or nothing.

    Access is as the user's umask has it: a folder that one user warms, another may read.
    """
    folder = path.parent
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        pass
    else:
        # A new fingerprint is when an old one falls out of use: the only time that is spent on looking.
        prune(folder.parent)
    partial = folder / f"{uuid.uuid4().hex}{_LEFT_OVER}"
    try:
        with partial.open("xb") as file:
            file.write(content)
        partial.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise


def mark_used(folder: Path) -> None:
    """Keep a fingerprint's folder from being removed; writes once a day at most."""
    with contextlib.suppress(OSError):
        if folder.stat().st_mtime < time.time() - DAY:
            os.utime(folder)


def prune(root: Path) -> None:
    """Remove the folders of fingerprints that were not used for `DAYS_KEPT` days.

    Only what the names show to be ours: the user may have named a folder that holds other things too.
    """
    oldest = time.time() - DAYS_KEPT * DAY
    with contextlib.suppress(OSError):
        for folder in root.iterdir():
            if _OURS.fullmatch(folder.name) and not folder.is_symlink() and folder.stat().st_mtime < oldest:
                _remove(folder)


def _remove(folder: Path) -> None:
    """Remove the files that are ours, and then the folder if nothing else is in it."""
    with contextlib.suppress(OSError):
        for file in folder.iterdir():
            if file.suffix in (SUFFIX, _LEFT_OVER):
                file.unlink(missing_ok=True)
        folder.rmdir()
