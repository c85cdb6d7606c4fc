"""Two margins to 1,001 nodes, which takes the lengths to be independent: a rank-1 lattice, settled.

Node i stands for the output tokens around the quantile i/1000 and, but for the ends, for the input tokens around the
quantile (g i mod 999)/1000: both margins have 1,000 steps, where a product of 32 x 32 would have 32. Each percentile is
in the middle of a step, and the two nodes at the ends have half the weight. The nodes are then moved as those of a
table are, towards the product of both margins.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wattquery.specs.distributions.base import Distribution, FloatArray
from wattquery.specs.joint_lengths.interval_means import Margin, interval_means
from wattquery.specs.joint_lengths.rows import Rows
from wattquery.specs.joint_lengths.settling import CYCLES, Settling
from wattquery.specs.joint_lengths.stated_error import LEVELS, Reference, quantiles_of

__all__ = ["lattice"]

STEPS = 1000

GENERATORS = (128, 149, 205, 254, 275, 338, 359, 436)
"""Numbers g whose lattices fill the square evenly; the one with the least error is taken."""

PRODUCT = 500
"""Intervals of each margin in the product that errors are measured against."""


def lattice(
    output: Distribution, inputs: Distribution, cached_share: float, cycles: int = CYCLES
) -> tuple[Rows, float]:
    """Return nodes for independent lengths, and the largest relative error of their quantiles.

    The error of energies is against the product of both margins, that of lengths against the margins themselves.
    """
    lengths = (output, inputs)
    fine = [Margin.of(interval_means(length, 2 * STEPS), np.ones(2 * STEPS)) for length in lengths]
    weights = np.ones(STEPS + 1)
    weights[[0, -1]] = 0.5
    margins = [margin.in_order_of(np.arange(STEPS + 1), weights) for margin in fine]
    shares = (1.0, 1.0, cached_share, 1.0 - cached_share)
    exact = np.stack([share * np.asarray(lengths[min(i, 1)].ppf(LEVELS)) for i, share in enumerate(shares)])
    if not (output.is_random and inputs.is_random):
        nodes = _rows(*margins, cached_share, weights)
        return nodes, Reference(np.concatenate([exact, quantiles_of(nodes)[len(exact) :]])).error(nodes)
    coarse = [interval_means(length, PRODUCT) for length in lengths]
    product = _rows(np.repeat(coarse[0], PRODUCT), np.tile(coarse[1], PRODUCT), cached_share, np.ones(PRODUCT**2))
    reference = Reference(np.concatenate([exact, quantiles_of(product)[len(exact) :]]))
    parts = [fine[0], fine[1].scaled(1.0 - cached_share), fine[1].scaled(cached_share)]
    settling = Settling(product, parts)
    candidates = [
        settling.settled(_rows(margins[0], margins[1][_partners(generator)], cached_share, weights), cycles)
        for generator in GENERATORS
    ]
    errors = [reference.error(nodes) for nodes in candidates]
    best = int(np.argmin(errors))
    return candidates[best], errors[best]


def _partners(generator: int) -> NDArray[np.intp]:
    """Return which step of the input tokens each step of the output tokens goes with."""
    inner = 1 + (generator * np.arange(STEPS - 1) + generator // 2) % (STEPS - 1)
    return np.concatenate([[STEPS], inner, [0]])  # both ends of half the weight with each other


def _rows(output: FloatArray, inputs: FloatArray, cached_share: float, weights: FloatArray) -> Rows:
    cached = cached_share * inputs
    return Rows.of_parts((output, inputs - cached, cached), weights)
