"""The one home of the compiler flags.

``nogil`` because threads hand out blocks of serial kernels; ``error_model="numpy"`` because a division that may
raise stops vectorisation. ``fastmath`` is off, and said to be, as it would otherwise be taken over from a user's
kernel that calls ours: the same source must give the same bits in a vector lane and in a loop's remainder, or a cell
would change with its neighbours. What is compiled is kept on disk by `wattquery.kernels.compiling.cache`, not by
Numba's ``cache=True``, which looks only at a kernel's own file and would bring back stale results when a helper in
another file changes.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit
from numba.core import config
from numba.core.compiler_lock import global_compiler_lock
from numba.extending import register_jitable

from wattquery.kernels.compiling.cache import keep_on_disk
from wattquery.stopping import run_apart

__all__ = ["FLAGS", "check_compiled", "compiled_where_used", "kernel"]

FLAGS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": False}
"""How everything here is compiled."""


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a function when it is first called, for the types that it is called with, or load what was compiled.

    With ``NUMBA_DISABLE_JIT`` it stays Python: a thousand times slower, and line by line in a debugger.
    """
    if _is_python():
        return _as_silent(function)
    return _interruptible(keep_on_disk(njit(**FLAGS)(function)))


compiled_where_used: Callable[[Callable[..., Any]], Callable[..., Any]] = register_jitable(**FLAGS)
"""Leave a function as plain Python, and compile it into each kernel that calls it."""


def check_compiled(name: str) -> None:
    """Refuse what exists as compiled code only, where Numba is told to compile nothing.

    Raises
    ------
    RuntimeError
        If ``NUMBA_DISABLE_JIT`` is set.
    """
    if _is_python():
        raise RuntimeError(
            f"{name} exists as compiled code only, and NUMBA_DISABLE_JIT is set. Unset it, or call the scalar kernel "
            "of wattquery.kernels."
        )


def _interruptible(compiled: Any) -> Any:
    """Return ``compiled``, which is compiled apart from the main thread: that would be deaf to interrupts for seconds.

    Numba's machine code calls this method where it meets types for the first time.
    """
    compile_here = compiled._compile_for_args

    def compile_apart(*arguments: Any, **keywords: Any) -> Any:
        if global_compiler_lock.is_locked():  # by this thread, for which another one would wait for ever
            return compile_here(*arguments, **keywords)
        return run_apart(compile_here, *arguments, **keywords)

    compiled._compile_for_args = compile_apart
    return compiled


def _is_python() -> bool:
    return bool(getattr(config, "DISABLE_JIT", False))  # set at run time, where type checkers cannot see it


def _as_silent(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function whose whole numbers wrap around and whose divisions give NaN without a warning, as compiled."""

    @functools.wraps(function)
    def silent(*args: Any, **keywords: Any) -> Any:
        with np.errstate(all="ignore"):
            return function(*args, **keywords)

    return silent
