"""Standard errors of medians and means by resampling of whole clusters: rows of one model are not independent."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["DRAWS", "SEED", "mean_stderr", "median_stderr", "resampled"]

DRAWS = 400
"""Resamples: a standard error is known to 4 per cent."""

SEED = 20260901

Numbers = NDArray[np.float64]
Counts = NDArray[np.int32]

_CELLS = 100_000
"""Weights that are held at a time: as many as a core's cache takes."""


@lru_cache(maxsize=256)
def resampled(clusters: int, draws: int = DRAWS, seed: int = SEED) -> Counts:
    """Return how often each cluster is in each resample of as many, drawn with replacement.

    Parameters
    ----------
    clusters
        How many there are [1].
    draws
        Resamples [1].
    seed
        Of the random numbers.

    Returns
    -------
    numpy.ndarray
        Counts, shape (draws, clusters), which cannot be written to: the same ones for every call.
    """
    generator = np.random.default_rng(seed)
    counts = generator.multinomial(clusters, np.full(clusters, 1.0 / clusters), size=draws).astype(np.int32)
    counts.setflags(write=False)
    return counts


def mean_stderr(values: Numbers, cluster: NDArray[np.intp], counts: Counts) -> float:
    """Return the standard error of a mean over rows.

    Parameters
    ----------
    values
        Of each row.
    cluster
        Number of its cluster.
    counts
        See `resampled`.

    Returns
    -------
    float
        In the unit of the values; NaN with fewer than two clusters, which say nothing about it.
    """
    clusters = counts.shape[1]
    if clusters < 2:
        return float("nan")
    sums = np.bincount(cluster, weights=values, minlength=clusters)
    sizes = np.bincount(cluster, minlength=clusters)
    return float(np.std((counts @ sums) / (counts @ sizes), ddof=1))


def median_stderr(values: Numbers, cluster: NDArray[np.intp], counts: Counts) -> float:
    """Return the standard error of a median over rows; see `mean_stderr`."""
    if counts.shape[1] < 2:
        return float("nan")
    order = np.argsort(values, kind="stable")
    rising, cluster = values[order], cluster[order]
    portion = max(1, _CELLS // len(values))
    parts = range(0, len(counts), portion)
    medians = [_medians(rising, counts[first : first + portion, cluster]) for first in parts]
    return float(np.std(np.concatenate(medians), ddof=1))


def _medians(rising: Numbers, weights: Counts) -> Numbers:
    """Return the median of each resample, a row, where each value counts as often as its weight says."""
    twice = 2 * np.cumsum(weights, axis=1, dtype=np.int32)
    half = twice[:, -1:] // 2
    lower = np.argmax(twice >= half, axis=1)
    upper = np.argmax(twice > half, axis=1)
    return np.asarray((rising[lower] + rising[upper]) / 2.0)
