"""Names, units and labelled forms of what this package returns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery import quantities
from wattquery.quantities import Quantity

__all__ = ["QUANTITIES", "SCALES", "labelled", "with_interval"]

SCALES = ("energy", "log_energy")
"""What an index is of: E, or ln E."""

_TABLE = (
    Quantity("factor", "", "", "random factor, or group of them"),
    Quantity("factor_2", "", "", "second random factor"),
    Quantity("scale", "", "", "what the index is of: E or ln E"),
    Quantity("first_order", "S_i", "1", "share of the variance that a factor explains alone"),
    Quantity("total_order", "S_Ti", "1", "share of the variance that a factor has a part in"),
    Quantity("interaction", "S_Ti - S_i", "1", "share of the variance that a factor explains with others only"),
    Quantity("second_order", "S_ij", "1", "share of the variance that two factors explain by their interaction"),
    Quantity("variance", "V", "Wh2", "variance of E [Wh^2] or of ln E [1]", "facility"),
    Quantity("supported", "", "", "whether the catalog has data for the combination"),
    Quantity("baseline", "E_0.5", "Wh", "median energy per query with all factors random", "facility"),
    Quantity("median", "E_0.5 | x", "Wh", "median energy per query with one factor fixed", "facility"),
    Quantity("median_stderr", "", "Wh", "sampling standard error of the median", "facility"),
    Quantity("swing", "", "Wh", "median at the factor's upper end less that at its lower end", "facility"),
    Quantity("end", "", "", "quantile of the factor at which it is fixed"),
    Quantity("factor_level", "", "1", "probability level of the quantile at which the factor is fixed"),
    Quantity("parameter", "", "", "parameter that is changed"),
    Quantity("elasticity", "", "1", "d ln median / d ln parameter"),
    Quantity("factor_bin", "", "1", "middle probability level of a quantile bin of the factor"),
    Quantity("factor_bin_low", "", "1", "lower probability level of a quantile bin of the factor"),
    Quantity("factor_bin_high", "", "1", "upper probability level of a quantile bin of the factor"),
    Quantity("delta", "delta", "1", "Borgonovo's moment-independent index"),
    Quantity("delta_bin_error", "", "1", "how far delta moved when its bins were halved"),
    Quantity("delta_noise", "", "1", "what delta would be of sampling noise alone"),
    Quantity("pawn", "T", "1", "PAWN index: median over bins of the Kolmogorov-Smirnov distance"),
    Quantity("credible", "", "1", "probability level over what is not known of the shared factors"),
    Quantity("energy_mean_stderr", "", "Wh", "sampling standard error of the mean energy per query", "facility"),
    Quantity("variance_query", "E[V[E|s]]", "Wh2", "variance over queries, averaged over shared factors", "facility"),
    Quantity("variance_shared", "V[E[E|s]]", "Wh2", "variance of the mean over queries by shared factors", "facility"),
    Quantity("variance_total", "V[E]", "Wh2", "variance over queries and shared factors", "facility"),
    Quantity("variance_query_stderr", "", "Wh2", "sampling standard error of variance_query", "facility"),
    Quantity("variance_shared_stderr", "", "Wh2", "sampling standard error of variance_shared", "facility"),
    Quantity("variance_total_stderr", "", "Wh2", "sampling standard error of variance_total", "facility"),
    Quantity("throughput_fit", "", "", "what is drawn for the uncertainty of the throughput fit"),
    Quantity("pawn_max", "", "1", "largest Kolmogorov-Smirnov distance over bins; grows with their number"),
    Quantity("pawn_bin_error", "", "1", "how far pawn moved when its bins were halved"),
    Quantity("pawn_max_bin_error", "", "1", "how far pawn_max moved when its bins were halved"),
    Quantity("pawn_noise", "", "1", "95 % quantile of pawn for a factor without influence"),
    Quantity("pawn_max_noise", "", "1", "95 % quantile of pawn_max for a factor without influence"),
)

QUANTITIES = {quantity.name: quantity for quantity in _TABLE}
"""Every quantity of this package by its name."""


def labelled(name: str, dims: Sequence[str], values: NDArray[np.generic]) -> xr.Variable:
    """Return a variable with the unit, long name and boundary of its quantity, of this package's or a sweep's."""
    return xr.Variable(dims, values, (QUANTITIES.get(name) or quantities.QUANTITIES[name]).attributes)


def with_interval(
    name: str, dims: Sequence[str], ends: Iterable[NDArray[np.generic]], level: float
) -> dict[str, xr.Variable]:
    """Return a variable and the ends of its interval, ``NAME_low`` and ``NAME_high``, in this order."""
    attributes = QUANTITIES[name].attributes
    value, low, high = ends
    variables = {name: xr.Variable(dims, value, attributes)}
    for end, text, values in (("low", "lower", low), ("high", "upper", high)):
        long_name = f"{text} end of the {level:.0%} interval of {name}"
        variables[f"{name}_{end}"] = xr.Variable(dims, values, {**attributes, "long_name": long_name})
    return variables
