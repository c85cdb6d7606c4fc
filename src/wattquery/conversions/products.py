r"""Quantiles of an energy times an intensity that is not known, where the two are independent.

.. math:: P(E I \le y) = \int_0^1 F_E\bigl(y / F_I^{-1}(p)\bigr)\, dp
"""

from __future__ import annotations

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.errors import InputError
from wattquery.specs.distributions import Distribution

__all__ = ["product_quantiles"]

NODES = 256
"""Equally likely values that stand for an intensity."""


def product_quantiles(result: xr.Dataset, intensity: Distribution, argument: str) -> xr.DataArray:
    """Return the quantiles of the energy of each cell times an intensity.

    Parameters
    ----------
    result
        A sweep that kept its histograms.
    intensity
        What is known of the intensity.
    argument
        What the user calls it.

    Raises
    ------
    InputError
        If the result has no histograms.
    """
    if not _has_histograms(result):
        raise InputError(
            f"{argument} is a distribution, which needs the distribution of the energy too: pass a sweep with "
            "keep_histogram=True, or a number; {'low': ..., 'high': ...} shows both ends side by side, as regions."
        )
    levels = result["quantile"].values
    shifts = np.log(np.asarray(intensity.ppf((np.arange(NODES) + 0.5) / NODES)))
    edges = np.log(np.append(result["bin_lower"].values, result["bin_upper"].values[-1]))
    dims = [dim for dim in result["energy"].dims if dim != "quantile"]
    masses = result["histogram"].transpose(*dims, "bin").values
    rows = masses.reshape(-1, masses.shape[-1])
    found = np.array([_quantiles(edges, row, shifts, levels) for row in rows])
    return xr.DataArray(found.reshape(*masses.shape[:-1], levels.size), dims=[*dims, "quantile"])


def _has_histograms(result: xr.Dataset) -> bool:
    """Return whether a result has a histogram for each cell whose quantiles it has."""
    if not {"histogram", "energy", "quantile", "bin_lower", "bin_upper"} <= set(result.variables):
        return False
    cells = set(result["energy"].dims) - {"quantile"}
    wanted = {
        "histogram": {*cells, "bin"},
        "energy": {*cells, "quantile"},
        "bin_lower": {"bin"},
        "quantile": {"quantile"},
    }
    fits = all(set(result[name].dims) == dims for name, dims in wanted.items())
    return fits and result["histogram"].dtype.kind in "fiu" and bool(np.isfinite(result["histogram"]).all())


def _quantiles(
    edges: NDArray[np.float64], masses: NDArray[np.generic], shifts: NDArray[np.float64], levels: NDArray[np.float64]
) -> NDArray[np.float64]:
    occupied = np.flatnonzero(masses)
    if not occupied.size:
        return np.full(levels.size, np.nan)
    own = edges[occupied[0] : occupied[-1] + 2]
    below = np.concatenate([[0.0], np.cumsum(masses[occupied[0] : occupied[-1] + 1], dtype=np.float64)])
    step = own[1] - own[0]
    reach = np.arange(own[0] + shifts.min(), own[-1] + shifts.max() + step, step)
    share = np.zeros(reach.size)
    for shift in shifts:
        share += np.interp(reach - shift, own, below)
    return np.exp(np.interp(levels, share / share[-1], reach))
