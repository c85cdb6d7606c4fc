"""`moment_independent`: how far the whole distribution of the energy moves once a factor is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Unpack

import numpy as np
import xarray as xr
from scipy.special import betaincinv, kolmogi

from wattquery.engine.executor import AskedProgress
from wattquery.errors import InputError
from wattquery.histograms import Histogram, mixed
from wattquery.sensitivity.arguments import checked_study, random_factors
from wattquery.sensitivity.one_factor.conditioning import check_bins, checked_edges, conditionals
from wattquery.sensitivity.remaining_grid import RemainingGrid
from wattquery.specs.arguments import CatalogAxis
from wattquery.specs.scalars import is_whole, shown
from wattquery.sweeps.arguments import StudyArguments
from wattquery.sweeps.labelled import labelled
from wattquery.sweeps.run import prepare
from wattquery.sweeps.settings import AnalysisMethod, analysis_settings
from wattquery.sweeps.stages import stages

__all__ = ["moment_independent"]

COARSE = 16
"""Lattice bins that sampled densities are compared by: single ones hold too few draws."""

STATISTICS = (
    "delta",
    "pawn",
    "pawn_max",
    "delta_bin_error",
    "pawn_bin_error",
    "pawn_max_bin_error",
    "delta_noise",
    "pawn_noise",
    "pawn_max_noise",
)
CONFIDENCE = 0.95
"""Probability with which distances of a factor without influence stay below ``pawn_noise`` and ``pawn_max_noise``."""


def moment_independent(
    model: CatalogAxis,
    *,
    factors: Sequence[str] | None = None,
    bins: int = 32,
    method: AnalysisMethod = "auto",
    draws: int = 1_000_000,
    seed: int | None = 0,
    threads: int | None = None,
    progress: AskedProgress = None,
    **arguments: Unpack[StudyArguments],
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
        Number of equally likely bins of each factor, even. ``pawn_max`` is the largest of so many distances and so
        grows with their number: compare it between runs with the same number only.
    method, draws, seed, threads, progress
        As in `wattquery.sensitivity.tornado`.

    Returns
    -------
    xarray.Dataset
        Dims: those of the grid, ``factor``. Variables [1]: ``delta``, ``pawn`` (the median over bins) and
        ``pawn_max`` (the largest); 0 where a factor is not random in a cell. Of each, ``..._bin_error``: by how much
        it moved when bins were halved in number; and ``..._noise``: what it can be of sampling noise alone, with
        these bins and draws. ``attrs["notes"]`` says what to know, the number of bins among it.

    Raises
    ------
    InputError
        If a factor is unknown, or the bins are not an even number.

    Notes
    -----
    A bin stands for all values in it, so that ``delta`` is too small, by less the more bins there are:
    ``delta_bin_error`` is what it lost when bins were halved in number. ``pawn_max`` has no limit that it soon
    reaches: the narrower the outermost bins, the more extreme the factor in them.

    With the exact method there is no sampling error; where draws are counted, noise makes ``delta`` too large, by at
    most ``delta_noise``. Distances of a factor without influence (a dummy) stay below ``pawn_noise`` and
    ``pawn_max_noise`` with a probability of 95 % at least: by the Kolmogorov distribution, for independent draws of
    each bin. Bins share their random numbers here, which makes noise smaller.

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
    if not is_whole(bins) or bins < 2 or bins % 2:
        raise InputError(
            f"bins must be an even number, got {shown(bins)}: half as many bins tell the error. Use bins=32."
        )
    edges, count = checked_edges(bins), int(bins)
    settings = analysis_settings(method=method, draws=draws, seed=seed, threads=threads, progress=progress)
    run = prepare(checked_study(moment_independent, model, arguments), settings)
    names = random_factors(run, factors)
    check_bins(run, count)
    values = np.full((len(STATISTICS), run.plan.size, len(names)), np.nan)
    for i, (name, report) in enumerate(zip(names, stages(settings.progress, len(names)), strict=True)):
        here = run.having(name)
        for number, parts in conditionals(run, name, edges, report):
            values[:, number, i] = _distances(parts, run.draws) if number in here else 0.0
    by_statistic = dict(zip(STATISTICS, values, strict=True))
    grid = RemainingGrid(run)
    return grid.dataset(
        {statistic: grid.labelled(statistic, array, "factor") for statistic, array in by_statistic.items()},
        {"factor": labelled("factor", ("factor",), np.array(names))},
        title="Moment-independent sensitivity of the energy per LLM query",
        factor_bins=count,
        notes=" | ".join(_remarks(by_statistic, names, count, run.draws)),
    )


def _distances(parts: Sequence[Histogram], draws: int) -> tuple[float, ...]:
    """Return how far equally likely conditional distributions are from their mixture, as `STATISTICS` orders it."""
    whole = mixed(parts)
    first, size = whole.first_bin, whole.masses.size
    masses = np.stack([part.aligned(first, size) / part.total for part in parts])
    apart, halved_apart = (
        np.abs(np.cumsum(binned - whole.masses, axis=1)).max(axis=1) for binned in (masses, _halved(masses))
    )
    if draws:
        masses = np.add.reduceat(masses, np.arange(0, size, COARSE), axis=1)
    middle = masses.mean(axis=0)
    delta, coarse = (0.5 * np.abs(binned - middle).sum(axis=1).mean() for binned in (masses, _halved(masses)))
    # The mean of |p - P| for p counted among n draws, twice where both are: sqrt(2 / pi) sqrt(2 P / n).
    noise = 0.5 * np.sqrt(4.0 * middle / (np.pi * draws)).sum() if draws else 0.0
    distances = (delta, np.median(apart), apart.max())
    halved = (coarse, np.median(halved_apart), halved_apart.max())
    errors = (fine - half for fine, half in zip(distances, halved, strict=True))
    return (*map(float, distances), *map(float, errors), float(noise), *ks_noise(len(parts), draws))


def _halved(masses: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return masses of half as many bins: of each two neighbours, the mean."""
    return np.asarray(0.5 * (masses[0::2] + masses[1::2]))


