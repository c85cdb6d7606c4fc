"""`ratio`: how much more one label of an axis takes than another, with what both share cancelled and no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Unpack

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.special import ndtri

from wattquery.engine.executor import AskedProgress, ShareDone
from wattquery.errors import InputError, did_you_mean, listed
from wattquery.quantities import AXES
from wattquery.sensitivity.arguments import checked_name, checked_study
from wattquery.sensitivity.remaining_grid import RemainingGrid
from wattquery.sensitivity.two_level.inner_distributions import InnerDistributions
from wattquery.sensitivity.two_level.nested import scopes_of
from wattquery.sensitivity.two_level.nested_quantiles import without_shared
from wattquery.specs import Axis
from wattquery.specs.arguments import CatalogAxis, Levels
from wattquery.specs.axis import Label
from wattquery.specs.common_draws import log_parts
from wattquery.specs.scalars import shown
from wattquery.sweeps.arguments import StudyArguments
from wattquery.sweeps.labelled import labelled
from wattquery.sweeps.run import prepare
from wattquery.sweeps.settings import QUANTILES, AnalysisMethod, analysis_settings
from wattquery.uncertainty.levels import checked_intervals
from wattquery.uncertainty.scopes import Scope
from wattquery.uncertainty.shared_draws import (
    Inner,
    SharedDraws,
    checked_shared_draws,
    has_closed_form,
    log_quantiles,
)
from wattquery.uncertainty.throughput_draws import fit_in_words, sigma_of

__all__ = ["ratio"]

Array = NDArray[np.float64]


def ratio(
    model: CatalogAxis,
    *,
    axis: str,
    baseline: Label | None = None,
    scopes: Mapping[str, Scope] | None = None,
    throughput_fit: bool | float = True,
    quantiles: Levels = QUANTILES,
    level: float | Levels = 0.9,
    shared_draws: int = 2**10,
    method: AnalysisMethod = "auto",
    draws: int = 1_000_000,
    seed: int | None = 0,
    threads: int | None = None,
    progress: AskedProgress = None,
    **arguments: Unpack[StudyArguments],
) -> xr.Dataset:
    r"""Return the energy at each label of an axis over that at another one, and how well that ratio is known.

    .. math::

        R(s) = \frac{Q_q[E_\text{label} | s]}{Q_q[E_\text{baseline} | s]}

    with s what all queries share and is not known, as in `wattquery.sensitivity.nested`, and Q the quantile over
    queries. What both labels share cancels: one PUE, the instance of both. What each has of its own does not: the
    throughput fits of two deployments, and under a load the effects of two models, accelerators or configurations.
    Intervals of both labels alone say neither.

    Parameters
    ----------
    model, **arguments
        Axes and settings as in `wattquery.sweep`.
    axis
        The axis whose labels are compared.
    baseline
        The label that others are compared to; the first one by default.
    scopes, throughput_fit, quantiles, level, shared_draws, method, draws, seed, threads, progress
        As in `wattquery.sensitivity.nested`. Factors of one name have one quantile level in all labels, but for what
        the load model leaves open, ``load_model:NAME``, which has one for each key: two models have independent ones.

    Returns
    -------
    xarray.Dataset
        Dims: those of the grid, ``quantile`` and ``credible``. Variables [1]: ``ratio`` (..., quantile, credible) of
        the quantiles over queries and ``ratio_mean`` (..., credible) of the means, with ``_stderr``, and
        ``supported``; 1 at the baseline itself, NaN where a cell or its baseline has no data. The attribute
        ``baseline`` names it.

    Raises
    ------
    InputError
        If the axis has one label, the baseline is none of them, or an argument is not allowed.

    Notes
    -----
    Where all shared factors are lognormal the ratio is so as well: a closed form. Else it is that of the energies at
    ``shared_draws`` common draws.

    Examples
    --------
    >>> import wattquery as wq
    >>> loads = wq.sensitivity.ratio("Llama 3.1 70B", hardware="H100 SXM", load=[0.5, 0.4], axis="load")
    >>> models = ["Llama 3.1 70B", "gpt-oss-120b"]
    >>> both = wq.sensitivity.ratio(models, hardware="H100 SXM", load=0.5, axis="model")
    >>> ends = [ds["ratio_mean"][-1].sel(credible=[0.05, 0.95]) for ds in (loads, both)]
    >>> [bool(one[1] / one[0] > 1.5) for one in ends]
    [False, True]
    """
    shared_draws = checked_shared_draws(shared_draws)
    beliefs = checked_intervals(level).quantiles
    settings = analysis_settings(
        method=method, quantiles=quantiles, draws=draws, seed=seed, threads=threads, progress=progress
    )
    whole = prepare(checked_study(ratio, model, arguments), settings)
    sigma = sigma_of(throughput_fit, under_load=whole.plan.is_load)
    place, chosen = _compared(axis, [one for one in whole.grid.dimensions if one.size > 1])
    base = _baseline(chosen, baseline)
    scoped = scopes_of(scopes, whole, sigma)
    grid = RemainingGrid(without_shared(whole, scoped))
    points = SharedDraws(settings.seed, shared_draws)
    inner = InnerDistributions(whole, grid.run, scoped, points, sigma, keep_histograms=False)
    pairs = _pairs(grid, place, base)
    done, rows = ShareDone(settings.progress), []
    for pair in pairs.tolist():
        at_label, at_base = inner.beside(pair)
        rows.append(_ratio(at_label, at_base, points, np.asarray(beliefs)))
        done.add(1.0 / len(pairs))
    done.finish()
    sampled = any(row.is_sampled for row in rows)
    return grid.dataset(
        _variables(grid, pairs[:, 0], rows, (len(settings.levels), len(beliefs))),
        {
            "quantile": labelled("quantile", ("quantile",), np.array(settings.levels)),
            "credible": labelled("credible", ("credible",), np.array(beliefs)),
        },
        title=f"Energy per LLM query, over that of {chosen.name} = {chosen.labels[base]}",
        baseline=f"{chosen.name} = {chosen.labels[base]}",
        scopes="; ".join(f"{name} = {scope}" for name, scope in scoped.items()),
        shared_draws=shared_draws if sampled else 0,
        shared_draws_method="lattice, or closed form where all are lognormal" if sampled else "closed form",
        inner_solutions=inner.solutions,
        throughput_fit=fit_in_words(sigma, under_load=whole.plan.is_load),
    )


def _compared(axis: object, long: Sequence[Axis[object]]) -> tuple[int, Axis[object]]:
    """Return the place among all axes of the one whose labels are compared, and the axis."""
    if not long:
        raise InputError(
            f"axis = {shown(axis)} needs several labels to compare, and no axis of the grid has any. Give a list, such "
            "as load=[0.1, 0.5]."
        )
    name = checked_name("axis", axis, [one.name for one in long])
    return AXES.index(name), next(one for one in long if one.name == name)


def _baseline(axis: Axis[object], label: object) -> int:
    """Return the place of a label on an axis, the first where none is named."""
    if label is None:
        return 0
    if label not in axis.labels:
        raise InputError(
            f"baseline must be a label of {axis.name}, {listed(axis.labels)}, got {shown(label)}. Name one of these."
            f"{did_you_mean(label, [str(one) for one in axis.labels])}"
        )
    return axis.labels.index(label)


def _pairs(grid: RemainingGrid, axis: int, base: int) -> NDArray[np.int64]:
    """Return each cell with its baseline, where both have data."""
    numbers = grid.run.plan.cells
    shape = grid.run.plan.shape
    places = list(np.unravel_index(numbers, shape))
    places[axis] = np.full_like(places[axis], base)
    of_base = np.ravel_multi_index(places, shape)
    return np.column_stack([numbers, of_base])[np.isin(of_base, numbers)]


@dataclass(frozen=True, eq=False)
class _Ratio:
    """Credible quantiles of the ratio of quantiles, a row for each, and of the ratio of means, with their errors."""

    ratio: Array
    ratio_stderr: Array
    ratio_mean: Array
    ratio_mean_stderr: Array
    is_sampled: bool


def _ratio(label: Inner, base: Inner, draws: SharedDraws, credible: Array) -> _Ratio:
    """Return the ratio of two cells. Errors of draws over queries count as if they were independent."""
    of_quantiles = label.quantiles / base.quantiles
    of_means = (label.means / base.means)[:, None]
    is_closed = has_closed_form(label) and has_closed_form(base)
    if is_closed:
        mean, sigma = _log_moments(label, base)
        factors = np.exp(mean + sigma * ndtri(credible))
        values, means = of_quantiles.T * factors, of_means * factors
        errors, mean_errors = np.zeros_like(values), np.zeros_like(means)
    else:
        logs = draws.log_product(label.factors, label.dimensions) - draws.log_product(base.factors, base.dimensions)
        factors = np.exp(logs)[:, None]
        values, errors = log_quantiles(of_quantiles * factors, credible)
        means, mean_errors = log_quantiles(of_means * factors, credible)
    of_inner = np.hypot(label.relative_stderr, base.relative_stderr)[:, None]
    of_inner_means = np.hypot(label.relative_mean_stderr, base.relative_mean_stderr)
    return _Ratio(
        values,
        np.hypot(errors, values * of_inner),
        means[0],
        np.hypot(mean_errors, means * of_inner_means)[0],
        not is_closed,
    )


def _log_moments(label: Inner, base: Inner) -> tuple[float, float]:
    """Return mean and standard deviation of the logarithm of the ratio of two products of lognormals."""
    (mean, parts), (of_base, base_parts) = log_parts(label.factors), log_parts(base.factors)
    apart = [parts.get(name, 0.0) - base_parts.get(name, 0.0) for name in {**parts, **base_parts}]
    return mean - of_base, float(np.linalg.norm(apart))


def _variables(
    grid: RemainingGrid, numbers: NDArray[np.int64], rows: Sequence[_Ratio], levels: tuple[int, int]
) -> dict[str, xr.Variable]:
    """Return the ratios of all cells as variables, and which cells have one."""
    size = grid.run.plan.size
    variables = {}
    for name, dims, own in (("ratio", ("quantile", "credible"), levels), ("ratio_mean", ("credible",), levels[1:])):
        for suffix in ("", "_stderr"):
            values = np.full((size, *own), np.nan)
            if rows:
                values[numbers] = np.array([getattr(row, name + suffix) for row in rows])
            variables[name + suffix] = grid.labelled(name + suffix, values, *dims)
    known = np.zeros(size, dtype=np.bool_)
    known[numbers] = True
    return {**variables, "supported": grid.labelled("supported", known)}
