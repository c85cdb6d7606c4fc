"""Two margins to 1,024 nodes, which takes the lengths to be independent: a rank-1 lattice.

Node i has the mean of the i-th of 1,024 intervals of equal probability of the output tokens, and that of the interval
(g i) mod 1,024 of the input tokens. So both margins have 1,024 steps, where a product of 32 x 32 would have 32.
"""

from __future__ import annotations

import numpy as np

from wattquery.specs.distributions.base import Distribution, FloatArray
from wattquery.specs.joint_lengths.interval_means import interval_means
from wattquery.specs.joint_lengths.rows import Rows
from wattquery.specs.joint_lengths.stated_error import ENERGY_LIKE, LEVELS, weighted_quantiles

__all__ = ["lattice"]

GENERATORS = (275, 339, 363, 393, 415, 433, 471, 561, 609, 633, 649, 711)
"""Odd numbers g whose lattices fill the square evenly; the one with the least error is taken."""


def lattice(output: Distribution, inputs: Distribution, cached_share: float, count: int) -> tuple[Rows, float]:
    """Return nodes for independent lengths, and the largest relative error of their quantiles.

    The error is against the product of both margins, for energies as for the margins themselves.
    """
    outputs, input_means = interval_means(output, count), interval_means(inputs, count)
    margins = [(output, outputs), (inputs, input_means)]
    exact = np.stack([np.asarray(distribution.ppf(LEVELS)) for distribution, _ in margins])
    steps = np.stack([weighted_quantiles(means, np.ones(count), LEVELS) for _, means in margins])
    margin_error = float(np.max(np.abs(steps - exact) / np.maximum(exact, 1.0)))
    wanted = _energies(np.repeat(outputs, count), np.tile(input_means, count))
    best, nodes = np.inf, input_means
    for generator in GENERATORS if output.is_random and inputs.is_random else (1,):
        paired = input_means[(generator * np.arange(count) + generator // 2) % count]
        error = float(np.max(np.abs(_energies(outputs, paired) - wanted) / np.maximum(wanted, 1.0)))
        if error < best:
            best, nodes = error, paired
    return Rows(outputs, nodes, cached_share * nodes, np.ones(count)), max(best, margin_error)


def _energies(output: FloatArray, inputs: FloatArray) -> FloatArray:
    weights = np.ones(len(output))
    return np.stack([weighted_quantiles(form(output, inputs), weights, LEVELS) for form in ENERGY_LIKE.values()])
