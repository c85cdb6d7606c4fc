"""Covariances of three outputs from any numbers: positive definite, with the standard deviations that the numbers say."""

from __future__ import annotations

import numpy as np

from wattquery.throughput.load.residuals.coregionalisation import NUMBERS, covariances, slopes, start


def any_theta(count=40, seed=0):
    return np.random.default_rng(seed).normal(0, 2, (count, NUMBERS))


def test_any_numbers_make_a_covariance_with_their_standard_deviations():
    theta = any_theta()
    found = covariances(theta)
    np.testing.assert_allclose(found, found.transpose(0, 2, 1), rtol=1e-12)
    np.testing.assert_allclose(np.diagonal(found, axis1=1, axis2=2), np.exp(2 * theta[:, :3]), rtol=1e-12)
    spread = np.exp(theta[:, :3])
    correlation = found / (spread[:, :, None] * spread[:, None, :])
    assert np.linalg.eigvalsh(correlation).min() > 0


def test_correlations_reach_almost_one_both_ways():
    both = covariances(np.array([[0, 0, 0, 30.0, -30.0, 0.0]]))[0]
    np.testing.assert_allclose(both[0], [1, 1, -1], atol=1e-2)


def test_slopes_are_those_of_the_covariances():
    theta = any_theta(5)
    change = np.random.default_rng(1).normal(0, 1e-4, theta.shape)
    moved = covariances(theta + change) - covariances(theta)
    expected = np.einsum("lt,ltij->lij", change, slopes(theta))
    np.testing.assert_allclose(moved, expected, atol=1e-6 * np.exp(2 * theta[:, :3].max()))


def test_a_start_has_no_correlation():
    np.testing.assert_allclose(covariances(start([(0.1, 0.2, 0.3)]))[0], np.diag([0.01, 0.04, 0.09]), rtol=1e-12)
