"""The lesser of two: `numpy.minimum`, which loops can vectorise.

Numba's own checks each argument for NaN, and a loop with several of these takes ten times as long.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numba.extending import overload

from wattquery.kernels.compiling.compile import FLAGS

__all__ = ["lesser"]


def lesser(x: Any, bound: Any) -> Any:
    """Return the lesser of ``x`` and a bound that is not NaN; NaN where ``x`` is."""
    return np.minimum(x, bound)


# Numba's stub asks for a narrower dict of options than its code takes.
@overload(lesser, jit_options=FLAGS)  # type: ignore[arg-type]
def _compiled_lesser(x, bound):
    if isinstance(x, types.Array) or isinstance(bound, types.Array):
        return lambda x, bound: np.minimum(x, bound)
    return lambda x, bound: bound if bound < x else x
