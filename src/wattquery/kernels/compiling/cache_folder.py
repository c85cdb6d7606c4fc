"""Where compiled kernels lie on disk: one folder per fingerprint, whole files or none, old folders removed.

What lies there is run: only a folder of the user's own is used, see `wattquery.kernels.compiling.own_folder`. All of
this may raise ``OSError``: a cache that cannot be used is no error of the user's, and the caller goes on without it.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import uuid
from pathlib import Path

from numba.core import config

from wattquery.kernels.compiling.own_folder import DAY, NotOwnError, OwnFolder, own_folder, passed_folder

__all__ = ["DAYS_KEPT", "SUFFIX", "VARIABLE", "check", "load", "prune", "root", "store"]

VARIABLE = "WATTQUERY_CACHE_DIR"
"""The environment variable that names the folder; empty or ``off`` for none."""

DAYS_KEPT = 30
"""A fingerprint that was not used for so many days is removed when a new one appears."""

SUFFIX = ".kernel"
PREFIX = "kernels-"
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


def load(path: Path) -> bytes:
    """Return the content of a file of a fingerprint's folder, which counts as used from now on.

    Raises
    ------
    NotOwnError
        If somebody else may have written it.
    OSError
        If it cannot be read.
    """
    with own_folder(path.parent) as folder:
        content = folder.read(path.name)
        with contextlib.suppress(OSError):
            folder.mark_used()
    return content


def store(path: Path, content: bytes) -> None:
    """Write a file of a fingerprint's folder: whoever reads it meanwhile sees all of it or nothing.

    Access is as the user's umask has it, and nobody else may write: a folder that one user warms, another may read
    where that user is root.
    """
    is_new = not path.parent.exists()
    with own_folder(path.parent, make=True) as folder:
        folder.write(path.name, content, f"{uuid.uuid4().hex}{_LEFT_OVER}")
    if is_new:
        # A new fingerprint is when an old one falls out of use: the only time that is spent on looking.
        prune(path.parent.parent)


def check(folder: Path) -> None:
    """Refuse a fingerprint's folder, or what there is above it, that somebody else can write to.

    Raises
    ------
    NotOwnError
        If that is so. One that is still missing will be made.
    """
    try:
        with own_folder(folder):
            pass
    except NotOwnError:
        raise
    except OSError:  # missing, or unusable: `store` tells
        pass


def prune(root: Path) -> None:
    """Remove the folders of fingerprints that were not used for `DAYS_KEPT` days.

    Only the user's own, and what the names show to be ours: the user may have named a folder that holds other things
    too, or one that others can write to.
    """
    with contextlib.suppress(OSError), passed_folder(root) as folder:
        for name in folder.names():
            if _OURS.fullmatch(name):
                _prune_one(folder, name)


def _prune_one(root: OwnFolder, name: str) -> None:
    """Remove the files that are ours, and then the folder if nothing else is in it."""
    with contextlib.suppress(OSError):
        with root.below(name) as folder:
            if folder.age() < DAYS_KEPT * DAY:
                return
            for file in folder.names():
                if file.endswith((SUFFIX, _LEFT_OVER)):
                    folder.remove(file)
        root.remove_folder(name)
