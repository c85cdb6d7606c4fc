"""What turns an impossible quantity into NaN: kernels cannot raise, and may not return a number that looks right.

A guard is 0 where a quantity is possible and NaN where it is not, to be added to it. In plain Python guards take
numbers, arrays and labelled arrays, whose labels stay; in compiled code one number.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numba.core.errors import TypingError
from numba.extending import overload

from wattquery.kernels.compiling.compile import FLAGS

__all__ = ["nan_if_negative", "nan_unless_positive"]


def nan_unless_positive(x: Any) -> Any:
    """Return 0 where ``x`` is positive and finite, NaN elsewhere."""
    return _nan_unless(_compared(np.greater, x))


def nan_if_negative(x: Any) -> Any:
    """Return 0 where ``x`` is 0 or more and finite, NaN elsewhere."""
    return _nan_unless(_compared(np.greater_equal, x))


def _compared(comparison: np.ufunc, x: Any) -> Any:
    try:
        if np.iscomplexobj(x):  # NumPy would compare them
            raise TypeError
        return comparison(x, 0.0) & np.less(x, np.inf)
    except TypeError:
        raise TypeError(f"an argument must be a real number or an array of real numbers, got {x!r}") from None


def _nan_unless(possible: Any) -> Any:
    # A ufunc, and not `np.where`, which would drop the labels of a labelled array.
    with np.errstate(invalid="ignore"):
        return np.true_divide(0.0, possible)


def _one_number(x: Any) -> None:
    """Refuse what is not one real number, in words that Numba shows with the line that called."""
    kind = x.value if isinstance(x, types.Omitted) else x
    if isinstance(kind, types.Array):
        raise TypingError(
            f"in compiled code an argument must be one real number, got {kind}: call the function in a loop, or pass "
            "arrays to those of wattquery.kernels.ufuncs, which compiled code can call too."
        )
    if not isinstance(kind, (types.Integer, types.Float, types.Boolean, int, float)):
        raise TypingError(f"an argument must be a real number, got {kind}")


# Numba's stub asks for a narrower dict of options than its code takes.
@overload(nan_unless_positive, jit_options=FLAGS)  # type: ignore[arg-type]
def _compiled_nan_unless_positive(x):
    _one_number(x)
    return lambda x: 0.0 if 0.0 < x < np.inf else np.nan


@overload(nan_if_negative, jit_options=FLAGS)  # type: ignore[arg-type]
def _compiled_nan_if_negative(x):
    _one_number(x)
    return lambda x: 0.0 if 0.0 <= x < np.inf else np.nan
