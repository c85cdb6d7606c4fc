"""`given`: the distribution of the energy when one factor is known to lie in a quantile bin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Unpack

import numpy as np
import xarray as xr

from wattquery.engine.executor import AskedProgress, Progress, ShareDone
from wattquery.errors import InputError, InputTypeError
from wattquery.histograms import Histogram, common_window
from wattquery.plans.variants import changed, ordered_by_energy
from wattquery.sensitivity.arguments import checked_study, random_factors
from wattquery.sensitivity.one_factor.quantile_bins import Divisor, within_bin
from wattquery.sensitivity.remaining_grid import RemainingGrid
from wattquery.specs.arguments import CatalogAxis, Levels
from wattquery.specs.containers import is_listlike, numbers
from wattquery.specs.factors import LENGTHS, WORKLOAD
from wattquery.specs.scalars import is_whole, shown
from wattquery.sweeps.arguments import StudyArguments
from wattquery.sweeps.dataset import bin_coordinates
from wattquery.sweeps.labelled import labelled
from wattquery.sweeps.memory import check_cells
from wattquery.sweeps.run import Run, prepare
from wattquery.sweeps.settings import QUANTILES, AnalysisMethod, analysis_settings, checked_flag
from wattquery.sweeps.stages import stages

__all__ = ["check_bins", "checked_edges", "conditionals", "given"]

Cells = Mapping[int, list[Histogram]]

TYPICAL_BINS = 16_000
MOST_BINS = 100_000


def given(
    model: CatalogAxis,
    *,
    factor: str,
    bins: int | Levels = 4,
    quantiles: Levels = QUANTILES,
    keep_histogram: bool = False,
    method: AnalysisMethod = "auto",
    draws: int = 1_000_000,
    seed: int | None = 0,
    threads: int | None = None,
    progress: AskedProgress = None,
    **arguments: Unpack[StudyArguments],
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
    method, draws, seed, threads, progress
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
    lattice of ln E, which is 0.1 % wide. Lengths take a run for each bin, before they are rounded to whole tokens. The
    bins of a ``workload`` are those of the energy that its lengths make in a cell, all else alike.

    Examples
    --------
    >>> import wattquery as wq
    >>> ds = wq.sensitivity.given("DeepSeek-R1", factor="output_tokens", bins=[0, 0.5, 0.9, 1])
    >>> ds["energy"].sel(quantile=0.5).round(2).values
    array([0.26, 1.12, 2.86])
    """
    edges = checked_edges(bins)
    keep_histogram = checked_flag("keep_histogram", keep_histogram)
    settings = analysis_settings(
        method=method, quantiles=quantiles, draws=draws, seed=seed, threads=threads, progress=progress
    )
    run = prepare(checked_study(given, model, arguments), settings)
    (name,) = random_factors(run, [factor])
    check_bins(run, len(edges) - 1)
    cells = dict(conditionals(run, name, edges, settings.progress))
    grid = RemainingGrid(run)
    variables = _statistics(grid, cells, len(edges) - 1)
    low, high = np.array(edges[:-1]), np.array(edges[1:])
    coordinates = {
        "factor": labelled("factor", (), np.array(name)),
        "factor_bin": labelled("factor_bin", ("factor_bin",), (low + high) / 2.0),
        "factor_bin_low": labelled("factor_bin_low", ("factor_bin",), low),
        "factor_bin_high": labelled("factor_bin_high", ("factor_bin",), high),
        "quantile": labelled("quantile", ("quantile",), np.array(settings.levels)),
    }
    if keep_histogram:
        variables["histogram"], of_bins = _histograms(grid, cells, len(edges) - 1)
        coordinates |= of_bins
    return grid.dataset(variables, coordinates, title=f"Energy per LLM query given {name}")


def _statistics(grid: RemainingGrid, cells: Cells, bins: int) -> dict[str, xr.Variable]:
    """Return the statistics of all cells and bins of the factor."""
    run, levels = grid.run, grid.run.settings.levels
    shape = (run.plan.size, bins)
    energies, stderrs = np.full((2, *shape, len(levels)), np.nan)
    means, stds = np.full((2, *shape), np.nan)
    for number, parts in cells.items():
        for i, histogram in enumerate(parts):
            energies[number, i] = histogram.quantiles(levels)
            stderrs[number, i] = 0.0 if run.method == "exact" else histogram.quantile_stderr(levels, run.draws)
            means[number, i], stds[number, i] = histogram.mean(), histogram.std()
    return {
        "energy": grid.labelled("energy", energies, "factor_bin", "quantile"),
        "energy_stderr": grid.labelled("energy_stderr", stderrs, "factor_bin", "quantile"),
        "energy_mean": grid.labelled("energy_mean", means, "factor_bin"),
        "energy_std": grid.labelled("energy_std", stds, "factor_bin"),
    }


