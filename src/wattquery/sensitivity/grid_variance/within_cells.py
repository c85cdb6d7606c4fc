"""The variance of one query inside each cell, and that of the sampling error."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.errors import InputError
from wattquery.histograms import BIN_WIDTH

__all__ = ["sampling_variance", "within_variance"]

Array = NDArray[np.float64]


def within_variance(
    ds: xr.Dataset, variable: str, scale: str, dims: Sequence[str], *, required: bool
) -> tuple[Array, Array] | None:
    """Return mean and variance of the energy of one query in each cell, on a scale.

    Parameters
    ----------
    ds
        Result of a sweep.
    variable
        What is being explained; only energies have a distribution inside a cell.
    scale
        ``"natural"``: of E, from ``energy_mean`` and ``energy_std`` [Wh]. ``"log"``: of ln E, from the histogram.
    dims
        Order of the dimensions of both arrays.
    required
        Whether to raise where it cannot be told.

    Raises
    ------
    InputError
        If it is required and cannot be told.
    """
    reason = ""
    if not variable.startswith("energy"):
        reason = f"{variable} is one number per cell: no distribution lies inside it. Leave out within=True."
    elif scale == "log" and "histogram" not in ds:
        reason = (
            "within=True on the log scale needs each cell's distribution of ln E, and the dataset has no histogram. "
            "Sweep with keep_histogram=True, or use scale='natural'."
        )
    elif scale == "natural" and not {"energy_mean", "energy_std"} <= set(ds.data_vars):
        reason = "within=True on the natural scale needs energy_mean and energy_std, which a sweep has."
    if reason:
        if required:
            raise InputError(reason)
        return None
    if scale == "natural":
        mean, std = (ds[name].transpose(*dims).values.astype(np.float64) for name in ("energy_mean", "energy_std"))
        return mean, std**2
    masses = ds["histogram"].transpose(*dims, "bin").values
    centres = (ds["bin"].values + 0.5) * BIN_WIDTH
    total = masses.sum(axis=-1).astype(np.float64)
    total = np.where(total > 0.0, total, np.nan)
    middle = float(centres.mean())
    first = masses @ (centres - middle) / total
    second = masses @ (centres - middle) ** 2 / total
    return first + middle, np.maximum(second - first**2, 0.0)


def sampling_variance(statistic: xr.DataArray, stderr: xr.DataArray, scale: str) -> Array:
    """Return the variance of the sampling error in each cell; on the log scale that of the relative error."""
    error = np.asarray(stderr.values, dtype=np.float64)
    if scale == "log":
        error = error / np.asarray(statistic.values, dtype=np.float64)
    return error**2