def ks_noise(bins: int, draws: int) -> tuple[float, float]:
    """Return what the median and the largest of the distances of a dummy factor stay below with 95 % [1].

    Each distance, of n draws in a bin to the mixture of k bins, is a Kolmogorov variable times sqrt((1 - 1/k) / n).
    Distances of different bins are taken as independent. The larger of the two in the middle stands for the median.
    """
    if not draws:
        return 0.0, 0.0
    scale = np.sqrt((1.0 - 1.0 / bins) / draws)
    rank = bins // 2 + 1
    of_median, of_largest = betaincinv(rank, bins - rank + 1, CONFIDENCE), CONFIDENCE ** (1.0 / bins)
    return float(min(scale * kolmogi(1.0 - of_median), 1.0)), float(min(scale * kolmogi(1.0 - of_largest), 1.0))


def _remarks(
    values: Mapping[str, np.ndarray[Any, np.dtype[np.float64]]], names: Sequence[str], bins: int, draws: int
) -> Iterator[str]:
    """Yield what is to be known of the distances; ``values`` by statistic have a row per cell, a column per factor."""
    yield (
        f"pawn and pawn_max are the median and the largest of the distances of {bins} equally likely bins of each "
        "factor; pawn_max grows with the number of bins, see pawn_max_bin_error"
    )
    if not draws:
        yield "noise: none, the distributions are computed and not sampled"
        return
    yield f"noise: of {draws:,} draws, what a factor without influence stays below with {CONFIDENCE:.0%}"
    for statistic in ("delta", "pawn", "pawn_max"):
        distances, noise = values[statistic], values[f"{statistic}_noise"]
        unclear = np.any((distances > 0.0) & (distances <= noise), axis=0)
        within = [name for name, here in zip(names, unclear.tolist(), strict=True) if here]
        if within:
            yield f"{statistic} is not above its noise in some cells for {', '.join(within)}: raise draws"
