"""Words of point sets against their formula, and what a shifted lattice promises of each dimension."""

from __future__ import annotations

import numpy as np
import pytest

from lattice_vector import LIMIT, constructed, gains_of, good_dimensions, pair_gains
from wattquery.kernels.random.philox import word_of, words
from wattquery.kernels.random.points import (
    GENERATOR,
    LATTICE_DIMENSIONS,
    MIRRORS,
    MOST_ORDERED,
    SHIFTS,
    component,
    point_words,
)
from wattquery.kernels.random.single import expm1_single

STREAM = np.array([5, 6, 7, 8], dtype=np.uint32)


def filled(dimension: int, replicate: int, points: int, start: int, size: int) -> np.ndarray:
    out = np.empty(size, dtype=np.uint32)
    point_words(dimension, STREAM, replicate, points, start, out)
    return out


@pytest.mark.parametrize(("dimension", "points"), [(0, 2), (0, 64), (4, 64), (39, 2**11), (39, 2**20)])
def test_lattice_words(dimension: int, points: int) -> None:
    """In whole numbers of any size: the upper half of i z 2**64 / n + shift, modulo 2**64."""
    shift = (int(word_of(STREAM, SHIFTS + 3, 0)) << 32) + int(word_of(STREAM, SHIFTS + 3, 1))
    start = points // 2
    indices = range(start, min(points, start + 50))
    inverse, sign = pow(int(GENERATOR[dimension]), -1, 2**20), 1 - 2 * (int(word_of(STREAM, MIRRORS + 3, 0)) & 1)
    expected = [((i * inverse * sign * 2**64 // points + shift) % 2**64) >> 32 for i in indices]
    assert filled(dimension, 3, points, start, len(indices)).tolist() == expected


def test_replicates_are_mirror_images_of_one_lattice() -> None:
    """Of 400 replicates: half have their axes exchanged, and a quarter each of those and the others a sign turned."""
    streams = [np.array([5, 6, 7, side], dtype=np.uint32) for side in range(2)]
    ratios = [
        pow(int(component(2, streams[0], r)), -1, 2**20) * int(component(3, streams[1], r)) % 2**20 for r in range(400)
    ]
    plain = pow(int(GENERATOR[2]), -1, 2**20) * int(GENERATOR[3]) % 2**20
    images = [plain, 2**20 - plain, pow(plain, -1, 2**20), 2**20 - pow(plain, -1, 2**20)]
    counts = [ratios.count(image) for image in images]
    assert counts[0] + counts[1] == counts[2] + counts[3] == 200
    assert min(counts) > 100 - 4 * 7.1  # of 200 turned with a probability of a half, four standard deviations


@pytest.mark.parametrize("points", [16, 256, 2**14])
def test_every_dimension_is_even(points: int) -> None:
    """One point in each of n equal parts of (0, 1), whatever the shift and the order."""
    for dimension in range(GENERATOR.size):
        gaps = np.diff(np.sort(filled(dimension, 1, points, 0, points)).astype(np.int64))
        assert abs(gaps - 2**32 // points).max() <= 1


def test_parts_of_a_dimension_in_a_random_order_are_parts_of_it() -> None:
    whole = filled(39, 2, MOST_ORDERED, 0, MOST_ORDERED)
    parts = [
        filled(39, 2, MOST_ORDERED, start, MOST_ORDERED // 4) for start in range(0, MOST_ORDERED, MOST_ORDERED // 4)
    ]
    np.testing.assert_array_equal(np.concatenate(parts), whole)


def test_the_vector_is_the_constructed_one() -> None:
    assert constructed().tolist() == GENERATOR.tolist()
    assert good_dimensions(GENERATOR) == LATTICE_DIMENSIONS.tolist()


def test_gains_are_what_they_are_said_to_be() -> None:
    """Those by Fourier transforms against their definition, and all pairs that a lattice of few points has room for."""
    gains = gains_of(GENERATOR, 6)
    fourier = pair_gains()[6]
    assert np.unique(gains.round(9)).tolist() == np.unique(fourier.round(9)).tolist()
    assert gains[0, 0] == pytest.approx(64 / 5, rel=0.01)  # one coordinate twice: n times the mean of w^2 over w(0)^2
    for m in range(11):
        kept = gains_of(GENERATOR[: LATTICE_DIMENSIONS[m]], m)
        assert np.max(kept[np.triu_indices(kept.shape[0], 1)], initial=0.0) < LIMIT


@pytest.mark.parametrize(
    "points", [pytest.param(2**m, marks=() if m in (1, 6, 9) else pytest.mark.slow) for m in range(12)]
)
def test_no_pair_of_dimensions_is_worse_than_independent_points(points: int) -> None:
    """All 780 pairs, at every size that has dimensions in a random order: variance of the mean of a product of two.

    A random order of n points leaves n / (n - 1) of the variance of independent ones. 300 variances are known to 8 %:
    1.5 is six of that.
    """
    replicates = 300
    words = np.empty((replicates, GENERATOR.size, points), dtype=np.uint32)
    for dimension in range(GENERATOR.size):
        stream = np.array([5, dimension, 7, 8], dtype=np.uint32)
        for replicate in range(replicates):
            point_words(dimension, stream, replicate, points, 0, words[replicate, dimension])
    uniform = (words / 2.0**32 - 0.5).astype(np.float32)
    means = uniform @ uniform.swapaxes(1, 2) / points
    gains = means.var(axis=0)[np.triu_indices(GENERATOR.size, 1)] * 144.0 * points
    assert gains.max() < 1.5 * points / max(points - 1, 1)
    if points > MOST_ORDERED:
        assert gains.max() < 1.5 * LIMIT


def test_replicates_have_shifts_of_their_own() -> None:
    first = {int(filled(4, replicate, 64, 0, 1)[0]) for replicate in range(100)}
    assert len(first) == 100


def test_independent_draws_go_on_from_replicate_to_replicate() -> None:
    expected = np.empty(1024, dtype=np.uint32)
    words(STREAM, 0, expected)
    got = np.concatenate([filled(-1, replicate, 512, start, 256) for replicate in (0, 1) for start in (0, 256)])
    np.testing.assert_array_equal(got, expected)


def test_exponential_function_less_one() -> None:
    x = np.concatenate([np.linspace(-87, 88, 20_001), np.linspace(-1, 1, 20_000), np.geomspace(1e-20, 1e-2, 1_000)])
    ours = np.array([expm1_single(one) for one in x.astype(np.float32)], dtype=np.float64)
    exact = np.expm1(x.astype(np.float32).astype(np.float64))
    assert np.abs(ours / exact - 1.0).max() < 3e-7
    assert expm1_single(np.float32(0.0)) == 0.0
    assert expm1_single(np.float32(-1e9)) == expm1_single(np.float32(-87.0))
    assert expm1_single(np.float32(1e9)) == expm1_single(np.float32(88.0))
