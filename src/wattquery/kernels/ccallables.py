"""C functions, by their address: for SciPy's ``LowLevelCallable``, ctypes, and any language that calls C.

A function is compiled when it is first asked for by name. It is a `numba.core.ccallback.CFunc`: ``address`` is where
it lies, ``ctypes`` the same as a Python callable, and ``scipy.LowLevelCallable(function.ctypes)`` needs no more.

===============================  ==========================================  =========================
name                             C signature                                 returns
===============================  ==========================================  =========================
``energy``                       ``double (int n, double *x)``               E [Wh]
``energy_with_data``             ``double (double output_tokens, void *x)``  E [Wh]
``throughput``                   ``double (int n, double *x)``               TPS [output tokens/s]
``reciprocal_energy``            ``double (int n, double *x)``               E [Wh]
``reciprocal_energy_with_data``  ``double (double output_tokens, void *x)``  E [Wh]
``reciprocal_throughput``        ``double (int n, double *x)``               TPS [output tokens/s]
===============================  ==========================================  =========================

``x`` holds what `ENERGY_ARGUMENTS` or `THROUGHPUT_ARGUMENTS` names, in that order. `energy` may be called without the
last one or two, which then are 1 and 0; with any other ``n`` the result is NaN, as C has no other way to refuse.
`energy_with_data` takes the first of them by itself and finds all the others behind its pointer. Those of the
reciprocal form of the throughput do the same with `RECIPROCAL_ENERGY_ARGUMENTS` and `RECIPROCAL_THROUGHPUT_ARGUMENTS`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import cfunc, types
from numba.np.numpy_support import carray

from wattquery.kernels import scalars
from wattquery.kernels.compiling.compile import FLAGS, check_compiled

__all__ = [
    "ENERGY_ARGUMENTS",
    "RECIPROCAL_ENERGY_ARGUMENTS",
    "RECIPROCAL_THROUGHPUT_ARGUMENTS",
    "THROUGHPUT_ARGUMENTS",
    "energy",
    "energy_with_data",
    "reciprocal_energy",
    "reciprocal_energy_with_data",
    "reciprocal_throughput",
    "throughput",
]

ENERGY_ARGUMENTS = (
    "output_tokens",
    "input_tokens",
    "intercept",
    "ln_input",
    "ln_output",
    "ln_maximum",
    "power_utilization",
    "pue",
    "node_power",
    "levers",
    "prefill_weight",
)
"""What `energy` takes [tokens, tokens, ln(tokens/s), 1, 1, ln(tokens/s), 1, 1, kW, 1, 1]; see `scalars.energy`."""

THROUGHPUT_ARGUMENTS = ("intercept", "ln_input", "ln_output", "ln_maximum", "input_tokens", "output_tokens")
"""What `throughput` takes [ln(tokens/s), 1, 1, ln(tokens/s), tokens, tokens]; see `scalars.throughput`."""

RECIPROCAL_ENERGY_ARGUMENTS = (
    *("output_tokens", "input_tokens", "per_token", "per_context", "per_ratio"),
    *ENERGY_ARGUMENTS[6:],
)
"""What `reciprocal_energy` takes [tokens, tokens, s/token, s/token2, s/token, 1, 1, kW, 1, 1]."""

RECIPROCAL_THROUGHPUT_ARGUMENTS = ("per_token", "per_context", "per_ratio", "input_tokens", "output_tokens")
"""What `reciprocal_throughput` takes [s/token, s/token2, s/token, tokens, tokens]."""

_MOST = len(ENERGY_ARGUMENTS)
_FEWEST = _MOST - 2
_DATA = _MOST - 1
_RATE = len(THROUGHPUT_ARGUMENTS)
_MOST_RECIPROCAL = len(RECIPROCAL_ENERGY_ARGUMENTS)
_FEWEST_RECIPROCAL = _MOST_RECIPROCAL - 2
_DATA_RECIPROCAL = _MOST_RECIPROCAL - 1
_RATE_RECIPROCAL = len(RECIPROCAL_THROUGHPUT_ARGUMENTS)

# Names of the scalar kernels as the functions below call them: their own names here are those of the C functions.
_scalar_energy = scalars.energy
_scalar_throughput = scalars.throughput
_scalar_reciprocal_throughput = scalars.reciprocal_throughput


def _energy(n: int, x: Any) -> Any:
    """Return E [Wh] of what `ENERGY_ARGUMENTS` names."""
    if n < _FEWEST or n > _MOST:
        return np.nan
    levers = x[9] if n > 9 else 1.0
    prefill_weight = x[10] if n > 10 else 0.0
    rate = _scalar_throughput(x[2], x[3], x[4], x[5], x[1], x[0])
    return _scalar_energy(x[0], x[1], rate, x[6], x[7], x[8], levers, prefill_weight)


def _energy_with_data(output_tokens: float, user_data: Any) -> Any:
    """Return E [Wh] of an output length and of what lies behind a pointer."""
    x = carray(user_data, (_DATA,), np.float64)
    rate = _scalar_throughput(x[1], x[2], x[3], x[4], x[0], output_tokens)
    return _scalar_energy(output_tokens, x[0], rate, x[5], x[6], x[7], x[8], x[9])


def _throughput(n: int, x: Any) -> Any:
    """Return TPS [output tokens/s] of what `THROUGHPUT_ARGUMENTS` names."""
    return _scalar_throughput(x[0], x[1], x[2], x[3], x[4], x[5]) if n == _RATE else np.nan


def _reciprocal_energy(n: int, x: Any) -> Any:
    """Return E [Wh] of what `RECIPROCAL_ENERGY_ARGUMENTS` names."""
    if n < _FEWEST_RECIPROCAL or n > _MOST_RECIPROCAL:
        return np.nan
    levers = x[8] if n > 8 else 1.0
    prefill_weight = x[9] if n > 9 else 0.0
    rate = _scalar_reciprocal_throughput(x[2], x[3], x[4], x[1], x[0])
    return _scalar_energy(x[0], x[1], rate, x[5], x[6], x[7], levers, prefill_weight)


def _reciprocal_energy_with_data(output_tokens: float, user_data: Any) -> Any:
    """Return E [Wh] of an output length and of what lies behind a pointer."""
    x = carray(user_data, (_DATA_RECIPROCAL,), np.float64)
    rate = _scalar_reciprocal_throughput(x[1], x[2], x[3], x[0], output_tokens)
    return _scalar_energy(output_tokens, x[0], rate, x[4], x[5], x[6], x[7], x[8])


def _reciprocal_throughput(n: int, x: Any) -> Any:
    """Return TPS [output tokens/s] of what `RECIPROCAL_THROUGHPUT_ARGUMENTS` names."""
    return _scalar_reciprocal_throughput(x[0], x[1], x[2], x[3], x[4]) if n == _RATE_RECIPROCAL else np.nan


_VECTOR = types.float64(types.intc, types.CPointer(types.float64))
_WITH_DATA = types.float64(types.float64, types.voidptr)
_MADE_OF = {
    "energy": (_energy, _VECTOR),
    "energy_with_data": (_energy_with_data, _WITH_DATA),
    "throughput": (_throughput, _VECTOR),
    "reciprocal_energy": (_reciprocal_energy, _VECTOR),
    "reciprocal_energy_with_data": (_reciprocal_energy_with_data, _WITH_DATA),
    "reciprocal_throughput": (_reciprocal_throughput, _VECTOR),
}

energy: Any
energy_with_data: Any
throughput: Any
reciprocal_energy: Any
reciprocal_energy_with_data: Any
reciprocal_throughput: Any


def __getattr__(name: str) -> Any:
    if name not in _MADE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    check_compiled(f"wattquery.kernels.ccallables.{name}")
    function, signature = _MADE_OF[name]
    made = globals()[name] = cfunc(signature, **FLAGS)(function)
    return made


def __dir__() -> list[str]:
    return __all__
