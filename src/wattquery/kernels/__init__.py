"""Compiled numbers: random bits, variates, the energy equation, the histogram, the exact mixture.

Numba and NumPy only, arrays and scalars only. Nothing here knows labels, units of display, files or threads. Names that
other people's compiled code may rely on are gathered here; they are imported when first used, and compiled when first
called.

=====================  ==========================================================================
``compiling``          compiler flags, and compiled kernels on disk
``random``             the generator, streams, lattice points, and variates made from them
``equation``           the energy of a query, in log space: the one sentence that all methods use
``load``               time and power of a serving instance under load
``histogram``          the logarithmic lattice and the two passes that count draws on it
``statistics``         quantiles, their errors, mean and deviation of one cell's counts
``order_statistics``   bounds of quantiles from order statistics
``drivers``            loops over draws and cells, one per method that samples
``prepared``           energy of queries of given lengths in one cell, with what is not known of it
``exact``              what the exact method solves: normals, their mixtures, and segments
``fused``              a product and a sum, rounded once
``guards``             what turns an impossible quantity into NaN
``lesser``             the lesser of two, as loops can vectorise it
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
        LENGTH_FORM_NUMBERS,
        LOAD_FORM_NUMBERS,
        THROUGHPUT_NUMBERS,
        WATT_SECONDS,
        cached_of_input,
        log_effective_tokens,
        log_energy,
        log_length_part,
        log_length_part_of,
        log_power_utilization,
        log_reciprocal_throughput,
        log_throughput,
        log_throughput_of,
        query_seconds,
    )
    from wattquery.kernels.histogram import (
        BINS_PER_UNIT,
        NO_BIN,
        bin_edge,
        bin_index,
        count,
        count_energy,
    )
    from wattquery.kernels.load.query import (
        DRIVERS,
        REACH_NUMBERS,
        query_joules,
    )
    from wattquery.kernels.prepared import (
        PREPARED_NUMBERS,
        prepared_energy,
        prepared_quantile,
        prepared_sigma,
    )
    from wattquery.kernels.random.philox import (
        philox4x32,
        uniform,
        uniforms,
        word_of,
        words,
    )
    from wattquery.kernels.random.single import (
        exponentials,
        log_single,
        normals,
    )
    from wattquery.kernels.random.streams import (
        stream,
    )
    from wattquery.kernels.random.variates import (
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
    from wattquery.kernels.scalars import (
        NO_TABLE,
        energy,
        exponential,
        gaussian,
        log_factors,
        lognormal,
        power_utilization,
        reciprocal_throughput,
        throughput,
    )
    from wattquery.kernels.statistics import (
        histogram_quantile,
        summarize,
    )

__all__ = [
    "ATOMS",
    "BINS_PER_UNIT",
    "DRIVERS",
    "EXPONENTIAL",
    "FIXED",
    "LENGTH_FORM_NUMBERS",
    "LOAD_FORM_NUMBERS",
    "LOGNORMAL",
    "NORMAL",
    "NO_BIN",
    "NO_TABLE",
    "PREPARED_NUMBERS",
    "REACH_NUMBERS",
    "STANDARD_NORMAL",
    "TABLE",
    "THROUGHPUT_NUMBERS",
    "TRIANGULAR",
    "UNIFORM",
    "WATT_SECONDS",
    "bin_edge",
    "bin_index",
    "cached_of_input",
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
    "log_length_part_of",
    "log_power_utilization",
    "log_reciprocal_throughput",
    "log_single",
    "log_throughput",
    "log_throughput_of",
    "lognormal",
    "normals",
    "philox4x32",
    "power_utilization",
    "prepared_energy",
    "prepared_quantile",
    "prepared_sigma",
    "quantile",
    "query_joules",
    "query_seconds",
    "reciprocal_throughput",
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
        "LENGTH_FORM_NUMBERS",
        "LOAD_FORM_NUMBERS",
        "THROUGHPUT_NUMBERS",
        "WATT_SECONDS",
        "cached_of_input",
        "log_effective_tokens",
        "log_energy",
        "log_length_part",
        "log_length_part_of",
        "log_power_utilization",
        "log_reciprocal_throughput",
        "log_throughput",
        "log_throughput_of",
        "query_seconds",
    ),
    "histogram": (
        "BINS_PER_UNIT",
        "NO_BIN",
        "bin_edge",
        "bin_index",
        "count",
        "count_energy",
    ),
    "load.query": (
        "DRIVERS",
        "REACH_NUMBERS",
        "query_joules",
    ),
    "prepared": (
        "PREPARED_NUMBERS",
        "prepared_energy",
        "prepared_quantile",
        "prepared_sigma",
    ),
    "random.philox": (
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
        "reciprocal_throughput",
        "throughput",
    ),
    "random.single": (
        "exponentials",
        "log_single",
        "normals",
    ),
    "statistics": (
        "histogram_quantile",
        "summarize",
    ),
    "random.streams": ("stream",),
    "random.variates": (
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
    if name == "cache":
        return importlib.import_module(f"{__name__}.compiling.cache")
    if name in ("ccallables", "ufuncs"):
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