def _histograms(grid: RemainingGrid, cells: Cells, bins: int) -> tuple[xr.Variable, dict[str, xr.Variable]]:
    """Return the histograms of all cells and bins of the factor as probabilities, and the coordinates of their bins."""
    first, width = common_window(histogram for parts in cells.values() for histogram in parts)
    masses = np.full((grid.run.plan.size, bins, width), np.nan)
    for number, parts in cells.items():
        masses[number] = [histogram.aligned(first, width) / histogram.total for histogram in parts]
    return grid.labelled("histogram", masses, "factor_bin", "bin"), bin_coordinates(first, width)


def conditionals(
    run: Run, name: str, edges: Sequence[float], progress: Progress | None = None
) -> Iterator[tuple[int, list[Histogram]]]:
    """Yield each cell that has data with its distributions given that a factor lies between levels."""
    if name == WORKLOAD:
        yield from _of_workloads(run, edges, progress)
        return
    if name in LENGTHS:
        plans = [changed(run.plan, name, partial(within_bin, low=low, high=high)) for low, high in pairwise(edges)]
        reports = stages(progress, len(plans))
        kept = [run.statistics(plan, keep_histograms=True, progress=next(reports)).histograms for plan in plans]
        for number in run.plan.cells.tolist():
            yield number, [histograms[number] for histograms in kept]
        return
    of_run, of_cells = stages(progress, 2)
    here = run.having(name)
    rest = run.statistics(changed(run.plan, name, None), keep_histograms=True, progress=of_run).histograms
    done = ShareDone(of_cells)
    for number in run.plan.cells.tolist():
        own = rest[number]
        if number not in here:
            yield number, [own] * (len(edges) - 1)
        else:
            factor = here[number]
            yield number, [own.divided_by(Divisor(factor.distribution, factor.sign, *ends)) for ends in pairwise(edges)]
        done.add(1.0 / run.plan.cells.size)
    done.finish()


def _of_workloads(run: Run, edges: Sequence[float], progress: Progress | None) -> Iterator[tuple[int, list[Histogram]]]:
    """Yield each cell with its distributions given that the energy of the lengths alone lies between levels."""
    groups = list(ordered_by_energy(run.plan))
    reports = stages(progress, len(groups) * (len(edges) - 1))
    for ordered, cells in groups:
        plans = [changed(ordered, WORKLOAD, partial(within_bin, low=low, high=high)) for low, high in pairwise(edges)]
        kept = [run.statistics(plan, keep_histograms=True, progress=next(reports)).histograms for plan in plans]
        for number in cells.tolist():
            yield number, [histograms[number] for histograms in kept]


def checked_edges(bins: int | Levels) -> tuple[float, ...]:
    """Return the probability levels that bound the bins, from 0 to 1."""
    if is_whole(bins):
        if not 1 <= bins <= MOST_BINS:
            raise InputError(f"bins must be at least 1 and at most {MOST_BINS:,}, got {shown(bins)}. Use bins=4.")
        return tuple((np.arange(bins + 1) / bins).tolist())
    if not is_listlike(bins):
        raise InputTypeError(
            f"bins must be a whole number, or a list of probability levels, got {shown(bins)}. Use for example bins=4."
        )
    edges = np.array(numbers(bins, "bins"))
    if edges.ndim != 1 or edges.size < 2 or edges[0] != 0.0 or edges[-1] != 1.0 or np.any(np.diff(edges) <= 0.0):
        raise InputError(
            f"bins must be probability levels that increase from 0 to 1, got {shown(bins)}. Write for example "
            "bins=[0, 0.5, 0.9, 1], or a number of equally likely bins."
        )
    return tuple(edges.tolist())


def check_bins(run: Run, bins: int) -> None:
    """Refuse what would keep more histograms than there is memory for."""
    holding, each = f"{bins} bins" if bins > 1 else "a histogram", bins * TYPICAL_BINS * 8
    check_cells(run.plan.cells.size, each, holding, "bins", threads=run.settings.threads, method=run.method)
