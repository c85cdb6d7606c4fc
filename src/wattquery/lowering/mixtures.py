"""Cells as exact mixtures: ln E given the lengths is normal, so each pair of lengths gives one component."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattquery.errors import InputError
from wattquery.kernels.equation import log_energy
from wattquery.lowering.columns import Column
from wattquery.lowering.length_rules import LengthRule, length_rule
from wattquery.lowering.plan import Cell
from wattquery.specs import Distribution

__all__ = ["Mixture", "mixture"]

Array = NDArray[np.float64]

MOST_COMPONENTS = 2**24  # three arrays of them take 0.4 GB
PANELS_AT_A_KINK = 50.0
NEGLIGIBLE_WEIGHT = 1e-14
SEGMENT = 2e-4  # in ln L, where there is no normal to integrate against
SEGMENT_OF_MANY = 1.5e-3  # where a second length smears what a straight piece of the cdf misses
LARGEST_LOG = 700.0
SHORTEST = 1e-300
PASSING = np.concatenate([[0.0, 1e-9, 1e-6, 1e-3], np.linspace(0.02, 0.98, 25), [1 - 1e-3, 1 - 1e-6, 1 - 1e-9]])


@dataclass(frozen=True, eq=False)
class Mixture:
    """The exact distribution of ln E of one cell, as `wattquery.kernels.mixture` takes it."""

    centres: Array
    half_widths: Array
    weights: Array
    sigma: float


def mixture(cell: Cell, prefill_weight: float) -> Mixture:
    """Return the exact distribution of ln E of a cell.

    Raises
    ------
    InputError
        If a factor other than a length is neither fixed nor lognormal, or the two lengths need too many components.
    """
    if cell.extras:
        column = cell.extras[0][0]
        raise InputError(
            f"method='exact' cannot take {column.purpose.replace(':', ' ')} = {column.distribution}: besides the "
            "lengths, every factor must be a number or a LogNormal. "
            "Use method='monte_carlo', or give this factor as a LogNormal."
        )
    lower: list[Array] = []
    upper: list[Array] = []
    weights: list[Array] = []
    size = 0
    for inner, outer_length, outer_weight, swapped in _rules(cell):
        size += inner.weights.size
        if size > MOST_COMPONENTS:
            raise InputError(
                f"method='exact' would need more than {MOST_COMPONENTS:,} components for output_tokens = "
                f"{cell.output_tokens.distribution} with input_tokens = {cell.input_tokens.distribution}. "
                "Use method='monte_carlo', or fix one of the two lengths."
            )
        for ends, tokens in ((lower, inner.lower), (upper, inner.upper)):
            fixed = np.full_like(tokens, outer_length)
            outputs, inputs = (fixed, tokens) if swapped else (tokens, fixed)
            ends.append(_log_energies(cell, prefill_weight, outputs, inputs))
        weights.append(outer_weight * inner.weights)
    low, high, mass = np.concatenate(lower), np.concatenate(upper), np.concatenate(weights)
    return Mixture(0.5 * (low + high), 0.5 * np.abs(high - low), mass / mass.sum(), _effective_sigma(cell, low, high))


def _effective_sigma(cell: Cell, low: Array, high: Array) -> float:
    """Return sigma, or 0 where the components are segments: there it is too narrow to be seen."""
    return 0.0 if bool(np.any(low != high)) else cell.sigma


def _log_energies(cell: Cell, prefill_weight: float, outputs: Array, inputs: Array) -> Array:
    """Return ln E at given lengths, with all other factors at their mean in ln E."""
    model = cell.throughput
    return np.asarray(
        log_energy(
            cell.log_factors,
            outputs,
            np.log(outputs),
            inputs,
            np.log(inputs),
            model.intercept,
            model.ln_input,
            model.ln_output,
            model.ln_maximum,
            prefill_weight,
            cell.base,
            cell.span,
        )
    )


def _rules(cell: Cell) -> Iterator[tuple[LengthRule, float, float, bool]]:
    """Yield a rule for one length at each node of the other, cut where the throughput reaches its cap.

    The inner length is that of the output, which always changes the energy, unless only the input is continuous: the
    inner one may come as segments. The last item says whether the two are swapped.
    """
    model = cell.throughput
    inner, outer = cell.output_tokens, cell.input_tokens
    inner_slope, outer_slope = model.ln_output, model.ln_input
    swapped = _is_discrete(inner) and not _is_discrete(outer)
    if swapped:
        inner, outer, inner_slope, outer_slope = outer, inner, outer_slope, inner_slope
    headroom = model.ln_maximum - model.intercept
    # The integral over the inner length bends where the cap passes through it: quickly, where that hardly matters to
    # throughput. Panels of the outer one follow its quantiles there.
    passing = np.log(np.maximum(_known(inner).ppf(PASSING), SHORTEST))
    edges = _solved((headroom - inner_slope * passing).tolist(), outer_slope)
    smoothing = max(cell.sigma, _smoothing(inner))
    outer_rule = length_rule(_known(outer), whole=outer.whole, sigma=smoothing, breaks=edges)
    segment = SEGMENT if outer_rule.lower.size == 1 else SEGMENT_OF_MANY
    for length, weight in zip(outer_rule.lower.tolist(), outer_rule.weights.tolist(), strict=True):
        if weight < NEGLIGIBLE_WEIGHT:
            continue
        breaks = _solved([headroom - outer_slope * math.log(length)], inner_slope)
        rule = length_rule(_known(inner), whole=inner.whole, sigma=cell.sigma, breaks=breaks, segment=segment)
        yield rule, length, weight, swapped


def _solved(values: list[float], slope: float) -> list[float]:
    """Return the lengths L with slope ln L = value, where there are any."""
    if slope == 0.0:
        return []
    logs = [value / slope for value in values]
    return [math.exp(log) for log in logs if abs(log) < LARGEST_LOG]


def _smoothing(inner: Column) -> float:
    """Return how wide, in ln L, a continuous inner length smears what the outer one is integrated against.

    A density that ends or bends abruptly smears with a kink wherever it does, which asks for much finer panels.
    """
    if _is_discrete(inner):
        return 0.0
    distribution = _known(inner)
    quartiles = np.log(distribution.ppf(np.array([0.25, 0.75])))
    spread = float(quartiles[1] - quartiles[0]) / 2.0
    low, high = distribution.support()
    abrupt = low > 0.0 or high < math.inf or bool(distribution.knots())
    return spread / PANELS_AT_A_KINK if abrupt else spread


def _known(column: Column) -> Distribution:
    """Return the distribution of a length, which always has one."""
    if column.distribution is None:
        raise LookupError(f"{column.purpose} has no distribution")
    return column.distribution


def _is_discrete(column: Column) -> bool:
    """Return whether a length takes given values only."""
    return column.whole or _known(column).atoms() is not None
