"""`given`: the distribution of the energy when one factor is known to lie in a quantile bin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.errors import InputError, InputTypeError
from wattquery.histograms import Histogram
from wattquery.plans.cell_factors import LENGTHS
from wattquery.plans.variants import changed
from wattquery.sensitivity.one_factor.one_at_a_time import checked_levels
from wattquery.sensitivity.one_factor.quantile_bins import Divisor, within_bin
from wattquery.sensitivity.plan_runs import Method, Run, prepared, random_factors
from wattquery.specs import Distribution
from wattquery.specs.containers import is_listlike, numbers
from wattquery.specs.scalars import is_whole, shown
from wattquery.sweeps.coordinates import counted
from wattquery.sweeps.dataset import at_boundary, bin_coordinates, grid_coordinates
from wattquery.sweeps.labelled import labelled
from wattquery.sweeps.memory import check_bytes, work_bytes
from wattquery.sweeps.provenance import provenance
from wattquery.sweeps.settings import checked_flag

__all__ = ["check_memory", "checked_edges", "conditionals", "given"]

Array = NDArray[np.float64]

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
TYPICAL_BINS = 16_000
MOST_BINS = 100_000


def given(
    model: object,
    *,
    factor: str,
    bins: int | Sequence[float] = 4,
    quantiles: Sequence[float] = QUANTILES,
    keep_histogram: bool = False,
    method: Method = "auto",
    draws: int = 1_000_000,
    seed: int | None = 0,
    threads: int | None = None,
    **arguments: Any,
) -> xr.Dataset:
    """Return the distribution of the energy given that one factor lies in each of its quantile bins.

    Parameters
    ----------
    model, **arguments
        Axes and settings as in `wattquery.sweep`.
    factor
        The random factor that is known, see `wattquery.sensitivity.sobol`.
    bins
        Number of equally likely bins, or the probability levels that bound them, from 0 to 1.
    quantiles, keep_histogram
        As in `wattquery.sweep`.
    method, draws, seed, threads
        As in `wattquery.sensitivity.tornado`.

    Returns
    -------
    xarray.Dataset
        Dims: those of the grid, ``factor_bin`` (the middle of each bin's levels, whose ends are ``factor_bin_low`` and
        ``factor_bin_high``), ``quantile``. Variables [Wh]: ``energy`` and ``energy_stderr`` (..., factor_bin,
        quantile), the latter 0 where the method is exact and at most this large where draws are counted,
        ``energy_mean`` and ``energy_std`` (..., factor_bin), with ``keep_histogram`` also ``histogram`` (...,
        factor_bin, bin) as probabilities. Cells in which the factor is not random are the same in all bins.

    Raises
    ------
    InputError
        If the factor is unknown, or bins or quantiles are not increasing probabilities.

    Notes
    -----
    A factor that multiplies or divides the energy is applied to the distribution of all the rest by convolution on the
    lattice of ln E, which is 0.1 % wide. Lengths take a run for each bin, before they are rounded to whole tokens.

    Examples
    --------
    >>> import wattquery as wq
    >>> ds = wq.sensitivity.given("DeepSeek-R1", factor="output_tokens", bins=[0, 0.5, 0.9, 1])
    >>> ds["energy"].sel(quantile=0.5).round(2).values
    array([0.26, 1.12, 2.86])
    """
    run = prepared(model, arguments, method=method, draws=draws, seed=seed, threads=threads)
    (name,) = random_factors(run, [factor])
    edges = checked_edges(bins)
    levels = checked_levels("quantiles", quantiles)
    check_memory(run, len(edges) - 1)
    found = dict(conditionals(run, name, edges))
    shape = (run.plan.size, len(edges) - 1)
    energies, stderrs = np.full((2, *shape, len(levels)), np.nan)
    means, stds = np.full(shape, np.nan), np.full(shape, np.nan)
    for number, parts in found.items():
        for i, one in enumerate(parts):
            energies[number, i] = one.quantiles(levels)
            stderrs[number, i] = 0.0 if run.method == "exact" else one.quantile_stderr(levels, run.draws)
            means[number, i], stds[number, i] = one.mean(), one.std()
    dims = (*run.dims, "factor_bin")
    variables = {
        "energy": labelled("energy", (*dims, "quantile"), run.over_grid(energies)),
        "energy_stderr": labelled("energy_stderr", (*dims, "quantile"), run.over_grid(stderrs)),
        "energy_mean": labelled("energy_mean", dims, run.over_grid(means)),
        "energy_std": labelled("energy_std", dims, run.over_grid(stds)),
    }
    low, high = np.array(edges[:-1]), np.array(edges[1:])
    coordinates = {
        **grid_coordinates(run.grid, run.lowered),
        "factor": labelled("factor", (), np.array(name)),
        "factor_bin": labelled("factor_bin", ("factor_bin",), (low + high) / 2.0),
        "factor_bin_low": labelled("factor_bin_low", ("factor_bin",), low),
        "factor_bin_high": labelled("factor_bin_high", ("factor_bin",), high),
        "quantile": labelled("quantile", ("quantile",), np.array(levels)),
    }
    if checked_flag("keep_histogram", keep_histogram):
        first = min(one.first_bin for parts in found.values() for one in parts)
        last = max(one.first_bin + one.masses.size for parts in found.values() for one in parts)
        masses = np.full((*shape, last - first), np.nan)
        for number, parts in found.items():
            masses[number] = [one.aligned(first, last - first) / one.total for one in parts]
        variables["histogram"] = labelled("histogram", (*dims, "bin"), run.over_grid(masses))
        coordinates |= bin_coordinates(first, last - first)
    made_by = {"title": f"Energy per LLM query given {name}", **run.provenance}
    return at_boundary(
        xr.Dataset(variables, coordinates, provenance(run.grid, run.asked.catalog, made_by)), counted(run.grid)
    )


def conditionals(run: Run, name: str, edges: Sequence[float]) -> Iterator[tuple[int, list[Histogram]]]:
    """Yield each cell that has data with its distributions given that a factor lies between levels."""
    if name in LENGTHS:
        plans = [changed(run.grid, run.plan, name, _bin(low, high)) for low, high in pairwise(edges)]
        found = [run.answers(plan, keep_histograms=True).histograms for plan in plans]
        for number in run.plan.cells.tolist():
            yield number, [one[number] for one in found]
        return
    here = run.having(name)
    rest = run.answers(changed(run.grid, run.plan, name, None), keep_histograms=True).histograms
    for number in run.plan.cells.tolist():
        one, own = here.get(number), rest[number]
        if one is None:
            yield number, [own] * (len(edges) - 1)
        else:
            yield number, [own.divided_by(Divisor(one.distribution, one.sign, *ends)) for ends in pairwise(edges)]


def _bin(low: float, high: float) -> Any:
    def cut(distribution: Distribution) -> Distribution:
        return within_bin(distribution, low, high)

    return cut


def checked_edges(bins: int | Sequence[float]) -> tuple[float, ...]:
    """Return the probability levels that bound the bins, from 0 to 1."""
    if is_whole(bins):
        if not 1 <= bins <= MOST_BINS:
            raise InputError(f"bins = {shown(bins)} came. Allowed is 1 or more, up to {MOST_BINS:,}.")
        return tuple((np.arange(bins + 1) / bins).tolist())
    if not is_listlike(bins):
        raise InputTypeError(f"bins = {shown(bins)} came. Allowed is a whole number, or a list of probability levels.")
    edges = np.array(numbers(bins, "bins"))
    if edges.ndim != 1 or edges.size < 2 or edges[0] != 0.0 or edges[-1] != 1.0 or np.any(np.diff(edges) <= 0.0):
        raise InputError(
            f"bins = {shown(bins)} came. Allowed are probability levels that increase from 0 to 1, for example "
            "bins=[0, 0.5, 0.9, 1], or a number of equally likely bins."
        )
    return tuple(edges.tolist())


def check_memory(run: Run, bins: int) -> None:
    """Refuse what would keep more histograms than there is memory for."""
    needed = run.plan.cells.size * bins * TYPICAL_BINS * 8
    check_bytes(
        needed + work_bytes(run.method, run.threads),
        f"{run.plan.cells.size:,} cells with {bins} bins need",
        "Shorten an axis, or use fewer bins.",
        run.threads,
    )
