"""Two margins to 1,003 nodes, which takes the lengths to be independent: a rank-1 lattice, settled.

Node i of 999 stands for the output tokens around the quantile i/1000 and for the input tokens around the quantile
(1 + g i mod 999)/1000: both margins have 1,000 steps, where a product of 32 x 32 would have 32, and each percentile is
in the middle of one. Half a step is left at each end of a margin; four corners of a quarter of a node's weight have it.
The nodes are then moved as those of a table are, towards the product of both margins.
"""

from __future__ import annotations

import numpy as np

from wattquery.errors import InputError
from wattquery.specs.distributions.base import Distribution, FloatArray
from wattquery.specs.joint_lengths.interval_means import Margin, interval_means
from wattquery.specs.joint_lengths.rows import Rows
from wattquery.specs.joint_lengths.settling import CYCLES, Settling
from wattquery.specs.joint_lengths.stated_error import LEVELS, Reference, quantiles_of

__all__ = ["lattice"]

STEPS = 1000

GENERATORS = (149, 205, 254, 338, 359, 436)
"""Numbers g whose lattices fill the square evenly; the one with the least error is taken."""

PRODUCT = 400
"""Intervals of each margin in the product that errors are measured against."""


def lattice(
    output: Distribution, inputs: Distribution, cached_share: float, cycles: int = CYCLES
) -> tuple[Rows, float]:
    """Return nodes for independent lengths, and the largest relative error of their quantiles.

    The error of energies is against the product of both margins, that of lengths against the margins themselves.
    """
    lengths = (output, inputs)
    fine = [Margin.of(interval_means(length, 2 * STEPS), np.ones(2 * STEPS)) for length in lengths]
    ends = np.array([0.5, *np.ones(STEPS - 1), 0.5])
    outputs, input_steps = (margin.in_order_of(np.arange(STEPS + 1.0), ends) for margin in fine)
    for name, length, steps in (("output_tokens", output, outputs), ("input_tokens", inputs, input_steps)):
        if steps[0] < 0.0:
            raise InputError(
                f"Workload: {name} must be 0 or more, got {length}, which reaches below. Cut "
                "it: wq.Truncated(..., low=1)."
            )
    weights = np.array([*ends[1:-1], *[0.25] * 4])
    shares = (1.0, 1.0, cached_share, 1.0 - cached_share)
    exact = np.stack([share * np.asarray(lengths[min(i, 1)].ppf(LEVELS)) for i, share in enumerate(shares)])
    if not (output.is_random and inputs.is_random):
        nodes = _rows(outputs, input_steps, cached_share, ends)
        return nodes, Reference(np.concatenate([exact, quantiles_of(nodes)[len(exact) :]])).error(nodes)
    coarse = [interval_means(length, PRODUCT) for length in lengths]
    product = _rows(np.repeat(coarse[0], PRODUCT), np.tile(coarse[1], PRODUCT), cached_share, np.ones(PRODUCT**2))
    reference = Reference(np.concatenate([exact, quantiles_of(product)[len(exact) :]]))
    parts = [fine[0], fine[1].scaled(1.0 - cached_share), fine[1].scaled(cached_share)]
    settling = Settling(product, parts)
    pairs = (_paired(outputs, input_steps, generator) for generator in GENERATORS)
    candidates = [settling.settled(_rows(*pair, cached_share, weights), cycles) for pair in pairs]
    errors = [reference.error(nodes) for nodes in candidates]
    best = int(np.argmin(errors))
    return candidates[best], errors[best]


def _paired(output: FloatArray, inputs: FloatArray, generator: int) -> tuple[FloatArray, FloatArray]:
    """Return the steps of both margins as pairs, those of the lattice and the four corners."""
    partners = 1 + (generator * np.arange(STEPS - 1) + generator // 2) % (STEPS - 1)
    return np.append(output[1:-1], output[[0, 0, -1, -1]]), np.append(inputs[partners], inputs[[0, -1, 0, -1]])


def _rows(output: FloatArray, inputs: FloatArray, cached_share: float, weights: FloatArray) -> Rows:
    cached = cached_share * inputs
    return Rows.of_parts((output, inputs - cached, cached), weights)
