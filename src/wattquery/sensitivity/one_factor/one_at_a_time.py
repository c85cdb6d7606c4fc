"""`tornado` and `spider`: the median when one factor is fixed at its quantiles and all others stay random."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Unpack

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.engine.executor import AskedProgress, Progress
from wattquery.errors import InputError
from wattquery.plans.variants import changed
from wattquery.sensitivity.arguments import checked_study, random_factors
from wattquery.sensitivity.remaining_grid import RemainingGrid
from wattquery.specs import Distribution, Fixed
from wattquery.specs.arguments import CatalogAxis, Levels
from wattquery.specs.factors import LENGTHS, WORKLOAD
from wattquery.specs.joint_lengths.stated_error import weighted_quantiles
from wattquery.specs.scalars import shown
from wattquery.sweeps.arguments import StudyArguments
from wattquery.sweeps.labelled import labelled
from wattquery.sweeps.memory import check_runs
from wattquery.sweeps.run import Run, prepare
from wattquery.sweeps.settings import AnalysisMethod, analysis_settings, checked_quantiles
from wattquery.sweeps.stages import stages

__all__ = ["spider", "tornado"]

Array = NDArray[np.float64]

TORNADO = "Swing of the median energy per LLM query, one factor at a time"
SPIDER = "Median energy per LLM query along each factor"


def tornado(
    model: CatalogAxis,
    *,
    factors: Sequence[str] | None = None,
    ends: tuple[float, float] = (0.05, 0.95),
    method: AnalysisMethod = "auto",
    draws: int = 1_000_000,
    seed: int | None = 0,
    threads: int | None = None,
    progress: AskedProgress = None,
    **arguments: Unpack[StudyArguments],
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
    draws, seed, threads, progress
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
    without it serves all its values. Lengths take a run for each. The quantile of a ``workload`` is that of the energy
    that its lengths make, all else alike: of a pair of lengths there is no other order.

    Examples
    --------
    >>> import wattquery as wq
    >>> ds = wq.sensitivity.tornado("DeepSeek-R1", levers="serving")
    >>> ds["swing"].round(3).to_series().to_dict()
    {'output_tokens': 0.99, 'power_utilization': 0.19, 'pue': 0.096, 'lever:serving': -0.294}
    """
    levels = checked_quantiles(ends, "ends")
    if len(levels) != 2:
        raise InputError(f"ends must be two levels, the lower first, got {shown(ends)}. Write ends=(0.05, 0.95).")
    settings = analysis_settings(method=method, draws=draws, seed=seed, threads=threads, progress=progress)
    run = prepare(checked_study(tornado, model, arguments), settings)
    ds = _at_levels(run, random_factors(run, factors), levels, "end", TORNADO)
    labels = np.array([f"p{100 * level:g}" for level in levels])
    medians = ds["median"].values
    ds["swing"] = labelled("swing", [str(dim) for dim in ds["median"].dims[:-1]], medians[..., 1] - medians[..., 0])
    ds["swing"].attrs["boundary"] = ds["median"].attrs["boundary"]
    return ds.assign_coords(end=labelled("end", ("end",), labels))


def spider(
    model: CatalogAxis,
    *,
    factors: Sequence[str] | None = None,
    levels: Levels = (0.05, 0.25, 0.5, 0.75, 0.95),
    method: AnalysisMethod = "auto",
    draws: int = 1_000_000,
    seed: int | None = 0,
    threads: int | None = None,
    progress: AskedProgress = None,
    **arguments: Unpack[StudyArguments],
) -> xr.Dataset:
    """Return the median along the quantiles of each factor, all others random.

    Parameters
    ----------
    model, **arguments
        Axes and settings as in `wattquery.sweep`.
    levels
        Probability levels of the quantiles at which a factor is fixed, increasing.
    factors, method, draws, seed, threads, progress
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
    chosen = checked_quantiles(levels, "levels")
    settings = analysis_settings(method=method, draws=draws, seed=seed, threads=threads, progress=progress)
    run = prepare(checked_study(spider, model, arguments), settings)
    ds = _at_levels(run, random_factors(run, factors), chosen, "factor_level", SPIDER)
    return ds.assign_coords(factor_level=labelled("factor_level", ("factor_level",), np.array(chosen)))


def _at_levels(run: Run, names: Sequence[str], levels: Sequence[float], dim: str, title: str) -> xr.Dataset:
    """Return the medians with each factor at each level, and with all factors random."""
    _check_memory(run, len(names), len(levels))
    runs = [len(levels) if name in LENGTHS else 1 for name in names]
    reports = stages(run.settings.progress, 1 + sum(runs))
    baseline = run.statistics(progress=next(reports))
    medians = np.full((run.plan.size, len(names), len(levels)), np.nan)
    stderrs = np.full_like(medians, np.nan)
    for i, name in enumerate(names):
        medians[:, i], stderrs[:, i] = _medians(run, name, levels, reports)
    grid = RemainingGrid(run)
    variables = {
        "median": grid.labelled("median", medians, "factor", dim),
        "median_stderr": grid.labelled("median_stderr", stderrs, "factor", dim),
        "baseline": grid.labelled("baseline", baseline.arrays["energy"][:, 0]),
    }
    return grid.dataset(variables, {"factor": labelled("factor", ("factor",), np.array(names))}, title=title)


def _check_memory(run: Run, names: int, levels: int) -> None:
    """Refuse a grid whose medians, and the statistics that they are taken from, would not fit."""
    numbers, holding = 2 * names * levels, f"{names} factors at {levels} levels"
    check_runs(
        run.plan.size,
        numbers,
        1 + levels,
        holding,
        "factors or levels",
        threads=run.settings.threads,
        method=run.method,
    )


def _medians(run: Run, name: str, levels: Sequence[float], reports: Iterator[Progress | None]) -> tuple[Array, Array]:
    """Return the medians of all cells with a factor fixed at each level, and their sampling errors."""
    if name == WORKLOAD:
        return _medians_of_workloads(run, levels, next(reports))
    if name in LENGTHS:
        plans = [changed(run.plan, name, partial(_fixed_at, level)) for level in levels]
        each = [run.statistics(plan, progress=next(reports)) for plan in plans]
        return (
            np.column_stack([statistics.arrays["energy"][:, 0] for statistics in each]),
            np.column_stack([statistics.arrays["energy_stderr"][:, 0] for statistics in each]),
        )
    rest = run.statistics(changed(run.plan, name, None), progress=next(reports))
    scale = np.ones((run.plan.size, len(levels)))
    for number, factor in run.having(name).items():
        scale[number] = factor.distribution.ppf(np.array(levels)) ** factor.sign
    return rest.arrays["energy"] * scale, rest.arrays["energy_stderr"] * scale


def _medians_of_workloads(run: Run, levels: Sequence[float], report: Progress | None) -> tuple[Array, Array]:
    """Return the medians with the lengths of which the energy, all else alike, is at each level, and their errors.

    Lengths move ln E by the same amount whatever the other factors are: one run with one pair serves all of them.
    """
    first = run.statistics(changed(run.plan, WORKLOAD, partial(_fixed_at, 0.0)), progress=report)
    scale = np.ones((run.plan.size, len(levels)))
    for number, cell in run.cells.items():
        if cell.joint is not None:
            parts = cell.log_node_part()
            scale[number] = np.exp(weighted_quantiles(parts, cell.joint.arrays[2], levels) - parts[0])
    return first.arrays["energy"] * scale, first.arrays["energy_stderr"] * scale


def _fixed_at(level: float, distribution: Distribution) -> Distribution:
    return Fixed(float(distribution.ppf(level)))
