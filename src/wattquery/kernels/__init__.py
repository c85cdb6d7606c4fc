"""Compiled numbers: random bits, variates, the energy equation, the histogram, the exact mixture.

Numba and NumPy only, arrays and scalars only. Nothing here knows labels, units of display, files or threads. Names that
other people's compiled code may rely on are gathered here; they are imported when first used, and compiled when first
called.

=====================  ==========================================================================
``compile``            the one home of the compiler flags
``cache``              compiled kernels on disk, with `cache_folder`, `own_folder` and `fingerprint`
``streams``            names to the random streams that a sweep draws from
``philox``             Philox4x32-10, the counter-based generator behind every draw
``variates``           quantile functions of every distribution, in double precision
``single``             normals, exponentials and logarithms in single precision, which vectorise
``columns``            a block of draws of one random quantity
``equation``           the energy of a query, in log space: the one sentence that all methods use
``points``             random words of a set of points: independent draws, or a shifted lattice
``pick_freeze``        the block driver of variance-based indices: no outputs, only sums
``histogram``          the logarithmic lattice and the two passes that count draws on it
``monte_carlo``        the block driver: a range of draws for a tile of cells
``statistics``         quantiles, their errors, mean and deviation of one cell's counts
``order_statistics``   bounds of quantiles from order statistics
``quasi``              quasi-random points, and the distribution that they make
``quasi_errors``       its quantiles, and their errors from replicates
``normal``             the standard normal, exactly and fast
``gauss``              the exact method: many weighted points to the few of a Gauss rule
``mixture``            the exact method: sums of normals over given lengths
``segments``           the exact method: sums of short segments and points, for a narrow normal or none
``guards``             what turns an impossible quantity into NaN
``scalars``            for other people's code: one query or one draw, in natural units
``ufuncs``             the same over arrays, as NumPy ufuncs
``ccallables``         the same for C, by address
=====================  ==========================================================================
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wattquery.kernels import ccallables, ufuncs
    from wattquery.kernels.equation import (
        WATT_SECONDS,
        log_effective_tokens,
        log_energy,
        log_length_part,
        log_power_utilization,
        log_throughput,
    )
    from wattquery.kernels.histogram import (
        BINS_PER_UNIT,
        NO_BIN,
        bin_edge,
        bin_index,
        count,
        count_energy,
    )
    from wattquery.kernels.philox import (
        philox4x32,
        uniform,
        uniforms,
        word_of,
        words,
    )
    from wattquery.kernels.scalars import (
        NO_TABLE,
        energy,
        exponential,
        gaussian,
        log_factors,
        lognormal,
        power_utilization,
        throughput,
    )
    from wattquery.kernels.single import (
        exponentials,
        log_single,
        normals,
    )
    from wattquery.kernels.statistics import (
        histogram_quantile,
        summarize,
    )
    from wattquery.kernels.streams import (
        stream,
    )
    from wattquery.kernels.variates import (
        ATOMS,
        EXPONENTIAL,
        FIXED,
        LOGNORMAL,
        NORMAL,
        STANDARD_NORMAL,
        TABLE,
        TRIANGULAR,
        UNIFORM,
        quantile,
        standard_normal,
    )

__all__ = [
    "ATOMS",
    "BINS_PER_UNIT",
    "EXPONENTIAL",
    "FIXED",
    "LOGNORMAL",
    "NORMAL",
    "NO_BIN",
    "NO_TABLE",
    "STANDARD_NORMAL",
    "TABLE",
    "TRIANGULAR",
    "UNIFORM",
    "WATT_SECONDS",
    "bin_edge",
    "bin_index",
    "ccallables",
    "count",
    "count_energy",
    "energy",
    "exponential",
    "exponentials",
    "gaussian",
    "histogram_quantile",
    "log_effective_tokens",
    "log_energy",
    "log_factors",
    "log_length_part",
    "log_power_utilization",
    "log_single",
    "log_throughput",
    "lognormal",
    "normals",
    "philox4x32",
    "power_utilization",
    "quantile",
    "standard_normal",
    "stream",
    "summarize",
    "throughput",
    "ufuncs",
    "uniform",
    "uniforms",
    "word_of",
    "words",
]

_ROOMS: dict[str, tuple[str, ...]] = {
    "equation": (
        "WATT_SECONDS",
        "log_effective_tokens",
        "log_energy",
        "log_length_part",
        "log_power_utilization",
        "log_throughput",
    ),
    "histogram": (
        "BINS_PER_UNIT",
        "NO_BIN",
        "bin_edge",
        "bin_index",
        "count",
        "count_energy",
    ),
    "philox": (
        "philox4x32",
        "uniform",
        "uniforms",
        "word_of",
        "words",
    ),
    "scalars": (
        "NO_TABLE",
        "energy",
        "exponential",
        "gaussian",
        "log_factors",
        "lognormal",
        "power_utilization",
        "throughput",
    ),
    "single": (
        "exponentials",
        "log_single",
        "normals",
    ),
    "statistics": (
        "histogram_quantile",
        "summarize",
    ),
    "streams": ("stream",),
    "variates": (
        "ATOMS",
        "EXPONENTIAL",
        "FIXED",
        "LOGNORMAL",
        "NORMAL",
        "STANDARD_NORMAL",
        "TABLE",
        "TRIANGULAR",
        "UNIFORM",
        "quantile",
        "standard_normal",
    ),
}
_HOMES = {name: room for room, names in _ROOMS.items() for name in names}


def _tell_numba() -> None:
    """Have a compilation that is under way see what has just been imported.

    Where a user's kernel is what first names a function, Numba asks for it in the middle of compiling, and would look
    for its types among those that it knew when it began.
    """
    from numba.core.registry import cpu_target
    from numba.core.targetconfig import ConfigStack

    if ConfigStack.top_or_none() is not None:
        cpu_target.typing_context.refresh()
        cpu_target.target_context.refresh()


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
        globals()[name] = value
        _tell_numba()
        return value
    if name in ("ccallables", "ufuncs"):
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
