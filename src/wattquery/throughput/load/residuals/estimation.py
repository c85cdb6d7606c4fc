"""The covariances that fit residuals best, and how well each is known.

Newton steps with the average information, shortened until the likelihood grows, times a wide prior around the guesses
of the levels: few architectures have a measured time to first token, and without it a variance runs to 0 or away.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.residuals.blocks import Block, block_of
from wattquery.throughput.load.residuals.coregionalisation import covariances, slopes
from wattquery.throughput.load.residuals.likelihood import Derivatives, derivatives, log_likelihood
from wattquery.throughput.load.residuals.places import Places, telling
from wattquery.throughput.load.residuals.wild import row_weights, settled_weights

__all__ = ["Estimate", "architectures", "estimated", "training_blocks"]

Array = NDArray[np.float64]

PRIOR_SD = np.array([0.7, 0.7, 0.7, 0.7, 0.7, 0.7])
"""Of theta around the guesses: a factor of two either way for a standard deviation, a correlation of about .5."""

_ENOUGH = 0.02
_LONGEST_STEP = 0.7


@dataclass(frozen=True, eq=False)
class Estimate:
    """Covariances of the levels with their errors.

    Attributes
    ----------
    theta
        Numbers of each level, (levels, 6); see `coregionalisation`.
    errors
        Standard errors of theta, of likelihood and prior together.
    value
        Logarithm of likelihood and prior, without constants.
    steps
        How many were taken.
    """

    theta: Array
    errors: Array
    value: float
    steps: int


def architectures(places: Places) -> Iterator[NDArray[np.bool_]]:
    """Yield which rows each architecture has."""
    for name in np.unique(places.architecture.astype(str)):
        yield places.architecture == name


def training_blocks(places: Places, residuals: Array, most: int) -> list[Block]:
    """Return one block per architecture, of whole configurations in a fixed random order up to `most` rows."""
    some = np.isfinite(residuals).any(axis=1)
    blocks = []
    for mine in architectures(places):
        rows = np.flatnonzero(mine & some)
        if len(rows):
            kept = _thinned(rows, places.configuration, most)
            part = places.take(kept)
            blocks.append(block_of(part, telling(part, residuals[kept])))
    return blocks


def estimated(blocks: Sequence[Block], guess: Array, first: Array, most_steps: int, *, robust: bool = True) -> Estimate:
    """Return the most likely covariances, begun at `first`, with a prior around `guess`.

    Not robust, it is the plain likelihood: wild rows then widen every level that they can be a part of. With the
    residuals that the levels were chosen on, that triples the effects of power along load and input.
    """
    theta, damping, step = first.copy(), 1e-2, 0
    weights = [np.ones(1 + int(block.measured.rows.max())) for block in blocks]
    if robust:
        weights = [settled_weights(block, covariances(theta)) for block in blocks]
    for step in range(1, most_steps + 1):
        levels = covariances(theta)
        found = derivatives(blocks, levels, slopes(theta), weights)
        value = found.value + _prior(theta, guess)
        moved, reached, damping = _improved(blocks, weights, theta, guess, found, damping)
        theta = moved
        if reached - value < _ENOUGH and step > 3:
            break
        if robust:
            weights = [
                row_weights(block, levels[-1], rows, inverse)
                for block, rows, inverse in zip(blocks, weights, found.inverses, strict=True)
            ]
    last = derivatives(blocks, covariances(theta), slopes(theta), weights)
    errors = np.sqrt(np.diag(np.linalg.inv(_curvature(last)))).reshape(theta.shape)
    return Estimate(theta, errors, last.value + _prior(theta, guess), step)


def _improved(
    blocks: Sequence[Block], weights: Sequence[Array], theta: Array, guess: Array, found: Derivatives, damping: float
) -> tuple[Array, float, float]:
    """Return the next theta, what it reaches, and the damping for the step after it."""
    value = found.value + _prior(theta, guess)
    slope = (found.gradient - (theta - guess) / PRIOR_SD**2).ravel()
    curvature = _curvature(found)
    for _ in range(8):
        step = np.linalg.solve(curvature + damping * np.diag(np.diag(curvature)), slope)
        moved = theta + np.clip(step, -_LONGEST_STEP, _LONGEST_STEP).reshape(theta.shape)
        reached = log_likelihood(blocks, covariances(moved), weights) + _prior(moved, guess)
        if reached > value:
            return moved, reached, max(damping / 10.0, 1e-6)
        damping *= 10.0
    return theta, value, damping


def _curvature(found: Derivatives) -> Array:
    levels, numbers = found.gradient.shape
    total: Array = found.information + np.diag(np.tile(PRIOR_SD[:numbers] ** -2.0, levels))
    return total


def _prior(theta: Array, guess: Array) -> float:
    return float(-0.5 * np.sum(((theta - guess) / PRIOR_SD) ** 2))


def _thinned(rows: NDArray[np.int64], configuration: NDArray[np.object_], most: int) -> NDArray[np.int64]:
    """Rows of whole configurations, in an order that a fixed seed shuffles, up to a number."""
    if len(rows) <= most:
        return rows
    codes = np.unique(configuration[rows].astype(str), return_inverse=True)[1]
    order = np.random.default_rng(0).permutation(codes.max() + 1)[codes]
    kept: NDArray[np.int64] = np.sort(rows[np.argsort(order, kind="stable")[:most]])
    return kept
