"""A product and a sum rounded once: what vectorised polynomials are made of, faster and no less exact than apart.

Every processor rounds alike, in a vector lane and in a loop's remainder, as the operation is asked for by name. It is
never made of a product and a sum that are written apart, of which results to the last digit depend.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.extending import intrinsic, overload

from wattquery.kernels.compiling.compile import FLAGS

__all__ = ["multiply_add"]


def multiply_add(a: Any, b: Any, c: Any) -> Any:
    """Return a b + c of three ``float32``, rounded once; in plain Python, almost always so."""
    return np.float32(np.float64(a) * np.float64(b) + np.float64(c))


@intrinsic
def _fused(typing_context, a, b, c):
    def code(context, builder, signature, arguments):
        return builder.fma(*arguments)

    return a(a, b, c), code


# Numba's stub asks for a narrower dict of options than its code takes.
@overload(multiply_add, jit_options=FLAGS)  # type: ignore[arg-type]
def _compiled_multiply_add(a, b, c):
    # An intrinsic is called without the typing context that its definition begins with.
    return lambda a, b, c: _fused(np.float32(a), np.float32(b), np.float32(c))  # type: ignore[call-arg]
