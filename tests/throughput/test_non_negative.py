"""Least squares without negative coefficients: against another solver, against brute force, and what is not told."""

from __future__ import annotations

import itertools

import numpy as np
from scipy.optimize import nnls

from wattquery.throughput.non_negative import non_negative, non_negative_fits


def groups(seed=1, count=300, scatter=0.3):
    """Rows of the reciprocal form, each divided by its 1/TPS; of a fifth of the groups some coefficient is 0."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(3, 12, count)
    inputs, outputs = (np.exp(rng.uniform(3.0, high, sizes.sum())) for high in (10.0, 9.0))
    columns = np.column_stack([np.ones_like(inputs), inputs + outputs / 2, inputs / outputs])
    truth = np.exp(rng.normal([-8, -16, -9], 2, (count, 3))) * (rng.random((count, 3)) > 0.2) + 1e-12
    seconds = np.sum(columns * np.repeat(truth, sizes, axis=0), axis=1) * np.exp(rng.normal(0, scatter, sizes.sum()))
    return columns / seconds[:, None], sizes


def test_many_at_once_are_what_scipy_finds_one_by_one():
    columns, sizes = groups()
    found = non_negative_fits(columns, sizes)
    assert found.has_rank.all()
    bound = 0
    for coefficients, rows in zip(found.coefficients, np.split(columns, np.cumsum(sizes)[:-1]), strict=True):
        norms = np.linalg.norm(rows, axis=0)
        expected, residual = nnls(rows / norms, np.ones(len(rows)))
        np.testing.assert_allclose(coefficients * norms, expected, rtol=1e-7, atol=1e-9)
        assert np.linalg.norm(rows @ coefficients - 1.0) <= residual * (1 + 1e-9) + 1e-12
        bound += bool(np.any(coefficients == 0.0))
    assert 30 < bound < 270


def test_nothing_near_by_is_better():
    columns, sizes = groups(seed=2, count=20)
    found = non_negative_fits(columns, sizes)
    for coefficients, rows in zip(found.coefficients, np.split(columns, np.cumsum(sizes)[:-1]), strict=True):
        scale = 1.0 / np.linalg.norm(rows, axis=0)
        best = np.sum((rows @ coefficients - 1.0) ** 2)
        for steps in itertools.product((-1e-3, -1e-5, 0.0, 1e-5, 1e-3), repeat=3):
            other = np.maximum(coefficients + scale * np.array(steps), 0.0)
            assert np.sum((rows @ other - 1.0) ** 2) >= best * (1 - 1e-12)


def test_an_exact_table_is_recovered():
    """To the digits that a sum of squares has of columns that are nearly alike, as these random ones sometimes are."""
    columns, sizes = groups(seed=3, scatter=0.0)
    found = non_negative_fits(columns, sizes)
    np.testing.assert_allclose(found.fitted, 1.0, rtol=1e-6)
    assert np.median(np.abs(found.fitted - 1.0)) < 1e-14


def test_columns_that_are_alike_and_lengths_that_are_not_known_are_told():
    inputs, outputs = np.array([100.0, 1000.0, 4000.0, 9000.0]), np.full(4, 300.0)
    alike = np.column_stack([np.ones(4), inputs + outputs / 2, inputs / outputs])
    columns, _ = groups(count=1)
    unknown = columns[:3].copy()
    unknown[1, 2] = np.nan
    found = non_negative_fits(np.concatenate([alike, unknown, columns[:4]]), np.array([4, 3, min(4, len(columns))]))
    assert found.has_rank.tolist() == [False, False, True]


def test_a_point_outside_is_brought_to_the_nearest_one_of_the_metric():
    rng = np.random.default_rng(4)
    root = rng.normal(size=(50, 3, 3))
    gram = root @ root.transpose(0, 2, 1)
    norms = np.sqrt(np.diagonal(gram, axis1=1, axis2=2))
    gram = gram / norms[:, :, None] / norms[:, None, :]
    outside = rng.normal(size=(50, 3)) + 0.5
    found = non_negative(gram, np.einsum("gij,gj->gi", gram, outside))
    for metric, point, nearest in zip(gram, outside, found, strict=True):
        upper = np.linalg.cholesky(metric).T
        expected, _ = nnls(upper, upper @ point)
        np.testing.assert_allclose(nearest, expected, atol=1e-8)
