"""The marginal likelihood against SciPy's normal density, its gradient against differences, its information on average."""

from __future__ import annotations

import numpy as np
from scipy.stats import multivariate_normal

from residual_tables import places, simulated, theta
from wattquery.throughput.load.residuals.coregionalisation import covariances, slopes
from wattquery.throughput.load.residuals.estimation import training_blocks
from wattquery.throughput.load.residuals.likelihood import derivatives, log_likelihood


def blocks_and_weights(count=24, seed=0):
    table = places(count, seed)
    residuals = simulated(theta(), table, seed)
    residuals[::3, 1] = np.nan
    residuals[1::3, :3] = np.nan
    blocks = training_blocks(table, residuals, 1000)
    rng = np.random.default_rng(seed)
    weights = [rng.uniform(0.3, 1.2, 1 + int(block.measured.rows.max())) for block in blocks]
    return blocks, weights


def test_likelihood_is_the_normal_density():
    blocks, weights = blocks_and_weights()
    levels = covariances(theta())
    expected = 0.0
    for block, rows in zip(blocks, weights, strict=True):
        size = len(block.measured)
        density = multivariate_normal(np.zeros(size), block.covariance(levels, rows))
        expected += density.logpdf(block.measured.values) + 0.5 * size * np.log(2 * np.pi)
    np.testing.assert_allclose(log_likelihood(blocks, levels, weights), expected, rtol=1e-10)
    found = derivatives(blocks, levels, slopes(theta()), weights)
    np.testing.assert_allclose(found.value, expected, rtol=1e-10)


def test_gradient_is_what_the_likelihood_changes_by():
    blocks, weights = blocks_and_weights()
    numbers = theta(3)
    found = derivatives(blocks, covariances(numbers), slopes(numbers), weights).gradient
    step = 1e-5
    for place in np.ndindex(*numbers.shape):
        shift = np.zeros_like(numbers)
        shift[place] = step
        up, down = (log_likelihood(blocks, covariances(numbers + sign * shift), weights) for sign in (1, -1))
        np.testing.assert_allclose(found[place], (up - down) / (2 * step), rtol=2e-4, atol=2e-5)


def test_information_is_on_average_that_of_fisher():
    """Half the trace of K^-1 V K^-1 V, within four standard errors of simulated residuals."""
    (block, *_), (weights, *_) = blocks_and_weights()
    numbers = theta()
    levels = covariances(numbers)
    covariance = block.covariance(levels, weights)
    lower = np.linalg.cholesky(covariance)
    rng = np.random.default_rng(5)
    level = 3
    moved = block.kernels[level] * (block.measured.weights @ slopes(numbers)[level, 0] @ block.measured.weights.T)
    ratio = np.linalg.solve(covariance, moved)
    expected = 0.5 * np.trace(ratio @ ratio)
    found = []
    for _ in range(300):
        block.measured.values[:] = lower @ rng.normal(size=len(block.measured))
        found.append(derivatives([block], levels, slopes(numbers), [weights]).information[level * 6, level * 6])
    error = np.std(found) / np.sqrt(len(found))
    assert abs(np.mean(found) - expected) < 4 * error
    assert error < 0.1 * expected


def test_what_is_no_covariance_has_no_likelihood():
    blocks, weights = blocks_and_weights()
    assert log_likelihood(blocks, -covariances(theta()), weights) == -np.inf
