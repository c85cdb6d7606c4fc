"""Compiled kernels kept on disk, and found again only while no kernel file and no version has changed.

Numba's own ``cache=True`` looks at a kernel's own file: edit a helper or a constant in another one, and old results
come back. Here the folder is named by a fingerprint of all kernel files. Each entry is one file, named by its kernel
and argument types: no index that two processes could write at once. Whatever goes wrong on disk, the kernel is
compiled in memory and nothing is said; `status` tells.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from numba.core import config, sigutils, types
from numba.core.caching import NullCache
from numba.core.compiler import CompileResult
from numba.core.dispatcher import Dispatcher
from numba.core.runtime.nrt import rtsys
from numba.core.serialize import dumps

from wattquery.kernels.compiling import cache_folder
from wattquery.kernels.compiling.fingerprint import fingerprint, reason_against

__all__ = ["KernelCache", "Status", "keep_on_disk", "status"]

SETTINGS = ("OPT", "BOUNDSCHECK", "DEBUGINFO_DEFAULT", "LOOP_VECTORIZE", "SLP_VECTORIZE", "USING_SVML")
"""Numba's own settings that change the machine code."""

DIGEST = hashlib.sha256
CHECKSUM_BYTES = 32


@dataclass(frozen=True)
class Status:
    """What the cache on disk did in this process.

    Attributes
    ----------
    folder
        Where compiled kernels are kept; ``None`` where they are not.
    loaded
        Kernels that came from disk.
    compiled
        Kernels that had to be compiled, those that other kernels call included.
    stored
        Kernels that were written.
    problem
        The last reason why a kernel was not loaded or stored; empty where there was none.
    """

    folder: Path | None = None
    loaded: int = 0
    compiled: int = 0
    stored: int = 0
    problem: str = ""


@dataclass
class _Tally:
    """What `status` counts: changed only while Numba holds its lock on compilation."""

    now: Status = field(default_factory=Status)

    def add(self, **counts: int) -> None:
        """Count."""
        self.now = replace(self.now, **{name: getattr(self.now, name) + more for name, more in counts.items()})

    def note(self, problem: str) -> None:
        """Keep the last problem."""
        self.now = replace(self.now, problem=problem)


_TALLY = _Tally()


def status() -> Status:
    """Return what the cache on disk did in this process, and where it lies.

    Examples
    --------
    >>> from wattquery.kernels import cache
    >>> cache.status().loaded >= 0
    True
    """
    try:
        folder = _folder()
        if folder is not None:
            cache_folder.check(folder)
    except Exception as error:
        return replace(_TALLY.now, problem=_said(error))
    return replace(_TALLY.now, folder=folder)


def keep_on_disk(compiled: Any) -> Any:
    """Return ``compiled``, whose machine code is kept on disk from now on.

    Parameters
    ----------
    compiled
        What `numba.njit` makes of a function, or the dispatcher inside what `numba.vectorize` makes. Plain functions,
        which is what comes with ``NUMBA_DISABLE_JIT``, are returned as they are.
    """
    is_dispatcher = isinstance(compiled, Dispatcher)
    name = "_cache" if is_dispatcher else "cache"
    if isinstance(getattr(compiled, name, None), NullCache):
        setattr(compiled, name, KernelCache(compiled.py_func, compiled.targetoptions, plain=is_dispatcher))
    return compiled


