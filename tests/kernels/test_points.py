"""Words of point sets against their formula, and what a shifted lattice promises of each dimension."""

from __future__ import annotations

import numpy as np
import pytest

from wattquery.kernels.philox import word_of, words
from wattquery.kernels.points import GENERATOR, SHIFTS, point_words
from wattquery.kernels.single import exp_single

STREAM = np.array([5, 6, 7, 8], dtype=np.uint32)


def filled(dimension: int, replicate: int, points: int, start: int, size: int) -> np.ndarray:
    out = np.empty(size, dtype=np.uint32)
    point_words(dimension, STREAM, replicate, points, start, out)
    return out


@pytest.mark.parametrize("dimension", [0, 1, 39])
@pytest.mark.parametrize("points", [2, 64, 2**20])
def test_lattice_words(dimension: int, points: int) -> None:
    """In whole numbers of any size: the upper half of i z 2**64 / n + shift, modulo 2**64."""
    shift = (int(word_of(STREAM, SHIFTS + 3, 0)) << 32) + int(word_of(STREAM, SHIFTS + 3, 1))
    start = points // 2
    indices = range(start, min(points, start + 50))
    expected = [((i * int(GENERATOR[dimension]) * 2**64 // points + shift) % 2**64) >> 32 for i in indices]
    assert filled(dimension, 3, points, start, len(indices)).tolist() == expected


def test_every_dimension_is_even() -> None:
    """One point in each of n equal parts of (0, 1), whatever the shift."""
    for dimension in range(GENERATOR.size):
        gaps = np.diff(np.sort(filled(dimension, 1, 256, 0, 256)).astype(np.int64))
        assert abs(gaps - 2**24).max() <= 1


def test_replicates_have_shifts_of_their_own() -> None:
    first = {int(filled(4, replicate, 64, 0, 1)[0]) for replicate in range(100)}
    assert len(first) == 100


def test_independent_draws_go_on_from_replicate_to_replicate() -> None:
    expected = np.empty(1024, dtype=np.uint32)
    words(STREAM, 0, expected)
    got = np.concatenate([filled(-1, replicate, 512, start, 256) for replicate in (0, 1) for start in (0, 256)])
    np.testing.assert_array_equal(got, expected)


def test_exponential_function() -> None:
    x = np.concatenate([np.linspace(-87, 88, 20_001), np.linspace(-1, 1, 20_001)]).astype(np.float32)
    ours = np.array([exp_single(one) for one in x], dtype=np.float64)
    exact = np.exp(x.astype(np.float64))
    assert np.abs(ours / exact - 1.0).max() < 2e-7
    assert exp_single(np.float32(-1e9)) == exp_single(np.float32(-87.0))
    assert exp_single(np.float32(1e9)) == exp_single(np.float32(88.0))
