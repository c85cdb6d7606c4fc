"""What measured rows say of the residuals of others, level by level: many places at once, which differ in little.

Places that share a level's labels and coordinates have one covariance with the measured rows there, which is solved
once for all of them. Of two places with the same labels, only the levels that change along load and input differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular

from wattquery.throughput.load.residuals.levels import LEVELS, level_codes, level_kernel
from wattquery.throughput.load.residuals.places import Places
from wattquery.throughput.load.residuals.posterior import Posterior, Solved

__all__ = ["LevelEffects", "level_effects"]

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

_AT_ONCE = 512
"""Rows whose sums over levels are in memory at once."""


@dataclass(frozen=True, eq=False)
class LevelEffects:
    """Residuals of the three outputs of some rows as far as they are known, with those of each level.

    Attributes
    ----------
    mean, covariance
        As of `wattquery.throughput.load.residuals.posterior.Effects`, (rows, 3) and (rows, 3, 3).
    levels
        Covariances of each level's own effect, given the measured rows, the row's own last: (levels + 1, rows, 3, 3).
        Where data tell the sum of effects better than each, they sum to more than ``covariance``.
    """

    mean: Array
    covariance: Array
    levels: Array


def level_effects(posterior: Posterior, places: Places) -> LevelEffects:
    """Return what is known of the residuals of rows, level by level; see `Posterior.effects` for the sum."""
    count = len(places)
    found = LevelEffects(
        np.zeros((count, 3)),
        np.tile(posterior.levels.sum(axis=0), (count, 1, 1)),
        np.repeat(posterior.levels[:, None], count, axis=1),
    )
    for name in set(places.architecture):
        mine = np.flatnonzero(places.architecture == name)
        known = posterior.known(name)
        if known is not None:
            _less(found, posterior.levels, known, places.take(mine), mine)
    return found


def _less(found: LevelEffects, levels: Array, known: Solved, places: Places, mine: NDArray[np.intp]) -> None:
    """Take from the prior of some rows what the measured ones of their architecture tell."""
    parts = list(_parts(levels, known, places))
    for level, rows, column, half, mean in parts:
        found.mean[mine[rows]] += mean[column]
        found.levels[level, mine[rows]] -= (half @ half.transpose(0, 2, 1))[column]
    for start in range(0, len(mine), _AT_ONCE):
        stop = min(start + _AT_ONCE, len(mine))
        total = np.zeros((stop - start, 3, len(known.solved)))
        for _, rows, column, half, _ in parts:
            here = slice(*np.searchsorted(rows, (start, stop)))
            total[rows[here] - start] += half[column[here]]
        found.covariance[mine[start:stop]] -= total @ total.transpose(0, 2, 1)


def _parts(
    levels: Array, known: Solved, places: Places
) -> Iterator[tuple[int, NDArray[np.intp], NDArray[np.intp], Array, Array]]:
    """Yield of each level which rows share something with measured ones, and which of a few columns each has.

    A column is L^-1 c, (3, residuals), of the covariance c with the residuals and L the root of theirs; beside it the
    mean that the level has there.
    """
    count = len(places)
    joined = Places.joined([places, known.places])
    measured = count + np.arange(len(known.places))
    for level, (one, codes) in enumerate(zip(LEVELS, level_codes(joined), strict=True)):
        rows = np.flatnonzero(np.isin(codes[:count], codes[count:]))
        if not len(rows):
            continue
        along = [getattr(places, name)[rows] for name, _ in one.along]
        _, first, column = np.unique(
            np.stack([codes[rows].astype(np.float64), *along]), axis=1, return_index=True, return_inverse=True
        )
        kernel = level_kernel(one, codes, joined, rows[first], measured)[:, known.measured.rows]
        cross = kernel[:, None, :] * (levels[level] @ known.measured.weights.T)[None]
        half = solve_triangular(known.lower, cross.reshape(-1, len(known.solved)).T, lower=True)
        yield level, rows, column.ravel(), half.T.reshape(cross.shape), cross @ known.solved
