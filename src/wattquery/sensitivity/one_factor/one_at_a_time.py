"""`tornado` and `spider`: the median when one factor is fixed at its quantiles and all others stay random."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.errors import InputError
from wattquery.plans.cell_factors import LENGTHS
from wattquery.plans.variants import changed
from wattquery.sensitivity.plan_runs import Method, Run, prepared, random_factors
from wattquery.sensitivity.quantities import labelled
from wattquery.specs import Distribution, Fixed
from wattquery.specs.containers import numbers
from wattquery.specs.scalars import shown
from wattquery.sweeps.coordinates import counted
from wattquery.sweeps.dataset import at_boundary, grid_coordinates
from wattquery.sweeps.provenance import provenance

__all__ = ["checked_levels", "spider", "tornado"]

Array = NDArray[np.float64]


def tornado(
    model: object,
    *,
    factors: Sequence[str] | None = None,
    ends: tuple[float, float] = (0.05, 0.95),
    method: Method = "auto",
    draws: int = 1_000_000,
    seed: int | None = 0,
    threads: int | None = None,
    **arguments: Any,
) -> xr.Dataset:
    """Return how far the median moves when one factor moves from its P5 to its P95, all others random.

    Parameters
    ----------
    model, **arguments
        Axes and settings as in `wattquery.sweep`.
    factors
        Random factors to move; by default all of them, see `wattquery.sensitivity.sobol`.
    ends
        Probability levels of the two quantiles.
    method
        ``"exact"`` where all factors but the lengths are numbers or lognormal, else ``"monte_carlo"``, whose runs
        share their random numbers; ``"auto"`` takes the first where it can and one length at most is random in a
        cell (two make the sum long).
    draws, seed, threads
        As in `wattquery.sweep`.

    Returns
    -------
    xarray.Dataset
        Dims: those of the grid, ``factor``, ``end`` (named like ``p5``). Variables [Wh]: ``median`` (..., factor,
        end) and its sampling error ``median_stderr``, ``swing`` (..., factor), which is negative where a larger
        factor saves energy, and ``baseline`` (...), the median with all factors random.

    Raises
    ------
    InputError
        If a factor is unknown or nothing is random.

    Notes
    -----
    A factor that multiplies or divides the energy by x moves the median of all the rest by exactly that, so one run
    without it serves all its values. Lengths take a run for each.

    Examples
    --------
    >>> import wattquery as wq
    >>> ds = wq.sensitivity.tornado("DeepSeek-R1", levers="serving")
    >>> ds["swing"].round(3).to_series().to_dict()
    {'output_tokens': 0.99, 'power_utilization': 0.19, 'pue': 0.096, 'lever:serving': -0.294}
    """
    levels = checked_levels("ends", ends)
    if len(levels) != 2:
        raise InputError(f"ends = {ends!r} came. Allowed are two levels, the lower first: ends=(0.05, 0.95).")
    run = prepared(model, arguments, method=method, draws=draws, seed=seed, threads=threads)
    names = random_factors(run, factors)
    ds = _at_levels(run, names, levels, "end", "Swing of the median energy per LLM query, one factor at a time")
    labels = np.array([f"p{100 * level:g}" for level in levels])
    medians = ds["median"].values
    ds["swing"] = labelled("swing", [str(dim) for dim in ds["median"].dims[:-1]], medians[..., 1] - medians[..., 0])
    ds["swing"].attrs["boundary"] = ds["median"].attrs["boundary"]
    return ds.assign_coords(end=labelled("end", ("end",), labels))


def spider(
    model: object,
    *,
    factors: Sequence[str] | None = None,
    levels: Sequence[float] = (0.05, 0.25, 0.5, 0.75, 0.95),
    method: Method = "auto",
    draws: int = 1_000_000,
    seed: int | None = 0,
    threads: int | None = None,
    **arguments: Any,
) -> xr.Dataset:
    """Return the median along the quantiles of each factor, all others random.

    Parameters
    ----------
    model, **arguments
        Axes and settings as in `wattquery.sweep`.
    levels
        Probability levels of the quantiles at which a factor is fixed, increasing.
    factors, method, draws, seed, threads
        As in `tornado`.

    Returns
    -------
    xarray.Dataset
        Dims: those of the grid, ``factor``, ``factor_level``. Variables [Wh]: ``median`` (..., factor,
        factor_level), ``median_stderr`` and ``baseline`` (...).

    Raises
    ------
    InputError
        If a factor is unknown, nothing is random, or the levels are not increasing probabilities.

    Examples
    --------
    >>> import wattquery as wq
    >>> ds = wq.sensitivity.spider("DeepSeek-R1", factors=["pue"], levels=[0.25, 0.75])
    >>> ds["median"].sel(factor="pue").round(3).values
    array([0.58 , 0.689])
    """
    run = prepared(model, arguments, method=method, draws=draws, seed=seed, threads=threads)
    names = random_factors(run, factors)
    chosen = checked_levels("levels", levels)
    ds = _at_levels(run, names, chosen, "factor_level", "Median energy per LLM query along each factor")
    return ds.assign_coords(factor_level=labelled("factor_level", ("factor_level",), np.array(chosen)))


def _at_levels(run: Run, names: Sequence[str], levels: Sequence[float], dim: str, title: str) -> xr.Dataset:
    """Return the medians with each factor at each level, and with all factors random."""
    baseline = run.answers(run.plan)
    medians = np.full((run.plan.size, len(names), len(levels)), np.nan)
    stderrs = np.full_like(medians, np.nan)
    for i, name in enumerate(names):
        medians[:, i], stderrs[:, i] = _medians(run, name, levels)
    dims = (*run.dims, "factor", dim)
    variables = {
        "median": labelled("median", dims, run.over_grid(medians)),
        "median_stderr": labelled("median_stderr", dims, run.over_grid(stderrs)),
        "baseline": labelled("baseline", run.dims, run.over_grid(baseline.arrays["energy"][:, 0])),
    }
    coordinates = {
        **grid_coordinates(run.grid, run.lowered),
        "factor": labelled("factor", ("factor",), np.array(names)),
    }
    attributes = provenance(run.grid, run.asked.catalog, {"title": title, **run.provenance})
    return at_boundary(xr.Dataset(variables, coordinates, attributes), counted(run.grid))


def _medians(run: Run, name: str, levels: Sequence[float]) -> tuple[Array, Array]:
    """Return the medians of all cells with a factor fixed at each level, and their sampling errors."""
    if name in LENGTHS:
        plans = [changed(run.grid, run.plan, name, _fixed_at(level)) for level in levels]
        answers = [run.answers(plan) for plan in plans]
        return (
            np.column_stack([one.arrays["energy"][:, 0] for one in answers]),
            np.column_stack([one.arrays["energy_stderr"][:, 0] for one in answers]),
        )
    rest = run.answers(changed(run.grid, run.plan, name, None))
    scale = np.ones((run.plan.size, len(levels)))
    for number, factor in run.having(name).items():
        scale[number] = factor.distribution.ppf(np.array(levels)) ** factor.sign
    return rest.arrays["energy"] * scale, rest.arrays["energy_stderr"] * scale


def _fixed_at(level: float) -> Any:
    def fixed(distribution: Distribution) -> Distribution:
        return Fixed(float(distribution.ppf(level)))

    return fixed


def checked_levels(name: str, levels: Sequence[float]) -> tuple[float, ...]:
    """Return probability levels, increasing and strictly between 0 and 1."""
    array = np.array(numbers(levels, name))
    inside = array.ndim == 1 and array.size > 0 and bool(np.all((array > 0.0) & (array < 1.0)))
    if not inside or bool(np.any(np.diff(array) <= 0.0)):
        raise InputError(
            f"{name} = {shown(levels)} came. Allowed are probability levels strictly between 0 and 1, increasing. "
            "Write 95 % as 0.95."
        )
    return tuple(array.tolist())
