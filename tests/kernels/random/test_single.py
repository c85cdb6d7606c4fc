"""Variates in single precision against double precision, over the whole range of random words and in their tails."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from scipy.special import ndtri

from wattquery.kernels.random.philox import refined_tail
from wattquery.kernels.random.single import exponentials, log_single, normals

STREAM = np.array([1, 2, 3, 4], dtype=np.uint32)
RNG = np.random.default_rng(5)
LOWER = np.unique(np.geomspace(1, 2**31 - 1, 20_000).astype(np.uint32))
WORDS = np.concatenate(
    [LOWER, ~LOWER, RNG.integers(0, 2**32, 20_000, dtype=np.uint32), np.array([0, 2**32 - 1], dtype=np.uint32)]
)


def uniform(words: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return u and 1 - u of draws 0, 1, ... with these words, each with all its digits."""
    ends = np.minimum(words, ~words).astype(np.float64)
    middle = (ends + 0.5) * 2.0**-32
    tails = [refined_tail(STREAM, i, word) for i, word in enumerate(words)]
    near = np.where(ends < 4096, tails, middle)
    lower = words < 2**31
    return np.where(lower, near, 1 - near), np.where(lower, 1 - near, near)


def test_normals() -> None:
    out = np.empty(WORDS.size, dtype=np.float32)
    normals(WORDS, STREAM, 0, out)
    below, above = uniform(WORDS)
    exact = np.where(below < 0.5, ndtri(below), -ndtri(above))
    assert np.abs(out - exact).max() < 1.5e-6


def test_exponentials() -> None:
    out = np.empty(WORDS.size, dtype=np.float32)
    exponentials(WORDS, STREAM, 0, out)
    below, above = uniform(WORDS)
    exact = np.where(below < 0.5, -np.log1p(-below), -np.log(above))
    assert np.abs(out / exact - 1).max() < 3e-7


def test_logarithm() -> None:
    x = np.geomspace(1.2e-38, 3e38, 20_001).astype(np.float32)
    x = np.concatenate([x, 1 + np.linspace(-0.3, 0.45, 5001, dtype=np.float32)])
    ours = np.array([log_single(one) for one in x], dtype=np.float64)
    exact = np.log(x.astype(np.float64))
    assert np.all(np.abs(ours - exact) <= 3e-7 * np.maximum(1.0, np.abs(exact)))


@pytest.mark.parametrize("level", [1e-9, 1e-8, 1e-7, 9e-7])
def test_tails_keep_the_accuracy_of_the_lattice(level: float) -> None:
    """Where 32 bits would place all draws of a word on one point, refined draws are spread over its share."""
    word = np.full(4000, int(level * 2**32), dtype=np.uint32)
    out = np.empty(word.size, dtype=np.float32)
    normals(word, STREAM, 0, out)
    share = stats.norm.cdf(out.astype(np.float64)) * 2.0**32 - word
    assert np.all((share > -0.01) & (share < 1.01))
    assert np.std(share) == pytest.approx(math.sqrt(1 / 12), rel=0.05)
