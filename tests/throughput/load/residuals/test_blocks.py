"""Covariances of measured residuals and of outputs with them, against sums over levels and pairs of rows."""

from __future__ import annotations

import numpy as np

from residual_tables import naive_covariance, places, theta
from wattquery.throughput.load.residuals.blocks import block_of, cross_covariance, kernels_between
from wattquery.throughput.load.residuals.coregionalisation import covariances
from wattquery.throughput.load.residuals.places import telling


def table_and_residuals(count=14, seed=0):
    table = places(count, seed, architectures=1)
    rng = np.random.default_rng(seed)
    residuals = np.where(rng.random((count, 5)) < 0.5, rng.normal(size=(count, 5)), np.nan)
    return table, residuals


def selection(measured, count):
    """The matrix from the three outputs of all rows to the measured residuals."""
    every = np.zeros((len(measured), 3 * count))
    for i, (row, weights) in enumerate(zip(measured.rows, measured.weights, strict=True)):
        every[i, 3 * row : 3 * row + 3] = weights
    return every


def test_covariance_is_the_sum_over_levels():
    table, residuals = table_and_residuals()
    measured = telling(table, residuals)
    row_weights = np.random.default_rng(1).uniform(0.2, 1.2, len(table))
    own = np.kron(np.diag(1 / row_weights), covariances(theta())[-1])
    chosen = selection(measured, len(table))
    expected = chosen @ (naive_covariance(theta(), table) + own) @ chosen.T
    found = block_of(table, measured).covariance(covariances(theta()), row_weights)
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-15)


def test_cross_covariance_is_the_sum_over_levels_without_the_rows_own():
    table, residuals = table_and_residuals()
    measured = telling(table, residuals)
    others = places(5, seed=9, architectures=1)
    found = cross_covariance(covariances(theta())[:-1], kernels_between(others, table), measured)
    expected = naive_covariance(theta(), others, table) @ selection(measured, len(table)).T
    np.testing.assert_allclose(found.reshape(15, -1), expected, rtol=1e-10, atol=1e-15)