class KernelCache(NullCache):
    """The cache of one kernel, as Numba asks for it when it meets argument types for the first time.

    Parameters
    ----------
    function
        The plain Python function.
    options
        How it is compiled.
    plain
        Whether it is called as it is, and not built into a wrapper that still has to be compiled.
    """

    def __init__(self, function: Callable[..., Any], options: dict[str, Any], *, plain: bool) -> None:
        self._function = function
        self._options = options
        self._plain = plain
        self._enabled = True

    @property
    def cache_path(self) -> str | None:
        """The folder, as `numba` shows it in ``stats``."""
        folder = status().folder
        return None if folder is None else str(folder)

    def enable(self) -> None:
        """Use the cache."""
        self._enabled = True

    def disable(self) -> None:
        """Leave the cache alone."""
        self._enabled = False

    def flush(self) -> None:
        """Leave the cache alone: Numba asks for this before it compiles anew for globals that no file tells."""
        self.disable()

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return the compiled kernel for these argument types, or ``None`` where it has to be compiled."""
        found = None
        try:
            found = self._load(sig, target_context)
        except FileNotFoundError:
            pass
        except Exception as error:
            _TALLY.note(_said(error))
        if found is None:
            _TALLY.add(compiled=1)
        else:
            _TALLY.add(loaded=1)
        return found

    def save_overload(self, sig: Any, data: Any) -> None:
        """Store a compiled kernel, where that is possible."""
        try:
            self._save(sig, data)
        except Exception as error:
            _TALLY.note(_said(error))

    def _load(self, sig: Any, target_context: Any) -> Any:
        entry = self._entry(sig, target_context.codegen())
        if entry is None:
            return None
        path, key = entry
        content = cache_folder.load(path)
        checksum, payload = content[:CHECKSUM_BYTES], content[CHECKSUM_BYTES:]
        # Checked before it is unpickled: broken machine code would not raise, it would end the process. Against what
        # somebody else may have written no checksum helps: `cache_folder.load` reads none of that.
        if checksum != DIGEST(key + payload).digest():
            _TALLY.note(f"{path.name} was damaged, and is written anew")
            return None
        if self._plain:
            # Numba's own cache refreshes the whole context here, 0.1 s for what only a compilation needs, and a
            # compilation does that itself. What loaded code needs is the runtime that gives it arrays.
            rtsys.initialize(target_context)
        else:
            target_context.refresh()
        return CompileResult._rebuild(target_context, *pickle.loads(payload))

    def _save(self, sig: Any, data: Any) -> None:
        entry = self._entry(sig, data.codegen)
        if entry is None:
            return
        if data.lifted or data.library.has_dynamic_globals:
            _TALLY.note(f"{self._function.__qualname__} refers to what another process has elsewhere in memory")
            return
        path, key = entry
        payload = dumps(data._reduce())
        cache_folder.store(path, DIGEST(key + payload).digest() + payload)
        _TALLY.add(stored=1)

    def _entry(self, sig: Any, codegen: Any) -> tuple[Path, bytes] | None:
        """Return the file for these argument types and all that it stands for, or ``None`` if there cannot be one."""
        arguments, result = sigutils.normalize_signature(sig)
        if not self._enabled or not all(_is_plain(one) for one in arguments):
            return None
        folder = _folder()
        if folder is None:
            return None
        reason = reason_against(self._function)
        if reason:
            _TALLY.note(reason)
            return None
        function = self._function
        parts = (
            function.__module__,
            function.__qualname__,
            function.__code__.co_firstlineno,
            function.__code__.co_code,
            self._plain,
            sorted((name, _in_order(value)) for name, value in self._options.items()),
            [str(one) for one in arguments],
            str(result),
            codegen.magic_tuple(),
            [str(getattr(config, name, None)) for name in SETTINGS],
        )
        key = repr(parts).encode()
        name = "".join(letter if letter.isalnum() else "_" for letter in function.__name__)
        return folder / f"{name}-{DIGEST(key).hexdigest()[:32]}{cache_folder.SUFFIX}", key


def _folder() -> Path | None:
    """Return the folder of the kernels as they are now."""
    root = cache_folder.root()
    return None if root is None else root / f"{cache_folder.PREFIX}{fingerprint()}"


def _is_plain(type_: types.Type) -> bool:
    """Return whether a type's name says all of it: that of a function names an address of this process."""
    if isinstance(type_, types.Array):
        return _is_plain(type_.dtype)
    if isinstance(type_, (types.UniTuple, types.Tuple)):
        return all(_is_plain(one) for one in type_.types)
    return isinstance(type_, (types.Number, types.Boolean, types.Omitted, types.NoneType))


def _in_order(value: Any) -> Any:
    """Return a set as a list, whose text is the same in every process."""
    return sorted(value) if isinstance(value, (set, frozenset)) else value


def _said(error: Exception) -> str:
    """Return an error in a line."""
    return f"{type(error).__name__}: {error}"
