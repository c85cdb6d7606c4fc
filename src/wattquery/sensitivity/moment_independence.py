"""`moment_independent`: how far the whole distribution of the energy moves once a factor is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from wattquery.coordinates import counted
from wattquery.errors import InputError
from wattquery.labelled import at_boundary, grid_coordinates
from wattquery.lattice import Histogram, mixed
from wattquery.provenance import provenance
from wattquery.sensitivity.conditioning import check_memory, checked_edges, conditionals
from wattquery.sensitivity.labels import labelled
from wattquery.sensitivity.running import Method, prepared, random_factors

__all__ = ["moment_independent"]

COARSE = 16
"""Lattice bins that sampled densities are compared by: single ones hold too few draws."""


def moment_independent(
    model: object,
    *,
    factors: Sequence[str] | None = None,
    bins: int = 32,
    method: Method = "auto",
    draws: int = 1_000_000,
    seed: int | None = 0,
    threads: int | None = None,
    **arguments: Any,
) -> xr.Dataset:
    r"""Return how far the whole distribution of the energy moves once a factor is known.

    .. math::

        \delta_i = \frac{1}{2} E_{X_i}\left[\int |f_Y(y) - f_{Y | X_i}(y)| dy\right], \qquad
        T_i = \mathrm{median}_{X_i} \max_y |F_Y(y) - F_{Y | X_i}(y)|

    Both are the same for E and for ln E, and see what a variance does not: a tail, a skew, a second mode.

    Parameters
    ----------
    model, **arguments
        Axes and settings as in `wattquery.sweep`.
    factors
        By default all random ones, see `wattquery.sensitivity.sobol`.
    bins
        Number of equally likely bins of each factor, even.
    method, draws, seed, threads
        As in `wattquery.sensitivity.tornado`.

    Returns
    -------
    xarray.Dataset
        Dims: those of the grid, ``factor``. Variables [1]: ``delta``, ``pawn`` (the median over bins), ``pawn_max``,
        ``delta_bin_error`` and ``delta_noise``. 0 where a factor is not random in a cell.

    Raises
    ------
    InputError
        If a factor is unknown, or the bins are not an even number.

    Notes
    -----
    A bin stands for all values in it, so that ``delta`` is too small, by less the more bins there are:
    ``delta_bin_error`` is what it lost when bins were halved in number. With the exact method there is no sampling
    error; where draws are counted, noise makes ``delta`` too large, by at most ``delta_noise``.

    References
    ----------
    Borgonovo, Reliability Engineering & System Safety 92 (2007) 771-784, https://doi.org/10.1016/j.ress.2006.04.015;
    Pianosi, Wagener, Environmental Modelling & Software 67 (2015) 1-11, https://doi.org/10.1016/j.envsoft.2015.01.004

    Examples
    --------
    >>> import wattquery as wq
    >>> ds = wq.sensitivity.moment_independent("DeepSeek-R1")
    >>> ds["delta"].round(2).to_series().to_dict()
    {'output_tokens': 0.69, 'power_utilization': 0.07, 'pue': 0.04}
    """
    if isinstance(bins, bool) or not isinstance(bins, (int, np.integer)) or bins < 2 or bins % 2:
        raise InputError(f"bins = {bins!r} came. Allowed is an even number: half as many bins tell the error. Use 32.")
    run = prepared(model, arguments, method=method, draws=draws, seed=seed, threads=threads)
    names = random_factors(run, factors)
    check_memory(run, int(bins))
    sampled = run.method == "monte_carlo"
    statistics = ("delta", "pawn", "pawn_max", "delta_bin_error", "delta_noise")
    values = np.full((len(statistics), run.plan.size, len(names)), np.nan)
    for i, name in enumerate(names):
        here = run.having(name)
        for number, parts in conditionals(run, name, checked_edges(bins)):
            values[:, number, i] = _distances(parts, run.draws if sampled else 0) if number in here else 0.0
    dims = (*run.dims, "factor")
    variables = {one: labelled(one, dims, run.over_grid(array)) for one, array in zip(statistics, values, strict=True)}
    coordinates = {
        **grid_coordinates(run.grid, run.lowered),
        "factor": labelled("factor", ("factor",), np.array(names)),
    }
    made_by = {
        "title": "Moment-independent sensitivity of the energy per LLM query",
        **run.provenance,
        "factor_bins": int(bins),
    }
    return at_boundary(
        xr.Dataset(variables, coordinates, provenance(run.grid, run.asked.catalog, made_by)), counted(run.grid)
    )


def _distances(parts: Sequence[Histogram], draws: int) -> tuple[float, ...]:
    """Return the distances of equally likely conditional distributions to their mixture, in the order of the result."""
    whole = mixed(parts)
    first, size = whole.first_bin, whole.masses.size
    masses = np.stack([one.aligned(first, size) / one.total for one in parts])
    apart = np.abs(np.cumsum(masses - whole.masses, axis=1)).max(axis=1)
    if draws:
        masses = np.add.reduceat(masses, np.arange(0, size, COARSE), axis=1)
    halved = 0.5 * (masses[0::2] + masses[1::2])
    middle = masses.mean(axis=0)
    delta, coarse = (0.5 * np.abs(one - middle).sum(axis=1).mean() for one in (masses, halved))
    # The mean of |p - P| for p counted among n draws, twice where both are: sqrt(2 / pi) sqrt(2 P / n).
    noise = 0.5 * np.sqrt(4.0 * middle / (np.pi * draws)).sum() if draws else 0.0
    return float(delta), float(np.median(apart)), float(apart.max()), float(delta - coarse), float(noise)
