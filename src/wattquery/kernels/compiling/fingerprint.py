"""What names a state of the kernels: the content of every kernel file, and the versions that compile it.

A kernel is compiled together with helpers and constants of other files, so that one changed file may change them all.
The fingerprint therefore covers the whole folder. It is computed when the first kernel is compiled or loaded, and
never at import.
"""

from __future__ import annotations

import functools
import hashlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import llvmlite
import numba
import numpy as np

__all__ = ["HOME", "fingerprint", "reason_against"]

HOME = Path(__file__).parents[1]
"""The folder that is fingerprinted."""

DIGITS = 32


def _stamp(path: Path) -> tuple[int, int]:
    """Return what changes when a file is written: a look at it costs microseconds."""
    found = path.stat()
    return found.st_mtime_ns, found.st_size


_AT_IMPORT = {path: _stamp(path) for path in sorted(HOME.rglob("*.py"))}
"""Every kernel file as it was when this process imported it: empty in a zip file, or where only bytecode is shipped.

Nothing is kept on disk then."""


@functools.cache
def fingerprint() -> str:
    """Return the fingerprint of all kernel files and of the versions that turn them into machine code.

    The version of this package is not part of it: the files themselves say more, and asking for it costs more than
    all the rest. The processor is not either, as several may share one folder: it is part of each entry's key.
    """
    versions = (numba.__version__, llvmlite.__version__, np.__version__, sys.version, sys.implementation.cache_tag)
    digest = hashlib.sha256(repr(versions).encode())
    for path in _AT_IMPORT:
        source = path.read_bytes()
        digest.update(f"\n{path.relative_to(HOME).as_posix()} {len(source)}\n".encode())
        digest.update(source)
    return digest.hexdigest()[:DIGITS]


def reason_against(function: Callable[..., Any]) -> str:
    """Return why the fingerprint does not vouch for a function; an empty string where it does.

    Parameters
    ----------
    function
        The plain Python function.
    """
    # A frozen application names files from where its modules lie.
    if HOME.parents[1] / function.__code__.co_filename not in _AT_IMPORT:
        return f"{function.__qualname__} is not in a file of wattquery.kernels"
    if function.__closure__:
        return f"{function.__qualname__} is a closure, whose variables no file tells"
    try:
        unchanged = all(_stamp(path) == stamp for path, stamp in _AT_IMPORT.items())
    except OSError:
        unchanged = False
    # What runs here was read from the files as they were: stored under their new content, it would be stale for ever.
    return "" if unchanged else "a kernel file has changed since this process started"
