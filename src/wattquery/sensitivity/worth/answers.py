"""The mean or the median energy over queries in a cell, as a product of what is not known of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from wattquery.plans.cell import Cell
from wattquery.sensitivity.two_level.inner_distributions import InnerDistributions
from wattquery.sensitivity.worth.beliefs import Answer, LogProduct, Other
from wattquery.sensitivity.worth.measurements import LENGTHS, RUN, component_of
from wattquery.specs import LogNormal
from wattquery.specs.common_draws import draw_name, log_parts
from wattquery.specs.factors import Factor
from wattquery.uncertainty.shared_draws import Inner, SharedDraws
from wattquery.uncertainty.throughput_draws import drawn_models, has_freedom

__all__ = ["answer_of"]

Array = NDArray[np.float64]

_NO_VARIANCE = 2
"""Degrees of freedom of a t up to which it has no variance."""


def answer_of(inner: InnerDistributions, number: int, of: str) -> Answer:
    """Return what is known of the answer of a cell.

    Parameters
    ----------
    inner
        The distributions over queries.
    number
        Of the cell.
    of
        ``"mean"`` or ``"median"`` over queries.
    """
    found = inner.alone(number)
    values = found.means if of == "mean" else found.quantiles[:, 0]
    by_component: dict[str, list[Factor]] = {}
    for factor in found.factors:
        by_component.setdefault(component_of(factor.name), []).append(factor)
    normal = {name: one for name, one in by_component.items() if _all_lognormal(one)}
    others = {name: one for name, one in by_component.items() if name not in normal}
    centre = sum(log_parts(one)[0] for one in normal.values())
    seen = _seen(inner, number, found)
    logs = np.log(values) + centre
    return Answer(
        logs=logs,
        variances={name: _variance(one) for name, one in normal.items()},
        others={name: Other(LogProduct(one), _variates(one, found, inner.draws)) for name, one in others.items()},
        seen=seen,
        drawn_variance=_drawn_variance(inner, number, logs),
        has_mean=found.has_moments,
        relative_stderr=found.relative_mean_stderr if of == "mean" else float(found.relative_stderr[0]),
    )


def _all_lognormal(factors: Sequence[Factor]) -> bool:
    return all(isinstance(one.distribution, LogNormal) for one in factors)


def _variance(factors: Sequence[Factor]) -> float:
    return float(sum(part**2 for part in log_parts(factors)[1].values()))


def _variates(factors: Sequence[Factor], inner: Inner, draws: SharedDraws) -> Array:
    """Return the variate of a product at each draw: that of its first factor, as only the product is seen."""
    name = draw_name(factors[0])
    return draws.uniform(name, inner.dimensions[name])


def _drawn_variance(inner: InnerDistributions, number: int, logs: Array) -> float:
    """Return the variance of what is known by draws alone; a t of two degrees of freedom has none."""
    if inner.default_sigma is not None:
        model = inner.run.plan.cell(number).model
        if has_freedom(model) and model.degrees_of_freedom <= _NO_VARIANCE:
            return math.nan
    return float(np.var(logs)) if logs.size > 1 else 0.0


def _seen(inner: InnerDistributions, number: int, found: Inner) -> dict[str, Array]:
    """Return what a benchmark and a log would say at each draw, of a fit or of lengths that only draws tell."""
    if found.means.size == 1:
        return {}
    cell = inner.whole.plan.cell(number)
    seen = {}
    if inner.default_sigma is not None and has_freedom(cell.model):
        models = drawn_models(cell.model, inner.draws, 0, found.dimensions)
        seen[RUN] = np.log([float(model.predict(*mean_lengths(cell))) for model in models])
    lengths = [one for one in cell.factors if not one.sign and inner.scopes[one.name] == "shared"]
    if lengths:
        seen[LENGTHS] = np.log(sum(_tokens(cell, one, inner.draws, found.dimensions) for one in lengths))
    return seen


def _tokens(cell: Cell, length: Factor, draws: SharedDraws, places: Mapping[str, int]) -> Array:
    """Return a length at each draw, or both together where it is a node of a workload [tokens]."""
    values = length.distribution.ppf(draws.uniform(length.name, places[length.name]))
    if cell.joint is None:
        return values
    outputs, inputs, _ = cell.joint.arrays
    return np.asarray((outputs + inputs)[np.rint(values).astype(np.int64) - 1])


def mean_lengths(cell: Cell) -> tuple[float, float]:
    """Return the mean input and output of a cell [tokens]."""
    if cell.joint is not None:
        outputs, inputs, weights = cell.joint.arrays
        return float(np.dot(weights, inputs)), float(np.dot(weights, outputs))
    means = [math.nan if one.distribution is None else one.distribution.mean() for one in cell.lengths]
    return means[1], means[0]
