"""The one home of the compiler flags.

``nogil`` because threads hand out blocks of serial kernels; ``error_model="numpy"`` because a division that may
raise stops vectorisation. ``fastmath`` is off, and said to be, as it would otherwise be taken over from a user's
kernel that calls ours: the same source must give the same bits in a vector lane and in a loop's remainder, or a cell
would change with its neighbours. What is compiled is kept on disk by `wattquery.kernels.cache`, not by Numba's
``cache=True``, which looks only at a kernel's own file and would bring back stale results when a helper in another
file changes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit
from numba.extending import register_jitable

from wattquery.kernels.cache import keep_on_disk

__all__ = ["FLAGS", "compiled_where_used", "kernel"]

FLAGS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": False}
"""How everything here is compiled."""


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a function when it is first called, for the types that it is called with, or load what was compiled."""
    return keep_on_disk(njit(**FLAGS)(function))


compiled_where_used: Callable[[Callable[..., Any]], Callable[..., Any]] = register_jitable(**FLAGS)
"""Leave a function as plain Python, and compile it into each kernel that calls it."""
